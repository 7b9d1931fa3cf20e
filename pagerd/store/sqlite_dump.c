/* SPDX-License-Identifier: MIT */
/*
 * sqlite_dump.c - all rows of the SQLite backend as of one moment.
 *
 * On a connection of its own: a read transaction of a database in WAL mode sees what it saw at its
 * first read, and stops no writer (https://www.sqlite.org/isolation.html). While it lasts the log
 * cannot start again at its beginning, and grows by what is committed meanwhile.
 */
#include "store/sqlite.h"

static bool give_rows(sqlite3 *database, enum record_kind kind, const struct store_taker *taker,
                      struct fault *fault)
{
    const struct table *table = table_get(kind);
    CLEANUP(text_clear) struct text sql = {0};
    struct cell cells[ROW_CELLS_MAX];
    sqlite3_stmt *statement = NULL;
    bool is_good = true;
    int code = SQLITE_DONE;

    text_add(&sql, "SELECT ");
    sqlite_add_columns(&sql, table);
    text_addf(&sql, " FROM %s ORDER BY %s", table->name,
              table->has_id ? table->columns[0].name : "id");
    if (!sqlite_prepare(database, text_string(&sql), &statement, fault))
        return false;
    while (is_good && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        sqlite_row(statement, kind, cells);
        is_good = taker->row(taker->context, kind, cells, fault);
    }
    if (is_good && code != SQLITE_DONE)
        is_good = sqlite_refuse(database, code, "copying", fault);
    sqlite3_finalize(statement);
    return is_good;
}

static bool give_counters(sqlite3 *database, const struct store_taker *taker, struct fault *fault)
{
    sqlite3_stmt *statement = NULL;
    bool is_good = true;
    int code = SQLITE_DONE;

    if (!sqlite_prepare(database, "SELECT name, value FROM counter ORDER BY name", &statement,
                        fault))
        return false;
    while (is_good && (code = sqlite3_step(statement)) == SQLITE_ROW)
        is_good = taker->counter(taker->context, (const char *)sqlite3_column_text(statement, 0),
                                 sqlite3_column_int64(statement, 1), fault);
    if (is_good && code != SQLITE_DONE)
        is_good = sqlite_refuse(database, code, "copying", fault);
    sqlite3_finalize(statement);
    return is_good;
}

bool sqlite_dump(void *context, const struct store_taker *taker, struct fault *fault)
{
    struct sqlite *disk = context;
    sqlite3 *database = NULL;
    bool is_good = sqlite_connect(disk->path, SQLITE_OPEN_READONLY, &database, fault) &&
                   sqlite_run(database, "BEGIN", fault);

    for (unsigned kind = 0; is_good && kind < RECORD_COUNT; kind++)
        is_good = give_rows(database, (enum record_kind)kind, taker, fault);
    is_good = is_good && give_counters(database, taker, fault);
    sqlite3_close(database);
    return is_good;
}
