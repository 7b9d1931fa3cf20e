-- SPDX-License-Identifier: MIT
-- Version 4: the first that PostgreSQL knows, of the same shape as SQLite's of that number. Texts
-- sort by their bytes whatever the database's locale is, so that no upgrade of the C library can
-- spoil an index.

-- What a program has to know (schemas up to that number) to read, and to write.
CREATE TABLE schema_version (
    version BIGINT NOT NULL,
    min_reader BIGINT NOT NULL,
    min_writer BIGINT NOT NULL
);

-- Who writes: one row, which every transaction changes first.
CREATE TABLE writer (
    id BIGINT PRIMARY KEY,
    epoch BIGINT NOT NULL, -- goes up when another pagerd takes over
    session BIGINT NOT NULL, -- goes up with each connection of the same one
    group_number BIGINT NOT NULL, -- last group that was committed
    beat BIGINT NOT NULL, -- changes at least every second while the writer lives
    is_free BIGINT NOT NULL, -- left in good order
    home TEXT COLLATE "C" NOT NULL, -- state folder and machine
    name TEXT COLLATE "C" NOT NULL -- for people
) WITH (fillfactor = 10);
INSERT INTO writer (id, epoch, session, group_number, beat, is_free, home, name)
VALUES (1, 0, 0, 0, 0, 1, '', '');

-- Which nodes there are; times are the database's, in milliseconds.
CREATE TABLE node (
    name TEXT COLLATE "C" PRIMARY KEY,
    version TEXT COLLATE "C" NOT NULL,
    is_on_duty BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
) WITH (fillfactor = 10);

-- Calls that nodes hand to who is on duty, and their answers (relay.h); both are sealed.
CREATE TABLE relay (
    id BIGINT PRIMARY KEY,
    node TEXT COLLATE "C" NOT NULL,
    call TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C",
    made_at BIGINT NOT NULL
);
CREATE INDEX relay_asked ON relay (made_at, id) WHERE answer IS NULL;
CREATE INDEX relay_answered ON relay (node) WHERE answer IS NOT NULL;

CREATE TABLE incident (
    number BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    uuid TEXT COLLATE "C" NOT NULL,
    state BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    team TEXT COLLATE "C",
    service TEXT COLLATE "C",
    summary TEXT COLLATE "C",
    details TEXT COLLATE "C",
    source TEXT COLLATE "C",
    integration TEXT COLLATE "C",
    dedup_key TEXT COLLATE "C",
    runbook TEXT COLLATE "C",
    link TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    labels TEXT COLLATE "C" NOT NULL,
    occurrences BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    last_alert_at BIGINT NOT NULL,
    acknowledged_at BIGINT NOT NULL,
    acknowledged_by TEXT COLLATE "C",
    acknowledge_due_at BIGINT NOT NULL,
    snoozed_until_at BIGINT NOT NULL,
    snooze_due_at BIGINT NOT NULL,
    snoozed_by TEXT COLLATE "C",
    promote_due_at BIGINT NOT NULL,
    resolved_at BIGINT NOT NULL,
    resolved_by TEXT COLLATE "C",
    is_source_firing BIGINT NOT NULL,
    is_reopened BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    walk_step BIGINT NOT NULL,
    walk_round BIGINT NOT NULL,
    walk_laps BIGINT NOT NULL,
    walk_due_at BIGINT NOT NULL,
    reassigned_to TEXT COLLATE "C",
    paged TEXT COLLATE "C" NOT NULL,
    ended_at BIGINT NOT NULL DEFAULT 0,
    merged_into BIGINT NOT NULL DEFAULT 0,
    group_key TEXT COLLATE "C",
    grow_due_at BIGINT NOT NULL DEFAULT 9223372036854775807,
    mixed TEXT COLLATE "C",
    held_by BIGINT NOT NULL DEFAULT 0,
    acknowledged_via TEXT COLLATE "C",
    remedy TEXT COLLATE "C",
    hold_from_at BIGINT NOT NULL DEFAULT 0,
    hold_until_at BIGINT NOT NULL DEFAULT 0,
    hold_user TEXT COLLATE "C",
    is_hold_waived BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX incident_open ON incident (number) WHERE state < 4;
CREATE INDEX incident_resolved ON incident (resolved_at) WHERE state = 4;
CREATE INDEX incident_key ON incident (integration, dedup_key);

CREATE TABLE page (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    incident BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    user_id TEXT COLLATE "C",
    channel TEXT COLLATE "C",
    address TEXT COLLATE "C",
    text TEXT COLLATE "C",
    error TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    is_repeat BIGINT NOT NULL,
    is_late BIGINT NOT NULL,
    reference TEXT COLLATE "C",
    is_second BIGINT NOT NULL DEFAULT 0,
    also TEXT COLLATE "C"
);
CREATE INDEX page_incident ON page (incident);
CREATE INDEX page_created ON page (created_at);
CREATE INDEX page_waiting ON page (id) WHERE state < 2;

CREATE TABLE person (
    user_id TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    rest_from_at BIGINT NOT NULL,
    rest_until_at BIGINT NOT NULL,
    rest_because TEXT COLLATE "C",
    is_rest_by_hand BIGINT NOT NULL,
    rest_waived_at BIGINT NOT NULL,
    runs TEXT COLLATE "C" NOT NULL,
    disturbances TEXT COLLATE "C" NOT NULL,
    awake_until_at BIGINT NOT NULL DEFAULT 0,
    pause_from_at BIGINT NOT NULL DEFAULT 0,
    pause_until_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE rota_override (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    team TEXT COLLATE "C",
    role BIGINT NOT NULL,
    user_id TEXT COLLATE "C",
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    by_user TEXT COLLATE "C",
    note TEXT COLLATE "C",
    is_ended BIGINT NOT NULL
);

CREATE TABLE entry (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    incident BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    event TEXT COLLATE "C",
    actor TEXT COLLATE "C",
    text TEXT COLLATE "C"
);
CREATE INDEX entry_incident ON entry (incident);
CREATE INDEX entry_written ON entry (written_at);
CREATE INDEX entry_change ON entry (written_at) WHERE event = 'change';

CREATE TABLE access_key (
    hash TEXT COLLATE "C" PRIMARY KEY,
    kind BIGINT NOT NULL,
    name TEXT COLLATE "C",
    team TEXT COLLATE "C",
    user_id TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);

CREATE TABLE ack_token (
    hash TEXT COLLATE "C" PRIMARY KEY,
    incident BIGINT NOT NULL,
    user_id TEXT COLLATE "C",
    channel TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    is_revoked BIGINT NOT NULL,
    number BIGINT NOT NULL DEFAULT 0,
    wrong_count BIGINT NOT NULL DEFAULT 0,
    is_void BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX ack_token_incident ON ack_token (incident);
CREATE INDEX ack_token_expires ON ack_token (expires_at);

CREATE TABLE meta (
    name TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C"
);

CREATE TABLE counter (
    name TEXT COLLATE "C" PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE alert (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    incident BIGINT NOT NULL,
    integration TEXT COLLATE "C",
    dedup_key TEXT COLLATE "C",
    summary TEXT COLLATE "C",
    service TEXT COLLATE "C",
    rule TEXT COLLATE "C",
    route TEXT COLLATE "C",
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

CREATE TABLE silence (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    state BIGINT NOT NULL,
    matchers TEXT COLLATE "C",
    team TEXT COLLATE "C",
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    by_user TEXT COLLATE "C",
    note TEXT COLLATE "C",
    ended_by TEXT COLLATE "C",
    held_count BIGINT NOT NULL,
    maintenance TEXT COLLATE "C"
);
CREATE INDEX silence_open ON silence (id)
WHERE state < 2 OR (maintenance <> '' AND ended_by <> '');

CREATE TABLE heartbeat (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    state BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    name TEXT COLLATE "C",
    team TEXT COLLATE "C",
    every_ms BIGINT NOT NULL,
    grace_ms BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C",
    hash TEXT COLLATE "C" NOT NULL,
    uuid TEXT COLLATE "C" NOT NULL
);
CREATE INDEX heartbeat_open ON heartbeat (id) WHERE state < 4;

CREATE TABLE handoff (
    team TEXT COLLATE "C" PRIMARY KEY,
    version BIGINT NOT NULL,
    shifts TEXT COLLATE "C" NOT NULL,
    past TEXT COLLATE "C" NOT NULL
);

CREATE TABLE swap (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    state BIGINT NOT NULL,
    team TEXT COLLATE "C",
    role BIGINT NOT NULL,
    user_id TEXT COLLATE "C",
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    taken_by TEXT COLLATE "C",
    override_id BIGINT NOT NULL,
    asked TEXT COLLATE "C" NOT NULL
);

CREATE TABLE proof (
    id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL,
    user_id TEXT COLLATE "C",
    channel TEXT COLLATE "C",
    address TEXT COLLATE "C",
    verified_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    code_until_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    test BIGINT NOT NULL,
    test_page BIGINT NOT NULL,
    tested_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    answered_via TEXT COLLATE "C",
    due_at BIGINT NOT NULL,
    code_hash TEXT COLLATE "C",
    code_count BIGINT NOT NULL,
    codes_from_at BIGINT NOT NULL
);

INSERT INTO schema_version (version, min_reader, min_writer) VALUES (4, 4, 4);
