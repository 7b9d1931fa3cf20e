/* SPDX-License-Identifier: MIT */
/* SQLite's log is copied into the database beside the commits, and does not grow for ever. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"

#define LONG_SIZE 100000 /* of an incident's details: some 25 pages of the log */
#define LOG_SIZE_MAX ((uint64_t)(40 << 20))
#define COMMITS_MAX 1000
#define STEP_COMMITS 60 /* more than enough for a copy to begin */
#define WAIT_S 30

/* SQLite's own disk, but that a sync of the database beside the commits waits at a gate, or fails.
 */
static sqlite3_vfs *real_vfs;
static sqlite3_vfs gated_vfs;
static sqlite3_io_methods file_methods;
static const sqlite3_io_methods *real_file_methods;
static atomic_bool is_gate_shut;
static pthread_t committer;
static atomic_bool is_waiting;
static atomic_int sync_result;

static int gated_sync(sqlite3_file *file, int flags)
{
    bool is_beside = !pthread_equal(pthread_self(), committer);
    while (is_gate_shut && is_beside) {
        is_waiting = true;
        usleep(1000);
    }
    bool is_failing = is_beside && sync_result != SQLITE_OK;
    return is_failing ? sync_result : real_file_methods->xSync(file, flags);
}

static int gated_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    int code = real_vfs->xOpen(real_vfs, name, file, flags, out);
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_MAIN_DB) == 0)
        return code;
    real_file_methods = file->pMethods;
    file_methods = *real_file_methods;
    file_methods.xSync = gated_sync;
    file->pMethods = &file_methods;
    return code;
}

static int set_up(void **state)
{
    sqlite3_initialize();
    real_vfs = sqlite3_vfs_find(NULL);
    gated_vfs = *real_vfs;
    gated_vfs.zName = "gated";
    gated_vfs.pNext = NULL;
    gated_vfs.xOpen = gated_open;
    sqlite3_vfs_register(&gated_vfs, 1);
    is_gate_shut = false;
    is_waiting = false;
    sync_result = SQLITE_OK;
    return rig_set_up_sqlite(state);
}

static int tear_down(void **state)
{
    is_gate_shut = false;
    sync_result = SQLITE_OK;
    int code = rig_tear_down(state);
    sqlite3_vfs_unregister(&gated_vfs);
    return code;
}

static struct batch *long_batch(uint64_t number)
{
    static char details[LONG_SIZE + 1];
    struct incident incident = sample_incident(number);
    struct batch *batch = batch_new();

    memset(details, 'x', LONG_SIZE);
    incident.details = details;
    batch_save_incident(batch, &incident, NEED_NEW);
    return batch;
}

static void note_committer(void *context, struct batch *failed, const struct fault *fault)
{
    assert_null(failed);
    assert_null(fault);
    committer = pthread_self();
    *(atomic_bool *)context = true;
}

/* With the first commit. */
static void find_committer(struct rig *rig)
{
    atomic_bool is_noted = false;

    assert_true(store_submit(rig->store, long_batch(1), note_committer, &is_noted, NULL));
    for (int i = 0; i < WAIT_S * 1000 && !is_noted; i++)
        usleep(1000);
    assert_true(is_noted);
}

static void commits_go_on_while_the_log_is_copied(void **state)
{
    struct rig *rig = *state;
    uint64_t number = 1;

    find_committer(rig);
    is_gate_shut = true;
    while (number < STEP_COMMITS)
        rig_must_commit(rig, long_batch(++number));
    for (int i = 0; i < WAIT_S * 1000 && !is_waiting; i++)
        usleep(1000);
    assert_true(is_waiting);
    for (int i = 0; i < 20; i++)
        rig_must_commit(rig, long_batch(++number));
    is_gate_shut = false;
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], number);
}

static void a_log_that_is_never_at_rest_starts_again(void **state)
{
    struct rig *rig = *state;
    struct store_health health;
    uint64_t most = 0;

    for (uint64_t number = 1; number <= 1000; number++) {
        rig_must_commit(rig, long_batch(number));
        store_health(rig->store, &health);
        most = health.log_size > most ? health.log_size : most;
    }
    assert_true(health.file_size > 2 * LOG_SIZE_MAX);
    assert_in_range(most, 1, LOG_SIZE_MAX);
}

/* Somebody who reads what was there: while not all can be copied, SQLite itself syncs nothing. */
static sqlite3 *reader_open(const struct rig *rig)
{
    sqlite3 *reader = NULL;
    char path[sizeof rig->url + 16];

    snprintf(path, sizeof path, "%s/pagerd.db", rig->url + strlen("sqlite:"));
    assert_int_equal(sqlite3_open_v2(path, &reader, SQLITE_OPEN_READWRITE, real_vfs->zName),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM incident", NULL, NULL, NULL),
                     SQLITE_OK);
    return reader;
}

static void a_failed_sync_beside_the_commits_breaks_the_store(void **state)
{
    struct rig *rig = *state;
    struct store_health health = {.is_broken = false};
    uint64_t number = 1;

    find_committer(rig);
    sqlite3 *reader = reader_open(rig);
    sync_result = SQLITE_IOERR_FSYNC;
    while (!health.is_broken && ++number < COMMITS_MAX) {
        struct fault fault = rig_commit(rig, long_batch(number));
        assert_true(fault.kind == FAULT_NONE || fault.kind == FAULT_SYSTEM);
        store_health(rig->store, &health);
    }
    sqlite3_close(reader);
    assert_true(health.is_broken);
    assert_non_null(strstr(health.problem, "copying the log"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commits_go_on_while_the_log_is_copied, set_up, tear_down),
        ON_SQLITE(a_log_that_is_never_at_rest_starts_again),
        cmocka_unit_test_setup_teardown(a_failed_sync_beside_the_commits_breaks_the_store, set_up,
                                        tear_down),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
