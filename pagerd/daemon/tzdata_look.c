/* SPDX-License-Identifier: MIT */
#include "daemon/tzdata_look.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"
#include "base/text.h"
#include "base/zone.h"

/* One walk over the folder; `file` is called for each file in it, by its name below the folder. */
struct walk {
    void (*file)(struct walk *walk, const char *name, const struct stat *status);
    const char *directory;
    struct tzdata_print print;
    struct tzdata_look *look;
};

static void folder_walk(struct walk *walk, int parent, const char *name, const char *below,
                        unsigned depth);

/* Variants of all zones with leap seconds, which nobody may name. */
static bool is_variant(const char *below)
{
    return string_is(below, "right") || string_is(below, "posix");
}

static void entry_walk(struct walk *walk, int folder, const char *name, const char *prefix,
                       unsigned depth)
{
    struct stat status;
    CLEANUP(text_clear) struct text below = {0};
    text_addf(&below, "%s%s%s", prefix, prefix[0] != '\0' ? "/" : "", name);
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return; /* it has just gone */
    if (S_ISDIR(status.st_mode)) {
        if (!is_variant(text_string(&below)))
            folder_walk(walk, folder, name, text_string(&below), depth + 1);
        return;
    }
    if (S_ISLNK(status.st_mode) && fstatat(folder, name, &status, 0) != 0)
        return;
    if (!S_ISREG(status.st_mode))
        return;
    if (++walk->print.file_count > TZDATA_FILES_MAX)
        walk->print.is_cut = true;
    else
        walk->file(walk, text_string(&below), &status);
}

static void folder_walk(struct walk *walk, int parent, const char *name, const char *below,
                        unsigned depth)
{
    if (depth > TZDATA_DEPTH_MAX) {
        walk->print.is_cut = true;
        return;
    }
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    if (folder == NULL) {
        if (descriptor >= 0)
            (void)close(descriptor);
        return;
    }
    for (const struct dirent *entry; !walk->print.is_cut && (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] != '.')
            entry_walk(walk, descriptor, entry->d_name, below, depth);
    (void)closedir(folder);
}

/* The order of a folder may change by itself: a sum does not depend on it. */
static void print_add(struct walk *walk, const char *name, const struct stat *status)
{
    CLEANUP(text_clear) struct text line = {0};
    text_addf(&line, "%s %lld %lld.%09ld %llu", name, (long long)status->st_size,
              (long long)status->st_mtim.tv_sec, status->st_mtim.tv_nsec,
              (unsigned long long)status->st_ino);
    walk->print.sum += map_hash(line.bytes, line.size);
    msec changed_at = status->st_mtim.tv_sec * SECOND_MS;
    if (changed_at > walk->print.newest_at)
        walk->print.newest_at = changed_at;
}

void tzdata_print_make(const char *directory, struct tzdata_print *print)
{
    struct walk walk = {.file = print_add, .directory = directory};
    folder_walk(&walk, AT_FDCWD, directory, "", 0);
    *print = walk.print;
}

bool tzdata_print_is(const struct tzdata_print *left, const struct tzdata_print *right)
{
    return left->sum == right->sum && left->file_count == right->file_count;
}

/* A file that is no zone was none before (a table, a list), or is not whole yet. */
static void zone_add(struct walk *walk, const char *name, const struct stat *status UNUSED)
{
    struct tzdata_look *look = walk->look;
    CLEANUP(zone_free) struct zone *zone = NULL;
    struct fault fault;
    if (zone_load(walk->directory, name, &zone, &fault))
        map_put(look->zones, span_of(name), look->zones);
    else if (look->broken == NULL && look->known != NULL &&
             map_find(look->known, span_of(name)) != NULL)
        look->broken = string_copy(name);
}

void tzdata_look_run(void *item)
{
    struct tzdata_look *look = item;
    CLEANUP(text_clear) struct text version = {0};
    tzdata_print_make(look->directory, &look->print);
    if (!look->is_reading || !tzdata_print_is(&look->print, &look->seen))
        return;
    struct walk walk = {.file = zone_add, .directory = look->directory, .look = look};
    look->zones = map_new();
    folder_walk(&walk, AT_FDCWD, look->directory, "", 0);
    if (zone_data_version(look->directory, &version) && version.size < TZDATA_VERSION_SIZE)
        memcpy(look->version, text_string(&version), version.size + 1);
}

void tzdata_look_free(struct tzdata_look *look)
{
    if (look == NULL)
        return;
    map_free(look->known);
    map_free(look->zones);
    free(look->broken);
    free(look->directory);
    free(look);
}

/* "2026f" gives 2026; what does not begin with a year gives 0. */
static int version_year(const char *version)
{
    int year = 0;
    for (int i = 0; i < 4; i++) {
        if (version[i] < '0' || version[i] > '9')
            return 0;
        year = year * 10 + (version[i] - '0');
    }
    return year >= 1990 && year <= 2199 ? year : 0;
}

msec tzdata_release(const char *version, msec newest_at)
{
    int year = version_year(version);
    if (year == 0)
        return newest_at;
    msec from_at = civil_days(year, 1, 1) * DAY_MS;
    msec until_at = civil_days(year + 1, 1, 1) * DAY_MS;
    if (newest_at < from_at)
        return from_at;
    return newest_at < until_at ? newest_at : until_at;
}
