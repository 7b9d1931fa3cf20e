/* SPDX-License-Identifier: MIT */
/* mirror_parts.h - what the files of the mirror share. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/mirror.h"
#include "store/postgres.h"
#include "store/store.h"

/* Up to where a mirror goes, and of what: the value of the meta record MIRROR_POSITION. */
struct mirror_place {
    uint64_t position;
    int64_t mark;      /* of the row of the feed */
    int64_t format;    /* of the program that copied it */
    char system[24];   /* of the cluster; "" where it has none */
    uint32_t timeline; /* newest that was seen */
};
#define MIRROR_POSITION "mirror.position"

struct mirror {
    struct postgres disk; /* where to connect, and what was seen there */
    char *state;
    char *folder; /* STATE/mirror */
    int64_t format;
    struct postgres_link link;
    bool has_feed; /* on this link: the database is of a version that feeds */
    pthread_t thread;
    int wake;
    msec connect_at; /* not before; monotonic */
    msec copy_at;    /* the same */
    bool is_behind;  /* there is more to take at once */

    pthread_mutex_t using; /* for what touches STATE/mirror: these, and is_paused. Before `lock` */
    struct store *store;   /* NULL: it is not open */
    struct mirror_place place;
    bool is_paused;
    bool is_distrusted; /* STATE/mirror is not used any more until all was copied */

    pthread_mutex_t lock; /* for all below */
    bool is_ending;
    bool is_copy_over; /* the copy under way is not wanted any more */
    int socket;        /* of the link, to wake who waits for it; -1: none */
    struct mirror_state told;
};

/* Is the copy that is under way to be given up? */
bool mirror_copy_is_over(struct mirror *mirror);
bool mirror_is_paused(struct mirror *mirror);

/* With the last batch of what leads there. */
void mirror_save_place(struct batch *batch, const struct mirror_place *place);

/* mirror_place.c: the folders. */

/* Where STATE/mirror stands; false when there is none that can be used. */
MUST_USE bool mirror_read_place(const char *state, struct mirror_place *place);

/* Ends what a crash has left half done: STATE/mirror is the old one or the new one. */
MUST_USE bool mirror_settle(const char *state, struct fault *fault);

/* A fresh folder for the next one; the caller frees its name. */
MUST_USE bool mirror_make_next(const char *state, char **folder, struct fault *fault);

/* Puts what was made there, complete and closed, in the place of STATE/mirror, which is closed. */
MUST_USE bool mirror_put_next(const char *state, struct fault *fault);

/* mirror_copy.c: copies all into the next one, on the mirror's link. */
MUST_USE bool mirror_copy(struct mirror *mirror, struct fault *fault);

/* mirror_follow.c: one look at the feed. */
MUST_USE bool mirror_follow(struct mirror *mirror, struct fault *fault);
