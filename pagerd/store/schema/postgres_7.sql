-- SPDX-License-Identifier: MIT
-- Version 7: indexes that every new alert wrote to, and that no question was answered by. Only speed
-- hangs on them: the version before goes on without them. Unlike SQLite, PostgreSQL does use
-- alert_last, for the alerts of the last hours.
DROP INDEX incident_key;
DROP INDEX entry_written;
UPDATE schema_version SET version = 7;
