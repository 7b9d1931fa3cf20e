/* SPDX-License-Identifier: MIT */
/* Icinga's event stream and its list of problems, as captured and as they never should be. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/icinga_stream.h"

static int arena_begin(void **state)
{
    *state = arena_new();
    return 0;
}

static int arena_end(void **state)
{
    arena_free(*state);
    return 0;
}

static struct icinga_line line_of(struct arena *arena, const char *line)
{
    struct icinga_line read;
    struct fault fault = {0};
    if (!icinga_line_read(arena, "icinga", span_of(line), &read, &fault))
        fail_msg("%s: %s", line, fault.text);
    return read;
}

static void a_hard_state_is_what_its_notification_would_be(void **state)
{
    struct arena *arena = *state;
    struct icinga_line read =
        line_of(arena, "{\"type\":\"StateChange\",\"host\":\"db1\",\"service\":\"disk\","
                       "\"state\":2,\"state_type\":1,\"downtime_depth\":0,"
                       "\"check_result\":{\"state\":2,\"output\":\"96% full\\nmore\"}}");
    assert_int_equal(read.word, ICINGA_STATE);
    assert_true(read.is_problem);
    assert_false(read.is_in_downtime);
    assert_int_equal(read.item.event.kind, EVENT_TRIGGER);
    assert_string_equal(read.item.event.actor, "icinga");
    assert_string_equal(read.item.alert.dedup_key, "icinga2/db1!disk");
    assert_string_equal(read.item.alert.summary, "db1 disk is CRITICAL: 96% full");
    assert_int_equal(read.item.alert.severity, SEVERITY_CRITICAL);

    /* A host's state is 0 or 1, whatever the plugin said. */
    read = line_of(arena, "{\"type\":\"StateChange\",\"host\":\"db1\",\"state\":1,"
                          "\"state_type\":1,\"downtime_depth\":1,\"check_result\":{\"state\":2}}");
    assert_true(read.is_in_downtime);
    assert_string_equal(read.item.alert.dedup_key, "icinga2/db1");
    assert_string_equal(read.item.alert.summary, "db1 is DOWN");

    read = line_of(arena, "{\"type\":\"StateChange\",\"host\":\"db1\",\"state\":0,"
                          "\"state_type\":1}");
    assert_false(read.is_problem);
    assert_int_equal(read.item.event.kind, EVENT_RESOLVE_SOURCE);
    read = line_of(arena, "{\"type\":\"StateChange\",\"host\":\"db1\",\"service\":\"s\","
                          "\"state\":1,\"state_type\":0}");
    assert_int_equal(read.word, ICINGA_NOTHING);
}

static void acks_have_their_author_and_end_with_the_problem(void **state)
{
    struct arena *arena = *state;
    struct icinga_line read =
        line_of(arena, "{\"type\":\"AcknowledgementSet\",\"host\":\"db1\",\"service\":\"disk\","
                       "\"state\":2,\"author\":\"Ann Ops\",\"comment\":\"pagerd #412\"}");
    assert_int_equal(read.word, ICINGA_ACK_SET);
    assert_int_equal(read.item.event.kind, EVENT_ACKNOWLEDGE);
    assert_string_equal(read.item.author, "Ann Ops");
    read = line_of(arena, "{\"type\":\"AcknowledgementCleared\",\"host\":\"db1\",\"state\":1}");
    assert_int_equal(read.word, ICINGA_ACK_CLEARED);
    read = line_of(arena, "{\"type\":\"AcknowledgementCleared\",\"host\":\"db1\",\"state\":0}");
    assert_int_equal(read.word, ICINGA_NOTHING);
}

static void what_is_of_no_concern_is_nothing_and_what_is_no_event_is_a_fault(void **state)
{
    struct arena *arena = *state;
    assert_int_equal(line_of(arena, "{\"type\":\"ObjectCreated\",\"x\":1}").word, ICINGA_NOTHING);
    assert_int_equal(line_of(arena, "{\"type\":\"Notification\",\"host\":\"h\","
                                    "\"notification_type\":\"PROBLEM\"}")
                         .word,
                     ICINGA_NOTHING);
    static const char *const bad[] = {
        "",
        "x",
        "[]",
        "{}",
        "{\"type\":5}",
        "{\"type\":\"StateChange\"}",
        "{\"type\":\"DowntimeRemoved\",\"host\":\"h\"}",
        "{\"type\":\"AcknowledgementSet\",\"host\":\"\"}",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        struct icinga_line read;
        struct fault fault = {0};
        assert_false(icinga_line_read(arena, "icinga", span_of(bad[i]), &read, &fault));
        assert_true(fault.text[0] != '\0');
    }
}

/* Every line that Icinga 2.13 sent, counted by what it means. */
static void a_captured_stream_is_read_to_its_last_line(void **state)
{
    struct arena *arena = *state;
    int counts[ICINGA_DOWNTIME_OVER + 1] = {0};
    int lines = 0;
    FILE *file =
        fopen(TESTS_DIR "/fixtures/monitoring/icinga2/events/events-pager-permissions.jsonl", "re");
    assert_non_null(file);
    static char line[65536];
    while (fgets(line, sizeof(line), file) != NULL) {
        counts[line_of(arena, line).word]++;
        lines++;
    }
    fclose(file);
    assert_int_equal(lines, 67);
    assert_int_equal(counts[ICINGA_ACK_SET], 4);
    assert_int_equal(counts[ICINGA_ACK_CLEARED], 3);
    assert_int_equal(counts[ICINGA_DOWNTIME_OVER], 2);
    assert_int_equal(counts[ICINGA_STATE], 26);
    assert_int_equal(counts[ICINGA_NOTE], 5);
}

static void the_list_of_problems_says_what_is_acked_and_in_a_downtime(void **state)
{
    struct arena *arena = *state;
    static const char body[] =
        "{\"results\":[{\"type\":\"Service\",\"name\":\"db1!disk\",\"attrs\":{\"name\":\"disk\","
        "\"host_name\":\"db1\",\"state\":1,\"state_type\":1,\"acknowledgement\":2,"
        "\"downtime_depth\":0,\"last_check_result\":{\"output\":\"80%\"}}},"
        "{\"type\":\"Host\",\"name\":\"db2\",\"attrs\":{\"name\":\"db2\",\"state\":1,"
        "\"state_type\":0,\"acknowledgement\":0,\"downtime_depth\":1,"
        "\"last_check_result\":null}}]}";
    struct icinga_problem *problems = NULL;
    size_t count = 0;
    struct fault fault = {0};
    assert_true(icinga_problems_read(arena, "icinga", span_of(body), &problems, &count, &fault));
    assert_int_equal(count, 2);
    assert_string_equal(problems[0].item.alert.dedup_key, "icinga2/db1!disk");
    assert_int_equal(problems[0].item.alert.severity, SEVERITY_WARNING);
    assert_true(problems[0].is_acked && problems[0].is_hard && !problems[0].is_in_downtime);
    assert_string_equal(problems[1].item.alert.dedup_key, "icinga2/db2");
    assert_true(!problems[1].is_acked && !problems[1].is_hard && problems[1].is_in_downtime);

    static const char *const bad[] = {"", "{}", "{\"results\":5}",
                                      "{\"results\":[{\"type\":\"Host\",\"attrs\":{}}]}",
                                      "{\"results\":[7]}"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_false(
            icinga_problems_read(arena, "icinga", span_of(bad[i]), &problems, &count, &fault));
    assert_true(
        icinga_problems_read(arena, "icinga", SPAN("{\"results\":[]}"), &problems, &count, &fault));
    assert_int_equal(count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hard_state_is_what_its_notification_would_be),
        cmocka_unit_test(acks_have_their_author_and_end_with_the_problem),
        cmocka_unit_test(what_is_of_no_concern_is_nothing_and_what_is_no_event_is_a_fault),
        cmocka_unit_test(a_captured_stream_is_read_to_its_last_line),
        cmocka_unit_test(the_list_of_problems_says_what_is_acked_and_in_a_downtime),
    };
    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
