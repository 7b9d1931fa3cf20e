/* SPDX-License-Identifier: MIT */
#include "faults/power_point.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "faults/power_vfs.h"

#define DATABASE STATE_FOLDER "/pagerd.db"
#define CHECK_EVERY 16 /* points between two integrity_checks of the whole database */

/* Rows of dice of one point: where to cut, and how. */
enum { DICE_WHERE = 1, DICE_HOW = 2 };

static struct dice point_dice(const struct life *life, uint64_t point, unsigned what)
{
    return dice_of(life->seed * 16 + what, point);
}

size_t point_position(const struct life *life, uint64_t point)
{
    struct dice dice = point_dice(life, point, DICE_WHERE);
    return (size_t)dice_below(&dice, life->log.count + 1);
}

static enum name_model point_names(const struct life *life, uint64_t point)
{
    return (enum name_model)(life->names < NAME_MODEL_COUNT ? life->names
                                                            : point % NAME_MODEL_COUNT);
}

static void cut(const struct disk *disk, struct dice *dice, enum name_model names,
                struct image *image)
{
    /* Most cuts leave some of the bytes; all and none are the plain cases. */
    static const enum bytes_model models[] = {BYTES_SOME,      BYTES_SOME, BYTES_SOME,
                                              BYTES_BY_SECTOR, BYTES_ALL,  BYTES_NONE,
                                              BYTES_BY_SECTOR, BYTES_SOME};
    enum bytes_model bytes = models[dice_below(dice, sizeof(models) / sizeof(models[0]))];
    disk_cut(disk, dice, names, bytes, image);
}

void point_cut(const struct life *life, uint64_t point, const struct disk *disk,
               struct image *image)
{
    struct dice dice = point_dice(life, point, DICE_HOW);
    cut(disk, &dice, point_names(life, point), image);
}

static bool image_check(const struct life *life, const struct image *image, struct fault *fault)
{
    char *path = string_format("%s/pagerd.db", life->folder);
    vfs_mount(image, NULL);
    bool is_good = vfs_check(path, fault);
    vfs_unmount();
    free(path);
    return is_good;
}

/* The disk after the start that was logged, cut at any moment of it. */
static void cut_again(const struct image *image, const struct op_log *log, struct dice *dice,
                      enum name_model names, struct image *next)
{
    struct disk *disk = disk_from(image);
    size_t position = (size_t)dice_below(dice, log->count + 1);
    for (size_t i = 0; i < position; i++)
        disk_apply(disk, &log->list[i]);
    cut(disk, dice, names, next);
    disk_free(disk);
}

static bool start_on(const struct life *life, uint64_t point, size_t position,
                     const struct image *image, struct op_log *log, struct fault *fault)
{
    struct dice dice = point_dice(life, point, DICE_HOW);
    msec at = position > 0 ? life->log.list[position - 1].at : life->log.list[0].at;
    msec later_ms = (msec)dice_below(&dice, 90 * SECOND_MS);
    log_reset(log);
    vfs_mount(image, log);
    bool is_good =
        start_try(&life->rules, life->folder, &life->facts, position, at + later_ms, NULL, fault);
    vfs_unmount();
    return is_good;
}

static bool has_state(const struct image *image)
{
    return image_find(image, STATE_FOLDER) != NULL;
}

bool point_try(const struct life *life, uint64_t point, const struct disk *disk,
               struct point_counts *counts, struct fault *fault)
{
    size_t position = point_position(life, point);
    enum name_model names = point_names(life, point);
    struct dice dice = point_dice(life, point, DICE_HOW);
    struct op_log log;
    struct image image;

    log_init(&log);
    cut(disk, &dice, names, &image);
    counts->cuts++;
    counts->at_once += names == NAMES_AT_ONCE;
    counts->by_journal += names == NAMES_BY_JOURNAL;
    counts->by_folder += names == NAMES_BY_FOLDER;
    bool is_good = versions_check(&life->versions, &life->log, position, &image, fault);
    if (is_good && point % CHECK_EVERY == 0 && has_state(&image)) {
        counts->checked++;
        is_good = image_check(life, &image, fault);
    }
    is_good = is_good && start_on(life, point, position, &image, &log, fault);
    for (int depth = 1;
         is_good && has_state(&image) && depth <= CUT_DEPTH_MAX && dice_below(&dice, 2) == 0;
         depth++) {
        struct image next;
        cut_again(&image, &log, &dice, names, &next);
        image_clear(&image);
        image = next;
        counts->compound++;
        is_good = start_on(life, point, position, &image, &log, fault) ||
                  fault_prefix(fault, "cut %d during the start", depth);
    }
    image_clear(&image);
    log_clear(&log);
    return is_good;
}

static uint64_t size_of(const struct image *image, const char *name)
{
    const struct image_file *file = image_find(image, name);
    return file == NULL ? 0 : file->size;
}

/* The byte in the database, or behind it in the log. */
static unsigned char *byte_of(const struct image *image, uint64_t at)
{
    uint64_t size = size_of(image, DATABASE);
    const char *name = at < size ? DATABASE : DATABASE "-wal";
    return (unsigned char *)image_find(image, name)->bytes + (at < size ? at : at - size);
}

static bool start_flipped(const struct life *life, const struct flipped *flipped,
                          struct start_end *end, struct fault *fault)
{
    vfs_mount(&flipped->image, NULL);
    bool is_good = start_try(&life->rules, life->folder, NULL, 0,
                             life->log.list[life->log.count - 1].at, end, fault);
    vfs_unmount();
    return is_good;
}

bool flipped_make(const struct life *life, size_t position, struct flipped *flipped,
                  struct fault *fault)
{
    struct disk *disk = disk_new();
    struct dice dice = {0};
    struct start_end end;
    for (size_t i = 0; i < position; i++)
        disk_apply(disk, &life->log.list[i]);
    disk_cut(disk, &dice, NAMES_AT_ONCE, BYTES_ALL, &flipped->image);
    disk_free(disk);
    flipped->size = size_of(&flipped->image, DATABASE) + size_of(&flipped->image, DATABASE "-wal");
    bool is_good = start_flipped(life, flipped, &end, fault);
    flipped->sum = end.sum;
    return is_good;
}

bool flipped_try(const struct life *life, const struct flipped *flipped, uint64_t at,
                 unsigned char with, struct point_counts *counts, struct fault *fault)
{
    struct start_end end = {0};
    unsigned char *byte = byte_of(&flipped->image, at);
    *byte ^= with;
    bool is_good = start_flipped(life, flipped, &end, fault);
    *byte ^= with;
    counts->cuts++;
    counts->refused += end.is_refused;
    counts->same += is_good && end.sum == flipped->sum;
    counts->rotten += is_good && end.sum != flipped->sum;
    if (end.is_refused && fault->text[0] == '\0')
        return fault_set(fault, FAULT_INPUT, "refused without a word");
    return is_good || end.is_refused;
}
