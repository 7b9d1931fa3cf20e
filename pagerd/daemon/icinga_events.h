/* SPDX-License-Identifier: MIT */
/*
 * icinga_events.h - listens to the event streams of Icinga 2 (integrations.NAME.icinga.events).
 *
 * Nothing is repeated there: what happened between two connections is lost. So after each connect,
 * and after each downtime, everything that is not well is read and merged: a problem that is not
 * known opens an incident, one that is gone resolves it, acks are compared. What the stream says
 * while that is being read counts more.
 */
#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define STREAM_RETRY_MS (2 * SECOND_MS)
#define STREAM_RETRY_MAX_MS (2 * MINUTE_MS)
#define STREAM_TELL_MS (10 * MINUTE_MS) /* failing that long, the admins are told */
#define STREAM_REREAD_MS SECOND_MS      /* after a downtime: Icinga clears up first */
#define STREAM_LAG_MS (10 * SECOND_MS)  /* Icinga 2.13 keeps its events back for up to 5 seconds */
#define STREAM_LATER_MS (5 * SECOND_MS) /* when the list cannot be read, or nothing be kept */

struct answer;
struct daemon;
struct event;
struct icinga_events;

struct icinga_events *icinga_events_new(struct daemon *daemon);
void icinga_events_free(struct icinga_events *events);

/* Follows the configuration in force; milliseconds as everywhere. */
msec icinga_events_next_due(const struct icinga_events *events);
void icinga_events_tick(struct icinga_events *events);

/*
 * Is what a notification command of Icinga says no more than what its stream says, too? A problem
 * that fires in the same words already; a note. It is answered then, and not to be counted again.
 * Anything else is for the engine: a stream may have died without a word.
 */
bool icinga_events_cover(const struct icinga_events *events, const struct event *event,
                         struct answer *answer);

/* Appends one line per stream that is not listened to. */
void icinga_events_problems(const struct icinga_events *events, struct json_writer *writer);
void icinga_events_metrics(const struct icinga_events *events, struct text *text);
