/* SPDX-License-Identifier: MIT */
/* Broken and malicious files: a clear code, a bounded answer. */
#include "sample.h"

#include "calendar/reader.h"

static const struct {
    const char *file;
    const char *code;   /* that must be among the warnings, or NULL */
    bool has_problem;   /* the whole file is refused */
    size_t shift_count; /* in the years 2026 and 2027 */
} cases[] = {
    {"h01-secondly", "E-FREQ", false, 1},
    {"h02-secondly-impossible", "E-FREQ", false, 1},
    {"h03-hourly-impossible", "W-UNSYNC", false, 1},
    {"h04-vtimezone-minutely", "W-VTIMEZONE", false, 1},
    {"h05-tzid-traversal", "E-TZ-UNKNOWN", false, 1},
    {"h06-year-9999", "E-DTSTART", false, 0},
    {"h07-duration-huge", "E-DURATION", false, 0},
    {"h08-negative", "W-LENGTH", false, 0},
    {"h09-truncated", "E-TRUNCATED", true, 1},
    {"h10-html", "E-NOT-CALENDAR", true, 0},
    {"h11-empty", "E-NOT-CALENDAR", true, 0},
    {"h12-no-events", NULL, false, 0},
    {"h13-nul", "W-NUL", false, 1},
    {"h14-latin1", "W-ENCODING", false, 1},
    {"h15-utf16", "W-ENCODING", false, 1},
    {"h16-month-13", "E-DTSTART", false, 0},
    {"h17-bad-rrule", "E-RRULE", false, 1},
    {"h18-rrule-typo", "E-RRULE", false, 1},
    {"h19-depth", "E-DEPTH", true, 0},
    {"h20-same-uid-twice", "W-DUP", false, 104},
    {"h21-escape-sequences", NULL, false, 1},
    {"h22-crlf-injection", NULL, false, 1},
    {"h23-interval-0", "E-RRULE", false, 1},
    {"h24-count-huge", "W-GAPTIME", false, 17416},
};

static void every_hostile_file_has_its_code_and_its_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CLEANUP(text_clear) struct text path = {0};
        CLEANUP(text_clear) struct text bytes = {0};
        text_addf(&path, "%s/fixtures/ical/hostile/%s.ics", TESTS_DIR, cases[i].file);
        file_load(text_string(&path), &bytes);
        struct shift_list *list =
            expand_bytes(text_span(&bytes), "UTC", "2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        if (cases[i].code != NULL && !has_warning(list, cases[i].code))
            fail_msg("%s: no %s", cases[i].file, cases[i].code);
        if ((list->problem != NULL) != cases[i].has_problem)
            fail_msg("%s: problem %s", cases[i].file, list->problem);
        if (list->shift_count != cases[i].shift_count)
            fail_msg("%s: %zu shifts", cases[i].file, list->shift_count);
        shift_list_free(list);
    }
}

static void a_bomb_of_many_rules_is_stopped_and_refused(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN);
    for (int i = 0; i < 200; i++)
        text_addf(&ics,
                  "BEGIN:VEVENT\r\nUID:%d\r\nSUMMARY:x\r\nDTSTART:19000101T000000Z\r\n"
                  "DURATION:PT1M\r\nRRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n",
                  i);
    text_add(&ics, END);
    struct shift_list *list =
        expand_bytes(text_span(&ics), "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_non_null(list->problem);
    assert_true(has_warning(list, "E-TOOMANY"));
    shift_list_free(list);
}

static void more_events_than_the_limit_are_refused(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN);
    for (int i = 0; i <= CALENDAR_EVENTS_MAX; i++)
        text_add(&ics, "BEGIN:VEVENT\r\nEND:VEVENT\r\n");
    text_add(&ics, END);
    struct shift_list *list =
        expand_bytes(text_span(&ics), "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_true(has_warning(list, "E-EVENTS"));
    assert_non_null(list->problem);
    assert_true(list->warning_count <= SHIFT_WARNINGS_MAX);
    shift_list_free(list);
}

static void a_line_of_megabytes_costs_no_more_than_its_limit(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260301T000000Z\r\nDURATION:P1D\r\n"
                         "SUMMARY:");
    for (int i = 0; i < 4 * 1024 * 1024; i++)
        text_add_char(&ics, 'x');
    text_add(&ics, "\r\nEND:VEVENT\r\n" END);
    struct shift_list *list =
        expand_bytes(text_span(&ics), "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_true(has_warning(list, "E-LINE-TOO-LONG"));
    assert_int_equal(list->shift_count, 1);
    assert_true(strlen(list->shifts[0].event->summary) < 64 * 1024);
    shift_list_free(list);
}

static void a_recurrence_id_beyond_all_years_costs_only_its_event(void **state)
{
    (void)state;
    static const char *const years[] = {"4052", "0001", "9999"};
    for (size_t i = 0; i < sizeof years / sizeof years[0]; i++) {
        CLEANUP(text_clear) struct text ics = {0};
        CLEANUP(text_clear) struct text answer = {0};
        text_addf(&ics,
                  BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\nDTSTART:20260310T080000Z\r\n"
                              "DURATION:PT1H\r\n") "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:bob\r\n"
                                                   "DTSTART:20260311T080000Z\r\nDURATION:PT1H\r\n"
                                                   "RECURRENCE-ID:%s0630T090000Z\r\n"
                                                   "END:VEVENT\r\n" END,
                  years[i]);
        struct shift_list *list = expand(text_string(&ics));
        assert_int_equal(list->shift_count, 2); /* it stands alone */
        assert_true(has_warning(list, "E-RID"));
        struct shift_list *back = NULL;
        struct fault fault = {0};
        reader_result_render(&answer, list);
        if (!reader_result_parse(text_span(&answer), &back, &fault))
            fail_msg("%s", fault.text);
        shift_list_free(back);
        shift_list_free(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_hostile_file_has_its_code_and_its_bounds),
        cmocka_unit_test(a_bomb_of_many_rules_is_stopped_and_refused),
        cmocka_unit_test(more_events_than_the_limit_are_refused),
        cmocka_unit_test(a_line_of_megabytes_costs_no_more_than_its_limit),
        cmocka_unit_test(a_recurrence_id_beyond_all_years_costs_only_its_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
