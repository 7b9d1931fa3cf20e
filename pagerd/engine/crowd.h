/* SPDX-License-Identifier: MIT */
/*
 * crowd.h - whom the targets of a step mean at an instant, each person once, in order.
 *
 * Roles are answered by duty.h. Of "everyone", people who rest or are away are left out as long as
 * somebody else is there; a person named directly who rests or is away is replaced by the next in
 * the order of cover, if there is one. Whoever is the last resort is paged in any case; while all
 * of the last resort are away, those who stand in for them are paged as well.
 */
#pragma once

#include "base/text.h"
#include "engine/state.h"

#define CROWD_MAX 512 /* people paged by one step at once; who is beyond that is not paged */

struct crowd {
    const struct user *users[CROWD_MAX];
    size_t count;
};

bool crowd_has(const struct crowd *crowd, const struct user *user);
/* False when it is full; adding somebody twice is no error. */
bool crowd_add(struct crowd *crowd, const struct user *user);

/* Adds whom one target means to that team. */
void crowd_add_target(struct crowd *crowd, const struct engine *engine, const struct team *team,
                      const struct target *target, msec at);

/* Adds all people with a contact of a step, or of the last resort when `step` is past the end. */
void crowd_add_step(struct crowd *crowd, const struct engine *engine, const struct team *team,
                    size_t step, msec at);

/* "primary", "in the team", "on call in team web", "ann": as in "nobody is ...". */
void crowd_add_words(struct text *text, const struct target *target);
