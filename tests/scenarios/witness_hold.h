/* SPDX-License-Identifier: MIT */
/* witness_hold.h - rules 11 and 13 of witness.h: what is suppressed. */
#pragma once

#include "engine/engine.h"

/* What is wrong with a suppressed incident; NULL: nothing. While pagerd starts it may be overdue.
 */
const char *witness_suppressed(const struct engine *engine, struct now now, bool is_starting,
                               const struct incident *incident);
