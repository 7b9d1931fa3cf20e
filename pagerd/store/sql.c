/* SPDX-License-Identifier: MIT */
#include "store/sql.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

void select_clear(struct select *select)
{
    text_clear(&select->sql);
}

/* A '?' becomes the mark of the value that is bound next. */
static void add_condition(struct select *select, const char *condition)
{
    for (; *condition != '\0'; condition++) {
        if (*condition == '?')
            text_addf(&select->sql, "%c%zu", select->mark, select->bound_count + 1);
        else
            text_add_char(&select->sql, *condition);
    }
}

void select_begin(struct select *select, enum record_kind kind, const char *condition)
{
    const struct table *table = table_get(kind);

    text_add(&select->sql, "SELECT ");
    sql_add_columns(&select->sql, table);
    text_addf(&select->sql, " FROM %s WHERE ", table->name);
    add_condition(select, condition);
    for (size_t i = 0; i < table->count; i++)
        select->is_text[i] = column_is_text(&table->columns[i]);
    select->column_count = table->count;
}

void select_begin_counters(struct select *select)
{
    text_add(&select->sql, "SELECT name, value FROM counter ORDER BY name");
    select->is_text[0] = true;
    select->column_count = 2;
}

void select_bind_integer(struct select *select, int64_t integer)
{
    assert(select->bound_count < SQL_BOUND_MAX);
    select->bound[select->bound_count++] = (struct cell){.integer = integer};
}

void select_bind_text(struct select *select, const char *text)
{
    assert(select->bound_count < SQL_BOUND_MAX);
    select->bound[select->bound_count++] =
        (struct cell){.is_text = true, .text = text, .size = strlen(text)};
}

void select_narrow_text(struct select *select, const char *condition, const char *text)
{
    if (text == NULL)
        return;
    text_add(&select->sql, " AND ");
    add_condition(select, condition);
    select_bind_text(select, text);
}

void select_narrow_integer(struct select *select, const char *condition, int64_t integer)
{
    if (integer == 0)
        return;
    text_add(&select->sql, " AND ");
    add_condition(select, condition);
    select_bind_integer(select, integer);
}

void sql_add_columns(struct text *sql, const struct table *table)
{
    for (size_t i = 0; i < table->count; i++)
        text_addf(sql, "%s%s", i > 0 ? ", " : "", table->columns[i].name);
}

static void add_insert(struct text *sql, const struct table *table, enum need need, char mark)
{
    const char *id = table->columns[0].name;

    text_addf(sql, "INSERT INTO %s (", table->name);
    sql_add_columns(sql, table);
    text_add(sql, ") VALUES (");
    for (size_t i = 0; i < table->count; i++)
        text_addf(sql, "%s%c%zu", i > 0 ? ", " : "", mark, i + 1);
    text_add(sql, ")");
    if (need == NEED_NEW)
        text_addf(sql, " ON CONFLICT (%s) DO NOTHING", id);
    if (need != NEED_NONE || !table->has_id)
        return;
    text_addf(sql, " ON CONFLICT (%s) DO UPDATE SET ", id);
    for (size_t i = 1; i < table->count; i++)
        text_addf(sql, "%s%s = excluded.%s", i > 1 ? ", " : "", table->columns[i].name,
                  table->columns[i].name);
}

/* Columns that never change are left out, for SQLite writes the index of each column it sets. */
static void add_update(struct text *sql, const struct table *table, char mark)
{
    text_addf(sql, "UPDATE %s SET version = %c2", table->name, mark);
    for (size_t i = 2; i < table->count; i++)
        if (!table->columns[i].is_fixed)
            text_addf(sql, ", %s = %c%zu", table->columns[i].name, mark, i + 1);
    text_addf(sql, " WHERE %s = %c1 AND version = %c2 - 1", table->columns[0].name, mark, mark);
}

void sql_add_save(struct text *sql, enum record_kind kind, enum need need, char mark)
{
    const struct table *table = table_get(kind);

    assert(need == NEED_NONE || table->has_id);
    assert(need != NEED_VERSION || table->has_version);
    if (need == NEED_VERSION)
        add_update(sql, table, mark);
    else
        add_insert(sql, table, need, mark);
}

void sql_add_revoke(struct text *sql, char mark)
{
    text_addf(sql, "UPDATE ack_token SET is_revoked = 1 WHERE incident = %c1", mark);
}

void sql_add_bump(struct text *sql, char mark)
{
    text_addf(sql,
              "INSERT INTO counter (name, value) VALUES (%c1, %c2) ON CONFLICT (name) "
              "DO UPDATE SET value = counter.value + excluded.value",
              mark, mark);
}

void sql_add_forget(struct text *sql)
{
    text_addf(sql,
              "DELETE FROM entry WHERE event = '" CHANGE_EVENT "' AND (written_at < "
              "(SELECT max(written_at) FROM entry WHERE event = '" CHANGE_EVENT "') - %" PRId64
              " OR written_at <= (SELECT written_at FROM entry WHERE event = '" CHANGE_EVENT
              "' ORDER BY written_at DESC LIMIT 1 OFFSET %d))",
              STORE_CHANGE_KEPT_MS, STORE_CHANGES_MAX);
}
