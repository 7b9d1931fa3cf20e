/* SPDX-License-Identifier: MIT */
/*
 * rules.h - which rules of pagerd were met in lives, and how often: what never happens in any of
 * them is proven by none.
 *
 * A rule is met when the engine writes an entry of its kind, hands out a page of its kind, or says
 * in an entry what only that rule says. All kinds of entries and pages are rules, so that one that
 * is added is missed here until somebody makes it happen.
 */
#pragma once

#include <stdio.h>

#include "engine/entry.h"
#include "scenarios/world.h"

#define RULES_SAID_MAX 64
#define RULES_COUNT (ENTRY_EVENT_COUNT + PAGE_KIND_COUNT + RULES_SAID_MAX)

struct rules_met {
    uint64_t counts[RULES_COUNT];
    uint64_t nodes[CLUSTER_EVENT_COUNT]; /* what befell several machines */
};

/* Counts what the moment brought. */
void rules_look(struct rules_met *met, const struct world *world);
void rules_add(struct rules_met *met, const struct rules_met *more);

/* A line for each rule, those that were never met marked; returns how many these are. */
size_t rules_write(const struct rules_met *met, FILE *file);
