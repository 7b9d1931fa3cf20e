/* SPDX-License-Identifier: MIT */
/*
 * departures.h - pages whose commit is done, up to the moment when the courier gets them.
 *
 * On one machine there is none. One of several may have been frozen since that commit, and another
 * one have taken over: a page leaves when the store has confirmed a moment ago that this node is
 * still on duty. Where it cannot be asked, pages leave late rather than not at all.
 */
#pragma once

#include <stdint.h>

#include "base/time.h"

struct daemon;
struct departures;

struct departures *departures_new(struct daemon *daemon);
void departures_free(struct departures *departures);

/* The page leaves now or soon, unless its attempt is over by then. `token` is copied. */
void departures_add(struct departures *departures, uint64_t page, uint16_t attempt,
                    const char *token);

msec departures_next_due(const struct departures *departures);
void departures_tick(struct departures *departures);
