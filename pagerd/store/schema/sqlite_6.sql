-- SPDX-License-Identifier: MIT
-- Version 6: which attempt of a page its idempotency key is of. Only added to.
ALTER TABLE page ADD COLUMN key_attempt BIGINT NOT NULL DEFAULT 0;
UPDATE schema_version SET version = 6;
