/* SPDX-License-Identifier: MIT */
/* The reader's answer: what is written comes back, and what no honest child writes is refused. */
#include "sample.h"

#include "calendar/clock.h"
#include "calendar/reader.h"

static void text_same(const char *left, const char *right)
{
    if (!string_is(left, right))
        fail_msg("\"%s\" is not \"%s\"", left, right);
}

static void everything_about_a_shift_comes_back(void **state)
{
    (void)state;
    struct shift_list *list = expand(
        BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\nDTSTART;TZID=Europe/Berlin:20260327T023000\r\n"
                    "DTEND;TZID=Europe/Berlin:20260328T023000\r\nRRULE:FREQ=DAILY;COUNT=4\r\n"
                    "X-PAGERD-OVERRIDE:o57\r\nX-PAGERD-USER:ann,bob\r\n"
                    "CATEGORIES:secondary\r\nATTENDEE;CN=Ann:mailto:ann@example.org\r\n")
            EVENT("UID:2\r\nSUMMARY:bob\r\nDTSTART:20260401T000000Z\r\nDURATION:P1D\r\n") END);
    CLEANUP(text_clear) struct text bytes = {0};
    struct shift_list *back = NULL;
    struct fault fault = {0};
    reader_result_render(&bytes, list);
    if (!reader_result_parse(text_span(&bytes), &back, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(back->shift_count, 5);
    assert_int_equal(back->warning_count, list->warning_count);
    size_t notes = 0;
    for (size_t i = 0; i < 5; i++) {
        const struct shift *was = &list->shifts[i];
        const struct shift *is = &back->shifts[i];
        assert_int_equal(is->start_at, was->start_at);
        assert_int_equal(is->end_at, was->end_at);
        assert_int_equal(is->instance_at, was->instance_at);
        text_same(is->clock_note, was->clock_note);
        text_same(is->event->rule, was->event->rule);
        text_same(is->event->override, was->event->override);
        text_same(is->event->users, was->event->users);
        text_same(is->event->categories, was->event->categories);
        assert_int_equal(is->event->attendee_count, was->event->attendee_count);
        notes += is->clock_note != NULL;
    }
    assert_int_equal(notes, 2);
    assert_string_equal(back->shifts[0].event->rule, "FREQ=DAILY;COUNT=4");
    assert_string_equal(back->shifts[0].event->override, "o57");
    shift_list_free(back);
    shift_list_free(list);
}

#define HEAD \
    "{\"from\":0,\"until\":9000,\"event_count\":1,\"dropped\":0,\"problem\":null,\"events\":["
#define ONE "\"summary\":\"a\",\"uid\":\"1\",\"file\":\"f\",\"line\":1,\"attendees\":[]"
#define GOOD HEAD "{" ONE "}],\"shifts\":[0,10,20,0],\"notes\":[0,\"n\"],\"warnings\":[]}"

static bool answer_parse(const char *json)
{
    CLEANUP(text_clear) struct text bytes = {0};
    size_t size = strlen(json);
    for (int i = 3; i >= 0; i--)
        text_add_char(&bytes, (char)(size >> (8 * i) & 0xFF));
    text_add(&bytes, json);
    struct shift_list *list = NULL;
    struct fault fault = {0};
    bool is_good = reader_result_parse(text_span(&bytes), &list, &fault);
    if (is_good)
        shift_list_free(list);
    else
        assert_true(fault.text[0] != '\0');
    return is_good;
}

static void what_no_honest_child_writes_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "{}",
        HEAD "],\"shifts\":[],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[1,10,20,0],\"notes\":[],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,10,20,0],\"notes\":[1,\"n\"],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,10,20,0],\"notes\":[-1,\"n\"],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,10,20,0],\"notes\":[0],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,10,20,0],\"notes\":[0,1],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,10,20,0],\"notes\":[0,\"n\",0,\"n\"],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,20,20,0],\"notes\":[],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,10,20],\"notes\":[],\"warnings\":[]}",
        HEAD "{" ONE "}],\"shifts\":[0,9000,9010,0],\"notes\":[],\"warnings\":[]}",
    };
    assert_true(answer_parse(GOOD));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (answer_parse(bad[i]))
            fail_msg("taken: %s", bad[i]);
}

static void texts_that_are_too_long_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *ahead;
        size_t max;
        const char *behind;
    } cases[] = {
        {HEAD "{" ONE ",\"rule\":\"", SHIFT_RULE_MAX,
         "\"}],\"shifts\":[],\"notes\":[],\"warnings\":[]}"},
        {HEAD "{" ONE ",\"override\":\"", SHIFT_OVERRIDE_MAX,
         "\"}],\"shifts\":[],\"notes\":[],\"warnings\":[]}"},
        {HEAD "{" ONE "}],\"shifts\":[0,10,20,0],\"notes\":[0,\"", CLOCK_NOTE_MAX,
         "\"],\"warnings\":[]}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t more = 0; more < 2; more++) {
            CLEANUP(text_clear) struct text json = {0};
            text_add(&json, cases[i].ahead);
            for (size_t j = 0; j < cases[i].max + more; j++)
                text_add_char(&json, 'x');
            text_add(&json, cases[i].behind);
            assert_true(answer_parse(text_string(&json)) == (more == 0));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_about_a_shift_comes_back),
        cmocka_unit_test(what_no_honest_child_writes_is_refused),
        cmocka_unit_test(texts_that_are_too_long_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
