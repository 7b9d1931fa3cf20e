/* SPDX-License-Identifier: MIT */
/*
 * coverage.h - where a team's declared coverage has nobody on call.
 *
 * Pure; used by `schedule`, `calendar check` and the daily look ahead. The override calendar is
 * laid over the base: its events fill gaps, and its "nobody" makes a hole. Declared holes
 * ("nobody") are gaps only when `coverage` says that the team is covered then, and are marked:
 * nobody is to be told of these.
 *
 * A holiday of team->holidays counts as a Sunday. An event of a day or longer means the team's own
 * calendar days: its ends are moved to the nearest midnight of the team. A shorter one counts for
 * its hours. With coverage = "always" a holiday changes nothing.
 *
 * Overrides made in pagerd are known to the engine only: the caller takes them out by
 * coverage_fill().
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
 * COVERAGE_GAPS_MAX; returns how many were written. A role filled by a fixed person has only those
 * that the override calendar declares; one without any source has none. A calendar that is not in
 * the roster is one long gap.
 */
size_t coverage_gaps(const struct team *team, enum role role, const struct roster *roster,
                     msec from_at, msec until_at, struct coverage_gap gaps[COVERAGE_GAPS_MAX]);

/*
 * Somebody is on call in [start_at, end_at) after all: takes it out of the gaps, in place, and
 * returns how many are left; one of them may become two (within COVERAGE_GAPS_MAX). Once for each
 * override made in pagerd that is active for the team and role.
 */
size_t coverage_fill(struct coverage_gap gaps[COVERAGE_GAPS_MAX], size_t count, msec start_at,
                     msec end_at);

/* Is `at` inside the declared coverage of the team? `roster` for its holidays; NULL: without. */
bool coverage_is_declared(const struct team *team, const struct roster *roster, msec at);
