/* SPDX-License-Identifier: MIT */
/*
 * hold.h - what does not wake waits for the morning (severity.*.hold = "morning").
 *
 * - Where everybody whom a step is to ask is in quiet hours (quiet.h), the incident becomes
 *   SUPPRESSED until the first morning among them, by the wall clock, with that as its reason: the
 *   walk does not run through its steps while all sleep. Of several people those who sleep are left
 *   out as long as somebody is up.
 * - Then the walk begins anew, with whoever is on call by then; what is let go at a time comes to
 *   each person as one page (bundle.h, PAGE_DIGEST). What is over by then is not told.
 * - A rise of the severity, a promotion, and whoever passes it on by hand end it at once; who
 * passes it on by hand or woke for it after a snooze is paged in spite of it.
 * - Nothing is held for longer than HOLD_MAX_MS in all before a page goes out, however often the
 *   duty passes on to somebody who sleeps.
 */
#pragma once

#include "engine/crowd.h"
#include "engine/state.h"

#define HOLD_MAX_MS (25 * HOUR_MS) /* a night may last an hour more: the clocks */
#define HOLD_DIGEST_MS SECOND_MS   /* what is let go within that time comes as one */

/* Is it held back until a morning now? */
bool hold_has(const struct incident *incident);

/* May that person not be asked for it now, because it can wait until `until_at` (wall)? */
bool hold_wants(const struct work *work, const struct incident *incident, const struct user *user,
                msec *until_at);

/*
 * Leaves those out of the crowd who sleep, but not `woken` (or NULL), who wanted to be woken. When
 * nobody would be left (and nobody wanted to be woken), holds the incident, which is TRIGGERED, and
 * returns true: the walk stops here.
 */
bool hold_crowd(struct work *work, struct incident *incident, struct crowd *crowd,
                const struct user *woken);

/* Its morning has come, by the wall clock: paged now, unless nobody is any more. */
void hold_due(struct work *work, struct incident *incident);

/* The configuration is another, or the wall clock was set back: let go where it would not be held
 * now, and never for longer than until the next morning. */
void hold_refit(struct work *work, struct incident *incident);
