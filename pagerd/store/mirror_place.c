/* SPDX-License-Identifier: MIT */
/*
 * mirror_place.c - the folders of a mirror, of which a crash leaves one whole.
 *
 * A folder cannot be renamed over another one: the old one is moved aside first, and only when the
 * next one is complete. So where STATE/mirror is missing beside STATE/mirror.old, the next one is.
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/mirror_parts.h"
#include "store/place.h"
#include "store/sqlite.h"

#define NEXT MIRROR_FOLDER ".new"
#define LAST MIRROR_FOLDER ".old"
#define STALE MIRROR_FOLDER ".stale" /* a file: STATE/mirror is not one any more */

static bool is_there(const char *state, const char *name)
{
    struct stat status;
    char *path = string_format("%s/%s", state, name);
    bool is_found = lstat(path, &status) == 0;

    free(path);
    return is_found;
}

/* The folder of a store, which has files only. */
static bool remove_folder(const char *state, const char *name, struct fault *fault)
{
    char *path = string_format("%s/%s", state, name);
    DIR *folder = opendir(path);
    struct dirent *item;

    while (folder && (item = readdir(folder))) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        (void)unlinkat(dirfd(folder), item->d_name, 0);
    }
    if (folder)
        closedir(folder);
    bool is_gone = rmdir(path) == 0 || errno == ENOENT;
    if (!is_gone)
        fault_set(fault, FAULT_SYSTEM, "cannot remove '%s'", path);
    free(path);
    return is_gone;
}

static bool move(const char *state, const char *from, const char *to, struct fault *fault)
{
    char *old = string_format("%s/%s", state, from);
    char *fresh = string_format("%s/%s", state, to);
    bool is_moved = rename(old, fresh) == 0;

    if (!is_moved)
        fault_set(fault, FAULT_SYSTEM, "cannot rename '%s' to '%s'", old, fresh);
    free(old);
    free(fresh);
    return is_moved && place_sync(state, fault);
}

bool mirror_settle(const char *state, struct fault *fault)
{
    if (!is_there(state, LAST))
        return true;
    if (!is_there(state, MIRROR_FOLDER) && is_there(state, NEXT) &&
        !move(state, NEXT, MIRROR_FOLDER, fault))
        return false;
    if (!is_there(state, MIRROR_FOLDER) && !move(state, LAST, MIRROR_FOLDER, fault))
        return false;
    return remove_folder(state, LAST, fault);
}

bool mirror_make_next(const char *state, char **folder, struct fault *fault)
{
    if (!mirror_settle(state, fault) || !remove_folder(state, NEXT, fault))
        return false;
    *folder = string_format("%s/%s", state, NEXT);
    return true;
}

bool mirror_put_next(const char *state, struct fault *fault)
{
    struct fault later;

    if (is_there(state, MIRROR_FOLDER) && !move(state, MIRROR_FOLDER, LAST, fault))
        return false;
    if (!move(state, NEXT, MIRROR_FOLDER, fault)) {
        (void)!mirror_settle(state, &later);
        return false;
    }
    char *stale = string_format("%s/%s", state, STALE);
    bool is_fresh = unlink(stale) == 0 || errno == ENOENT;
    if (!is_fresh)
        fault_set(fault, FAULT_SYSTEM, "cannot remove '%s'", stale);
    free(stale);
    return is_fresh && remove_folder(state, LAST, fault) && place_sync(state, fault);
}

static bool parse_place(const char *text, struct mirror_place *place)
{
    if (text == NULL ||
        sscanf(text, "%" SCNu64 " %" SCNd64 " %" SCNd64 " %" SCNu32 " %23s", &place->position,
               &place->mark, &place->format, &place->timeline, place->system) != 5)
        return false;
    if (strcmp(place->system, "-") == 0)
        place->system[0] = '\0';
    return true;
}

void mirror_save_place(struct batch *batch, const struct mirror_place *place)
{
    char *text = string_format("%" PRIu64 " %" PRId64 " %" PRId64 " %" PRIu32 " %s",
                               place->position, place->mark, place->format, place->timeline,
                               place->system[0] != '\0' ? place->system : "-");

    batch_save_meta(batch, &(struct meta_record){MIRROR_POSITION, text}, NEED_NONE);
    free(text);
}

/* What cannot be read is no mirror; the next copy tells what is wrong with the disk. */
bool mirror_read_place(const char *state, struct mirror_place *place)
{
    static const char sql[] = "SELECT value FROM meta WHERE name = '" MIRROR_POSITION "'";
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;

    *place = (struct mirror_place){.position = 0};
    if (is_there(state, STALE))
        return false;
    char *path = string_format("%s/%s/%s", state, MIRROR_FOLDER, SQLITE_FILE);
    bool is_good = sqlite_connect(path, SQLITE_OPEN_READWRITE, &database, NULL) &&
                   sqlite_prepare(database, sql, &statement, NULL) &&
                   sqlite3_step(statement) == SQLITE_ROW &&
                   parse_place((const char *)sqlite3_column_text(statement, 0), place);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    free(path);
    return is_good;
}

bool mirror_is_whole(const char *state, uint64_t *position)
{
    struct mirror_place place;

    if (!mirror_settle(state, NULL) || !mirror_read_place(state, &place))
        return false;
    if (position)
        *position = place.position;
    return true;
}

bool mirror_is_there(const char *state)
{
    return mirror_settle(state, NULL) && is_there(state, MIRROR_FOLDER "/" SQLITE_FILE);
}

struct key_walk {
    void *context;
    void (*take)(void *context, const struct key_record *key);
    size_t count;
};

static bool take_key(void *context, const struct cell *cells, struct fault *fault)
{
    struct key_walk *walk = context;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct key_record key;

    if (!row_fill(RECORD_KEY, cells, arena, &key, fault))
        return false;
    walk->take(walk->context, &key);
    walk->count++;
    return true;
}

size_t mirror_each_key(const char *state, void *context,
                       void (*take)(void *context, const struct key_record *key))
{
    CLEANUP(select_clear) struct select select = {.mark = '?'};
    struct key_walk walk = {.context = context, .take = take};
    struct fault fault;
    sqlite3 *database = NULL;

    if (!mirror_is_there(state))
        return 0;
    char *path = string_format("%s/%s/%s", state, MIRROR_FOLDER, SQLITE_FILE);
    select_begin(&select, RECORD_KEY, "1 = 1");
    if (sqlite_connect(path, SQLITE_OPEN_READWRITE, &database, &fault)) {
        struct sql_runner runner = sqlite_runner(database);
        (void)!runner.run(runner.context, &select, take_key, &walk, &fault);
    }
    sqlite3_close(database);
    free(path);
    return walk.count;
}

bool mirror_discard(const char *state, struct fault *fault)
{
    return !is_there(state, MIRROR_FOLDER) || place_write(state, STALE, "\n", fault);
}
