/* SPDX-License-Identifier: MIT */
/*
 * cluster_calls.c - what nodes are asked: done by who is on duty, handed over by who stands by, and
 * repeated by their callers at the next node until they are done. cluster_parts.h
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scenarios/cluster_parts.h"
#include "scenarios/story.h"

#define ANSWER_MS (8 * SECOND_MS)  /* a node waits so long for who is on duty: daemon/nodes.c */
#define CALLER_MS (10 * SECOND_MS) /* and its caller for it; then, or after so long, it repeats */
#define TRIES_MAX 90

static void call_end(struct cluster_call *call)
{
    free(call->words);
    *call = (struct cluster_call){.state = CALL_NONE};
}

static void call_refuse(struct cluster *cluster, struct cluster_call *call)
{
    if (call->tries++ == TRIES_MAX) {
        call_end(call); /* nobody was ever told that it is done */
        return;
    }
    call->state = CALL_REPEATS;
    call->is_handed_over = false;
    call->is_orphan = false;
    call->turn = 0; /* what comes now is another call */
    call->at = cluster->world->now.steady_at + CALLER_MS;
}

/* NULL: it has landed, and that is known. */
static const struct disk_turn *turn_find(const struct world *world, uint64_t turn)
{
    const struct disk_turn *each = world->disk.first;
    while (each != NULL && each->id != turn)
        each = each->next;
    return each;
}

/* Who is on duty does it. */
static bool call_run(struct cluster *cluster, struct cluster_call *call, struct fault *fault)
{
    struct world *world = cluster->world;
    if (call->is_handed_over && call->turn != 0 && call->turn == cluster->landed)
        return fault_set(fault, FAULT_CONFLICT,
                         "witness: a call that has its answer is done again");
    struct words *words = memory_new(1, sizeof *words);
    uint64_t turn = world->disk.turns + 1;
    *words = *call->words;
    call->turn = 0;
    bool is_good = act_clause(world, words, fault);
    free(words);
    if (!is_good)
        return false;
    if (world->answer.kind == ANSWER_FULL || world->engine == NULL) {
        call_refuse(cluster, call); /* it died of it, or takes nothing */
        return true;
    }
    const struct disk_turn *flying = turn_find(world, turn);
    if (flying == NULL || flying->is_kept || (call->is_handed_over && flying->is_landed)) {
        if (flying != NULL && flying->is_landed)
            cluster_meet(cluster, CLUSTER_ANSWER_WAS_THERE);
        if (call->is_orphan)
            call_refuse(cluster, call);
        else
            call_end(call);
        return true;
    }
    call->state = CALL_FLIES;
    call->turn = turn;
    call->at = world->now.steady_at + (call->is_handed_over ? ANSWER_MS : CALLER_MS);
    return true;
}

/* The same, in the memory of a node that goes on from its mirror. */
static bool call_run_apart(struct cluster *cluster, struct cluster_call *call, size_t index,
                           struct fault *fault)
{
    node_enter(cluster, index);
    bool is_good = world_hear(cluster->world, fault) && call_run(cluster, call, fault);
    node_leave(cluster, index);
    return is_good;
}

/* Not by the store: to who is in charge, as it hears. */
static bool call_link(struct cluster *cluster, struct cluster_call *call, struct fault *fault)
{
    size_t other = 0;
    enum charge charge = away_find_charge(cluster, call->node, &other);
    if (charge == CHARGE_NONE) {
        call_refuse(cluster, call);
        return true;
    }
    cluster_meet(cluster, CLUSTER_HANDED_OVER);
    return charge == CHARGE_MIRROR ? call_run_apart(cluster, call, other, fault)
                                   : call_run(cluster, call, fault);
}

/* It comes to the node, which may be none that hears it. */
static bool call_try(struct cluster *cluster, struct cluster_call *call, struct fault *fault)
{
    const struct node *node = &cluster->nodes[call->node];
    struct world *world = cluster->world;
    world->answer = (struct answer){.kind = ANSWER_DONE};
    bool acts = node->mode == NODE_ACTS;
    bool is_deaf = node->mode == NODE_DEAD || node->is_frozen || (node->memory != NULL && !acts);
    if (is_deaf) {
        call_refuse(cluster, call);
        return true;
    }
    if (acts)
        return call_run_apart(cluster, call, call->node, fault);
    if (node->mode == NODE_ON_DUTY)
        return call_run(cluster, call, fault);
    if (!node_reaches(cluster, call->node) || node->is_stale)
        return call_link(cluster, call, fault);
    cluster_meet(cluster, CLUSTER_HANDED_OVER);
    call->is_handed_over = true;
    if (node_is_well(cluster, cluster->duty))
        return call_run(cluster, call, fault);
    call->state = CALL_WAITS;
    call->at = world->now.steady_at + ANSWER_MS;
    return true;
}

bool cluster_is_prefix(const char *word)
{
    return word != NULL && word[0] >= 'a' && word[0] < 'a' + CLUSTER_NODES_MAX && word[1] == ':' &&
           word[2] == '\0';
}

bool cluster_call(struct world *world, const char *prefix, const struct words *words,
                  struct fault *fault)
{
    struct cluster *cluster = world->cluster;
    size_t free_at = 0;
    while (free_at < CLUSTER_CALLS_MAX && cluster->calls[free_at].state != CALL_NONE)
        free_at++;
    world->answer = (struct answer){.kind = ANSWER_FULL};
    if (free_at == CLUSTER_CALLS_MAX)
        return true;
    struct cluster_call *call = &cluster->calls[free_at];
    *call = (struct cluster_call){.state = CALL_REPEATS,
                                  .order = ++cluster->call_order,
                                  .node = (size_t)(prefix[0] - 'a') % cluster->count,
                                  .words = memory_new(1, sizeof *words)};
    *call->words = *words;
    return call_try(cluster, call, fault);
}

/* The one that came first of those of a state, at `until_at` or before. */
static struct cluster_call *call_first(struct cluster *cluster, enum call_state state,
                                       msec until_at, uint64_t after)
{
    struct cluster_call *first = NULL;
    for (size_t i = 0; i < CLUSTER_CALLS_MAX; i++) {
        struct cluster_call *call = &cluster->calls[i];
        bool is_next = call->state == state && call->at <= until_at && call->order > after;
        if (is_next && (first == NULL || call->order < first->order))
            first = call;
    }
    return first;
}

msec calls_next_at(const struct cluster *cluster)
{
    msec at = MSEC_NEVER;
    for (size_t i = 0; i < CLUSTER_CALLS_MAX; i++) {
        const struct cluster_call *call = &cluster->calls[i];
        if (call->state != CALL_NONE && call->at < at)
            at = call->at;
    }
    return at;
}

bool calls_happen(struct cluster *cluster, struct fault *fault)
{
    msec now = cluster->world->now.steady_at;
    struct cluster_call *call = NULL;
    while ((call = call_first(cluster, CALL_WAITS, now, 0)) != NULL) {
        if (node_is_well(cluster, cluster->duty))
            return fault_set(fault, FAULT_CONFLICT,
                             "witness: a call waits in vain, though a node is on duty");
        call_refuse(cluster, call);
    }
    while ((call = call_first(cluster, CALL_FLIES, now, 0)) != NULL)
        call_refuse(cluster, call);
    call = call_first(cluster, CALL_REPEATS, now, 0);
    if (call == NULL)
        return true;
    cluster_meet(cluster, CLUSTER_REPEATED);
    call->node = (call->node + 1) % cluster->count;
    return call_try(cluster, call, fault);
}

bool calls_serve(struct cluster *cluster, bool is_next, struct fault *fault)
{
    struct cluster_call *call = NULL;
    uint64_t order = 0;
    while (node_is_well(cluster, cluster->duty) &&
           (call = call_first(cluster, CALL_WAITS, MSEC_NEVER, order)) != NULL) {
        order = call->order;
        if (is_next)
            cluster_meet(cluster, CLUSTER_DONE_BY_THE_NEXT);
        if (!call_run(cluster, call, fault))
            return false;
    }
    return true;
}

/* The node has died: who has asked it repeats it, and what it has handed over is there. */
void calls_lose(struct cluster *cluster, size_t node)
{
    for (size_t i = 0; i < CLUSTER_CALLS_MAX; i++) {
        struct cluster_call *call = &cluster->calls[i];
        if (call->node != node)
            continue;
        if (call->state == CALL_WAITS)
            call->is_orphan = true;
        if (call->state == CALL_FLIES && !call->is_handed_over)
            call_refuse(cluster, call);
    }
}

/* What the last one on duty had done, and not written, is there to be done. */
void calls_replaced(struct cluster *cluster)
{
    for (size_t i = 0; i < CLUSTER_CALLS_MAX; i++) {
        struct cluster_call *call = &cluster->calls[i];
        if (call->state == CALL_FLIES && call->is_handed_over)
            call->state = CALL_WAITS;
    }
}

void calls_landed(struct cluster *cluster, uint64_t turn, bool is_known)
{
    for (size_t i = 0; i < CLUSTER_CALLS_MAX; i++) {
        struct cluster_call *call = &cluster->calls[i];
        if (call->state == CALL_FLIES && call->turn == turn && (is_known || call->is_handed_over))
            call_end(call);
    }
}

void calls_left(struct cluster *cluster, uint64_t turn)
{
    for (size_t i = 0; i < CLUSTER_CALLS_MAX; i++) {
        struct cluster_call *call = &cluster->calls[i];
        if (call->state == CALL_FLIES && call->turn == turn && !call->is_handed_over)
            call_refuse(cluster, call);
    }
}

void calls_free(struct cluster *cluster)
{
    for (size_t i = 0; i < CLUSTER_CALLS_MAX; i++)
        call_end(&cluster->calls[i]);
}
