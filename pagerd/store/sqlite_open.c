/* SPDX-License-Identifier: MIT */
/* sqlite_open.c - takes hold of a state directory: lock, checks, migrations, statements. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/place.h"
#include "store/schema/schema.h"
#include "store/sql.h"
#include "store/sqlite.h"

#define BUSY_WAIT_MS 5000
#define CHECK_SIZE_MAX (32 * 1024 * 1024) /* files up to this are checked whole, in under 1 s */

static void close_fd_cleanup(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

/* Makes the file with its mode before SQLite does, and refuses what is no file of ours. */
static bool make_file(struct sqlite *disk, struct fault *fault)
{
    struct stat status;

    CLEANUP(close_fd)
    int fd = open(disk->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || fstat(fd, &status) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot open '%s'", disk->path);
    if (!S_ISREG(status.st_mode))
        return fault_set(fault, FAULT_INPUT, "'%s' is not a file", disk->path);
    if ((status.st_mode & 077) != 0 && fchmod(fd, 0600) != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot make '%s' private", disk->path);
    return true;
}

bool sqlite_connect(const char *path, int flags, sqlite3 **database, struct fault *fault)
{
    int code = sqlite3_open_v2(path, database, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK)
        return sqlite_refuse(*database, code, "opening", fault);

    sqlite3_extended_result_codes(*database, 1);
    sqlite3_busy_timeout(*database, BUSY_WAIT_MS);
    /* What is refused must stay as it was: no copying of the log behind our back on closing. */
    sqlite3_db_config(*database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(*database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return true;
}

static bool ask_integer(sqlite3 *database, const char *sql, int64_t *value, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;

    if (!sqlite_prepare(database, sql, &statement, fault))
        return false;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *value = sqlite3_column_int64(statement, 0);
    bool is_good = code == SQLITE_ROW || sqlite_refuse(database, code, "reading", fault);
    sqlite3_finalize(statement);
    return is_good;
}

static bool check_pages(struct sqlite *disk, struct fault *fault)
{
    struct stat status;
    sqlite3_stmt *statement = NULL;

    if (stat(disk->path, &status) == 0 && status.st_size > CHECK_SIZE_MAX)
        return true;
    if (!sqlite_prepare(disk->writer, "PRAGMA quick_check(1)", &statement, fault))
        return false;

    int code = sqlite3_step(statement);
    const char *said = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    bool is_good = string_is(said, "ok");
    if (!is_good && said)
        fault_set(fault, FAULT_INPUT, "its pages do not agree: %.200s", said);
    else if (!is_good)
        sqlite_refuse(disk->writer, code, "checking", fault);
    sqlite3_finalize(statement);
    return is_good;
}

/* 0: an empty file. Reads only. */
static bool find_version(struct sqlite *disk, int64_t *version, struct fault *fault)
{
    int64_t count = 0;
    int64_t is_ours = 0;

    *version = 0;
    if (!ask_integer(disk->writer, "SELECT count(*) FROM sqlite_schema", &count, fault))
        return false;
    if (count == 0)
        return true;
    if (!ask_integer(disk->writer,
                     "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_version'", &is_ours,
                     fault))
        return false;
    if (is_ours == 0)
        return fault_set(fault, FAULT_INPUT, "it is a database, but not one of pagerd's");
    return ask_integer(disk->writer, "SELECT max(version) FROM schema_version", version, fault);
}

/* Which programs may write to a schema that this one does not know. */
static bool find_min_writer(struct sqlite *disk, int64_t *min_writer, struct fault *fault)
{
    return ask_integer(disk->writer, "SELECT max(min_writer) FROM schema_version", min_writer,
                       fault);
}

static bool check_file(struct sqlite *disk, int64_t *version, struct fault *fault)
{
    int64_t known = sqlite_migrations[sqlite_migration_count - 1].version;
    int64_t min_writer = 0;

    if (!check_pages(disk, fault) || !find_version(disk, version, fault) ||
        (*version > known && !find_min_writer(disk, &min_writer, fault)))
        return fault_prefix(fault, "the store '%s' cannot be used and was not touched", disk->path);
    if (min_writer > known)
        return fault_set(fault, FAULT_INPUT,
                         "the store '%s' has schema %" PRId64 " of a newer pagerd, to which none "
                         "may write that knows less than schema %" PRId64 "; this one knows "
                         "schemas up to %" PRId64 " and has not touched it: install the newer one",
                         disk->path, *version, min_writer, known);
    return true;
}

static bool migrate(struct sqlite *disk, int64_t version, struct fault *fault)
{
    for (size_t i = 0; i < sqlite_migration_count; i++) {
        if (sqlite_migrations[i].version <= version)
            continue;
        char *sql = string_format("BEGIN IMMEDIATE;\n%s\nCOMMIT;", sqlite_migrations[i].sql);
        int code = sqlite3_exec(disk->writer, sql, NULL, NULL, NULL);
        free(sql);
        if (code == SQLITE_OK)
            continue;
        sqlite_refuse(disk->writer, code, "migrating", fault);
        (void)sqlite3_exec(disk->writer, "ROLLBACK", NULL, NULL, NULL);
        return fault_prefix(fault, "schema %d of '%s'", sqlite_migrations[i].version, disk->path);
    }
    return true;
}

static int count_log_pages(void *context, sqlite3 *database, const char *name, int pages)
{
    struct sqlite *disk = context;

    (void)database;
    (void)name;
    disk->log_pages = pages;
    return SQLITE_OK;
}

static bool set_up_writer(struct sqlite *disk, const struct store_limits *limits,
                          struct fault *fault)
{
    int64_t page_size = 0;

    if (!sqlite_run(disk->writer,
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                    "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;"
                    "PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;"
                    "PRAGMA cache_size = " SQLITE_CACHE_SIZE "; PRAGMA trusted_schema = OFF",
                    fault) ||
        !ask_integer(disk->writer, "PRAGMA page_size", &page_size, fault))
        return false;

    sqlite3_wal_hook(disk->writer, count_log_pages, disk);
    if (limits->file_size_max == 0)
        return true;
    char *sql = string_format("PRAGMA max_page_count = %" PRIu64,
                              limits->file_size_max / (uint64_t)page_size);
    bool is_set = sqlite_run(disk->writer, sql, fault);
    free(sql);
    return is_set;
}

static bool prepare_save(struct sqlite *disk, enum record_kind kind, enum need need,
                         struct fault *fault)
{
    CLEANUP(text_clear) struct text sql = {0};

    sql_add_save(&sql, kind, need, '?');
    return sqlite_prepare(disk->writer, text_string(&sql), &disk->saves[kind][need], fault);
}

static bool prepare_all(struct sqlite *disk, struct fault *fault)
{
    CLEANUP(text_clear) struct text revoke = {0};
    CLEANUP(text_clear) struct text bump = {0};

    for (unsigned kind = 0; kind < RECORD_COUNT; kind++) {
        const struct table *table = table_get((enum record_kind)kind);
        if (!prepare_save(disk, (enum record_kind)kind, NEED_NONE, fault))
            return false;
        if (table->has_id && !prepare_save(disk, (enum record_kind)kind, NEED_NEW, fault))
            return false;
        if (table->has_version && !prepare_save(disk, (enum record_kind)kind, NEED_VERSION, fault))
            return false;
    }
    sql_add_revoke(&revoke, '?');
    sql_add_bump(&bump, '?');
    return sqlite_prepare(disk->writer, "BEGIN IMMEDIATE", &disk->begin, fault) &&
           sqlite_prepare(disk->writer, "COMMIT", &disk->commit, fault) &&
           sqlite_prepare(disk->writer, text_string(&revoke), &disk->revoke, fault) &&
           sqlite_prepare(disk->writer, text_string(&bump), &disk->bump, fault);
}

static bool open_all(struct sqlite *disk, const struct store_limits *limits, struct fault *fault)
{
    int64_t version;

    return place_make(disk->directory, fault) && place_lock(disk->directory, &disk->lock, fault) &&
           make_file(disk, fault) &&
           sqlite_connect(disk->path, SQLITE_OPEN_READWRITE, &disk->writer, fault) &&
           check_file(disk, &version, fault) && set_up_writer(disk, limits, fault) &&
           migrate(disk, version, fault) && prepare_all(disk, fault) &&
           sqlite_connect(disk->path, SQLITE_OPEN_READONLY, &disk->reader, fault) &&
           place_sync(disk->directory, fault);
}

static void free_disk(struct sqlite *disk)
{
    for (unsigned kind = 0; kind < RECORD_COUNT; kind++)
        for (unsigned need = 0; need < NEED_COUNT; need++)
            sqlite3_finalize(disk->saves[kind][need]);
    sqlite3_finalize(disk->begin);
    sqlite3_finalize(disk->commit);
    sqlite3_finalize(disk->revoke);
    sqlite3_finalize(disk->bump);
    sqlite3_close(disk->reader);
    sqlite3_close(disk->writer);
    place_unlock(disk->lock);
    free(disk->path);
    free(disk->directory);
    free(disk);
}

/* Counting what SQLite has allocated costs a lock each time, and nobody asks. Where it is in use
 * already, it stays as it is. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

bool sqlite_open_disk(const char *place, const struct store_limits *limits, void **result,
                      struct fault *fault)
{
    if (place[0] == '\0')
        return fault_set(fault, FAULT_INPUT, "sqlite: needs a directory behind the colon");

    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure);
    struct sqlite *disk = memory_new(1, sizeof(*disk));
    disk->lock = -1;
    disk->directory = string_copy(place);
    disk->path = string_format("%s/%s", place, SQLITE_FILE);
    if (!open_all(disk, limits, fault)) {
        free_disk(disk);
        return false;
    }
    *result = disk;
    return true;
}

void sqlite_close_disk(void *context)
{
    struct sqlite *disk = context;

    copier_free(disk->copier);
    disk->copier = NULL;
    /* Only tidiness: the log holds all that was committed, and is read again at the next start. */
    if (!disk->is_broken)
        (void)sqlite3_wal_checkpoint_v2(disk->writer, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    free_disk(disk);
}

static uint64_t file_size(const char *path, const char *suffix)
{
    struct stat status;
    char *name = string_format("%s%s", path, suffix);
    bool is_there = stat(name, &status) == 0;

    free(name);
    return is_there ? (uint64_t)status.st_size : 0;
}

void sqlite_measure(void *context, uint64_t *database_size, uint64_t *log_size)
{
    struct sqlite *disk = context;

    *database_size = file_size(disk->path, "");
    *log_size = file_size(disk->path, "-wal");
}
