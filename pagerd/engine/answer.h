/* SPDX-License-Identifier: MIT */
/* answer.h - fills the answer to an event. */
#pragma once

#include "base/fault.h"
#include "engine/state.h"

/* Always returns false, so that a check can `return answer_set(...)`. */
bool answer_set(struct answer *answer, enum answer_kind kind, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The person that the event is by; NULL, with the answer set, when the actor is nobody known. */
const struct user *answer_actor(const struct work *work, const struct event *event,
                                struct answer *answer);
