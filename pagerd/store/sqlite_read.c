/* SPDX-License-Identifier: MIT */
/* sqlite_read.c - SELECTs on the SQLite backend: what a start needs, and the questions. */
#include "store/sql.h"
#include "store/sqlite.h"

static void bind_values(sqlite3_stmt *statement, const struct select *select)
{
    for (size_t i = 0; i < select->bound_count; i++) {
        const struct cell *cell = &select->bound[i];
        if (cell->is_text)
            sqlite3_bind_text64(statement, (int)i + 1, cell->text, cell->size, SQLITE_STATIC,
                                SQLITE_UTF8);
        else
            sqlite3_bind_int64(statement, (int)i + 1, cell->integer);
    }
}

static void read_cells(sqlite3_stmt *statement, const struct select *select, struct cell *cells)
{
    for (size_t i = 0; i < select->column_count; i++) {
        struct cell *cell = &cells[i];
        *cell = (struct cell){.is_text = select->is_text[i]};
        if (cell->is_text) {
            cell->text = (const char *)sqlite3_column_text(statement, (int)i);
            cell->size = (size_t)sqlite3_column_bytes(statement, (int)i);
        } else {
            cell->integer = sqlite3_column_int64(statement, (int)i);
        }
    }
}

static bool run_select(void *context, const struct select *select, sql_take *take, void *taker,
                       struct fault *fault)
{
    sqlite3 *database = context;
    sqlite3_stmt *statement = NULL;
    struct cell cells[ROW_CELLS_MAX];
    bool is_good = true;
    int code = SQLITE_DONE;

    if (!sqlite_prepare(database, text_string(&select->sql), &statement, fault))
        return false;
    bind_values(statement, select);
    while (is_good && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        read_cells(statement, select, cells);
        is_good = take(taker, cells, fault);
    }
    if (is_good && code != SQLITE_DONE)
        is_good = sqlite_refuse(database, code, "reading", fault);
    sqlite3_finalize(statement);
    return is_good;
}

static bool hold(void *context, struct fault *fault)
{
    return sqlite_run(context, "BEGIN", fault);
}

static void let_go(void *context)
{
    (void)sqlite3_exec(context, "ROLLBACK", NULL, NULL, NULL);
}

struct sql_runner sqlite_runner(sqlite3 *database)
{
    return (struct sql_runner){
        .mark = '?', .context = database, .run = run_select, .hold = hold, .let_go = let_go};
}

bool sqlite_load(void *context, msec now, const struct store_loader *loader,
                 struct store_maxima *maxima, struct fault *fault)
{
    struct sqlite *disk = context;
    struct sql_runner runner = sqlite_runner(disk->writer);

    /* All of it is read once: what a large cache kept of it would only be in the way later. */
    return sqlite_run(disk->writer, "PRAGMA cache_size = -2048", fault) &&
           sql_load(&runner, now, loader, maxima, fault) &&
           sqlite_run(disk->writer, "PRAGMA cache_size = " SQLITE_CACHE_SIZE, fault);
}

bool sqlite_read(void *context, const struct query *query, struct result *result,
                 struct fault *fault)
{
    struct sqlite *disk = context;
    struct sql_runner runner = sqlite_runner(disk->reader);

    return sql_read(&runner, query, result, fault);
}

/*
 * On a connection of its own: a read transaction of a database in WAL mode sees what it saw at its
 * first read, and stops no writer (https://www.sqlite.org/isolation.html). While it lasts the log
 * cannot start again at its beginning, and grows by what is committed meanwhile.
 */
bool sqlite_dump(void *context, const struct store_taker *taker, struct fault *fault)
{
    struct sqlite *disk = context;
    sqlite3 *database = NULL;
    bool is_good = sqlite_connect(disk->path, SQLITE_OPEN_READONLY, &database, fault);
    struct sql_runner runner = sqlite_runner(database);

    is_good = is_good && sql_dump(&runner, taker, fault);
    sqlite3_close(database);
    return is_good;
}
