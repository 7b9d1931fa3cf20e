/* SPDX-License-Identifier: MIT */
/*
 * How a database would do what is asked of it again and again: by an index, never by reading a
 * table whole that grows. What nodes ask of PostgreSQL beside is in
 * tests/e2e/test_postgres_plans.py.
 */
#include <inttypes.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/store_rig.h"
#include "contract/store_samples.h"
#include "store/sql.h"

/* Runs nothing, but gathers how the database would. */
struct explainer {
    PGconn *connection; /* or */
    sqlite3 *database;
    struct text plans;
};

static const struct query queries[] = {
    {.kind = QUERY_INCIDENTS, .limit = 50},
    {.kind = QUERY_INCIDENTS, .is_all = true, .user = "ann", .before = 9, .limit = 50},
    {.kind = QUERY_INCIDENT, .number = 7, .limit = 50},
    {.kind = QUERY_AUDIT, .limit = 50},
    {.kind = QUERY_ENTRIES, .since_at = 5, .limit = 50},
    {.kind = QUERY_ALERTS, .since_at = 5, .limit = 50},
};

static bool hold_nothing(void *context UNUSED, struct fault *fault UNUSED)
{
    return true;
}

static void let_nothing_go(void *context UNUSED)
{
}

static void explain_all(struct rig *rig, const struct sql_runner *runner)
{
    struct store_loader nobody = {.context = NULL};
    struct store_maxima maxima;
    struct fault fault;

    assert_true(sql_load(runner, SAMPLE_NOW, &nobody, &maxima, &fault));
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        struct result result = {.arena = rig->arena};
        assert_true(sql_read(runner, &queries[i], &result, &fault));
    }
}

static void must_use(const struct explainer *explainer, const char *const *indexes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text_string(&explainer->plans), indexes[i]) == NULL)
            fail_msg("nobody uses %s", indexes[i]);
}

static void add_step(struct explainer *explainer, const char *step, bool is_whole)
{
    text_addf(&explainer->plans, "    %s\n", step);
    if (!is_whole)
        return;
    fprintf(stderr, "%s\n", text_string(&explainer->plans));
    fail_msg("a table is read whole");
}

/* ---- PostgreSQL ---- */

static bool explain(void *context, const struct select *select, sql_take *take UNUSED,
                    void *taker UNUSED, struct fault *fault UNUSED)
{
    struct explainer *explainer = context;
    const char *values[SQL_BOUND_MAX] = {NULL};
    Oid types[SQL_BOUND_MAX] = {0};
    char integers[SQL_BOUND_MAX][24];
    char *sql = string_format("EXPLAIN %s", text_string(&select->sql));

    for (size_t i = 0; i < select->bound_count; i++) {
        const struct cell *cell = &select->bound[i];
        snprintf(integers[i], sizeof(integers[i]), "%" PRId64, cell->integer);
        values[i] = cell->is_text ? cell->text : integers[i];
        types[i] = cell->is_text ? 25 : 20;
    }
    PGresult *plan = PQexecParams(explainer->connection, sql, (int)select->bound_count, types,
                                  values, NULL, NULL, 0);
    if (PQresultStatus(plan) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(explainer->connection));
    text_addf(&explainer->plans, "%s\n", sql);
    for (int i = 0; i < PQntuples(plan); i++) {
        const char *step = PQgetvalue(plan, i, 0);
        /* Of the keys there are few, and all are wanted. */
        add_step(explainer, step,
                 strstr(step, "Seq Scan") && !strstr(step, "Seq Scan on access_key"));
    }
    PQclear(plan);
    free(sql);
    return true;
}

static void starts_and_questions_use_an_index(void **state)
{
    struct rig *rig = *state;
    struct explainer explainer = {.connection = PQconnectdb(rig->url + strlen("postgres:"))};
    struct sql_runner runner = {'$', &explainer, explain, hold_nothing, let_nothing_go};
    static const char *const indexes[] = {
        "incident_open", "incident_resolved", "alert_incident", "page_incident",  "page_waiting",
        "page_created",  "entry_incident",    "silence_open",   "heartbeat_open", "ack_token_"};

    PQclear(PQexec(explainer.connection, "SET enable_seqscan = off"));
    explain_all(rig, &runner);
    must_use(&explainer, indexes, sizeof(indexes) / sizeof(indexes[0]));
    text_clear(&explainer.plans);
    PQfinish(explainer.connection);
}

/* ---- SQLite ---- */

/* Tables with few rows, or whose rows are all wanted. */
static bool is_small(const char *step)
{
    static const char *const names[] = {"meta",       "person", "handoff", "proof",
                                        "access_key", "swap",   "counter", "rota_override"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strncmp(step + strlen("SCAN "), names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* "SCAN alert" reads it whole, "SCAN incident USING INDEX incident_open" an index
 * (https://www.sqlite.org/eqp.html). */
static void explain_text(struct explainer *explainer, const char *sql)
{
    char *asked = string_format("EXPLAIN QUERY PLAN %s", sql);
    sqlite3_stmt *plan = NULL;

    if (sqlite3_prepare_v2(explainer->database, asked, -1, &plan, NULL) != SQLITE_OK)
        fail_msg("%s: %s", asked, sqlite3_errmsg(explainer->database));
    text_addf(&explainer->plans, "%s\n", asked);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *step = (const char *)sqlite3_column_text(plan, 3);
        bool is_scan = strncmp(step, "SCAN ", strlen("SCAN ")) == 0;
        bool is_of_rows = strstr(step, " USING ") == NULL && strstr(step, "SCAN CONSTANT") == NULL;
        add_step(explainer, step, is_scan && is_of_rows && !is_small(step));
    }
    sqlite3_finalize(plan);
    free(asked);
}

static bool explain_on_sqlite(void *context, const struct select *select, sql_take *take UNUSED,
                              void *taker UNUSED, struct fault *fault UNUSED)
{
    explain_text(context, text_string(&select->sql));
    return true;
}

/* What a commit is made of. */
static void explain_changes(struct explainer *explainer)
{
    for (unsigned kind = 0; kind < RECORD_COUNT; kind++) {
        CLEANUP(text_clear) struct text sql = {0};
        const struct table *table = table_get((enum record_kind)kind);
        sql_add_save(&sql, (enum record_kind)kind, table->has_version ? NEED_VERSION : NEED_NONE,
                     '?');
        explain_text(explainer, text_string(&sql));
    }
    CLEANUP(text_clear) struct text revoke = {0};
    CLEANUP(text_clear) struct text forget = {0};
    sql_add_revoke(&revoke, '?');
    explain_text(explainer, text_string(&revoke));
    sql_add_forget(&forget);
    explain_text(explainer, text_string(&forget));
}

/* An index that answers nothing costs every commit a page. */
static void must_use_all(const struct explainer *explainer)
{
    static const char sql[] = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql <> ''";
    sqlite3_stmt *names = NULL;
    size_t count = 0;

    assert_int_equal(sqlite3_prepare_v2(explainer->database, sql, -1, &names, NULL), SQLITE_OK);
    for (; sqlite3_step(names) == SQLITE_ROW; count++) {
        const char *name = (const char *)sqlite3_column_text(names, 0);
        must_use(explainer, &name, 1);
    }
    sqlite3_finalize(names);
    assert_true(count > 5);
}

static void all_that_sqlite_is_asked_uses_an_index_and_each_index_is_used(void **state)
{
    struct rig *rig = *state;
    struct explainer explainer = {.connection = NULL};
    struct sql_runner runner = {'?', &explainer, explain_on_sqlite, hold_nothing, let_nothing_go};
    char *path = string_format("%s/pagerd.db", rig->url + strlen("sqlite:"));
    assert_int_equal(sqlite3_open_v2(path, &explainer.database, SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    explain_all(rig, &runner);
    explain_changes(&explainer);
    must_use_all(&explainer);
    text_clear(&explainer.plans);
    sqlite3_close(explainer.database);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(all_that_sqlite_is_asked_uses_an_index_and_each_index_is_used),
        ON_POSTGRES(starts_and_questions_use_an_index),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
