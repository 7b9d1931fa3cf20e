/* SPDX-License-Identifier: MIT */
/* What only PostgreSQL can do to a store: lost commits, another writer, a primary of the past. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/postgres_proxy.h"
#include "contract/store_rig.h"
#include "contract/store_samples.h"
#include "store/postgres.h"
#include "store/schema/schema.h"
#include "store/sql.h"

#define CUT_ROUNDS 400
#define WAITING_MAX 64

static struct batch *batch_of(uint64_t number)
{
    struct incident incident = sample_incident(number);
    struct batch *batch = batch_new();

    batch_save_incident(batch, &incident, NEED_NEW);
    return batch;
}

static int64_t ask_integer(struct rig *rig, const char *sql)
{
    char value[32];

    rig_sql(rig, sql, value, sizeof(value));
    return strtoll(value, NULL, 10);
}

/* --- the schema --- */

/* "name type,name type," of a table, by name. */
static void columns_of_sqlite(const char *table, struct text *text)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;

    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    for (size_t i = 0; i < sqlite_migration_count; i++)
        assert_int_equal(sqlite3_exec(database, sqlite_migrations[i].sql, NULL, NULL, NULL),
                         SQLITE_OK);
    char *sql =
        string_format("SELECT group_concat(name || ' ' || CASE type WHEN 'TEXT' THEN 'text' "
                      "ELSE 'bigint' END || CASE WHEN \"notnull\" OR pk THEN ' needed' "
                      "ELSE '' END, ',') FROM (SELECT * FROM pragma_table_info('%s') "
                      "ORDER BY name)",
                      table);
    assert_int_equal(sqlite3_prepare_v2(database, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    text_add(text, (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    sqlite3_close(database);
    free(sql);
}

static void columns_of_postgres(struct rig *rig, const char *table, struct text *text)
{
    char value[4096];
    char *sql = string_format(
        "SELECT string_agg(column_name || ' ' || data_type || CASE is_nullable WHEN 'NO' THEN "
        "' needed' ELSE '' END, ',' ORDER BY column_name COLLATE \"C\") FROM "
        "information_schema.columns WHERE table_schema = '%s' AND table_name = '%s'",
        rig->name, table);

    rig_sql(rig, sql, value, sizeof(value));
    text_add(text, value);
    free(sql);
}

static void tables_have_the_columns_of_sqlite_and_of_the_rows(void **state)
{
    struct rig *rig = *state;

    for (unsigned kind = 0; kind < RECORD_COUNT; kind++) {
        const struct table *table = table_get((enum record_kind)kind);
        CLEANUP(text_clear) struct text here = {0};
        CLEANUP(text_clear) struct text there = {0};
        columns_of_postgres(rig, table->name, &here);
        columns_of_sqlite(table->name, &there);
        assert_string_equal(text_string(&here), text_string(&there));
        for (size_t i = 0; i < table->count; i++) {
            char *column = string_format("%s %s", table->columns[i].name,
                                         column_is_text(&table->columns[i]) ? "text" : "bigint");
            assert_non_null(strstr(text_string(&here), column));
            free(column);
        }
    }
}

static void a_schema_of_a_newer_pagerd_is_refused_unless_it_lets_us_write(void **state)
{
    struct rig *rig = *state;
    struct store_limits limits = {.folder = rig->directory};
    struct fault fault;

    rig_close(rig);
    rig_sql(rig, "UPDATE schema_version SET version = 99, min_writer = 99", NULL, 0);
    assert_false(store_open(rig->url, &limits, &rig->store, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_non_null(strstr(fault.text, "schema 99 of a newer pagerd"));
    rig_sql(rig, "UPDATE schema_version SET min_writer = 4", NULL, 0);
    rig_open(rig, NULL);
    rig_must_commit(rig, batch_of(1));
}

/* The next pagerd's, which raises what a writer has to know. */
static void a_step_that_would_shut_a_node_out_waits(void **state)
{
    struct rig *rig = *state;
    char value[32];

    rig_sql(rig,
            "INSERT INTO node (name, version, is_on_duty, seen_at) VALUES ('a', '0.1.0/4', 0, "
            "(extract(epoch FROM statement_timestamp()) * 1000)::bigint)",
            NULL, 0);
    rig_close(rig);
    /* As before version 6, which is to raise it here. */
    rig_sql(rig,
            "ALTER TABLE page DROP COLUMN key_attempt;"
            "CREATE INDEX incident_key ON incident (integration, dedup_key);"
            "CREATE INDEX entry_written ON entry (written_at);"
            "UPDATE schema_version SET version = 5;"
            "CREATE FUNCTION raise_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF NEW.version = 6 THEN NEW.min_writer := 6; END IF; RETURN NEW; END $$;"
            "CREATE TRIGGER raising BEFORE UPDATE ON schema_version FOR EACH ROW "
            "EXECUTE FUNCTION raise_it()",
            NULL, 0);
    struct store_limits limits = {.folder = rig->directory};
    struct fault fault;
    assert_false(store_open(rig->url, &limits, &rig->store, &fault)); /* it needs that step */
    rig_sql(rig, "SELECT version FROM schema_version", value, sizeof(value));
    assert_string_equal(value, "5");
    rig_sql(rig, "UPDATE node SET version = '0.2.0/6'", NULL, 0);
    rig_open(rig, NULL);
    rig_sql(rig, "SELECT version FROM schema_version", value, sizeof(value));
    assert_string_equal(value, "7");
    rig_must_commit(rig, batch_of(1));
}

/* --- who writes --- */

static void who_was_replaced_writes_nothing(void **state)
{
    struct rig *rig = *state;
    struct store_health health;

    rig_must_commit(rig, batch_of(1));
    rig_sql(rig, "UPDATE writer SET epoch = epoch + 1", NULL, 0);
    struct fault fault = rig_commit(rig, batch_of(2));
    assert_int_equal(fault.kind, FAULT_DENIED);
    assert_non_null(strstr(fault.text, "another pagerd has taken over"));
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM incident"), 1);
    store_health(rig->store, &health);
    assert_true(health.is_broken);
    assert_int_equal(rig_commit(rig, batch_of(3)).kind, FAULT_DENIED);
}

/* On the commit thread: before that does anything else. */
static void replace(void *context, struct batch *failed, const struct fault *fault)
{
    rig_sql(context, "UPDATE writer SET epoch = epoch + 1", NULL, 0);
    batch_free(failed);
    (void)fault;
}

/* What it does by itself finds that out, too: it is no failure of the database, for which pages
 * would go out. */
static void who_was_replaced_hears_of_it_while_it_cleans_up(void **state)
{
    struct rig *rig = *state;
    struct entry change = sample_entry(1, SAMPLE_NOW);
    struct batch *batch = batch_new();
    struct store_health health;
    struct fault fault;

    change.event = CHANGE_EVENT;
    batch_add_entry(batch, &change);
    assert_true(store_submit(rig->store, batch, replace, rig, &fault));
    do {
        poll(NULL, 0, 10);
        store_health(rig->store, &health);
    } while (!health.is_broken);
    assert_true(health.is_replaced);
}

/* As if a connection that was given up had come after ours: it is found out, and made good. */
static void an_older_session_writes_only_after_it_has_asked_again(void **state)
{
    struct rig *rig = *state;

    rig_must_commit(rig, batch_of(1));
    assert_int_equal(ask_integer(rig, "SELECT session FROM writer"), 1);
    rig_sql(rig, "UPDATE writer SET session = session + 1", NULL, 0);
    rig_must_commit(rig, batch_of(2));
    assert_int_equal(ask_integer(rig, "SELECT session FROM writer"), 3);
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM incident"), 2);
}

/* A lock that somebody else holds is waited for less long than the beat of the writer. */
static void a_lock_of_somebody_else_is_not_waited_for(void **state)
{
    struct rig *rig = *state;
    PGconn *other = PQconnectdb(rig->url + strlen("postgres:"));

    PQclear(PQexec(other, "BEGIN; SELECT * FROM writer FOR UPDATE"));
    assert_int_equal(rig_commit(rig, batch_of(1)).kind, FAULT_PEER);
    PQfinish(other);
    while (rig_commit(rig, batch_of(1)).kind == FAULT_PEER)
        poll(NULL, 0, 20);
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM incident"), 1);
}

static void a_primary_of_the_past_is_not_trusted(void **state)
{
    struct rig *rig = *state;
    struct store_limits limits = {.folder = rig->directory};
    struct fault fault;
    char text[128] = "";
    char path[128];

    rig_close(rig);
    snprintf(path, sizeof(path), "%s/postgres.seen", rig->directory);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    assert_string_equal(strrchr(text, ' '), " 1\n");
    strrchr(text, ' ')[1] = '\0';
    rewind(file);
    fprintf(file, "%s7\n", text);
    fclose(file);
    assert_false(store_open(rig->url, &limits, &rig->store, &fault));
    assert_int_equal(fault.kind, FAULT_PEER);
    assert_non_null(strstr(fault.text, "a primary of the past: its timeline is 1, and 7 was seen"));
}

/* Managed databases give few rights: none that is not needed is asked for. */
static void a_plain_user_is_enough_and_a_hidden_timeline_is_passed_over(void **state)
{
    struct rig *rig = *state;
    struct store_limits limits = {.folder = rig->directory};
    struct store_health health;
    struct fault fault;
    char url[300];
    char sql[160];

    rig_close(rig);
    snprintf(sql, sizeof(sql), "DROP SCHEMA %s CASCADE", rig->name);
    rig_sql(rig, sql, NULL, 0);
    rig_sql(rig, "CREATE ROLE plain LOGIN", NULL, 0);
    snprintf(sql, sizeof(sql), "CREATE SCHEMA %s AUTHORIZATION plain", rig->name);
    rig_sql(rig, sql, NULL, 0);
    rig_sql(rig, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", NULL, 0);
    snprintf(url, sizeof(url), "%s user=plain", rig->url);
    if (!store_open(url, &limits, &rig->store, &fault))
        fail_msg("%s", fault.text);
    for (uint64_t i = 1; i <= 3; i++)
        rig_must_commit(rig, batch_of(i));
    store_health(rig->store, &health);
    assert_string_equal(health.problem, "");
    assert_int_equal(ask_integer(rig, "SELECT session FROM writer"), 1);
    rig_close(rig);
    rig_sql(rig, "GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC", NULL, 0);
}

static void a_state_folder_in_use_is_refused_at_once(void **state)
{
    struct rig *rig = *state;
    struct store_limits limits = {.folder = rig->directory};
    struct store *second = NULL;
    struct fault fault;

    assert_false(store_open(rig->url, &limits, &second, &fault));
    assert_int_equal(fault.kind, FAULT_DENIED);
    assert_non_null(strstr(fault.text, "another pagerd (process"));
}

static void a_database_that_may_lose_what_was_answered_is_told(void **state)
{
    struct rig *rig = *state;
    struct store_health health;

    store_health(rig->store, &health);
    assert_string_equal(health.warning, "");
    rig_close(rig);
    rig_sql(rig, "ALTER SYSTEM SET full_page_writes = off", NULL, 0);
    rig_sql(rig, "SELECT pg_reload_conf()", NULL, 0);
    while (ask_integer(rig, "SELECT (current_setting('full_page_writes') = 'on')::int") != 0)
        poll(NULL, 0, 20);
    rig_open(rig, NULL);
    store_health(rig->store, &health);
    assert_non_null(strstr(health.warning, "full_page_writes is off"));
    rig_sql(rig, "ALTER SYSTEM RESET full_page_writes", NULL, 0);
    rig_sql(rig, "SELECT pg_reload_conf()", NULL, 0);
}

/* --- what it takes --- */

static void bytes_that_are_no_text_become_marks(void **state)
{
    struct rig *rig = *state;
    struct incident incident = sample_incident(1);
    struct batch *batch = batch_new();

    incident.details = "a\xff";
    batch_save_incident(batch, &incident, NEED_NEW);
    rig_must_commit(rig, batch);
    assert_string_equal(rig_reload(rig, SAMPLE_NOW)->incidents[0].details, "a\xef\xbf\xbd");
}

struct fate {
    struct gate gate;
    enum fault_kind kind;
};

static void note_fate(void *context, struct batch *failed, const struct fault *fault)
{
    struct fate *fate = context;

    fate->kind = fault ? fault->kind : FAULT_NONE;
    gate_done(&fate->gate, failed, fault);
}

static void what_the_database_refuses_leaves_the_rest_of_its_group_alone(void **state)
{
    struct rig *rig = *state;
    struct gate gate;
    struct fate fates[3];
    struct fault fault;

    rig_sql(rig, "ALTER TABLE incident ADD CHECK (number <> 2)", NULL, 0);
    gate_init(&gate);
    assert_true(store_submit(rig->store, batch_new(), gate_done, &gate, &fault));
    gate_await(&gate, 1);
    for (size_t i = 0; i < 3; i++) {
        gate_init(&fates[i].gate);
        gate_open(&fates[i].gate);
        assert_true(store_submit(rig->store, batch_of(i + 1), note_fate, &fates[i], &fault));
    }
    gate_open(&gate);
    for (size_t i = 0; i < 3; i++) {
        gate_await(&fates[i].gate, 1);
        assert_int_equal(fates[i].kind, i == 1 ? FAULT_INPUT : FAULT_NONE);
        gate_clear(&fates[i].gate);
    }
    gate_clear(&gate);
    assert_int_equal(ask_integer(rig, "SELECT sum(number) FROM incident"), 1 + 3);
}

/* --- lost connections --- */

/* What came back of one batch. */
struct returned {
    struct gate gate;
    struct batch *failed;
    struct fault fault;
};

static void take_back(void *context, struct batch *failed, const struct fault *fault)
{
    struct returned *returned = context;

    returned->failed = failed;
    if (fault)
        returned->fault = *fault;
    gate_done(&returned->gate, NULL, fault);
}

/* Submits and waits; NULL when it is on disk, else the batch, to be tried again. */
static struct batch *commit_or_keep(struct rig *rig, struct batch *batch)
{
    struct returned returned = {.failed = NULL};
    struct fault fault;

    gate_init(&returned.gate);
    gate_open(&returned.gate);
    assert_true(store_submit(rig->store, batch, take_back, &returned, &fault));
    gate_await(&returned.gate, 1);
    gate_clear(&returned.gate);
    if (returned.failed && returned.fault.kind != FAULT_PEER)
        fail_msg("%s", returned.fault.text);
    return returned.failed;
}

/* Nothing in it stops it from being written twice. */
static struct batch *batch_without_needs(int number)
{
    struct batch *batch = batch_new();
    struct entry entry = sample_entry((uint64_t)number, SAMPLE_NOW);

    batch_add_entry(batch, &entry);
    batch_bump(batch, "batches", 1);
    return batch;
}

static void arm(struct postgres_proxy *proxy, unsigned *seed)
{
    unsigned dice = (unsigned)rand_r(seed) % 40;
    size_t bytes = (size_t)rand_r(seed) % 1200 + 1;

    if (dice == 0)
        postgres_proxy_arm(proxy, rand_r(seed) % 2 ? HOLD_UP : HOLD_COMMIT, bytes);
    else if (dice < 16)
        postgres_proxy_arm(proxy, (enum cut)(CUT_BEFORE_COMMIT + dice % 4), bytes);
}

/* A proxy between the rig and its server. */
static struct postgres_proxy *proxy_between(struct rig *rig, char direct[256])
{
    char url[256];

    memcpy(direct, rig->url, sizeof(url));
    const char *server = strstr(direct, "host=") + 5;
    char *folder = string_copy_span((struct span){server, strcspn(server, " ")});
    struct postgres_proxy *proxy = postgres_proxy_new(rig->directory, folder);
    snprintf(url, sizeof(url), "postgres:host=%s%s", rig->directory, strchr(server, ' '));
    memcpy(rig->url, url, sizeof(rig->url));
    free(folder);
    return proxy;
}

/* A conflict and a lost connection at once are a conflict, not the end. */
static void a_connection_that_is_lost_while_rolling_back_is_made_again(void **state)
{
    struct rig *rig = *state;
    char direct[256];

    rig_close(rig);
    struct postgres_proxy *proxy = proxy_between(rig, direct);
    rig_open(rig, NULL);
    rig_must_commit(rig, batch_of(1));
    postgres_proxy_arm(proxy, CUT_ROLLBACK, 0);
    assert_int_equal(rig_commit(rig, batch_of(1)).kind, FAULT_CONFLICT);
    rig_must_commit(rig, batch_of(2));
    rig_close(rig);
    postgres_proxy_free(proxy);
    memcpy(rig->url, direct, sizeof(direct));
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM incident"), 2);
    assert_int_equal(ask_integer(rig, "SELECT session FROM writer"), 2);
}

static void freeze_at_first(void *context, const struct incident *incident)
{
    (void)incident;
    postgres_proxy_freeze(context, true);
}

/* The first row may take minutes, and is waited for: but not from a server that has stopped. */
static void a_server_that_freezes_in_a_load_is_given_up(void **state)
{
    struct rig *rig = *state;
    char direct[256];
    struct fault fault = {0};
    struct store_maxima maxima;

    rig_close(rig);
    struct postgres_proxy *proxy = proxy_between(rig, direct);
    rig_open(rig, NULL);
    struct batch *batch = batch_new();
    for (uint64_t number = 1; number <= 3000; number++) {
        struct incident incident = sample_incident(number);
        batch_save_incident(batch, &incident, NEED_NEW);
    }
    rig_must_commit(rig, batch);
    const struct store_loader loader = {.context = proxy, .incident = freeze_at_first};
    msec began_at = postgres_now();
    assert_false(store_load(rig->store, SAMPLE_NOW, &loader, &maxima, &fault));
    assert_non_null(strstr(fault.text, "has not answered for"));
    assert_true(postgres_now() - began_at < POSTGRES_LOAD_MS / 5);
    postgres_proxy_freeze(proxy, false);
    rig_close(rig);
    postgres_proxy_free(proxy);
    memcpy(rig->url, direct, sizeof(direct));
    rig_open(rig, NULL);
    assert_int_equal(rig_load(rig, SAMPLE_NOW)->counts[RECORD_INCIDENT], 3000);
}

static void no_cut_loses_a_batch_or_writes_it_twice(void **state)
{
    struct rig *rig = *state;
    const char *seeded = getenv("PAGERD_TEST_SEED");
    unsigned seed = seeded ? (unsigned)strtoul(seeded, NULL, 10) : (unsigned)getpid();
    char direct[256];
    struct batch *waiting[WAITING_MAX];
    size_t waiting_count = 0;
    int made = 0;
    int returned = 0;

    print_message("seed %u\n", seed);
    rig_close(rig);
    struct postgres_proxy *proxy = proxy_between(rig, direct);
    rig_open(rig, NULL);
    for (int round = 0; made < CUT_ROUNDS || waiting_count > 0; round++) {
        if (made < CUT_ROUNDS)
            arm(proxy, &seed);
        bool is_new = made < CUT_ROUNDS && waiting_count < WAITING_MAX &&
                      (waiting_count == 0 || rand_r(&seed) % 2 == 0);
        size_t chosen = is_new ? waiting_count : (size_t)rand_r(&seed) % waiting_count;
        struct batch *batch = is_new ? batch_without_needs(++made) : waiting[chosen];
        struct batch *kept = commit_or_keep(rig, batch);
        returned += kept != NULL;
        if (kept)
            poll(NULL, 0, 5);
        if (kept && is_new)
            waiting[waiting_count++] = kept;
        if (!kept && !is_new)
            waiting[chosen] = waiting[--waiting_count];
    }
    rig_close(rig);
    postgres_proxy_free(proxy);
    memcpy(rig->url, direct, sizeof(direct));
    print_message("%d batches, %d came back\n", made, returned);
    assert_true(returned > CUT_ROUNDS / 20);
    assert_int_equal(ask_integer(rig, "SELECT value FROM counter"), CUT_ROUNDS);
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM entry"), CUT_ROUNDS);
    assert_int_equal(ask_integer(rig, "SELECT count(DISTINCT incident) FROM entry"), CUT_ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_POSTGRES(tables_have_the_columns_of_sqlite_and_of_the_rows),
        ON_POSTGRES(a_schema_of_a_newer_pagerd_is_refused_unless_it_lets_us_write),
        ON_POSTGRES(a_step_that_would_shut_a_node_out_waits),
        ON_POSTGRES(who_was_replaced_writes_nothing),
        ON_POSTGRES(who_was_replaced_hears_of_it_while_it_cleans_up),
        ON_POSTGRES(an_older_session_writes_only_after_it_has_asked_again),
        ON_POSTGRES(a_lock_of_somebody_else_is_not_waited_for),
        ON_POSTGRES(a_primary_of_the_past_is_not_trusted),
        ON_POSTGRES(a_plain_user_is_enough_and_a_hidden_timeline_is_passed_over),
        ON_POSTGRES(a_state_folder_in_use_is_refused_at_once),
        ON_POSTGRES(a_database_that_may_lose_what_was_answered_is_told),
        ON_POSTGRES(bytes_that_are_no_text_become_marks),
        ON_POSTGRES(what_the_database_refuses_leaves_the_rest_of_its_group_alone),
        ON_POSTGRES(a_connection_that_is_lost_while_rolling_back_is_made_again),
        ON_POSTGRES(a_server_that_freezes_in_a_load_is_given_up),
        ON_POSTGRES(no_cut_loses_a_batch_or_writes_it_twice),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
