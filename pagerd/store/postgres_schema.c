/* SPDX-License-Identifier: MIT */
/*
 * postgres_schema.c - brings the schema up to date, and prepares the statements of a connection.
 *
 * schema_version says which programs may use the database: a pagerd that knows schemas up to K may
 * write where min_writer is at most K, so that the version before can run beside a schema that was
 * only added to (schema/schema.h). Who has the place of the writer changes it, and nobody else.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres.h"
#include "store/schema/schema.h"
#include "store/sql.h"

#define BIGINT_OID 20 /* https://www.postgresql.org/docs/15/catalog-pg-type.html, pg_type.dat */
#define TEXT_OID 25
#define NODE_MISSED_MS (10 * MINUTE_MS) /* a node that was there so long ago may come back */
#define BYTEA_OID 17

/* Held by who makes the schema, until its transaction ends. Any number will do: "pagerd". */
#define SCHEMA_LOCK "SELECT pg_advisory_xact_lock(123610963145316)"

bool postgres_ask_schema(struct postgres_link *link, struct schema *schema, struct fault *fault)
{
    PGresult *answer = NULL;

    *schema = (struct schema){0};
    /* to_regclass() would say what this session has known since before it waited for the lock. */
    if (!postgres_ask(link,
                      "SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'schema_version' "
                      "AND pg_catalog.pg_table_is_visible(oid)",
                      POSTGRES_STATEMENT_MS, &answer, "looking for the schema", fault))
        return false;
    bool is_there = postgres_integer(answer, 0, 0) != 0;
    PQclear(answer);
    if (!is_there)
        return true;
    if (!postgres_ask(link,
                      "SELECT max(version), max(min_reader), max(min_writer) FROM schema_version",
                      POSTGRES_STATEMENT_MS, &answer, "reading the schema's version", fault))
        return false;
    schema->version = postgres_integer(answer, 0, 0);
    schema->min_reader = postgres_integer(answer, 0, 1);
    schema->min_writer = postgres_integer(answer, 0, 2);
    PQclear(answer);
    return true;
}

int64_t postgres_schema_known(void)
{
    return postgres_migrations[postgres_migration_count - 1].version;
}

/* Is there a node, now or a moment ago, that could not go on with that schema? */
static bool ask_shut_out(struct postgres_link *link, const struct schema *schema, bool *is_so,
                         struct fault *fault)
{
    PGresult *answer = NULL;
    char sql[320];

    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM node WHERE seen_at > (extract(epoch FROM "
             "statement_timestamp()) * 1000)::bigint - %d AND "
             "coalesce(nullif(split_part(version, '/', 2), ''), '0')::bigint < %" PRId64,
             (int)NODE_MISSED_MS,
             schema->min_writer > schema->min_reader ? schema->min_writer : schema->min_reader);
    if (!postgres_ask(link, sql, POSTGRES_STATEMENT_MS, &answer, "asking for older nodes", fault))
        return false;
    *is_so = postgres_integer(answer, 0, 0) > 0;
    PQclear(answer);
    return true;
}

/* One step; `is_to_wait`: it was taken back, for it would shut a node out. */
static bool run_step(struct postgres_link *link, const struct migration *step, bool *is_to_wait,
                     struct fault *fault)
{
    struct schema before;
    struct schema after;

    if (!postgres_ask_schema(link, &before, fault) ||
        !postgres_ask(link, "SAVEPOINT step", POSTGRES_STATEMENT_MS, NULL, "changing the schema",
                      fault) ||
        !postgres_ask(link, step->sql, POSTGRES_LOAD_MS, NULL, "changing the schema", fault) ||
        !postgres_ask_schema(link, &after, fault))
        return fault_prefix(fault, "schema %d", step->version);
    bool is_raised = after.min_reader > before.min_reader || after.min_writer > before.min_writer;
    if (before.version == 0 || !is_raised)
        return true;
    if (!ask_shut_out(link, &after, is_to_wait, fault))
        return false;
    return !*is_to_wait || postgres_ask(link, "ROLLBACK TO SAVEPOINT step", POSTGRES_STATEMENT_MS,
                                        NULL, "leaving the schema as it is", fault);
}

static bool run_migrations(struct postgres_link *link, struct fault *fault)
{
    struct schema schema;
    bool is_to_wait = false;

    if (!postgres_ask(link, "BEGIN; " SCHEMA_LOCK, POSTGRES_LOAD_MS, NULL,
                      "waiting to change the schema", fault) ||
        !postgres_ask_schema(link, &schema, fault))
        return false;
    for (size_t i = 0; i < postgres_migration_count && !is_to_wait; i++)
        if (postgres_migrations[i].version > schema.version &&
            !run_step(link, &postgres_migrations[i], &is_to_wait, fault))
            return false;
    return postgres_ask(link, "COMMIT", POSTGRES_LOAD_MS, NULL, "changing the schema", fault);
}

bool postgres_migrate(struct postgres_link *link, bool is_first, struct fault *fault)
{
    int64_t known = postgres_schema_known();
    struct schema schema;

    if (!postgres_ask_schema(link, &schema, fault))
        return false;
    if (schema.min_writer > known)
        return fault_set(fault, FAULT_INPUT,
                         "the database has schema %" PRId64 " of a newer pagerd, to which none may "
                         "write that knows less than schema %" PRId64 "; this one knows schemas up "
                         "to %" PRId64 " and has not touched it: install the newer one",
                         schema.version, schema.min_writer, known);
    if (schema.version >= known || (is_first && schema.version > 0))
        return true;
    return run_migrations(link, fault);
}

static bool send_prepare(struct postgres_link *link, const char *name, const struct text *sql,
                         const bool *is_text, size_t count)
{
    Oid types[ROW_CELLS_MAX] = {0};

    for (size_t i = 0; i < count; i++)
        types[i] = is_text[i] ? TEXT_OID : BIGINT_OID;
    return PQsendPrepare(link->connection, name, text_string(sql), (int)count, types) == 1;
}

static bool send_save(struct postgres_link *link, enum record_kind kind, enum need need)
{
    CLEANUP(text_clear) struct text sql = {0};
    const struct table *table = table_get(kind);
    bool is_text[ROW_CELLS_MAX];
    char name[16];

    if ((need != NEED_NONE && !table->has_id) || (need == NEED_VERSION && !table->has_version))
        return true;
    for (size_t i = 0; i < table->count; i++)
        is_text[i] = column_is_text(&table->columns[i]);
    sql_add_save(&sql, kind, need, '$');
    snprintf(name, sizeof(name), "save%u_%u", (unsigned)kind, (unsigned)need);
    return send_prepare(link, name, &sql, is_text, table->count);
}

/*
 * The first statement of every transaction. Where epoch or session are another's by now, the row
 * would get an epoch of NULL, which it refuses: the transaction is dead before it has begun.
 */
static const char fence[] =
    "UPDATE writer SET group_number = $3, beat = beat + 1, epoch = CASE WHEN epoch = $1 AND "
    "session = $2 THEN epoch END WHERE id = 1";

static bool send_all(struct postgres_link *link)
{
    CLEANUP(text_clear) struct text revoke = {0};
    CLEANUP(text_clear) struct text bump = {0};
    CLEANUP(text_clear) struct text fencing = {0};
    static const bool numbers[] = {false, false, false};
    CLEANUP(text_clear) struct text answering = {0};
    static const bool counting[] = {true, false};
    static const bool answers[] = {false, true};
    static const Oid fed[] = {BIGINT_OID, BIGINT_OID, BYTEA_OID};

    for (unsigned kind = 0; kind < RECORD_COUNT; kind++)
        for (unsigned need = 0; need < NEED_COUNT; need++)
            if (!send_save(link, (enum record_kind)kind, (enum need)need))
                return false;
    sql_add_revoke(&revoke, '$');
    sql_add_bump(&bump, '$');
    text_add(&fencing, fence);
    text_add(&answering, "UPDATE relay SET answer = $2 WHERE id = $1");
    return send_prepare(link, "revoke", &revoke, numbers, 1) &&
           send_prepare(link, "bump", &bump, counting, 2) &&
           send_prepare(link, "answer", &answering, answers, 2) &&
           send_prepare(link, "fence", &fencing, numbers, 3) &&
           PQsendPrepare(link->connection, "feed", postgres_feed_sql, 3, fed) == 1;
}

bool postgres_prepare(struct postgres_link *link, struct fault *fault)
{
    bool is_good = true;
    bool is_synced = false;
    PGresult *result;

    if (PQenterPipelineMode(link->connection) == 0 || !send_all(link) ||
        PQpipelineSync(link->connection) == 0) {
        link->is_lost = true;
        return fault_set(fault, FAULT_PEER, "the database takes no statements");
    }
    while (!is_synced) {
        if (!postgres_next(link, POSTGRES_STATEMENT_MS, &result, fault))
            return false;
        ExecStatusType status = PQresultStatus(result);
        is_synced = status == PGRES_PIPELINE_SYNC;
        if (result && status == PGRES_FATAL_ERROR && is_good)
            is_good = postgres_blame(link, result, "preparing statements", fault);
        PQclear(result);
    }
    return PQexitPipelineMode(link->connection) == 1 && is_good;
}
