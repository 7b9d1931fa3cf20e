/* SPDX-License-Identifier: MIT */
/*
 * lane.h - the thread that carries out the jobs of one channel.
 *
 * A lane of its own for each channel, because libcurl blocks its whole multi handle in places (it
 * waits for the answer to QUIT): a hanging gateway costs its own channel only.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"
#include "notify/courier/outbox.h"

struct lane;

/* Starts the thread; NULL when that fails. A lane lives as long as the process. */
struct lane *lane_new(const char *channel, struct outbox *outbox);
const char *lane_channel(const struct lane *lane);
/* Takes a copy of the frame. Every job gets its result through the outbox. */
void lane_put(struct lane *lane, uint64_t id, struct span frame);
