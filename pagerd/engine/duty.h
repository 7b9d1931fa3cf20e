/* SPDX-License-Identifier: MIT */
/*
 * duty.h - who has a role of a team at an instant: the one answer for pages, screens and --why.
 *
 * Decided in this order; the steps carry these numbers in duty_pick.c:
 *  1. An override made in pagerd that is active for the team and role wins; of several the latest
 *     made.
 *  2. Else the event of the team's override calendar; one that names nobody is a hole on purpose.
 *     Else the role's source: the segment of its calendar, or the fixed person. Ids that are no
 *     user (any more) are passed over, and the why says so; an event of the override calendar that
 *     names only such is passed over as a whole, for a page to somebody is better than to nobody.
 *     Overrides of both kinds are honoured even when their person rests or is away, because
 *     somebody decided them; but not while their person has paused.
 *  3. Whoever is away (roster_absence()), rests or has paused (pause.h), or already covers an
 *     earlier role of the team, is taken out. If others of the same answer remain who have a
 * contact, they have it.
 *  4. Else cover: the targets of recovery.cover in order, whether or not recovery is enabled. The
 *     first who is not away, does not rest and has a contact takes over; people who hold another
 *     role of the team are passed over in a first round, unless the target names that very role.
 *  5. Else the least disturbed of those who have it and of the team's members: fewest wakings, then
 *     shortest awake, then least recent page, then by id. People who are there come before people
 *     who have paused, these before people who rest (the duty is marked unrested), and these
 *     before people who are away. When all are away, who has it keeps it (and the duty is marked
 * away): a page that reaches nobody is the worst. A gap of the calendar stays a gap: cover stands
 * in for people, not for holes.
 *
 * duty_users() costs microseconds whatever the size of the calendars; duty_find() also looks for
 * both ends of the answer and costs more, within bounds.
 */
#pragma once

#include <stdbool.h>

#include "engine/duty_pick.h"
#include "engine/state.h"

/* How many instants at which the answer turns out to stay the same are looked at on each side for
 * from_at and until_at, and how far; beyond either, the answer is said to end there. */
#define DUTY_MERGE_MAX 1000
#define DUTY_REACH_MS (400 * DAY_MS)

/* Has the team a source for this role? */
bool duty_has_role(const struct team *team, enum role role);

/* Kind, users, instead_of, is_unrested and is_away only; cheap. False: no such role. */
bool duty_users(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct duty *duty);

/* As view_oncall(): with all fields. */
bool duty_find(const struct engine *engine, const struct team *team, enum role role, msec at,
               struct duty *duty);

/* As duty_users(), as it would be if something were otherwise than it is. */
bool duty_users_if(const struct engine *engine, const struct team *team, enum role role, msec at,
                   struct pick_if otherwise, struct duty *duty);

/* On leave by a calendar; on leave, in recovery or paused. */
bool duty_is_away(const struct engine *engine, const struct user *user, msec at);
bool duty_is_out(const struct engine *engine, const struct user *user, msec at);

/* The first instant after `at` at which the answer for a role of the team may change, or
 * MSEC_NEVER. */
msec duty_edge_after(const struct engine *engine, const struct team *team, msec at);

/* The next one who is free by the order of recovery.cover, then any member who is, for a person who
 * is paged by name but is away or rests; NULL: nobody is. */
const struct user *duty_stand_in(const struct engine *engine, const struct team *team, msec at,
                                 const struct user *user);
