/* SPDX-License-Identifier: MIT */
/* reply_proof.h - replies that prove the way by which they come: to a test, or with a code. */
#pragma once

#include "daemon/replies.h"

struct arena;
struct user;

/* Six digits that verify a way of that user, or were to? What an incident is called goes before.
 * `answer` gets what is said to it; nothing in them is kept or logged. */
bool reply_enters_code(struct daemon *daemon, const struct reply_in *in, const struct user *user,
                       struct arena *arena, struct text *answer);

/* Is a test under way by which this reply came? Whatever a person says, it has arrived (what is not
 * understood may be a program's). True when, with nothing else that it can be about, the test is
 * all it is about: `answer` says so. */
bool reply_passes_test(struct daemon *daemon, const struct reply_in *in, const struct user *user,
                       const struct reply *reply, struct text *answer);
