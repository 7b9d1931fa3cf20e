-- SPDX-License-Identifier: MIT
-- Version 1. Instants are milliseconds; enums are the numbers of engine/record.h (rows.c pins
-- them); labels, paged, runs and disturbances are JSON that no query looks into. INTEGER PRIMARY
-- KEY is SQLite's row number, so that records are appended; elsewhere it is BIGINT PRIMARY KEY.

CREATE TABLE schema_version (version BIGINT NOT NULL);

CREATE TABLE incident (
    number INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    uuid TEXT NOT NULL,
    state BIGINT NOT NULL,
    severity BIGINT NOT NULL,
    team TEXT,
    service TEXT,
    summary TEXT,
    details TEXT,
    source TEXT,
    integration TEXT,
    dedup_key TEXT,
    runbook TEXT,
    link TEXT,
    reason TEXT,
    labels TEXT NOT NULL,
    occurrences BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    last_alert_at BIGINT NOT NULL,
    acknowledged_at BIGINT NOT NULL,
    acknowledged_by TEXT,
    acknowledge_due_at BIGINT NOT NULL,
    snoozed_until_at BIGINT NOT NULL,
    snooze_due_at BIGINT NOT NULL,
    snoozed_by TEXT,
    promote_due_at BIGINT NOT NULL,
    resolved_at BIGINT NOT NULL,
    resolved_by TEXT,
    is_source_firing BIGINT NOT NULL,
    is_reopened BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    walk_step BIGINT NOT NULL,
    walk_round BIGINT NOT NULL,
    walk_laps BIGINT NOT NULL,
    walk_due_at BIGINT NOT NULL,
    reassigned_to TEXT,
    paged TEXT NOT NULL
);
-- state 4 is resolved
CREATE INDEX incident_open ON incident (number) WHERE state < 4;
CREATE INDEX incident_resolved ON incident (resolved_at) WHERE state = 4;
CREATE INDEX incident_key ON incident (integration, dedup_key);

CREATE TABLE page (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    incident BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    state BIGINT NOT NULL,
    user_id TEXT,
    channel TEXT,
    address TEXT,
    text TEXT,
    error TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    is_repeat BIGINT NOT NULL,
    is_late BIGINT NOT NULL
);
CREATE INDEX page_incident ON page (incident);
CREATE INDEX page_created ON page (created_at);
-- states 0 and 1 are queued and sending
CREATE INDEX page_waiting ON page (id) WHERE state < 2;

CREATE TABLE person (
    user_id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    rest_from_at BIGINT NOT NULL,
    rest_until_at BIGINT NOT NULL,
    rest_because TEXT,
    is_rest_by_hand BIGINT NOT NULL,
    rest_waived_at BIGINT NOT NULL,
    runs TEXT NOT NULL,
    disturbances TEXT NOT NULL
);

CREATE TABLE rota_override (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    team TEXT,
    role BIGINT NOT NULL,
    user_id TEXT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    by_user TEXT,
    note TEXT,
    is_ended BIGINT NOT NULL
);

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    incident BIGINT NOT NULL,
    written_at BIGINT NOT NULL,
    event TEXT,
    actor TEXT,
    text TEXT
);
CREATE INDEX entry_incident ON entry (incident);
CREATE INDEX entry_written ON entry (written_at);

CREATE TABLE access_key (
    hash TEXT NOT NULL PRIMARY KEY,
    kind BIGINT NOT NULL,
    name TEXT,
    team TEXT,
    user_id TEXT,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);

CREATE TABLE ack_token (
    hash TEXT NOT NULL PRIMARY KEY,
    incident BIGINT NOT NULL,
    user_id TEXT,
    channel TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    is_revoked BIGINT NOT NULL
) WITHOUT ROWID;
CREATE INDEX ack_token_incident ON ack_token (incident);
CREATE INDEX ack_token_expires ON ack_token (expires_at);

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT
);

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO schema_version (version) VALUES (1);
