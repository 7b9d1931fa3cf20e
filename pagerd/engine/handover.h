/* SPDX-License-Identifier: MIT */
/*
 * handover.h - what a role becomes because somebody is not there, and telling those who get it.
 *
 * `otherwise` says whose rest, leave or pause it is: the role is compared with what it would be
 * without.
 */
#pragma once

#include "engine/duty.h"
#include "engine/sentence.h"

#define HANDOVER_EDGES_MAX 64 /* instants looked at for the first change */

struct handover {
    struct duty before; /* as it would be if the person were there */
    struct duty after;
    msec from_at;
};

/* The first change of the role from `at` on that comes of it; false: none before `until_at`. It
 * need not be the person's own role: who covers one role may have been taken from another. */
bool handover_find(const struct engine *engine, const struct team *team, enum role role,
                   struct pick_if otherwise, msec at, msec until_at, struct handover *handover);

/* Why somebody is not there, and until when. */
struct handover_cause {
    const struct user *user;
    enum sentence does; /* SENTENCE_RESTS, _AWAY, _PAUSES */
    msec until_at;
    uint64_t incident; /* for which that person rests, or 0 */
};

/* "db primary from now till Sun 22 Nov 10:00, Ann is away" to whoever has it first. */
void handover_tell_cover(struct work *work, const struct handover_cause *cause,
                         const struct team *team, enum role role, const struct handover *handover);

/* To the manager: nobody is there to cover, and who has it all the same. */
void handover_tell_nobody(struct work *work, const struct team *team, enum role role,
                          const struct handover *handover);

/* "ops primary from now: Ann again, the rest was ended by Cat": it is `before` again. */
void handover_tell_again(struct work *work, const struct user *told, const struct team *team,
                         enum role role, const struct handover *handover, const char *why);

/* The same people in the same way? */
bool duty_is_same(const struct duty *left, const struct duty *right);
bool duty_has(const struct duty *duty, const struct user *user);
/* That zone, or the default one when it is NULL. */
const struct zone *zone_or_default(const struct work *work, const struct zone *zone);
