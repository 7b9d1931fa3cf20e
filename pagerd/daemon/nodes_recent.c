/* SPDX-License-Identifier: MIT */
/*
 * nodes_recent.c - what was committed a moment ago and may not be in the mirror yet; nodes_parts.h
 *
 * A node that stands by keeps the alerts that it handed over and answered with 2xx, and what the
 * node on duty tells its peers of each turn, until its mirror has them. It steps them when it goes
 * on from its mirror: then the database and the node on duty are gone, and nobody else may be there
 * who knows of them.
 */
#include "base/log.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/merge.h"
#include "daemon/nodes_parts.h"
#include "daemon/peers.h"
#include "daemon/recent.h"
#include "daemon/reload.h"
#include "http/door.h"
#include "http/ship.h"
#include "store/mirror.h"

bool nodes_have_listeners(const struct nodes *nodes)
{
    return nodes != NULL && nodes->is_serving && nodes->has_listeners;
}

void nodes_tell(struct nodes *nodes, msec steady_at, struct span events)
{
    if (events.size > 0 && nodes_have_listeners(nodes))
        peers_tell_all(nodes->peers, (uint64_t)steady_at, events);
}

static void nodes_told(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    const struct recent_item told = {.kind = RECENT_EVENTS,
                                     .node = parcel->node,
                                     .number = parcel->id,
                                     .at = nodes->daemon->tick_at,
                                     .bytes = text_span(&parcel->bytes)};
    if (nodes->daemon->is_standing_by)
        recent_add(nodes->recent, &told);
    parcel_free(parcel);
}

void nodes_peers_told(void *context, uint64_t id, const char *node, struct span news)
{
    struct nodes *nodes = context;
    inbox_post(nodes->daemon->inbox, nodes_told, nodes, parcel_new(id, node, news));
}

void nodes_keep_call(struct nodes *nodes, const struct waiting *waiting)
{
    CLEANUP(text_clear) struct text bytes = {0};
    unsigned status = door_status(waiting->call);
    if (status < 200 || status >= 300 || !call_is_of_source(waiting->call))
        return;
    const struct config *config = reload_config(nodes->daemon->reload);
    ship_add_call(&bytes, waiting->call);
    recent_add(nodes->recent, &(struct recent_item){.kind = RECENT_CALL,
                                                    .node = config->node_name,
                                                    .number = waiting->id,
                                                    .at = nodes->daemon->tick_at,
                                                    .bytes = text_span(&bytes)});
}

void nodes_recent_tick(struct nodes *nodes)
{
    if (recent_count(nodes->recent) == 0)
        return;
    msec behind_ms = mirror_behind_ms(nodes->mirror);
    if (behind_ms >= 0)
        recent_trim(nodes->recent, nodes->daemon->tick_at - behind_ms);
}

static void item_recall(struct nodes *nodes, const struct recent_item *item, msec steady_at)
{
    struct fault fault = {0};
    switch (item->kind) {
    case RECENT_CALL:
        if (!nodes_run_again(nodes, item, &fault))
            log_error("an alert that was handed over cannot be taken again: %s", fault.text);
        break;
    case RECENT_EVENTS:
        if ((msec)item->number >= steady_at)
            merge_recall(nodes->daemon, item->node, item->bytes);
        break;
    }
}

void nodes_recall(struct nodes *nodes, msec steady_at)
{
    const struct recent_item *item;
    size_t cursor = 0;
    if (recent_count(nodes->recent) == 0)
        return;
    log_warning("what may have been committed a moment ago is taken in again: %zu pieces",
                recent_count(nodes->recent));
    if (recent_lost(nodes->recent) > 0)
        log_warning("older ones found no room: %llu",
                    (unsigned long long)recent_lost(nodes->recent));
    while ((item = recent_each(nodes->recent, &cursor)) != NULL)
        item_recall(nodes, item, steady_at);
    recent_clear(nodes->recent);
}
