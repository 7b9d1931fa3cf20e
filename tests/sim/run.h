/* SPDX-License-Identifier: MIT */
/*
 * run.h - brings a script to life in a world, piece by piece, and tells it as a story if asked.
 *
 * The same pieces in the same order give the same digest, whether actors make them up or a script
 * has them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "scenarios/world.h"
#include "sim/rules.h"
#include "sim/script.h"

/* Another look at the world after every piece; NULL: none. Tests plant faults with it. */
typedef bool run_watch(const struct world *world, struct fault *fault);

struct run {
    struct world *world;
    run_watch *watch;
    FILE *story;       /* or NULL */
    msec told_wall_at; /* up to where the story has been told */
    uint64_t step_count;
    uint64_t page_count;
    struct rules_met met;
};

/* A world without anything in it. The caller owns it. */
MUST_USE bool run_init(struct run *run, run_watch *watch, FILE *story, struct fault *fault);
void run_clear(struct run *run);

/* A line of set-up; `is_done` false: it makes no sense at this place and was left out. */
MUST_USE bool run_line(struct run *run, const char *line, bool *is_done, struct fault *fault);

/* Set-up is over: the engine gets it. A house that a configuration could not say is a fault. */
MUST_USE bool run_begin(struct run *run, struct fault *fault);

/* Lets time pass up to the next thing that is due, at most to `until_at`. */
MUST_USE bool run_pass(struct run *run, msec until_at, struct fault *fault);

/* One clause at this very instant, for which time has passed before, so that what is due at it has
 * been done; `is_done` as above. The moment has what came of it. */
MUST_USE bool run_clause(struct run *run, const char *text, bool *is_done, struct fault *fault);

/* The long quiet at the end: whoever is waited for in it is paged in it. */
MUST_USE bool run_quiet(struct run *run, msec end_at, struct fault *fault);

/* All of a script, from set-up to the end. */
MUST_USE bool run_script(struct run *run, const struct script *script, struct fault *fault);

/* A fault with this beginning says that the script, not pagerd, is wrong. */
#define RUN_SENSELESS "the script makes no sense: "
