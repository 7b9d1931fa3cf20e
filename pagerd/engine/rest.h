/* SPDX-License-Identifier: MIT */
/*
 * rest.h - begins and clears the rest itself, and tells everybody concerned; whether one is due is
 * recovery.h's to say.
 */
#pragma once

#include "engine/state.h"

/* `incident` and `by` (a user id) say where it came from: 0 and NULL when they do not apply. */
void rest_begin(struct work *work, struct person *person, const struct user *user,
                uint64_t incident, msec until_at, const char *because, const char *by);
/* Ends it before its time and tells who is on call again and who is not any more. `by` is `user`
 * when it is waived. */
void rest_end(struct work *work, struct person *person, const struct user *user,
              const struct user *by);
void rest_clear(struct work *work, struct person *person);

/* Who has the role instead of the person from the first instant, `from_at`, at which the rest
 * changes it. False: the rest ends before that. */
bool rest_covered_duty(const struct engine *engine, const struct team *team, enum role role,
                       const struct user *user, msec at, msec until_at, struct duty *duty,
                       msec *from_at);
