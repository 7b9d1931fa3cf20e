/* SPDX-License-Identifier: MIT */
#include "daemon/departures.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/text.h"

#define SURE_MS 1500 /* well below what another node waits before it takes over */
#define LOOK_MS 50
#define AWAKE_MS (1 * SECOND_MS) /* who has not looked for longer was frozen */

struct departure {
    uint64_t page;
    uint16_t attempt;
    char token[TOKEN_TEXT_SIZE];
    msec waited_ms; /* since it came, or since this node was frozen last */
    struct departure *next;
};

struct departures {
    departures_depart *depart;
    void *context;
    struct departure *first;
    struct departure **last;
    msec looked_at; /* tick */
};

struct departures *departures_new(departures_depart *depart, void *context)
{
    struct departures *departures = memory_new(1, sizeof(*departures));
    departures->depart = depart;
    departures->context = context;
    departures->last = &departures->first;
    return departures;
}

void departures_free(struct departures *departures)
{
    if (departures == NULL)
        return;
    while (departures->first != NULL) {
        struct departure *next = departures->first->next;
        free(departures->first);
        departures->first = next;
    }
    free(departures);
}

void departures_add(struct departures *departures, struct departures_now now, uint64_t page,
                    uint16_t attempt, const char *token)
{
    if (departures->first == NULL && now.confirmed_ms < SURE_MS) {
        departures->depart(departures->context, page, attempt, token, true);
        return;
    }
    if (departures->first == NULL)
        departures->looked_at = now.tick_at;
    struct departure *departure = memory_new(1, sizeof(*departure));
    *departure = (struct departure){.page = page, .attempt = attempt};
    snprintf(departure->token, sizeof(departure->token), "%s", token);
    *departures->last = departure;
    departures->last = &departure->next;
}

msec departures_next_due(const struct departures *departures)
{
    return departures->first == NULL ? MSEC_NEVER : LOOK_MS;
}

/* Who was frozen begins to wait anew: it has all of that time to hear that it was replaced. */
static void departures_wait(struct departures *departures, msec tick_at)
{
    msec passed_ms = tick_at - departures->looked_at;
    departures->looked_at = tick_at;
    for (struct departure *each = departures->first; each != NULL; each = each->next)
        each->waited_ms = passed_ms > AWAKE_MS ? 0 : each->waited_ms + passed_ms;
}

void departures_tick(struct departures *departures, struct departures_now now)
{
    bool is_sure = now.confirmed_ms < SURE_MS;
    departures_wait(departures, now.tick_at);
    while (departures->first != NULL) {
        struct departure *departure = departures->first;
        if (!is_sure && departure->waited_ms < DEPARTURES_PATIENCE_MS)
            return;
        departures->first = departure->next;
        if (departures->first == NULL)
            departures->last = &departures->first;
        departures->depart(departures->context, departure->page, departure->attempt,
                           departure->token, is_sure);
        free(departure);
    }
}
