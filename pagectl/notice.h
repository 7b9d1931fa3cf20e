/* SPDX-License-Identifier: MIT */
/*
 * notice.h - what Nagios or Icinga say of one notification, as the event that pagerd takes.
 *
 * Each field comes from an option, else from -f NAME=VALUE, else from the environment under the
 * names that Nagios and Icinga give it. An empty macro is a missing one.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/time.h"
#include "pagectl/command.h"

#define NOTICE_TEXT_MAX 65536 /* bytes of one field; more is cut, and says so */

/* A variable of the environment; NULL when unset. */
typedef const char *notice_variable(void *context, const char *name);

/*
 * The JSON of the event, in `arena`. `turns_newlines` makes "\n" of two characters a line break,
 * as Nagios writes them. False when there is neither type nor host: nothing could be done with it.
 */
MUST_USE bool notice_make(struct arena *arena, const struct invocation *call,
                          notice_variable *variable, void *context, bool turns_newlines, msec now,
                          const char **event, struct fault *fault);
