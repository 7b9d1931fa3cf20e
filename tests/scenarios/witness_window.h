/* SPDX-License-Identifier: MIT */
/* witness_window.h - rule 12 of witness.h: when maintenance windows hold. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "engine/engine.h"

/* False: a window holds that should not, or does not and should. `is_starting`: what ended while
 * pagerd was down may not have been let go yet. */
MUST_USE bool witness_windows(const struct engine *engine, struct now now, bool is_starting,
                              struct fault *fault);
