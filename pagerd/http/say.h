/* SPDX-License-Identifier: MIT */
/*
 * say.h - the sentences of answers: who, when, for how long, as one person reads them.
 *
 * Times are shown in the reader's zone; a day is named when it is not today.
 */
#pragma once

#include "base/text.h"
#include "engine/engine.h"
#include "http/house.h"

/* The reader's zone: the user's own, else the policy's. Never NULL once there is a policy. */
const struct zone *say_zone(const struct policy *policy, const char *user);

/* First name of a user id: "Ann"; the id itself when it is nobody's (any more). */
void say_user(struct text *text, const struct policy *policy, const char *user);
/* "Bob", "Bob and Cat", "Bob, Cat and Dan". */
void say_users(struct text *text, const struct user *const *users, size_t count);
/* "03:07" today, else "Mon 23 Nov 09:00". */
void say_time(struct text *text, const struct zone *zone, msec at, msec now);
/* "23 Nov" */
void say_day(struct text *text, const struct zone *zone, msec at);
/* "Mon 23 Nov 09:00 CET (in 1 d 5 h)" */
void say_until(struct text *text, const struct zone *zone, msec at, msec now);
/* "29 m", "1 d 5 h"; "0 s" for what is not positive. */
void say_duration(struct text *text, msec duration_ms);
