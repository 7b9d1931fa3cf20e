/* SPDX-License-Identifier: MIT */
/* nodes_calls.c - calls that this node hands to who is on duty, by the database or by a link, and
 * those that it runs for others; nodes_parts.h */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/departures.h"
#include "daemon/inbox.h"
#include "daemon/nodes_parts.h"
#include "daemon/peers.h"
#include "daemon/recent.h"
#include "daemon/storeroom.h"
#include "daemon/turn.h"
#include "http/call.h"
#include "http/door.h"
#include "http/server.h"
#include "http/ship.h"
#include "store/relay.h"

#define ANSWER_MS (8 * SECOND_MS) /* monitoring waits 10 s: a takeover fits in */
#define FROZEN_MS 1500            /* between two turns; well below what a takeover takes */
#define UNSURE_MS (2 * SECOND_MS)

struct parcel *parcel_new(uint64_t id, const char *node, struct span bytes)
{
    struct parcel *parcel = memory_new(1, sizeof(*parcel));
    parcel->id = id;
    parcel->node = string_copy(node);
    text_add_span(&parcel->bytes, bytes);
    return parcel;
}

void parcel_free(struct parcel *parcel)
{
    free(parcel->node);
    text_clear(&parcel->bytes);
    arena_free(parcel->arena);
    free(parcel);
}

static struct span id_key(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

/* ---- calls of this node ---- */

static void waiting_end(struct nodes *nodes, struct waiting *waiting)
{
    map_remove(nodes->waiting, id_key(&waiting->id));
    call_finish(waiting->call);
    free(waiting);
}

static void nodes_answered(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct waiting *waiting = map_find(nodes->waiting, id_key(&parcel->id));
    struct fault fault = {0};
    if (waiting != NULL) {
        if (!ship_answer(waiting->call, text_span(&parcel->bytes), &fault))
            call_fail_unavailable(waiting->call, fault.text);
        nodes_keep_call(nodes, waiting);
        waiting_end(nodes, waiting);
    } else {
        (void)nodes_copy_end(nodes, parcel->id, true);
    }
    parcel_free(parcel);
}

void nodes_relay_answered(void *context, uint64_t id, struct span answer)
{
    struct nodes *nodes = context;
    inbox_post(nodes->daemon->inbox, nodes_answered, nodes, parcel_new(id, NULL, answer));
}

uint64_t nodes_new_id(void)
{
    uint64_t id = 0;
    while (id == 0) {
        random_bytes(&id, sizeof(id));
        id >>= 1; /* databases count with a sign */
    }
    return id;
}

static void nodes_failed(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct waiting *waiting = map_find(nodes->waiting, id_key(&parcel->id));
    if (waiting != NULL) {
        call_fail_unavailable(waiting->call, text_string(&parcel->bytes));
        waiting_end(nodes, waiting);
    } else {
        (void)nodes_copy_end(nodes, parcel->id, false);
    }
    parcel_free(parcel);
}

void nodes_peers_failed(void *context, uint64_t id, const char *why)
{
    struct nodes *nodes = context;
    inbox_post(nodes->daemon->inbox, nodes_failed, nodes, parcel_new(id, NULL, span_of(why)));
}

bool nodes_relay_is_of_use(const struct nodes *nodes)
{
    struct relay_state state;
    relay_state(nodes->relay, &state);
    return state.is_there && state.has_duty;
}

/* One way for each call, so that it is not done twice. */
static bool call_send(struct nodes *nodes, uint64_t id, struct span call, bool *is_by_link,
                      struct fault *fault)
{
    char charge[WIRE_NAME_SIZE];
    *is_by_link = nodes->peers != NULL && !nodes_relay_is_of_use(nodes) &&
                  peers_find_charge(nodes->peers, charge) != CHARGE_NONE;
    return *is_by_link ? peers_send(nodes->peers, charge, id, call, fault)
                       : relay_send(nodes->relay, id, call, fault);
}

void nodes_hand_over(struct nodes *nodes, struct call *call)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct fault fault = {0};
    uint64_t id = nodes_new_id();
    bool is_by_link;
    ship_add_call(&bytes, call);
    if (!call_send(nodes, id, text_span(&bytes), &is_by_link, &fault)) {
        call_fail_unavailable(call, fault.text);
        call_finish(call);
        return;
    }
    struct waiting *waiting = memory_new(1, sizeof(*waiting));
    *waiting = (struct waiting){.id = id,
                                .call = call,
                                .until_at = nodes->daemon->tick_at + ANSWER_MS,
                                .is_by_link = is_by_link};
    map_put(nodes->waiting, id_key(&waiting->id), waiting);
}

/* All wait equally long, so that the oldest is due first. */
static struct waiting *waiting_first(const struct nodes *nodes)
{
    size_t cursor = 0;
    return map_each(nodes->waiting, &cursor, NULL);
}

msec nodes_calls_due(const struct nodes *nodes)
{
    const struct waiting *waiting = waiting_first(nodes);
    return waiting != NULL ? waiting->until_at : MSEC_NEVER;
}

static void waiting_forget(struct nodes *nodes, const struct waiting *waiting)
{
    if (waiting->is_by_link)
        peers_forget(nodes->peers, waiting->id);
    else
        relay_forget(nodes->relay, waiting->id);
}

/* What has not left for a database that is away goes by the link. */
static void waiting_turn(struct nodes *nodes)
{
    struct waiting *waiting;
    size_t cursor = 0;
    char charge[WIRE_NAME_SIZE];
    if (nodes->peers == NULL || nodes_relay_is_of_use(nodes) ||
        !peers_find_charge(nodes->peers, charge))
        return;
    while ((waiting = map_each(nodes->waiting, &cursor, NULL)) != NULL) {
        CLEANUP(text_clear) struct text bytes = {0};
        struct fault fault = {0};
        if (waiting->is_by_link || !relay_take_back(nodes->relay, waiting->id))
            continue;
        ship_add_call(&bytes, waiting->call);
        waiting->is_by_link = true;
        if (!peers_send(nodes->peers, charge, waiting->id, text_span(&bytes), &fault)) {
            call_fail_unavailable(waiting->call, fault.text);
            waiting_end(nodes, waiting);
        }
    }
}

void nodes_calls_tick(struct nodes *nodes)
{
    struct waiting *waiting;
    waiting_turn(nodes);
    while ((waiting = waiting_first(nodes)) != NULL &&
           waiting->until_at <= nodes->daemon->tick_at) {
        waiting_forget(nodes, waiting);
        call_fail_unavailable(waiting->call, "no node that is on duty has answered in time");
        waiting_end(nodes, waiting);
    }
}

void nodes_give_up(struct nodes *nodes, const struct fault *why)
{
    if (nodes == NULL)
        return;
    nodes_held_give_up(nodes, why);
    struct waiting *waiting;
    while ((waiting = waiting_first(nodes)) != NULL) {
        waiting_forget(nodes, waiting);
        call_fail_unavailable(waiting->call, why->text);
        waiting_end(nodes, waiting);
    }
}

/* ---- calls of all, for who is on duty ---- */

static void bytes_add(struct nodes *nodes, uint64_t id, const struct text *answer)
{
    CLEANUP(text_clear) struct text sealed = {0};
    relay_seal(nodes->relay, text_span(answer), &sealed);
    batch_add_answer(turn_batch(nodes->daemon->turns), id, text_string(&sealed));
}

static void answer_add(struct nodes *nodes, const struct call *call)
{
    CLEANUP(text_clear) struct text answer = {0};
    ship_add_answer(&answer, call);
    bytes_add(nodes, call_shipped(call), &answer);
}

void nodes_add_answer(struct nodes *nodes, struct call *call)
{
    uint64_t id = call_shipped(call);
    if (id == 0)
        return;
    struct running *running = map_find(nodes->running, id_key(&id));
    assert(running != NULL);
    if (running->peer != NULL || running->is_recalled)
        return; /* it goes back by the link, after the commit, or nowhere */
    running->is_answered = true;
    answer_add(nodes, call);
}

static void peer_answer(struct nodes *nodes, const struct running *running)
{
    CLEANUP(text_clear) struct text answer = {0};
    ship_add_answer(&answer, running->call);
    peers_answer(nodes->peers, running->peer, call_shipped(running->call), text_span(&answer));
}

/* What was only read is answered by itself. What a commit has not kept has no answer in the relay,
 * either; by the link it is told so. */
static void running_end(void *context, void *item)
{
    struct nodes *nodes = context;
    struct running *running = item;
    uint64_t id = call_shipped(running->call);
    if (running->peer != NULL)
        peer_answer(nodes, running);
    else if (!running->is_answered && !running->is_recalled)
        answer_add(nodes, running->call);
    map_remove(nodes->running, id_key(&id));
    door_free(running->call);
    free(running->peer);
    free(running);
}

static void running_finished(void *context, struct call *call)
{
    struct running *running = context;
    (void)call;
    inbox_post(running->nodes->daemon->inbox, running_end, running->nodes, running);
}

/* A peer may ask a moment too late, or too early. */
static bool parcel_is_for_us(const struct nodes *nodes, const struct parcel *parcel,
                             struct fault *fault)
{
    if (!parcel->is_by_link)
        return true;
    if (!nodes->is_serving && !nodes->acts)
        return fault_set(fault, FAULT_PEER, "the node that was asked is not in charge");
    return map_find(nodes->running, id_key(&parcel->id)) == NULL ||
           fault_set(fault, FAULT_CONFLICT, "this call is being run already");
}

static void parcel_refuse(struct nodes *nodes, struct parcel *parcel, const struct fault *why)
{
    CLEANUP(text_clear) struct text answer = {0};
    if (parcel->is_by_link) {
        peers_refuse(nodes->peers, parcel->node, parcel->id, why->text);
    } else {
        log_error("%s node=%s", why->text, parcel->node);
        ship_add_refusal(&answer, why);
        bytes_add(nodes, parcel->id, &answer);
    }
    parcel_free(parcel);
}

/* ---- was this node frozen, and replaced meanwhile? ---- */

static bool nodes_are_unsure(struct nodes *nodes)
{
    msec now = nodes->daemon->tick_at;
    if (nodes->ticked_at != 0 && now - nodes->ticked_at >= FROZEN_MS)
        nodes->woke_at = now;
    nodes->ticked_at = now;
    if (nodes->woke_at == 0)
        return false;
    msec awake_ms = now - nodes->woke_at;
    if (awake_ms < UNSURE_MS && storeroom_confirmed(nodes->daemon).confirmed_ms >= awake_ms)
        return true;
    nodes->woke_at = 0;
    return false;
}

void nodes_run(struct nodes *nodes, struct call *call)
{
    if (!nodes->is_serving || !nodes_are_unsure(nodes) || nodes->held_count >= INBOX_CALLS_MAX) {
        turn_call(nodes->daemon->turns, call);
        return;
    }
    nodes->held = memory_grow(nodes->held, nodes->held_count + 1, sizeof(struct call *));
    nodes->held[nodes->held_count++] = call;
}

void nodes_held_tick(struct nodes *nodes)
{
    if (!nodes->is_serving || nodes_are_unsure(nodes))
        return;
    for (size_t i = 0; i < nodes->held_count; i++)
        turn_call(nodes->daemon->turns, nodes->held[i]);
    nodes->held_count = 0;
}

/* Those of other nodes are run by whoever is on duty then. */
void nodes_held_give_up(struct nodes *nodes, const struct fault *why)
{
    for (size_t i = 0; i < nodes->held_count; i++) {
        if (call_shipped(nodes->held[i]) != 0)
            continue;
        call_fail_unavailable(nodes->held[i], why->text);
        call_finish(nodes->held[i]);
    }
    free(nodes->held);
    nodes->held = NULL;
    nodes->held_count = 0;
}

/* Calls of other nodes wait as those of this one do. At the end there is no waiting any more: what
 * can be done still is. */
static void call_queue(struct nodes *nodes, struct call *call)
{
    struct fault fault = {0};
    if (nodes->daemon->is_ending) {
        nodes_run(nodes, call);
        return;
    }
    if (inbox_post_call(nodes->daemon->inbox, call, &fault))
        return;
    call_fail_unavailable(call, fault.text);
    call_finish(call);
}

/* From now on it is known by its number, and goes when it is finished. */
static void running_begin(struct running *running)
{
    uint64_t id = call_shipped(running->call);
    map_put(running->nodes->running, id_key(&id), running);
    call_on_finish(running->call, running_finished, running);
}

bool nodes_run_again(struct nodes *nodes, const struct recent_item *item, struct fault *fault)
{
    const struct ship_from from = {item->node, item->number};
    struct identities *identities = server_identities(nodes->daemon->server);
    struct call *call = map_find(nodes->running, id_key(&item->number)) != NULL
                            ? NULL
                            : ship_call(item->bytes, &from, identities, fault);
    if (call == NULL)
        return false;
    struct running *running = memory_new(1, sizeof(*running));
    *running = (struct running){.nodes = nodes, .call = call, .is_recalled = true};
    running_begin(running);
    if (call_is_answered(call))
        call_finish(call);
    else
        turn_call(nodes->daemon->turns, call);
    return true;
}

static void nodes_asked(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct fault fault = {0};
    const struct ship_from from = {parcel->node, parcel->id};
    struct call *call = parcel_is_for_us(nodes, parcel, &fault)
                            ? ship_call(text_span(&parcel->bytes), &from,
                                        server_identities(nodes->daemon->server), &fault)
                            : NULL;
    if (call == NULL) {
        parcel_refuse(nodes, parcel, &fault);
        return;
    }
    struct running *running = memory_new(1, sizeof(*running));
    *running = (struct running){.nodes = nodes, .call = call};
    if (parcel->is_by_link)
        running->peer = string_copy(parcel->node);
    parcel_free(parcel);
    running_begin(running);
    if (call_is_answered(call))
        call_finish(call);
    else
        call_queue(nodes, call);
}

void nodes_relay_asked(void *context, uint64_t id, const char *node, struct span call)
{
    struct nodes *nodes = context;
    inbox_post(nodes->daemon->inbox, nodes_asked, nodes, parcel_new(id, node, call));
}

void nodes_peers_asked(void *context, uint64_t id, const char *node, struct span call)
{
    struct nodes *nodes = context;
    struct parcel *parcel = parcel_new(id, node, call);
    parcel->is_by_link = true;
    inbox_post(nodes->daemon->inbox, nodes_asked, nodes, parcel);
}

void nodes_running_free(struct nodes *nodes)
{
    size_t cursor = 0;
    struct running *running = NULL;
    while ((running = map_each(nodes->running, &cursor, NULL)) != NULL) {
        door_free(running->call);
        free(running->peer);
        free(running);
    }
    map_free(nodes->running);
}
