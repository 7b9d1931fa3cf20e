/* SPDX-License-Identifier: MIT */
/*
 * nodes_away.c - who is in charge while the database is away.
 *
 * The one that was on duty goes on. Where no node that is linked says so, the first by name of the
 * others goes on from its mirror; should two do so, one ends as soon as they hear of each other.
 * Without links every node that loses the database goes on by itself: twice rather than not at all.
 * When the database is back, who was in charge is on duty first: it knows what was done meanwhile.
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

static enum charge charge_of_peers(const struct nodes *nodes, char name[WIRE_NAME_SIZE])
{
    return nodes->peers == NULL ? CHARGE_NONE : peers_find_charge(nodes->peers, name);
}

static void charge_look(struct nodes *nodes)
{
    char name[WIRE_NAME_SIZE];
    enum charge charge = charge_of_peers(nodes, name);
    if (charge == CHARGE_MEMORY || charge == CHARGE_MIRROR)
        nodes->charged_at = nodes->daemon->tick_at;
    else if (charge == CHARGE_DUTY)
        nodes->charged_at = 0;
}

void nodes_look(struct nodes *nodes)
{
    struct relay_state state;
    msec now = nodes->daemon->tick_at;
    charge_look(nodes);
    relay_state(nodes->relay, &state);
    nodes->gone_at = state.is_there ? 0 : nodes->gone_at == 0 ? now : nodes->gone_at;
    nodes->there_at = !state.is_there ? 0 : nodes->there_at == 0 ? now : nodes->there_at;
}

/* One that has just been started does not know who is in charge before it has links. */
static bool is_greeting(const struct nodes *nodes)
{
    struct peers_state state;
    if (nodes->peers == NULL || nodes->daemon->tick_at - nodes->opened_at >= AWAY_GREET_MS)
        return false;
    peers_state(nodes->peers, &state);
    for (size_t i = 0; i < state.count; i++)
        if (!state.list[i].is_there || state.list[i].journal[0] == '\0') /* no beat yet */
            return true;
    return false;
}

bool nodes_leave_it(struct nodes *nodes)
{
    bool is_new = is_greeting(nodes);
    charge_look(nodes);
    return is_new || away_leaves_it(nodes->daemon->tick_at, nodes->charged_at, nodes->there_at);
}

/* Of the nodes that are linked with this one. */
static bool is_first(const struct nodes *nodes)
{
    struct peers_state state = {.count = 0};
    const char *own = reload_config(nodes->daemon->reload)->node_name;
    bool is_first = true;
    if (nodes->peers != NULL)
        peers_state(nodes->peers, &state);
    for (size_t i = 0; i < state.count; i++) {
        const struct peer_state *peer = &state.list[i];
        is_first =
            is_first && (!peer->is_there || away_is_first(own, peer->name, peer->sees_database));
    }
    return is_first;
}

bool nodes_may_act(const struct nodes *nodes)
{
    char name[WIRE_NAME_SIZE];
    msec now = nodes->daemon->tick_at;
    if (nodes->gone_at == 0 || now - nodes->gone_at < AWAY_ACT_MS)
        return false;
    msec free_at = nodes->gone_at + AWAY_ACT_MS;
    if (nodes->charged_at > free_at)
        free_at = nodes->charged_at;
    return (now - free_at >= AWAY_NEXT_MS || is_first(nodes)) &&
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

/* It can be had: this node has just held it, as the one that writes there, or somebody else does.
 * Until then it goes on. */
static bool database_is_back(struct nodes *nodes)
{
    const struct attempt *attempt = &nodes->attempt;
    bool is_there = nodes->acts && nodes->there_at != 0 &&
                    nodes->daemon->tick_at - nodes->there_at >= AWAY_YIELD_MS;
    if (!is_there || attempt->is_under_way)
        return false;
    if (nodes->has_held || (nodes->has_tried && attempt->fault.kind == FAULT_DENIED))
        return true;
    nodes->has_tried = true;
    nodes_try(nodes);
    return false;
}

void nodes_yield(struct nodes *nodes)
{
    bool is_back = database_is_back(nodes);
    if (!is_back && !peer_is_better(nodes))
        return;
    log_warning("%s: this node stands by",
                is_back ? "the database is back" : "another node is in charge");
    daemon_end(nodes->daemon, DAEMON_AGAIN);
}
