/* SPDX-License-Identifier: MIT */
/*
 * power_disk.h - a disk under a running program, and what is left on it when the power goes.
 *
 * What was written to a file since its last sync may be there, absent or torn at sectors of 512
 * bytes, in any combination; so may its size. Names (made, renamed, removed) are kept by one of
 * three models: at once; as a journal does, all up to some moment since the last sync of anything;
 * or each folder by itself, as of some moment since that folder was synced.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "faults/power_log.h"

#define SECTOR_SIZE 512

/* A row of numbers that depends on its beginning alone. */
struct dice {
    uint64_t state;
};
struct dice dice_of(uint64_t seed, uint64_t point);
uint64_t dice_roll(struct dice *dice);
uint64_t dice_below(struct dice *dice, uint64_t limit); /* 0 ... limit - 1; 0 when limit is 0 */

enum name_model { NAMES_AT_ONCE, NAMES_BY_JOURNAL, NAMES_BY_FOLDER, NAME_MODEL_COUNT };

/* What happened to the bytes of a file that were not yet synced. */
enum bytes_model { BYTES_ALL, BYTES_NONE, BYTES_SOME, BYTES_BY_SECTOR, BYTES_MODEL_COUNT };

struct disk;

struct disk *disk_new(void);
void disk_free(struct disk *disk);

/* The operation must outlive its use: the disk keeps it until the file is synced. */
void disk_apply(struct disk *disk, const struct op *op);

/* One file or folder of an image. */
struct image_file {
    char *name;
    bool is_folder;
    char *bytes; /* NULL while empty */
    size_t size;
};

struct image {
    struct image_file *list;
    size_t count;
};

/* What is left. The caller clears the image. */
void disk_cut(const struct disk *disk, struct dice *dice, enum name_model names,
              enum bytes_model bytes, struct image *image);

void image_clear(struct image *image);
struct image_file *image_find(const struct image *image, const char *name); /* or NULL */

/* A disk on which all of that is at rest. */
struct disk *disk_from(const struct image *image);
