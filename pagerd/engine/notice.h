/* SPDX-License-Identifier: MIT */
/*
 * notice.h - pagerd's own word to the people who run it.
 *
 * It goes to the team's manager, else to the last resort of the team, else to the admins; by a
 * quiet contact where there is one. The same text goes to the same person once an hour at most;
 * a restart forgets that, so that a notice rather comes twice than never.
 */
#pragma once

#include "engine/state.h"

#define NOTICE_APART_MS HOUR_MS

/* `team` may be NULL. Returns how many people were told. */
size_t notice_tell(struct work *work, const struct team *team, const char *text);
void notice_event(struct work *work, const struct event *event, struct answer *answer);
void notices_free(struct engine *engine);
