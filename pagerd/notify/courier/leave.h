/* SPDX-License-Identifier: MIT */
/*
 * leave.h - may a job still leave?
 *
 * One of several nodes may be frozen, courier and all, between the moment at which it was on duty
 * and the one at which it sends. When it wakes, another one has long sent the page. So a page has
 * a time by which it must have begun; the clock is that of the boot, which counts on while the
 * machine is suspended (clock_gettime(2), CLOCK_BOOTTIME).
 */
#pragma once

#include <stdbool.h>

#include "base/time.h"
#include "notify/courier/courier.h"
#include "notify/courier/outbox.h"

#define LEAVE_TOO_LATE "its time to leave was over: nothing of it has gone out"

/* The boot's clock, in milliseconds. */
msec leave_clock(void);

/* Is it too late for it, `slack_ms` granted? */
bool leave_is_over(const struct job *job, msec slack_ms);

/* The same; then its result, that nothing of it has gone out, is in the outbox. */
bool leave_refuse(const struct job *job, struct outbox *outbox);
