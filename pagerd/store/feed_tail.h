/* SPDX-License-Identifier: MIT */
/*
 * feed_tail.h - the last rows of the feed (postgres_feed.c), in memory.
 *
 * A failover to a standby that waits for nobody forgets the last transactions, though they were
 * answered. What the new primary lacks is here, on the node that wrote them and on each one that
 * follows: who is its writer writes them again, each at its place and with its mark, before
 * anything else. Then it is what the old one was.
 *
 * A chain: each row goes on where the one before ended. One that does not begins a new chain, for
 * the database has gone on without the old one. Any thread may use it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"

#define FEED_TAIL_COUNT_MAX 10000 /* beyond these the oldest go */
#define FEED_TAIL_SIZE_MAX (16 * 1024 * 1024)

struct feed_tail;

/* Plain data. */
struct feed_row {
    uint64_t position;
    int64_t previous; /* mark of the row before */
    int64_t mark;
    struct span bytes; /* borrowed */
};

struct feed_tail *feed_tail_new(void);
void feed_tail_free(struct feed_tail *tail);
CLEANUP_DEFINE(struct feed_tail *, feed_tail_free)

/* A row that is committed; one that is there already changes nothing. The bytes are copied. `tail`
 * may be NULL, here and below. */
void feed_tail_add(struct feed_tail *tail, const struct feed_row *row);

/* What follows that place, whose bytes are added to `bytes`. False: nothing does, or the chain does
 * not lead through there. */
MUST_USE bool feed_tail_next(struct feed_tail *tail, uint64_t position, int64_t mark,
                             struct feed_row *row, struct text *bytes);

/* Who writes is done: what is behind that place the database has not, and will not get. */
void feed_tail_give_up(struct feed_tail *tail, uint64_t position);

/* One more row is in a database that had forgotten it. */
void feed_tail_note_written(struct feed_tail *tail);

/* Rows, since it was made. */
struct feed_tail_counts {
    uint64_t written_again;
    uint64_t given_up;
};
void feed_tail_count(struct feed_tail *tail, struct feed_tail_counts *counts);
