/* SPDX-License-Identifier: MIT */
/*
 * spool.h - a folder of events that pagerd has not taken yet, in the order in which they came.
 *
 * One file an event, made whole by fsync and rename before anybody is told that it is safe.
 * Names are numbers: the microsecond, or one more than the highest that is there, so that order
 * survives a clock that jumps. What pagerd will never take moves to refused/, with the reason.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"

#define SPOOL_FOLDER "/var/spool/pagerd"
#define SPOOL_ENV "PAGECTL_SPOOL"
#define SPOOL_NAME_SIZE 48
#define SPOOL_ENTRIES_MAX 10000
#define SPOOL_SIZE_MAX (64 * 1024 * 1024)
#define SPOOL_ENTRY_MAX (1024 * 1024)
#define SPOOL_REFUSED_MAX 1000

struct spool {
    int folder; /* descriptor */
    const char *path;
};

struct spool_entry {
    char name[SPOOL_NAME_SIZE];
    size_t size;
};

/* Sorted, the oldest first. */
struct spool_list {
    struct spool_entry *entries;
    size_t count;
    size_t size; /* bytes of all */
};

/* Opens the folder, making it and refused/ where they are missing. As root it first becomes the
 * folder's owner, so that what it writes stays readable to the notifier. `path` is borrowed. */
MUST_USE bool spool_open(const char *path, struct spool *spool, struct fault *fault);
void spool_close(struct spool *spool);

/* On disk when this returns true. A full spool refuses the new event: the old ones are kept. */
MUST_USE bool spool_put(const struct spool *spool, struct span bytes, char name[SPOOL_NAME_SIZE],
                        struct fault *fault);
MUST_USE bool spool_list_read(const struct spool *spool, bool is_refused, struct spool_list *list,
                              struct fault *fault);
void spool_list_clear(struct spool_list *list);
MUST_USE bool spool_read(const struct spool *spool, const char *name, struct text *text,
                         struct fault *fault);
/* The sentence beside a refused event; false when there is none. */
bool spool_read_reason(const struct spool *spool, const char *name, struct text *text);
void spool_remove(const struct spool *spool, const char *name);
void spool_refuse(const struct spool *spool, const char *name, const char *reason);
enum spool_place { SPOOL_GONE, SPOOL_WAITING, SPOOL_REFUSED };
enum spool_place spool_find(const struct spool *spool, const char *name);

/* Takes a lock of the spool without waiting: -1 when another process has it. Close it to let go;
 * it goes with its process. */
int spool_lock(const struct spool *spool, const char *name);
