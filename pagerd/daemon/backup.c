/* SPDX-License-Identifier: MIT */
#include "daemon/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/turn.h"
#include "http/call.h"
#include "store/backup.h"

#define PACE_SIZE (64 * 1024)                  /* bytes between two rests, */
#define PACE_NS 2000000L                       /* so long: at most 32 MiB a second */
#define ROOM_LEFT ((uint64_t)64 * 1024 * 1024) /* bytes that commits keep for themselves */

struct backups {
    struct daemon *daemon;
    bool is_running;
    pthread_t thread;
    atomic_bool is_given_up;
    msec made_at;

    /* Of the one that is running; the thread's until it has ended. */
    struct call *call;
    char *actor;
    msec now; /* wall; when it began */
    int file;
    uint64_t rows;
    uint64_t paced; /* bytes written at the last rest */
    bool is_good;
    struct fault fault;
};

struct backups *backups_new(struct daemon *daemon)
{
    struct backups *backups = memory_new(1, sizeof(*backups));
    backups->daemon = daemon;
    return backups;
}

void backups_free(struct backups *backups)
{
    free(backups);
}

void backups_restore(struct backups *backups, const char *value)
{
    if (sscanf(value, "%" SCNd64, &backups->made_at) != 1)
        backups->made_at = 0;
}

msec backups_made_at(const struct backups *backups)
{
    return backups->made_at;
}

static bool pace(void *context, uint64_t rows, uint64_t size, struct fault *fault)
{
    struct backups *backups = context;
    struct timespec rest = {.tv_nsec = PACE_NS};
    backups->rows = rows;
    if (atomic_load(&backups->is_given_up))
        return fault_set(fault, FAULT_LIMIT, "pagerd is ending");
    if (size - backups->paced < PACE_SIZE)
        return true;
    backups->paced = size;
    nanosleep(&rest, NULL);
    return true;
}

/* A file that goes with its last descriptor. Not every file system can make one without a name. */
static int file_make(const char *state, struct fault *fault)
{
    int file = open(state, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0)
        return file;
    char *path = string_format("%s/backup.part", state);
    file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0 || unlink(path) != 0)
        fault_set(fault, FAULT_SYSTEM, "cannot make a file in '%s'", state);
    free(path);
    return file;
}

static void backup_done(void *context, void *item);

static void *backup_run(void *argument)
{
    struct backups *backups = argument;
    const struct daemon *daemon = backups->daemon;
    backups->file = file_make(daemon->state, &backups->fault);
    backups->is_good =
        backups->file >= 0 && backup_write(daemon->store, daemon->state, backups->now,
                                           backups->file, pace, backups, &backups->fault);
    inbox_post(daemon->inbox, backup_done, backups, NULL);
    return NULL;
}

/* Meant for programs that watch how old the last one is. */
static void backup_note(struct backups *backups, uint64_t size)
{
    struct daemon *daemon = backups->daemon;
    struct batch *batch = turn_batch(daemon->turns);
    char *text = string_format("a backup of %" PRIu64 " rows, %" PRIu64 " bytes, was handed out",
                               backups->rows, size);
    char *value = string_format("%" PRId64, backups->now);
    struct entry entry = {
        .at = daemon->now.wall_at, .event = "backup", .actor = backups->actor, .text = text};
    batch_add_entry(batch, &entry);
    batch_save_meta(batch, &(struct meta_record){.name = BACKUP_META, .value = value}, NEED_NONE);
    backups->made_at = backups->now;
    log_info("backup made rows=%" PRIu64 " bytes=%" PRIu64, backups->rows, size);
    free(value);
    free(text);
}

static void backup_answer(struct backups *backups)
{
    struct stat status;
    struct call *call = backups->call;
    if (backups->is_good && fstat(backups->file, &status) == 0) {
        call_answer_file(call, backups->file, (uint64_t)status.st_size);
        backup_note(backups, (uint64_t)status.st_size);
    } else {
        log_error("no backup: %s", backups->fault.text);
        call_answer_error(call, 503, "unavailable", backups->fault.text);
        if (backups->file >= 0)
            close(backups->file);
    }
    call_finish(call);
}

/* On the loop's thread. */
static void backup_done(void *context, void *item UNUSED)
{
    struct backups *backups = context;
    if (!backups->is_running)
        return;
    pthread_join(backups->thread, NULL);
    backups->is_running = false;
    backup_answer(backups);
    free(backups->actor);
}

/* Commits come first: a backup must not take the last room. */
static bool has_room(const struct daemon *daemon, struct fault *fault)
{
    struct statvfs disk;
    struct store_health health;
    store_health(daemon->store, &health);
    if (statvfs(daemon->state, &disk) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot look at the disk of '%s'", daemon->state);
    uint64_t wanted = health.file_size + health.log_size + ROOM_LEFT;
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (room >= wanted)
        return true;
    return fault_set(fault, FAULT_LIMIT,
                     "A backup needs %" PRIu64
                     " MiB in the state directory for a while, and %" PRIu64 " MiB are free.",
                     wanted >> 20, room >> 20);
}

void backup_begin(struct backups *backups, struct call *call, const char *actor)
{
    struct fault fault = {0};
    const char *why = NULL;
    if (backups->is_running)
        why = "Another backup is being made; try again when it is done.";
    else if (!has_room(backups->daemon, &fault))
        why = fault.text;
    if (why != NULL) {
        call_answer_error(call, 503, "unavailable", why);
        call_finish(call);
        return;
    }
    backups->call = call;
    backups->actor = string_copy(actor);
    backups->now = backups->daemon->now.wall_at;
    backups->rows = backups->paced = 0;
    backups->fault = (struct fault){0};
    backups->is_running = pthread_create(&backups->thread, NULL, backup_run, backups) == 0;
    if (backups->is_running)
        return;
    free(backups->actor);
    call_answer_error(call, 503, "unavailable", "The system gives no thread for a backup.");
    call_finish(call);
}

void backups_give_up(struct backups *backups, const struct fault *why)
{
    if (!backups->is_running)
        return;
    atomic_store(&backups->is_given_up, true);
    pthread_join(backups->thread, NULL);
    backups->is_running = false; /* what it posted finds that it is too late */
    if (backups->file >= 0)
        close(backups->file);
    call_fail_unavailable(backups->call, why->text);
    call_finish(backups->call);
    free(backups->actor);
}
