/* SPDX-License-Identifier: MIT */
/*
 * clock.h - what a wall clock that was set back must not put off.
 *
 * A snooze "until" is civil time: a clock set forward ends it, one set back by a little lengthens
 * it. A clock that goes back by more than CLOCK_BACK_MS says nothing about when somebody wanted to
 * be woken; then what was left of the snooze when that happened runs on as a duration, rather early
 * than in a year. So does what was left of a silence. Maintenance windows hold, absences are told,
 * and what waits for a morning does (hold.h), by the clock as it is now.
 */
#pragma once

#include "engine/state.h"

#define CLOCK_BACK_MS HOUR_MS

/* Looks at the time of this step, before its timers fire, and at that of a start. */
void clock_watch(struct work *work);

/* Was it set back since the last step, so that a step is due? */
bool clock_is_back(const struct engine *engine, struct now now);
