/* SPDX-License-Identifier: MIT */
/*
 * coverage.h - where a team's declared coverage has nobody on call.
 *
 * Pure; used by `schedule`, `calendar check` and the daily look ahead. Declared holes ("nobody")
 * are gaps only when `coverage` says that the team is covered then, and are marked.
 */
#pragma once

#include "engine/policy.h"
#include "engine/roster.h"

#define COVERAGE_GAPS_MAX 1000

struct coverage_gap {
    msec start_at;
    msec end_at;
    bool is_declared; /* an event "nobody" lies there */
};

/*
 * Writes the gaps of one role of `team` in [from_at, until_at), in order, at most
 * COVERAGE_GAPS_MAX; returns how many were written. A role filled by a fixed person, or by no
 * source at all, has none. A calendar that is not in the roster is one long gap.
 */
size_t coverage_gaps(const struct team *team, enum role role, const struct roster *roster,
                     msec from_at, msec until_at, struct coverage_gap gaps[COVERAGE_GAPS_MAX]);

/* Is `at` inside the declared coverage of the team? */
bool coverage_is_declared(const struct team *team, msec at);
