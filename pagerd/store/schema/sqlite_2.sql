-- SPDX-License-Identifier: MIT
-- Version 2. access_key.kind may be 2, the secret address of a feed. Nothing else changes, but an
-- older pagerd would take such a token for a personal one: it has to refuse this store.
UPDATE schema_version SET version = 2;
