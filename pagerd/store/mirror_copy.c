/* SPDX-License-Identifier: MIT */
/* mirror_copy.c - all of the database as of one moment, into the mirror that is to be. */
#include <stdlib.h>
#include <string.h>

#include "store/backend.h"
#include "store/feed.h"
#include "store/mirror_parts.h"

#define STEP_SIZE (1024 * 1024)       /* bytes of one commit, about */
#define COPY_WAIT_MS (30 * SECOND_MS) /* for the first row of a table */

struct copying {
    struct mirror *mirror;
    struct store *store;
    struct batch *batch;
};

static bool copy_step(struct copying *copying, size_t size, struct fault *fault)
{
    if (mirror_copy_is_over(copying->mirror))
        return fault_set(fault, FAULT_PEER, "the copy was given up");
    if (batch_size(copying->batch) < size)
        return true;
    struct batch *batch = copying->batch;
    copying->batch = batch_new();
    return batch_commit(copying->store, batch, fault);
}

static bool copy_row(void *context, enum record_kind kind, const struct cell *cells,
                     struct fault *fault)
{
    struct copying *copying = context;

    if (feed_is_local(kind, cells))
        return true;
    batch_add_row(copying->batch, kind, cells);
    return copy_step(copying, STEP_SIZE, fault);
}

static bool copy_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    struct copying *copying = context;

    batch_bump(copying->batch, name, value);
    return copy_step(copying, STEP_SIZE, fault);
}

static struct mirror_place place_of(const struct mirror *mirror, const struct feed_head *head)
{
    struct mirror_place place = {.position = head->position,
                                 .mark = head->mark,
                                 .format = mirror->format,
                                 .timeline = mirror->disk.timeline};

    memcpy(place.system, mirror->disk.system, sizeof(place.system));
    return place;
}

/* Where it stands is written last: without that it is no mirror. */
static bool fill(struct mirror *mirror, struct store *store, struct fault *fault)
{
    struct copying copying = {mirror, store, batch_new()};
    const struct store_taker taker = {
        .context = &copying, .row = copy_row, .counter = copy_counter};
    struct feed_head head;

    bool is_good = postgres_dump_feed(&mirror->link, &taker, COPY_WAIT_MS, &head, fault);
    if (is_good) {
        struct mirror_place place = place_of(mirror, &head);
        mirror_save_place(copying.batch, &place);
        is_good = copy_step(&copying, 0, fault);
    }
    batch_free(copying.batch);
    return is_good;
}

static bool put_in_place(struct mirror *mirror, struct fault *fault)
{
    pthread_mutex_lock(&mirror->using);
    bool is_good = !mirror->is_paused || fault_set(fault, FAULT_PEER, "the copy was given up");
    if (is_good) {
        store_close(mirror->store);
        mirror->store = NULL;
        is_good = mirror_put_next(mirror->state, fault);
        mirror->is_distrusted &= !is_good;
    }
    pthread_mutex_unlock(&mirror->using);
    return is_good;
}

bool mirror_copy(struct mirror *mirror, struct fault *fault)
{
    char *folder = NULL;
    struct store *store = NULL;

    if (!mirror_make_next(mirror->state, &folder, fault))
        return false;
    char *url = string_format("sqlite:%s", folder);
    bool is_good = store_open(url, NULL, &store, fault) && fill(mirror, store, fault);
    store_close(store);
    free(url);
    free(folder);
    return is_good && put_in_place(mirror, fault);
}
