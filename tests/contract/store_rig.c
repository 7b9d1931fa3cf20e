/* SPDX-License-Identifier: MIT */
#include "contract/store_rig.h"

#include <assert.h>
#include <dirent.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/memory.h"
#include "store/rows.h"

static const char *postgres_server(void)
{
    return getenv("PAGERD_TEST_POSTGRES");
}

void rig_choose(void)
{
    if (postgres_server())
        cmocka_set_test_filter("*(postgres)");
    else
        cmocka_set_skip_filter("*(postgres)");
}

void rig_sql(struct rig *rig, const char *sql, char *value, size_t room)
{
    PGconn *connection = PQconnectdb(rig->url + strlen("postgres:"));
    PGresult *answer = PQexec(connection, sql);

    if (PQresultStatus(answer) != PGRES_TUPLES_OK && PQresultStatus(answer) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(connection));
    if (value)
        snprintf(value, room, "%s", PQntuples(answer) > 0 ? PQgetvalue(answer, 0, 0) : "");
    PQclear(answer);
    PQfinish(connection);
}

static void make_schema(struct rig *rig)
{
    char sql[64];

    snprintf(rig->url, sizeof(rig->url), "postgres:%s options='-c search_path=%s'",
             postgres_server(), rig->name);
    snprintf(sql, sizeof(sql), "CREATE SCHEMA %s", rig->name);
    rig_sql(rig, sql, NULL, 0);
}

static struct rig *rig_new(const char *scheme)
{
    static unsigned serial;
    struct rig *rig = memory_new(1, sizeof(*rig));
    const char *place = getenv("TMPDIR");

    rig->scheme = scheme;
    rig->arena = arena_new();
    snprintf(rig->name, sizeof(rig->name), "rig_%u", ++serial);
    snprintf(rig->directory, sizeof(rig->directory), "%.40s/store-XXXXXX",
             place && strlen(place) <= 40 ? place : "/tmp");
    assert_non_null(mkdtemp(rig->directory));
    if (string_is(scheme, "sqlite"))
        snprintf(rig->url, sizeof(rig->url), "sqlite:%s/state", rig->directory);
    else if (string_is(scheme, "postgres"))
        make_schema(rig);
    else
        snprintf(rig->url, sizeof(rig->url), "memory:%s", rig->name);
    return rig;
}

int rig_set_up_sqlite(void **state)
{
    *state = rig_new("sqlite");
    rig_open(*state, NULL);
    return 0;
}

int rig_set_up_memory(void **state)
{
    *state = rig_new("memory");
    rig_open(*state, NULL);
    return 0;
}

int rig_set_up_postgres(void **state)
{
    *state = rig_new("postgres");
    rig_open(*state, NULL);
    return 0;
}

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *item;

    while (folder && (item = readdir(folder))) {
        char name[512];
        if (item->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "%s/%s", path, item->d_name);
        if (unlink(name) != 0)
            remove_folder(name);
    }
    if (folder)
        closedir(folder);
    rmdir(path);
}

int rig_tear_down(void **state)
{
    struct rig *rig = *state;

    rig_close(rig);
    memory_forget(rig->name);
    remove_folder(rig->directory);
    arena_free(rig->arena);
    free(rig);
    return 0;
}

void rig_open(struct rig *rig, const struct store_limits *limits)
{
    struct fault fault;
    struct store_limits full = limits ? *limits : (struct store_limits){0};

    full.folder = rig->directory;
    if (!store_open(rig->url, &full, &rig->store, &fault))
        fail_msg("%s", fault.text);
}

void rig_close(struct rig *rig)
{
    store_close(rig->store);
    rig->store = NULL;
}

/* A deep copy by way of the bytes of a batch. */
static void keep(struct loaded *loaded, enum record_kind kind, const void *record, void **items)
{
    struct text bytes = {0};
    struct cell cells[ROW_CELLS_MAX];
    void *place = result_add(loaded->rig->arena, items, &loaded->counts[kind], &loaded->rooms[kind],
                             table_get(kind)->record_size);

    row_render(kind, record, &bytes);
    row_parse(kind, bytes.bytes, cells);
    assert_true(row_fill(kind, cells, loaded->rig->arena, place, NULL));
    text_clear(&bytes);
}

#define KEEP(function, type, kind, member)                         \
    static void function(void *context, const struct type *record) \
    {                                                              \
        struct loaded *loaded = context;                           \
        void *items = loaded->member;                              \
        keep(loaded, kind, record, &items);                        \
        loaded->member = items;                                    \
    }
KEEP(keep_incident, incident, RECORD_INCIDENT, incidents)
KEEP(keep_alert, alert_record, RECORD_ALERT, alerts)
KEEP(keep_page, page, RECORD_PAGE, pages)
KEEP(keep_person, person, RECORD_PERSON, persons)
KEEP(keep_override, override, RECORD_OVERRIDE, overrides)
KEEP(keep_silence, silence, RECORD_SILENCE, silences)
KEEP(keep_heartbeat, heartbeat, RECORD_HEARTBEAT, heartbeats)
KEEP(keep_handoff, handoff, RECORD_HANDOFF, handoffs)
KEEP(keep_swap, swap, RECORD_SWAP, swaps)
KEEP(keep_proof, proof, RECORD_PROOF, proofs)
KEEP(keep_key, key_record, RECORD_KEY, keys)
KEEP(keep_token, token_record, RECORD_TOKEN, tokens)
KEEP(keep_meta, meta_record, RECORD_META, metas)

static void keep_counter(void *context, const char *name, int64_t value)
{
    struct loaded *loaded = context;
    void *items = loaded->counters;
    struct meta_record *counter = result_add(loaded->rig->arena, &items, &loaded->counter_count,
                                             &loaded->counter_room, sizeof(struct meta_record));

    counter->name = arena_copy(loaded->rig->arena, name);
    counter->value = arena_format(loaded->rig->arena, "%" PRId64, value);
    loaded->counters = items;
}

struct loaded *rig_load(struct rig *rig, msec now)
{
    struct loaded *loaded = arena_take(rig->arena, sizeof(*loaded));
    struct fault fault;
    struct store_loader loader = {.context = loaded,
                                  .incident = keep_incident,
                                  .alert = keep_alert,
                                  .page = keep_page,
                                  .person = keep_person,
                                  .override = keep_override,
                                  .silence = keep_silence,
                                  .heartbeat = keep_heartbeat,
                                  .handoff = keep_handoff,
                                  .swap = keep_swap,
                                  .proof = keep_proof,
                                  .key = keep_key,
                                  .token = keep_token,
                                  .meta = keep_meta,
                                  .counter = keep_counter};

    loaded->rig = rig;
    if (!store_load(rig->store, now, &loader, &loaded->maxima, &fault))
        fail_msg("%s", fault.text);
    return loaded;
}

struct loaded *rig_reload(struct rig *rig, msec now)
{
    rig_close(rig);
    rig_open(rig, NULL);
    return rig_load(rig, now);
}

/* A waiting call: what a callback on another thread leaves for the test. */
struct waiter {
    struct gate gate;
    struct fault fault;
    struct result *result;
};

static void waiter_done(void *context, struct batch *failed, const struct fault *fault)
{
    struct waiter *waiter = context;

    if (fault)
        waiter->fault = *fault;
    gate_done(&waiter->gate, failed, fault);
}

static void waiter_answer(void *context, struct result *result)
{
    struct waiter *waiter = context;

    waiter->result = result;
    gate_done(&waiter->gate, NULL, NULL);
}

struct fault rig_commit(struct rig *rig, struct batch *batch)
{
    struct waiter waiter = {.fault = {.kind = FAULT_NONE}};

    gate_init(&waiter.gate);
    gate_open(&waiter.gate);
    if (store_submit(rig->store, batch, waiter_done, &waiter, &waiter.fault))
        gate_await(&waiter.gate, 1);
    else
        batch_free(batch);
    gate_clear(&waiter.gate);
    return waiter.fault;
}

void rig_must_commit(struct rig *rig, struct batch *batch)
{
    struct fault fault = rig_commit(rig, batch);
    if (fault.kind != FAULT_NONE)
        fail_msg("%s", fault.text);
}

struct result *rig_ask(struct rig *rig, const struct query *query)
{
    struct waiter waiter = {.fault = {.kind = FAULT_NONE}};

    gate_init(&waiter.gate);
    gate_open(&waiter.gate);
    if (!store_read(rig->store, query, waiter_answer, &waiter, &waiter.fault))
        fail_msg("%s", waiter.fault.text);
    gate_await(&waiter.gate, 1);
    gate_clear(&waiter.gate);
    if (waiter.result->fault.kind != FAULT_NONE)
        fail_msg("%s", waiter.result->fault.text);
    return waiter.result;
}

void gate_init(struct gate *gate)
{
    *gate = (struct gate){.is_open = false};
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->moved, NULL);
}

void gate_clear(struct gate *gate)
{
    /* Whoever came last may still hold the lock. */
    pthread_mutex_lock(&gate->lock);
    pthread_mutex_unlock(&gate->lock);
    pthread_cond_destroy(&gate->moved);
    pthread_mutex_destroy(&gate->lock);
}

void gate_open(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->is_open = true;
    pthread_cond_broadcast(&gate->moved);
    pthread_mutex_unlock(&gate->lock);
}

void gate_await(struct gate *gate, unsigned count)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->waiting < count)
        pthread_cond_wait(&gate->moved, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

void gate_done(void *context, struct batch *failed, const struct fault *fault)
{
    struct gate *gate = context;

    (void)fault;
    batch_free(failed);
    pthread_mutex_lock(&gate->lock);
    gate->waiting++;
    pthread_cond_broadcast(&gate->moved);
    while (!gate->is_open)
        pthread_cond_wait(&gate->moved, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}
