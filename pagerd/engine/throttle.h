/* SPDX-License-Identifier: MIT */
/*
 * throttle.h - how many texts and calls one number gets.
 *
 * - The first page about an incident to a person is never held by it, nor is one that somebody asks
 *   for by hand, or who has snoozed it.
 * - A repeat (a later round or step, STILL YOURS?, the last resort) by a contact that has had its
 *   limit of alarms within THROTTLE_WITHIN_MS waits until the oldest of these is that old, together
 *   with all others that come meanwhile: one page for all of them (bundle.h). Contacts without a
 *   limit, and those below theirs, are used as ever.
 * - Of what is not critical, a first page by a text or a call waits for others until
 *   THROTTLE_GATHER_MS after the last alarm to that number: several within seconds are one page.
 *   What is critical goes out at once.
 * None of it outlives a restart: then everybody is rather paged once more.
 */
#pragma once

#include "engine/state.h"

#define THROTTLE_WITHIN_MS (10 * MINUTE_MS)
#define THROTTLE_GATHER_MS (10 * SECOND_MS)
#define THROTTLE_LIMIT_MAX 100 /* of a contact */
#define THROTTLES_MAX 20000    /* numbers looked after at once; the rest have no limit */

/* An alarm goes out by that contact. */
void throttle_note(struct work *work, const struct contact *contact);

/* Until when (steady) this page of the run waits at that contact; now: it goes out. */
msec throttle_until(const struct work *work, const struct incident *incident,
                    const struct user *user, const struct contact *contact, enum page_kind kind);

/* Until when the first page of an incident waits for others, by these contacts (a bit each). */
msec throttle_gather(const struct work *work, const struct incident *incident,
                     const struct user *user, uint16_t contacts);

/* Was that person paged for the incident, before this instant, by anything that has left? */
bool throttle_was_paged(const struct work *work, const struct incident *incident,
                        const struct user *user);

void throttles_free(struct engine *engine);
