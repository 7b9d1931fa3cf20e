/* SPDX-License-Identifier: MIT */
#include "calendar/clock.h"

#include "base/text.h"

#define REACH_MS (27 * HOUR_MS) /* no clock is ever set by more: Samoa left out a day */

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/* "02:30", and " on 29 Mar" where that is another day than the one told already. */
static void wall_add(struct text *text, msec wall, int64_t told_day)
{
    struct civil civil = civil_from_msec(wall);
    text_addf(text, "%02d:%02d", civil.hour, civil.minute);
    if (civil.second != 0)
        text_addf(text, ":%02d", civil.second);
    if (civil_days(civil.year, civil.month, civil.day) != told_day)
        text_addf(text, " on %d %s", civil.day, months[civil.month - 1]);
}

/* The change of the clocks that the wall time fell into, read as `at`. */
static msec change_find(const struct zone *zone, msec at, enum zone_fit fit)
{
    if (fit == ZONE_TWICE)
        return zone_next_change(zone, at);
    msec change_at = zone_next_change(zone, at - REACH_MS);
    for (msec next_at = change_at; next_at <= at; next_at = zone_next_change(zone, next_at))
        change_at = next_at;
    return change_at;
}

const char *clock_note(struct arena *arena, const struct zone *zone, msec wall, msec at)
{
    enum zone_fit fit;
    if (zone_utc(zone, wall, &fit) != at || fit == ZONE_UNIQUE)
        return NULL;
    msec change_at = change_find(zone, at, fit);
    struct civil civil = civil_from_msec(wall);
    int64_t day = civil_days(civil.year, civil.month, civil.day);
    CLEANUP(text_clear) struct text text = {0};
    wall_add(&text, wall, -1);
    text_add(&text, fit == ZONE_GAP ? " does not exist (clocks go from "
                                    : " exists twice (clocks go back from ");
    wall_add(&text, zone_local(zone, change_at - 1) + 1, day);
    text_add(&text, " to ");
    wall_add(&text, zone_local(zone, change_at), day);
    text_add(&text, fit == ZONE_GAP ? "): it is " : "): the first counts");
    if (fit == ZONE_GAP)
        wall_add(&text, zone_local(zone, at), day);
    return arena_copy_span(arena, text_span(&text));
}
