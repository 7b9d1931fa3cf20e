/* SPDX-License-Identifier: MIT */
#include "engine/roster.h"

#include "base/text.h"

const struct rota *roster_find(const struct roster *roster, const char *calendar)
{
    for (size_t i = 0; roster != NULL && calendar != NULL && i < roster->rota_count; i++) {
        if (string_is(roster->rotas[i].calendar, calendar))
            return &roster->rotas[i];
    }
    return NULL;
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
