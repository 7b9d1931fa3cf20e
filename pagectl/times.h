/* SPDX-License-Identifier: MIT */
/*
 * times.h - the times that people type, and the times that they are shown.
 *
 * What was typed is always echoed as an absolute local time with its distance, so that a wrong
 * reading is seen at once. Pure: the zone and the present are given.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/time.h"
#include "base/zone.h"

#define TIMES_TEXT_SIZE 128
#define TIMES_TYPED_MAX 100 /* bytes of a typed time */

struct times {
    const struct zone *zone;
    msec now;
};

/* Where a time without a date lies: the next such instant, or the last one that has been. */
enum times_lean { TIMES_NEXT, TIMES_LAST };

/* One line that names every form; part of each fault of times_parse. */
extern const char times_forms[];

/*
 * Reads "Mon 09:00", "tomorrow 9:00", "28 Nov 21:00", "2026-11-28 21:00", "21:00", "in 2h",
 * "now+2h" or RFC 3339. A local time that does not exist is read with the offset before the gap;
 * of one that occurs twice the first that fits `lean` is taken. With TIMES_LAST "7d" is 7 days ago.
 */
MUST_USE bool times_parse(const struct times *times, const char *text, enum times_lean lean,
                          msec *at, struct fault *fault);

/* All of these write into `buffer`, which holds TIMES_TEXT_SIZE, and return it. */
const char *times_day(const struct times *times, msec at, char *buffer);   /* Mon 23 Nov 09:00 */
const char *times_clock(const struct times *times, msec at, char *buffer); /* 09:00 when today */
const char *times_full(const struct times *times, msec at, char *buffer); /* Mon 23 Nov 09:00 CET */
const char *times_distance(const struct times *times, msec at, char *buffer); /* in 1 day 5 h */
const char *times_echo(const struct times *times, msec at, char *buffer);     /* both */
/* "Sat 28 Nov 09:00 - 21:00 CET (12 h)". */
const char *times_span(const struct times *times, msec from, msec until, char *buffer);
const char *times_length(msec length_ms, char *buffer); /* "1 day 5 h", "29 m" */
const char *times_age(msec age_ms, char *buffer);       /* "2m", "17m", "3h", "1d" */
