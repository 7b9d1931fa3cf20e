/* SPDX-License-Identifier: MIT */
/*
 * quiet.h - the hours in which a person wants to be woken only for what wakes.
 *
 * They are the person's own (users.*.quiet-hours) or the night of recovery.night, by the wall clock
 * of the person's zone. What counts as a lost night stays recovery.night: recovery.h.
 */
#pragma once

#include "engine/state.h"

/* The quiet hours that hold `at`, in UTC, half-open; as recovery_night() in all else. False: it is
 * none of them. */
bool quiet_hours(const struct policy *policy, const struct user *user, msec at, msec *from_at,
                 msec *until_at);
bool quiet_is_now(const struct policy *policy, const struct user *user, msec at);

/*
 * How that person is paged for that severity at that instant, the most particular first:
 *  1. the person's rule for what does not wake, or, in quiet hours, the one for what does;
 *  2. the person's own rule, where the severity says "normal";
 *  3. the severity's; NULL when it has none.
 */
const struct notify_rule *quiet_rule(const struct policy *policy, const struct user *user,
                                     enum severity severity, msec at);
