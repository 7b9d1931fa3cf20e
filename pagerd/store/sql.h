/* SPDX-License-Identifier: MIT */
/*
 * sql.h - the SQL that all databases are asked in: statements made from the tables of rows.c, what
 * a start loads, and the questions.
 *
 * Portable SQL only: integers and text, ON CONFLICT, no functions of one database. What differs is
 * the mark of a value ("?1" or "$1"), which is the database's, and how a SELECT is run.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "store/backend.h"
#include "store/rows.h"

#define SQL_BOUND_MAX 16

/* A SELECT under construction: its text, the values of its marks, and what its columns are. */
struct select {
    char mark; /* '?' or '$', in front of a number from 1 */
    struct text sql;
    struct cell bound[SQL_BOUND_MAX]; /* borrowed texts */
    size_t bound_count;
    bool is_text[ROW_CELLS_MAX]; /* columns */
    size_t column_count;
};

void select_clear(struct select *select);
static inline UNUSED void select_clear_cleanup(struct select *select)
{
    select_clear(select);
}

/* "SELECT columns FROM table WHERE condition"; each '?' of the condition is the value bound next.
 */
void select_begin(struct select *select, enum record_kind kind, const char *condition);

/* Name and value of all counters. */
void select_begin_counters(struct select *select);
void select_bind_integer(struct select *select, int64_t integer);
void select_bind_text(struct select *select, const char *text);

/* Adds " AND condition" when there is something to compare with; each '?' in it is that value. */
void select_narrow_text(struct select *select, const char *condition, const char *text);
void select_narrow_integer(struct select *select, const char *condition, int64_t integer);

/* Takes one row, whose cells are borrowed for the call. False ends the walk with its fault. */
typedef bool sql_take(void *context, const struct cell *cells, struct fault *fault);

/* One connection that SELECTs are run on. No slot is NULL. */
struct sql_runner {
    char mark;
    void *context;
    bool (*run)(void *context, const struct select *select, sql_take *take, void *taker,
                struct fault *fault);
    /* Between these two, all that is read is as of one moment. */
    bool (*hold)(void *context, struct fault *fault);
    void (*let_go)(void *context);
};

/* "number, version, uuid, ..." */
void sql_add_columns(struct text *sql, const struct table *table);

/* What saves a record whose cells are the values 1, 2, ... The need must fit the table. */
void sql_add_save(struct text *sql, enum record_kind kind, enum need need, char mark);

/* Value 1: the incident. */
void sql_add_revoke(struct text *sql, char mark);

/* Values: name, how much. */
void sql_add_bump(struct text *sql, char mark);

/* Deletes the change events that are not kept. */
void sql_add_forget(struct text *sql);

/* store_load, store_dump and the backend's read, by way of the runner. */
MUST_USE bool sql_load(const struct sql_runner *runner, msec now, const struct store_loader *loader,
                       struct store_maxima *maxima, struct fault *fault);
MUST_USE bool sql_read(const struct sql_runner *runner, const struct query *query,
                       struct result *result, struct fault *fault);
MUST_USE bool sql_dump(const struct sql_runner *runner, const struct store_taker *taker,
                       struct fault *fault);
