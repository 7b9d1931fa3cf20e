-- SPDX-License-Identifier: MIT
-- Version 8 of tomorrow: something is taken away, with which the pagerd of today cannot go on.
DROP TABLE more;
UPDATE schema_version SET version = 8, min_reader = 7, min_writer = 7;
