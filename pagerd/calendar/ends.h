/* SPDX-License-Identifier: MIT */
/*
 * ends.h - rotations that run out soon: W-ENDS.
 *
 * A rule with UNTIL or COUNT that ends within ENDS_AHEAD_MS of now is told, unless another shift
 * covers the instant at which it would have gone on: a series that was split in two, as programs
 * do when "this and all following" is edited, does not run out.
 */
#pragma once

#include "calendar/event.h"
#include "calendar/rule.h"
#include "calendar/series.h"

#define ENDS_AHEAD_MS (30 * DAY_MS)

/* Remembers the rule when its last instance, at `last` on the wall clock, ends in that time. */
void ends_collect(struct shift_sink *sink, const struct event *event,
                  const struct property *property, const struct rule *rule, msec last);

/* Tells those that nothing follows. The shifts of the sink must be sorted by their start. */
void ends_tell(struct shift_sink *sink);
