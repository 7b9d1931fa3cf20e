/* SPDX-License-Identifier: MIT */
/* peers_book.c - which nodes are there, what they said of themselves, and what is under way between
 * them and this one; peers_parts.h */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/peers_parts.h"

static struct span id_key(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

static bool is_same_instance(const unsigned char *left, const unsigned char *right)
{
    return memcmp(left, right, WIRE_NONCE_SIZE) == 0;
}

/* With the lock. */
static struct peer *peer_find(struct peers *peers, const char *name)
{
    for (size_t i = 0; i < peers->peer_count; i++)
        if (string_is(peers->peers[i].hello.name, name))
            return &peers->peers[i];
    return NULL;
}

static bool peer_is_there(const struct peer *peer, msec now)
{
    return peer->link_count > 0 && now - peer->heard_at < PEERS_GONE_MS;
}

/* With the lock. A place for a node that was not known; who has been gone for longest makes room.
 * NULL: all are there. */
static struct peer *peer_place(struct peers *peers, msec now)
{
    struct peer *place = NULL;
    if (peers->peer_count < PEERS_NAMES_MAX)
        return &peers->peers[peers->peer_count++];
    for (size_t i = 0; i < peers->peer_count; i++) {
        struct peer *peer = &peers->peers[i];
        if (peer->link_count == 0 && !peer_is_there(peer, now) &&
            (place == NULL || peer->heard_at < place->heard_at))
            place = peer;
    }
    return place;
}

struct link *link_find(struct peers *peers, const char *node)
{
    struct link *found = NULL;
    for (struct link *link = peers->first; link != NULL; link = link->next)
        if (link->is_up && !link->is_over && string_is(link->hello.name, node) &&
            (found == NULL || link->heard_at > found->heard_at))
            found = link;
    return found;
}

/* With the lock. A new instance begins with an empty page. */
static bool peer_greet(struct peers *peers, const struct link *link, const char **why)
{
    struct peer *peer = peer_find(peers, link->hello.name);
    if (peer == NULL) {
        peer = peer_place(peers, peers->turn_at);
        if (peer == NULL) {
            *why = "too many nodes are linked";
            return false;
        }
        *peer = (struct peer){.since_at = peers->turn_at};
    }
    if (!is_same_instance(peer->hello.instance, link->hello.instance))
        peer->beat = (struct wire_beat){.count = 0};
    peer->hello = link->hello;
    peer->link_count++;
    peer->heard_at = peers->turn_at;
    if (link->called != NULL) {
        memcpy(link->called->name, link->hello.name, sizeof(link->called->name));
        link->called->problem[0] = '\0';
    }
    return true;
}

bool book_greet(struct peers *peers, struct link *link, const char **why)
{
    *why = NULL;
    if (is_same_instance(link->hello.instance, peers->instance)) {
        if (link->called == NULL)
            return false;
        pthread_mutex_lock(&peers->lock);
        link->called->is_self = true;
        pthread_mutex_unlock(&peers->lock);
        return false;
    }
    if (string_is(link->hello.name, peers->name)) {
        *why = "the node there has the name of this one: each needs a node.name of its own";
        return false;
    }
    pthread_mutex_lock(&peers->lock);
    bool is_good = peer_greet(peers, link, why);
    pthread_mutex_unlock(&peers->lock);
    return is_good;
}

void book_leave(struct peers *peers, struct link *link)
{
    if (!link->is_up)
        return;
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = peer_find(peers, link->hello.name);
    if (peer != NULL && peer->link_count > 0)
        peer->link_count--;
    size_t count = 0;
    size_t cursor = 0;
    uint64_t *ids = memory_new(map_count(peers->asking) + 1, sizeof(*ids));
    struct asking *asking;
    while ((asking = map_each(peers->asking, &cursor, NULL)) != NULL) {
        if (asking->link != link->number)
            continue;
        ids[count++] = asking->id;
        map_remove(peers->asking, id_key(&asking->id));
        free(asking);
    }
    pthread_mutex_unlock(&peers->lock);
    for (size_t i = 0; i < count; i++)
        peers->options.failed(peers->options.context, ids[i],
                              "the link to the node that was asked is gone: it may have been done");
    free(ids);
}

/* ---- frames ---- */

static void take_beat(struct peers *peers, const struct link *link, const struct wire_beat *beat)
{
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = peer_find(peers, link->hello.name);
    if (peer != NULL && is_same_instance(peer->hello.instance, link->hello.instance) &&
        beat->count > peer->beat.count)
        peer->beat = *beat;
    pthread_mutex_unlock(&peers->lock);
}

/* Was that node asked, and does somebody still wait? Then nobody does from now on. */
static bool asking_end(struct peers *peers, const struct link *link, uint64_t id)
{
    pthread_mutex_lock(&peers->lock);
    struct asking *asking = map_find(peers->asking, id_key(&id));
    bool is_asked = asking != NULL && string_is(asking->node, link->hello.name);
    if (is_asked) {
        map_remove(peers->asking, id_key(&id));
        free(asking);
    }
    pthread_mutex_unlock(&peers->lock);
    return is_asked;
}

static void take_refusal(struct peers *peers, const struct wire_frame *frame)
{
    char why[PEERS_PROBLEM_SIZE];
    snprintf(why, sizeof(why), "%.*s", (int)frame->bytes.size, frame->bytes.bytes);
    peers->options.failed(peers->options.context, frame->id, why);
}

void book_take(struct peers *peers, struct link *link, const struct wire_frame *frame)
{
    const struct peers_options *options = &peers->options;
    pthread_mutex_lock(&peers->lock);
    struct peer *peer = peer_find(peers, link->hello.name);
    if (peer != NULL)
        peer->heard_at = peers->turn_at;
    pthread_mutex_unlock(&peers->lock);
    switch (frame->kind) {
    case WIRE_BEAT:
        take_beat(peers, link, &frame->beat);
        break;
    case WIRE_CALL:
        options->asked(options->context, frame->id, link->hello.name, frame->bytes);
        break;
    case WIRE_ANSWER:
        if (asking_end(peers, link, frame->id))
            options->answered(options->context, frame->id, frame->bytes);
        break;
    case WIRE_REFUSAL:
        if (asking_end(peers, link, frame->id))
            take_refusal(peers, frame);
        break;
    case WIRE_NEWS:
        options->told(options->context, frame->id, link->hello.name, frame->bytes);
        break;
    case WIRE_COPY:
        options->copied(options->context, frame->id, link->hello.name, frame->bytes);
        break;
    case WIRE_HELLO:
    case WIRE_KIND_COUNT: /* of a later version */
        break;
    }
}

void book_forget(struct peers *peers)
{
    pthread_mutex_lock(&peers->lock);
    for (size_t i = 0; i < peers->peer_count; i++) {
        peers->peers[i].was_there = false;
        peers->peers[i].since_at = peers->turn_at;
    }
    for (size_t i = 0; i < peers->called_count; i++)
        peers->called[i].since_at = peers->turn_at;
    pthread_mutex_unlock(&peers->lock);
}

void book_look(struct peers *peers, msec now)
{
    pthread_mutex_lock(&peers->lock);
    for (size_t i = 0; i < peers->peer_count; i++) {
        struct peer *peer = &peers->peers[i];
        bool is_there = peer_is_there(peer, now);
        if (is_there != peer->was_there)
            peer->since_at = is_there ? now : peer->heard_at;
        peer->was_there = is_there;
    }
    pthread_mutex_unlock(&peers->lock);
}

/* ---- what is asked from outside ---- */

static void state_fill(struct peer_state *state, const struct peer *peer, msec now)
{
    bool is_there = peer_is_there(peer, now);
    snprintf(state->name, sizeof(state->name), "%s", peer->hello.name);
    snprintf(state->version, sizeof(state->version), "%s", peer->hello.version);
    state->is_there = is_there;
    state->is_on_duty = is_there && peer->beat.is_on_duty;
    state->sees_database = is_there && peer->beat.sees_database;
    state->acts = is_there && peer->beat.acts;
    memcpy(state->journal, is_there ? peer->beat.journal : "",
           is_there ? sizeof(state->journal) : 1);
    state->kept_from = is_there ? peer->beat.kept_from : 0;
    state->seen_ms = now - peer->heard_at;
    state->since_ms = is_there == peer->was_there ? now - peer->since_at : 0;
    if (is_there)
        state->problem[0] = '\0';
}

/* With the lock. */
static bool is_called(const struct peers *peers, const struct peer *peer)
{
    for (size_t i = 0; i < peers->called_count; i++)
        if (!peers->called[i].is_self && string_is(peers->called[i].name, peer->hello.name))
            return true;
    return false;
}

void peers_state(struct peers *peers, struct peers_state *state)
{
    msec now = peers_now();
    memset(state, 0, sizeof(*state));
    pthread_mutex_lock(&peers->lock);
    for (size_t i = 0; i < peers->called_count; i++) {
        const struct called *called = &peers->called[i];
        if (called->is_self)
            continue;
        struct peer_state *one = &state->list[state->count++];
        *one = (struct peer_state){.seen_ms = MSEC_NEVER, .since_ms = now - called->since_at};
        memcpy(one->address, called->address, sizeof(one->address));
        memcpy(one->problem, called->problem, sizeof(one->problem));
        const struct peer *peer = called->name[0] != '\0' ? peer_find(peers, called->name) : NULL;
        if (peer != NULL)
            state_fill(one, peer, now);
    }
    for (size_t i = 0; i < peers->peer_count; i++)
        if (!is_called(peers, &peers->peers[i]))
            state_fill(&state->list[state->count++], &peers->peers[i], now);
    pthread_mutex_unlock(&peers->lock);
}

static enum charge charge_of(const struct peer *peer)
{
    if (peer->beat.is_on_duty && peer->beat.sees_database)
        return CHARGE_DUTY;
    if (!peer->beat.acts)
        return CHARGE_NONE;
    return peer->beat.is_on_duty ? CHARGE_MEMORY : CHARGE_MIRROR;
}

static const struct peer *charge_find(const struct peers *peers)
{
    const struct peer *found = NULL;
    msec now = peers_now();
    for (size_t i = 0; i < peers->peer_count; i++) {
        const struct peer *peer = &peers->peers[i];
        enum charge charge = peer_is_there(peer, now) ? charge_of(peer) : CHARGE_NONE;
        if (charge == CHARGE_NONE)
            continue;
        if (found == NULL || charge > charge_of(found) ||
            (charge == charge_of(found) && strcmp(peer->hello.name, found->hello.name) < 0))
            found = peer;
    }
    return found;
}

enum charge peers_find_charge(struct peers *peers, char name[WIRE_NAME_SIZE])
{
    enum charge charge = CHARGE_NONE;
    pthread_mutex_lock(&peers->lock);
    const struct peer *found = charge_find(peers);
    if (found != NULL) {
        memcpy(name, found->hello.name, WIRE_NAME_SIZE);
        charge = charge_of(found);
    }
    pthread_mutex_unlock(&peers->lock);
    return charge;
}

bool peers_takes_again(struct peers *peers, const char *node)
{
    pthread_mutex_lock(&peers->lock);
    const struct peer *peer = peer_find(peers, node);
    bool takes_again = peer != NULL && peer->beat.takes_again;
    pthread_mutex_unlock(&peers->lock);
    return takes_again;
}

/* With the lock. */
static void order_put(struct peers *peers, enum wire_kind kind, const char *node, uint64_t id,
                      struct span bytes)
{
    struct order *order = memory_new(1, sizeof(*order));
    order->kind = kind;
    order->id = id;
    snprintf(order->node, sizeof(order->node), "%s", node);
    text_add_span(&order->bytes, bytes);
    peers->queue_size += bytes.size;
    *peers->queue_last = order;
    peers->queue_last = &order->next;
}

/* With the lock. */
static bool may_send(struct peers *peers, const char *node, struct span call, struct fault *fault)
{
    const struct peer *peer = peer_find(peers, node);
    if (peer == NULL || !peer_is_there(peer, peers_now()))
        return fault_set(fault, FAULT_PEER, "there is no link to node %s", node);
    if (call.size > WIRE_BYTES_MAX)
        return fault_set(fault, FAULT_LIMIT, "a call of %zu bytes; a link takes %d", call.size,
                         WIRE_BYTES_MAX);
    if (map_count(peers->asking) >= PEERS_CALLS_MAX ||
        peers->queue_size + call.size > PEERS_SIZE_MAX)
        return fault_set(fault, FAULT_LIMIT, "too many calls wait for node %s", node);
    return true;
}

/* With the lock. */
static void ask(struct peers *peers, enum wire_kind kind, const char *node, uint64_t id,
                struct span bytes)
{
    struct asking *asking = memory_new(1, sizeof(*asking));
    asking->id = id;
    snprintf(asking->node, sizeof(asking->node), "%s", node);
    map_put(peers->asking, id_key(&asking->id), asking);
    order_put(peers, kind, node, id, bytes);
}

bool peers_copy(struct peers *peers, uint64_t id, struct span copy)
{
    const char *first = NULL;
    struct fault fault = {0};
    pthread_mutex_lock(&peers->lock);
    for (size_t i = 0; i < peers->peer_count; i++) {
        const char *node = peers->peers[i].hello.name;
        if ((first == NULL || strcmp(node, first) < 0) && may_send(peers, node, copy, &fault))
            first = node;
    }
    if (first != NULL)
        ask(peers, WIRE_COPY, first, id, copy);
    pthread_mutex_unlock(&peers->lock);
    peers_wake(peers);
    return first != NULL;
}

bool peers_send(struct peers *peers, const char *node, uint64_t id, struct span call,
                struct fault *fault)
{
    pthread_mutex_lock(&peers->lock);
    bool is_sent = may_send(peers, node, call, fault);
    if (is_sent)
        ask(peers, WIRE_CALL, node, id, call);
    pthread_mutex_unlock(&peers->lock);
    return is_sent;
}

void peers_forget(struct peers *peers, uint64_t id)
{
    pthread_mutex_lock(&peers->lock);
    free(map_remove(peers->asking, id_key(&id)));
    pthread_mutex_unlock(&peers->lock);
}

void peers_refuse(struct peers *peers, const char *node, uint64_t id, const char *why)
{
    pthread_mutex_lock(&peers->lock);
    order_put(peers, WIRE_REFUSAL, node, id, span_of(why));
    pthread_mutex_unlock(&peers->lock);
}

/* Who waits for one that finds no room is told the truth. */
void peers_answer(struct peers *peers, const char *node, uint64_t id, struct span answer)
{
    pthread_mutex_lock(&peers->lock);
    if (answer.size <= WIRE_BYTES_MAX && peers->queue_size + answer.size <= PEERS_SIZE_MAX)
        order_put(peers, WIRE_ANSWER, node, id, answer);
    else
        order_put(peers, WIRE_REFUSAL, node, id,
                  SPAN("it was done, but its answer is too long for the link between the nodes"));
    pthread_mutex_unlock(&peers->lock);
}

void peers_ring(struct peers *peers)
{
    pthread_mutex_lock(&peers->lock);
    bool has_any = peers->queue != NULL;
    pthread_mutex_unlock(&peers->lock);
    if (has_any)
        peers_wake(peers);
}

void peers_tell_all(struct peers *peers, uint64_t id, struct span news)
{
    msec now = peers_now();
    pthread_mutex_lock(&peers->lock);
    for (size_t i = 0; i < peers->peer_count && news.size <= WIRE_BYTES_MAX; i++) {
        const struct peer *peer = &peers->peers[i];
        if (peer_is_there(peer, now) && peers->queue_size + news.size <= PEERS_SIZE_MAX)
            order_put(peers, WIRE_NEWS, peer->hello.name, id, news);
    }
    pthread_mutex_unlock(&peers->lock);
    peers_wake(peers);
}

bool peers_have_any(struct peers *peers)
{
    bool is_any = false;
    msec now = peers_now();
    pthread_mutex_lock(&peers->lock);
    for (size_t i = 0; i < peers->peer_count && !is_any; i++)
        is_any = peer_is_there(&peers->peers[i], now);
    pthread_mutex_unlock(&peers->lock);
    return is_any;
}
