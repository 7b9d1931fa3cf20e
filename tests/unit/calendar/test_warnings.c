/* SPDX-License-Identifier: MIT */
/* Every diagnosis of the expansion: a file that has it, told with its line, and where it must not
 * be told. Those about people and layers are tested with layers.h. */
#include "sample.h"

static const struct shift_warning *warning_find(const struct shift_list *list, const char *code)
{
    for (size_t i = 0; i < list->warning_count; i++)
        if (string_is(list->warnings[i].code, code))
            return &list->warnings[i];
    return NULL;
}

static void expect_warning(const char *ics, const char *code, uint32_t line)
{
    struct shift_list *list = expand(ics);
    const struct shift_warning *warning = warning_find(list, code);
    if (warning == NULL)
        fail_msg("no %s", code);
    assert_int_equal(warning->line, line);
    assert_string_equal(warning->file, "test.ics");
    assert_true(warning->text[0] != '\0');
    shift_list_free(list);
}

#define TELLS(name, code, line, ics)         \
    static void name(void **state)           \
    {                                        \
        (void)state;                         \
        expect_warning((ics), (code), line); \
    }

#define ONE "UID:1\r\nSUMMARY:ann\r\n"
#define START ONE "DTSTART;TZID=Europe/Berlin:20260310T090000\r\n"
#define DAY START "DTEND;TZID=Europe/Berlin:20260310T170000\r\n"
#define SINGLE(lines) BEGIN EVENT(lines) END
#define IN_ZONE(zone) SINGLE(ONE "DTSTART;TZID=" zone ":20260310T090000\r\nDURATION:PT1H\r\n")
#define OBSERVANCE(kind, lines) "BEGIN:" kind "\r\n" lines "END:" kind "\r\n"
#define BERLIN_LIES                                                                     \
    "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n" OBSERVANCE(                             \
        "STANDARD",                                                                     \
        "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\n") "END:" \
                                                                                 "VTIMEZONE\r\n"
#define MINUTELY                                                                            \
    "BEGIN:VTIMEZONE\r\nTZID:Office\r\n" OBSERVANCE(                                        \
        "STANDARD", "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n" \
                    "RRULE:FREQ=HOURLY\r\n") "END:VTIMEZONE\r\n"
#define DEEP "BEGIN:A\r\nBEGIN:A\r\nBEGIN:A\r\nBEGIN:A\r\n"

TELLS(e_truncated_is_a_file_that_ends_too_early, "E-TRUNCATED", 3, BEGIN "BEGIN:VEVENT\r\n" DAY)
TELLS(e_not_calendar_is_a_web_page_for_instance, "E-NOT-CALENDAR", 1, "<html>\r\n")
TELLS(e_depth_is_nesting_deeper_than_eight, "E-DEPTH", 10, BEGIN DEEP DEEP)
TELLS(e_dtstart_is_no_start, "E-DTSTART", 3, SINGLE(ONE))
TELLS(e_dtstart_is_a_day_that_does_not_exist, "E-DTSTART", 6,
      SINGLE(ONE "DTSTART:20260230T090000\r\n"))
TELLS(e_dtend_is_an_end_that_is_no_time, "E-DTEND", 7, SINGLE(START "DTEND:tomorrow\r\n"))
TELLS(e_duration_is_a_duration_that_is_none, "E-DURATION", 7, SINGLE(START "DURATION:8h\r\n"))
TELLS(e_rrule_is_a_rule_with_a_part_that_nobody_knows, "E-RRULE", 8,
      SINGLE(DAY "RRULE:FREQ=WEEKLY;BYDAI=MO\r\n"))
TELLS(e_freq_is_a_rule_of_every_second, "E-FREQ", 8, SINGLE(DAY "RRULE:FREQ=SECONDLY\r\n"))
TELLS(e_toomany_is_a_rule_without_a_bound, "E-TOOMANY", 8,
      SINGLE(ONE "DTSTART:19000101T000000\r\nDURATION:PT1M\r\n"
                 "RRULE:FREQ=HOURLY\r\n" ONE))
TELLS(e_exrule_is_told_though_it_is_honoured, "E-EXRULE", 9,
      SINGLE(DAY "RRULE:FREQ=DAILY;COUNT=3\r\nEXRULE:FREQ=DAILY;INTERVAL=2\r\n"))
TELLS(e_rid_is_a_recurrence_id_that_is_no_time, "E-RID", 8, SINGLE(DAY "RECURRENCE-ID:x\r\n"))
TELLS(e_tz_unknown_is_a_zone_that_nothing_explains, "E-TZ-UNKNOWN", 6, IN_ZONE("Mars/Base"))
TELLS(w_tz_guess_is_a_zone_found_by_its_city, "W-TZ-GUESS", 6,
      IN_ZONE("\"(UTC+01:00) Nowhere, Berlin\""))
TELLS(w_vtz_differs_is_a_file_that_lies_about_a_known_zone, "W-VTZ-DIFFERS", 3,
      BEGIN BERLIN_LIES EVENT(DAY) END)
TELLS(w_vtimezone_is_an_own_zone_that_cannot_be_read, "W-VTIMEZONE", 3,
      BEGIN MINUTELY EVENT(ONE "DTSTART;TZID=Office:20260310T090000\r\nDURATION:PT1H\r\n") END)
TELLS(w_unsync_is_a_start_that_does_not_fit_its_rule, "W-UNSYNC", 8,
      SINGLE(DAY "RRULE:FREQ=WEEKLY;BYDAY=FR\r\n"))
TELLS(w_until_date_is_a_date_where_a_time_is_wanted, "W-UNTIL-DATE", 8,
      SINGLE(DAY "RRULE:FREQ=DAILY;UNTIL=20260312\r\n"))
TELLS(w_orphan_is_an_override_of_nothing, "W-ORPHAN", 3,
      SINGLE(DAY "RECURRENCE-ID:20260310T080000Z\r\n"))
TELLS(w_dup_is_one_uid_twice, "W-DUP", 3, BEGIN EVENT(DAY) EVENT(DAY "SEQUENCE:1\r\n") END)
TELLS(w_length_is_a_shift_without_length, "W-LENGTH", 3,
      SINGLE(START "DTEND;TZID=Europe/Berlin:20260310T090000\r\n"))
TELLS(w_gaptime_is_a_handover_at_a_time_that_does_not_exist, "W-GAPTIME", 3,
      SINGLE(ONE "DTSTART;TZID=Europe/Berlin:20260329T023000\r\nDURATION:PT1H\r\n"))
TELLS(w_line_is_a_line_that_is_none, "W-LINE", 8, SINGLE(DAY "what is this\r\n"))
TELLS(w_line_is_a_date_in_a_list_that_is_none, "W-LINE", 8,
      SINGLE(DAY "EXDATE:20260310T080000Z,soon\r\n"))
TELLS(w_end_is_an_end_of_something_else, "W-END", 8,
      BEGIN "BEGIN:VEVENT\r\n" DAY "END:VTODO\r\n" END)
TELLS(w_encoding_is_text_that_is_not_utf_8, "W-ENCODING", 4,
      SINGLE("SUMMARY:J\xF6rg\r\nDTSTART:20260310T080000Z\r\nDURATION:PT1H\r\n"))

static void w_nul_is_a_byte_that_no_text_may_hold(void **state)
{
    (void)state;
    static const char ics[] = BEGIN EVENT("SUMMARY:a\0n\r\nDTSTART:20260310\r\n") END;
    struct shift_list *list =
        expand_bytes(SPAN(ics), "UTC", "2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z");
    const struct shift_warning *warning = warning_find(list, "W-NUL");
    assert_non_null(warning);
    assert_int_equal(warning->line, 4);
    shift_list_free(list);
}

static void e_line_too_long_is_a_name_that_was_cut(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN "BEGIN:VEVENT\r\nDTSTART:20260310\r\nSUMMARY:");
    for (int i = 0; i < 70000; i++)
        text_add_char(&ics, 'x');
    text_add(&ics, "\r\nEND:VEVENT\r\n" END);
    expect_warning(text_string(&ics), "E-LINE-TOO-LONG", 5);
}

static void e_events_is_more_than_a_calendar_may_have(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN);
    for (int i = 0; i <= CALENDAR_EVENTS_MAX; i++)
        text_add(&ics, "BEGIN:VEVENT\r\nDTSTART:20260310\r\nEND:VEVENT\r\n");
    text_add(&ics, END);
    expect_warning(text_string(&ics), "E-EVENTS", 3 + 3 * CALENDAR_EVENTS_MAX);
}

/* Expands as on 1 March 2026, with all notes that a caller may ask for. */
static struct shift_list *expand_asked(const char *ics, bool is_asked, bool is_zone_forced)
{
    struct calendar_file file = {"test.ics", span_of(ics)};
    struct calendar_request request = {
        .files = &file,
        .file_count = 1,
        .zone_name = "Europe/Berlin",
        .is_zone_forced = is_zone_forced,
        .tzdir = ZONEINFO,
        .from_at = at("2026-03-01T00:00:00Z"),
        .until_at = at("2027-03-01T00:00:00Z"),
        .now_at = is_asked ? at("2026-03-01T00:00:00Z") : 0,
        .is_exact_told = is_asked,
        .is_floating_told = is_asked,
    };
    struct shift_list *list = NULL;
    struct fault fault = {0};
    if (!calendar_expand(&request, &list, &fault))
        fail_msg("%s", fault.text);
    return list;
}

static void expect_asked(const char *ics, const char *code, bool is_told)
{
    struct shift_list *list = expand_asked(ics, true, false);
    const struct shift_warning *warning = warning_find(list, code);
    if ((warning != NULL) != is_told)
        fail_msg("%s %s\n%s", code, is_told ? "is not told" : "is told", ics);
    shift_list_free(list);
    list = expand_asked(ics, false, false);
    assert_null(warning_find(list, code));
    shift_list_free(list);
}

#define WEEK(uid, from, until, rule)                                                     \
    EVENT("UID:" uid "\r\nSUMMARY:ann\r\nDTSTART;TZID=Europe/Berlin:" from "T090000\r\n" \
          "DTEND;TZID=Europe/Berlin:" until "T090000\r\nRRULE:" rule "\r\n")

static void w_ends_is_a_rotation_that_runs_out_within_30_days(void **state)
{
    (void)state;
    static const char *const told[] = {
        BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY;COUNT=3") END,
        BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY;UNTIL=20260320T000000Z") END,
        BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY;INTERVAL=2;COUNT=1")
            WEEK("2", "20260309", "20260316", "FREQ=WEEKLY;INTERVAL=2;COUNT=2") END,
    };
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        expect_asked(told[i], "W-ENDS", true);
    struct shift_list *list = expand_asked(told[0], true, false);
    const struct shift_warning *warning = warning_find(list, "W-ENDS");
    assert_int_equal(warning->line, 8);
    assert_non_null(strstr(warning->text, "runs out on 2026-03-23 at 09:00 (Europe/Berlin)"));
    shift_list_free(list);
}

static void w_ends_is_not_told_where_another_event_goes_on_or_the_end_is_far(void **state)
{
    (void)state;
    static const char *const quiet[] = {
        BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY;COUNT=3")
            WEEK("2", "20260323", "20260330", "FREQ=WEEKLY") END,
        BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY;COUNT=30") END,
        BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY") END,
        BEGIN WEEK("1", "20260105", "20260112", "FREQ=WEEKLY;COUNT=3") END,
        BEGIN EVENT(DAY) END,
    };
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
        expect_asked(quiet[i], "W-ENDS", false);
}

static void w_exact_differs_is_a_series_whose_two_readings_part(void **state)
{
    (void)state;
    expect_asked(BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY") END, "W-EXACT-DIFFERS",
                 true);
    expect_asked(BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY;COUNT=2") END,
                 "W-EXACT-DIFFERS", false);
    expect_asked(SINGLE(ONE "DTSTART:20260302T080000Z\r\nDTEND:20260309T080000Z\r\n"
                            "RRULE:FREQ=WEEKLY\r\n"),
                 "W-EXACT-DIFFERS", false);
    struct shift_list *list =
        expand_asked(BEGIN WEEK("1", "20260302", "20260309", "FREQ=WEEKLY") END, true, false);
    size_t count = 0;
    for (size_t i = 0; i < list->warning_count; i++)
        count += string_is(list->warnings[i].code, "W-EXACT-DIFFERS");
    assert_int_equal(count, 1); /* for the event, not for each week with a change */
    const char *text = warning_find(list, "W-EXACT-DIFFERS")->text;
    assert_non_null(strstr(text, "2026-03-30T07:00:00Z by the wall clock"));
    assert_non_null(strstr(text, "2026-03-30T08:00:00Z by its exact duration"));
    shift_list_free(list);
}

static void w_floating_is_a_time_that_each_program_reads_in_its_own_zone(void **state)
{
    (void)state;
    static const char timed[] = SINGLE(ONE "DTSTART:20260310T090000\r\nDURATION:PT1H\r\n");
    expect_asked(timed, "W-FLOATING", true);
    expect_asked(SINGLE(ONE "DTSTART;VALUE=DATE:20260310\r\n"), "W-FLOATING", true);
    expect_asked(SINGLE(DAY), "W-FLOATING", false);
    expect_asked(SINGLE(ONE "DTSTART:20260310T090000Z\r\nDURATION:PT1H\r\n"), "W-FLOATING", false);
    expect_asked(BEGIN "X-WR-TIMEZONE:Europe/Berlin\r\n" EVENT(ONE "DTSTART:20260310\r\n") END,
                 "W-FLOATING", false);
    struct shift_list *list = expand_asked(timed, true, true);
    assert_null(warning_find(list, "W-FLOATING")); /* the configuration has said which zone */
    shift_list_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(e_truncated_is_a_file_that_ends_too_early),
        cmocka_unit_test(e_not_calendar_is_a_web_page_for_instance),
        cmocka_unit_test(e_depth_is_nesting_deeper_than_eight),
        cmocka_unit_test(e_dtstart_is_no_start),
        cmocka_unit_test(e_dtstart_is_a_day_that_does_not_exist),
        cmocka_unit_test(e_dtend_is_an_end_that_is_no_time),
        cmocka_unit_test(e_duration_is_a_duration_that_is_none),
        cmocka_unit_test(e_rrule_is_a_rule_with_a_part_that_nobody_knows),
        cmocka_unit_test(e_freq_is_a_rule_of_every_second),
        cmocka_unit_test(e_toomany_is_a_rule_without_a_bound),
        cmocka_unit_test(e_exrule_is_told_though_it_is_honoured),
        cmocka_unit_test(e_rid_is_a_recurrence_id_that_is_no_time),
        cmocka_unit_test(e_tz_unknown_is_a_zone_that_nothing_explains),
        cmocka_unit_test(w_tz_guess_is_a_zone_found_by_its_city),
        cmocka_unit_test(w_vtz_differs_is_a_file_that_lies_about_a_known_zone),
        cmocka_unit_test(w_vtimezone_is_an_own_zone_that_cannot_be_read),
        cmocka_unit_test(w_unsync_is_a_start_that_does_not_fit_its_rule),
        cmocka_unit_test(w_until_date_is_a_date_where_a_time_is_wanted),
        cmocka_unit_test(w_orphan_is_an_override_of_nothing),
        cmocka_unit_test(w_dup_is_one_uid_twice),
        cmocka_unit_test(w_length_is_a_shift_without_length),
        cmocka_unit_test(w_gaptime_is_a_handover_at_a_time_that_does_not_exist),
        cmocka_unit_test(w_line_is_a_line_that_is_none),
        cmocka_unit_test(w_line_is_a_date_in_a_list_that_is_none),
        cmocka_unit_test(w_end_is_an_end_of_something_else),
        cmocka_unit_test(w_encoding_is_text_that_is_not_utf_8),
        cmocka_unit_test(w_nul_is_a_byte_that_no_text_may_hold),
        cmocka_unit_test(e_line_too_long_is_a_name_that_was_cut),
        cmocka_unit_test(e_events_is_more_than_a_calendar_may_have),
        cmocka_unit_test(w_ends_is_a_rotation_that_runs_out_within_30_days),
        cmocka_unit_test(w_ends_is_not_told_where_another_event_goes_on_or_the_end_is_far),
        cmocka_unit_test(w_exact_differs_is_a_series_whose_two_readings_part),
        cmocka_unit_test(w_floating_is_a_time_that_each_program_reads_in_its_own_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
