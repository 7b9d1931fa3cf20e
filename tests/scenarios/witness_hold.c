/* SPDX-License-Identifier: MIT */
#include "scenarios/witness_hold.h"

#define DAY_AND_MORE_MS (25 * HOUR_MS)
#define OVERDUE_MS SECOND_MS

/* 13 */
static bool is_held(const struct engine *engine, struct now now, bool is_starting,
                    const struct incident *incident)
{
    const struct policy *policy = view_policy(engine);
    msec until_at = incident->handling->hold_until_at;
    if (until_at == 0 || !policy->severities[incident->severity].is_held)
        return false;
    if (incident->handling->is_hold_waived ||
        policy_find_user(policy, incident->handling->hold_user) == NULL)
        return false;
    if (until_at - now.wall_at > DAY_AND_MORE_MS ||
        until_at - incident->handling->hold_from_at > DAY_AND_MORE_MS)
        return false;
    return is_starting || now.wall_at < until_at + OVERDUE_MS;
}

const char *witness_suppressed(const struct engine *engine, struct now now, bool is_starting,
                               const struct incident *incident)
{
    const struct policy *policy = view_policy(engine);
    const struct silence *silence = view_silence(engine, incident->handling->held_by);
    if (silence == NULL) {
        bool is_by_rule = severity_is_silent(&policy->severities[incident->severity]) ||
                          is_held(engine, now, is_starting, incident);
        return is_by_rule ? NULL : "is suppressed by no rule";
    }
    if (silence->state != SILENCE_ACTIVE || !view_silence_fits(silence, incident))
        return "is held back by a silence that is not about it";
    if (silence->until_at - now.wall_at > SILENCE_MAX_MS)
        return "is held back for too long";
    bool is_over = !is_starting && now.wall_at >= silence->until_at + OVERDUE_MS;
    return is_over ? "is held back by a silence that is over" : NULL;
}
