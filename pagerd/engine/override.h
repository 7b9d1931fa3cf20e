/* SPDX-License-Identifier: MIT */
/*
 * override.h - shifts put over the rota by hand.
 *
 * An override holds in [from_at, until_at); of several for one team and role the latest made wins.
 * Any known person may make or end one, and the calendar that it was written to (via "calendar"),
 * when it was changed there; both people concerned are told (PAGE_OVERRIDE), except who
 * did it. Ending sets until_at to now, or makes the window empty when it has not begun, so that
 * what was true in the past stays so.
 */
#pragma once

#include "engine/state.h"

const struct override *override_find(const struct engine *engine, const struct team *team,
                                     enum role role, msec at);
void override_add(struct work *work, const struct event *event, struct answer *answer);
void override_end(struct work *work, const struct event *event, struct answer *answer);

/* Takes an owned record in, in order of ids. */
void override_take(struct engine *engine, struct override *override);
