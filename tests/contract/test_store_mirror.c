/* SPDX-License-Identifier: MIT */
/* A mirror of PostgreSQL on the local disk holds row for row what the database holds. */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "contract/postgres_proxy.h"
#include "contract/store_rig.h"
#include "contract/store_samples.h"
#include "store/feed.h"
#include "store/mirror.h"
#include "store/rows.h"
#include "store/schema/schema.h"

#define INCIDENTS 40
#define GROUP_MAX 5
#define WAIT_MS (60 * SECOND_MS)
#define KILLS 14

/* A mirror beside the rig, in a state directory of its own. */
struct scene {
    struct rig *rig;
    char state[128];
    char url[256]; /* that the mirror connects to */
    struct mirror *mirror;
    unsigned seed;
    uint64_t versions[INCIDENTS + 1]; /* of the incidents that were committed */
};

static msec clock_now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (msec)at.tv_sec * SECOND_MS + at.tv_nsec / 1000000;
}

static int64_t ask_integer(struct rig *rig, const char *sql)
{
    char value[32];

    rig_sql(rig, sql, value, sizeof(value));
    return strtoll(value, NULL, 10);
}

/* The rig writes as one of several nodes. */
static void write_as_node(struct scene *scene, bool has_nodes)
{
    const struct store_limits limits = {.has_nodes = has_nodes};

    rig_close(scene->rig);
    rig_open(scene->rig, &limits);
}

static void mirror_begin(struct scene *scene)
{
    const struct mirror_options options = {.url = scene->url, .state = scene->state};
    struct fault fault = {0};

    if (!mirror_open(&options, &scene->mirror, &fault))
        fail_msg("%s", fault.text);
}

static struct scene scene_of(void **state)
{
    struct scene scene = {.rig = *state};
    const char *seeded = getenv("PAGERD_TEST_SEED");

    scene.seed = seeded ? (unsigned)strtoul(seeded, NULL, 10) : (unsigned)getpid();
    print_message("seed %u\n", scene.seed);
    snprintf(scene.state, sizeof(scene.state), "%s/node", scene.rig->directory);
    memcpy(scene.url, scene.rig->url, sizeof(scene.url));
    write_as_node(&scene, true);
    return scene;
}

/* Until it has all that is committed by now. */
static void must_catch_up(struct scene *scene)
{
    struct mirror_state state;
    msec began_at = clock_now();
    int64_t position = ask_integer(scene->rig, "SELECT position FROM writer");

    do {
        poll(NULL, 0, 10);
        mirror_state(scene->mirror, &state);
        if (clock_now() - began_at > WAIT_MS)
            fail_msg("position %" PRIu64 " instead of %" PRId64 ": %s", state.position, position,
                     state.problem);
    } while (!state.is_whole || (int64_t)state.position < position || state.seen_at <= began_at);
    assert_string_equal(state.problem, "");
}

/* --- what both hold --- */

static bool gather_row(void *context, enum record_kind kind, const struct cell *cells,
                       struct fault *fault)
{
    struct text *text = context;

    (void)fault;
    if (feed_is_local(kind, cells))
        return true;
    text_addf(text, "%s ", table_get(kind)->name);
    cells_render(cells, table_get(kind)->count, text);
    return true;
}

static bool gather_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    (void)fault;
    text_addf(context, "%s=%" PRId64 "\n", name, value);
    return true;
}

static void gather(struct store *store, struct text *text)
{
    const struct store_taker taker = {
        .context = text, .row = gather_row, .counter = gather_counter};
    struct fault fault = {0};

    if (!store_dump(store, &taker, &fault))
        fail_msg("%s", fault.text);
}

/* As a node that acts from it would open it. */
static struct store *open_local(struct scene *scene)
{
    char url[200];
    struct store *store = NULL;
    struct fault fault = {0};

    snprintf(url, sizeof(url), "sqlite:%s/mirror", scene->state);
    if (!store_open(url, NULL, &store, &fault))
        fail_msg("%s", fault.text);
    return store;
}

/* It was copied so often since it was opened, and else it has followed. */
static void must_have_copied(struct scene *scene, unsigned count)
{
    struct mirror_state state;

    mirror_state(scene->mirror, &state);
    assert_int_equal(state.copies, count);
}

static void must_be_equal(struct scene *scene)
{
    CLEANUP(text_clear) struct text there = {0};
    CLEANUP(text_clear) struct text here = {0};

    mirror_pause(scene->mirror);
    struct store *store = open_local(scene);
    gather(scene->rig->store, &there);
    gather(store, &here);
    store_close(store);
    mirror_resume(scene->mirror);
    assert_true(there.size > 0);
    assert_int_equal(there.size, here.size);
    assert_memory_equal(there.bytes, here.bytes, there.size);
}

static void must_mirror(struct scene *scene)
{
    must_catch_up(scene);
    must_be_equal(scene);
}

/* --- traffic --- */

struct sent {
    struct gate gate;
    struct batch *failed;
    struct fault fault;
    uint64_t number; /* of the incident, and the version that it then has */
    uint64_t version;
};

static void take_back(void *context, struct batch *failed, const struct fault *fault)
{
    struct sent *sent = context;

    sent->failed = failed;
    sent->fault = fault ? *fault : (struct fault){0};
    gate_done(&sent->gate, NULL, fault);
}

static struct batch *random_batch(struct scene *scene, struct sent *sent)
{
    unsigned *seed = &scene->seed;
    unsigned dice = (unsigned)rand_r(seed);
    sent->number = 1 + (unsigned)rand_r(seed) % INCIDENTS;
    sent->version = scene->versions[sent->number] + 1 - (dice % 7 == 0);
    if (sent->version == 0)
        sent->version = 3; /* refused: there is none */
    struct batch *batch = batch_new();
    struct incident incident = sample_incident(sent->number);
    struct entry entry = sample_entry(sent->number, SAMPLE_NOW + (msec)(dice % 1000));
    struct token_record token = sample_token("abcdef"[dice % 6], sent -> number);
    incident.version = sent->version;
    incident.summary = arena_format(scene->rig->arena, "summary %u", dice);
    incident.details = dice % 3 == 0 ? "no text \xff\x01 of UTF-8" : NULL;
    batch_add_entry(batch, &entry);
    batch_bump(batch, dice % 2 ? "alerts" : "pages", (int)(dice % 9) - 3);
    batch_save_token(batch, &token, NEED_NONE);
    batch_save_incident(batch, &incident, NEED_VERSION);
    if (dice % 5 == 0)
        batch_revoke_tokens(batch, sent->number);
    if (dice % 4 == 0)
        batch_add_answer(batch, dice % 1000 + 1, "sealed");
    if (dice % 11 == 0)
        batch_save_meta(batch, &(struct meta_record){"away.journal", "never"}, NEED_NONE);
    return batch;
}

static void submit(struct scene *scene, struct sent *sent, struct batch *batch)
{
    struct fault fault;

    gate_init(&sent->gate);
    gate_open(&sent->gate);
    if (!store_submit(scene->rig->store, batch, take_back, sent, &fault))
        fail_msg("%s", fault.text);
}

static void await(struct sent *sent)
{
    gate_await(&sent->gate, 1);
    gate_clear(&sent->gate);
}

/* Several batches at once, some of which are refused; what a lost connection gave back goes again
 * until it is known what became of it. */
static void send_group(struct scene *scene)
{
    struct sent sent[GROUP_MAX];
    size_t count = 1 + (unsigned)rand_r(&scene->seed) % GROUP_MAX;

    for (size_t i = 0; i < count; i++)
        submit(scene, &sent[i], random_batch(scene, &sent[i]));
    for (size_t i = 0; i < count; i++)
        await(&sent[i]);
    for (size_t i = 0; i < count; i++) {
        while (sent[i].failed && sent[i].fault.kind == FAULT_PEER) {
            poll(NULL, 0, 5);
            submit(scene, &sent[i], sent[i].failed);
            await(&sent[i]);
        }
        if (sent[i].failed == NULL)
            scene->versions[sent[i].number] = sent[i].version;
        else if (sent[i].fault.kind != FAULT_CONFLICT)
            fail_msg("%s", sent[i].fault.text);
        batch_free(sent[i].failed);
    }
}

static void send_groups(struct scene *scene, int count)
{
    while (count-- > 0)
        send_group(scene);
}

/* Every change has its row, and no other has one. */
static void feed_must_be_gapless(struct scene *scene)
{
    assert_int_equal(ask_integer(scene->rig, "SELECT max(position) - count(*) FROM feed"),
                     ask_integer(scene->rig, "SELECT min(position) - 1 FROM feed"));
    assert_int_equal(ask_integer(scene->rig, "SELECT max(position) FROM feed"),
                     ask_integer(scene->rig, "SELECT position FROM writer"));
}

static void it_follows_all_traffic(void **state)
{
    struct scene scene = scene_of(state);
    struct stat status;
    char path[200];

    rig_must_commit(scene.rig, sample_everything(3));
    for (int i = 1; i <= 3; i++)
        scene.versions[i] = sample_incident((uint64_t)i).version;
    mirror_begin(&scene);
    must_mirror(&scene);
    for (int i = 0; i < 6; i++) {
        send_groups(&scene, 30);
        must_mirror(&scene);
    }
    snprintf(path, sizeof(path), "%s/mirror", scene.state);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    snprintf(path, sizeof(path), "%s/mirror/pagerd.db", scene.state);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    feed_must_be_gapless(&scene);
    must_have_copied(&scene, 1);
    assert_true(mirror_behind_ms(scene.mirror) >= 0);
    mirror_close(scene.mirror);
    uint64_t position = 0;
    assert_true(mirror_is_whole(scene.state, &position));
    assert_int_equal(position, ask_integer(scene.rig, "SELECT position FROM writer"));
}

/* Nothing that changes nothing moves it, and single pagerds pay nothing for it. */
static void only_what_changes_something_is_fed(void **state)
{
    struct scene scene = scene_of(state);
    struct batch *answer = batch_new();

    int64_t before = ask_integer(scene.rig, "SELECT position FROM writer");
    batch_add_answer(answer, 7, "sealed");
    rig_must_commit(scene.rig, answer);
    assert_int_equal(ask_integer(scene.rig, "SELECT position FROM writer"), before);
    write_as_node(&scene, false);
    rig_must_commit(scene.rig, sample_everything(1));
    assert_int_equal(ask_integer(scene.rig, "SELECT count(*) FROM feed"), 0);
}

static void arm(struct postgres_proxy *proxy, unsigned *seed)
{
    unsigned dice = (unsigned)rand_r(seed) % 40;
    size_t bytes = (size_t)rand_r(seed) % 2400 + 1;

    if (dice == 0)
        postgres_proxy_arm(proxy, rand_r(seed) % 2 ? HOLD_UP : HOLD_COMMIT, bytes);
    else if (dice < 12)
        postgres_proxy_arm(proxy, (enum cut)(CUT_BEFORE_COMMIT + dice % 4), bytes);
}

/* The connections of the writer and of the mirror are cut; another pagerd takes over now and then.
 */
static void no_cut_and_no_takeover_makes_it_differ(void **state)
{
    struct scene scene = scene_of(state);
    struct rig *rig = scene.rig;
    const char *server = strstr(rig->url, "host=") + 5;
    char direct[256];

    memcpy(direct, rig->url, sizeof(direct));
    rig_close(rig);
    char *folder = string_copy_span((struct span){server, strcspn(server, " ")});
    struct postgres_proxy *proxy = postgres_proxy_new(rig->directory, folder);
    snprintf(scene.url, sizeof(scene.url), "postgres:host=%s%s", rig->directory,
             strchr(server, ' '));
    memcpy(rig->url, scene.url, sizeof(rig->url));
    write_as_node(&scene, true);
    mirror_begin(&scene);
    for (int round = 0; round < 120; round++) {
        arm(proxy, &scene.seed);
        send_group(&scene);
        if (round % 40 == 39) {
            postgres_proxy_arm(proxy, CUT_NONE, 0);
            write_as_node(&scene, true);
        }
    }
    mirror_close(scene.mirror);
    rig_close(rig);
    postgres_proxy_free(proxy);
    free(folder);
    memcpy(rig->url, direct, sizeof(direct));
    memcpy(scene.url, direct, sizeof(direct));
    write_as_node(&scene, true);
    mirror_begin(&scene);
    must_mirror(&scene);
    must_have_copied(&scene, 0);
    feed_must_be_gapless(&scene);
    mirror_close(scene.mirror);
}

/* What is committed while all is copied comes after it, once. */
static void it_is_copied_in_the_midst_of_traffic(void **state)
{
    struct scene scene = scene_of(state);
    struct fault fault = {0};
    unsigned copies = 5;

    rig_must_commit(scene.rig, sample_everything(300));
    for (int i = 1; i <= INCIDENTS; i++)
        scene.versions[i] = sample_incident((uint64_t)i).version;
    mirror_begin(&scene);
    for (unsigned i = 1; i < copies; i++) {
        must_catch_up(&scene);
        mirror_pause(scene.mirror);
        assert_true(mirror_discard(scene.state, &fault));
        mirror_resume(scene.mirror);
        send_groups(&scene, 30);
    }
    must_mirror(&scene);
    must_have_copied(&scene, copies);
    mirror_close(scene.mirror);
}

/* --- when it has to be copied again --- */

static void what_it_missed_is_copied(void **state)
{
    struct scene scene = scene_of(state);

    send_groups(&scene, 10);
    mirror_begin(&scene);
    must_mirror(&scene);
    /* The rows that it needs are deleted. */
    mirror_pause(scene.mirror);
    send_groups(&scene, 10);
    rig_sql(scene.rig, "DELETE FROM feed WHERE position < (SELECT max(position) FROM feed)", NULL,
            0);
    mirror_resume(scene.mirror);
    must_mirror(&scene);
    /* A single pagerd has written. */
    write_as_node(&scene, false);
    send_groups(&scene, 10);
    write_as_node(&scene, true);
    must_mirror(&scene);
    send_groups(&scene, 10);
    must_mirror(&scene);
    must_have_copied(&scene, 3);
    mirror_close(scene.mirror);
}

static void a_writer_that_feeds_nobody_is_told(void **state)
{
    struct scene scene = scene_of(state);
    struct mirror_state told;
    msec began_at = clock_now();

    write_as_node(&scene, false);
    send_groups(&scene, 3);
    mirror_begin(&scene);
    do {
        poll(NULL, 0, 10);
        mirror_state(scene.mirror, &told);
    } while (told.problem[0] == '\0' && clock_now() - began_at < WAIT_MS);
    assert_non_null(strstr(told.problem, "feeds no mirrors"));
    assert_false(told.is_whole);
    assert_int_equal(mirror_behind_ms(scene.mirror), -1);
    mirror_close(scene.mirror);
}

/* As after a failover that lost the last transactions, or from a backup: same numbers, other rows.
 */
static void another_past_is_noticed(void **state)
{
    struct scene scene = scene_of(state);

    send_groups(&scene, 10);
    mirror_begin(&scene);
    must_mirror(&scene);
    rig_close(scene.rig);
    rig_sql(scene.rig,
            "UPDATE writer SET mark = 5; UPDATE feed SET mark = 5 WHERE position = (SELECT "
            "position FROM writer); DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)",
            NULL, 0);
    write_as_node(&scene, true);
    must_mirror(&scene);
    /* The same, and it has gone on before anybody looked. */
    mirror_pause(scene.mirror);
    rig_sql(scene.rig,
            "UPDATE writer SET mark = 6; UPDATE feed SET mark = 6 WHERE position = (SELECT "
            "position FROM writer); DELETE FROM entry WHERE id = (SELECT max(id) FROM entry)",
            NULL, 0);
    send_groups(&scene, 2);
    mirror_resume(scene.mirror);
    must_mirror(&scene);
    /* It has lost more than was written since. */
    mirror_pause(scene.mirror);
    rig_sql(scene.rig,
            "DELETE FROM feed WHERE position > 3; UPDATE writer SET position = 3, mark = (SELECT "
            "mark FROM feed WHERE position = 3)",
            NULL, 0);
    mirror_resume(scene.mirror);
    must_mirror(&scene);
    mirror_close(scene.mirror);
}

static void bytes_of_another_version_are_not_read(void **state)
{
    struct scene scene = scene_of(state);
    struct mirror_state told;
    msec began_at = clock_now();

    send_groups(&scene, 10);
    mirror_begin(&scene);
    must_mirror(&scene);
    mirror_pause(scene.mirror);
    send_groups(&scene, 1);
    rig_sql(scene.rig,
            "UPDATE feed SET format = 7, bytes = '\\x00' WHERE position = (SELECT position FROM "
            "writer)",
            NULL, 0);
    mirror_resume(scene.mirror);
    must_mirror(&scene);
    /* It says so while it waits for the next copy. */
    do {
        send_groups(&scene, 1);
        rig_sql(scene.rig, "UPDATE feed SET format = 7", NULL, 0);
        poll(NULL, 0, 20);
        mirror_state(scene.mirror, &told);
    } while (strstr(told.problem, "of another version") == NULL &&
             clock_now() - began_at < WAIT_MS);
    assert_non_null(strstr(told.problem, "who is on duty is of another version"));
    assert_true(told.is_whole);
    mirror_close(scene.mirror);
}

static void damage(struct scene *scene, const char *name)
{
    char path[200];

    snprintf(path, sizeof(path), "%s/mirror/%s", scene->state, name);
    FILE *file = fopen(path, "r+");
    assert_non_null(file);
    for (int i = 0; i < 20000; i++)
        fputc('x', file);
    fclose(file);
}

static void a_mirror_that_is_damaged_or_written_to_is_copied_anew(void **state)
{
    struct scene scene = scene_of(state);
    struct fault fault = {0};

    send_groups(&scene, 10);
    mirror_begin(&scene);
    must_mirror(&scene);
    mirror_pause(scene.mirror);
    damage(&scene, "pagerd.db");
    mirror_resume(scene.mirror);
    must_mirror(&scene);
    /* It is of another cluster. */
    mirror_pause(scene.mirror);
    struct store *store = open_local(&scene);
    struct batch *batch = batch_new();
    batch_save_meta(batch, &(struct meta_record){"mirror.position", "1 2 3 0 other"}, NEED_NONE);
    batch_bump(batch, "alerts", 1000);
    assert_true(batch_commit(store, batch, &fault));
    store_close(store);
    mirror_resume(scene.mirror);
    must_mirror(&scene);
    /* A node has acted from it. */
    mirror_pause(scene.mirror);
    store = open_local(&scene);
    batch = batch_new();
    batch_save_meta(batch, &(struct meta_record){"away.journal", "1"}, NEED_NONE);
    batch_bump(batch, "alerts", 1000);
    assert_true(batch_commit(store, batch, &fault));
    store_close(store);
    assert_true(mirror_is_whole(scene.state, NULL));
    assert_true(mirror_discard(scene.state, &fault));
    assert_false(mirror_is_whole(scene.state, NULL));
    mirror_resume(scene.mirror);
    must_mirror(&scene);
    assert_true(mirror_is_whole(scene.state, NULL));
    /* What the node did to rows is found out when the next change does not fit. */
    mirror_pause(scene.mirror);
    store = open_local(&scene);
    batch = batch_new();
    for (uint64_t i = 1; i <= INCIDENTS; i++) {
        struct incident incident = sample_incident(i);
        incident.version = 1000;
        batch_save_incident(batch, &incident, NEED_NONE);
    }
    assert_true(batch_commit(store, batch, &fault));
    store_close(store);
    mirror_resume(scene.mirror);
    send_groups(&scene, 5);
    must_mirror(&scene);
    mirror_close(scene.mirror);
}

/* --- a copy that does not end --- */

static void rename_in(struct scene *scene, const char *from, const char *to)
{
    char old[200];
    char fresh[200];

    snprintf(old, sizeof(old), "%s/%s", scene->state, from);
    snprintf(fresh, sizeof(fresh), "%s/%s", scene->state, to);
    assert_int_equal(rename(old, fresh), 0);
}

/* Between any two of the renames that put a copy in its place. */
static void a_half_done_exchange_is_ended(void **state)
{
    struct scene scene = scene_of(state);
    uint64_t position = 0;

    send_groups(&scene, 3);
    mirror_begin(&scene);
    must_mirror(&scene);
    mirror_close(scene.mirror);
    rename_in(&scene, "mirror", "mirror.old");
    assert_true(mirror_is_whole(scene.state, NULL));
    rename_in(&scene, "mirror", "first");
    send_groups(&scene, 3);
    mirror_begin(&scene);
    must_mirror(&scene);
    mirror_close(scene.mirror);
    rename_in(&scene, "mirror", "mirror.new");
    rename_in(&scene, "first", "mirror.old");
    assert_true(mirror_is_whole(scene.state, &position));
    assert_int_equal(position, ask_integer(scene.rig, "SELECT position FROM writer"));
    mirror_begin(&scene);
    must_mirror(&scene);
    mirror_close(scene.mirror);
}

/* Another process that mirrors. The rig is closed: no other thread is there when it is made. */
static pid_t child_mirror(struct scene *scene)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        const struct mirror_options options = {.url = scene->url, .state = scene->state};
        struct mirror *mirror;
        if (!mirror_open(&options, &mirror, NULL))
            _exit(1);
        for (;;)
            pause();
    }
    return child;
}

static void child_kill(pid_t child, msec after_ms)
{
    poll(NULL, 0, (int)after_ms);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void who_is_killed_has_a_whole_mirror_if_there_was_one(void **state)
{
    struct scene scene = scene_of(state);
    bool was_whole = false;
    int copied = 0;

    rig_must_commit(scene.rig, sample_everything(1500));
    msec began_at = clock_now();
    mirror_begin(&scene);
    must_catch_up(&scene);
    msec took_ms = clock_now() - began_at;
    mirror_close(scene.mirror);
    rig_close(scene.rig);
    rename_in(&scene, "mirror", "away");
    for (int i = 0; i < KILLS; i++) {
        child_kill(child_mirror(&scene), (msec)rand_r(&scene.seed) % (took_ms + took_ms / 2));
        bool is_whole = mirror_is_whole(scene.state, NULL);
        assert_true(is_whole || !was_whole);
        copied += is_whole && !was_whole;
        was_whole = is_whole;
        /* The next one has to copy all again. */
        rig_sql(scene.rig, "UPDATE writer SET position = position + 1, mark = mark + 1", NULL, 0);
    }
    print_message("a copy takes %d ms; first whole: %d\n", (int)took_ms, copied);
    write_as_node(&scene, true);
    mirror_begin(&scene);
    must_mirror(&scene);
    mirror_close(scene.mirror);
}

/* Where it stands is in the commit of what leads there. */
static void who_is_killed_has_each_change_once(void **state)
{
    struct scene scene = scene_of(state);

    send_groups(&scene, 3);
    mirror_begin(&scene);
    must_mirror(&scene);
    mirror_close(scene.mirror);
    for (int i = 0; i < KILLS; i++) {
        rig_close(scene.rig);
        pid_t child = child_mirror(&scene);
        write_as_node(&scene, true);
        send_groups(&scene, 8);
        child_kill(child, (msec)rand_r(&scene.seed) % MIRROR_LOOK_MS);
    }
    mirror_begin(&scene);
    must_mirror(&scene);
    must_have_copied(&scene, 0);
    mirror_close(scene.mirror);
}

/* --- an older database --- */

static void a_database_of_version_4_is_upgraded_and_fed(void **state)
{
    struct scene scene = scene_of(state);
    struct rig *rig = scene.rig;
    char *sql = string_format("DROP SCHEMA %s CASCADE; CREATE SCHEMA %s", rig->name, rig->name);

    rig_close(rig);
    rig_sql(rig, sql, NULL, 0);
    free(sql);
    assert_int_equal(postgres_migrations[0].version, 4);
    rig_sql(rig, postgres_migrations[0].sql, NULL, 0);
    rig_sql(rig,
            "INSERT INTO entry (incident, written_at, event, actor, text) VALUES (1, 2, 'note', "
            "'ann', 'of old'); INSERT INTO counter VALUES ('alerts', 3); UPDATE writer SET epoch = "
            "8, is_free = 1",
            NULL, 0);
    /* Nobody feeds it yet, and that is told. */
    mirror_begin(&scene);
    struct mirror_state told;
    msec began_at = clock_now();
    do {
        poll(NULL, 0, 10);
        mirror_state(scene.mirror, &told);
    } while (told.problem[0] == '\0' && clock_now() - began_at < WAIT_MS);
    assert_non_null(strstr(told.problem, "no feed yet"));
    write_as_node(&scene, true);
    assert_int_equal(ask_integer(rig, "SELECT max(version) FROM schema_version"),
                     postgres_migrations[postgres_migration_count - 1].version);
    assert_int_equal(ask_integer(rig, "SELECT count(*) FROM entry WHERE text = 'of old'"), 1);
    must_mirror(&scene);
    send_groups(&scene, 5);
    must_mirror(&scene);
    /* A pagerd of version 4 writes for a while: it takes the place, and its fence holds. */
    rig_close(rig);
    assert_int_equal(ask_integer(rig, "SELECT max(min_writer) FROM schema_version"), 4);
    rig_sql(rig,
            "UPDATE writer SET epoch = epoch + 1, session = 1, group_number = 0, beat = beat + 1; "
            "UPDATE writer SET group_number = 1, beat = beat + 1, epoch = CASE WHEN epoch = 10 "
            "THEN epoch END; UPDATE counter SET value = 4000; UPDATE writer SET is_free = 1",
            NULL, 0);
    write_as_node(&scene, true);
    must_mirror(&scene);
    mirror_close(scene.mirror);
}

static void await_rows(struct scene *scene, int64_t most)
{
    msec began_at = clock_now();

    while (ask_integer(scene->rig, "SELECT count(*) FROM feed") > most &&
           clock_now() - began_at < WAIT_MS)
        poll(NULL, 0, 50);
    assert_in_range(ask_integer(scene->rig, "SELECT count(*) FROM feed"), most - 10, most);
}

/* The feed is not kept for ever. */
static void old_rows_are_deleted(void **state)
{
    struct scene scene = scene_of(state);

    rig_close(scene.rig);
    rig_sql(scene.rig,
            "DELETE FROM feed; INSERT INTO feed SELECT n, 0, 0, 0, '' FROM generate_series(1, "
            "30000) AS n; UPDATE writer SET position = 30000",
            NULL, 0);
    write_as_node(&scene, true);
    await_rows(&scene, 20000);
    rig_close(scene.rig);
    rig_sql(scene.rig, "UPDATE feed SET bytes = repeat('x', 100000)::bytea WHERE position > 27000",
            NULL, 0);
    write_as_node(&scene, true);
    await_rows(&scene, 256 * 1024 * 1024 / 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_POSTGRES(it_follows_all_traffic),
        ON_POSTGRES(only_what_changes_something_is_fed),
        ON_POSTGRES(no_cut_and_no_takeover_makes_it_differ),
        ON_POSTGRES(it_is_copied_in_the_midst_of_traffic),
        ON_POSTGRES(what_it_missed_is_copied),
        ON_POSTGRES(a_writer_that_feeds_nobody_is_told),
        ON_POSTGRES(another_past_is_noticed),
        ON_POSTGRES(bytes_of_another_version_are_not_read),
        ON_POSTGRES(a_mirror_that_is_damaged_or_written_to_is_copied_anew),
        ON_POSTGRES(a_half_done_exchange_is_ended),
        ON_POSTGRES(who_is_killed_has_a_whole_mirror_if_there_was_one),
        ON_POSTGRES(who_is_killed_has_each_change_once),
        ON_POSTGRES(a_database_of_version_4_is_upgraded_and_fed),
        ON_POSTGRES(old_rows_are_deleted),
    };
    rig_choose();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
