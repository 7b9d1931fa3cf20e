/* SPDX-License-Identifier: MIT */
/*
 * alarm.h - what the admins are told of a pagerd that does not come up: by every channel, from
 * memory, through the courier, and waited for, since there may be no later. Not more often than
 * lives.h lets it.
 */
#pragma once

#include "base/fault.h"

struct daemon;

/* Its last lives ended badly, one after the other: told before this one touches the store. */
void alarm_crash_loop(struct daemon *daemon);

/* It ends now because of `why`. */
void alarm_no_start(struct daemon *daemon, const struct fault *why);
