/* SPDX-License-Identifier: MIT */
/* clock.h - what a change of the clocks does to a handover, in words. */
#pragma once

#include "base/arena.h"
#include "base/zone.h"

#define CLOCK_NOTE_MAX 400 /* bytes */

/*
 * The sentence about a wall time that the clocks jump over or show twice, such as "02:30 on 29 Mar
 * does not exist (clocks go from 02:00 to 03:00): it is 03:30". NULL for every other wall time, and
 * where `at` is not the instant that the wall time is read as. Lives in the arena.
 */
const char *clock_note(struct arena *arena, const struct zone *zone, msec wall, msec at);
