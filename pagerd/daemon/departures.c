/* SPDX-License-Identifier: MIT */
#include "daemon/departures.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/post.h"
#include "engine/engine.h"
#include "store/store.h"

#define SURE_MS 1500                /* well below what another node waits before it takes over */
#define PATIENCE_MS (3 * SECOND_MS) /* nobody can be asked: then it leaves */
#define LOOK_MS 50

struct departure {
    uint64_t page;
    uint16_t attempt;
    char token[TOKEN_TEXT_SIZE];
    msec added_at; /* tick */
    struct departure *next;
};

struct departures {
    struct daemon *daemon;
    struct departure *first;
    struct departure **last;
};

struct departures *departures_new(struct daemon *daemon)
{
    struct departures *departures = memory_new(1, sizeof(*departures));
    departures->daemon = daemon;
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

static void depart(const struct daemon *daemon, uint64_t id, uint16_t attempt, const char *token)
{
    const struct page *page = view_page(daemon->engine, id);
    if (page != NULL && page->attempt == attempt)
        post_send(daemon->post, id, token);
}

static bool is_sure(const struct daemon *daemon)
{
    if (daemon->nodes == NULL)
        return true;
    struct store_health health;
    store_health(daemon->store, &health);
    return health.confirmed_ms < SURE_MS;
}

void departures_add(struct departures *departures, uint64_t page, uint16_t attempt,
                    const char *token)
{
    if (departures->first == NULL && is_sure(departures->daemon)) {
        depart(departures->daemon, page, attempt, token);
        return;
    }
    struct departure *departure = memory_new(1, sizeof(*departure));
    *departure = (struct departure){
        .page = page, .attempt = attempt, .added_at = departures->daemon->tick_at};
    snprintf(departure->token, sizeof(departure->token), "%s", token);
    *departures->last = departure;
    departures->last = &departure->next;
}

msec departures_next_due(const struct departures *departures)
{
    return departures->first == NULL ? MSEC_NEVER : LOOK_MS;
}

void departures_tick(struct departures *departures)
{
    if (departures->first == NULL)
        return;
    bool are_sure = is_sure(departures->daemon);
    while (departures->first != NULL) {
        struct departure *departure = departures->first;
        bool is_overdue = departures->daemon->tick_at - departure->added_at >= PATIENCE_MS;
        if (!are_sure && !is_overdue)
            return;
        if (!are_sure)
            log_warning("nobody confirms that this node is on duty: page %llu leaves all the same",
                        (unsigned long long)departure->page);
        depart(departures->daemon, departure->page, departure->attempt, departure->token);
        departures->first = departure->next;
        if (departures->first == NULL)
            departures->last = &departures->first;
        free(departure);
    }
}
