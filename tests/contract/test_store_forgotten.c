/* SPDX-License-Identifier: MIT */
/* A database that forgets: what was committed to it once is written again, whatever is cut. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contract/postgres_proxy.h"
#include "contract/store_rig.h"
#include "contract/store_samples.h"
#include "store/feed_tail.h"

#define ROUNDS 10
#define ROUNDS_LONG 200 /* with PAGERD_TESTS_LONG */
#define BATCHES 8       /* of a round, at most, before it is remembered, and after that */

/* What a case has: a store behind a proxy, and what its database may forget. */
struct scene {
    struct rig *rig;
    struct postgres_proxy *proxy;
    struct feed_tail *tail;
    char direct[256]; /* the way around the proxy */
    unsigned seed;
    int made;
};

/* On disk, or to be tried again. */
struct returned {
    struct gate gate;
    struct batch *failed;
    struct fault fault;
};

static int64_t ask_integer(struct rig *rig, const char *sql)
{
    char value[32];

    rig_sql(rig, sql, value, sizeof(value));
    return strtoll(value, NULL, 10);
}

static void take_back(void *context, struct batch *failed, const struct fault *fault)
{
    struct returned *returned = context;

    returned->failed = failed;
    if (fault)
        returned->fault = *fault;
    gate_done(&returned->gate, NULL, fault);
}

/* Until it is on disk. Nothing in it stops it from being written twice. */
static void must_commit(struct scene *scene)
{
    struct batch *batch = batch_new();
    struct entry entry = sample_entry((uint64_t)++scene->made, SAMPLE_NOW);

    batch_add_entry(batch, &entry);
    batch_bump(batch, "batches", 1);
    while (batch != NULL) {
        struct returned returned = {.failed = NULL};
        struct fault fault;
        gate_init(&returned.gate);
        gate_open(&returned.gate);
        assert_true(store_submit(scene->rig->store, batch, take_back, &returned, &fault));
        gate_await(&returned.gate, 1);
        gate_clear(&returned.gate);
        batch = returned.failed;
        if (batch && returned.fault.kind != FAULT_PEER)
            fail_msg("%s", returned.fault.text);
        if (batch)
            poll(NULL, 0, 5);
    }
}

static void commit_some(struct scene *scene)
{
    for (unsigned left = 1 + (unsigned)rand_r(&scene->seed) % BATCHES; left > 0; left--)
        must_commit(scene);
}

/* As if all since then had never come to this server. */
static void remember(struct scene *scene)
{
    rig_sql(scene->rig,
            "CREATE TABLE kept_writer AS TABLE writer; CREATE TABLE kept_entry AS TABLE entry; "
            "CREATE TABLE kept_counter AS TABLE counter; CREATE TABLE kept_feed AS TABLE feed",
            NULL, 0);
}

/* What it is connected by is no good any more, as with another server. `more`: SQL. */
static void forget(struct scene *scene, const char *more)
{
    char *sql =
        string_format("BEGIN; DELETE FROM writer; INSERT INTO writer SELECT * FROM kept_writer; "
                      "UPDATE writer SET session = session + 1000; "
                      "DELETE FROM entry; INSERT INTO entry SELECT * FROM kept_entry; "
                      "DELETE FROM counter; INSERT INTO counter SELECT * FROM kept_counter; "
                      "DELETE FROM feed; INSERT INTO feed SELECT * FROM kept_feed; "
                      "DROP TABLE kept_writer, kept_entry, kept_counter, kept_feed; %s COMMIT",
                      more);

    postgres_proxy_arm(scene->proxy, CUT_NONE, 0); /* what asks goes through it, too */
    rig_sql(scene->rig, sql, NULL, 0);
    free(sql);
}

static void arm(struct scene *scene)
{
    static const enum cut cuts[] = {CUT_NONE, CUT_BEFORE_COMMIT, CUT_AFTER_COMMIT, CUT_UP,
                                    CUT_DOWN};
    enum cut cut = cuts[(unsigned)rand_r(&scene->seed) % (sizeof(cuts) / sizeof(cuts[0]))];

    if (cut != CUT_NONE)
        postgres_proxy_arm(scene->proxy, cut, (size_t)rand_r(&scene->seed) % 6000 + 1);
}

static void open_as_node(struct scene *scene)
{
    const struct store_limits limits = {.has_nodes = true, .tail = scene->tail};

    rig_open(scene->rig, &limits);
}

static struct scene scene_of(void **state)
{
    struct scene scene = {.rig = *state, .tail = feed_tail_new()};
    const char *seeded = getenv("PAGERD_TEST_SEED");

    scene.seed = seeded ? (unsigned)strtoul(seeded, NULL, 10) : (unsigned)getpid();
    print_message("seed %u\n", scene.seed);
    rig_close(scene.rig);
    memcpy(scene.direct, scene.rig->url, sizeof(scene.direct));
    const char *server = strstr(scene.direct, "host=") + 5;
    char *folder = string_copy_span((struct span){server, strcspn(server, " ")});
    scene.proxy = postgres_proxy_new(scene.rig->directory, folder);
    snprintf(scene.rig->url, sizeof(scene.rig->url), "postgres:host=%s%s", scene.rig->directory,
             strchr(server, ' '));
    free(folder);
    open_as_node(&scene);
    return scene;
}

/* Everything is there once, and the feed has no holes and leads from mark to mark. */
static void must_have_all(struct scene *scene)
{
    struct rig *rig = scene->rig;

    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM entry"), scene->made);
    assert_int_equal(ask_integer(rig, "SELECT count(DISTINCT incident) FROM entry"), scene->made);
    assert_int_equal(ask_integer(rig, "SELECT value FROM counter"), scene->made);
    assert_int_equal(ask_integer(rig, "SELECT max(position) - min(position) + 1 - count(*) FROM "
                                      "feed"),
                     0);
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM feed JOIN feed AS before ON "
                                      "before.position = feed.position - 1 WHERE feed.previous <> "
                                      "before.mark"),
                     0);
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM writer JOIN feed USING (position, "
                                      "mark)"),
                     1);
}

static void scene_end(struct scene *scene)
{
    rig_close(scene->rig);
    postgres_proxy_free(scene->proxy);
    feed_tail_free(scene->tail);
    memcpy(scene->rig->url, scene->direct, sizeof(scene->direct));
}

static void no_cut_loses_what_was_forgotten_or_writes_it_twice(void **state)
{
    struct scene scene = scene_of(state);
    struct feed_tail_counts counts;
    int rounds = getenv("PAGERD_TESTS_LONG") ? ROUNDS_LONG : ROUNDS;

    for (int round = 0; round < rounds; round++) {
        commit_some(&scene);
        remember(&scene);
        arm(&scene);
        commit_some(&scene);
        forget(&scene, "");
        arm(&scene);
        must_commit(&scene);
        postgres_proxy_arm(scene.proxy, CUT_NONE, 0);
        must_have_all(&scene);
    }
    feed_tail_count(scene.tail, &counts);
    assert_true(counts.written_again >= (uint64_t)rounds);
    assert_int_equal(counts.given_up, 0);
    scene_end(&scene);
}

static void who_takes_over_writes_again_what_it_knows(void **state)
{
    struct scene scene = scene_of(state);
    struct feed_tail_counts counts;

    commit_some(&scene);
    remember(&scene);
    commit_some(&scene);
    forget(&scene, "");
    rig_close(scene.rig);
    open_as_node(&scene);
    must_have_all(&scene);
    must_commit(&scene);
    must_have_all(&scene);
    feed_tail_count(scene.tail, &counts);
    assert_true(counts.written_again > 0);
    scene_end(&scene);
}

static void what_the_database_has_gone_on_without_is_given_up_and_told(void **state)
{
    struct scene scene = scene_of(state);
    struct feed_tail_counts counts;

    must_commit(&scene);
    remember(&scene);
    must_commit(&scene);
    must_commit(&scene);
    forget(&scene, "UPDATE writer SET mark = 5; UPDATE feed SET mark = 5 WHERE position = (SELECT "
                   "position FROM writer);");
    must_commit(&scene);
    assert_int_equal(ask_integer(scene.rig, "SELECT count(*) FROM entry"), scene.made - 2);
    feed_tail_count(scene.tail, &counts);
    assert_int_equal(counts.written_again, 0);
    assert_int_equal(counts.given_up, 2);
    scene_end(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_POSTGRES(no_cut_loses_what_was_forgotten_or_writes_it_twice),
        ON_POSTGRES(who_takes_over_writes_again_what_it_knows),
        ON_POSTGRES(what_the_database_has_gone_on_without_is_given_up_and_told),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
