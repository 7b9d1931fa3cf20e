/* SPDX-License-Identifier: MIT */
#include "engine/roster.h"

#include <string.h>

#include "base/text.h"

static bool is_same(const char *left, const char *right)
{
    return left == NULL || right == NULL ? left == right : string_is(left, right);
}

const struct rota *roster_find(const struct roster *roster, const char *calendar, const char *layer)
{
    for (size_t i = 0; roster != NULL && calendar != NULL && i < roster->rota_count; i++) {
        const struct rota *rota = &roster->rotas[i];
        if (string_is(rota->calendar, calendar) && is_same(rota->layer, layer))
            return rota;
    }
    return NULL;
}

/* Is it over at `at`, or of somebody before `user`? */
static bool absence_is_before(const struct absence *absence, const char *user, msec at)
{
    int order = strcmp(absence->user, user);
    return order != 0 ? order < 0 : absence->end_at <= at;
}

/* The place of the user's first absence that ends after `at`, or where it would stand. */
static size_t absence_place(const struct roster *roster, const char *user, msec at)
{
    size_t low = 0;
    size_t high = roster != NULL ? roster->absence_count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (absence_is_before(&roster->absences[middle], user, at))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The absence at that place when it is the user's, or NULL. */
static const struct absence *absence_at(const struct roster *roster, const char *user, size_t place)
{
    if (roster == NULL || place >= roster->absence_count)
        return NULL;
    const struct absence *absence = &roster->absences[place];
    return string_is(absence->user, user) ? absence : NULL;
}

const struct absence *roster_absence(const struct roster *roster, const char *user, msec at,
                                     const struct absence **next)
{
    size_t place = absence_place(roster, user, at);
    const struct absence *found = absence_at(roster, user, place);
    if (found != NULL && found->start_at > at)
        found = NULL;
    if (next != NULL)
        *next = absence_at(roster, user, found != NULL ? place + 1 : place);
    return found;
}

msec roster_absence_edge(const struct roster *roster, const char *user, msec at, bool is_back)
{
    size_t place = absence_place(roster, user, at);
    const struct absence *absence = absence_at(roster, user, place);
    if (!is_back) {
        if (absence == NULL)
            return MSEC_NEVER;
        return absence->start_at > at ? absence->start_at : absence->end_at;
    }
    if (absence != NULL && absence->start_at <= at)
        return absence->start_at;
    absence = place > 0 ? absence_at(roster, user, place - 1) : NULL;
    return absence != NULL ? absence->end_at : -MSEC_NEVER;
}

const struct holiday *roster_holiday(const struct roster *roster, const char *calendar, msec at)
{
    for (size_t i = 0; roster != NULL && calendar != NULL && i < roster->holiday_count; i++) {
        const struct holiday *holiday = &roster->holidays[i];
        if (holiday->start_at <= at && at < holiday->end_at &&
            string_is(holiday->calendar, calendar))
            return holiday;
    }
    return NULL;
}

const struct outage_list *roster_outages(const struct roster *roster, const char *calendar)
{
    for (size_t i = 0; roster != NULL && i < roster->outage_list_count; i++) {
        if (string_is(roster->outage_lists[i].calendar, calendar))
            return &roster->outage_lists[i];
    }
    return NULL;
}

const struct outage *outage_find(const struct outage_list *list, msec at)
{
    size_t low = 0;
    size_t high = list->outage_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->outages[middle].end_at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->outage_count ? &list->outages[low] : NULL;
}

const struct segment *rota_find(const struct rota *rota, msec at, const struct segment **next)
{
    /* The first segment that ends after `at`; it either holds `at` or is the next one. */
    size_t low = 0;
    size_t high = rota->segment_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rota->segments[middle].end_at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    const struct segment *found = NULL;
    if (low < rota->segment_count && rota->segments[low].start_at <= at)
        found = &rota->segments[low++];
    if (next != NULL)
        *next = low < rota->segment_count ? &rota->segments[low] : NULL;
    return found;
}

const char *cover_reason_name(enum cover_reason reason)
{
    static const char *const names[COVER_REASON_COUNT] = {[COVER_FOR_REST] = "rest",
                                                          [COVER_FOR_LEAVE] = "away",
                                                          [COVER_FOR_PAUSE] = "pause",
                                                          [COVER_FOR_TEST] = "test",
                                                          [COVER_FOR_ROLE] = "role"};
    return names[reason];
}
