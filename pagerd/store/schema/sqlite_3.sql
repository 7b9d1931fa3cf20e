-- SPDX-License-Identifier: MIT
-- Version 3.

-- When an incident ended on the steady clock: 0, it was not kept.
ALTER TABLE incident ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0;

-- What each dedup key says has a row of its own, a member of one incident; an incident of
-- an older store has none, and gets its one when it changes.
ALTER TABLE incident ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incident ADD COLUMN group_key TEXT;
ALTER TABLE incident ADD COLUMN grow_due_at BIGINT NOT NULL DEFAULT 9223372036854775807;
ALTER TABLE incident ADD COLUMN mixed TEXT;

CREATE TABLE alert (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    incident BIGINT NOT NULL,
    integration TEXT,
    dedup_key TEXT,
    summary TEXT,
    service TEXT,
    rule TEXT,
    route TEXT,
    occurrences BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    flaps_from_at BIGINT NOT NULL,
    episodes BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    is_firing BIGINT NOT NULL,
    is_flapping BIGINT NOT NULL,
    is_expired BIGINT NOT NULL,
    is_skewed BIGINT NOT NULL,
    is_insisting BIGINT NOT NULL
);
CREATE INDEX alert_incident ON alert (incident);
CREATE INDEX alert_last ON alert (last_at);

-- Silences, and what they hold back.
CREATE TABLE silence (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    state BIGINT NOT NULL,
    matchers TEXT,
    team TEXT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    by_user TEXT,
    note TEXT,
    ended_by TEXT,
    held_count BIGINT NOT NULL,
    maintenance TEXT
);
-- State 2 is over; of a window it is known for a while which of its events somebody has ended.
CREATE INDEX silence_open ON silence (id)
WHERE state < 2 OR (maintenance <> '' AND ended_by <> '');
ALTER TABLE incident ADD COLUMN held_by BIGINT NOT NULL DEFAULT 0;

-- Heartbeats; state 4 is removed.
CREATE TABLE heartbeat (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    state BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    name TEXT,
    team TEXT,
    every_ms BIGINT NOT NULL,
    grace_ms BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT,
    hash TEXT NOT NULL,
    uuid TEXT NOT NULL
);
CREATE INDEX heartbeat_open ON heartbeat (id) WHERE state < 4;

-- Change events are forgotten after a while.
CREATE INDEX entry_change ON entry (written_at) WHERE event = 'change';

UPDATE schema_version SET version = 3;
