/* SPDX-License-Identifier: MIT */
/* office.h - when somebody is at work: Monday to Friday 09:00 to 17:00, but not on holidays. Pure.
 */
#pragma once

#include <stdbool.h>

#include "base/zone.h"
#include "engine/roster.h"

#define OFFICE_REACH_DAYS 31 /* looked ahead */

struct office {
    const struct zone *zone;     /* of who works there */
    const struct roster *roster; /* has the holidays; NULL: none */
    const char *holidays;        /* calendar, or NULL */
};

/* The first instant from `at` on that lies in working hours: `at` itself when it does. Without one
 * within OFFICE_REACH_DAYS: `at`, for waiting longer helps nobody. */
msec office_next(const struct office *office, msec at);

/* The local day, counted from 1970. */
int64_t office_day(const struct office *office, msec at);
