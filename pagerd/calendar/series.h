/* SPDX-License-Identifier: MIT */
/*
 * series.h - the algebra of events: versions, recurrence sets, exceptions, overrides.
 *
 * The numbers in series.c are those of the rules in docs/calendars.md.
 */
#pragma once

#include "calendar/event.h"

struct rule_end;

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
    bool is_full;          /* SHIFTS_MAX was met */
    msec now_at;           /* for W-ENDS; 0: it is not told */
    struct rule_end *ends; /* heap */
    size_t end_count;
    size_t end_room;
    bool is_exact_told;
    const struct event *exact_told; /* the last event of which W-EXACT-DIFFERS was told */
};

/* Expands all events of one VCALENDAR; `count` of them, in order of the file. */
void series_expand(struct event **events, size_t count, struct shift_sink *sink);
