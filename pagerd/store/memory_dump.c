/* SPDX-License-Identifier: MIT */
/* memory_dump.c - all rows of the memory backend: copied under its lock, then given. */
#include <stdlib.h>

#include "store/memory_disk.h"

/* Rows one after the other, as row_render makes them. */
struct heap_of_rows {
    struct text bytes;
    size_t count;
};

static void copy_kind(struct memory *disk, unsigned kind, struct heap_of_rows *copy)
{
    if (kind == RECORD_ENTRY) {
        for (; copy->count < disk->entry_count; copy->count++)
            text_add_span(&copy->bytes, text_span(&disk->entries[copy->count]->bytes));
        return;
    }
    struct memory_row **rows = memory_sorted(disk, kind, &copy->count);
    for (size_t i = 0; i < copy->count; i++)
        text_add_span(&copy->bytes, text_span(&rows[i]->bytes));
    free(rows);
}

static bool give_kind(unsigned kind, const struct heap_of_rows *copy,
                      const struct store_taker *taker, struct fault *fault)
{
    struct cell cells[ROW_CELLS_MAX];
    const char *at = copy->bytes.bytes;
    bool is_good = true;
    for (size_t i = 0; is_good && i < copy->count; i++) {
        if (kind == MEMORY_COUNTERS) {
            at = cell_parse_integer(cell_parse_text(at, &cells[0]), &cells[1]);
            is_good = taker->counter(taker->context, cells[0].text, cells[1].integer, fault);
        } else {
            at = row_parse((enum record_kind)kind, at, cells);
            is_good = taker->row(taker->context, (enum record_kind)kind, cells, fault);
        }
    }
    return is_good;
}

bool memory_dump(void *context, const struct store_taker *taker, struct fault *fault)
{
    struct memory *disk = context;
    struct heap_of_rows copies[RECORD_COUNT + 1] = {0};
    bool is_good = true;

    pthread_mutex_lock(&disk->lock);
    for (unsigned kind = 0; kind <= RECORD_COUNT; kind++)
        copy_kind(disk, kind, &copies[kind]);
    pthread_mutex_unlock(&disk->lock);
    for (unsigned kind = 0; kind <= RECORD_COUNT; kind++) {
        is_good = is_good && give_kind(kind, &copies[kind], taker, fault);
        text_clear(&copies[kind].bytes);
    }
    return is_good;
}
