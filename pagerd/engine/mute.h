/* SPDX-License-Identifier: MIT */
/*
 * mute.h - what an active silence does to one incident: hold it back, let it go.
 *
 * - An incident that would be paged for (a new one, one that is triggered again after an ack or a
 *   snooze) and fits an active silence becomes SUPPRESSED with the silence as its reason. It stays
 *   visible, counts alerts, can be acked, resolved and passed on by hand; who passes it on by hand
 *   has it paged for in spite of the silence.
 * - Of several silences that fit, the one that ends last holds it; when that ends early, another.
 * - It is let go when no silence holds it any more, or when one of its alerts does not fit any
 *   longer: paged from step 0, with the silence in the text.
 * - An alert joins only what the same silence holds back, so that none waits for another's end; and
 *   a silence that begins later holds many alerts only by labels in which they agree, see mixed.h.
 */
#pragma once

#include "engine/state.h"

/* Is it held back by a silence now? */
bool mute_holds(const struct incident *incident);

/* The active silence that fits it and ends last, or NULL. */
struct silence *mute_find(const struct engine *engine, const struct incident *incident);

/* Do all matchers of the silence, and its team, fit the incident? Whether it is active is not
 * asked. */
bool mute_fits(const struct silence *silence, const struct incident *incident);

/* Holds a TRIGGERED incident back where an active silence fits it. False: there is none. */
bool mute_hold(struct work *work, struct incident *incident);

/* The id of the active silence that the alert fits, in that team, and that ends last; 0: none. */
uint64_t mute_of_alert(const struct engine *engine, const char *team, const struct alert *alert);
/* May a new alert become part of the open incident? Not where only one of the two is held back. */
bool mute_may_join(const struct engine *engine, const struct incident *incident,
                   const struct alert *alert);
/* An alert of the incident is said once more: one that its silence does not fit any longer lets all
 * of it go. */
void mute_repeat(struct work *work, struct incident *incident, const struct alert *alert);

/* Asks anew for one that is held: let go when nothing fits it any more. True: it was. */
bool mute_refit(struct work *work, struct incident *incident);
