/* SPDX-License-Identifier: MIT */
/*
 * sqlite.c - the SQLite backend: groups of batches into one transaction, and the checkpoints.
 *
 * WAL with synchronous=FULL: a commit is one append to the log and one fsync; nothing answered is
 * lost by a crash or a power cut (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
#include "store/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/sql.h"

#define COPY_STEP_PAGES 1000 /* of the log, about 4 MB, are copied at a time */
#define LOG_PAGES_LONG 4000  /* then the log starts again as soon as what is left is short */
#define LOG_PAGES_MAX 8000   /* then senders wait for it */

enum commit_end sqlite_fault(sqlite3 *database, int code, const char *doing, struct fault *fault)
{
    int extended = sqlite3_extended_errcode(database);
    int error = sqlite3_system_errno(database);
    const char *said = sqlite3_errmsg(database);
    bool is_sync = extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC;
    bool is_no_room = (code & 0xff) == SQLITE_FULL ||
                      ((code & 0xff) == SQLITE_IOERR && (error == ENOSPC || error == EDQUOT));

    /* After a failed fsync the kernel may have dropped the pages: trying again would only seem to
     * work (https://wiki.postgresql.org/wiki/Fsync_Errors). */
    if (is_no_room && !is_sync) {
        fault_set(fault, FAULT_LIMIT, "no room on the disk of the store while %s: %s", doing, said);
        return COMMIT_FAILED;
    }
    if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) {
        fault_set(fault, FAULT_PEER, "another program holds the store's lock while %s: %s", doing,
                  said);
        return COMMIT_FAILED;
    }
    if ((code & 0xff) == SQLITE_TOOBIG) {
        fault_set(fault, FAULT_LIMIT, "a record is too large for the store while %s", doing);
        return COMMIT_FAILED;
    }
    if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB) {
        fault_set(fault, FAULT_INPUT, "the store's file is damaged, seen while %s: %s", doing,
                  said);
        return COMMIT_BROKEN;
    }
    errno = error ? error : EIO;
    fault_set(fault, FAULT_SYSTEM, "the store failed while %s: %s (%d)", doing, said, extended);
    return COMMIT_BROKEN;
}

bool sqlite_refuse(sqlite3 *database, int code, const char *doing, struct fault *fault)
{
    sqlite_fault(database, code, doing, fault);
    return false;
}

bool sqlite_run(sqlite3 *database, const char *sql, struct fault *fault)
{
    int code = sqlite3_exec(database, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || sqlite_refuse(database, code, sql, fault);
}

bool sqlite_prepare(sqlite3 *database, const char *sql, sqlite3_stmt **statement,
                    struct fault *fault)
{
    int code = sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return code == SQLITE_OK || sqlite_refuse(database, code, "preparing", fault);
}

static void bind_cell(sqlite3_stmt *statement, int at, const struct cell *cell)
{
    int code = cell->is_text && cell->text == NULL ? sqlite3_bind_null(statement, at)
               : cell->is_text ? sqlite3_bind_text64(statement, at, cell->text, cell->size,
                                                     SQLITE_STATIC, SQLITE_UTF8)
                               : sqlite3_bind_int64(statement, at, cell->integer);
    assert(code == SQLITE_OK || code == SQLITE_TOOBIG || code == SQLITE_NOMEM);
}

/* Runs a statement that gives no rows. */
static enum commit_end step(struct sqlite *disk, sqlite3_stmt *statement, const char *doing,
                            struct fault *fault)
{
    enum commit_end end = COMMIT_DONE;
    int code = sqlite3_step(statement);

    if (code != SQLITE_DONE)
        end = sqlite_fault(disk->writer, code, doing, fault);
    sqlite3_reset(statement);
    return end;
}

static enum commit_end write_save(struct sqlite *disk, struct batch *batch, const struct row *row,
                                  bool *is_refused, struct fault *fault)
{
    const struct table *table = table_get(row->kind);
    sqlite3_stmt *statement = disk->saves[row->kind][row->need];

    for (size_t i = 0; i < table->count; i++)
        if (row->need != NEED_VERSION || i == 0 || !table->columns[i].is_fixed)
            bind_cell(statement, (int)i + 1, &row->cells[i]);

    enum commit_end end = step(disk, statement, table->name, fault);
    if (row->kind == RECORD_ENTRY && string_is(row->cells[2].text, CHANGE_EVENT))
        disk->change_count++;
    if (end == COMMIT_DONE && row->need != NEED_NONE && sqlite3_changes(disk->writer) == 0)
        *is_refused = !batch_refuse(batch, row);
    return end;
}

static enum commit_end write_held(struct sqlite *disk, struct fault *fault)
{
    if (!disk->is_held)
        return COMMIT_DONE;
    disk->is_held = false;
    sqlite3_stmt *statement = disk->saves[RECORD_META][NEED_NONE];
    bind_cell(statement, 1, &disk->held[0]);
    bind_cell(statement, 2, &disk->held[1]);
    return step(disk, statement, "meta", fault);
}

/* A value written over whatever is there: most turns bring the clock's, and of those of one
 * transaction only the last one is ever seen. */
static enum commit_end hold_meta(struct sqlite *disk, const struct row *row, struct fault *fault)
{
    enum commit_end end = COMMIT_DONE;

    if (disk->is_held && !string_is(disk->held[0].text, row->cells[0].text))
        end = write_held(disk, fault);
    disk->held[0] = row->cells[0];
    disk->held[1] = row->cells[1];
    disk->is_held = true;
    return end;
}

static enum commit_end write_record(struct sqlite *disk, struct batch *batch, const struct row *row,
                                    bool *is_refused, struct fault *fault)
{
    enum commit_end end = COMMIT_DONE;

    if (row->kind == RECORD_META && row->need == NEED_NONE)
        return hold_meta(disk, row, fault);
    if (row->kind == RECORD_META)
        end = write_held(disk, fault);
    return end == COMMIT_DONE ? write_save(disk, batch, row, is_refused, fault) : end;
}

static enum commit_end write_batch(struct sqlite *disk, struct batch *batch, bool *is_refused,
                                   struct fault *fault)
{
    struct row row;
    size_t cursor = 0;
    enum commit_end end = COMMIT_DONE;

    *is_refused = false;
    while (end == COMMIT_DONE && !*is_refused && batch_next(batch, &cursor, &row)) {
        switch (row.order) {
        case ORDER_SAVE:
            end = write_record(disk, batch, &row, is_refused, fault);
            break;
        case ORDER_REVOKE:
            bind_cell(disk->revoke, 1, &row.cells[0]);
            end = step(disk, disk->revoke, "revoking links", fault);
            break;
        case ORDER_BUMP:
            bind_cell(disk->bump, 1, &row.cells[0]);
            bind_cell(disk->bump, 2, &row.cells[1]);
            end = step(disk, disk->bump, "counting", fault);
            break;
        case ORDER_ANSWER:
            break;
        }
    }
    return end;
}

static enum commit_end run(struct sqlite *disk, const char *sql, struct fault *fault)
{
    int code = sqlite3_exec(disk->writer, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? COMMIT_DONE : sqlite_fault(disk->writer, code, sql, fault);
}

/* Takes back whatever is open; SQLite may have done so itself. What was wrong stays in `fault`. */
static enum commit_end roll_back(struct sqlite *disk, enum commit_end end)
{
    if (!sqlite3_get_autocommit(disk->writer) &&
        sqlite3_exec(disk->writer, "ROLLBACK", NULL, NULL, NULL) != SQLITE_OK)
        return COMMIT_BROKEN;
    return end;
}

/*
 * The common case, without savepoints, which would double the pages that SQLite copies: nobody is
 * in conflict, for one pagerd owns the file.
 */
static enum commit_end write_together(struct sqlite *disk, struct batch *first, bool *is_refused,
                                      struct fault *fault)
{
    enum commit_end end = step(disk, disk->begin, "BEGIN", fault);

    *is_refused = false;
    disk->is_held = false;
    for (struct batch *batch = first; end == COMMIT_DONE && batch && !*is_refused;
         batch = batch->next)
        end = write_batch(disk, batch, is_refused, fault);
    return end == COMMIT_DONE && !*is_refused ? write_held(disk, fault) : end;
}

/* One batch is in conflict: each gets a savepoint, so that the others stand. */
static enum commit_end write_apart(struct sqlite *disk, struct batch *first, struct fault *fault)
{
    enum commit_end end = step(disk, disk->begin, "BEGIN", fault);

    disk->is_held = false;
    for (struct batch *batch = first; end == COMMIT_DONE && batch; batch = batch->next) {
        bool is_refused = false;
        batch->fault.kind = FAULT_NONE;
        end = run(disk, "SAVEPOINT batch", fault);
        if (end == COMMIT_DONE)
            end = write_batch(disk, batch, &is_refused, fault);
        disk->is_held = disk->is_held && !is_refused;
        if (end == COMMIT_DONE)
            end = write_held(disk, fault);
        if (end == COMMIT_DONE && is_refused)
            end = run(disk, "ROLLBACK TO batch", fault);
        if (end == COMMIT_DONE)
            end = run(disk, "RELEASE batch", fault);
    }
    return end;
}

static enum commit_end sqlite_commit(void *context, struct batch *first, struct fault *fault)
{
    struct sqlite *disk = context;
    bool is_refused;

    enum commit_end end = write_together(disk, first, &is_refused, fault);
    if (end == COMMIT_DONE && is_refused) {
        end = run(disk, "ROLLBACK", fault);
        if (end == COMMIT_DONE)
            end = write_apart(disk, first, fault);
    }
    if (end == COMMIT_DONE)
        end = step(disk, disk->commit, "COMMIT", fault);
    if (end != COMMIT_DONE)
        end = roll_back(disk, end);
    disk->is_broken |= end == COMMIT_BROKEN;
    return end;
}

/* What fails is tried again with the next change. */
static enum commit_end forget_changes(struct sqlite *disk, struct fault *fault)
{
    CLEANUP(text_clear) struct text sql = {0};
    sql_add_forget(&sql);
    disk->change_count = 0;
    return run(disk, text_string(&sql), fault);
}

enum commit_end sqlite_copy_log(sqlite3 *database, int *pages, struct fault *fault)
{
    int log_pages;
    int copied_pages;
    int code = sqlite3_wal_checkpoint_v2(database, NULL, SQLITE_CHECKPOINT_PASSIVE, &log_pages,
                                         &copied_pages);

    if (code == SQLITE_BUSY)
        return COMMIT_DONE;
    if (code != SQLITE_OK)
        return sqlite_fault(database, code, "copying the log", fault);
    assert(copied_pages >= 0); /* else the connection has never read, and nothing was done */
    *pages = copied_pages;
    return COMMIT_DONE;
}

/* What is left of the log, by this thread: senders who come now wait for it. */
static enum commit_end copy_rest(struct sqlite *disk, struct fault *fault)
{
    disk->rest_pages = disk->log_pages;
    disk->asked_pages = disk->log_pages;
    return sqlite_copy_log(disk->writer, &disk->copied_pages, fault);
}

/* Without a thread beside this one, which may be for want of memory, this one does it. */
static enum commit_end copy_beside(struct sqlite *disk, struct fault *fault)
{
    if (disk->copier == NULL)
        disk->copier = copier_new(disk->path, fault);
    if (disk->copier == NULL)
        return copy_rest(disk, fault);
    disk->asked_pages = disk->log_pages;
    copier_start(disk->copier);
    return COMMIT_DONE;
}

/*
 * Copies the log into the database, so that it can start again at its beginning. While there is
 * work another thread does so, step by step, and senders wait only for what is left of a log that
 * has grown long, or when it has grown too long for want of a faster disk. Where a question that
 * is being read holds up the copy, it is tried again after as many pages more.
 */
static enum commit_end copy_log(struct sqlite *disk, bool is_idle, struct fault *fault)
{
    enum commit_end end = COMMIT_DONE;

    if (disk->log_pages < disk->asked_pages) /* the log has started again */
        disk->asked_pages = disk->copied_pages = disk->rest_pages = 0;
    bool is_step = disk->log_pages - disk->rest_pages >= (is_idle ? 1 : COPY_STEP_PAGES);
    bool is_too_long = is_step && disk->log_pages >= LOG_PAGES_MAX;
    if (is_too_long && disk->copier != NULL)
        copier_wait(disk->copier);
    if (disk->copier != NULL && copier_is_busy(disk->copier, &end, &disk->copied_pages, fault))
        return COMMIT_DONE;
    if (end != COMMIT_DONE)
        return end;
    bool is_short = disk->log_pages - disk->copied_pages < COPY_STEP_PAGES;
    if (is_step && (is_idle || is_too_long || (disk->log_pages >= LOG_PAGES_LONG && is_short)))
        return copy_rest(disk, fault);
    if (!is_idle && disk->log_pages - disk->asked_pages >= COPY_STEP_PAGES)
        return copy_beside(disk, fault);
    return COMMIT_DONE;
}

static enum commit_end sqlite_rest(void *context, bool is_idle, struct fault *fault)
{
    struct sqlite *disk = context;
    enum commit_end end = COMMIT_DONE;

    if (disk->change_count >= (is_idle ? 1 : CHANGES_STEP))
        end = forget_changes(disk, fault);
    if (end == COMMIT_DONE)
        end = copy_log(disk, is_idle, fault);
    disk->is_broken |= end == COMMIT_BROKEN;
    return end;
}

static bool sqlite_check(const char *place, const struct store_limits *limits, struct text *said,
                         struct fault *fault)
{
    (void)limits;
    (void)said;
    if (place[0] == '\0')
        return fault_set(fault, FAULT_INPUT, "sqlite: needs a directory behind the colon");
    return true;
}

static void sqlite_warn(void *context, char warning[FAULT_TEXT_MAX])
{
    (void)context;
    warning[0] = '\0';
}

/* Its lock is held as long as it is open. */
static void sqlite_tenure(void *disk, msec *confirmed_ms, bool *is_taken_over)
{
    (void)disk;
    *confirmed_ms = 0;
    *is_taken_over = false;
}

const struct store_backend store_sqlite = {
    .scheme = "sqlite",
    .check = sqlite_check,
    .open = sqlite_open_disk,
    .close = sqlite_close_disk,
    .load = sqlite_load,
    .commit = sqlite_commit,
    .rest = sqlite_rest,
    .read = sqlite_read,
    .dump = sqlite_dump,
    .measure = sqlite_measure,
    .tenure = sqlite_tenure,
    .warn = sqlite_warn,
};
