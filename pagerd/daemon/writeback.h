/* SPDX-License-Identifier: MIT */
/*
 * writeback.h - puts overrides made in pagerd into the CalDAV calendar of overrides of their team,
 * so that they show on everybody's phone, and reads back what people do to them there.
 *
 * An override counts from pagerd's own store as soon as it is made; its event is for people to see,
 * and is passed over when the calendar is read. Only when somebody edits the event, the override is
 * ended and the event counts in its place (it is "released"); when somebody deletes it, the
 * override is ended. Nobody else's event is ever touched: resources have a name of their own, are
 * made only where there is none, and changed only while they are what we wrote (If-Match).
 *
 * What is to be done follows from three states alone: the override in the engine, what was written
 * of it (written.h, on disk) and the copy of the collection (dav_sync.h). So it does not matter
 * where pagerd died.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"
#include "base/time.h"

#define WRITEBACK_RETRY_MS (2 * SECOND_MS) /* after the first failure; then twice as long ... */
#define WRITEBACK_RETRY_MAX_MS (15 * MINUTE_MS)
#define WRITEBACK_TELL_MS HOUR_MS /* failing that long, the manager is told */
#define INSTANCE_TEXT_SIZE 9      /* 8 hex digits, and NUL */

struct daemon;
struct slot;
struct writeback;

struct writeback *writeback_new(struct daemon *daemon);
void writeback_free(struct writeback *writeback);

/* What tells this pagerd's events from another's: as the store has it. */
void writeback_restore(struct writeback *writeback, const char *instance);
/* The past is there: from now on there may be writing. */
void writeback_open(struct writeback *writeback);

/* An override was changed, and may not be acted upon until its commit has ended. */
void writeback_hold(struct writeback *writeback, uint64_t id);
void writeback_let_go(struct writeback *writeback, uint64_t id);

/* Does this event (value of X-PAGERD-OVERRIDE) count, rather than an override in the store? */
bool writeback_is_released(struct writeback *writeback, const char *calendar, const char *override);

msec writeback_next_due(const struct writeback *writeback); /* milliseconds */
void writeback_tick(struct writeback *writeback);

/* How many overrides wait to be written into this calendar. */
size_t writeback_waiting(const struct writeback *writeback, const char *calendar);
/* Appends one line per calendar that cannot be written. */
size_t writeback_problems(const struct writeback *writeback, struct json_writer *writer);
