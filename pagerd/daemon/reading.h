/* SPDX-License-Identifier: MIT */
/*
 * reading.h - one run of the reader child: request bytes in, result bytes out, or a problem.
 *
 * The child is a stranger: it is given bytes and a time limit, and what it says is parsed as input.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/span.h"
#include "base/text.h"
#include "base/time.h"

struct daemon;
struct reading;

/* `result` is valid inside the call; `problem` is NULL when the child ended well. */
typedef void reading_done(void *context, struct span result, const char *problem);

/* Takes the request's bytes. `done` is called once, later, on the loop's thread; then the reading
 * frees itself. Returns NULL when no child could be started (`done` is not called). */
struct reading *reading_start(struct daemon *daemon, struct text *request, reading_done *done,
                              void *context, struct fault *fault);

/* Ends it without a call of `done`. */
void reading_cancel(struct reading *reading);

/* Would these bytes give the same `problem` of a reading again? All others may pass: a child that
 * was killed, or could not be started, or had no time. */
bool reading_blames_bytes(const char *problem);

msec reading_deadline_at(const struct reading *reading); /* tick */
/* Ends one that has taken too long, with a problem. */
void reading_expire(struct reading *reading);
