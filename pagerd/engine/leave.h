/* SPDX-License-Identifier: MIT */
/*
 * leave.h - tells who covers when somebody goes on leave.
 *
 * One quiet message for each role that changes hands, when the leave begins; a manager hears of
 * a role for which nobody is left. An absence that is already under way when a new version of its
 * calendar brings it (somebody reported sick) is told at once. Nothing is told of what a calendar
 * says when it is read for the first time: after a restart all that has been told before.
 */
#pragma once

#include "engine/state.h"

/* Slots of the person looked at, in each calendar of a team, for the first that the leave is in. */
#define LEAVE_SEGMENTS_MAX 256

/* A new roster has taken the place of `old` (NULL: it is the first). */
void leave_roster(struct work *work, const struct roster *old);
/* The wall clock was set back: what begins by it from now on is told. */
void leave_clock_back(struct work *work);
/* The timer: absences begin. */
void leave_due(struct work *work);
