/* SPDX-License-Identifier: MIT */
#include "daemon/move.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "base/time.h"
#include "daemon/clock.h"
#include "store/backup.h"
#include "store/copy.h"
#include "store/rows.h"

static int move_fail(const struct fault *fault)
{
    fprintf(stderr, "pagerd: %s\n", fault->text);
    return 1;
}

static void move_tell(const struct copy_report *report)
{
    for (unsigned kind = 0; kind < RECORD_COUNT; kind++)
        if (report->counts[kind] > 0)
            printf("%10" PRIu64 "  %s\n", report->counts[kind],
                   table_get((enum record_kind)kind)->name);
    printf("%10" PRIu64 "  rows, counted and hashed: they are the same\n", report->rows);
    if (report->resumed > 0)
        printf("%10" PRIu64 "  of these were there from an earlier try\n", report->resumed);
}

/* Opening would make a store that is not there. */
static bool source_exists(const char *url, struct fault *fault)
{
    const char *folder = strncmp(url, "sqlite:", 7) == 0 ? url + 7 : NULL;
    if (folder == NULL)
        return true;
    char *path = string_format("%s/pagerd.db", folder);
    bool is_there =
        access(path, F_OK) == 0 ||
        fault_set(fault, FAULT_SYSTEM, "there is no store to copy: cannot find '%s'", path);
    free(path);
    return is_there;
}

static bool copy_between(const char *from, const char *to, struct copy_report *report,
                         struct fault *fault)
{
    CLEANUP(store_close) struct store *source = NULL;
    CLEANUP(store_close) struct store *target = NULL;
    if (!source_exists(from, fault) || !store_open(from, NULL, &source, fault) ||
        !store_open(to, NULL, &target, fault))
        return false;
    struct copy_source all = copy_of_store(source, from);
    return copy_run(&all, target, NULL, report, fault);
}

int move_copy(const struct options *options)
{
    struct fault fault = {0};
    struct copy_report report;
    if (options->into == NULL) {
        fault_set(&fault, FAULT_INPUT, "--copy needs --into: where to copy it");
        return move_fail(&fault);
    }
    if (!copy_between(options->copy, options->into, &report, &fault))
        return move_fail(&fault);
    move_tell(&report);
    printf("Copied %s into %s. Start pagerd on one of them only.\n", options->copy, options->into);
    return 0;
}

struct restoring {
    const char *path;
    const char *state;
    unsigned walks;
};

/* The first walk only looks. With the second the target is known to be empty: the files go first,
 * for with the last row all of it is in force. */
static bool restore_walk(void *context, const struct store_taker *taker, struct fault *fault)
{
    struct restoring *restoring = context;
    if (++restoring->walks == 2 && !backup_put_files(restoring->path, restoring->state, fault))
        return false;
    return backup_walk(restoring->path, taker, NULL, fault);
}

static bool forget_row(void *context UNUSED, enum record_kind kind UNUSED,
                       const struct cell *cells UNUSED, struct fault *fault UNUSED)
{
    return true;
}

static bool forget_counter(void *context UNUSED, const char *name UNUSED, int64_t value UNUSED,
                           struct fault *fault UNUSED)
{
    return true;
}

/* All of the file, before anything is made because of it. */
static bool backup_look(const char *path, msec *made_at, struct fault *fault)
{
    struct store_taker nobody = {.row = forget_row, .counter = forget_counter};
    return backup_walk(path, &nobody, made_at, fault);
}

static int is_in_the_way(const struct dirent *item)
{
    static const char *const fine[] = {".", "..", "lost+found", "pagerd.lock"};
    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++)
        if (string_is(item->d_name, fine[i]))
            return 0;
    return 1;
}

/* A directory that is missing or empty, or has a store: whether that one may be filled, the copy
 * finds out. */
static bool state_check(const char *state, struct fault *fault)
{
    struct stat status;
    struct dirent **items = NULL;
    if (stat(state, &status) != 0 && errno == ENOENT)
        return true;
    if (status.st_uid != geteuid())
        return fault_set(fault, FAULT_DENIED,
                         "'%s' belongs to another user (%u): restore as that user, so that pagerd "
                         "can use it",
                         state, (unsigned)status.st_uid);
    int count = scandir(state, &items, is_in_the_way, alphasort);
    if (count < 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot look into '%s'", state);
    bool has_store = false;
    for (int i = 0; i < count; i++) {
        has_store = has_store || string_is(items[i]->d_name, "pagerd.db");
        free(items[i]);
    }
    free(items);
    if (count > 0 && !has_store)
        return fault_set(fault, FAULT_CONFLICT,
                         "'%s' is not empty: a backup is restored into an empty directory", state);
    return true;
}

static bool restore_into(const char *path, const char *state, msec *made_at,
                         struct copy_report *report, struct fault *fault)
{
    CLEANUP(store_close) struct store *target = NULL;
    struct restoring restoring = {.path = path, .state = state};
    struct copy_source source = {.name = path, .walk = restore_walk, .context = &restoring};
    if (!backup_look(path, made_at, fault) || !state_check(state, fault))
        return false;
    char *url = string_format("sqlite:%s", state);
    bool is_open = store_open(url, NULL, &target, fault);
    free(url);
    if (!is_open)
        return false;
    char *value = string_format("pending %" PRId64, *made_at);
    struct meta_record last = {.name = RESTORED_META, .value = value};
    bool is_good = copy_run(&source, target, &last, report, fault);
    free(value);
    return is_good;
}

int move_restore(const struct options *options)
{
    const char *state = options->state != NULL ? options->state : STATE_DEFAULT;
    char made[INSTANT_TEXT_SIZE];
    struct fault fault = {0};
    struct copy_report report;
    msec made_at = 0;
    if (!restore_into(options->restore, state, &made_at, &report, &fault))
        return move_fail(&fault);
    move_tell(&report);
    printf("Restored the backup of %s into %s. Start pagerd on it: nothing of then is paged,\n"
           "all ack links of then are void, and the admins are told what was open.\n",
           instant_render(made_at, made), state);
    return 0;
}
