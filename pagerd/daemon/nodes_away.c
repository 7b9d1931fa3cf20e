/* SPDX-License-Identifier: MIT */
/*
 * nodes_away.c - who is in charge while the database is away.
 *
 * The one that was on duty goes on. Where no node that is linked says so, each of the others goes
 * on from its mirror; as soon as they hear of each other, one of them does. Without links every
 * node that loses the database goes on by itself: twice rather than not at all.
 */
#include "daemon/nodes_parts.h"

#include <stdlib.h>

#include "base/log.h"
#include "config/config.h"
#include "daemon/away.h"
#include "daemon/away_rules.h"
#include "daemon/daemon.h"
#include "daemon/peers.h"
#include "daemon/reload.h"
#include "store/mirror.h"
#include "store/relay.h"
#include "store/store.h"

void nodes_look(struct nodes *nodes)
{
    struct relay_state state;
    msec now = nodes->daemon->tick_at;
    relay_state(nodes->relay, &state);
    nodes->gone_at = state.is_there ? 0 : nodes->gone_at == 0 ? now : nodes->gone_at;
    nodes->there_at = !state.is_there ? 0 : nodes->there_at == 0 ? now : nodes->there_at;
}

static enum charge charge_of_peers(const struct nodes *nodes, char name[WIRE_NAME_SIZE])
{
    return nodes->peers == NULL ? CHARGE_NONE : peers_find_charge(nodes->peers, name);
}

bool nodes_may_act(const struct nodes *nodes)
{
    char name[WIRE_NAME_SIZE];
    return nodes->gone_at != 0 && nodes->daemon->tick_at - nodes->gone_at >= AWAY_ACT_MS &&
           away_journal(nodes->daemon->away) != NULL &&
           charge_of_peers(nodes, name) == CHARGE_NONE && mirror_is_there(nodes->daemon->state);
}

bool nodes_act(const struct nodes *nodes)
{
    return nodes != NULL && nodes->acts;
}

bool nodes_mirror_has_past(const struct nodes *nodes)
{
    return nodes != NULL && nodes->acts && nodes->has_past;
}

bool nodes_open_mirror(struct nodes *nodes, struct fault *fault)
{
    char *url = string_format("sqlite:%s/" MIRROR_FOLDER, nodes->daemon->state);
    mirror_pause(nodes->mirror);
    nodes->has_past = !mirror_is_whole(nodes->daemon->state, NULL);
    nodes->acts = mirror_discard(nodes->daemon->state, fault) &&
                  store_open(url, NULL, &nodes->daemon->store, fault);
    free(url);
    return nodes->acts;
}

static bool peer_is_better(const struct nodes *nodes)
{
    char name[WIRE_NAME_SIZE];
    enum charge charge = charge_of_peers(nodes, name);
    const char *own = reload_config(nodes->daemon->reload)->node_name;
    return away_is_one_too_many(nodes->acts, own, charge, name);
}

void nodes_yield(struct nodes *nodes)
{
    bool is_there = nodes->acts && nodes->there_at != 0 &&
                    nodes->daemon->tick_at - nodes->there_at >= AWAY_YIELD_MS;
    if (!is_there && !peer_is_better(nodes))
        return;
    log_warning("%s: this node stands by",
                is_there ? "the database is back" : "another node is in charge");
    daemon_end(nodes->daemon, DAEMON_AGAIN);
}
