/* SPDX-License-Identifier: MIT */
/*
 * disk.h - the store under a story: the real rows and rules of store/, kept in memory, and the
 * turns that are on their way to it.
 *
 * As in the daemon, a turn is one batch; what it answers to senders and hands to the courier waits
 * until the batch is on disk. A disk that hangs lets turns pile up; one that is full refuses them,
 * and they are tried again in order when there is room; one that fails ends the process. One that
 * is away lets them go out once the journal has what was said, and takes them when it is back.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "engine/engine.h"

enum disk_mode { DISK_WELL, DISK_HANGS, DISK_FULL, DISK_FAILS, DISK_AWAY, DISK_MODE_COUNT };

struct batch;

/* A page that leaves when its turn has landed, unless a later attempt of it has begun by then. */
struct disk_send {
    uint64_t page;
    uint64_t attempt;
};

/* One turn on its way. */
struct disk_turn {
    uint64_t id; /* from 1 */
    struct batch *batch;
    struct disk_send *sends;
    size_t send_count;
    msec ahead_ms;        /* wall minus steady time when it was made */
    bool is_unknown;      /* its commit had no answer */
    bool is_landed;       /* and it is on disk */
    bool is_told;         /* its pages and answers did not wait for the disk: there was no room */
    bool is_kept;         /* the journal has what was said, and its senders have heard so */
    char *entry;          /* what was said, as the journal has it; NULL: nothing that it takes */
    struct answer answer; /* to what was said */
    struct disk_turn *next;
};

struct disk {
    void *backend;
    enum disk_mode mode;
    struct disk_turn *first; /* oldest first */
    struct disk_turn **last;
    uint64_t turns;  /* begun */
    msec ahead_ms;   /* wall minus steady time of the last turn that landed */
    uint64_t digest; /* of every row that was ever given to it */
};

MUST_USE bool disk_init(struct disk *disk, struct fault *fault);
void disk_clear(struct disk *disk);

/* Makes a turn of what the engine wants, at the end of those on their way. Borrowed. */
struct disk_turn *disk_begin(struct disk *disk, const struct effects *effects, struct now now);

/* Writes the oldest turn and takes it off the list; the caller frees it. False: a precondition of
 * the store did not hold. */
MUST_USE bool disk_land(struct disk *disk, struct disk_turn **turn, struct fault *fault);
/* Writes that turn, which stays on the list: nobody hears of it. */
MUST_USE bool disk_write(struct disk *disk, struct disk_turn *turn, struct fault *fault);
void disk_turn_free(struct disk_turn *turn);

/* All records and counters as they are now, in another backend that the caller closes; without the
 * timeline. */
MUST_USE bool disk_copy(void *backend, void **copy, struct fault *fault);
void disk_close(void *backend);

/* Drops what is on its way: the process died. */
void disk_drop(struct disk *disk);

/* Gives what is on disk to a fresh engine, up to but not including engine_restored(). `now`: wall.
 */
MUST_USE bool disk_restore(struct disk *disk, struct engine *engine, msec now, struct fault *fault);
