-- SPDX-License-Identifier: MIT
-- Version 5: what a program has to know (schemas up to that number) to read, and to write; so that
-- the version before can be put back.
ALTER TABLE schema_version ADD COLUMN min_reader BIGINT NOT NULL DEFAULT 5;
ALTER TABLE schema_version ADD COLUMN min_writer BIGINT NOT NULL DEFAULT 5;
UPDATE schema_version SET version = 5;
