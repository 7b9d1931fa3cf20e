/* SPDX-License-Identifier: MIT */
/* The rules of docs/calendars.md for series, one test each. */
#include "sample.h"

#define ANN "UID:1\r\nSUMMARY:ann\r\n"
#define DAILY                                            \
    ANN "DTSTART;TZID=Europe/Berlin:20260310T090000\r\n" \
        "DTEND;TZID=Europe/Berlin:20260310T170000\r\n"

static void a_start_that_does_not_fit_the_rule_counts_all_the_same(void **state)
{
    (void)state;
    struct shift_list *list =
        expand(BEGIN EVENT(DAILY "RRULE:FREQ=WEEKLY;BYDAY=FR;COUNT=2\r\n") END);
    char *text = shifts_text(list);
    assert_string_equal(text, "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n"
                              "2026-03-13T08:00:00Z 2026-03-13T16:00:00Z ann\n");
    assert_true(has_warning(list, "W-UNSYNC"));
    free(text);
    shift_list_free(list);
}

static void exdate_in_utc_matches_an_instance_in_local_time(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=2\r\nEXDATE:20260310T080000Z\r\n") END,
                  "2026-03-11T08:00:00Z 2026-03-11T16:00:00Z ann\n");
}

static void exdate_in_local_time_or_without_a_zone_is_of_the_events_zone(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=3\r\n"
                                    "EXDATE;TZID=Europe/Berlin:20260310T090000\r\n"
                                    "EXDATE:20260311T090000\r\n") END,
                  "2026-03-12T08:00:00Z 2026-03-12T16:00:00Z ann\n");
}

static void exdate_beats_an_override_of_the_same_instance(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=2\r\nEXDATE:20260310T080000Z\r\n")
                      EVENT("UID:1\r\nSUMMARY:bob\r\nRECURRENCE-ID:20260310T080000Z\r\n"
                            "DTSTART:20260310T080000Z\r\nDURATION:PT1H\r\n") END,
                  "2026-03-11T08:00:00Z 2026-03-11T16:00:00Z ann\n");
}

static void an_override_replaces_its_instance_and_the_higher_sequence_wins(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT("UID:1\r\nSUMMARY:carol\r\nSEQUENCE:2\r\n"
                              "RECURRENCE-ID:20260311T080000Z\r\n"
                              "DTSTART:20260311T100000Z\r\nDURATION:PT1H\r\n")
                      EVENT("UID:1\r\nSUMMARY:bob\r\nSEQUENCE:1\r\n"
                            "RECURRENCE-ID:20260311T080000Z\r\n"
                            "DTSTART:20260311T080000Z\r\nDURATION:PT1H\r\n")
                          EVENT(DAILY "SEQUENCE:9\r\nRRULE:FREQ=DAILY;COUNT=2\r\n") END,
                  "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n"
                  "2026-03-11T10:00:00Z 2026-03-11T11:00:00Z carol\n");
}

static void this_and_future_moves_and_renames_the_rest_of_the_series(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=3\r\n") EVENT(
                      "UID:1\r\nSUMMARY:bob\r\n"
                      "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260311T090000\r\n"
                      "DTSTART;TZID=Europe/Berlin:20260311T100000\r\nDURATION:PT1H\r\n") END,
                  "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n"
                  "2026-03-11T09:00:00Z 2026-03-11T10:00:00Z bob\n"
                  "2026-03-12T09:00:00Z 2026-03-12T10:00:00Z bob\n");
}

static void this_and_future_cancelled_ends_the_series(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=3\r\n")
                      EVENT("UID:1\r\nSUMMARY:ann\r\nSTATUS:CANCELLED\r\n"
                            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260311T080000Z\r\n"
                            "DTSTART:20260311T080000Z\r\nDURATION:PT1H\r\n") END,
                  "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n");
}

static void an_override_without_its_instance_stands_alone(void **state)
{
    (void)state;
    struct shift_list *list = expand(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=1\r\n") EVENT(
        "UID:1\r\nSUMMARY:bob\r\nRECURRENCE-ID:19700101T010000Z\r\n"
        "DTSTART:20260320T080000Z\r\nDURATION:PT1H\r\n") END);
    assert_int_equal(list->shift_count, 2);
    assert_true(has_warning(list, "W-ORPHAN"));
    shift_list_free(list);
}

static void exrule_takes_instances_out_and_is_told(void **state)
{
    (void)state;
    struct shift_list *list = expand(
        BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=4\r\nEXRULE:FREQ=DAILY;INTERVAL=2\r\n") END);
    assert_int_equal(list->shift_count, 2);
    assert_int_equal(list->shifts[0].start_at, at("2026-03-11T08:00:00Z"));
    assert_true(has_warning(list, "E-EXRULE"));
    shift_list_free(list);
}

static void an_rdate_period_brings_its_own_end(void **state)
{
    (void)state;
    expect_shifts(
        BEGIN EVENT(DAILY "RDATE;VALUE=PERIOD:20260320T080000Z/PT2H\r\nRDATE:20260321T080000Z\r\n")
            END,
        "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n"
        "2026-03-20T08:00:00Z 2026-03-20T10:00:00Z ann\n"
        "2026-03-21T08:00:00Z 2026-03-21T16:00:00Z ann\n");
}

static void until_as_a_date_runs_to_the_end_of_that_day(void **state)
{
    (void)state;
    struct shift_list *list = expand(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;UNTIL=20260311\r\n") END);
    assert_int_equal(list->shift_count, 2);
    assert_true(has_warning(list, "W-UNTIL-DATE"));
    shift_list_free(list);
}

static void an_until_that_is_no_date_is_told_and_does_not_end_the_rotation(void **state)
{
    (void)state;
    struct shift_list *list =
        expand(BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;INTERVAL=20;UNTIL=20260399T000000Z\r\n") END);
    char *text = shifts_text(list);
    assert_string_equal(text, "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n"
                              "2026-03-30T07:00:00Z 2026-03-30T15:00:00Z ann\n"
                              "2026-04-19T07:00:00Z 2026-04-19T15:00:00Z ann\n");
    assert_true(has_warning(list, "E-RRULE"));
    free(text);
    shift_list_free(list);
}

static void an_exrule_whose_until_is_no_date_takes_nothing_out(void **state)
{
    (void)state;
    struct shift_list *list = expand(BEGIN EVENT(
        DAILY "RRULE:FREQ=DAILY;COUNT=4\r\nEXRULE:FREQ=DAILY;UNTIL=20260399T000000Z\r\n") END);
    assert_int_equal(list->shift_count, 4);
    assert_true(has_warning(list, "E-EXRULE"));
    shift_list_free(list);
}

static void every_weekstart_is_kept_with_an_interval(void **state)
{
    (void)state;
    /* The example of RFC 5545 3.8.5.3: the weeks of WKST=SU lie otherwise than those of MO. */
    expect_shifts(BEGIN EVENT(ANN "DTSTART;VALUE=DATE:20260303\r\n"
                                  "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU\r\n")
                      END,
                  "2026-03-02T23:00:00Z 2026-03-03T23:00:00Z ann\n"
                  "2026-03-14T23:00:00Z 2026-03-15T23:00:00Z ann\n"
                  "2026-03-16T23:00:00Z 2026-03-17T23:00:00Z ann\n"
                  "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z ann\n");
}

static void a_fold_inside_a_letter_does_not_spoil_the_name(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT("UID:1\r\nSUMMARY:J\xC3\r\n \xB6rg\r\nDTSTART:20260310T080000Z\r\n"
                              "DURATION:PT1H\r\n") END,
                  "2026-03-10T08:00:00Z 2026-03-10T09:00:00Z J\xC3\xB6rg\n");
}

static void an_own_timezone_is_used_where_the_name_is_no_iana_name(void **state)
{
    (void)state;
    expect_shifts(
        BEGIN
        "BEGIN:VTIMEZONE\r\nTZID:Office\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\n"
        "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
        "END:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\n"
        "TZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
        "END:VTIMEZONE\r\n" EVENT(ANN "DTSTART;TZID=Office:20260328T013000\r\n"
                                      "DTEND;TZID=Office:20260328T023000\r\n"
                                      "RRULE:FREQ=DAILY;COUNT=3\r\n") END,
        "2026-03-28T00:30:00Z 2026-03-28T01:30:00Z ann\n"
        "2026-03-29T00:30:00Z 2026-03-29T01:30:00Z ann\n"
        "2026-03-29T23:30:00Z 2026-03-30T00:30:00Z ann\n");
}

static void zones_are_known_by_windows_city_offset_and_prefix(void **state)
{
    (void)state;
    static const char *const names[] = {"W. Europe Standard Time", "europe/berlin",
                                        "/mozilla.org/20050126_1/Europe/Berlin",
                                        "\"(UTC+01:00) Nowhere, Berlin\"", "UTC+1"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CLEANUP(text_clear) struct text ics = {0};
        text_addf(&ics,
                  BEGIN
                  "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:ann\r\nDTSTART;TZID=%s:20260310T090000\r\n"
                  "DURATION:PT1H\r\nEND:VEVENT\r\n" END,
                  names[i]);
        struct shift_list *list =
            expand_bytes(text_span(&ics), "UTC", "2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z");
        assert_int_equal(list->shift_count, 1);
        assert_int_equal(list->shifts[0].start_at, at("2026-03-10T08:00:00Z"));
        assert_false(has_warning(list, "E-TZ-UNKNOWN"));
        shift_list_free(list);
    }
}

static void a_forced_zone_beats_the_one_of_the_file(void **state)
{
    (void)state;
    static const char ics[] =
        BEGIN "X-WR-TIMEZONE:America/New_York\r\n" EVENT(ANN "DTSTART:20260302T000000\r\n"
                                                             "DURATION:PT1H\r\n") END;
    struct calendar_file file = {"test.ics", SPAN(ics)};
    for (int is_forced = 0; is_forced < 2; is_forced++) {
        struct calendar_request request = {.files = &file,
                                           .file_count = 1,
                                           .zone_name = "Europe/Berlin",
                                           .is_zone_forced = is_forced,
                                           .tzdir = ZONEINFO,
                                           .from_at = at("2026-03-01T00:00:00Z"),
                                           .until_at = at("2026-04-01T00:00:00Z")};
        struct shift_list *list = NULL;
        assert_true(calendar_expand(&request, &list, NULL));
        assert_int_equal(list->shifts[0].start_at,
                         at(is_forced ? "2026-03-01T23:00:00Z" : "2026-03-02T05:00:00Z"));
        shift_list_free(list);
    }
}

static void an_event_shows_its_rules_as_they_were_written(void **state)
{
    (void)state;
    struct shift_list *list = expand(
        BEGIN EVENT(DAILY "RRULE:FREQ=DAILY;COUNT=2\r\nRRULE:FREQ=WEEKLY;COUNT=1\r\n")
            EVENT("UID:2\r\nSUMMARY:bob\r\nDTSTART:20260401T000000Z\r\nDURATION:P1D\r\n") END);
    assert_string_equal(list->shifts[0].event->rule, "FREQ=DAILY;COUNT=2 FREQ=WEEKLY;COUNT=1");
    assert_null(list->shifts[list->shift_count - 1].event->rule);
    shift_list_free(list);
}

static void a_rule_too_long_to_be_shown_ends_in_dots(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN "BEGIN:VEVENT\r\n" DAILY "RRULE:FREQ=DAILY;COUNT=1;X-NOTE=");
    for (int i = 0; i < 600; i++)
        text_add(&ics, "\xC3\xA4");
    text_add(&ics, "\r\nEND:VEVENT\r\n" END);
    struct shift_list *list = expand(text_string(&ics));
    const char *rule = list->shifts[0].event->rule;
    assert_true(strlen(rule) <= SHIFT_RULE_MAX && strlen(rule) > SHIFT_RULE_MAX - 4);
    assert_string_equal(rule + strlen(rule) - 3, "...");
    shift_list_free(list);
}

static void an_event_that_pagerd_wrote_names_its_override(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text ics = {0};
    text_add(&ics, BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\nDTSTART:20260310T080000Z\r\n"
                               "DURATION:PT1H\r\nX-PAGERD-OVERRIDE:o57\r\n"));
    text_add(&ics, "BEGIN:VEVENT\r\nUID:2\r\nSUMMARY:bob\r\nDTSTART:20260311T080000Z\r\n"
                   "DURATION:PT1H\r\nX-PAGERD-OVERRIDE:");
    for (int i = 0; i <= SHIFT_OVERRIDE_MAX; i++)
        text_add_char(&ics, '1');
    text_add(&ics, "\r\nEND:VEVENT\r\n" END);
    struct shift_list *list = expand(text_string(&ics));
    assert_string_equal(list->shifts[0].event->override, "o57");
    assert_null(list->shifts[1].event->override);
    shift_list_free(list);
}

static void the_hash_does_not_see_dtstamp(void **state)
{
    (void)state;
    char one[HASH_TEXT_SIZE];
    char two[HASH_TEXT_SIZE];
    char three[HASH_TEXT_SIZE];
    const struct calendar_file files[] = {
        {"a", SPAN("BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\nEND:VEVENT\r\n")},
        {"a", SPAN("BEGIN:VEVENT\r\nDTSTAMP:20260102T000000Z\r\nEND:VEVENT\r\n")},
        {"a", SPAN("BEGIN:VEVENT\r\nDTSTART:20260102T000000Z\r\nEND:VEVENT\r\n")},
    };
    calendar_hash(&files[0], 1, one);
    calendar_hash(&files[1], 1, two);
    calendar_hash(&files[2], 1, three);
    assert_string_equal(one, two);
    assert_string_not_equal(one, three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_that_does_not_fit_the_rule_counts_all_the_same),
        cmocka_unit_test(exdate_in_utc_matches_an_instance_in_local_time),
        cmocka_unit_test(exdate_in_local_time_or_without_a_zone_is_of_the_events_zone),
        cmocka_unit_test(exdate_beats_an_override_of_the_same_instance),
        cmocka_unit_test(an_override_replaces_its_instance_and_the_higher_sequence_wins),
        cmocka_unit_test(this_and_future_moves_and_renames_the_rest_of_the_series),
        cmocka_unit_test(this_and_future_cancelled_ends_the_series),
        cmocka_unit_test(an_override_without_its_instance_stands_alone),
        cmocka_unit_test(exrule_takes_instances_out_and_is_told),
        cmocka_unit_test(an_rdate_period_brings_its_own_end),
        cmocka_unit_test(until_as_a_date_runs_to_the_end_of_that_day),
        cmocka_unit_test(an_until_that_is_no_date_is_told_and_does_not_end_the_rotation),
        cmocka_unit_test(an_exrule_whose_until_is_no_date_takes_nothing_out),
        cmocka_unit_test(every_weekstart_is_kept_with_an_interval),
        cmocka_unit_test(a_fold_inside_a_letter_does_not_spoil_the_name),
        cmocka_unit_test(an_own_timezone_is_used_where_the_name_is_no_iana_name),
        cmocka_unit_test(zones_are_known_by_windows_city_offset_and_prefix),
        cmocka_unit_test(a_forced_zone_beats_the_one_of_the_file),
        cmocka_unit_test(an_event_shows_its_rules_as_they_were_written),
        cmocka_unit_test(a_rule_too_long_to_be_shown_ends_in_dots),
        cmocka_unit_test(an_event_that_pagerd_wrote_names_its_override),
        cmocka_unit_test(the_hash_does_not_see_dtstamp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
