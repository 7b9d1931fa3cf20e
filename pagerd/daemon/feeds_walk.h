/* SPDX-License-Identifier: MIT */
/*
 * feeds_walk.h - the final schedule of one person or one team as events: what calendars, overrides,
 * leave and recovery come to, by the one on-call function, asked again wherever its answer changes.
 *
 * An event is one stretch of one answer. Its UID is that of the slot in the base calendar in which
 * it began, not of the person, so that a swap changes the event instead of replacing it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "calendar/compose.h"
#include "daemon/feeds_book.h"
#include "engine/policy.h"

#define FEED_EVENTS_MAX 5000         /* in one feed */
#define FEED_STEPS_MAX 20000         /* times that one build asks who is on call */
#define FEED_PAST_MS (28 * DAY_MS)   /* at least; its first day is a Monday */
#define FEED_RANGE_MS (210 * DAY_MS) /* from there */
#define FEED_BEYOND_MS (60 * DAY_MS) /* an event may end so much later; else it is cut */
#define FEED_REFRESH_MS HOUR_MS      /* what readers are asked to keep to */

struct engine;

/* Whose feed: one of them. */
struct feed_subject {
    const struct team *team;
    const struct user *user;
};

/* Borrows nothing but its arena. */
struct feed_list {
    struct arena *arena;
    struct composed_event *events; /* by start, then UID */
    size_t event_count;
    msec from_at;
    msec until_at;
    const char *comment; /* what is missing in it, or NULL */
    bool is_cut;         /* FEED_EVENTS_MAX or FEED_STEPS_MAX was met */
};

/* Where a feed begins that is built at `now_at`: it moves once a week, so that between two Mondays
 * the same schedule gives the same bytes. */
msec feed_from(msec now_at);

/* Builds the events into `arena`; `host` ends their UIDs, `book` says what is new in them. */
void feed_walk(struct feed_list *list, struct arena *arena, const struct engine *engine,
               const struct feed_subject *subject, const char *host, struct book *book,
               msec now_at);

/* The zone that the feed names. */
const struct zone *feed_zone(const struct policy *policy, const struct feed_subject *subject);

/* Appends the whole calendar. */
void feed_render(struct text *text, const struct feed_list *list,
                 const struct feed_subject *subject, const struct zone *zone, bool has_alarm,
                 uint32_t alarm_minutes);
