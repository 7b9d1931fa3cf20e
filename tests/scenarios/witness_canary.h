/* SPDX-License-Identifier: MIT */
/* witness_canary.h - rules 15 and 17 of witness.h: a canary proves, and does nothing else; a notice
 * is told. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "engine/engine.h"

/* A step. */
MUST_USE bool witness_canary(const struct engine *engine, const struct event *event,
                             const struct answer *answer, const struct effects *effects,
                             struct fault *fault);

/* An open incident; `known_at`: steady, when it was seen first. False: it is a canary that should
 * be over. While pagerd starts it may be. */
MUST_USE bool witness_canary_ends(const struct incident *incident, struct now now, msec known_at,
                                  bool is_starting, struct fault *fault);

/* A page of it leaves. */
MUST_USE bool witness_canary_page(const struct incident *incident, const struct page *page,
                                  struct fault *fault);
