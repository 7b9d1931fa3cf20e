/* SPDX-License-Identifier: MIT */
/*
 * feed.h - content lines to calendars, events and properties.
 *
 * Lines are taken one by one, so that every property knows its line, nesting is limited, and a bad
 * line costs only itself. Names of components and parameters, and TEXT values, are libical's to
 * read; values with times, durations and rules stay as written for stamp.h and rule.h.
 */
#pragma once

#include "base/arena.h"
#include "base/span.h"
#include "calendar/notes.h"
#include "calendar/unfold.h"

#define FEED_DEPTH_MAX 8
#define FEED_PROPERTIES_MAX 8192 /* per component */

enum field {
    FIELD_DTSTART,
    FIELD_DTEND,
    FIELD_DURATION,
    FIELD_RRULE,
    FIELD_EXRULE,
    FIELD_RDATE,
    FIELD_EXDATE,
    FIELD_RECURRENCE_ID,
    FIELD_UID,
    FIELD_SUMMARY,
    FIELD_STATUS,
    FIELD_SEQUENCE,
    FIELD_DTSTAMP,
    FIELD_ATTENDEE,
    FIELD_ORGANIZER,
    FIELD_CATEGORIES,
    FIELD_USER,
    FIELD_OVERRIDE,
    FIELD_TZID,
    FIELD_LOCATION,
    FIELD_OFFSET_FROM,
    FIELD_OFFSET_TO,
    FIELD_CALENDAR_ZONE,
    FIELD_COUNT
};

struct property {
    struct property *next;
    enum field field;
    uint32_t line;
    struct span parameters; /* as written, from the first ';' on */
    struct span value;      /* trimmed */
};

/* A VEVENT, or STANDARD or DAYLIGHT of a VTIMEZONE. */
struct component {
    struct component *next;
    uint32_t line;
    size_t property_count;
    struct property *first;
    struct property *last;
};

struct feed_zone {
    struct feed_zone *next;
    struct component head; /* TZID, X-LIC-LOCATION */
    struct component *observances;
};

struct feed_calendar {
    struct feed_calendar *next;
    struct component head; /* X-WR-TIMEZONE */
    struct component *events;
    struct component *last_event;
    struct feed_zone *zones;
};

struct feed {
    struct feed_calendar *calendars;
    size_t event_count;
    const char *problem; /* the file is no whole calendar: why, with its line; or NULL */
};

/* Everything lives in the arena of `notes`; the lines must live as long. */
void feed_parse(struct notes *notes, const struct unfolded *lines, struct feed *feed);

/* The first property of that kind, or NULL. */
const struct property *component_find(const struct component *component, enum field field);

/* The value of a parameter ("TZID", "RANGE" ...) without quotes, or NULL. */
const char *property_parameter(struct arena *arena, const struct property *property,
                               const char *name);

/* The value as TEXT, unescaped, trimmed. */
const char *property_text(struct arena *arena, const struct property *property);
