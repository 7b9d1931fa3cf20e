/* SPDX-License-Identifier: MIT */
/*
 * duty_why.h - says in a sentence why somebody has the duty: the file and line, the UID, the
 * instance, the override, the recovery.
 */
#pragma once

#include "engine/state.h"

/* What duty.c found out about one role at one instant, and from what. */
struct pick {
    enum duty_kind kind;
    const struct user *users[SEGMENT_USERS_MAX];
    size_t user_count;
    const struct user *instead_of;
    bool is_unrested;
    const struct override *override;
    const struct rota *rota;
    const struct segment *segment;
    const struct user *resting; /* who would have it but rests */
    const char *unknown;        /* an id of the source that is no user */
};

void duty_explain(const struct engine *engine, const struct team *team, enum role role, msec at,
                  const struct pick *pick, char why[DUTY_WHY_MAX]);
