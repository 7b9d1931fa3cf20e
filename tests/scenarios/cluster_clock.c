/* SPDX-License-Identifier: MIT */
/*
 * cluster_clock.c - how late it is on each machine, and for who takes over: their clocks differ,
 * and are set. cluster_parts.h
 */
#include <inttypes.h>

#include "base/text.h"
#include "scenarios/cluster_parts.h"

#define CLOCK_OFF_MAX_MS (2 * SECOND_MS) /* of two that differ by what clock_follow() lets them */

/* Where a node is in time, by its machine and by what it knows of the store's clock. */
struct clock_mark clock_here(const struct cluster *cluster, const struct node *node)
{
    msec steady_at = cluster->world->now.steady_at;
    return (struct clock_mark){.steady_at = steady_at,
                               .wall_at = steady_at + node->off_ms + node->clock.ahead_ms,
                               .boot_ms = steady_at,
                               .boot_id = {(char)('a' + (node - cluster->nodes))}};
}

/* It asks the store how late it is. */
static void node_ask(struct cluster *cluster, struct node *node)
{
    const struct now *now = &cluster->world->now;
    msec ahead_ms = node->clock.ahead_ms;
    clock_follow(&node->clock, now->wall_at - now->steady_at - node->off_ms);
    if (node->mode == NODE_ON_DUTY && node->clock.ahead_ms != ahead_ms)
        cluster_meet(cluster, CLUSTER_CLOCK_FOLLOWED);
}

void clock_note(struct cluster *cluster, struct node *node)
{
    node_ask(cluster, node);
    cluster->mark = clock_here(cluster, node);
    cluster->is_clock_set = false;
}

bool clock_goes_on(struct cluster *cluster, struct node *node, struct fault *fault)
{
    const struct node *last = &cluster->nodes[cluster->mark.boot_id[0] - 'a'];
    node_ask(cluster, node);
    struct clock_mark here = clock_here(cluster, node);
    if (last != node && last->off_ms != node->off_ms)
        cluster_meet(cluster, CLUSTER_CLOCKS_APART);
    msec off_ms = clock_resume(&cluster->mark, &here) - here.steady_at;
    bool is_off = off_ms > CLOCK_OFF_MAX_MS || off_ms < -CLOCK_OFF_MAX_MS;
    return !is_off || cluster->is_clock_set ||
           fault_set(fault, FAULT_CONFLICT, "witness: time jumps by %" PRId64 " ms at a takeover",
                     off_ms);
}

void cluster_clock_set(struct world *world)
{
    world->cluster->is_clock_set = true;
}

bool clock_set(struct cluster *cluster, size_t index, const char *by, struct fault *fault)
{
    msec step_ms = 0;
    if (by == NULL || (by[0] != '+' && by[0] != '-') || !duration_parse(by + 1, &step_ms, fault))
        return fault_set(fault, FAULT_INPUT, "clock NODE +40s");
    cluster->nodes[index].off_ms += by[0] == '-' ? -step_ms : step_ms;
    return true;
}
