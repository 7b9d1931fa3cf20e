/* SPDX-License-Identifier: MIT */
/* relay_nodes.c - what a node wants to know of the others, and they of it; relay_parts.h */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/log.h"
#include "store/relay_parts.h"
#include "store/rows.h"
#include "store/schema/schema.h"
#include "store/sql.h"

#define NODES_MAX 64

static void hand_keys(struct relay *relay, const PGresult *answer)
{
    const struct table *table = table_get(RECORD_KEY);
    CLEANUP(arena_free) struct arena *arena = arena_new();
    size_t count = 0;
    int rows = PQntuples(answer);
    struct key_record *keys = memory_new((size_t)rows + 1, sizeof(*keys));
    for (int row = 0; row < rows; row++) {
        struct cell cells[ROW_CELLS_MAX];
        struct fault fault = {0};
        for (size_t i = 0; i < table->count; i++) {
            cells[i] = (struct cell){.is_text = column_is_text(&table->columns[i])};
            if (!cells[i].is_text)
                cells[i].integer = postgres_integer(answer, row, (int)i);
            else if (!PQgetisnull(answer, row, (int)i)) {
                cells[i].text = PQgetvalue(answer, row, (int)i);
                cells[i].size = (size_t)PQgetlength(answer, row, (int)i);
            }
        }
        if (row_fill(RECORD_KEY, cells, arena, &keys[count], &fault))
            count++;
        else
            log_error("a key in the database cannot be read: %s", fault.text);
    }
    relay->options.keys(relay->options.context, keys, count);
    free(keys);
}

/* Of all that they say, so that only a change is handed on. */
static void hash_rows(const PGresult *answer, unsigned char hash[HASH_SIZE])
{
    CLEANUP(text_clear) struct text text = {0};
    for (int row = 0; row < PQntuples(answer); row++) {
        for (int column = 0; column < PQnfields(answer); column++) {
            text_add(&text, PQgetvalue(answer, row, column));
            text_add_char(&text, PQgetisnull(answer, row, column) ? '-' : ';');
        }
    }
    hash_bytes(text_span(&text), hash);
}

bool relay_read_keys(struct relay *relay, struct fault *fault)
{
    CLEANUP(text_clear) struct text sql = {0};
    PGresult *answer = NULL;
    unsigned char hash[HASH_SIZE];
    relay->keys_read_at = postgres_now();
    text_add(&sql, "SELECT ");
    sql_add_columns(&sql, table_get(RECORD_KEY));
    text_addf(&sql, " FROM %s ORDER BY created_at, 1", table_get(RECORD_KEY)->name);
    if (!relay_ask(relay, text_string(&sql), NULL, 0, &answer, fault))
        return false;
    hash_rows(answer, hash);
    if (memcmp(hash, relay->keys_hash, HASH_SIZE) != 0) {
        memcpy(relay->keys_hash, hash, HASH_SIZE);
        hand_keys(relay, answer);
    }
    PQclear(answer);
    return true;
}

bool relay_ask_schema(struct relay *relay, struct postgres_link *link, struct fault *fault)
{
    struct schema schema;
    int64_t known = postgres_schema_known();
    if (!postgres_ask_schema(link, &schema, fault))
        return false;
    pthread_mutex_lock(&relay->lock);
    relay->state.schema = schema.version;
    relay->state.min_writer = schema.min_writer;
    pthread_mutex_unlock(&relay->lock);
    return schema.min_reader <= known ||
           fault_set(fault, FAULT_PEER,
                     "the database has schema %" PRId64 " of a newer pagerd, which none can read "
                     "that knows less than schema %" PRId64
                     "; this one knows schemas up to %" PRId64 ": install the newer one",
                     schema.version, schema.min_reader, known);
}

/* "0.1.0/6"; nodes of before say no schema. */
static void put_version(struct json_writer *writer, const char *version)
{
    struct span rest = span_of(version);
    struct span program = span_cut(&rest, '/');
    CLEANUP(text_clear) struct text text = {0};
    text_add_span(&text, program);
    json_put_string(writer, "version", text_string(&text));
    json_put_integer(writer, "schema", rest.size > 0 ? strtoll(rest.bytes, NULL, 10) : 0);
}

static bool read_nodes(struct relay *relay, struct fault *fault)
{
    PGresult *answer = NULL;
    char limit[24];
    snprintf(limit, sizeof(limit), "%d", NODES_MAX);
    const char *const values[] = {limit};
    if (!relay_ask(relay,
                   "SELECT name, version, is_on_duty, "
                   "(extract(epoch FROM statement_timestamp()) * 1000)::bigint - seen_at "
                   "FROM node ORDER BY name LIMIT $1::bigint",
                   values, 1, &answer, fault))
        return false;
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    bool has_duty = false;
    unsigned count = 0;
    json_begin_array(&writer, NULL);
    for (int i = 0; i < PQntuples(answer); i++) {
        int64_t seen_ms = postgres_integer(answer, i, 3);
        bool is_there = seen_ms < RELAY_GONE_MS;
        bool is_on_duty = is_there && postgres_integer(answer, i, 2) != 0;
        has_duty |= is_on_duty;
        count += is_there;
        json_begin_object(&writer, NULL);
        json_put_string(&writer, "name", PQgetvalue(answer, i, 0));
        put_version(&writer, PQgetvalue(answer, i, 1));
        json_put_bool(&writer, "is_on_duty", is_on_duty);
        json_put_bool(&writer, "is_there", is_there);
        json_put_integer(&writer, "seen_ms", seen_ms);
        json_put_bool(&writer, "is_self", string_is(PQgetvalue(answer, i, 0), relay->node));
        json_end_object(&writer);
    }
    json_end_array(&writer);
    PQclear(answer);
    pthread_mutex_lock(&relay->lock);
    text_clear(&relay->nodes);
    relay->nodes = text;
    relay->state.has_duty = has_duty;
    relay->state.nodes = count;
    text = (struct text){0};
    pthread_mutex_unlock(&relay->lock);
    return true;
}

/* On how many machines a commit is when it is answered. Who may not see the standbys (that needs
 * pg_monitor) is told 0: not known
 * (https://www.postgresql.org/docs/15/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW).
 */
static bool read_copies(struct relay *relay, struct fault *fault)
{
    PGresult *answer = NULL;
    if (!relay_ask(relay,
                   "SELECT CASE WHEN NOT pg_has_role(current_user, 'pg_monitor', 'USAGE') AND "
                   "current_setting('synchronous_standby_names') <> '' THEN 0 ELSE 1 + (SELECT "
                   "count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN "
                   "('sync', 'quorum')) END",
                   NULL, 0, &answer, fault))
        return false;
    int64_t copies = postgres_integer(answer, 0, 0);
    PQclear(answer);
    pthread_mutex_lock(&relay->lock);
    relay->state.copies = (unsigned)copies;
    pthread_mutex_unlock(&relay->lock);
    return true;
}

static msec wall_now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    return (msec)at.tv_sec * SECOND_MS + at.tv_nsec / 1000000;
}

/* Half of the way there and back is the best guess of when it said so. */
static bool read_clock(struct relay *relay, struct fault *fault)
{
    PGresult *answer = NULL;
    msec before = wall_now();
    if (!relay_ask(relay, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", NULL, 0,
                   &answer, fault))
        return false;
    msec there = postgres_integer(answer, 0, 0);
    PQclear(answer);
    pthread_mutex_lock(&relay->lock);
    relay->state.clock_ahead_ms = there - (before + wall_now()) / 2;
    pthread_mutex_unlock(&relay->lock);
    return true;
}

bool relay_beat(struct relay *relay, bool is_serving, struct fault *fault)
{
    const char *const values[] = {relay->node, relay->version, is_serving ? "1" : "0"};
    relay->beaten_at = postgres_now();
    return relay_ask(relay,
                     "INSERT INTO node (name, version, is_on_duty, seen_at) VALUES ($1, $2, "
                     "$3::bigint, (extract(epoch FROM statement_timestamp()) * 1000)::bigint) "
                     "ON CONFLICT (name) DO UPDATE SET version = excluded.version, "
                     "is_on_duty = excluded.is_on_duty, seen_at = excluded.seen_at",
                     values, 3, NULL, fault) &&
           relay_ask_schema(relay, &relay->link, fault) && read_nodes(relay, fault) &&
           read_copies(relay, fault) && read_clock(relay, fault);
}
