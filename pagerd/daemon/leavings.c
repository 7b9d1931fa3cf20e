/* SPDX-License-Identifier: MIT */
#include "daemon/leavings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"

#define BEGIN_MS (2 * SECOND_MS) /* what another node waits before it takes over */
#define SURE_MS 1500             /* not confirmed for so long: nobody can be asked */
#define DOUBLED_MAX 4            /* times */

struct leaving {
    uint16_t attempt;
    unsigned late_count; /* times that this attempt was begun too late */
    char token[TOKEN_TEXT_SIZE];
};

struct leavings {
    struct map *map; /* page -> leaving */
    uint64_t late_count;
};

struct leavings *leavings_new(void)
{
    struct leavings *leavings = memory_new(1, sizeof(*leavings));
    leavings->map = map_new();
    return leavings;
}

void leavings_lost(struct leavings *leavings)
{
    size_t cursor = 0;
    struct leaving *leaving;
    while ((leaving = map_each(leavings->map, &cursor, NULL)) != NULL)
        free(leaving);
    map_free(leavings->map);
    leavings->map = map_new();
}

void leavings_free(struct leavings *leavings)
{
    if (leavings == NULL)
        return;
    leavings_lost(leavings);
    map_free(leavings->map);
    free(leavings);
}

static struct span id_span(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

void leavings_note(struct leavings *leavings, uint64_t page, uint16_t attempt, const char *token)
{
    struct leaving *leaving = map_find(leavings->map, id_span(&page));
    if (leaving == NULL) {
        leaving = memory_new(1, sizeof(*leaving));
        map_put(leavings->map, id_span(&page), leaving);
    }
    if (leaving->attempt != attempt)
        leaving->late_count = 0;
    leaving->attempt = attempt;
    snprintf(leaving->token, sizeof(leaving->token), "%s", token);
}

msec leavings_not_after(const struct leavings *leavings, uint64_t page, struct departures_now now)
{
    const struct leaving *leaving = map_find(leavings->map, id_span(&page));
    if (leaving == NULL)
        return 0;
    msec confirmed_at = now.tick_at - (now.confirmed_ms < SURE_MS ? now.confirmed_ms : 0);
    return confirmed_at + (BEGIN_MS << leaving->late_count);
}

void leavings_end(struct leavings *leavings, uint64_t page, uint16_t attempt)
{
    const struct leaving *leaving = map_find(leavings->map, id_span(&page));
    if (leaving != NULL && (attempt == 0 || leaving->attempt == attempt))
        free(map_remove(leavings->map, id_span(&page)));
}

bool leavings_again(struct leavings *leavings, uint64_t page, uint16_t attempt,
                    char token[TOKEN_TEXT_SIZE])
{
    struct leaving *leaving = map_find(leavings->map, id_span(&page));
    if (leaving == NULL || leaving->attempt != attempt)
        return false;
    if (leaving->late_count < DOUBLED_MAX)
        leaving->late_count++;
    leavings->late_count++;
    snprintf(token, TOKEN_TEXT_SIZE, "%s", leaving->token);
    return true;
}

uint64_t leavings_late_count(const struct leavings *leavings)
{
    return leavings->late_count;
}
