/* SPDX-License-Identifier: MIT */
/*
 * leavings.h - pages that the courier of one of several nodes has and has not answered about.
 *
 * A page departs when this node has just been confirmed to be on duty (departures.h); but its
 * courier may be frozen before it begins, and another node take over meanwhile. So it has to begin
 * in the time that another one waits (courier.h, not_after). What it began too late has not gone
 * out: it departs once more, and each time the courier has twice as long, so that a slow machine
 * is no machine that never pages.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "base/time.h"
#include "daemon/departures.h"

struct leavings;

struct leavings *leavings_new(void);
void leavings_free(struct leavings *leavings);

/* The attempt is given to the courier. `token` is copied. */
void leavings_note(struct leavings *leavings, uint64_t page, uint16_t attempt, const char *token);

/* By when (boot's clock) it must have begun that page, given to it `now`; 0, whenever: it was not
 * noted. */
msec leavings_not_after(const struct leavings *leavings, uint64_t page, struct departures_now now);

/* Something is known of that attempt; 0: of whichever it is. */
void leavings_end(struct leavings *leavings, uint64_t page, uint16_t attempt);

/* It was begun too late, and is to depart once more with that token. False: it is not known here.
 */
bool leavings_again(struct leavings *leavings, uint64_t page, uint16_t attempt,
                    char token[TOKEN_TEXT_SIZE]);

/* The courier is gone, and with it all that it had. */
void leavings_lost(struct leavings *leavings);

/* How often something was begun too late, since start. */
uint64_t leavings_late_count(const struct leavings *leavings);
