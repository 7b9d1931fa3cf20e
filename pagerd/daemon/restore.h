/* SPDX-License-Identifier: MIT */
/* restore.h - takes back from the store what was there when pagerd last ended. */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "daemon/clock.h"

struct daemon;

/* Fills engine and keyring. `mark` gets the clocks of the last commit; false in `has_mark` when
 * there are none (the first start). */
MUST_USE bool restore_all(struct daemon *daemon, struct clock_mark *mark, bool *has_mark,
                          struct fault *fault);

/* The clock is set: what was restored begins to live. Where it comes out of a backup, nothing of
 * then is sent, its ack links and waiting webhooks are void, and those concerned are told. */
void restore_finish(struct daemon *daemon);
