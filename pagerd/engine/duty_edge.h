/* SPDX-License-Identifier: MIT */
/*
 * duty_edge.h - the instants at which an answer of duty.h may change.
 *
 * A role's answer depends on its own calendars and on whether the people in it are there. Only
 * while somebody of it, or of a role before it, is away or rests, it depends on the other roles
 * and on everybody who may cover; only then their instants count.
 */
#pragma once

#include "engine/state.h"

/* The next instant after `at`, or, looking back, the last up to `at`; MSEC_NEVER or -MSEC_NEVER
 * when there is none. `role` ROLE_COUNT: of any role, whoever is there. */
msec edge_find(const struct engine *engine, const struct team *team, enum role role, msec at,
               bool is_back);
