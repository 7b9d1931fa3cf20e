/* SPDX-License-Identifier: MIT */
/*
 * tzdata.h - the machine's time zones while pagerd runs: which release they are, how old, and what
 * happens when an upgrade replaces them.
 *
 * Looks once a minute, and when a reload is asked for. When the files have changed and rest again,
 * the configuration in force is loaded anew with the new zones and every calendar is expanded
 * again. Zones that cannot be read keep the old ones in force until they can.
 */
#pragma once

#include "base/json.h"
#include "base/time.h"

#define TZDATA_LOOK_MS (1 * MINUTE_MS)
#define TZDATA_SETTLE_MS (3 * SECOND_MS) /* between the two looks that must see the same */
#define TZDATA_OLD_MS (365 * DAY_MS)

struct daemon;
struct tzdata;

struct tzdata *tzdata_new(struct daemon *daemon);
void tzdata_free(struct tzdata *tzdata);

/* Before the first zone is loaded: remembers how the folder looks, and logs its release. */
void tzdata_open(struct tzdata *tzdata);

/* Milliseconds until tzdata_tick() has something to do. */
msec tzdata_next_due(const struct tzdata *tzdata);
void tzdata_tick(struct tzdata *tzdata);

/* The next tick looks. */
void tzdata_look_soon(struct tzdata *tzdata);

/* "2026f", or "" when nothing tells it; borrowed until the next tick. */
const char *tzdata_version(const struct tzdata *tzdata);

/* When the data in force was released (wall; see tzdata_release()), and how long ago that is; 0
 * when nothing tells it. */
msec tzdata_released_at(const struct tzdata *tzdata);
msec tzdata_age_ms(const struct tzdata *tzdata);

/* Appends what is wrong as strings of the open array: zones that cannot be read, an upgrade that is
 * not in force, data older than a year. Returns how many. For the problems of GET /v1/status. */
size_t tzdata_problems(const struct tzdata *tzdata, struct json_writer *writer);
