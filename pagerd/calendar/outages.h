/* SPDX-License-Identifier: MIT */
/*
 * outages.h - what a calendar of maintenance windows says: when one is on.
 *
 * Pure. Every event counts, whatever its title. Those that overlap or touch are one outage: nothing
 * is let go between them. An event, or such a row of events, that is longer than SILENCE_MAX_MS
 * holds nothing back and is told: nothing is quiet for ever.
 */
#pragma once

#include "calendar/shift.h"
#include "engine/roster.h"

/* Owned by the caller: everything in it lives in its arena. */
struct calendar_outages {
    struct arena *arena;
    struct outage_list list;
    struct shift_warning *warnings; /* E-LONG */
    size_t warning_count;
};

/* Copies everything it needs: `list` may be freed afterwards. */
struct calendar_outages *calendar_outages_new(const struct shift_list *list, const char *calendar);
void calendar_outages_free(struct calendar_outages *outages);
CLEANUP_DEFINE(struct calendar_outages *, calendar_outages_free)
