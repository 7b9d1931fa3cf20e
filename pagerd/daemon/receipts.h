/* SPDX-License-Identifier: MIT */
/*
 * receipts.h - asks providers what became of messages whose receipts have not come by callback.
 *
 * A message of a channel that can be asked (channel->poll) is asked about when a third of the time
 * for its receipt is over, and again every sixth of it, RECEIPTS_APART_MS apart at least, until
 * something is known, or RECEIPTS_ASKED_MAX times. At most RECEIPTS_RATE_MAX questions go out in a
 * second; they take none of the slots that pages have. That a provider does not know a
 * message (any more), or does not answer, is no failure of it: the lack of a receipt is the doubt.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define RECEIPTS_MAX 2000 /* messages asked about at once; of more, callbacks alone tell */
#define RECEIPTS_APART_MS (5 * SECOND_MS)
#define RECEIPTS_ASKED_MAX 12
#define RECEIPTS_RATE_MAX 5

struct daemon;
struct receipts;

struct receipts *receipts_new(struct daemon *daemon);
void receipts_free(struct receipts *receipts);

/* A provider took that attempt of a page, and calls it `reference`. */
void receipts_watch(struct receipts *receipts, uint64_t page, uint16_t attempt, bool is_second,
                    const char *reference);

/* Milliseconds until receipts_tick() has something to do. */
msec receipts_next_due(const struct receipts *receipts);
void receipts_tick(struct receipts *receipts);
