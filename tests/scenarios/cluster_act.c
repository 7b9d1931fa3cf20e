/* SPDX-License-Identifier: MIT */
/* cluster_act.c - what is done to nodes: one row of a table for each verb; cluster_parts.h */
#include <stdlib.h>

#include "base/text.h"
#include "scenarios/cluster_parts.h"

/* Its loop runs before it has heard anything: what it had decided, and what is due. */
static bool wake(struct cluster *cluster, struct node *node, struct fault *fault)
{
    struct event tick = {.kind = EVENT_TICK, .actor = "pagerd"};
    if (!node_tick(cluster, node, fault))
        return false;
    size_t from = cluster->world->page_count;
    for (size_t i = 0; i < node->unsent_count; i++) {
        if (!cluster_depart(cluster->world, node->unsent[i], fault))
            return false;
    }
    free(node->unsent);
    node->unsent = NULL;
    node->unsent_count = 0;
    return world_answer(cluster->world, from, fault) && world_step(cluster->world, &tick, fault);
}

static bool act_thaw(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct node *node = &cluster->nodes[index];
    bool is_old = node->memory != NULL;
    node->is_frozen = false;
    node->is_waking = node->mode == NODE_ON_DUTY;
    node->away_since_at = cluster->world->now.steady_at; /* as if it had begun just now */
    if (node->mode == NODE_ON_DUTY || node->mode == NODE_ACTS) {
        if (is_old)
            node_enter(cluster, index);
        if (!cluster->world->is_old)
            witness_thaw(cluster->world->witness);
        cluster->world->is_frozen = false;
        bool is_good = wake(cluster, node, fault);
        if (is_old)
            node_leave(cluster, index);
        bool is_on_duty = node->mode == NODE_ON_DUTY;
        if (!is_good || (is_on_duty && !node_resume(cluster, index, fault)) ||
            !world_hear(cluster->world, fault))
            return false;
    }
    cluster_look(cluster);
    return true;
}

static bool act_freeze(struct cluster *cluster, size_t index, struct fault *fault)
{
    (void)fault;
    cluster->nodes[index].is_frozen = true;
    cluster_look(cluster);
    return true;
}

static bool act_kill(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct node *node = &cluster->nodes[index];
    (void)fault;
    if (node->mode == NODE_ON_DUTY && node->memory == NULL) {
        world_crash(cluster->world);
        return true;
    }
    memory_drop(node);
    node_begin(node);
    away_died(node);
    node->mode = NODE_DEAD;
    node->is_frozen = false;
    calls_lose(cluster, index);
    cluster_look(cluster);
    return true;
}

static bool act_end(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct event hurry = {.kind = EVENT_HURRY, .actor = "pagerd", .via = "store"};
    if (!node_is_well(cluster, index))
        return act_kill(cluster, index, fault);
    if (!world_step(cluster->world, &hurry, fault))
        return false;
    if (cluster->nodes[index].mode != NODE_ON_DUTY || !node_is_well(cluster, index))
        return true; /* something befell it in that very moment */
    world_crash(cluster->world);
    cluster->is_free = true;
    cluster_meet(cluster, CLUSTER_ENDED_IN_ORDER);
    return true;
}

static bool act_start(struct cluster *cluster, size_t index, struct fault *fault)
{
    (void)fault;
    node_begin(&cluster->nodes[index]);
    cluster->nodes[index].merge_at = cluster->world->now.steady_at;
    cluster->nodes[index].mode = NODE_STANDS_BY;
    cluster_look(cluster);
    return true;
}

/* The link of one of them, or of all, has changed. */
static bool links_changed(struct cluster *cluster, size_t first, size_t last, struct fault *fault)
{
    cluster_look(cluster);
    for (size_t i = first; i <= last; i++) {
        struct node *node = &cluster->nodes[i];
        if (node->mode == NODE_ON_DUTY && !node->is_frozen && !node_resume(cluster, i, fault))
            return false;
    }
    return true;
}

static bool act_cut(struct cluster *cluster, size_t index, struct fault *fault)
{
    cluster->nodes[index].is_cut = true;
    return links_changed(cluster, index, index, fault);
}

static bool act_stale(struct cluster *cluster, size_t index, struct fault *fault)
{
    (void)fault;
    cluster->nodes[index].is_stale = true;
    cluster_look(cluster);
    return true;
}

static bool act_heal(struct cluster *cluster, size_t index, struct fault *fault)
{
    cluster->nodes[index].is_cut = cluster->nodes[index].is_stale = false;
    cluster->nodes[index].able_at = MSEC_NEVER;
    return links_changed(cluster, index, index, fault);
}

/* What waits for its next commit does not come. */
static bool act_disarm(struct cluster *cluster, size_t index, struct fault *fault)
{
    (void)index;
    (void)fault;
    cluster->trap = TRAP_NONE;
    return true;
}

static bool act_lag(struct cluster *cluster, size_t index, struct fault *fault)
{
    (void)fault;
    away_lag(cluster, &cluster->nodes[index]);
    return true;
}

static bool can_lag(const struct cluster *cluster, const struct node *node)
{
    return cluster->world->setup.has_links && node->mirror == NULL;
}

static bool can_be_disarmed(const struct cluster *cluster, const struct node *node)
{
    return cluster->trap != TRAP_NONE && &cluster->nodes[cluster->trapped] == node;
}

static bool can_start(const struct cluster *cluster, const struct node *node)
{
    (void)cluster;
    return node->mode == NODE_DEAD;
}

static bool can_die(const struct cluster *cluster, const struct node *node)
{
    (void)cluster;
    return node->mode != NODE_DEAD;
}

static bool can_end(const struct cluster *cluster, const struct node *node)
{
    (void)cluster;
    return node->mode != NODE_DEAD && !node->is_frozen;
}

static bool can_thaw(const struct cluster *cluster, const struct node *node)
{
    (void)cluster;
    return node->is_frozen;
}

static bool can_be_cut(const struct cluster *cluster, const struct node *node)
{
    (void)cluster;
    return node->mode != NODE_DEAD && !node->is_cut;
}

/* Who is on duty has its connection already: it asks no other server. */
static bool can_be_stale(const struct cluster *cluster, const struct node *node)
{
    (void)cluster;
    return node->mode == NODE_STANDS_BY && !node->is_stale;
}

static bool can_heal(const struct cluster *cluster, const struct node *node)
{
    (void)cluster;
    return node->is_cut || node->is_stale;
}

static const struct {
    const char *verb;
    bool (*act)(struct cluster *cluster, size_t index, struct fault *fault);
    bool (*can)(const struct cluster *cluster, const struct node *node);
} verbs[] = {
    {"kill", act_kill, can_die},
    {"start", act_start, can_start},
    {"end", act_end, can_end},
    {"freeze", act_freeze, can_end},
    {"thaw", act_thaw, can_thaw},
    {"cut", act_cut, can_be_cut},
    {"stale", act_stale, can_be_stale},
    {"heal", act_heal, can_heal},
    {"disarm", act_disarm, can_be_disarmed},
    {"lag", act_lag, can_lag},
    {"store", NULL, NULL},
};
#define VERBS (sizeof verbs / sizeof *verbs)

static size_t verb_find(const char *verb)
{
    size_t i = 0;
    while (i < VERBS && !string_is(verbs[i].verb, verb))
        i++;
    return i;
}

bool cluster_is_verb(const char *verb)
{
    return verb_find(verb) < VERBS;
}

static size_t node_of(const struct cluster *cluster, const char *name)
{
    size_t index = name != NULL && name[0] >= 'a' && name[1] == '\0' ? (size_t)(name[0] - 'a')
                                                                     : CLUSTER_NODES_MAX;
    return index < cluster->count ? index : CLUSTER_NODES_MAX;
}

bool cluster_has_sense(const struct world *world, const char *verb, const char *node)
{
    const struct cluster *cluster = world->cluster;
    if (cluster == NULL)
        return false;
    if (string_is(verb, "store"))
        return string_is(node, "away") ? !cluster->is_away : cluster->is_away;
    size_t index = node_of(cluster, node);
    return index < cluster->count && verbs[verb_find(verb)].can(cluster, &cluster->nodes[index]);
}

static bool act_store(struct cluster *cluster, struct words *words, struct fault *fault)
{
    cluster->is_away = string_is(words_next(words), "away");
    if (cluster->is_away)
        cluster_meet(cluster, CLUSTER_STORE_AWAY);
    return links_changed(cluster, 0, cluster->count - 1, fault);
}

bool cluster_act(struct world *world, const char *verb, struct words *words, struct fault *fault)
{
    static const struct {
        const char *word;
        enum cluster_trap trap;
    } traps[] = {{"after-commit", TRAP_FREEZE}, {"landed", TRAP_LANDED}, {"lost", TRAP_LOST}};
    struct cluster *cluster = world->cluster;
    if (cluster == NULL)
        return fault_set(fault, FAULT_INPUT, "there is one machine: say 'nodes 2' first");
    world->answer = (struct answer){.kind = ANSWER_DONE};
    if (string_is(verb, "store"))
        return act_store(cluster, words, fault);
    size_t index = node_of(cluster, words_next(words));
    if (index == CLUSTER_NODES_MAX)
        return fault_set(fault, FAULT_INPUT, "%s NODE: there is no such node", verb);
    if (string_is(verb, "clock"))
        return clock_set(cluster, index, words_next(words), fault);
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        if (!words_take(words, traps[i].word))
            continue;
        cluster->trap = traps[i].trap;
        cluster->trapped = index;
        return true;
    }
    bool is_good = verbs[verb_find(verb)].act(cluster, index, fault);
    world->answer = (struct answer){.kind = ANSWER_DONE};
    return is_good;
}
