/* SPDX-License-Identifier: MIT */
/* witness_delivery.h - rule 14 of witness.h: nobody is left to one way that does not work. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "engine/engine.h"

MUST_USE bool witness_delivery(const struct engine *engine, struct now now, msec started_at,
                               struct fault *fault);
