/* SPDX-License-Identifier: MIT */
/*
 * compose.h - writes iCalendar: feeds that calendar programs subscribe to, and the single events
 * that put an override into a CalDAV calendar.
 *
 * Pure: the same input gives the same bytes. CRLF, folded at 75 octets and never inside a UTF-8
 * sequence (RFC 5545 3.1), texts escaped (3.3.11), controls taken out. Times are UTC, so that no
 * VTIMEZONE is needed and no program can read them wrongly.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/time.h"

/* One event. Strings are UTF-8, unescaped; NULL: the property is left out. */
struct composed_event {
    const char *uid;
    msec start_at;
    msec end_at;
    const char *summary;
    const char *description;
    const char *categories;
    const char *users;    /* X-PAGERD-USER: ids with commas */
    const char *override; /* X-PAGERD-OVERRIDE: "o57" */
    msec changed_at;      /* DTSTAMP and LAST-MODIFIED: when its content last changed */
    uint32_t sequence;    /* one more with every change */
    bool is_free;         /* TRANSP:TRANSPARENT: blocks nobody's day */
};

struct composed_calendar {
    const char *name;     /* NAME and X-WR-CALNAME; NULL in a single event for CalDAV */
    const char *timezone; /* X-WR-TIMEZONE, an IANA name, or NULL */
    msec refresh_ms;      /* REFRESH-INTERVAL and X-PUBLISHED-TTL; 0: left out */
    const struct composed_event *events;
    size_t event_count;
};

/* Appends a whole VCALENDAR. */
void calendar_compose(struct text *text, const struct composed_calendar *calendar);
