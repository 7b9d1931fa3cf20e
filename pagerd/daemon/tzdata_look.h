/* SPDX-License-Identifier: MIT */
/*
 * tzdata_look.h - one look at a folder of time zones: is it still what it was, and is it whole?
 *
 * A package manager replaces hundreds of files one by one, so that a look may fall into the middle
 * of it. Two looks in a row that see the same are the end of an upgrade; only then are the zones
 * read, to see that each that was one before is one now. Disk only: runs on the worker's thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

#define TZDATA_FILES_MAX 10000
#define TZDATA_DEPTH_MAX 8
#define TZDATA_VERSION_SIZE 40

struct map;

/* Names, sizes, times and inodes of all files, as one number. */
struct tzdata_print {
    uint64_t sum;
    size_t file_count;
    msec newest_at; /* latest change of a file */
    bool is_cut;    /* more than TZDATA_FILES_MAX files, or too deep */
};

bool tzdata_print_is(const struct tzdata_print *left, const struct tzdata_print *right);

void tzdata_print_make(const char *directory, struct tzdata_print *print);

struct tzdata_look {
    char *directory;          /* owned, like all below */
    struct tzdata_print seen; /* by the look before */
    struct map *known;        /* names that were zones when last read; NULL: not read yet */
    bool is_reading;          /* the zones are to be read if nothing has changed since `seen` */

    /* What it found. */
    struct tzdata_print print;
    struct map *zones; /* the names that are zones now; NULL when they were not read */
    char *broken;      /* one of `known` that is a file and no zone any more, or NULL */
    char version[TZDATA_VERSION_SIZE]; /* "2026f"; "" when nothing tells it */
};

/* Takes the look at `item`, a struct tzdata_look. */
void tzdata_look_run(void *item);

void tzdata_look_free(struct tzdata_look *look);

/*
 * When that data was released: the latest change of its files, but inside the year of its version,
 * for copying makes files young. 0 when there are neither files nor a version.
 */
msec tzdata_release(const char *version, msec newest_at);
