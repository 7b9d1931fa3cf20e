/* SPDX-License-Identifier: MIT */
/*
 * lives.h - how pagerd's last lives ended, in a small file of the state directory, so that one that
 * keeps dying is told and not only restarted.
 *
 * Written at the start, and cleared by a clean end or after LIVES_HEALTHY_MS. It only decides what
 * is told: missing, damaged or not to be written, pagerd starts all the same.
 */
#pragma once

#include <stdbool.h>

#include "base/time.h"

#define LIVES_HEALTHY_MS (10 * MINUTE_MS)
#define LIVES_LOOP_MIN 3               /* deaths in a row that are told */
#define LIVES_TELL_MS (10 * MINUTE_MS) /* between two tellings, whoever tells */

struct lives;

/* Reads what is in the directory (borrowed); `now` is wall time, here and below. */
struct lives *lives_new(const char *state, msec now);
void lives_free(struct lives *lives);

/* A life begins. */
void lives_begin(struct lives *lives, msec now);
/* It was none: the directory belongs to another pagerd. */
void lives_take_back(struct lives *lives);
/* Clears the deaths once it has lasted; `tick_at` is clock_tick(). */
void lives_tick(struct lives *lives, msec tick_at);
void lives_end_well(struct lives *lives);

/* Deaths in a row before this life. */
unsigned lives_died(const struct lives *lives);

/* May the admins be told now? Asked again within LIVES_TELL_MS it says no, also after a restart. */
bool lives_may_tell(struct lives *lives, msec now);
/* The same of a disk that hangs or fails: it is not touched, so that the loop does not wait for it,
 * too. The telling is known after a restart only when something was written since: lives_keep(). */
bool lives_may_tell_of_disk(struct lives *lives, msec now);
void lives_keep(struct lives *lives);
