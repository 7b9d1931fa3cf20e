/* SPDX-License-Identifier: MIT */
/*
 * judge.h - runs a script in a process of its own, so that one that makes the engine abort or hang
 * is a verdict like another.
 */
#pragma once

#include <stdbool.h>

#include "sim/sim.h"

#define JUDGE_CPU_SECONDS_MAX 30 /* a life costs milliseconds */

struct verdict {
    bool is_fine;
    msec at;                   /* steady; when it broke; 0: unknown */
    char text[FAULT_TEXT_MAX]; /* the fault, the failed assertion, or the signal */
};

/* From now on this process dies of SIGPROF when it uses so much more of the processor; 0: it does
 * not. */
void judge_limit(unsigned cpu_seconds);

/* With `story`, the run is told into that file, up to where it breaks. */
struct verdict judge(const struct script *script, run_watch *watch, const char *story);

/* Lives a seed there, and brings back what was lived: all of it, also when it dies of it. */
struct verdict judge_seed(struct seed seed, const struct atlas *atlas, run_watch *watch,
                          struct arena *arena, struct script *script);

/* Do both say the same, but for numbers and what follows? Names are words like others. */
bool verdict_is_like(const struct verdict *left, const struct verdict *right);
