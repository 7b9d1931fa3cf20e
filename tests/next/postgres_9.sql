-- SPDX-License-Identifier: MIT
-- Version 9 of tomorrow: something is taken away, with which the pagerd of today cannot go on.
DROP TABLE more;
UPDATE schema_version SET version = 9, min_reader = 8, min_writer = 8;
