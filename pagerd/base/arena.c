/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define BLOCK_SIZE_MIN (16 * 1024)
#define BLOCK_SIZE_MAX (1024 * 1024)

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *first; /* kept by arena_reset */
    struct block *last;  /* pieces are cut from this one */
    size_t size;
};

static struct block *block_new(size_t size)
{
    struct block *block = memory_grow(NULL, 1, sizeof *block + size);
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

static void block_free_chain(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

struct arena *arena_new(void)
{
    struct arena *arena = memory_new(1, sizeof *arena);
    arena->first = block_new(BLOCK_SIZE_MIN);
    arena->last = arena->first;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    block_free_chain(arena->first);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    block_free_chain(arena->first->next);
    arena->first->next = NULL;
    arena->first->used = 0;
    arena->last = arena->first;
    arena->size = 0;
}

/* A piece with whatever is in it. */
static void *piece_cut(struct arena *arena, size_t size, size_t *whole)
{
    if (size > SIZE_MAX / 2)
        abort();
    size_t step = alignof(max_align_t);
    size_t room = size == 0 ? step : (size + step - 1) / step * step;
    struct block *block = arena->last;
    if (block->size - block->used < room) {
        size_t next_size = block->size * 2 > BLOCK_SIZE_MAX ? BLOCK_SIZE_MAX : block->size * 2;
        block = block_new(room > next_size ? room : next_size);
        arena->last->next = block;
        arena->last = block;
    }
    void *piece = block->bytes + block->used;
    block->used += room;
    arena->size += size;
    *whole = room;
    return piece;
}

void *arena_take(struct arena *arena, size_t size)
{
    size_t whole = 0;
    void *piece = piece_cut(arena, size, &whole);
    return memset(piece, 0, whole);
}

char *arena_copy(struct arena *arena, const char *string)
{
    return string == NULL ? NULL : arena_copy_span(arena, span_of(string));
}

char *arena_copy_span(struct arena *arena, struct span span)
{
    size_t whole = 0;
    char *copy = piece_cut(arena, span.size + 1, &whole);
    if (span.size > 0)
        memcpy(copy, span.bytes, span.size);
    copy[span.size] = '\0';
    return copy;
}

char *arena_format(struct arena *arena, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    va_list again;
    va_copy(again, list);
    int size = vsnprintf(NULL, 0, format, list);
    if (size < 0)
        memory_out(); /* the formats are checked by the compiler */
    char *string = arena_take(arena, (size_t)size + 1);
    vsnprintf(string, (size_t)size + 1, format, again);
    va_end(again);
    va_end(list);
    return string;
}

size_t arena_size(const struct arena *arena)
{
    return arena->size;
}
