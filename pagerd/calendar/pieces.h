/* SPDX-License-Identifier: MIT */
/*
 * pieces.h - one role of a team as the calendars have it: the base calendar with the override
 * calendar laid over it, cut into pieces in which the answer does not change.
 *
 * Pure. What only the engine knows (overrides made in pagerd, leave, recovery) is not in it.
 */
#pragma once

#include "engine/policy.h"
#include "engine/roster.h"

/* Half open. Pieces follow each other without gaps: a hole is a piece too. */
struct piece {
    msec start_at;
    msec end_at;
    const struct segment *segment; /* NULL: no calendar has an event there */
    const char *user;              /* the fixed person, where no segment is */
};

/* A walk through time. Fields are for pieces.c. */
struct pieces {
    const struct rota *base;
    const struct rota *over;
    const char *user;
    size_t base_place; /* the first segment that ends after `at` */
    size_t over_place;
    msec at;
    msec until_at;
};

/* Begins at `from_at`; a calendar that is not in the roster has no events. */
void pieces_init(struct pieces *pieces, const struct team *team, enum role role,
                 const struct roster *roster, msec from_at, msec until_at);
/* The next piece; false when `until_at` is reached. Linear in the segments walked over. */
bool pieces_next(struct pieces *pieces, struct piece *piece);

/* How many have the piece, and who: ids in paging order. */
size_t piece_user_count(const struct piece *piece);
const char *piece_user(const struct piece *piece, size_t place);
