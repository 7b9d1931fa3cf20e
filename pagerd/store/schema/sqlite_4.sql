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

UPDATE schema_version SET version = 4;
