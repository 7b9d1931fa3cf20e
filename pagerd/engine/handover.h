/* SPDX-License-Identifier: MIT */
/*
 * handover.h - what a role becomes because somebody is not there, and telling those who get it.
 *
 * `otherwise` says whose rest, leave or pause it is: the role is compared with what it would be
 * without.
 */
#pragma once

#include "engine/duty.h"

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

/* Appends "db primary from Mon 9 Nov 09:00", or "from now". */
void handover_add_from(const struct work *work, struct text *text, const struct zone *zone,
                       const struct team *team, enum role role, msec from_at);

/* "db primary from now till Sun 22 Nov 10:00, Ann is away" to whoever has it first: `verb` is what
 * `user` does until `until_at`. */
void handover_tell_cover(struct work *work, const struct user *user, const char *verb,
                         msec until_at, uint64_t incident, const struct team *team, enum role role,
                         const struct handover *handover);

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
