/* SPDX-License-Identifier: MIT */
/* Commands as the courier runs them: what they get, how they end, and what is left of them. */
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "notify/courier/message.h"
#include "notify/courier/runner.h"

#define DEADLINE_MS 60000

struct world {
    struct arena *arena;
    struct outbox *outbox;
    struct runner *runner;
    struct text output;
    uint64_t id;
    struct result result;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    world->arena = arena_new();
    world->outbox = outbox_new();
    world->runner = runner_new(world->outbox);
    *state = world;
    return 0;
}

/* The threads live as long as the process, and the outbox with them. */
static int tear_down(void **state)
{
    struct world *world = *state;
    text_clear(&world->output);
    arena_free(world->arena);
    free(world);
    return 0;
}

static void put(struct world *world, uint64_t id, const char *script, uint32_t total_ms)
{
    struct job job = {.id = id,
                      .channel = "exec",
                      .request = {.kind = REQUEST_EXEC,
                                  .url = "/bin/sh",
                                  .method = "RUN",
                                  .connect_ms = total_ms,
                                  .total_ms = total_ms,
                                  .tls = REQUEST_TLS_NONE,
                                  .body = SPAN("CRIT #412\nops 03:02.\n")}};
    job.request.headers[0] = "arg: -c";
    job.request.headers[1] = arena_format(world->arena, "arg: %s", script);
    job.request.headers[2] = "arg: name; with $(words)";
    job.request.headers[3] = "env: PAGERD_LINK=https://p.example.org/a/x";
    job.request.header_count = 4;
    if (script[0] == '/')
        job.request.url = script;
    struct fault fault;
    bool is_good = job_check(&job, &fault);
    assert_true(is_good);
    CLEANUP(text_clear) struct text frame = {0};
    job_render(&frame, &job);
    runner_put(world->runner, id, text_span(&frame));
}

static const struct result *get(struct world *world)
{
    struct fault fault;
    size_t size = 0;
    while (size == 0) {
        struct pollfd polled = {.fd = outbox_fd(world->outbox), .events = POLLIN};
        bool is_whole = frame_find(text_span(&world->output), RESULT_FRAME_MAX, &size, &fault);
        assert_true(is_whole);
        if (size > 0)
            break;
        assert_int_equal(poll(&polled, 1, DEADLINE_MS), 1);
        outbox_take(world->outbox, &world->output);
    }
    bool is_read = result_parse((struct span){world->output.bytes, size}, world->arena, &world->id,
                                &world->result, &fault);
    assert_true(is_read);
    memmove(world->output.bytes, world->output.bytes + size, world->output.size - size);
    world->output.size -= size;
    return &world->result;
}

static const struct result *run(struct world *world, const char *script)
{
    put(world, 7, script, DEADLINE_MS);
    const struct result *result = get(world);
    assert_int_equal(world->id, 7);
    return result;
}

static void a_command_gets_its_text_its_arguments_and_nothing_of_ours(void **state)
{
    struct world *world = *state;
    (void)setenv("PAGERD_TEST_SECRET", "hunter2", 1);
    const struct result *result =
        run(world, "cat; echo \"[$0]\"; echo $PAGERD_LINK; echo \"$PAGERD_TEST_SECRET\"; pwd; "
                   "ls /proc/self/fd | wc -l; set -- $(cat /proc/$$/stat); [ $1 = $5 ] && echo 1");
    assert_int_equal(result->end, TRANSFER_ANSWERED);
    assert_int_equal(result->code, 0);
    assert_true(span_has_prefix(result->body, "CRIT #412\nops 03:02.\n[name; with $(words)]\n"
                                              "https://p.example.org/a/x\n\n/\n4\n1\n"));
}

static void its_exit_status_is_the_answer(void **state)
{
    struct world *world = *state;
    assert_int_equal(run(world, "exit 75")->code, 75);
    assert_int_equal(run(world, "echo no such pager; exit 67")->code, 67);
    assert_true(span_is(world->result.body, "no such pager\n"));
    assert_int_equal(run(world, "/no/such/program")->code, 127);
    assert_int_equal(run(world, "/etc/passwd")->code, 126);
    assert_int_equal(run(world, "kill -9 $$")->end, TRANSFER_UNCERTAIN);
}

static void what_takes_too_long_is_killed_with_all_its_children(void **state)
{
    struct world *world = *state;
    char path[] = "/tmp/pagerd-runner-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    put(world, 8, arena_format(world->arena, "trap '' TERM; sleep 1000 & echo $! > %s; wait", path),
        1500);
    const struct result *result = get(world);
    assert_int_equal(result->end, TRANSFER_UNCERTAIN);
    assert_non_null(strstr(result->error, "was killed"));
    char pid[32] = "";
    assert_true(read(file, pid, sizeof pid - 1) > 0);
    /* Somebody else has to reap it: it is gone, or all that is left is its exit. */
    char *stat_path = string_format("/proc/%d/stat", atoi(pid));
    bool is_alive = true;
    for (int i = 0; is_alive && i < DEADLINE_MS / 10; i++) {
        FILE *stat = fopen(stat_path, "re");
        char line[256] = "";
        is_alive =
            stat != NULL && fgets(line, sizeof line, stat) != NULL && strstr(line, ") Z ") == NULL;
        if (stat != NULL)
            fclose(stat);
        (void)poll(NULL, 0, 10);
    }
    assert_false(is_alive);
    free(stat_path);
    (void)close(file);
    (void)unlink(path);
}

static void what_it_prints_is_cut_and_what_it_leaves_behind_holds_up_nothing(void **state)
{
    struct world *world = *state;
    const struct result *result =
        run(world, "head -c 1000000 /dev/zero | tr '\\0' x; sleep 1000 & exit 0");
    assert_int_equal(result->end, TRANSFER_ANSWERED);
    assert_true(result->body.size <= RUNNER_OUTPUT_MAX);
    assert_int_equal(run(world, "ulimit -n")->code, 0);
    assert_true(span_is(world->result.body, "256\n"));
}

static void many_that_hang_do_not_keep_more_than_their_places(void **state)
{
    struct world *world = *state;
    for (uint64_t id = 1; id <= 3 * RUNNER_MAX; id++)
        put(world, id, id <= RUNNER_MAX ? "sleep 1000" : "exit 0", id <= RUNNER_MAX ? 300 : 60000);
    size_t killed = 0;
    size_t done = 0;
    for (uint64_t id = 1; id <= 3 * RUNNER_MAX; id++) {
        const struct result *result = get(world);
        killed += result->end == TRANSFER_UNCERTAIN;
        done += result->end == TRANSFER_ANSWERED && result->code == 0;
    }
    assert_int_equal(killed, RUNNER_MAX);
    assert_int_equal(done, 2 * RUNNER_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_command_gets_its_text_its_arguments_and_nothing_of_ours,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(its_exit_status_is_the_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_takes_too_long_is_killed_with_all_its_children, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            what_it_prints_is_cut_and_what_it_leaves_behind_holds_up_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_that_hang_do_not_keep_more_than_their_places, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
