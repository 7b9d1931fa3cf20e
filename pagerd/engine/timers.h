/* SPDX-License-Identifier: MIT */
/*
 * timers.h - fires what is due, the most overdue first, and says when something is due next.
 *
 * Durations are on the steady clock, nights, rests and "snooze until" on the wall clock; a step of
 * the wall clock moves only the latter. After an outage every timer fires once; pages made by one
 * that is overdue by more than TIMERS_LATE_MS are marked late. One turn fires at most
 * TIMERS_FIRED_MAX of them; what is left is due at once in the next one.
 */
#pragma once

#include "engine/state.h"

#define TIMERS_LATE_MS (10 * SECOND_MS)

/* Of one turn, in all its steps: a start with a million overdue ones would else be a single turn of
 * minutes and gigabytes, with nobody served meanwhile. A thousand take tens of milliseconds. */
#define TIMERS_FIRED_MAX 1000

/* Fires what is due, as far as this turn may (the effects count it). */
void timers_fire(struct work *work);
msec timers_next(const struct engine *engine, struct now now);
/* By how much the most overdue one is late; 0: none is. */
msec timers_overdue(const struct engine *engine, struct now now);
