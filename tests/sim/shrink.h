/* SPDX-License-Identifier: MIT */
/*
 * shrink.h - cuts a script down to what it needs to fail as it does: first the clauses, then the
 * lines of set-up (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input",
 * 2002).
 */
#pragma once

#include "sim/judge.h"

#define SHRINK_TRIES_MAX 3000
#define SHRINK_SECONDS_MAX 120

/* Changes `script`; `verdict` is how it fails. Returns how often it was run. */
size_t shrink(struct script *script, const struct verdict *verdict, run_watch *watch);
