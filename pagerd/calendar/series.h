/* SPDX-License-Identifier: MIT */
/*
 * series.h - the algebra of events: versions, recurrence sets, exceptions, overrides.
 *
 * The numbers in series.c are those of the rules in docs/calendars.md.
 */
#pragma once

#include "calendar/event.h"

#define SERIES_STEPS_MAX 100000000 /* of all rules of one calendar together */

/* Where shifts go: those that overlap the window. */
struct shift_sink {
    struct notes *notes;
    msec from_at;
    msec until_at;
    int64_t steps_left;
    struct shift *items; /* heap */
    size_t count;
    size_t room;
    bool is_full; /* SHIFTS_MAX was met */
};

/* Expands all events of one VCALENDAR; `count` of them, in order of the file. */
void series_expand(struct event **events, size_t count, struct shift_sink *sink);
