/* SPDX-License-Identifier: MIT */
/* witness_rest.h - rule 8 of witness.h: whom an alarm may wake. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "engine/engine.h"

/* False: this first alarm goes to somebody who rests, while somebody free could have been asked. */
MUST_USE bool witness_rest(const struct engine *engine, struct now now,
                           const struct incident *incident, const struct page *page,
                           struct fault *fault);
