/* SPDX-License-Identifier: MIT */
/* vtimezone.h - a VTIMEZONE of a calendar as a zone, by its onsets. */
#pragma once

#include "base/zone.h"
#include "calendar/feed.h"

#define VTIMEZONE_ONSETS_MAX 4000

/* Expands the rules up to `until_at`; only yearly, monthly and weekly ones. Steps are taken
 * off *steps_left. Caller frees. */
MUST_USE bool vtimezone_parse(const char *name, const struct component *observances, msec until_at,
                              int64_t *steps_left, struct zone **zone, struct fault *fault);
