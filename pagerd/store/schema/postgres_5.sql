-- SPDX-License-Identifier: MIT
-- Version 5: what several machines mirror the database by (feed.h). Only added to: a pagerd of
-- version 4 may still write, and then feeds nobody.

-- Who wrote the row `writer` last also counts its transactions that changed something.
ALTER TABLE writer ADD COLUMN position BIGINT NOT NULL DEFAULT 0; -- of the newest row of `feed`
ALTER TABLE writer ADD COLUMN mark BIGINT NOT NULL DEFAULT 0; -- a random number, of that row alone
ALTER TABLE writer ADD COLUMN previous BIGINT NOT NULL DEFAULT 0; -- the mark before that
ALTER TABLE writer ADD COLUMN feed_epoch BIGINT NOT NULL DEFAULT 0; -- the last one that feeds

-- What each transaction wrote, in their order; the oldest are deleted.
CREATE TABLE feed (
    position BIGINT PRIMARY KEY,
    previous BIGINT NOT NULL,
    mark BIGINT NOT NULL,
    format BIGINT NOT NULL, -- of the bytes
    bytes BYTEA NOT NULL
);

UPDATE schema_version SET version = 5;
