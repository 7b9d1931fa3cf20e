/* SPDX-License-Identifier: MIT */
#include "store/sqlite_copier.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "store/sqlite.h"

/* SQLite copies nothing on a connection that has never read. */
#define FIRST_WORDS \
    "PRAGMA synchronous = FULL; PRAGMA cache_size = 0; SELECT max(version) FROM schema_version"

struct copier {
    sqlite3 *database;
    pthread_t thread;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t has_changed;
    bool is_busy;
    bool is_ending;
    int pages;
    enum commit_end end;
    struct fault fault;
};

/* SQLite does so only where nothing is left in the log: then all of it would be on senders' time.
 */
static enum commit_end sync_file(struct copier *copier, struct fault *fault)
{
    sqlite3_file *file = NULL;
    int code = sqlite3_file_control(copier->database, NULL, SQLITE_FCNTL_FILE_POINTER, &file);
    assert(code == SQLITE_OK);
    if (file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK)
        return COMMIT_DONE;
    fault_set(fault, FAULT_SYSTEM, "the store failed while copying the log");
    return COMMIT_BROKEN;
}

static void copier_copy(struct copier *copier)
{
    struct fault fault = {0};
    int pages = copier->pages;
    enum commit_end end = sqlite_copy_log(copier->database, &pages, &fault);
    if (end == COMMIT_DONE)
        end = sync_file(copier, &fault);
    pthread_mutex_lock(&copier->lock);
    copier->pages = pages;
    copier->end = end;
    copier->fault = fault;
    copier->is_busy = false;
    pthread_cond_broadcast(&copier->has_changed);
    pthread_mutex_unlock(&copier->lock);
}

static void *copier_run(void *argument)
{
    struct copier *copier = argument;
    for (;;) {
        pthread_mutex_lock(&copier->lock);
        while (!copier->is_busy && !copier->is_ending)
            pthread_cond_wait(&copier->has_changed, &copier->lock);
        bool is_asked = copier->is_busy;
        pthread_mutex_unlock(&copier->lock);
        if (!is_asked)
            return NULL;
        copier_copy(copier);
    }
}

struct copier *copier_new(const char *path, struct fault *fault)
{
    struct copier *copier = memory_new(1, sizeof(*copier));
    if (!sqlite_connect(path, SQLITE_OPEN_READWRITE, &copier->database, fault) ||
        !sqlite_run(copier->database, FIRST_WORDS, fault)) {
        sqlite3_close(copier->database);
        free(copier);
        return NULL;
    }
    pthread_mutex_init(&copier->lock, NULL);
    pthread_cond_init(&copier->has_changed, NULL);
    errno = pthread_create(&copier->thread, NULL, copier_run, copier);
    if (errno == 0)
        return copier;
    fault_set(fault, FAULT_SYSTEM, "cannot start the thread that copies the log");
    sqlite3_close(copier->database);
    free(copier);
    return NULL;
}

void copier_free(struct copier *copier)
{
    if (copier == NULL)
        return;
    pthread_mutex_lock(&copier->lock);
    copier->is_ending = true;
    pthread_cond_broadcast(&copier->has_changed);
    pthread_mutex_unlock(&copier->lock);
    pthread_join(copier->thread, NULL);
    sqlite3_close(copier->database);
    pthread_cond_destroy(&copier->has_changed);
    pthread_mutex_destroy(&copier->lock);
    free(copier);
}

void copier_start(struct copier *copier)
{
    pthread_mutex_lock(&copier->lock);
    assert(!copier->is_busy);
    copier->is_busy = true;
    pthread_cond_broadcast(&copier->has_changed);
    pthread_mutex_unlock(&copier->lock);
}

void copier_wait(struct copier *copier)
{
    pthread_mutex_lock(&copier->lock);
    while (copier->is_busy)
        pthread_cond_wait(&copier->has_changed, &copier->lock);
    pthread_mutex_unlock(&copier->lock);
}

bool copier_is_busy(struct copier *copier, enum commit_end *end, int *pages, struct fault *fault)
{
    pthread_mutex_lock(&copier->lock);
    bool is_busy = copier->is_busy;
    if (!is_busy) {
        *end = copier->end;
        *pages = copier->pages;
        if (copier->end != COMMIT_DONE)
            *fault = copier->fault;
        copier->end = COMMIT_DONE;
    }
    pthread_mutex_unlock(&copier->lock);
    return is_busy;
}
