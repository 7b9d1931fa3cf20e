/* SPDX-License-Identifier: MIT */
/*
 * cluster_memory.c - what nodes have in memory beside the one that the world has, and the copies of
 * the store on their own disks. cluster_parts.h
 */
#include <stdlib.h>
#include <string.h>

#include "scenarios/cluster_parts.h"

static void swap_pointers(void **left, void **right)
{
    void *was = *left;
    *left = *right;
    *right = was;
}

/* Exchanges the memory of the world with that one. */
void memory_swap(struct world *world, struct old_memory *memory)
{
    struct old_memory *was = memory_new(1, sizeof *was);
    was->engine = world->engine;
    was->first = world->disk.first;
    was->last = world->disk.first != NULL ? world->disk.last : NULL;
    was->mode = world->disk.mode;
    memcpy(was->outcomes, world->outcomes, sizeof was->outcomes);
    was->outcome_count = world->outcome_count;
    was->last_outcome = world->last_outcome;
    world->engine = memory->engine;
    world->disk.first = memory->first;
    world->disk.last = memory->first != NULL ? memory->last : &world->disk.first;
    world->disk.mode = memory->mode;
    memcpy(world->outcomes, memory->outcomes, sizeof was->outcomes);
    world->outcome_count = memory->outcome_count;
    world->last_outcome = memory->last_outcome;
    was->mirror = memory->mirror;
    if (memory->mirror != NULL) { /* it has a store of its own, and its own account of that */
        swap_pointers(&world->disk.backend, &memory->mirror->backend);
        swap_pointers((void **)&world->witness, (void **)&memory->mirror->witness);
        msec ahead_ms = world->disk.ahead_ms;
        world->disk.ahead_ms = memory->mirror->ahead_ms;
        memory->mirror->ahead_ms = ahead_ms;
    }
    *memory = *was;
    free(was);
}

struct old_memory *memory_blank(struct mirror *mirror)
{
    struct old_memory *memory = memory_new(1, sizeof *memory);
    memory->mode = DISK_WELL;
    memory->mirror = mirror;
    return memory;
}

void memory_drop(struct node *node)
{
    struct old_memory *memory = node->memory;
    node->memory = NULL;
    if (memory == NULL)
        return;
    if (memory->mirror != NULL && memory->engine != NULL)
        witness_crash(memory->mirror->witness);
    engine_free(memory->engine);
    while (memory->first != NULL) {
        struct disk_turn *turn = memory->first;
        memory->first = turn->next;
        disk_turn_free(turn);
    }
    free(memory);
}

void node_enter(struct cluster *cluster, size_t index)
{
    memory_swap(cluster->world, cluster->nodes[index].memory);
    cluster->acting = index;
    cluster->world->is_old = cluster->nodes[index].mode != NODE_ACTS;
    cluster->world->is_apart = true;
    cluster->world->is_frozen = false;
}

void node_leave(struct cluster *cluster, size_t index)
{
    memory_swap(cluster->world, cluster->nodes[index].memory);
    cluster->acting = cluster->duty;
    cluster->world->is_old = cluster->world->is_apart = false;
    cluster_look(cluster);
}

struct mirror *mirror_take(const struct cluster *cluster)
{
    struct fault fault = {0};
    const struct world *world = cluster->world;
    struct mirror *mirror = memory_new(1, sizeof *mirror);
    mirror->ahead_ms = world->disk.ahead_ms;
    mirror->mark = cluster->mark;
    mirror->witness = witness_fork(world->witness);
    if (!disk_copy(world->disk.backend, &mirror->backend, &fault))
        abort(); /* what a store in memory has fits into another one */
    return mirror;
}

void mirror_free(struct mirror *mirror)
{
    if (mirror == NULL)
        return;
    witness_free(mirror->witness);
    disk_close(mirror->backend);
    free(mirror);
}
