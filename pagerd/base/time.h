/* SPDX-License-Identifier: MIT */
/*
 * time.h - the one time type, durations and instants as text.
 *
 * Pure: nothing here reads a clock. Instants are milliseconds since 1970-01-01T00:00:00Z and end
 * in `_at`; durations are milliseconds and end in `_ms`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

typedef int64_t msec;

#define MSEC_NEVER INT64_MAX
#define SECOND_MS ((msec)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

#define INSTANT_TEXT_SIZE 32  /* "2026-11-22T02:02:07.123Z" and NUL fit */
#define DURATION_TEXT_SIZE 32 /* "1 d 5 h" and NUL fit */

/*
 * The two clocks of one turn. `steady_at` never jumps: deadlines of durations are compared with
 * it. `wall_at` is civil time in UTC: calendars, nights and everything shown use it. Both start
 * out equal and part only when somebody sets the clock.
 */
struct now {
    msec steady_at;
    msec wall_at;
};

/* A day of the proleptic Gregorian calendar; month 1-12, day 1-31. */
struct civil {
    int32_t year;
    int32_t month;
    int32_t day;
    int32_t hour;
    int32_t minute;
    int32_t second;
};

/* Days since 1970-01-01 of a civil date, and back. Valid for years 1 to 9999. */
int64_t civil_days(int32_t year, int32_t month, int32_t day);
struct civil civil_from_days(int64_t days);

/* Milliseconds since the epoch of a civil time read as if it were UTC, and back (floors). */
msec civil_to_msec(const struct civil *civil);
struct civil civil_from_msec(msec at);

/* 0 = Monday ... 6 = Sunday. */
int civil_weekday(int64_t days);

/* Days of that month, 28-31. */
int civil_month_days(int32_t year, int32_t month);

/*
 * Parses "30s", "5m", "1h30m", "24h", "7d", "2w": units w d h m s ms, each at most once, falling.
 * A bare number is refused (the text says: write "300s" or "5m"). Range 0 to 10 years.
 */
MUST_USE bool duration_parse(const char *text, msec *duration_ms, struct fault *fault);

/* The shortest form that duration_parse reads back: "1h30m", "0s". Returns `buffer`. */
const char *duration_render(msec duration_ms, char buffer[DURATION_TEXT_SIZE]);

/* For people, at most two units: "1 d 5 h", "29 m", "7 s". Returns `buffer`. */
const char *duration_speak(msec duration_ms, char buffer[DURATION_TEXT_SIZE]);

/* RFC 3339 in UTC, "2026-11-22T02:02:07Z"; milliseconds only when not zero. Returns `buffer`. */
const char *instant_render(msec at, char buffer[INSTANT_TEXT_SIZE]);

/* Parses RFC 3339 with Z or an offset, optional fraction. */
MUST_USE bool instant_parse(const char *text, msec *at, struct fault *fault);
