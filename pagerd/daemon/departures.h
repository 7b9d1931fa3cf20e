/* SPDX-License-Identifier: MIT */
/*
 * departures.h - pages whose commit is done, up to the moment when the courier gets them.
 *
 * On one machine there is none. One of several may have been frozen since that commit, and another
 * one have taken over: a page leaves when the store has confirmed a moment ago that this node is
 * still on duty. Where it cannot be asked, pages leave late rather than not at all; a node that was
 * frozen meanwhile waits for its answer anew.
 *
 * It knows no clock and no store: the simulator of several nodes uses it as it is.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define DEPARTURES_PATIENCE_MS (3 * SECOND_MS) /* nobody can be asked: then it leaves */

struct departures;

/* The page is handed to the courier. Not `is_sure`: nobody has confirmed it. */
typedef void departures_depart(void *context, uint64_t page, uint16_t attempt, const char *token,
                               bool is_sure);

/* When it is, by a clock that does not jump, and how long ago the store confirmed that this node
 * is on duty (0 where there is one machine). */
struct departures_now {
    msec tick_at;
    msec confirmed_ms;
};

struct departures *departures_new(departures_depart *depart, void *context);
void departures_free(struct departures *departures);

/* The page leaves now or soon. `token` is copied. */
void departures_add(struct departures *departures, struct departures_now now, uint64_t page,
                    uint16_t attempt, const char *token);

/* In how many milliseconds departures_tick() is to be called; MSEC_NEVER: nothing waits. */
msec departures_next_due(const struct departures *departures);
void departures_tick(struct departures *departures, struct departures_now now);
