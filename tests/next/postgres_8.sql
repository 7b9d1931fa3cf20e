-- SPDX-License-Identifier: MIT
-- Version 8 of tomorrow: only added to.
ALTER TABLE page ADD COLUMN later BIGINT NOT NULL DEFAULT 8;
CREATE TABLE more (id BIGINT PRIMARY KEY);
UPDATE schema_version SET version = 8;
