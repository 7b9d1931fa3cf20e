/* SPDX-License-Identifier: MIT */
/*
 * postgres_read.c - SELECTs on the PostgreSQL backend: what a start needs, the questions, and all
 * rows at one moment.
 *
 * Rows come one by one (https://www.postgresql.org/docs/15/libpq-single-row-mode.html): no answer
 * is ever in memory as a whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgres.h"
#include "store/sql.h"

#define BIGINT_OID 20
#define TEXT_OID 25

/* Who asks, and how patiently. */
struct asker {
    struct postgres_link *link;
    msec wait_ms;
};

static bool send_select(struct postgres_link *link, const struct select *select)
{
    Oid types[SQL_BOUND_MAX] = {0};
    const char *values[SQL_BOUND_MAX] = {NULL};
    char integers[SQL_BOUND_MAX][24];

    for (size_t i = 0; i < select->bound_count; i++) {
        const struct cell *cell = &select->bound[i];
        types[i] = cell->is_text ? TEXT_OID : BIGINT_OID;
        values[i] = cell->is_text ? cell->text : integers[i];
        if (!cell->is_text)
            snprintf(integers[i], sizeof(integers[i]), "%" PRId64, cell->integer);
    }
    return PQsendQueryParams(link->connection, text_string(&select->sql), (int)select->bound_count,
                             types, values, NULL, NULL, 0) == 1 &&
           PQsetSingleRowMode(link->connection) == 1;
}

static void read_cells(const PGresult *row, const struct select *select, struct cell *cells)
{
    for (size_t i = 0; i < select->column_count; i++) {
        struct cell *cell = &cells[i];
        *cell = (struct cell){.is_text = select->is_text[i]};
        if (!cell->is_text)
            cell->integer = postgres_integer(row, 0, (int)i);
        else if (!PQgetisnull(row, 0, (int)i)) {
            cell->text = PQgetvalue(row, 0, (int)i);
            cell->size = (size_t)PQgetlength(row, 0, (int)i);
        }
    }
}

/* One result of the walk: a row, the end, or an error. */
static bool take_row(struct asker *asker, const struct select *select, const PGresult *result,
                     sql_take *take, void *taker, struct fault *fault)
{
    struct cell cells[ROW_CELLS_MAX];

    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return true;
    if (PQresultStatus(result) != PGRES_SINGLE_TUPLE)
        return postgres_blame(asker->link, result, "reading", fault);
    read_cells(result, select, cells);
    if (take(taker, cells, fault))
        return true;
    asker->link->is_lost = true; /* the rest of the rows is not wanted */
    return false;
}

static bool run_select(void *context, const struct select *select, sql_take *take, void *taker,
                       struct fault *fault)
{
    struct asker *asker = context;
    bool is_good = true;
    PGresult *result;

    if (!send_select(asker->link, select)) {
        asker->link->is_lost = true;
        return fault_set(fault, FAULT_PEER, "the database takes no questions");
    }
    while (!asker->link->is_lost) {
        if (!postgres_next(asker->link, asker->wait_ms, &result, is_good ? fault : NULL))
            return false;
        if (result == NULL)
            return is_good;
        is_good = is_good && take_row(asker, select, result, take, taker, fault);
        PQclear(result);
    }
    return false;
}

static bool hold(void *context, struct fault *fault)
{
    struct asker *asker = context;
    return postgres_ask(asker->link, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
                        asker->wait_ms, NULL, "reading", fault);
}

static void let_go(void *context)
{
    struct asker *asker = context;
    if (!asker->link->is_lost &&
        !postgres_ask(asker->link, "COMMIT", asker->wait_ms, NULL, "reading", NULL))
        asker->link->is_lost = true;
}

/* Who copies all rows, and where the feed stands meanwhile. */
struct copier {
    struct asker asker; /* first: what runs a SELECT takes one for the other */
    struct feed_head *head;
};

static bool hold_and_look(void *context, struct fault *fault)
{
    struct copier *copier = context;
    if (!hold(&copier->asker, fault))
        return false;
    if (postgres_ask_feed(copier->asker.link, copier->asker.wait_ms, copier->head, fault))
        return true;
    let_go(&copier->asker);
    return false;
}

static struct sql_runner runner_of(struct asker *asker)
{
    return (struct sql_runner){
        .mark = '$', .context = asker, .run = run_select, .hold = hold, .let_go = let_go};
}

/* A session that only reads may be slow: whoever takes its rows may be. */
static bool admit_reader(struct postgres *disk, struct postgres_link *link,
                         const struct postgres_hello *hello, struct fault *fault)
{
    (void)disk;
    (void)hello;
    return postgres_settle(link, fault) &&
           postgres_ask(link,
                        "SET idle_in_transaction_session_timeout = 0; SET tcp_user_timeout = 0; "
                        "SET default_transaction_read_only = on",
                        POSTGRES_STATEMENT_MS, NULL, "setting up the session", fault);
}

/* To where the writer is, so that what was committed is seen. */
static bool connect_beside(struct postgres *disk, struct postgres_link *link, unsigned *generation,
                           struct fault *fault)
{
    struct postgres_target where;

    pthread_mutex_lock(&disk->where_lock);
    where =
        (struct postgres_target){string_copy(disk->where.host), string_copy(disk->where.address),
                                 string_copy(disk->where.port)};
    *generation = disk->generation;
    pthread_mutex_unlock(&disk->where_lock);
    bool is_good = postgres_race(disk, &where, admit_reader, link, fault);
    free(where.host);
    free(where.address);
    free(where.port);
    return is_good;
}

static bool reader_is_current(struct postgres *disk)
{
    pthread_mutex_lock(&disk->where_lock);
    bool is_current = disk->reader_generation == disk->generation;
    pthread_mutex_unlock(&disk->where_lock);
    return is_current && disk->reader.connection && !disk->reader.is_lost;
}

bool postgres_read(void *context, const struct query *query, struct result *result,
                   struct fault *fault)
{
    struct postgres *disk = context;
    struct asker asker = {&disk->reader, POSTGRES_READ_MS};
    struct sql_runner runner = runner_of(&asker);

    if (!reader_is_current(disk)) {
        postgres_drop(&disk->reader);
        if (!connect_beside(disk, &disk->reader, &disk->reader_generation, fault))
            return false;
    }
    return sql_read(&runner, query, result, fault);
}

/* On a connection of its own: meanwhile the writer's shows that it lives. */
bool postgres_load(void *context, msec now, const struct store_loader *loader,
                   struct store_maxima *maxima, struct fault *fault)
{
    struct postgres *disk = context;
    struct postgres_link link = {.connection = NULL};
    struct asker asker = {&link, POSTGRES_LOAD_MS};
    struct sql_runner runner = runner_of(&asker);
    unsigned generation;

    bool is_good = connect_beside(disk, &link, &generation, fault);
    link.alive_at = &disk->confirmed_at;
    is_good = is_good && sql_load(&runner, now, loader, maxima, fault);
    postgres_drop(&link);
    return is_good;
}

bool postgres_dump_feed(struct postgres_link *link, const struct store_taker *taker, msec wait_ms,
                        struct feed_head *head, struct fault *fault)
{
    struct copier copier = {{link, wait_ms}, head};
    struct sql_runner runner = runner_of(&copier.asker);

    runner.hold = hold_and_look;
    return sql_dump(&runner, taker, fault);
}

bool postgres_dump(void *context, const struct store_taker *taker, struct fault *fault)
{
    struct postgres *disk = context;
    struct postgres_link link = {.connection = NULL};
    struct asker asker = {&link, POSTGRES_LOAD_MS};
    struct sql_runner runner = runner_of(&asker);
    unsigned generation;

    bool is_good =
        connect_beside(disk, &link, &generation, fault) && sql_dump(&runner, taker, fault);
    postgres_drop(&link);
    return is_good;
}
