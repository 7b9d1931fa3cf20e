/* SPDX-License-Identifier: MIT */
/*
 * cluster_away.c - nodes that hear each other while the store is away: one goes on from memory or
 * from its mirror, what it is told is in its diary, and comes to who is on duty when the store is
 * back. What is taken and kept, which numbers are given out, who has to yield, and how a diary is
 * told are the daemon's own (daemon/away_rules.h, daemon/retell.h). cluster_parts.h
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "daemon/retell.h"
#include "scenarios/cluster_parts.h"

#define ACT_MS (3 * SECOND_MS) /* AWAY_ACT_MS, in whole seconds */
#define RETRY_MS (1 * SECOND_MS)

static msec now_at(const struct cluster *cluster)
{
    return cluster->world->now.steady_at;
}

static bool has_links(const struct cluster *cluster)
{
    return cluster->world->setup.has_links;
}

static const char *name_of(size_t index)
{
    static const char *const names[CLUSTER_NODES_MAX] = {"a", "b", "c"};
    return names[index];
}

static bool is_awake(const struct node *node)
{
    return node->mode != NODE_DEAD && !node->is_frozen;
}

/* ---- what has just changed ---- */

static void mirror_look(struct cluster *cluster, size_t index)
{
    struct node *node = &cluster->nodes[index];
    bool is_following = is_awake(node) && node->mode != NODE_ACTS && node_reaches(cluster, index) &&
                        !node->is_stale;
    if (is_following && !node->is_lagging) {
        mirror_free(node->mirror);
        node->mirror = NULL;
    } else if (!is_following && node->mirror == NULL) {
        assert(!cluster->world->is_apart || cluster->world->is_old);
        node->mirror = mirror_take(cluster);
    }
    if (!is_following)
        node->is_lagging = false;
}

void away_look(struct cluster *cluster)
{
    for (size_t i = 0; has_links(cluster) && i < cluster->count; i++) {
        struct node *node = &cluster->nodes[i];
        bool is_there = node_reaches(cluster, i);
        mirror_look(cluster, i);
        if (!is_awake(node))
            continue;
        node->gone_at = is_there                      ? MSEC_NEVER
                        : node->gone_at == MSEC_NEVER ? now_at(cluster)
                                                      : node->gone_at;
        node->there_at = !is_there                      ? MSEC_NEVER
                         : node->there_at == MSEC_NEVER ? now_at(cluster)
                                                        : node->there_at;
    }
}

void away_lag(struct cluster *cluster, struct node *node)
{
    if (node->mirror != NULL)
        return;
    node->mirror = mirror_take(cluster);
    node->is_lagging = true;
    cluster_meet(cluster, CLUSTER_MIRROR_LAGS);
}

/* What a node is, as the others hear. Who was replaced and does not know it is of no use. */
static enum charge charge_of(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    if (!is_awake(node))
        return CHARGE_NONE;
    if (node->mode == NODE_ACTS)
        return CHARGE_MIRROR;
    if (node->mode != NODE_ON_DUTY || node->memory != NULL)
        return CHARGE_NONE;
    return node_reaches(cluster, index) && node->away == AWAY_OFF ? CHARGE_DUTY : CHARGE_MEMORY;
}

enum charge away_find_charge(const struct cluster *cluster, size_t self, size_t *found)
{
    enum charge best = CHARGE_NONE;
    for (size_t i = 0; has_links(cluster) && i < cluster->count; i++) {
        enum charge charge = i == self ? CHARGE_NONE : charge_of(cluster, i);
        if (charge > best) {
            best = charge;
            *found = i;
        }
    }
    return best;
}

/* ---- what a node is told ---- */

void cluster_note(struct world *world, const struct event *event, struct text *entry)
{
    struct cluster *cluster = world->cluster;
    struct node *node = &cluster->nodes[cluster->acting];
    if (node->away == AWAY_OFF || world->is_old || cluster->is_recalling ||
        !event_has_form(event->kind))
        return;
    if (event->kind == EVENT_TRIGGER && !node->has_jumped) {
        away_jump_numbers(world->engine, NULL);
        node->has_jumped = true;
    }
    away_add_event(entry, world->engine, event, world->now.wall_at, node->away == AWAY_MIRROR);
}

void cluster_keep(struct world *world, const struct disk_turn *turn)
{
    struct cluster *cluster = world->cluster;
    struct diary *diary = &cluster->nodes[cluster->acting].diary;
    if (turn->entry != NULL) {
        diary->entries = memory_grow(diary->entries, diary->count + 1, sizeof *diary->entries);
        diary->entries[diary->count++] = string_copy(turn->entry);
        ledger_keep(cluster->ledger, cluster->acting, turn->entry, &turn->answer, now_at(cluster));
        cluster_meet(cluster, CLUSTER_KEPT_IN_DIARY);
    }
    calls_landed(cluster, turn->id, true);
}

static void diary_clear(struct diary *diary)
{
    for (size_t i = 0; i < diary->count; i++)
        free(diary->entries[i]);
    free(diary->entries);
    *diary = (struct diary){0};
}

void away_free(struct node *node)
{
    diary_clear(&node->diary);
    mirror_free(node->mirror);
    node->mirror = NULL;
}

void away_died(struct node *node)
{
    node->away = AWAY_OFF;
    node->is_own = false;
    node->diary.left = node->diary.count;
    node->gone_at = node->there_at = MSEC_NEVER;
}

/* ---- a diary is told ---- */

/* Whose diary is told to the engine that the world has. */
struct taking {
    struct cluster *cluster;
    size_t node;
    msec now_at; /* steady, when it is told as of before; 0: it is told as of now */
    struct fault *fault;
    bool is_wrong;
    bool is_refused; /* the engine died of it, or does not take it now */
};

static void take_step(void *context, struct event *event, const struct event_origin *origin)
{
    struct taking *taking = context;
    struct cluster *cluster = taking->cluster;
    struct world *world = cluster->world;
    if (taking->is_wrong || taking->is_refused)
        return;
    taking->is_wrong = !world_step(world, event, taking->fault);
    taking->is_refused = world->engine == NULL || world->answer.kind == ANSWER_FULL;
    if (taking->is_wrong || taking->is_refused)
        return;
    if (event->kind == EVENT_ACKNOWLEDGE && world->answer.kind == ANSWER_DONE)
        cluster_meet(cluster, CLUSTER_ACK_TOLD);
    taking->is_wrong = !ledger_told(cluster->ledger, taking->node, world->engine, event, origin,
                                    &world->answer, taking->fault);
}

static void take_lost(void *context, const struct event *event, const struct event_origin *origin,
                      const struct fault *fault)
{
    struct taking *taking = context;
    struct cluster *cluster = taking->cluster;
    if (taking->is_wrong || taking->is_refused)
        return;
    cluster_meet(cluster, CLUSTER_TOLD_TOO_LATE);
    if (event == NULL)
        taking->is_wrong = !fault_set(taking->fault, fault->kind, "%s", fault->text);
    else
        taking->is_wrong = !ledger_told(cluster->ledger, taking->node, cluster->world->engine,
                                        event, origin, NULL, taking->fault);
}

static struct retell_threads *threads_of(const struct diary *diary)
{
    struct retell_threads *threads = retell_threads_new();
    struct fault fault = {0};
    for (size_t i = 0; i < diary->left; i++) {
        if (!retell_threads_add(threads, diary->entries[i], &fault))
            abort();
    }
    return threads;
}

static struct retell_listener listener_of(struct taking *taking, bool has_mirror)
{
    return (struct retell_listener){.context = taking,
                                    .engine = taking->cluster->world->engine,
                                    .has_mirror = has_mirror,
                                    .step = take_step,
                                    .lost = take_lost};
}

/* It is one turn: nothing of it leaves before all of it is on disk. */
static bool turn_done(struct taking *taking, enum disk_mode mode)
{
    struct world *world = taking->cluster->world;
    if (taking->is_wrong)
        return false;
    if (world->engine != NULL && !world_disk(world, mode, taking->fault))
        return false;
    bool is_taken = world->engine != NULL && !taking->is_refused &&
                    (mode == DISK_AWAY || world->disk.first == NULL);
    taking->is_refused = !is_taken;
    if (!is_taken) {
        ledger_untell(taking->cluster->ledger, taking->node);
        return true;
    }
    return ledger_holds(taking->cluster->ledger, taking->node, world->engine, taking->now_at,
                        taking->fault);
}

bool away_tell_own(struct cluster *cluster, size_t index, struct now then, struct fault *fault)
{
    struct node *node = &cluster->nodes[index];
    struct world *world = cluster->world;
    struct taking taking = {
        .cluster = cluster, .node = index, .now_at = now_at(cluster), .fault = fault};
    if (world->engine == NULL || node->diary.left == 0)
        return true;
    const struct now now = world->now;
    const enum disk_mode mode = world->disk.mode;
    struct retell_threads *threads = threads_of(&node->diary);
    struct retell_listener listener =
        listener_of(&taking, node->mirror != NULL && node->mirror->has_past);
    listener.then_at = then.wall_at;
    listener.now_at = now.wall_at;
    cluster_meet(cluster, CLUSTER_TOLD_OWN);
    world->disk.mode = DISK_HANGS;
    cluster->is_recalling = true;
    world->now = then;
    retell_own(&listener, threads, true);
    world->now = now;
    retell_own(&listener, threads, false);
    cluster->is_recalling = false;
    retell_threads_free(threads);
    node->is_own = node->away == AWAY_OFF;
    node->merge_at = now_at(cluster);
    return turn_done(&taking, mode) &&
           (node->is_own ||
            ledger_knows(cluster->ledger, index, world->engine, taking.now_at, fault));
}

/* All of it, to the engine that the world has. */
static bool tell_letters(struct taking *taking, const struct diary *diary)
{
    struct world *world = taking->cluster->world;
    const enum disk_mode mode = world->disk.mode;
    struct retell_threads *threads = threads_of(diary);
    const struct retell_listener listener = listener_of(taking, false);
    size_t count = 0;
    struct retell_letter *letters = retell_letters(threads, false, &count);
    taking->is_refused = mode != DISK_WELL && mode != DISK_AWAY;
    if (!taking->is_refused)
        world->disk.mode = DISK_HANGS;
    for (size_t i = 0; i < count; i++) {
        if (!taking->is_refused && !taking->is_wrong &&
            !retell_events(&listener, text_span(&letters[i].events), NULL, taking->fault))
            taking->is_wrong = true;
        text_clear(&letters[i].events);
    }
    free(letters);
    retell_threads_free(threads);
    return turn_done(taking, mode);
}

/* Who takes what that node hands in. False: nobody. */
static bool find_taker(const struct cluster *cluster, size_t index, size_t *taker)
{
    const struct node *node = &cluster->nodes[index];
    *taker = cluster->duty;
    bool is_by_store = node_reaches(cluster, index) && !node->is_stale;
    return (is_by_store && node_is_well(cluster, cluster->duty)) ||
           away_find_charge(cluster, index, taker) != CHARGE_NONE;
}

static bool hand_in(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct node *node = &cluster->nodes[index];
    struct taking taking = {.cluster = cluster, .node = index, .fault = fault};
    size_t taker = 0;
    node->merge_at = now_at(cluster) + RETRY_MS;
    if (!find_taker(cluster, index, &taker))
        return true;
    bool is_apart = cluster->nodes[taker].mode == NODE_ACTS;
    if (is_apart)
        node_enter(cluster, taker);
    bool is_good =
        (!is_apart || world_hear(cluster->world, fault)) && tell_letters(&taking, &node->diary);
    if (is_apart)
        node_leave(cluster, taker);
    if (!is_good || taking.is_refused)
        return is_good;
    cluster_meet(cluster, CLUSTER_HANDED_IN);
    diary_clear(&node->diary);
    return ledger_clear(cluster->ledger, index, fault);
}

/* What it has stepped itself is in the store. */
static bool end_own(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct node *node = &cluster->nodes[index];
    node->is_own = false;
    diary_clear(&node->diary);
    ledger_landed(cluster->ledger, index);
    return ledger_clear(cluster->ledger, index, fault);
}

/* ---- who goes on ---- */

bool away_begin(struct cluster *cluster, struct node *node, struct fault *fault)
{
    struct world *world = cluster->world;
    if (world->engine == NULL || !has_links(cluster))
        return true;
    cluster_meet(cluster, CLUSTER_WENT_ON);
    node->away = AWAY_MEMORY;
    node->away_since_at = now_at(cluster);
    node->has_jumped = false;
    return world_disk(world, DISK_AWAY, fault);
}

bool away_end(struct cluster *cluster, struct node *node, struct fault *fault)
{
    if (node->away != AWAY_MEMORY || cluster->world->engine == NULL ||
        cluster->world->disk.first != NULL)
        return true;
    node->away = AWAY_OFF;
    return end_own(cluster, (size_t)(node - cluster->nodes), fault);
}

/* It goes on from its mirror. */
static bool act(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct event tick = {.kind = EVENT_TICK, .actor = "pagerd"};
    struct node *node = &cluster->nodes[index];
    struct world *world = cluster->world;
    const struct clock_mark *mark = &node->mirror->mark;
    const struct now then = {.steady_at = mark->steady_at, .wall_at = mark->wall_at};
    cluster_meet(cluster, CLUSTER_ACTED);
    node_begin(node);
    node->mode = NODE_ACTS;
    node->away = AWAY_MIRROR;
    node->away_since_at = now_at(cluster);
    node->has_jumped = true;
    node->memory = memory_blank(node->mirror);
    node_enter(cluster, index);
    bool is_good = world_restart(world, fault);
    if (is_good)
        away_jump_numbers(world->engine, name_of(index));
    is_good = is_good && away_tell_own(cluster, index, then, fault) &&
              world_step(world, &tick, fault) &&
              witness_all(world->witness, world->engine, world->now, fault);
    node->mirror->has_past = true;
    node_leave(cluster, index);
    return is_good;
}

/* It begins anew, and stands by. */
static bool yield(struct cluster *cluster, size_t index)
{
    struct node *node = &cluster->nodes[index];
    cluster_meet(cluster, CLUSTER_YIELDED);
    memory_drop(node);
    node_begin(node);
    away_died(node);
    node->mode = NODE_STANDS_BY;
    node->merge_at = now_at(cluster);
    cluster_look(cluster);
    return true;
}

static bool has_to_yield(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    size_t other = 0;
    enum charge charge = away_find_charge(cluster, index, &other);
    return node->away != AWAY_OFF && charge != CHARGE_NONE &&
           away_is_one_too_many(node->mode == NODE_ACTS, name_of(index), charge, name_of(other));
}

static msec act_at(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    size_t other = 0;
    bool can_act = node->gone_at != MSEC_NEVER && node->mirror != NULL &&
                   away_find_charge(cluster, index, &other) == CHARGE_NONE;
    return can_act ? node->gone_at + ACT_MS : MSEC_NEVER;
}

static msec yield_at(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    if (has_to_yield(cluster, index))
        return now_at(cluster);
    bool is_there = node->mode == NODE_ACTS && node->there_at != MSEC_NEVER;
    return is_there ? node->there_at + AWAY_YIELD_MS : MSEC_NEVER;
}

static msec merge_at(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    size_t taker = 0;
    if (node->mode == NODE_ON_DUTY) {
        bool is_done = node->is_own && node->memory == NULL && node->away == AWAY_OFF &&
                       node_is_well(cluster, index) && cluster->world->disk.first == NULL;
        return is_done ? node->merge_at : MSEC_NEVER;
    }
    bool has_way =
        node->mode == NODE_STANDS_BY && node->diary.left > 0 && find_taker(cluster, index, &taker);
    return has_way ? node->merge_at : MSEC_NEVER;
}

static msec least(msec left, msec right)
{
    return left < right ? left : right;
}

msec away_next_at(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    if (!has_links(cluster) || !is_awake(node))
        return MSEC_NEVER;
    msec at = least(yield_at(cluster, index), merge_at(cluster, index));
    return node->mode == NODE_STANDS_BY ? least(at, act_at(cluster, index)) : at;
}

bool away_happen(struct cluster *cluster, size_t index, struct fault *fault)
{
    msec now = now_at(cluster);
    if (yield_at(cluster, index) <= now)
        return yield(cluster, index);
    if (merge_at(cluster, index) > now)
        return act(cluster, index, fault);
    return cluster->nodes[index].mode == NODE_ON_DUTY ? end_own(cluster, index, fault)
                                                      : hand_in(cluster, index, fault);
}
