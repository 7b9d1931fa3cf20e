/* SPDX-License-Identifier: MIT */
/*
 * heap.h - a 4-ary heap of timers ordered by (due_at, sequence).
 *
 * Intrusive: the owner embeds a heap_item, and whoever takes an item out knows of what struct it is
 * a member (heap_owner). Equal times leave in the order in which they came, so that a run can be
 * repeated exactly.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

/* Many records have several: no member is wider than it must be. */
struct heap_item {
    msec due_at;
    uint32_t sequence; /* set by heap_put */
    uint32_t place;    /* 1-based place in the heap; 0 = not in it */
};

/* The struct of this type that has `item` as this member. */
#define heap_owner(item, type, member) ((type *)heap_owner_at(item, offsetof(type, member)))

struct heap {
    struct heap_item **items;
    size_t count;
    size_t room;
    uint32_t next_sequence;
};

void heap_clear(struct heap *heap);
/* Puts the item at `due_at`, moving it when it is in already; MSEC_NEVER takes it out. */
void heap_put(struct heap *heap, struct heap_item *item, msec due_at);
void heap_remove(struct heap *heap, struct heap_item *item); /* no-op when not in */
struct heap_item *heap_first(const struct heap *heap);       /* NULL when empty */
/* The struct that has the item `offset` bytes after its beginning. */
void *heap_owner_at(const struct heap_item *item, size_t offset);
