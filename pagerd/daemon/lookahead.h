/* SPDX-License-Identifier: MIT */
/*
 * lookahead.h - finds gaps of the rotations before they happen, and tells the managers.
 *
 * Looks at all teams after each change of calendars, configuration or overrides, and every half
 * hour: a few teams in each turn, so that alerts never wait for it. What a manager was told is in
 * the store, committed with the telling.
 */
#pragma once

#include <stddef.h>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

#define LOOKAHEAD_EVERY_MS (30 * MINUTE_MS) /* by the wall clock: at each full and half hour */
#define LOOKAHEAD_TEAMS_PER_TURN 8

struct daemon;
struct lookahead;

struct lookahead *lookahead_new(struct daemon *daemon);
void lookahead_free(struct lookahead *lookahead);

/* A value of the store; others than its own are passed over. */
void lookahead_restore(struct lookahead *lookahead, const char *name, const char *value);

/* An override has changed: look again. Calendars and configuration it notices by itself. */
void lookahead_mark(struct lookahead *lookahead);

msec lookahead_next_due(const struct lookahead *lookahead); /* milliseconds */
void lookahead_tick(struct lookahead *lookahead);

/* What the newest look that has ended saw; see outlook.h. */
void lookahead_status(const struct lookahead *lookahead, struct json_writer *writer);
void lookahead_metrics(const struct lookahead *lookahead, struct text *text);
size_t lookahead_problems(const struct lookahead *lookahead, struct json_writer *writer);
