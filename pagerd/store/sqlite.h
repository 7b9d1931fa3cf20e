/* SPDX-License-Identifier: MIT */
/* sqlite.h - what the files of the SQLite backend share. */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>

#include "base/fault.h"
#include "base/text.h"
#include "store/backend.h"
#include "store/sql.h"
#include "store/sqlite_copier.h"

#define SQLITE_FILE "pagerd.db"
#define SQLITE_CACHE_SIZE "-65536" /* as PRAGMA cache_size takes it: KiB, negative */

struct sqlite {
    char *directory;
    char *path; /* of the database */
    int lock;   /* descriptor that holds the lock; -1: none */
    sqlite3 *writer;
    sqlite3 *reader;
    sqlite3_stmt *saves[RECORD_COUNT][NEED_COUNT];
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    sqlite3_stmt *revoke;
    sqlite3_stmt *bump;
    struct cell held[2]; /* name and value of a meta row that the transaction has yet to write */
    bool is_held;
    size_t change_count;   /* change events added since old ones were forgotten */
    bool is_broken;        /* the disk failed: nothing more is written */
    int log_pages;         /* in the write-ahead log after the last commit */
    int copied_pages;      /* of these, in the database after the last copy */
    int asked_pages;       /* log_pages when the last copy began */
    int rest_pages;        /* log_pages when the commit thread copied last */
    struct copier *copier; /* NULL: not yet needed */
};

/* Says what SQLite said. COMMIT_FAILED: it may get better (no room, a lock); else COMMIT_BROKEN. */
enum commit_end sqlite_fault(sqlite3 *database, int code, const char *doing, struct fault *fault);

/* The same for reads and opening. Returns false. */
bool sqlite_refuse(sqlite3 *database, int code, const char *doing, struct fault *fault);

MUST_USE bool sqlite_run(sqlite3 *database, const char *sql, struct fault *fault);
MUST_USE bool sqlite_prepare(sqlite3 *database, const char *sql, sqlite3_stmt **statement,
                             struct fault *fault);

/* Copies what it can of the log into the database, and says how many of its pages are there. */
enum commit_end sqlite_copy_log(sqlite3 *database, int *pages, struct fault *fault);

/* sqlite_open.c */
MUST_USE bool sqlite_connect(const char *path, int flags, sqlite3 **database, struct fault *fault);
MUST_USE bool sqlite_open_disk(const char *place, const struct store_limits *limits, void **result,
                               struct fault *fault);
void sqlite_close_disk(void *disk);
void sqlite_measure(void *disk, uint64_t *file_size, uint64_t *log_size);

/* sqlite_read.c */
struct sql_runner sqlite_runner(sqlite3 *database);
MUST_USE bool sqlite_dump(void *disk, const struct store_taker *taker, struct fault *fault);
MUST_USE bool sqlite_load(void *disk, msec now, const struct store_loader *loader,
                          struct store_maxima *maxima, struct fault *fault);
MUST_USE bool sqlite_read(void *disk, const struct query *query, struct result *result,
                          struct fault *fault);
