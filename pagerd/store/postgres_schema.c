/* SPDX-License-Identifier: MIT */
/*
 * postgres_schema.c - brings the schema up to date, and prepares the statements of a connection.
 *
 * schema_version says which programs may use the database: a pagerd that knows schemas up to K may
 * write where min_writer is at most K, so that the version before can run beside a schema that was
 * only added to.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres.h"
#include "store/schema/schema.h"
#include "store/sql.h"

#define BIGINT_OID 20 /* https://www.postgresql.org/docs/15/catalog-pg-type.html, pg_type.dat */
#define TEXT_OID 25
#define BYTEA_OID 17

/* Held by who makes the schema, until its transaction ends. Any number will do: "pagerd". */
#define SCHEMA_LOCK "SELECT pg_advisory_xact_lock(123610963145316)"

static bool ask_version(struct postgres_link *link, int64_t *version, int64_t *min_writer,
                        struct fault *fault)
{
    PGresult *answer = NULL;

    *version = 0;
    *min_writer = 0;
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
    if (!postgres_ask(link, "SELECT max(version), max(min_writer) FROM schema_version",
                      POSTGRES_STATEMENT_MS, &answer, "reading the schema's version", fault))
        return false;
    *version = postgres_integer(answer, 0, 0);
    *min_writer = postgres_integer(answer, 0, 1);
    PQclear(answer);
    return true;
}

static bool run_migrations(struct postgres_link *link, struct fault *fault)
{
    int64_t version;
    int64_t min_writer;

    if (!postgres_ask(link, "BEGIN; " SCHEMA_LOCK, POSTGRES_LOAD_MS, NULL,
                      "waiting to change the schema", fault) ||
        !ask_version(link, &version, &min_writer, fault))
        return false;
    for (size_t i = 0; i < postgres_migration_count; i++) {
        if (postgres_migrations[i].version <= version)
            continue;
        if (!postgres_ask(link, postgres_migrations[i].sql, POSTGRES_LOAD_MS, NULL,
                          "changing the schema", fault))
            return fault_prefix(fault, "schema %d", postgres_migrations[i].version);
    }
    return postgres_ask(link, "COMMIT", POSTGRES_LOAD_MS, NULL, "changing the schema", fault);
}

bool postgres_migrate(struct postgres_link *link, bool is_first, struct fault *fault)
{
    int64_t known = postgres_migrations[postgres_migration_count - 1].version;
    int64_t version;
    int64_t min_writer;

    if (!ask_version(link, &version, &min_writer, fault))
        return false;
    if (min_writer > known)
        return fault_set(fault, FAULT_INPUT,
                         "the database has schema %" PRId64 " of a newer pagerd; this one knows "
                         "schemas up to %" PRId64 " and has not touched it",
                         version, known);
    if (version >= known || (is_first && version > 0))
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
