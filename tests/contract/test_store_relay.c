/* SPDX-License-Identifier: MIT */
/* Calls that nodes hand each other through PostgreSQL, when it takes them late. */
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "contract/store_rig.h"
#include "store/relay.h"

#define WAIT_MS (30 * SECOND_MS)
#define CALLS_MAX 16

/* A relay, and the calls that it was asked to run. */
struct node {
    struct relay *relay;
    pthread_mutex_t lock;
    uint64_t asked[CALLS_MAX];
    size_t asked_count;
};

static void note_asked(void *context, uint64_t id, const char *node, struct span call)
{
    struct node *me = context;

    (void)node;
    (void)call;
    pthread_mutex_lock(&me->lock);
    if (me->asked_count < CALLS_MAX)
        me->asked[me->asked_count++] = id;
    pthread_mutex_unlock(&me->lock);
}

static void note_answer(void *context, uint64_t id, struct span answer)
{
    (void)context;
    (void)id;
    (void)answer;
}

static void note_keys(void *context, const struct key_record *keys, size_t count)
{
    (void)context;
    (void)keys;
    (void)count;
}

static void node_open(struct node *node, struct rig *rig, const char *name)
{
    const struct relay_options options = {.url = rig->url,
                                          .state = rig->directory,
                                          .node = name,
                                          .version = "0",
                                          .secret = SPAN("a secret of all nodes"),
                                          .context = node,
                                          .answered = note_answer,
                                          .keys = note_keys,
                                          .asked = note_asked};
    struct fault fault = {0};

    *node = (struct node){.lock = PTHREAD_MUTEX_INITIALIZER};
    if (!relay_open(&options, &node->relay, &fault))
        fail_msg("%s", fault.text);
}

static size_t node_asked(struct node *node)
{
    pthread_mutex_lock(&node->lock);
    size_t count = node->asked_count;
    pthread_mutex_unlock(&node->lock);
    return count;
}

static void must_send(struct node *node, uint64_t id)
{
    struct fault fault = {0};

    if (!relay_send(node->relay, id, SPAN("a call"), &fault))
        fail_msg("%s", fault.text);
}

/* Until the database says so. */
static void await_sql(struct rig *rig, const char *sql)
{
    char value[32] = "";

    for (int waited_ms = 0; strcmp(value, "t") != 0; waited_ms += 10) {
        if (waited_ms > WAIT_MS)
            fail_msg("not in time: %s", sql);
        rig_sql(rig, sql, value, sizeof(value));
        poll(NULL, 0, 10);
    }
}

/* Nobody can hand anything over until its transaction ends; to look is possible. */
static PGconn *table_lock(struct rig *rig)
{
    PGconn *other = PQconnectdb(rig->url + strlen("postgres:"));
    PGresult *answer = PQexec(other, "BEGIN; LOCK TABLE relay IN SHARE MODE");

    assert_int_equal(PQresultStatus(answer), PGRES_COMMAND_OK);
    PQclear(answer);
    return other;
}

#define IS_TRIED \
    "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 'relay'::regclass"
#define IS_NOT_TRIED \
    "SELECT count(*) = 0 FROM pg_locks WHERE NOT granted AND relation = 'relay'::regclass"

/* It was answered that nothing was done: nothing is done, also when the database is back. */
static void a_call_that_nobody_waits_for_any_more_is_not_run_later(void **state)
{
    struct rig *rig = *state;
    struct node here;
    struct node duty;

    node_open(&here, rig, "here");
    node_open(&duty, rig, "duty");
    relay_serve(duty.relay);
    await_sql(rig, "SELECT count(*) = 2 FROM node");
    PGconn *lock = table_lock(rig);
    must_send(&here, 1);
    await_sql(rig, IS_TRIED);
    must_send(&here, 2);
    must_send(&here, 3);
    relay_forget(here.relay, 1); /* maybe it is in the database */
    relay_forget(here.relay, 2); /* certainly not */
    await_sql(rig, IS_NOT_TRIED);
    await_sql(rig, IS_TRIED);
    PQfinish(lock);
    for (int waited_ms = 0; node_asked(&duty) == 0; waited_ms += 10) {
        assert_true(waited_ms < WAIT_MS);
        poll(NULL, 0, 10);
    }
    assert_int_equal(duty.asked[0], 3);
    relay_close(duty.relay);
    relay_close(here.relay);
    assert_int_equal(node_asked(&duty), 1);
}

/* The same when it gets there while it is given up: it does not stay for who is on duty next. */
static void a_call_that_was_on_its_way_is_taken_back(void **state)
{
    struct rig *rig = *state;
    struct node here;

    node_open(&here, rig, "here");
    await_sql(rig, "SELECT count(*) = 1 FROM node");
    for (uint64_t id = 1; id <= 3; id++) {
        PGconn *lock = table_lock(rig);
        must_send(&here, id);
        await_sql(rig, IS_TRIED);
        relay_forget(here.relay, id);
        PQfinish(lock);
    }
    must_send(&here, 4);
    await_sql(rig, "SELECT count(*) = 1 FROM relay WHERE id = 4");
    await_sql(rig, "SELECT count(*) = 1 FROM relay");
    relay_close(here.relay);
}

/* Every call that was ever in the table. */
#define WRITE_DOWN                                                                              \
    "CREATE TABLE written (id bigint); CREATE FUNCTION write_down() RETURNS trigger AS 'BEGIN " \
    "INSERT INTO written VALUES (NEW.id); RETURN NEW; END' LANGUAGE plpgsql; CREATE TRIGGER "   \
    "write_down BEFORE INSERT ON relay FOR EACH ROW EXECUTE FUNCTION write_down()"

/* Many are handed over at once, and one of them is given up before they are tried again. */
static void one_of_many_is_given_up(void **state)
{
    struct rig *rig = *state;
    struct node here;

    node_open(&here, rig, "here");
    await_sql(rig, "SELECT count(*) = 1 FROM node");
    rig_sql(rig, WRITE_DOWN, NULL, 0);
    PGconn *lock = table_lock(rig);
    must_send(&here, 1);
    await_sql(rig, IS_TRIED);
    for (uint64_t id = 2; id <= 7; id++)
        must_send(&here, id);
    await_sql(rig, IS_NOT_TRIED);
    await_sql(rig, IS_TRIED); /* with all of them */
    relay_forget(here.relay, 4);
    await_sql(rig, IS_NOT_TRIED);
    await_sql(rig, IS_TRIED); /* with those before it */
    PQfinish(lock);
    await_sql(rig, "SELECT count(*) = 6 FROM relay");
    await_sql(rig, "SELECT count(*) = 6 AND max((id = 4)::int) = 0 FROM written");
    relay_close(here.relay);
}

static void more_than_one_statement_takes_are_all_handed_over(void **state)
{
    struct rig *rig = *state;
    struct node here;

    node_open(&here, rig, "here");
    await_sql(rig, "SELECT count(*) = 1 FROM node");
    PGconn *lock = table_lock(rig);
    for (uint64_t id = 1; id <= 1234; id++)
        must_send(&here, id);
    PQfinish(lock);
    await_sql(rig, "SELECT count(*) = 1234 AND min(length(call)) > 0 FROM relay");
    relay_close(here.relay);
}

/* Whoever asked was told long ago that no answer came. */
static void what_is_old_is_run_by_nobody(void **state)
{
    struct rig *rig = *state;
    struct node here;
    struct node duty;

    node_open(&here, rig, "here");
    await_sql(rig, "SELECT count(*) = 1 FROM node");
    must_send(&here, 1);
    await_sql(rig, "SELECT count(*) = 1 FROM relay");
    rig_sql(rig, "UPDATE relay SET made_at = made_at - 11000", NULL, 0);
    must_send(&here, 2);
    await_sql(rig, "SELECT count(*) = 2 FROM relay");
    node_open(&duty, rig, "duty");
    relay_serve(duty.relay);
    for (int waited_ms = 0; node_asked(&duty) == 0; waited_ms += 10) {
        assert_true(waited_ms < WAIT_MS);
        poll(NULL, 0, 10);
    }
    relay_close(duty.relay);
    relay_close(here.relay);
    assert_int_equal(node_asked(&duty), 1);
    assert_int_equal(duty.asked[0], 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        ON_POSTGRES(a_call_that_nobody_waits_for_any_more_is_not_run_later),
        ON_POSTGRES(a_call_that_was_on_its_way_is_taken_back),
        ON_POSTGRES(one_of_many_is_given_up),
        ON_POSTGRES(what_is_old_is_run_by_nobody),
        ON_POSTGRES(more_than_one_statement_takes_are_all_handed_over),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
