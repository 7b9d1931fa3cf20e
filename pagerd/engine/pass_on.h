/* SPDX-License-Identifier: MIT */
/*
 * pass_on.h - escalate and reassign: a person hands an incident on.
 *
 * Escalate enters the next step now, with PAGE_BY_HAND and the reason. Reassign to a person, a role
 * or everyone pages them now and goes on with the steps after the present step's wait; to another
 * team, the incident moves there and begins at its step 0. Who hands it on is not paged for it,
 * unless nobody else is there. An acked incident stays its owner's until the newcomer acks.
 */
#pragma once

#include "engine/state.h"

void pass_on_escalate(struct work *work, const struct event *event, struct answer *answer);
void pass_on_reassign(struct work *work, const struct event *event, struct answer *answer);
