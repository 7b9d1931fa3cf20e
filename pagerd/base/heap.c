/* SPDX-License-Identifier: MIT */
#include "base/heap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"

#define WIDTH 4 /* children per item: fewer levels and cache lines than a binary heap */
#define ROOM_MIN 64

static bool is_before(const struct heap_item *left, const struct heap_item *right)
{
    if (left->due_at != right->due_at)
        return left->due_at < right->due_at;
    return left->sequence < right->sequence;
}

static void place_item(struct heap *heap, size_t index, struct heap_item *item)
{
    heap->items[index] = item;
    item->place = (uint32_t)index + 1;
}

static void move_up(struct heap *heap, size_t index)
{
    struct heap_item *item = heap->items[index];
    while (index > 0) {
        size_t parent = (index - 1) / WIDTH;
        if (!is_before(item, heap->items[parent]))
            break;
        place_item(heap, index, heap->items[parent]);
        index = parent;
    }
    place_item(heap, index, item);
}

static void move_down(struct heap *heap, size_t index)
{
    struct heap_item *item = heap->items[index];
    for (;;) {
        size_t first = index * WIDTH + 1;
        if (first >= heap->count)
            break;
        size_t end = first + WIDTH < heap->count ? first + WIDTH : heap->count;
        size_t best = first;
        for (size_t child = first + 1; child < end; child++) {
            if (is_before(heap->items[child], heap->items[best]))
                best = child;
        }
        if (!is_before(heap->items[best], item))
            break;
        place_item(heap, index, heap->items[best]);
        index = best;
    }
    place_item(heap, index, item);
}

void heap_clear(struct heap *heap)
{
    for (size_t i = 0; i < heap->count; i++)
        heap->items[i]->place = 0;
    free(heap->items);
    *heap = (struct heap){0};
}

static int by_time(const void *left, const void *right)
{
    const struct heap_item *const *a = left;
    const struct heap_item *const *b = right;
    return is_before(*a, *b) ? -1 : is_before(*b, *a);
}

/* All numbers are used up: gives those that are in the first ones, in the order in which they are
 * to leave. What is sorted is a heap. */
static void heap_renumber(struct heap *heap)
{
    if (heap->count > 0)
        qsort(heap->items, heap->count, sizeof(struct heap_item *), by_time);
    for (size_t i = 0; i < heap->count; i++) {
        heap->items[i]->sequence = (uint32_t)i;
        place_item(heap, i, heap->items[i]);
    }
    heap->next_sequence = (uint32_t)heap->count;
}

void heap_put(struct heap *heap, struct heap_item *item, msec due_at)
{
    heap_remove(heap, item);
    item->due_at = due_at;
    if (due_at == MSEC_NEVER)
        return;
    if (heap->count == heap->room) {
        heap->room = heap->room == 0 ? ROOM_MIN : heap->room * 2;
        assert(heap->room < UINT32_MAX);
        heap->items = memory_grow(heap->items, heap->room, sizeof *heap->items);
    }
    if (heap->next_sequence == UINT32_MAX)
        heap_renumber(heap);
    item->sequence = heap->next_sequence++;
    place_item(heap, heap->count, item);
    heap->count++;
    move_up(heap, heap->count - 1);
}

void heap_remove(struct heap *heap, struct heap_item *item)
{
    if (item->place == 0)
        return;
    size_t index = item->place - 1;
    assert(index < heap->count);
    assert(heap->items[index] == item);
    item->place = 0;
    heap->count--;
    if (index == heap->count)
        return;
    struct heap_item *last = heap->items[heap->count];
    place_item(heap, index, last);
    move_up(heap, index);
    move_down(heap, last->place - 1);
}

struct heap_item *heap_first(const struct heap *heap)
{
    return heap->count == 0 ? NULL : heap->items[0];
}

void *heap_owner_at(const struct heap_item *item, size_t offset)
{
    return (char *)(uintptr_t)item - offset;
}
