/* SPDX-License-Identifier: MIT */
/*
 * duty.h - who has a role of a team at an instant: the one answer for pages, screens and --why.
 *
 * Decided in this order; the steps carry these numbers in duty.c:
 *  1. An override that is active for the team and role wins; of several the latest made. It is
 *     honoured even when its person rests, because somebody decided it by hand.
 *  2. Else the role's source: the segment of its calendar, or the fixed person. Ids that are no
 *     user (any more) are passed over, and the why says so.
 *  3. Whoever rests, or already covers an earlier role of the team, is taken out. If others of the
 *     same answer remain, they have it.
 *  4. Else cover: the targets of recovery.cover in order. The first who does not rest and has a
 *     contact takes over; people who hold another role of the team are passed over in a first
 *     round, unless the target names that very role.
 *  5. Else, nobody being rested, the least disturbed member of the team has it: fewest wakings,
 *     then shortest awake, then least recent page, then by id; the duty is marked unrested.
 * A gap of the calendar stays a gap: cover stands in for people, not for holes.
 */
#pragma once

#include <stdbool.h>

#include "engine/state.h"

#define DUTY_MERGE_MAX 64 /* equal neighbours looked at for from_at and until_at */

/* Has the team a source for this role? */
bool duty_has_role(const struct team *team, enum role role);

/* Kind, users, instead_of and is_unrested only; cheap. False: no such role. */
bool duty_users(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct duty *duty);

/* As view_oncall(): with from_at, until_at and the why. */
bool duty_find(const struct engine *engine, const struct team *team, enum role role, msec at,
               struct duty *duty);

/* As duty_users(), as it would be if `awake` did not rest. */
bool duty_users_if_awake(const struct engine *engine, const struct team *team, enum role role,
                         msec at, const struct user *awake, struct duty *duty);

/* The first instant after `at` at which this answer may change, or MSEC_NEVER. */
msec duty_edge_after(const struct engine *engine, const struct team *team, msec at);

/* The next one who is free and rested by the order of recovery.cover, for a person who is paged
 * by name but rests; NULL: nobody is. */
const struct user *duty_stand_in(const struct engine *engine, const struct team *team, msec at,
                                 const struct user *user);
