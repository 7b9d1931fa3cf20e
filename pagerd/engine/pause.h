/* SPDX-License-Identifier: MIT */
/*
 * pause.h - "not me for twenty minutes": a person lays the duty down for a while.
 *
 * - Until its end the person counts as one who rests: whoever is next by recovery.cover has the
 *   roles, is told, and gets at once what the person is being paged for. That holds for a role by
 *   override as well, and for what somebody has asked of that very person: this was said later.
 * What the person has acked stays, and the last resort is paged in any case.
 * - It is refused, with the names and why, when at any time of it somebody who pauses, rests, is
 * away or cannot be reached would have a role that the person would have; or when nobody else who
 * is free would be left in one of the person's teams. So no two pauses strand each other.
 * - It ends by itself, at the latest PAUSE_MAX_MS after it began, and whoever stood in is told.
 * When nobody can stand in any more, it ends at once: the person is told by all contacts, and so is
 *   the manager.
 * - A wall clock that is set back does not lengthen it.
 */
#pragma once

#include "engine/state.h"

#define PAUSE_DEFAULT_MS (20 * MINUTE_MS)
#define PAUSE_MIN_MS MINUTE_MS
#define PAUSE_MAX_MS (4 * HOUR_MS)
#define PAUSE_EDGES_MAX 64 /* changes of a duty within it that are looked at ahead */

void pause_begin(struct work *work, const struct event *event, struct answer *answer);
/* By the person. */
void pause_end(struct work *work, const struct event *event, struct answer *answer);

/* It is over, or a duty changes during it. */
void pause_due(struct work *work, struct person *person);
void pause_schedule(struct engine *engine, struct person *person, msec now_at);

/* Rest, leave, overrides, people or calendars have changed: pauses that cannot go on end. */
void pauses_look(struct work *work);
void pauses_clock_back(struct work *work, msec back_ms);

/* Has nobody a role who pauses and could have laid it down? The fault names who. */
MUST_USE bool pauses_check(const struct engine *engine, msec at, struct fault *fault);

/* Who stands in during the pause: the first role that the person would have. False: none. */
bool pause_covered(const struct engine *engine, const struct user *user, msec at,
                   const struct team **team, enum role *role, const struct user **cover);
