/* SPDX-License-Identifier: MIT */
/*
 * event.h - one VEVENT with its values read: times with their zones, rules still as text.
 */
#pragma once

#include "calendar/feed.h"
#include "calendar/stamp.h"
#include "calendar/zones.h"

#define EVENT_DATES_MAX 4096 /* EXDATE and RDATE values together */

/* A time of a calendar, with the zone in which its wall clock hangs. */
struct moment {
    msec wall;
    const struct zone *zone;
    bool is_date;
    bool is_utc;      /* written with Z */
    bool is_floating; /* a time without Z and without TZID */
};

/* An RDATE; a period brings its own end. */
struct extra {
    struct moment start;
    enum { EXTRA_PLAIN, EXTRA_UNTIL, EXTRA_FOR } kind;
    struct moment end;
    struct term term;
};

struct event {
    struct event *next; /* in order of the file */
    const struct shift_event *shown;
    uint32_t line;
    bool is_cancelled;
    bool has_uid;
    int64_t sequence;
    struct span stamp; /* DTSTAMP as written */

    struct moment start;
    bool has_end;
    struct moment end;
    bool has_term;
    struct term term;

    bool is_override;
    bool is_future; /* RANGE=THISANDFUTURE */
    struct moment recurrence;

    const struct property *first; /* for RRULE and EXRULE */
    bool has_rule;
    struct extra *extras;
    size_t extra_count;
    struct moment *excluded;
    size_t excluded_count;
};

/* What all events of one VCALENDAR share. */
struct event_context {
    struct notes *notes;
    struct zone_book *book;
    const struct feed_calendar *calendar;
    const struct zone *zone; /* for values without one */
};

/* NULL with an E- warning when the event cannot be used. */
struct event *event_read(const struct event_context *context, const struct component *component);

/* One end of a shift: the instant, and the wall time that it was made of. */
struct edge {
    msec at;
    const struct zone *zone; /* NULL: it was counted from the other end, no wall time says it */
    msec wall;
};

/* rule 2.3: where the shift ends that starts at `at`, which is `wall` in the event's zone. */
struct edge event_end(const struct event *event, msec wall, msec at);

/* UTC of a moment: a time that does not exist or exists twice as docs/calendars.md says. */
msec moment_at(const struct moment *moment);
