/* SPDX-License-Identifier: MIT */
/*
 * duty_why.h - says in a sentence why somebody has the duty: the file and line, the UID, the
 * instance, its rule, what the clocks do to it, the override, the leave, the recovery.
 */
#pragma once

#include "engine/duty_pick.h"
#include "engine/state.h"

void duty_explain(const struct engine *engine, const struct team *team, enum role role, msec at,
                  const struct pick *pick, char why[DUTY_WHY_MAX]);
