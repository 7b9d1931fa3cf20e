-- SPDX-License-Identifier: MIT
-- Version 4.

-- What the provider calls the message, and which provider it is.
ALTER TABLE page ADD COLUMN reference TEXT;
ALTER TABLE page ADD COLUMN is_second BIGINT NOT NULL DEFAULT 0;

-- Ack links: the number that stands in the message and has to be typed (0: none), wrong ones that
-- were, and whether it was given up.
ALTER TABLE ack_token ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ack_token ADD COLUMN wrong_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ack_token ADD COLUMN is_void BIGINT NOT NULL DEFAULT 0;

-- How an ack came, and what helped.
ALTER TABLE incident ADD COLUMN acknowledged_via TEXT;
ALTER TABLE incident ADD COLUMN remedy TEXT;

-- What each team hands on from shift to shift.
CREATE TABLE handoff (
    team TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    shifts TEXT NOT NULL,
    past TEXT NOT NULL
);
-- What waits for the morning of who sleeps, and one page for several incidents.
ALTER TABLE incident ADD COLUMN hold_from_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incident ADD COLUMN hold_until_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE incident ADD COLUMN hold_user TEXT;
ALTER TABLE incident ADD COLUMN is_hold_waived BIGINT NOT NULL DEFAULT 0;
ALTER TABLE page ADD COLUMN also TEXT;

-- Who is awake, and who has laid the duty down for a while.
ALTER TABLE person ADD COLUMN awake_until_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN pause_from_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN pause_until_at BIGINT NOT NULL DEFAULT 0;

-- Parts of shifts that others are asked to take; state 0 is open.
CREATE TABLE swap (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    state BIGINT NOT NULL,
    team TEXT,
    role BIGINT NOT NULL,
    user_id TEXT,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    taken_by TEXT,
    override_id BIGINT NOT NULL,
    asked TEXT NOT NULL
);

-- What is known of each way to reach a person.
CREATE TABLE proof (
    id INTEGER PRIMARY KEY,
    version BIGINT NOT NULL,
    user_id TEXT,
    channel TEXT,
    address TEXT,
    verified_at BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    code_until_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    test BIGINT NOT NULL,
    test_page BIGINT NOT NULL,
    tested_at BIGINT NOT NULL,
    answered_at BIGINT NOT NULL,
    answered_via TEXT,
    due_at BIGINT NOT NULL,
    code_hash TEXT,
    code_count BIGINT NOT NULL,
    codes_from_at BIGINT NOT NULL
);

UPDATE schema_version SET version = 4;
