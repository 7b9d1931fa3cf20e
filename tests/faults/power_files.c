/* SPDX-License-Identifier: MIT */
#include "faults/power_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "faults/power_vfs.h"

#define KEPT_MS SECOND_MS /* after the sync of its folder: by then it must be safe */

struct version {
    char *name;
    uint64_t sum; /* of all its names and bytes */
    size_t made;  /* position of the rename in the log */
    msec kept_at; /* when its folder was synced; MSEC_NEVER: it was not */
};

static bool has_ending(const char *name, const char *ending)
{
    size_t size = strlen(name);
    size_t end = strlen(ending);
    return size >= end && strcmp(name + size - end, ending) == 0;
}

/* The folder is the name itself, or above it. */
static bool is_within(const char *name, const char *folder)
{
    size_t size = strlen(folder);
    return strncmp(name, folder, size) == 0 && (name[size] == '\0' || name[size] == '/');
}

/* FNV-1a */
static uint64_t sum_bytes(uint64_t sum, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ (unsigned char)bytes[i]) * 0x100000001b3U;
    return sum;
}

/* Of a file, or of all below a folder in whatever order; 0: there is nothing of that name. */
static uint64_t sum_of(const struct image *image, const char *name)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < image->count; i++) {
        const struct image_file *file = &image->list[i];
        if (!is_within(file->name, name))
            continue;
        const char *below = file->name + strlen(name);
        uint64_t one = sum_bytes(0xcbf29ce484222325U, below, strlen(below) + 1);
        sum += sum_bytes(one, file->bytes == NULL ? "" : file->bytes, file->size) | 1;
    }
    return sum;
}

static void version_add(struct versions *versions, const struct disk *disk, const char *name,
                        size_t position)
{
    struct image image;
    struct dice dice = dice_of(0, 0);
    disk_cut(disk, &dice, NAMES_AT_ONCE, BYTES_ALL, &image);
    versions->list = memory_grow(versions->list, versions->count + 1, sizeof(*versions->list));
    versions->list[versions->count++] = (struct version){.name = string_copy(name),
                                                         .sum = sum_of(&image, name),
                                                         .made = position,
                                                         .kept_at = MSEC_NEVER};
    image_clear(&image);
}

/* The folder of these versions is on disk now. */
static void versions_keep(struct versions *versions, const char *folder, msec at)
{
    for (size_t i = 0; i < versions->count; i++) {
        struct version *version = &versions->list[i];
        const char *slash = strrchr(version->name, '/');
        size_t size = (size_t)(slash - version->name);
        if (version->kept_at == MSEC_NEVER && strlen(folder) == size &&
            memcmp(folder, version->name, size) == 0)
            version->kept_at = at;
    }
}

void versions_gather(struct versions *versions, const struct op_log *log)
{
    struct disk *disk = disk_new();
    *versions = (struct versions){0};
    for (size_t i = 0; i < log->count; i++) {
        const struct op *op = &log->list[i];
        disk_apply(disk, op);
        if (op->kind == OP_SYNC)
            versions_keep(versions, op->name, op->at);
        if (op->kind == OP_RENAME || op->kind == OP_EXCHANGE)
            version_add(versions, disk, op->bytes, i);
    }
    disk_free(disk);
}

void versions_clear(struct versions *versions)
{
    for (size_t i = 0; i < versions->count; i++)
        free(versions->list[i].name);
    free(versions->list);
    *versions = (struct versions){0};
}

/* One thing that has versions: what the image has of it is one of those made before the cut, and
 * none older than the last that was kept. */
static bool version_check(const struct versions *versions, size_t first, size_t position, msec now,
                          const struct image *image, struct fault *fault)
{
    const char *name = versions->list[first].name;
    uint64_t sum = sum_of(image, name);
    bool is_known = sum == 0;
    for (size_t i = first; i < versions->count && versions->list[i].made < position; i++) {
        const struct version *version = &versions->list[i];
        if (strcmp(version->name, name) != 0)
            continue;
        if (version->kept_at != MSEC_NEVER && now - version->kept_at > KEPT_MS)
            is_known = false;
        is_known = is_known || sum == version->sum;
    }
    if (is_known)
        return true;
    return fault_set(fault, FAULT_INPUT, "'%s' is %s", name,
                     sum == 0 ? "gone, and was on disk" : "a half, or older than what was on disk");
}

static bool is_first_of_name(const struct versions *versions, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(versions->list[i].name, versions->list[index].name) == 0)
            return false;
    return true;
}

/* Files that nothing was renamed to, and that are not SQLite's or the lock. */
static bool is_stray(const struct versions *versions, const struct image_file *file)
{
    if (file->is_folder || strstr(file->name, ".new") != NULL ||
        strncmp(file->name, STATE_FOLDER "/pagerd.", 13) == 0)
        return false;
    for (size_t i = 0; i < versions->count; i++)
        if (is_within(file->name, versions->list[i].name))
            return false;
    return true;
}

/* What is not in force yet, and how often pagerd died lately: that has to outlive the process, not
 * the power, and a half of it is as good as none. */
static bool may_be_anything(const char *name)
{
    return has_ending(name, ".new") || has_ending(name, "/lives");
}

bool versions_check(const struct versions *versions, const struct op_log *log, size_t position,
                    const struct image *image, struct fault *fault)
{
    msec now = position > 0 ? log->list[position - 1].at : 0;
    for (size_t i = 0; i < versions->count && versions->list[i].made < position; i++)
        if (is_first_of_name(versions, i) && !may_be_anything(versions->list[i].name) &&
            !version_check(versions, i, position, now, image, fault))
            return false;
    for (size_t i = 0; i < image->count; i++)
        if (is_stray(versions, &image->list[i]))
            return fault_set(fault, FAULT_INPUT, "'%s' was written in place", image->list[i].name);
    return true;
}
