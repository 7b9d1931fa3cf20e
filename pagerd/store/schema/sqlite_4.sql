-- SPDX-License-Identifier: MIT
-- Version 4.

-- What the provider calls the message, and which provider it is.
ALTER TABLE page ADD COLUMN reference TEXT;
ALTER TABLE page ADD COLUMN is_second BIGINT NOT NULL DEFAULT 0;

UPDATE schema_version SET version = 4;
