/* SPDX-License-Identifier: MIT */
/* nodes_calls.c - calls that this node hands to who is on duty, by the database or by a link, and
 * those that it runs for others; nodes_parts.h */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "daemon/answered.h"
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
        if (waiting->peer[0] == '\0')
            relay_forget(nodes->relay, waiting->id); /* the answer came by the link after all */
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

/*
 * A link broke over it, or that node is not in charge any more. Whoever is on duty next finds it in
 * the database, under the same number. Once: false, nobody has it.
 */
static bool waiting_send_again(struct nodes *nodes, struct waiting *waiting)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct relay_state state;
    struct fault fault = {0};
    relay_state(nodes->relay, &state);
    if (waiting->is_final || !state.is_there || !call_may_run_again(waiting->call))
        return false;
    waiting->is_final = true;
    waiting->peer[0] = '\0';
    ship_add_call(&bytes, waiting->call);
    nodes->by_database++;
    return relay_send(nodes->relay, waiting->id, text_span(&bytes), &fault);
}

static void nodes_failed(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct waiting *waiting = map_find(nodes->waiting, id_key(&parcel->id));
    if (waiting == NULL) {
        (void)nodes_copy_end(nodes, parcel->id, false);
    } else if (waiting->peer[0] != '\0' && !waiting_send_again(nodes, waiting)) {
        call_fail_unavailable(waiting->call, text_string(&parcel->bytes));
        waiting_end(nodes, waiting);
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

/*
 * Which way does it go? By the link to who is on duty, when it may be run again should that break;
 * else by the database, where it is done once, whoever dies when. Without the database by the link
 * to whoever is in charge, whatever it is.
 */
static bool call_goes_by_link(struct nodes *nodes, const struct call *call, size_t size,
                              char charge[WIRE_NAME_SIZE])
{
    if (nodes->peers == NULL)
        return false;
    enum charge found = peers_find_charge(nodes->peers, charge);
    if (!nodes_relay_is_of_use(nodes))
        return found != CHARGE_NONE;
    return found == CHARGE_DUTY && size <= WIRE_BYTES_MAX && call_may_run_again(call) &&
           peers_takes_again(nodes->peers, charge);
}

static bool waiting_send_by_link(struct nodes *nodes, struct waiting *waiting, struct span call,
                                 struct fault *fault)
{
    waiting->is_final |= !peers_takes_again(nodes->peers, waiting->peer);
    return peers_send(nodes->peers, waiting->peer, waiting->id, call, fault);
}

/* A link that is gone by now is no reason to refuse it. */
static bool waiting_send(struct nodes *nodes, struct waiting *waiting, struct fault *fault)
{
    CLEANUP(text_clear) struct text bytes = {0};
    ship_add_call(&bytes, waiting->call);
    if (call_goes_by_link(nodes, waiting->call, bytes.size, waiting->peer)) {
        bool is_sent = waiting_send_by_link(nodes, waiting, text_span(&bytes), fault);
        nodes->by_link += is_sent;
        if (is_sent || fault->kind != FAULT_PEER)
            return is_sent;
    }
    waiting->peer[0] = '\0';
    nodes->by_database++;
    return relay_send(nodes->relay, waiting->id, text_span(&bytes), fault);
}

void nodes_hand_over(struct nodes *nodes, struct call *call)
{
    struct fault fault = {0};
    struct waiting *waiting = memory_new(1, sizeof(*waiting));
    *waiting = (struct waiting){
        .id = nodes_new_id(), .call = call, .until_at = nodes->daemon->tick_at + ANSWER_MS};
    if (waiting_send(nodes, waiting, &fault)) {
        map_put(nodes->waiting, id_key(&waiting->id), waiting);
        return;
    }
    call_fail_unavailable(call, fault.text);
    call_finish(call);
    free(waiting);
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
    if (waiting->peer[0] != '\0')
        peers_forget(nodes->peers, waiting->id);
    else
        relay_forget(nodes->relay, waiting->id);
}

/* What waits for a database that is away goes by the link. It may be there already: who is in
 * charge knows its number, and nobody is to find it later. */
static void waiting_turn_to(struct nodes *nodes, struct waiting *waiting, const char *charge)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct fault fault = {0};
    if (waiting->peer[0] != '\0')
        return;
    if (!relay_take_back(nodes->relay, waiting->id)) {
        if (!peers_takes_again(nodes->peers, charge))
            return;
        relay_forget(nodes->relay, waiting->id);
        waiting->is_final = true;
    }
    ship_add_call(&bytes, waiting->call);
    snprintf(waiting->peer, sizeof(waiting->peer), "%s", charge);
    if (waiting_send_by_link(nodes, waiting, text_span(&bytes), &fault))
        return;
    call_fail_unavailable(waiting->call, fault.text);
    waiting_end(nodes, waiting);
}

/* What waits for a node that has fallen silent, or is not on duty any more, goes to the next one.
 */
static void waiting_turn_from(struct nodes *nodes, struct waiting *waiting, const char *charge)
{
    if (waiting->peer[0] == '\0' || string_is(waiting->peer, charge))
        return;
    char peer[WIRE_NAME_SIZE];
    memcpy(peer, waiting->peer, sizeof(peer));
    if (waiting_send_again(nodes, waiting))
        peers_forget(nodes->peers, waiting->id);
    else
        memcpy(waiting->peer, peer, sizeof(peer));
}

static void waiting_turn(struct nodes *nodes)
{
    struct waiting *waiting;
    size_t cursor = 0;
    char charge[WIRE_NAME_SIZE] = "";
    if (nodes->peers == NULL)
        return;
    enum charge found = peers_find_charge(nodes->peers, charge);
    bool is_by_relay = nodes_relay_is_of_use(nodes);
    if (is_by_relay ? string_is(charge, nodes->charge) : found == CHARGE_NONE)
        return;
    memcpy(nodes->charge, charge, sizeof(charge));
    while ((waiting = map_each(nodes->waiting, &cursor, NULL)) != NULL) {
        if (is_by_relay)
            waiting_turn_from(nodes, waiting, charge);
        else
            waiting_turn_to(nodes, waiting, charge);
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

void nodes_add_answer(struct nodes *nodes, struct call *call)
{
    uint64_t id = call_shipped(call);
    if (id == 0)
        return;
    struct running *running = map_find(nodes->running, id_key(&id));
    assert(running != NULL);
    if (running->peer != NULL || running->is_recalled)
        return; /* it goes back by the link, after the commit, or nowhere */
    CLEANUP(text_clear) struct text answer = {0};
    ship_add_answer(&answer, call);
    running->is_answered = true;
    bytes_add(nodes, id, &answer);
}

/* What was only read is answered by itself. What a commit has not kept has no answer in the relay,
 * either; by the link it is told so. */
static void running_end(void *context, void *item)
{
    struct nodes *nodes = context;
    struct running *running = item;
    uint64_t id = call_shipped(running->call);
    CLEANUP(text_clear) struct text answer = {0};
    ship_add_answer(&answer, running->call);
    if (running->peer != NULL)
        peers_answer(nodes->peers, running->peer, id, text_span(&answer));
    else if (!running->is_answered && !running->is_recalled)
        bytes_add(nodes, id, &answer);
    if (!call_may_run_again(running->call) && door_status(running->call) != 503)
        answered_keep(nodes->answered, id, text_span(&answer));
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
    return !parcel->is_by_link || nodes->is_serving || nodes->acts ||
           fault_set(fault, FAULT_PEER, "the node that was asked is not in charge");
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
    const struct ship_from from = {.node = item->node, .number = item->number};
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

/* One way broke over it, and it comes by the other one: so does its answer, once. */
static bool parcel_is_again(struct nodes *nodes, const struct parcel *parcel)
{
    const struct text *answer = answered_find(nodes->answered, parcel->id);
    struct running *running = map_find(nodes->running, id_key(&parcel->id));
    if (running != NULL) {
        free(running->peer);
        running->peer = parcel->is_by_link ? string_copy(parcel->node) : NULL;
    } else if (answer != NULL && parcel->is_by_link) {
        peers_answer(nodes->peers, parcel->node, parcel->id, text_span(answer));
    } else if (answer != NULL) {
        bytes_add(nodes, parcel->id, answer);
    }
    return running != NULL || answer != NULL;
}

static bool nodes_have_room(void *context, const struct call *call, size_t body_size,
                            struct fault *why_not)
{
    const struct nodes *nodes = context;
    return nodes->daemon->is_ending ||
           inbox_has_room(nodes->daemon->inbox, call, body_size, why_not);
}

static void nodes_asked(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct fault fault = {0};
    bool is_for_us = parcel_is_for_us(nodes, parcel, &fault);
    if (is_for_us && parcel_is_again(nodes, parcel)) {
        parcel_free(parcel);
        return;
    }
    const struct ship_from from = {
        .node = parcel->node, .number = parcel->id, .has_room = nodes_have_room, .context = nodes};
    struct call *call = is_for_us ? ship_call(text_span(&parcel->bytes), &from,
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
