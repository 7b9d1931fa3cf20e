/* SPDX-License-Identifier: MIT */
/* cluster.c - nodes that freeze, die, lose the store and come back; cluster_parts.h */
#include "scenarios/cluster.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "scenarios/cluster_parts.h"

#define TAKEOVER_MS (2 * SECOND_MS) /* POSTGRES_TAKEOVER_MS */
#define GIVE_UP_MS (2 * SECOND_MS)  /* a statement, and another connection, without an answer */
#define STALE_MS (10 * MINUTE_MS)   /* an old primary is asked again; oftener in truth */

const char *const cluster_event_names[CLUSTER_EVENT_COUNT] = {
    [CLUSTER_TAKEN_OVER] = "taken-over",
    [CLUSTER_TAKEN_BY_THE_THIRD] = "taken-by-the-third",
    [CLUSTER_ENDED_IN_ORDER] = "ended-in-order",
    [CLUSTER_BACK_IN_TIME] = "back-in-time",
    [CLUSTER_REPLACED] = "replaced",
    [CLUSTER_WOKE_WITH_PAGES] = "woke-with-pages",
    [CLUSTER_UNKNOWN_FOUND] = "unknown-found",
    [CLUSTER_UNKNOWN_TAKEN] = "unknown-taken-over",
    [CLUSTER_UNKNOWN_WRITTEN] = "unknown-written",
    [CLUSTER_KEPT_WRITTEN] = "kept-written",
    [CLUSTER_KEPT_LOST] = "kept-lost",
    [CLUSTER_LEFT_UNSURE] = "left-unsure",
    [CLUSTER_STRAY] = "stray",
    [CLUSTER_STRAY_AFTER_ACK] = "stray-after-ack",
    [CLUSTER_HANDED_OVER] = "handed-over",
    [CLUSTER_DONE_BY_THE_NEXT] = "done-by-the-next",
    [CLUSTER_ANSWER_WAS_THERE] = "answer-was-there",
    [CLUSTER_REPEATED] = "repeated",
    [CLUSTER_STALE_REFUSED] = "stale-refused",
    [CLUSTER_STORE_AWAY] = "store-away",
    [CLUSTER_CLOCKS_APART] = "clocks-apart",
    [CLUSTER_CLOCK_FOLLOWED] = "clock-followed",
    [CLUSTER_WENT_ON] = "went-on-from-memory",
    [CLUSTER_ACTED] = "went-on-from-mirror",
    [CLUSTER_MIRROR_LAGS] = "mirror-behind",
    [CLUSTER_YIELDED] = "yielded",
    [CLUSTER_KEPT_IN_DIARY] = "kept-in-diary",
    [CLUSTER_HANDED_IN] = "handed-in",
    [CLUSTER_TOLD_OWN] = "told-own",
    [CLUSTER_ACK_TOLD] = "ack-told",
    [CLUSTER_TOLD_TOO_LATE] = "told-too-late",
};

void cluster_meet(struct cluster *cluster, enum cluster_event event)
{
    cluster->world->met[event]++;
}

bool node_reaches(const struct cluster *cluster, size_t index)
{
    return !cluster->nodes[index].is_cut && !cluster->is_away;
}

bool node_is_well(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    return node->mode == NODE_ON_DUTY && node->memory == NULL && !node->is_frozen &&
           !node->is_waking && node_reaches(cluster, index) && !node->is_stale;
}

static msec now_at(const struct cluster *cluster)
{
    return cluster->world->now.steady_at;
}

/* ---- what has just changed ---- */

static void node_look(struct cluster *cluster, size_t index)
{
    struct node *node = &cluster->nodes[index];
    bool is_able = node->mode == NODE_STANDS_BY && !node->is_frozen && node_reaches(cluster, index);
    bool is_there = !node->is_frozen && node_reaches(cluster, index) && !node->is_waking;
    if (!is_able)
        node->able_at = MSEC_NEVER;
    else if (node->able_at == MSEC_NEVER)
        node->able_at = now_at(cluster);
    if (is_there)
        node->lost_at = MSEC_NEVER;
    else if (node->lost_at == MSEC_NEVER)
        node->lost_at = now_at(cluster);
}

void cluster_look(struct cluster *cluster)
{
    for (size_t i = 0; i < cluster->count; i++)
        node_look(cluster, i);
    away_look(cluster);
    if (node_is_well(cluster, cluster->duty))
        cluster->beat_at = MSEC_NEVER;
    else if (cluster->beat_at == MSEC_NEVER)
        cluster->beat_at = now_at(cluster);
    if (cluster->acting == cluster->duty)
        cluster->world->is_frozen = cluster->nodes[cluster->duty].is_frozen;
}

/* ---- pages ---- */

static struct departures_now departures_of(const struct cluster *cluster, const struct node *node)
{
    msec now = now_at(cluster);
    bool is_free =
        node->away == AWAY_MIRROR ||
        (node->away == AWAY_MEMORY && now - node->away_since_at >= DEPARTURES_PATIENCE_MS);
    if (is_free)
        return (struct departures_now){.tick_at = now};
    return (struct departures_now){
        .tick_at = now, .confirmed_ms = node->lost_at == MSEC_NEVER ? 0 : now - node->lost_at};
}

static void depart(void *context, uint64_t page, uint16_t attempt, const char *token, bool is_sure)
{
    struct node *node = context;
    struct cluster *cluster = node->cluster;
    (void)token;
    assert(node == &cluster->nodes[cluster->acting]);
    if (!is_sure && node->memory == NULL && !cluster->world->is_old)
        cluster_meet(cluster, CLUSTER_LEFT_UNSURE);
    const struct disk_send send = {page, attempt};
    if (!cluster->is_wrong)
        cluster->is_wrong = !world_depart(cluster->world, send, cluster->fault);
}

void node_begin(struct node *node)
{
    departures_free(node->departures);
    node->departures = departures_new(depart, node);
    free(node->unsent);
    node->unsent = NULL;
    node->unsent_count = 0;
    node->is_waking = false;
    node->is_hurried = false;
    node->away_at = node->hurry_at = node->look_at = MSEC_NEVER;
}

static void look_later(struct cluster *cluster, struct node *node)
{
    bool is_waiting = departures_next_due(node->departures) != MSEC_NEVER;
    node->look_at = is_waiting ? now_at(cluster) + SECOND_MS : MSEC_NEVER;
}

/* Its loop looks what may leave. */
bool node_tick(struct cluster *cluster, struct node *node, struct fault *fault)
{
    size_t from = cluster->world->page_count;
    cluster->fault = fault;
    cluster->is_wrong = false;
    departures_tick(node->departures, departures_of(cluster, node));
    look_later(cluster, node);
    return !cluster->is_wrong && world_answer(cluster->world, from, fault);
}

bool cluster_depart(struct world *world, struct disk_send send, struct fault *fault)
{
    struct cluster *cluster = world->cluster;
    struct node *node = &cluster->nodes[cluster->acting];
    cluster->fault = fault;
    cluster->is_wrong = false;
    departures_add(node->departures, departures_of(cluster, node), send.page,
                   (uint16_t)send.attempt, "");
    if (node->look_at == MSEC_NEVER)
        look_later(cluster, node);
    return !cluster->is_wrong;
}

bool cluster_stray(struct world *world, const struct page *page, struct fault *fault)
{
    struct cluster *cluster = world->cluster;
    const struct node *node = &cluster->nodes[cluster->acting];
    const struct old_memory *there = node->memory; /* swapped: it is the world's */
    const struct incident *incident =
        there->engine != NULL ? view_incident(there->engine, page->incident) : NULL;
    if (node_reaches(cluster, cluster->acting))
        return fault_set(fault, FAULT_CONFLICT,
                         "witness: page %" PRIu64 " leaves a node that was replaced and could ask",
                         page->id);
    cluster_meet(cluster, CLUSTER_STRAY);
    if (incident != NULL && incident->state != INCIDENT_TRIGGERED)
        cluster_meet(cluster, CLUSTER_STRAY_AFTER_ACK);
    return true;
}

/* ---- on duty ---- */

void node_replaced(struct cluster *cluster, size_t index)
{
    struct node *node = &cluster->nodes[index];
    cluster_meet(cluster, CLUSTER_REPLACED);
    if (node->unsent_count > 0 || departures_next_due(node->departures) != MSEC_NEVER)
        cluster_meet(cluster, CLUSTER_WOKE_WITH_PAGES);
    memory_drop(node);
    node_begin(node);
    away_died(node);
    node->mode = NODE_STANDS_BY;
    cluster_look(cluster);
}

static bool is_unknown(const struct disk_turn *turn)
{
    return turn != NULL && turn->is_landed;
}

/* What the one before had in memory is its own from now on. */
static void put_aside(struct cluster *cluster)
{
    struct world *world = cluster->world;
    struct node *old = &cluster->nodes[cluster->duty];
    if (world->engine == NULL)
        return;
    if (is_unknown(world->disk.first))
        cluster_meet(cluster, CLUSTER_UNKNOWN_TAKEN);
    else if (world->disk.first != NULL)
        cluster_meet(cluster, CLUSTER_KEPT_LOST);
    old->memory = memory_blank(NULL);
    memory_swap(world, old->memory);
    witness_crash(world->witness);
    world->crash = CRASH_NEVER;
    world->crashed_at = world->now.wall_at;
}

/* What fell due while nobody was on duty is done at once; then nothing is overdue any more. */
static bool take_up(struct cluster *cluster, struct fault *fault)
{
    struct world *world = cluster->world;
    struct event tick = {.kind = EVENT_TICK, .actor = "pagerd"};
    witness_thaw(world->witness);
    if (world->engine != NULL && !world_step(world, &tick, fault))
        return false;
    if (world->engine != NULL && !witness_all(world->witness, world->engine, world->now, fault))
        return false;
    return calls_serve(cluster, true, fault);
}

static bool take_over(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct world *world = cluster->world;
    struct node *node = &cluster->nodes[index];
    const struct now then = {.steady_at = cluster->mark.steady_at,
                             .wall_at = cluster->mark.wall_at};
    if (node->is_stale) {
        cluster_meet(cluster, CLUSTER_STALE_REFUSED);
        node->able_at = now_at(cluster) + STALE_MS;
        return true;
    }
    cluster_meet(cluster, index == 2 ? CLUSTER_TAKEN_BY_THE_THIRD : CLUSTER_TAKEN_OVER);
    put_aside(cluster);
    calls_replaced(cluster);
    cluster->duty = cluster->acting = index;
    cluster->is_free = false;
    cluster->trap = TRAP_NONE;
    node_begin(node);
    if (!clock_goes_on(cluster, node, fault))
        return false;
    node->mode = NODE_ON_DUTY;
    node->epoch = ++cluster->epoch;
    cluster_look(cluster);
    return world_restart(world, fault) && away_tell_own(cluster, index, then, fault) &&
           take_up(cluster, fault);
}

/* When that node may take the place. */
static msec takeover_at(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    if (node->able_at == MSEC_NEVER || cluster->beat_at == MSEC_NEVER)
        return MSEC_NEVER;
    bool is_mine = index == cluster->duty; /* the last one of this very folder: it is gone */
    msec since_at = node->able_at > cluster->beat_at ? node->able_at : cluster->beat_at;
    return since_at + (is_mine || cluster->is_free ? 0 : TAKEOVER_MS);
}

/* It reaches the store, which says that it is still on duty. */
static bool regain(struct cluster *cluster, struct node *node, struct fault *fault)
{
    struct world *world = cluster->world;
    cluster_meet(cluster, CLUSTER_BACK_IN_TIME);
    node->is_waking = false;
    node->is_hurried = false;
    node->away_at = node->hurry_at = MSEC_NEVER;
    cluster_look(cluster);
    if (!world_disk(world, DISK_WELL, fault) || !away_end(cluster, node, fault))
        return false;
    return world->engine == NULL ||
           (node_tick(cluster, node, fault) && calls_serve(cluster, false, fault));
}

/* It can do something, and is or was on duty: it goes on, or hears that it is not. */
bool node_resume(struct cluster *cluster, size_t index, struct fault *fault)
{
    struct node *node = &cluster->nodes[index];
    if (node_reaches(cluster, index) && !node->is_stale) {
        if (node->memory == NULL)
            return regain(cluster, node, fault);
        node_replaced(cluster, index);
        return true;
    }
    enum disk_mode *mode = node->memory != NULL && cluster->acting != index
                               ? &node->memory->mode
                               : &cluster->world->disk.mode;
    node->is_waking = false;
    if (*mode != DISK_WELL)
        return true; /* it knows already */
    node->away_at = now_at(cluster) + GIVE_UP_MS;
    *mode = DISK_HANGS;
    return true;
}

/* ---- turns, for world.c ---- */

/* The connection is lost with the commit under way. */
static bool spring(struct cluster *cluster, struct disk_turn *turn, struct fault *fault)
{
    struct world *world = cluster->world;
    bool is_landed = cluster->trap == TRAP_LANDED;
    cluster->trap = TRAP_NONE;
    turn->is_unknown = true;
    if (is_landed) {
        if (!disk_write(&world->disk, turn, fault))
            return false;
        turn->is_landed = true;
        clock_note(cluster, &cluster->nodes[cluster->acting]);
        cluster->landed = turn->id;
        witness_land(world->witness, turn->id);
        calls_landed(cluster, turn->id, false);
    }
    cluster->nodes[cluster->acting].is_cut = true;
    cluster_look(cluster);
    return node_resume(cluster, cluster->acting, fault);
}

bool cluster_may_land(struct world *world, bool *may_land, struct fault *fault)
{
    struct cluster *cluster = world->cluster;
    struct node *node = &cluster->nodes[cluster->acting];
    struct disk_turn *turn = world->disk.first;
    *may_land = false;
    if (node->mode == NODE_ACTS) { /* on its own mirror */
        node->mirror->mark = clock_here(cluster, node);
        *may_land = true;
        return true;
    }
    if (!node_reaches(cluster, cluster->acting) || node->is_frozen)
        return true;
    if (node->epoch != cluster->epoch) { /* the fence: every transaction changes that row first */
        disk_drop(&world->disk);
        return true;
    }
    if (world->is_old)
        return fault_set(fault, FAULT_CONFLICT, "witness: a node that was replaced writes");
    if (node->is_waking) {
        node->is_waking = false; /* to be let write is to be told */
        cluster_look(cluster);
    }
    bool is_trapped = cluster->trapped == cluster->acting && !turn->is_unknown;
    if (is_trapped && (cluster->trap == TRAP_LANDED || cluster->trap == TRAP_LOST))
        return spring(cluster, turn, fault);
    if (turn->is_unknown)
        cluster_meet(cluster, turn->is_landed ? CLUSTER_UNKNOWN_FOUND : CLUSTER_UNKNOWN_WRITTEN);
    else if (turn->is_told)
        cluster_meet(cluster, CLUSTER_KEPT_WRITTEN);
    *may_land = true;
    clock_note(cluster, node);
    return true;
}

void cluster_landed(struct world *world, uint64_t turn)
{
    calls_landed(world->cluster, turn, true);
}

void cluster_left(struct world *world, uint64_t turn)
{
    struct cluster *cluster = world->cluster;
    struct node *node = &cluster->nodes[cluster->acting];
    calls_left(cluster, turn);
    if (!node->is_hurried)
        node->hurry_at = now_at(cluster);
    node->is_hurried = true;
}

bool cluster_freezes(struct world *world, struct disk_turn *turn)
{
    struct cluster *cluster = world->cluster;
    struct node *node = &cluster->nodes[cluster->acting];
    if (cluster->trap != TRAP_FREEZE || cluster->trapped != cluster->acting ||
        turn->send_count == 0)
        return false;
    cluster->trap = TRAP_NONE;
    node->unsent = turn->sends;
    node->unsent_count = turn->send_count;
    turn->sends = NULL;
    turn->send_count = 0;
    node->is_frozen = true;
    cluster_look(cluster);
    return true;
}

/* ---- time ---- */

static msec least(msec left, msec right)
{
    return left < right ? left : right;
}

/* When a node with an old memory does something by itself. */
static msec old_next_at(const struct cluster *cluster, const struct node *node)
{
    const struct old_memory *memory = node->memory;
    if (memory == NULL || node->is_frozen)
        return MSEC_NEVER;
    msec due_in_ms = engine_next_due(memory->engine, cluster->world->now);
    msec at = due_in_ms == MSEC_NEVER ? MSEC_NEVER : now_at(cluster) + due_in_ms;
    for (size_t i = 0; i < memory->outcome_count; i++)
        at = least(at, memory->outcomes[i].at);
    return at;
}

static msec node_next_at(const struct cluster *cluster, size_t index)
{
    const struct node *node = &cluster->nodes[index];
    msec at = least(takeover_at(cluster, index), away_next_at(cluster, index));
    if (node->is_frozen || (node->mode != NODE_ON_DUTY && node->mode != NODE_ACTS))
        return at;
    return least(least(least(at, node->away_at), least(node->hurry_at, node->look_at)),
                 old_next_at(cluster, node));
}

msec cluster_next_at(const struct world *world)
{
    const struct cluster *cluster = world->cluster;
    msec at = calls_next_at(cluster);
    for (size_t i = 0; i < cluster->count; i++)
        at = least(at, node_next_at(cluster, i));
    return at > world->now.steady_at ? at : world->now.steady_at;
}

/* One thing that is due to who is or was on duty, in its own memory. */
static bool node_happen(struct cluster *cluster, struct node *node, struct fault *fault)
{
    struct event hurry = {.kind = EVENT_HURRY, .actor = "pagerd", .via = "store"};
    struct world *world = cluster->world;
    msec now = now_at(cluster);
    if (node->away_at <= now) {
        node->away_at = MSEC_NEVER;
        return world_disk(world, DISK_FULL, fault) && away_begin(cluster, node, fault);
    }
    if (node->hurry_at <= now) {
        node->hurry_at = MSEC_NEVER;
        return world_step(world, &hurry, fault);
    }
    if (node->look_at <= now)
        return node_tick(cluster, node, fault);
    return world_happen(world, fault);
}

bool cluster_happen(struct world *world, struct fault *fault)
{
    struct cluster *cluster = world->cluster;
    msec now = now_at(cluster);
    for (size_t i = 0; i < cluster->count; i++) {
        if (takeover_at(cluster, i) <= now)
            return take_over(cluster, i, fault);
    }
    for (size_t i = 0; i < cluster->count; i++) {
        struct node *node = &cluster->nodes[i];
        if (node_next_at(cluster, i) > now)
            continue;
        if (away_next_at(cluster, i) <= now)
            return away_happen(cluster, i, fault);
        bool is_old = node->memory != NULL;
        if (is_old)
            node_enter(cluster, i);
        bool is_good = (node->mode != NODE_ACTS || world_hear(world, fault)) &&
                       node_happen(cluster, node, fault);
        if (is_old)
            node_leave(cluster, i);
        return is_good;
    }
    return calls_happen(cluster, fault);
}

/* ---- the face ---- */

struct cluster *cluster_new(struct world *world, size_t node_count)
{
    struct cluster *cluster = memory_new(1, sizeof *cluster);
    assert(node_count <= CLUSTER_NODES_MAX);
    cluster->world = world;
    cluster->count = node_count;
    cluster->beat_at = MSEC_NEVER;
    cluster->ledger = ledger_new();
    for (size_t i = 0; i < node_count; i++) {
        struct node *node = &cluster->nodes[i];
        node->cluster = cluster;
        node->lost_at = node->able_at = MSEC_NEVER;
        node->gone_at = node->there_at = MSEC_NEVER;
        node_begin(node);
    }
    cluster->nodes[0].mode = NODE_ON_DUTY;
    clock_note(cluster, &cluster->nodes[0]);
    cluster->nodes[0].epoch = cluster->epoch = 1;
    cluster_look(cluster);
    return cluster;
}

void cluster_free(struct cluster *cluster)
{
    if (cluster == NULL)
        return;
    for (size_t i = 0; i < cluster->count; i++) {
        memory_drop(&cluster->nodes[i]);
        away_free(&cluster->nodes[i]);
        departures_free(cluster->nodes[i].departures);
        free(cluster->nodes[i].unsent);
    }
    calls_free(cluster);
    ledger_free(cluster->ledger);
    free(cluster);
}

void cluster_died(struct world *world)
{
    struct cluster *cluster = world->cluster;
    struct node *node = &cluster->nodes[cluster->duty];
    node_begin(node);
    away_died(node);
    node->mode = NODE_DEAD;
    node->is_frozen = false;
    world->disk.mode = DISK_WELL;
    cluster->trap = TRAP_NONE;
    calls_lose(cluster, cluster->duty);
    cluster_look(cluster);
}

char cluster_on_duty(const struct world *world)
{
    return (char)('a' + world->cluster->duty);
}

char cluster_in_charge(const struct world *world)
{
    size_t index = world->cluster->duty;
    (void)away_find_charge(world->cluster, CLUSTER_NODES_MAX, &index);
    return (char)('a' + index);
}

bool cluster_is_settled(const struct world *world)
{
    const struct cluster *cluster = world->cluster;
    bool is_settled = node_is_well(cluster, cluster->duty) && world->disk.first == NULL;
    for (size_t i = 0; i < cluster->count; i++) {
        const struct node *node = &cluster->nodes[i];
        is_settled = is_settled && node->mode != NODE_ACTS && node->diary.count == 0;
    }
    return is_settled && ledger_open(cluster->ledger) == 0;
}

bool cluster_is_whole(const struct world *world)
{
    const struct cluster *cluster = world->cluster;
    for (size_t i = 0; i < cluster->count; i++) {
        const struct node *node = &cluster->nodes[i];
        if (node->mode == NODE_DEAD || node->is_frozen || node->is_cut || node->is_stale)
            return false;
    }
    return !cluster->is_away;
}
