/* SPDX-License-Identifier: MIT */
#include "engine/answer.h"

#include <stdarg.h>
#include <stdio.h>

bool answer_set(struct answer *answer, enum answer_kind kind, const char *format, ...)
{
    answer->kind = kind;
    va_list list;
    va_start(list, format);
    (void)vsnprintf(answer->text, sizeof answer->text, format, list);
    va_end(list);
    return false;
}

const struct user *answer_actor(const struct work *work, const struct event *event,
                                struct answer *answer)
{
    const struct user *user = policy_find_user(work->policy, event->actor);
    if (user == NULL)
        (void)answer_set(answer, ANSWER_REFUSED, "only a known person can do that");
    return user;
}
