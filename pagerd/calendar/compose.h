/* SPDX-License-Identifier: MIT */
/*
 * compose.h - writes iCalendar: feeds that calendar programs subscribe to, and the single events
 * that put an override into a CalDAV calendar.
 *
 * Pure: the same input gives the same bytes. CRLF, folded at 75 octets and never inside a UTF-8
 * sequence (RFC 5545 3.1), texts escaped (3.3.11), controls taken out. Times of events are UTC, so
 * that no program can read them wrongly; a VTIMEZONE beside them only says in which zone people
 * live. The writer is our own and not libical's: libical keeps state for the whole process and
 * therefore runs in the reader's child alone, and these bytes are made in the daemon.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

#define COMPOSED_CHANGES_MAX 64 /* changes of the clocks in one VTIMEZONE */

struct zone;

/* One event. Strings are UTF-8, unescaped; NULL: the property is left out. */
struct composed_event {
    const char *uid;
    msec start_at;
    msec end_at; /* later than start_at */
    const char *summary;
    const char *description;
    const char *categories; /* commas part them */
    const char *users;      /* X-PAGERD-USER: ids with commas */
    const char *override;   /* X-PAGERD-OVERRIDE: "o57" */
    msec changed_at;        /* DTSTAMP and LAST-MODIFIED: when its content last changed */
    uint32_t sequence;      /* one more with every change */
    bool is_free;           /* TRANSP:TRANSPARENT: blocks nobody's day */
};

struct composed_calendar {
    const char *name;     /* NAME and X-WR-CALNAME; NULL in a single event for CalDAV */
    const char *timezone; /* X-WR-TIMEZONE, an IANA name, or NULL */
    msec refresh_ms;      /* REFRESH-INTERVAL and X-PUBLISHED-TTL; 0: left out */
    const struct composed_event *events;
    size_t event_count;
    const struct zone *zone; /* a VTIMEZONE of that name, or NULL */
    msec zone_from_at;       /* the changes of the clocks that it tells */
    msec zone_until_at;
    const char *comment;    /* X-PAGERD-COMMENT, for example that something was left out; or NULL */
    bool has_alarm;         /* each event reminds */
    uint32_t alarm_minutes; /* so long before it starts */
};

/* Appends a whole VCALENDAR. */
void calendar_compose(struct text *text, const struct composed_calendar *calendar);
