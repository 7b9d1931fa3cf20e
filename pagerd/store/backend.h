/* SPDX-License-Identifier: MIT */
/*
 * backend.h - what a database must do to be a store: the narrow table behind store.h.
 *
 * store.c owns threads and queues; a backend only writes groups of batches and answers questions.
 * It is called from one thread at a time for open, commit, rest and close, and from the reader
 * thread, at the same time, for read. So it is for load where rest_ms is 0; else load comes at the
 * same time as rest.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "store/rows.h"
#include "store/store.h"

/* Orders of a batch: besides records, what changes several rows or depends on one. */
enum order { ORDER_SAVE, ORDER_REVOKE, ORDER_BUMP, ORDER_ANSWER };

/* Entries of change events ("change"), and those that are kept: a backend forgets the others in its
 * rest, when this many were added since, or there is nothing else to do. */
#define CHANGE_EVENT "change"
#define CHANGES_STEP 1000

struct batch {
    struct text bytes; /* one order after the other; see batch_next */
    size_t count;
    struct fault fault; /* set by a commit that refused this batch; else FAULT_NONE */
    store_done *done;
    void *context;
    struct batch *next; /* in the queue */
    uint64_t group;     /* the backend's: it may be on disk with that commit; 0: it is not */
};

/*
 * One order. SAVE: cells of the table of `kind`; `need` is NEED_VERSION only for versions above 1,
 * for version 1 means NEED_NEW. REVOKE: cells[0] is the incident. BUMP: name, how much. ANSWER: id
 * of the call, the sealed answer; nothing where nodes do not share the database.
 */
struct row {
    enum order order;
    enum record_kind kind;
    enum need need;
    struct cell cells[ROW_CELLS_MAX];
};

/* Walks a batch: start with *cursor = 0. False at the end. Cells borrow from the batch. */
bool batch_next(const struct batch *batch, size_t *cursor, struct row *row);

/* Takes one order, in the same form, off the front of bytes that nobody vouches for. False: they
 * are not of that form. Cells borrow from the bytes. */
MUST_USE bool row_read(struct span *bytes, struct row *row);

/* How many cells the order has. */
size_t row_cell_count(const struct row *row);

/* Adds that very order. */
void batch_put(struct batch *batch, const struct row *row);

/* Adds a row as another store gave it, written over whatever is there; entries are appended. */
void batch_add_row(struct batch *batch, enum record_kind kind, const struct cell *cells);

/* Says in the batch's fault which row's precondition did not hold. Returns false. */
bool batch_refuse(struct batch *batch, const struct row *row);

/* Submits the batch, waits for the commit, and frees it whatever becomes of it. */
MUST_USE bool batch_commit(struct store *store, struct batch *batch, struct fault *fault);

/* Room for one more item of `size` bytes in an array of the arena that doubles as it fills; every
 * array has its own `room`, 0 at first. Returns the zeroed item, and counts it. */
void *result_add(struct arena *arena, void **items, size_t *count, size_t *room, size_t size);

enum commit_end {
    COMMIT_DONE,   /* on disk, but for the batches whose fault is set */
    COMMIT_FAILED, /* nothing is; the next commit may succeed */
    COMMIT_BROKEN, /* nobody knows what is; no further commit makes sense */
    COMMIT_COUNT
};

/* Every slot is filled. `disk` is what open made. */
struct store_backend {
    const char *scheme; /* "sqlite": the part of the URL before the colon */
    int rest_ms;        /* while there is nothing to do, rest is called so often; 0: once */

    /* As store_check; `limits` is NULL when only the form is asked for. */
    bool (*check)(const char *place, const struct store_limits *limits, struct text *said,
                  struct fault *fault);
    bool (*open)(const char *place, const struct store_limits *limits, void **disk,
                 struct fault *fault);
    void (*close)(void *disk);
    bool (*load)(void *disk, msec now, const struct store_loader *loader,
                 struct store_maxima *maxima, struct fault *fault);

    /* Writes the batches, linked by `next`, as one transaction. The fault is for FAILED, BROKEN. */
    enum commit_end (*commit)(void *disk, struct batch *first, struct fault *fault);

    /* House work between commits, when their senders have been answered. */
    enum commit_end (*rest)(void *disk, bool is_idle, struct fault *fault);

    /* Fills a result whose arena exists. The limit of the query is already within bounds. */
    bool (*read)(void *disk, const struct query *query, struct result *result, struct fault *fault);

    /* As store_dump; at the same time as anything else but another dump. */
    bool (*dump)(void *disk, const struct store_taker *taker, struct fault *fault);

    /* Bytes of the database and of its log; any thread. */
    void (*measure)(void *disk, uint64_t *file_size, uint64_t *log_size);

    /* How long ago it was certain that nobody else writes, and whether its place was taken from
     * who did not leave it; any thread. */
    void (*tenure)(void *disk, msec *confirmed_ms, bool *is_taken_over);

    /* What is wrong with how the database is set up, or ""; any thread. */
    void (*warn)(void *disk, char warning[FAULT_TEXT_MAX]);
};

extern const struct store_backend store_sqlite;
extern const struct store_backend store_postgres;
extern const struct store_backend store_memory;

/* All backends, ended by NULL; for the contract test and for store_open. */
extern const struct store_backend *const store_backends[];
