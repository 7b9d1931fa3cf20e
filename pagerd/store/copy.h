/* SPDX-License-Identifier: MIT */
/*
 * copy.h - moves everything into an empty store: from another store, or from a backup.
 *
 * Three walks: one that counts and hashes what is to be moved, one that moves it in transactions of
 * bounded size, one over the target that must count and hash the same. Where it stands is a meta
 * value of the target (COPY_META), written in the transaction of the rows themselves: killed at any
 * point it goes on there when it is begun again with the same source. pagerd does not start on a
 * store whose copy has not ended (copy_is_under_way).
 */
#pragma once

#include "store/store.h"

#define COPY_META "copy"

/* What is moved, given by `walk` as often as it is asked, the same each time. */
struct copy_source {
    const char *name; /* for faults */
    bool (*walk)(void *context, const struct store_taker *taker, struct fault *fault);
    void *context;
};

struct copy_report {
    uint64_t counts[RECORD_COUNT]; /* rows of each table */
    uint64_t rows;
    uint64_t resumed; /* of these, in the target before this run */
};

/*
 * Moves all of `source` into `target`, and writes `last` (may be NULL) with the transaction that
 * ends it. Refused: a target that holds anything that is not of a copy of this very source. Blocks;
 * nobody else may use the target.
 */
MUST_USE bool copy_run(const struct copy_source *source, struct store *target,
                       const struct meta_record *last, struct copy_report *report,
                       struct fault *fault);

/* A source that is an open store. */
struct copy_source copy_of_store(struct store *store, const char *name);

/* Is this the value of COPY_META of a store whose copy has not ended? NULL: it has. */
bool copy_is_under_way(const char *value);
