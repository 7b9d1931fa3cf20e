/* SPDX-License-Identifier: MIT */
/*
 * power_facts.h - what people and sources were told before the power went, held against what a
 * restored pagerd knows.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/record.h"
#include "faults/power_log.h"

enum fact_kind {
    FACT_ALERT,    /* 2xx for an alert: number, dedup key */
    FACT_ASKED,    /* somebody asked to acknowledge: number (0: all there are), user */
    FACT_ACKED,    /* 2xx for it */
    FACT_RESOLVED, /* 2xx for a resolve: number */
    FACT_OVERRIDE, /* 2xx for an override: id */
    FACT_KEY,      /* a key was handed out: its name in `word` */
    FACT_PAGE,     /* a page went to the courier: number, user */
    FACT_NOTHING,
    FACT_COUNT
};

struct fact {
    enum fact_kind kind;
    size_t position; /* in the log */
    uint64_t number;
    const char *word; /* dedup key, or name of a key */
    const char *user;
};

struct facts {
    struct fact *list;
    size_t count;
};

/* Words are borrowed from the log. */
MUST_USE bool facts_gather(struct facts *facts, const struct op_log *log, struct fault *fault);
void facts_clear(struct facts *facts);

/* All that a start loaded, before the engine did anything with it. */
struct loaded {
    struct incident **incidents;
    size_t incident_count;
    struct page **pages;
    size_t page_count;
    struct override **overrides;
    size_t override_count;
    char **keys; /* names */
    size_t key_count;
    msec steady_at; /* the clocks of the last commit; 0: none */
    msec wall_at;
};

void loaded_clear(struct loaded *loaded);
const struct incident *loaded_incident(const struct loaded *loaded, uint64_t number);

/* Of all the records: what people can see of them. */
uint64_t loaded_sum(const struct loaded *loaded);

/* False: the first thing that was told before `position` and is not known. */
MUST_USE bool facts_check(const struct facts *facts, size_t position, const struct loaded *loaded,
                          struct fault *fault);
