/* SPDX-License-Identifier: MIT */
/*
 * mirror.h - a copy of the database on this node's own disk, to go on from when it is away.
 *
 * STATE/mirror is a store of SQLite ("sqlite:STATE/mirror") that holds all records and counters of
 * the database as they were after one of its transactions: those up to a position, each once and
 * whole. First all is copied as of one moment, into STATE/mirror.new, which then takes the place of
 * the old one; from there on the rows of the table `feed` (postgres_feed.c) are written in their
 * order, with the position in the same commit. Where that cannot go on (rows that are deleted
 * already, another cluster, a failover that lost something, a program of another version, a local
 * file that is damaged) all is copied again; the old mirror stands until then.
 *
 * Beside what the database has it holds the meta value "mirror.position", and may hold such whose
 * names begin with "away.": these belong to the node alone, are never taken from the database, and
 * are gone after the next copy.
 *
 * A thread of its own with a connection of its own: nothing here waits for the database, but
 * mirror_close.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/time.h"
#include "store/batch.h"

#define MIRROR_FOLDER "mirror" /* in the state directory */
#define MIRROR_LOOK_MS 200     /* between two looks at the feed */

struct feed_tail;
struct mirror;

struct mirror_options {
    const char *url;        /* "postgres:...", as store_open() takes it */
    const char *password;   /* as in struct store_limits */
    const char *state;      /* directory of this node; made when it is missing */
    struct feed_tail *tail; /* gets what the feed has; NULL: nobody wants it; borrowed until
                               mirror_close */
};

/* Starts the thread; the database need not be there. All options are copied. The caller owns the
 * mirror. */
MUST_USE bool mirror_open(const struct mirror_options *options, struct mirror **mirror,
                          struct fault *fault);

/* May take some seconds when the database is silent. STATE/mirror is closed and whole. */
void mirror_close(struct mirror *mirror);

/*
 * Lets go of STATE/mirror, for the caller to open it as a store: at once, or after the commit that
 * is under way; never waits for the database. A copy that is under way is given up. Nothing in
 * STATE/mirror is touched until mirror_resume, before which it has to be closed again.
 */
void mirror_pause(struct mirror *mirror);
void mirror_resume(struct mirror *mirror);

/* As last seen; any thread. */
struct mirror_state {
    bool is_whole;   /* STATE/mirror holds all up to `position` */
    bool is_copying; /* all is being copied */
    bool is_paused;
    uint64_t position;
    uint64_t copies; /* how often all was copied since it was opened */
    msec seen_at;    /* monotonic: when it had all that was committed by then; 0: never */
    char problem[FAULT_TEXT_MAX]; /* why it does not follow; or "" */
};
void mirror_state(struct mirror *mirror, struct mirror_state *state);

/* How long ago it had everything; -1: never, or it is not whole. */
msec mirror_behind_ms(struct mirror *mirror);

/* Puts "mirror":{...} of docs/api.md. */
void mirror_show(struct mirror *mirror, struct json_writer *writer);

/*
 * Can STATE/mirror be used? For a node that starts while the database is away, before mirror_open
 * or while it is paused. Ends what a crash has left half done. `position` may be NULL.
 */
MUST_USE bool mirror_is_whole(const char *state, uint64_t *position);

/* Is there a STATE/mirror to go on from, even one that is no mirror any more? As for
 * mirror_is_whole. */
MUST_USE bool mirror_is_there(const char *state);

/* Gives all keys that STATE/mirror has, each borrowed for the call, to a node that starts while the
 * database is away. Returns how many. Before mirror_open or while it is paused. */
size_t mirror_each_key(const char *state, void *context,
                       void (*take)(void *context, const struct key_record *key));

/*
 * STATE/mirror was written to by others, or is about to be: it is no mirror any more, also after a
 * crash, until all was copied anew. Its file stays, to be opened. Before mirror_open or while it is
 * paused.
 */
MUST_USE bool mirror_discard(const char *state, struct fault *fault);
