/* SPDX-License-Identifier: MIT */
/*
 * duty_pick.h - who has one role at one instant, and from what; the steps of duty.h are done here.
 *
 * Binary searches only: the cost does not grow with the size of a calendar.
 */
#pragma once

#include "engine/state.h"

/* What was found out about one role at one instant. */
struct pick {
    enum duty_kind kind;
    const struct user *users[SEGMENT_USERS_MAX];
    size_t user_count;
    const struct user *instead_of;
    bool is_unrested;
    bool is_away;
    bool is_kept; /* by who had it before: keep.h */
    const struct override *override;
    const struct rota *rota; /* that it was read from */
    const struct segment *segment;
    bool is_laid_over;           /* rota and segment are those of the override calendar */
    const struct rota *passed;   /* override calendar whose event names no user, */
    const struct segment *event; /* and that event */
    const struct user *out[SEGMENT_USERS_MAX]; /* who would have it but is away or rests */
    size_t out_count;
    const char *unknown; /* an id of the source that is no user */
};

/* What is taken as otherwise than it is; NULL: nothing is. */
struct pick_if {
    const struct user *awake;   /* does not rest */
    const struct user *present; /* is not away */
    const struct user *working; /* has not paused */
};

/* Steps 1 and 2: what overrides and calendars say, whoever is away or rests. */
struct pick pick_by_rota(const struct engine *engine, const struct team *team, enum role role,
                         msec at);
/* All steps. */
struct pick pick_find(const struct engine *engine, const struct team *team, enum role role, msec at,
                      struct pick_if otherwise);
/* The same people in the same way? The why may differ. */
bool pick_is_same(const struct pick *left, const struct pick *right);
bool pick_has(const struct pick *pick, const struct user *user);

/* The first by the order of recovery.cover, other than `user`, who is free, else the least
 * disturbed of the members who are; or NULL. */
const struct user *pick_stand_in(const struct engine *engine, const struct team *team, msec at,
                                 const struct user *user);
