/* SPDX-License-Identifier: MIT */
#include "engine/quiet.h"

#include "base/text.h"
#include "engine/recovery.h"

bool quiet_hours(const struct policy *policy, const struct user *user, msec at, msec *from_at,
                 msec *until_at)
{
    struct recovery_rule rule = policy->recovery;
    if (user->has_quiet_hours) {
        rule.night_from_minute = user->quiet_from_minute;
        rule.night_until_minute = user->quiet_until_minute;
    }
    return recovery_night(&rule, user->zone, at, from_at, until_at);
}

bool quiet_is_now(const struct policy *policy, const struct user *user, msec at)
{
    msec from_at = 0;
    msec until_at = 0;
    return quiet_hours(policy, user, at, &from_at, &until_at);
}

const struct notify_rule *quiet_rule(const struct policy *policy, const struct user *user,
                                     enum severity severity, msec at)
{
    const struct severity_rule *of_severity = &policy->severities[severity];
    const struct notify_rule *rule = of_severity->notify;
    if (!of_severity->is_waking && user->notify_low != NULL)
        return user->notify_low;
    if (of_severity->is_waking && user->notify_night != NULL && quiet_is_now(policy, user, at))
        return user->notify_night;
    if (user->notify != NULL && (rule == NULL || string_is(rule->id, "normal")))
        return user->notify;
    return rule;
}
