/* SPDX-License-Identifier: MIT */
/*
 * budget.h - how many tries an address has left in this minute.
 *
 * A fixed number of places, found by a keyed hash: a flood of addresses makes strangers share a
 * place, never more memory. Only wrong tries are counted, and only wrong ones are refused.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

#define BUDGET_PLACES 4096

struct budget_place {
    uint32_t minute; /* of the steady clock */
    uint32_t count;
};

struct budget {
    struct budget_place places[BUDGET_PLACES];
};

/* Counts one wrong try; false when that address has used up its `max` of this minute. */
bool budget_spend(struct budget *budget, const char *address, uint32_t max, msec now);

/* The same of all addresses together. */
bool budget_spend_one(struct budget_place *place, uint32_t max, msec now);

/* Wrong keys (server's thread) and unknown ack links (loop's thread): no lock is needed. */
struct guard {
    struct budget keys;
    struct budget links;
    struct budget_place links_of_all;    /* a flood from many addresses is slowed as well */
    atomic_uint_fast64_t unsigned_count; /* requests refused for their signature */
};
