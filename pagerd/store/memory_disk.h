/* SPDX-License-Identifier: MIT */
/* memory_disk.h - what the files of the memory backend share. */
#pragma once

#include <pthread.h>
#include <stdbool.h>

#include "base/map.h"
#include "store/backend.h"
#include "store/memory.h"

#define MEMORY_COUNTERS RECORD_COUNT /* counters lie beside the records: name, value */

/* The bytes of one row, as row_render makes them. */
struct memory_row {
    struct text bytes;
};

/* How to take back one change. */
struct memory_undo {
    unsigned kind;
    struct text key;
    struct memory_row *old; /* NULL: there was none */
};

struct memory {
    char *name;
    struct memory *next; /* in the list of all names */
    bool is_open;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t is_released;
    struct map *rows[RECORD_COUNT + 1]; /* id -> memory_row; none for entries */
    struct memory_row **entries;
    size_t entry_count;
    size_t entry_room;
    size_t change_count; /* change events added since old ones were forgotten */
    struct memory_undo *undo;
    size_t undo_count;
    size_t undo_room;
    bool is_held;
    enum memory_fault fault;
    size_t fault_count;
    unsigned delay_ms;
};

/* The rows of a kind in the order of their ids; the caller frees the list. */
struct memory_row **memory_sorted(struct memory *disk, unsigned kind, size_t *count);

/* memory_dump.c */
MUST_USE bool memory_dump(void *disk, const struct store_taker *taker, struct fault *fault);

/* memory_read.c */
MUST_USE bool memory_load(void *disk, msec now, const struct store_loader *loader,
                          struct store_maxima *maxima, struct fault *fault);
MUST_USE bool memory_read(void *disk, const struct query *query, struct result *result,
                          struct fault *fault);
