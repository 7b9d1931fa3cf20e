/* SPDX-License-Identifier: MIT */
/*
 * power_start.h - what pagerd does when it starts, on the mounted image: real store, real engine,
 * the policy of the life.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"
#include "config/config.h"
#include "faults/power_facts.h"

struct house_rules {
    const struct config *config;
    struct roster *roster;
};

/* Reads the configuration of the life; "ann" and "bob" have every calendar's duty. */
MUST_USE bool rules_load(struct house_rules *rules, const char *path, struct fault *fault);
void rules_clear(struct house_rules *rules);

/* What became of a start. */
struct start_end {
    bool is_refused; /* the store would not open or load */
    uint64_t sum;    /* of all that was loaded: equal sums, equal records */
};

/*
 * Opens the store in `folder`, restores an engine at `wall_at`, holds it against the facts, commits
 * what the start decided, and closes the store. With facts NULL only opens, restores and checks.
 * `end` may be NULL.
 */
MUST_USE bool start_try(const struct house_rules *rules, const char *folder,
                        const struct facts *facts, size_t position, msec wall_at,
                        struct start_end *end, struct fault *fault);
