/* SPDX-License-Identifier: MIT */
/* power_point.h - one point: the disk that a cut leaves, and pagerd's start on it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "faults/power_disk.h"
#include "faults/power_facts.h"
#include "faults/power_files.h"
#include "faults/power_log.h"
#include "faults/power_start.h"

#define CUT_DEPTH_MAX 3 /* cuts during the start after a cut */

/* What all points share. */
struct life {
    struct op_log log;
    struct facts facts;
    struct versions versions;
    struct house_rules rules;
    uint64_t seed;
    uint64_t names; /* enum name_model, or NAME_MODEL_COUNT */
    char *folder;   /* the state directory as the store sees it */
};

/* Counted over all points. */
struct point_counts {
    uint64_t cuts;
    uint64_t compound;
    uint64_t checked; /* by SQLite's integrity_check */
    uint64_t at_once; /* by model of names */
    uint64_t by_journal;
    uint64_t by_folder;
    uint64_t refused; /* of flipped bytes: the store would not open */
    uint64_t same;    /* nothing that is loaded has changed */
    uint64_t rotten;  /* SQLite did not see it: a record reads otherwise, or is not there */
};

/* Where in the log this point cuts: operations before it have been made. */
size_t point_position(const struct life *life, uint64_t point);

/* The disk after the cut; `disk` has had the operations before the position. */
void point_cut(const struct life *life, uint64_t point, const struct disk *disk,
               struct image *image);

/* Starts on what is left, and cuts again during that start. */
MUST_USE bool point_try(const struct life *life, uint64_t point, const struct disk *disk,
                        struct point_counts *counts, struct fault *fault);

/* A store at rest whose bytes are turned over, and what it holds. */
struct flipped {
    struct image image;
    uint64_t size; /* of database and log */
    uint64_t sum;
};

/* The store after the operations before `position`. */
MUST_USE bool flipped_make(const struct life *life, size_t position, struct flipped *flipped,
                           struct fault *fault);

/* Starts on it with one byte turned over: refused, or sound. */
MUST_USE bool flipped_try(const struct life *life, const struct flipped *flipped, uint64_t at,
                          unsigned char with, struct point_counts *counts, struct fault *fault);
