/* SPDX-License-Identifier: MIT */
/*
 * settings.h - takes a new policy or roster.
 *
 * Open incidents go on. One whose team is gone moves to the first team. A place past the end of
 * the new steps is the last resort. Who is paged and is no user any more is replaced: the present
 * step is paged anew, never skipped to nobody; an ack by nobody is no ack. A new roster changes
 * nothing by itself: steps entered from now on ask it.
 */
#pragma once

#include "engine/state.h"

void settings_policy(struct work *work, const struct event *event, struct answer *answer);
void settings_roster(struct work *work, const struct event *event, struct answer *answer);
/* Makes every open incident fit the policy; also after a restart with another one. */
void settings_refit(struct work *work);
