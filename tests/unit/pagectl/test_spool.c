/* SPDX-License-Identifier: MIT */
/* The spool: order, wholeness, bounds; and the event that a notifier makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/json.h"
#include "pagectl/deliver.h"
#include "pagectl/notice.h"
#include "pagectl/spool.h"

static char folder[] = "/tmp/pagectl-spool-XXXXXX";
static struct spool spool;

static int spool_begin(void **state)
{
    (void)state;
    struct fault fault;
    snprintf(folder, sizeof(folder), "/tmp/pagectl-spool-XXXXXX");
    return mkdtemp(folder) != NULL && spool_open(folder, &spool, &fault) ? 0 : -1;
}

static int spool_end(void **state)
{
    (void)state;
    char command[128];
    spool_close(&spool);
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command);
}

static void put(const char *text)
{
    char name[SPOOL_NAME_SIZE];
    struct fault fault = {0};
    if (!spool_put(&spool, span_of(text), name, &fault))
        fail_msg("%s", fault.text);
}

static size_t count_of(bool is_refused)
{
    struct spool_list list;
    assert_true(spool_list_read(&spool, is_refused, &list, NULL));
    size_t count = list.count;
    spool_list_clear(&list);
    return count;
}

static void events_of_the_same_instant_keep_their_order(void **state)
{
    (void)state;
    struct spool_list list;
    for (int i = 0; i < 300; i++) {
        char text[16];
        snprintf(text, sizeof(text), "%d", i);
        put(text);
    }
    assert_true(spool_list_read(&spool, false, &list, NULL));
    assert_int_equal(list.count, 300);
    for (int i = 0; i < 300; i++) {
        CLEANUP(text_clear) struct text text = {0};
        assert_true(spool_read(&spool, list.entries[i].name, &text, NULL));
        assert_int_equal(atoi(text_string(&text)), i);
    }
    spool_list_clear(&list);
}

static void an_event_after_a_clock_that_went_back_comes_last(void **state)
{
    (void)state;
    struct spool_list list;
    int file = openat(spool.folder, "09999999999999999999-1.json", O_CREAT | O_WRONLY, 0600);
    assert_true(file >= 0);
    close(file);
    put("later");
    assert_true(spool_list_read(&spool, false, &list, NULL));
    assert_int_equal(list.count, 2);
    assert_true(strncmp(list.entries[1].name, "10000000000000000000-", 21) == 0);
    spool_list_clear(&list);
}

static void several_processes_lose_nothing_and_keep_their_own_order(void **state)
{
    (void)state;
    struct spool_list list;
    int last[4] = {-1, -1, -1, -1};
    pid_t children[4];
    for (int child = 0; child < 4; child++) {
        children[child] = fork();
        if (children[child] != 0)
            continue;
        for (int i = 0; i < 40; i++) {
            char text[16], name[SPOOL_NAME_SIZE];
            snprintf(text, sizeof(text), "%d %d", child, i);
            if (!spool_put(&spool, span_of(text), name, NULL))
                _exit(1);
        }
        _exit(0);
    }
    for (int child = 0; child < 4; child++) {
        int status = 1;
        assert_int_equal(waitpid(children[child], &status, 0), children[child]);
        assert_int_equal(status, 0);
    }
    assert_true(spool_list_read(&spool, false, &list, NULL));
    assert_int_equal(list.count, 160);
    for (size_t i = 0; i < list.count; i++) {
        CLEANUP(text_clear) struct text text = {0};
        int child = 0, number = 0;
        assert_true(spool_read(&spool, list.entries[i].name, &text, NULL));
        assert_int_equal(sscanf(text_string(&text), "%d %d", &child, &number), 2);
        assert_int_equal(number, last[child] + 1);
        last[child] = number;
    }
    spool_list_clear(&list);
}

static void a_process_killed_while_it_writes_leaves_no_half_event(void **state)
{
    (void)state;
    for (int round = 0; round < 30; round++) {
        pid_t child = fork();
        if (child == 0) {
            char name[SPOOL_NAME_SIZE];
            for (;;)
                (void)!spool_put(&spool, SPAN("{\"whole\":true}"), name, NULL);
        }
        usleep((useconds_t)(1000 + round * 137));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    struct spool_list list;
    assert_true(spool_list_read(&spool, false, &list, NULL));
    assert_true(list.count > 0);
    for (size_t i = 0; i < list.count; i++)
        assert_int_equal(list.entries[i].size, strlen("{\"whole\":true}"));
    spool_list_clear(&list);
    put("{\"whole\":true}"); /* and nobody's lock is left behind */
}

static void a_full_spool_refuses_the_new_one_and_keeps_the_old(void **state)
{
    (void)state;
    char name[SPOOL_NAME_SIZE];
    struct fault fault = {0};
    for (int i = 0; i < SPOOL_ENTRIES_MAX; i++) {
        snprintf(name, sizeof(name), "%020d-1.json", i);
        int file = openat(spool.folder, name, O_CREAT | O_WRONLY, 0600);
        assert_true(file >= 0);
        close(file);
    }
    assert_false(spool_put(&spool, SPAN("x"), name, &fault));
    assert_int_equal(fault.kind, FAULT_LIMIT);
    assert_non_null(strstr(fault.text, "full"));
    assert_int_equal(count_of(false), SPOOL_ENTRIES_MAX);
}

static void a_full_disk_is_a_fault_and_leaves_nothing(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        char name[SPOOL_NAME_SIZE];
        struct fault fault = {0};
        const struct rlimit limit = {.rlim_cur = 4, .rlim_max = 4};
        signal(SIGXFSZ, SIG_IGN);
        bool is_put = setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                      spool_put(&spool, SPAN("longer than the limit"), name, &fault);
        _exit(is_put || fault.kind != FAULT_SYSTEM);
    }
    int status = 1;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(count_of(false), 0);
}

static void what_is_refused_is_kept_with_its_reason_and_bounded(void **state)
{
    (void)state;
    char name[SPOOL_NAME_SIZE];
    CLEANUP(text_clear) struct text reason = {0};
    assert_true(spool_put(&spool, SPAN("{}"), name, NULL));
    spool_refuse(&spool, name, "pagerd says: no");
    assert_int_equal(spool_find(&spool, name), SPOOL_REFUSED);
    assert_true(spool_read_reason(&spool, name, &reason));
    assert_string_equal(text_string(&reason), "pagerd says: no");
    for (int i = 0; i < SPOOL_REFUSED_MAX + 5; i++) {
        assert_true(spool_put(&spool, SPAN("{}"), name, NULL));
        spool_refuse(&spool, name, "no");
    }
    assert_int_equal(count_of(true), SPOOL_REFUSED_MAX);
    assert_int_equal(count_of(false), 0);
}

static void links_and_strange_files_are_not_events(void **state)
{
    (void)state;
    assert_int_equal(symlinkat("/etc/passwd", spool.folder, "00000000000000000001-1.json"), 0);
    assert_int_equal(mkdirat(spool.folder, "00000000000000000002-1.json", 0700), 0);
    close(openat(spool.folder, "readme", O_CREAT | O_WRONLY, 0600));
    assert_int_equal(count_of(false), 0);
}

static void only_one_has_the_lock(void **state)
{
    (void)state;
    int first = spool_lock(&spool, ".x.lock");
    assert_true(first >= 0);
    assert_int_equal(spool_lock(&spool, ".x.lock"), -1);
    close(first);
    int second = spool_lock(&spool, ".x.lock");
    assert_true(second >= 0);
    close(second);
}

static void only_an_answer_that_means_never_gives_up(void **state)
{
    (void)state;
    static const struct {
        long status;
        enum verdict verdict;
    } rows[] = {
        {200, VERDICT_TAKEN}, {202, VERDICT_TAKEN}, {204, VERDICT_TAKEN}, {301, VERDICT_LATER},
        {400, VERDICT_NEVER}, {401, VERDICT_LATER}, {403, VERDICT_LATER}, {404, VERDICT_LATER},
        {405, VERDICT_LATER}, {408, VERDICT_LATER}, {413, VERDICT_NEVER}, {429, VERDICT_LATER},
        {500, VERDICT_LATER}, {502, VERDICT_LATER}, {503, VERDICT_LATER},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(verdict_of(rows[i].status), rows[i].verdict);
}

/* An environment of pairs. */
static const char *variable_get(void *context, const char *name)
{
    const char *const *pairs = context;
    for (; *pairs != NULL; pairs += 2) {
        if (string_is(pairs[0], name))
            return pairs[1];
    }
    return NULL;
}

static struct invocation call;

static const struct json *event_make(struct arena *arena, char *const *words,
                                     const char *const *environment, bool turns, const char **raw)
{
    struct tool tool = {0};
    struct fault fault = {0};
    const struct json *json = NULL;
    int count = 0;
    while (words[count] != NULL)
        count++;
    assert_true(command_parse(&tool, count, words, &call, &fault));
    if (!notice_make(arena, &call, variable_get, (void *)environment, turns, 1795220542000, raw,
                     &fault))
        return NULL;
    assert_true(json_parse(arena, span_of(*raw), &json, &fault));
    return json;
}

#define WORDS(...) ((char *const[]){__VA_ARGS__, NULL})
#define PAIRS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void options_come_before_fields_and_fields_before_the_environment(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *raw = NULL;
    const char *const *environment =
        PAIRS("NAGIOS_NOTIFICATIONTYPE", "RECOVERY", "NAGIOS_HOSTNAME", "env", "NAGIOS_SERVICEDESC",
              "disk", "NAGIOS_SERVICESTATE", "OK", "NAGIOS_HOSTSTATE", "UP", "HOSTNAME", "machine");
    const struct json *event =
        event_make(arena, WORDS("nagios", "--type", "PROBLEM", "-f", "HOSTNAME=given"), environment,
                   true, &raw);
    assert_string_equal(json_string(event, "type"), "PROBLEM");
    assert_string_equal(json_string(event, "host"), "given");
    assert_string_equal(json_string(event, "service"), "disk");
    assert_string_equal(json_string(event, "state"), "OK");
    assert_string_equal(json_string(event, "object"), "service");
    assert_string_equal(json_string(event, "at"), "2026-11-21T00:22:22Z");
}

static void the_machines_own_name_is_never_taken_for_the_host(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *raw = NULL;
    assert_null(event_make(arena, WORDS("nagios", "--type", "PROBLEM"),
                           PAIRS("HOSTNAME", "machine"), true, &raw));
    assert_null(event_make(arena, WORDS("nagios", "--host", "h"), PAIRS("x", "y"), true, &raw));
}

static void the_event_of_a_host_has_no_service(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *raw = NULL;
    const struct json *event =
        event_make(arena, WORDS("icinga", "--object", "host", "--service", "x"),
                   PAIRS("NOTIFICATION_TYPE", "PROBLEM", "HOST_NAME", "db1", "HOST_STATE", "DOWN",
                         "SERVICE_STATE", "OK", "HOST_OUTPUT", "a\\nb \"quoted\" $x `y`"),
                   false, &raw);
    assert_string_equal(json_string(event, "object"), "host");
    assert_null(json_string(event, "service"));
    assert_string_equal(json_string(event, "state"), "DOWN");
    assert_string_equal(json_string(event, "output"), "a\\nb \"quoted\" $x `y`");
}

static void the_two_characters_of_nagios_are_a_line_break(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *raw = NULL;
    const struct json *event =
        event_make(arena,
                   WORDS("nagios", "-t", "PROBLEM", "--host", "h", "--long", "a\\nb\\", "--label",
                         "team=dba", "--label", "none=", "--label", "unknown=$"),
                   PAIRS("x", "y"), true, &raw);
    assert_string_equal(json_string(event, "long_output"), "a\nb\\");
    assert_string_equal(json_string(json_find(event, "labels"), "team"), "dba");
    assert_null(json_find(json_find(event, "labels"), "none"));
    assert_null(json_find(json_find(event, "labels"), "unknown"));
}

static void a_huge_output_is_cut_visibly_and_bad_bytes_are_replaced(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *raw = NULL;
    char *huge = memory_new(NOTICE_TEXT_MAX + 500, 1);
    memset(huge, 'x', NOTICE_TEXT_MAX + 499);
    huge[0] = (char)0xff;
    const struct json *event =
        event_make(arena, WORDS("nagios", "-t", "PROBLEM", "--host", "h", "--output", huge),
                   PAIRS("x", "y"), true, &raw);
    assert_non_null(strstr(json_string(event, "output"), "[499 bytes cut]"));
    free(huge);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_of_the_same_instant_keep_their_order, spool_begin,
                                        spool_end),
        cmocka_unit_test_setup_teardown(an_event_after_a_clock_that_went_back_comes_last,
                                        spool_begin, spool_end),
        cmocka_unit_test_setup_teardown(several_processes_lose_nothing_and_keep_their_own_order,
                                        spool_begin, spool_end),
        cmocka_unit_test_setup_teardown(a_process_killed_while_it_writes_leaves_no_half_event,
                                        spool_begin, spool_end),
        cmocka_unit_test_setup_teardown(a_full_spool_refuses_the_new_one_and_keeps_the_old,
                                        spool_begin, spool_end),
        cmocka_unit_test_setup_teardown(a_full_disk_is_a_fault_and_leaves_nothing, spool_begin,
                                        spool_end),
        cmocka_unit_test_setup_teardown(what_is_refused_is_kept_with_its_reason_and_bounded,
                                        spool_begin, spool_end),
        cmocka_unit_test_setup_teardown(links_and_strange_files_are_not_events, spool_begin,
                                        spool_end),
        cmocka_unit_test_setup_teardown(only_one_has_the_lock, spool_begin, spool_end),
        cmocka_unit_test(only_an_answer_that_means_never_gives_up),
        cmocka_unit_test(options_come_before_fields_and_fields_before_the_environment),
        cmocka_unit_test(the_machines_own_name_is_never_taken_for_the_host),
        cmocka_unit_test(the_event_of_a_host_has_no_service),
        cmocka_unit_test(the_two_characters_of_nagios_are_a_line_break),
        cmocka_unit_test(a_huge_output_is_cut_visibly_and_bad_bytes_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
