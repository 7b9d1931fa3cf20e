-- SPDX-License-Identifier: MIT
-- Version 3. When an incident ended on the steady clock: 0, it was not kept.
ALTER TABLE incident ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0;
UPDATE schema_version SET version = 3;
