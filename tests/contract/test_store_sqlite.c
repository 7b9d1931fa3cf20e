/* SPDX-License-Identifier: MIT */
/* What only a disk can do to a store: kill -9, no room, failed fsync, damage, strange files. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"

#define KILL_ROUNDS 50

static struct batch *batch_of(uint64_t number)
{
    struct incident incident = sample_incident(number);
    struct page page = sample_page(number, number);
    struct entry entry = sample_entry(number, SAMPLE_NOW);
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    batch_save_page(batch, &page, NEED_NEW);
    batch_add_entry(batch, &entry);
    return batch;
}

/* Kill -9. */

struct report {
    int pipe;
    uint64_t number;
};

static void report_done(void *context, struct batch *failed, const struct fault *fault)
{
    struct report *report = context;

    if (fault == NULL && write(report->pipe, &report->number, sizeof(report->number)) < 0)
        _exit(2);
    batch_free(failed);
    free(report);
}

/* Commits for ever, and says on the pipe what is done, until it is killed. */
static void child_run(const char *url, uint64_t number, int pipe)
{
    struct store_limits limits = {.queue_batches_max = 64};
    struct store *store;
    struct fault fault;

    if (!store_open(url, &limits, &store, &fault))
        _exit(1);
    for (;; number++) {
        struct report *report = memory_new(1, sizeof(*report));
        struct batch *batch = batch_of(number);
        *report = (struct report){pipe, number};
        while (!store_submit(store, batch, report_done, report, &fault))
            sched_yield();
    }
}

/* Gives the highest number that was reported done before the child died. */
static uint64_t run_and_kill(const char *url, uint64_t first, unsigned *seed)
{
    int ends[2];
    uint64_t number;
    uint64_t highest = 0;
    int patience = rand_r(seed) % 300 + 1;
    struct timespec moment = {0, rand_r(seed) % 3000000};

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        child_run(url, first, ends[1]);
    }
    close(ends[1]);
    while (read(ends[0], &number, sizeof(number)) == sizeof(number)) {
        assert_int_equal(number, highest ? highest + 1 : first);
        highest = number;
        if (--patience > 0)
            continue;
        nanosleep(&moment, NULL);
        kill(child, SIGKILL);
    }
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return highest;
}

static void what_was_done_is_there_after_a_kill(void **state)
{
    struct rig *rig = *state;
    const char *given = getenv("STORE_SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    uint64_t next = 1;

    print_message("STORE_SEED=%u\n", seed);
    for (int round = 0; round < KILL_ROUNDS; round++) {
        rig_close(rig);
        uint64_t highest = run_and_kill(rig->url, next, &seed);
        rig_open(rig, NULL);
        struct loaded *loaded = rig_load(rig, SAMPLE_NOW);
        assert_true(loaded->maxima.incident >= highest);
        /* Nothing is missing in between, and no batch is there by half. */
        assert_int_equal(loaded->counts[RECORD_INCIDENT], loaded->maxima.incident);
        assert_int_equal(loaded->counts[RECORD_PAGE], loaded->maxima.incident);
        next = loaded->maxima.incident + 1;
        arena_reset(rig->arena);
    }
    print_message("%d kills, %llu batches\n", KILL_ROUNDS, (unsigned long long)next - 1);
}

/* A disk that fails when it is told to: SQLite's own, with two calls of the log's file replaced. */

static sqlite3_vfs *real_vfs;
static sqlite3_vfs faulty_vfs;
static sqlite3_io_methods log_methods;
static const sqlite3_io_methods *real_log_methods;
static atomic_int sync_result;
static atomic_int write_result;

static int faulty_sync(sqlite3_file *file, int flags)
{
    errno = ENOSPC; /* even so: what an fsync could not write is lost */
    return sync_result != SQLITE_OK ? sync_result : real_log_methods->xSync(file, flags);
}

static int faulty_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset)
{
    return write_result != SQLITE_OK ? write_result
                                     : real_log_methods->xWrite(file, bytes, size, offset);
}

static int faulty_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    (void)vfs;
    int code = real_vfs->xOpen(real_vfs, name, file, flags, out);
    if (code != SQLITE_OK || (flags & SQLITE_OPEN_WAL) == 0)
        return code;
    real_log_methods = file->pMethods;
    log_methods = *real_log_methods;
    log_methods.xSync = faulty_sync;
    log_methods.xWrite = faulty_write;
    file->pMethods = &log_methods;
    return code;
}

static int set_up_faulty(void **state)
{
    sqlite3_initialize();
    real_vfs = sqlite3_vfs_find(NULL);
    faulty_vfs = *real_vfs;
    faulty_vfs.zName = "faulty";
    faulty_vfs.pNext = NULL;
    faulty_vfs.xOpen = faulty_open;
    sqlite3_vfs_register(&faulty_vfs, 1);
    return rig_set_up_sqlite(state);
}

static int tear_down_faulty(void **state)
{
    sync_result = SQLITE_OK;
    write_result = SQLITE_OK;
    int code = rig_tear_down(state);
    sqlite3_vfs_unregister(&faulty_vfs);
    return code;
}

static void a_failed_fsync_breaks_the_store_for_good(void **state)
{
    struct rig *rig = *state;
    struct store_health health;
    struct stat status;
    char path[128];

    rig_must_commit(rig, batch_of(1));
    sync_result = SQLITE_IOERR_FSYNC;
    struct fault fault = rig_commit(rig, batch_of(2));
    assert_int_equal(fault.kind, FAULT_SYSTEM);
    assert_non_null(strstr(fault.text, "the store failed while COMMIT"));
    sync_result = SQLITE_OK;
    fault = rig_commit(rig, batch_of(3));
    assert_int_equal(fault.kind, FAULT_SYSTEM);
    assert_non_null(strstr(fault.text, "the store is broken"));
    store_health(rig->store, &health);
    assert_true(health.is_broken);
    assert_non_null(strstr(health.problem, "COMMIT"));

    /* Nothing is copied from a log that the disk may not hold. */
    snprintf(path, sizeof(path), "%s/state/pagerd.db-wal", rig->directory);
    rig_close(rig);
    assert_int_equal(stat(path, &status), 0);
    assert_true(status.st_size > 0);

    rig_open(rig, NULL);
    struct loaded *loaded = rig_load(rig, SAMPLE_NOW);
    assert_true(loaded->maxima.incident >= 1 && loaded->maxima.incident <= 2);
    rig_must_commit(rig, batch_of(3));
}

static void a_failed_fsync_between_commits_breaks_the_store_too(void **state)
{
    struct rig *rig = *state;
    struct store_health health = {.is_broken = false};

    rig_must_commit(rig, batch_of(1));
    sync_result = SQLITE_IOERR_FSYNC; /* the log is copied as soon as there is nothing to do */
    while (!health.is_broken && !health.is_full)
        store_health(rig->store, &health);
    assert_true(health.is_broken);
    assert_non_null(strstr(health.problem, "copying the log"));
    sync_result = SQLITE_OK;
    assert_int_equal(rig_commit(rig, batch_of(2)).kind, FAULT_SYSTEM);
}

static void a_full_disk_fails_until_there_is_room(void **state)
{
    struct rig *rig = *state;
    struct store_health health;

    rig_must_commit(rig, batch_of(1));
    write_result = SQLITE_FULL;
    for (int i = 0; i < 3; i++) {
        struct fault fault = rig_commit(rig, batch_of(2));
        assert_int_equal(fault.kind, FAULT_LIMIT);
        assert_non_null(strstr(fault.text, "no room on the disk"));
    }
    store_health(rig->store, &health);
    assert_true(health.is_full);
    assert_false(health.is_broken);
    write_result = SQLITE_OK;
    rig_must_commit(rig, batch_of(2));
    store_health(rig->store, &health);
    assert_false(health.is_full);
    assert_int_equal(rig_reload(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 2);
}

static void a_limit_on_the_file_is_a_full_disk(void **state)
{
    struct rig *rig = *state;
    struct store_limits limits = {.file_size_max = 300 * 1024};
    struct incident large = sample_incident(2);
    struct batch *batch = batch_new();

    rig_close(rig);
    rig_open(rig, &limits);
    rig_must_commit(rig, batch_of(1));
    char *details = memory_new(1024 * 1024 + 1, 1);
    memset(details, 'x', 1024 * 1024);
    large.details = details;
    batch_save_incident(batch, &large, NEED_NEW);
    assert_int_equal(rig_commit(rig, batch).kind, FAULT_LIMIT);
    free(details);
    rig_must_commit(rig, batch_of(3));
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_INCIDENT], 2);
    assert_int_equal(loaded->incidents[1].number, 3);
}

/* Files that are not what they should be. */

struct file {
    char path[128];
    char *bytes;
    size_t size;
};

static struct file read_database(const struct rig *rig)
{
    struct file file;

    snprintf(file.path, sizeof(file.path), "%s/state/pagerd.db", rig->directory);
    FILE *stream = fopen(file.path, "rb");
    assert_non_null(stream);
    fseek(stream, 0, SEEK_END);
    file.size = (size_t)ftell(stream);
    rewind(stream);
    file.bytes = memory_new(file.size + 1, 1);
    assert_int_equal(fread(file.bytes, 1, file.size, stream), file.size);
    fclose(stream);
    return file;
}

static void write_database(const struct file *file)
{
    FILE *stream = fopen(file->path, "wb");

    assert_non_null(stream);
    assert_int_equal(fwrite(file->bytes, 1, file->size, stream), file->size);
    fclose(stream);
}

/* Leaves what it wrote in the log, as a program that is killed does. */
static void run_sql(const struct rig *rig, const char *sql)
{
    char path[128];
    sqlite3 *database;

    snprintf(path, sizeof(path), "%s/state/pagerd.db", rig->directory);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

/* Opening must fail with these words, and leave every byte of the file as it is. */
static void must_refuse(struct rig *rig, const char *words)
{
    struct file before = read_database(rig);
    struct fault fault;

    assert_false(store_open(rig->url, NULL, &rig->store, &fault));
    if (strstr(fault.text, words) == NULL)
        fail_msg("'%s' is not in '%s'", words, fault.text);
    struct file after = read_database(rig);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.bytes, after.bytes, after.size);
    free(before.bytes);
    free(after.bytes);
}

static void a_newer_schema_is_refused_and_not_touched(void **state)
{
    struct rig *rig = *state;

    rig_close(rig);
    run_sql(rig, "UPDATE schema_version SET version = 99, min_writer = 98");
    must_refuse(rig, "has schema 99 of a newer pagerd, to which none may write that knows less "
                     "than schema 98; this one knows schemas up to 7");
}

/* As after an upgrade that is taken back. */
static void a_newer_schema_that_only_adds_is_written_to(void **state)
{
    struct rig *rig = *state;
    struct page page = sample_page(1, 4);
    struct batch *batch = batch_new();

    rig_close(rig);
    run_sql(rig, "ALTER TABLE page ADD COLUMN later BIGINT NOT NULL DEFAULT 7;"
                 "CREATE TABLE more (id INTEGER PRIMARY KEY);"
                 "UPDATE schema_version SET version = 8");
    rig_open(rig, NULL);
    batch_save_page(batch, &page, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_PAGE], 1);
    must_equal_page(&loaded->pages[0], &page);
}

/* Takes back what versions from 4 on brought, and brings back what they took. */
#define UNDO_6                                                        \
    "CREATE INDEX incident_key ON incident (integration, dedup_key);" \
    "CREATE INDEX alert_last ON alert (last_at);"                     \
    "CREATE INDEX entry_written ON entry (written_at);"
#define UNDO_5                                           \
    UNDO_6                                               \
    "ALTER TABLE page DROP COLUMN key_attempt;"          \
    "ALTER TABLE schema_version DROP COLUMN min_reader;" \
    "ALTER TABLE schema_version DROP COLUMN min_writer;"
#define UNDO_4                                           \
    UNDO_5                                               \
    "ALTER TABLE page DROP COLUMN reference;"            \
    "ALTER TABLE page DROP COLUMN is_second;"            \
    "ALTER TABLE ack_token DROP COLUMN number;"          \
    "ALTER TABLE ack_token DROP COLUMN wrong_count;"     \
    "ALTER TABLE ack_token DROP COLUMN is_void;"         \
    "ALTER TABLE incident DROP COLUMN acknowledged_via;" \
    "ALTER TABLE incident DROP COLUMN remedy;" UNDO_HOLD UNDO_SHIFTS
#define UNDO_SHIFTS "DROP TABLE handoff; DROP TABLE swap; DROP TABLE proof;"
#define UNDO_HOLD                                      \
    "ALTER TABLE page DROP COLUMN also;"               \
    "ALTER TABLE incident DROP COLUMN hold_from_at;"   \
    "ALTER TABLE incident DROP COLUMN hold_until_at;"  \
    "ALTER TABLE incident DROP COLUMN hold_user;"      \
    "ALTER TABLE incident DROP COLUMN is_hold_waived;" \
    "ALTER TABLE person DROP COLUMN awake_until_at;"   \
    "ALTER TABLE person DROP COLUMN pause_from_at;"    \
    "ALTER TABLE person DROP COLUMN pause_until_at;"

/* And what version 3 brought. */
#define UNDO_3                                             \
    UNDO_4 "DROP INDEX entry_change;"                      \
           "DROP TABLE alert;"                             \
           "DROP TABLE silence;"                           \
           "DROP TABLE heartbeat;"                         \
           "ALTER TABLE incident DROP COLUMN held_by;"     \
           "ALTER TABLE incident DROP COLUMN merged_into;" \
           "ALTER TABLE incident DROP COLUMN group_key;"   \
           "ALTER TABLE incident DROP COLUMN mixed;"       \
           "ALTER TABLE incident DROP COLUMN grow_due_at;" \
           "ALTER TABLE incident DROP COLUMN ended_at;"

static void a_store_of_schema_3_opens_with_its_pages(void **state)
{
    struct rig *rig = *state;
    struct page page = sample_page(1, 4);
    struct batch *batch = batch_new();

    page.reference = page.also = NULL;
    page.is_second = false;
    page.key_attempt = 0;
    batch_save_page(batch, &page, NEED_NEW);
    rig_must_commit(rig, batch);
    rig_close(rig);
    run_sql(rig, UNDO_4 "UPDATE schema_version SET version = 3");

    rig_open(rig, NULL);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_PAGE], 1);
    must_equal_page(&loaded->pages[0], &page);
}

static void a_store_of_schema_2_opens_with_its_incidents_and_takes_alerts(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(4);
    struct alert_record alert = sample_alert(1, 4);
    struct batch *batch = batch_new();

    struct handling handling = *incident.handling;
    handling.merged_into = handling.held_by = 0;
    handling.ended_at = 0;
    handling.grow_due_at = MSEC_NEVER;
    handling.acknowledged_via = handling.remedy = NULL;
    handling.hold_from_at = handling.hold_until_at = 0;
    handling.hold_user = NULL;
    handling.is_hold_waived = false;
    incident.handling = &handling;
    incident.group_key = NULL;
    batch_save_incident(batch, &incident, NEED_NEW);
    rig_must_commit(rig, batch);
    rig_close(rig);
    run_sql(rig, UNDO_3 "UPDATE schema_version SET version = 2");

    rig_open(rig, NULL);
    batch = batch_new();
    batch_save_alert(batch, &alert, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_INCIDENT], 1);
    must_equal_incident(&loaded->incidents[0], &incident);
    assert_int_equal(loaded->counts[RECORD_ALERT], 1);
}

/* A page that was sent before pagerd was upgraded still has a link that works, without a number. */
static void a_store_of_schema_3_opens_with_its_links(void **state)
{
    struct rig *rig = *state;
    struct token_record token = sample_token('a', 4);
    struct batch *batch = batch_new();

    batch_save_token(batch, &token, NEED_NEW);
    rig_must_commit(rig, batch);
    rig_close(rig);
    run_sql(rig, UNDO_4 "UPDATE schema_version SET version = 3");

    rig_open(rig, NULL);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_TOKEN], 1);
    token.number = token.wrong_count = 0;
    token.is_void = false;
    must_equal_token(&loaded->tokens[0], &token);
}

/* What a pagerd of schema 1 left behind: kinds of keys up to 1. */
static void a_store_of_schema_1_opens_with_its_keys_and_takes_feeds(void **state)
{
    struct rig *rig = *state;
    struct key_record person = sample_key('a');
    struct key_record feed = sample_key('b');
    struct batch *batch = batch_new();

    batch_save_key(batch, &person, NEED_NEW);
    rig_must_commit(rig, batch);
    rig_close(rig);
    run_sql(rig, UNDO_3 "UPDATE schema_version SET version = 1");

    rig_open(rig, NULL);
    feed.kind = KEY_FEED;
    batch = batch_new();
    batch_save_key(batch, &feed, NEED_NEW);
    rig_must_commit(rig, batch);
    struct loaded *loaded = rig_reload(rig, SAMPLE_NOW);
    assert_int_equal(loaded->counts[RECORD_KEY], 2);
    must_equal_key(&loaded->keys[0], &person);
    must_equal_key(&loaded->keys[1], &feed);
}

/* It would take the token of a feed for that person's own. */
static void a_store_that_may_have_feeds_says_so_to_older_programs(void **state)
{
    struct rig *rig = *state;
    sqlite3 *database;
    sqlite3_stmt *statement;
    char path[128];

    rig_close(rig);
    snprintf(path, sizeof(path), "%s/state/pagerd.db", rig->directory);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(database, "SELECT version FROM schema_version", -1, &statement, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_true(sqlite3_column_int(statement, 0) >= 2);
    assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

static void another_programs_database_is_refused_and_not_touched(void **state)
{
    struct rig *rig = *state;

    rig_close(rig);
    run_sql(rig, "DROP TABLE schema_version");
    must_refuse(rig, "it is a database, but not one of pagerd's");
}

static void a_damaged_file_is_refused_and_not_touched(void **state)
{
    struct rig *rig = *state;

    for (uint64_t number = 1; number <= 100; number++)
        rig_must_commit(rig, batch_of(number));
    rig_close(rig);
    struct file good = read_database(rig);
    struct file bad = good;
    bad.bytes = memory_new(good.size, 1);

    memcpy(bad.bytes, good.bytes, good.size);
    memset(bad.bytes, 'x', 100); /* its head */
    write_database(&bad);
    must_refuse(rig, "cannot be used and was not touched");

    memcpy(bad.bytes, good.bytes, good.size);
    memset(bad.bytes + good.size / 2, 0xff, 4096); /* pages in its middle */
    write_database(&bad);
    must_refuse(rig, "cannot be used and was not touched");

    bad.size = good.size / 2; /* its second half is gone */
    memcpy(bad.bytes, good.bytes, bad.size);
    write_database(&bad);
    must_refuse(rig, "cannot be used and was not touched");

    write_database(&good);
    rig_open(rig, NULL);
    assert_int_equal(rig_load(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 100);
    free(good.bytes);
    free(bad.bytes);
}

static void a_value_out_of_range_is_a_clear_fault(void **state)
{
    struct rig *rig = *state;
    struct store_maxima maxima;
    struct fault fault;
    struct store_loader loader = {.context = NULL}; /* nothing gets as far as a callback */

    rig_must_commit(rig, batch_of(1));
    rig_close(rig);
    run_sql(rig, "UPDATE incident SET severity = 77");
    rig_open(rig, NULL);
    assert_false(store_load(rig->store, SAMPLE_NOW, &loader, &maxima, &fault));
    assert_string_equal(fault.text,
                        "the store holds 77 in incident.severity, which is no such value");
}

static void a_record_of_version_0_is_a_clear_fault(void **state)
{
    struct rig *rig = *state;
    struct store_maxima maxima;
    struct fault fault;
    struct store_loader loader = {.context = NULL}; /* nothing gets as far as a callback */

    rig_must_commit(rig, batch_of(1));
    rig_close(rig);
    run_sql(rig, "UPDATE incident SET version = 0");
    rig_open(rig, NULL);
    assert_false(store_load(rig->store, SAMPLE_NOW, &loader, &maxima, &fault));
    assert_string_equal(fault.text,
                        "the store holds 0 in incident.version, which is no such value");
}

static void nobody_else_may_read_the_files(void **state)
{
    struct rig *rig = *state;
    static const struct {
        const char *name;
        mode_t mode;
    } files[] = {{"", 0700},
                 {"/pagerd.db", 0600},
                 {"/pagerd.db-wal", 0600},
                 {"/pagerd.db-shm", 0600},
                 {"/pagerd.lock", 0600}};

    rig_must_commit(rig, batch_of(1));
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[128];
        struct stat status;
        snprintf(path, sizeof(path), "%s/state%s", rig->directory, files[i].name);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, files[i].mode);
    }
}

static void the_refusal_names_the_process_that_has_the_lock(void **state)
{
    struct rig *rig = *state;
    struct store *second;
    struct fault fault;
    char words[64];

    snprintf(words, sizeof(words), "another pagerd (process %ld) uses", (long)getpid());
    assert_false(store_open(rig->url, NULL, &second, &fault));
    assert_non_null(strstr(fault.text, words));
}

static void the_log_goes_back_into_the_file_when_there_is_nothing_to_do(void **state)
{
    struct rig *rig = *state;
    struct store_health health;

    for (uint64_t number = 1; number <= 50; number++)
        rig_must_commit(rig, batch_of(number));
    rig_close(rig);
    rig_open(rig, NULL);
    store_health(rig->store, &health);
    assert_true(health.file_size > 100 * 1024);
    assert_int_equal(health.log_size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(what_was_done_is_there_after_a_kill),
        cmocka_unit_test_setup_teardown(a_failed_fsync_breaks_the_store_for_good, set_up_faulty,
                                        tear_down_faulty),
        cmocka_unit_test_setup_teardown(a_failed_fsync_between_commits_breaks_the_store_too,
                                        set_up_faulty, tear_down_faulty),
        cmocka_unit_test_setup_teardown(a_full_disk_fails_until_there_is_room, set_up_faulty,
                                        tear_down_faulty),
        ON_SQLITE(a_limit_on_the_file_is_a_full_disk),
        ON_SQLITE(a_newer_schema_is_refused_and_not_touched),
        ON_SQLITE(a_newer_schema_that_only_adds_is_written_to),
        ON_SQLITE(a_store_of_schema_3_opens_with_its_pages),
        ON_SQLITE(a_store_of_schema_3_opens_with_its_links),
        ON_SQLITE(a_store_of_schema_2_opens_with_its_incidents_and_takes_alerts),
        ON_SQLITE(a_store_of_schema_1_opens_with_its_keys_and_takes_feeds),
        ON_SQLITE(a_store_that_may_have_feeds_says_so_to_older_programs),
        ON_SQLITE(another_programs_database_is_refused_and_not_touched),
        ON_SQLITE(a_damaged_file_is_refused_and_not_touched),
        ON_SQLITE(a_value_out_of_range_is_a_clear_fault),
        ON_SQLITE(a_record_of_version_0_is_a_clear_fault),
        ON_SQLITE(nobody_else_may_read_the_files),
        ON_SQLITE(the_refusal_names_the_process_that_has_the_lock),
        ON_SQLITE(the_log_goes_back_into_the_file_when_there_is_nothing_to_do),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
