/* SPDX-License-Identifier: MIT */
/*
 * heap.h - a 4-ary heap of timers ordered by (due_at, sequence).
 *
 * Intrusive: the owner embeds a heap_item and finds itself by `owner`. Equal times leave in the
 * order in which they came, so that a run can be repeated exactly.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

struct heap_item {
    msec due_at;
    uint64_t sequence; /* set by heap_put */
    size_t place;      /* 1-based place in the heap; 0 = not in it */
    void *owner;
};

struct heap {
    struct heap_item **items;
    size_t count;
    size_t room;
    uint64_t next_sequence;
};

void heap_clear(struct heap *heap);
/* Puts the item at `due_at`, moving it when it is in already; MSEC_NEVER takes it out. */
void heap_put(struct heap *heap, struct heap_item *item, msec due_at);
void heap_remove(struct heap *heap, struct heap_item *item); /* no-op when not in */
struct heap_item *heap_first(const struct heap *heap);       /* NULL when empty */
