/* SPDX-License-Identifier: MIT */
/*
 * stamp.h - values of iCalendar as numbers: dates and times, durations, offsets.
 *
 * Every field is checked here, before anything else may see it: libical takes 30 February for 2
 * March and reads past a table for month 13. A wall time is milliseconds as if it were UTC.
 */
#pragma once

#include <stdbool.h>

#include "base/span.h"
#include "base/time.h"

#define STAMP_YEAR_MIN 1900
#define STAMP_YEAR_MAX 2199
#define SPAN_DAYS_MAX 36600 /* about 100 years */

/* A DATE or DATE-TIME as written, before any zone. */
struct stamp {
    msec wall;
    bool is_date;
    bool is_utc;
};

bool stamp_parse(struct span text, struct stamp *stamp);

/* Weeks and days move the wall clock, the rest is exact; both carry the sign. */
struct term {
    int64_t days;
    msec exact_ms;
};

/* Longer than SPAN_DAYS_MAX is read as that and one day more. */
bool term_parse(struct span text, struct term *term);

/* "+0100", "-03:30", "+013730": seconds east of UTC. */
bool offset_parse(struct span text, int32_t *offset_s);

/* Midnight of the day that holds `wall`. */
msec wall_day(msec wall);
