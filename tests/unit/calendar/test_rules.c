/* SPDX-License-Identifier: MIT */
/* Rules of docs/calendars.md that no test beside this one shows by itself. */
#include "people_sample.h"

#include "calendar/layers.h"
#include "calendar/leave.h"

#define ANN "UID:1\r\nSUMMARY:ann\r\n"
#define SHIFT(day)                                        \
    "DTSTART;TZID=Europe/Berlin:202603" day "T090000\r\n" \
    "DTEND;TZID=Europe/Berlin:202603" day "T170000\r\n"

static struct calendar_rota *rota_made(const char *ics, const struct layer_options *options)
{
    CLEANUP(shift_list_free) struct shift_list *list = expand(ics);
    return calendar_rota_new(list, &sample_policy, options);
}

static struct calendar_rota *rota_of(const char *ics)
{
    const struct layer_options options = {.calendar = "db", .source = "test.ics"};
    return rota_made(ics, &options);
}

static bool rota_warns(const struct calendar_rota *rota, const char *code)
{
    for (size_t i = 0; i < rota->warning_count; i++)
        if (string_is(rota->warnings[i].code, code))
            return true;
    return false;
}

static void the_description_and_the_place_name_nobody(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota =
        rota_of(BEGIN EVENT("UID:1\r\nSUMMARY:Duty\r\nDESCRIPTION:ann\r\nLOCATION:ann\r\n"
                            "COMMENT:ann\r\nCONTACT:ann@example.org\r\n" SHIFT("10")) END);
    assert_int_equal(rota->unknown_count, 1);
    for (size_t i = 0; i < rota->rota.segment_count; i++)
        assert_int_equal(rota->rota.segments[i].user_count, 0);
}

static const char *on_call(const struct calendar_rota *rota, const char *instant)
{
    const struct segment *segment = rota_find(&rota->rota, at(instant), NULL);
    return segment != NULL && segment->user_count > 0 ? segment->users[0] : NULL;
}

static void a_shift_begins_at_its_first_second_and_ends_just_before_its_last(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of(BEGIN EVENT(
        "UID:1\r\nSUMMARY:ann\r\nDTSTART:20260310T080000Z\r\n"
        "DTEND:20260311T080000Z\r\n") EVENT("UID:2\r\nSUMMARY:bob\r\nDTSTART:20260311T080000Z\r\n"
                                            "DTEND:20260312T080000Z\r\n") END);
    assert_null(on_call(rota, "2026-03-10T07:59:59.999Z"));
    assert_string_equal(on_call(rota, "2026-03-10T08:00:00Z"), "ann");
    assert_string_equal(on_call(rota, "2026-03-11T07:59:59.999Z"), "ann");
    assert_string_equal(on_call(rota, "2026-03-11T08:00:00Z"), "bob");
    assert_string_equal(on_call(rota, "2026-03-12T07:59:59.999Z"), "bob");
    assert_null(on_call(rota, "2026-03-12T08:00:00Z"));
}

static void an_exception_that_is_a_date_takes_out_that_day(void **state)
{
    (void)state;
    expect_shifts(BEGIN EVENT(ANN SHIFT("10") "RRULE:FREQ=DAILY;COUNT=3\r\n"
                                              "EXDATE;VALUE=DATE:20260311\r\n") END,
                  "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n"
                  "2026-03-12T08:00:00Z 2026-03-12T16:00:00Z ann\n");
    expect_shifts(BEGIN EVENT(ANN "DTSTART;TZID=Europe/Berlin:20260310T090000\r\nDURATION:PT1H\r\n"
                                  "RRULE:FREQ=HOURLY;INTERVAL=12;COUNT=6\r\n"
                                  "EXDATE;VALUE=DATE:20260311\r\n") END,
                  "2026-03-10T08:00:00Z 2026-03-10T09:00:00Z ann\n"
                  "2026-03-10T20:00:00Z 2026-03-10T21:00:00Z ann\n"
                  "2026-03-12T08:00:00Z 2026-03-12T09:00:00Z ann\n"
                  "2026-03-12T20:00:00Z 2026-03-12T21:00:00Z ann\n");
}

static void cancelled_events_do_not_count_tentative_and_free_ones_do(void **state)
{
    (void)state;
    expect_shifts(
        BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\nSTATUS:CANCELLED\r\n" SHIFT("10"))
            EVENT("UID:2\r\nSUMMARY:bob\r\nSTATUS:TENTATIVE\r\n" SHIFT("11")) EVENT(
                "UID:3\r\nSUMMARY:joerg\r\nTRANSP:TRANSPARENT\r\nCLASS:PRIVATE\r\n"
                "X-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n" SHIFT("12"))
                EVENT("UID:4\r\nSUMMARY:pat\r\n" SHIFT("13") "RRULE:FREQ=DAILY;COUNT=2\r\n")
                    EVENT("UID:4\r\nSUMMARY:pat\r\nSTATUS:CANCELLED\r\n"
                          "RECURRENCE-ID;TZID=Europe/Berlin:20260314T090000\r\n" SHIFT("14")) END,
        "2026-03-11T08:00:00Z 2026-03-11T16:00:00Z bob\n"
        "2026-03-12T08:00:00Z 2026-03-12T16:00:00Z joerg\n"
        "2026-03-13T08:00:00Z 2026-03-13T16:00:00Z pat\n");
}

static void tasks_journals_and_alarms_are_no_shifts(void **state)
{
    (void)state;
    expect_shifts(BEGIN "BEGIN:VTODO\r\nUID:1\r\nSUMMARY:ann\r\n" SHIFT(
                      "10") "END:VTODO\r\n"
                            "BEGIN:VJOURNAL\r\nUID:2\r\nSUMMARY:ann\r\n"
                            "DTSTART:20260310T080000Z\r\nEND:VJOURNAL\r\n"
                            "BEGIN:VFREEBUSY\r\nUID:3\r\nDTSTART:20260310T080000Z\r\n"
                            "DTEND:20260310T160000Z\r\nEND:VFREEBUSY\r\n" EVENT(ANN SHIFT(
                                "10") "BEGIN:VALARM\r\nACTION:DISPLAY\r\nSUMMARY:bob\r\n"
                                      "DESCRIPTION:bob\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n") END,
                  "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z ann\n");
}

#define PLAIN                                                    \
    BEGIN EVENT("UID:1\r\nSUMMARY:J\xC3\xB6rg\r\n"               \
                "DTSTART;TZID=Europe/Berlin:20260310T090000\r\n" \
                "DTEND;TZID=Europe/Berlin:20260310T170000\r\n") END
#define JOERG "2026-03-10T08:00:00Z 2026-03-10T16:00:00Z J\xC3\xB6rg\n"

static void expect_joerg(const char *ics)
{
    struct shift_list *list = expand(ics);
    assert_int_equal(list->warning_count, 0);
    shift_list_free(list);
    expect_shifts(ics, JOERG);
}

static void how_a_file_is_written_makes_no_difference(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text bare = {0}, folded = {0};
    for (const char *byte = PLAIN; *byte != '\0'; byte++) {
        if (*byte != '\r')
            text_add_char(&bare, *byte);
        text_add_char(&folded, *byte);
        if (*byte != '\r' && *byte != '\n')
            text_add(&folded, "\r\n "); /* behind every byte, in the middle of letters, too */
    }
    expect_joerg(PLAIN);
    expect_joerg("\xEF\xBB\xBF" PLAIN);
    expect_joerg(text_string(&bare));
    expect_joerg(text_string(&folded));
    expect_shifts(PLAIN BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\n" SHIFT("11")) END,
                  JOERG "2026-03-11T08:00:00Z 2026-03-11T16:00:00Z ann\n");
}

static void a_category_names_a_person_when_nothing_else_does(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota =
        rota_of(BEGIN EVENT("UID:1\r\nSUMMARY:Duty\r\nCATEGORIES:Work,Bob Brown\r\n" SHIFT("10"))
                    EVENT("UID:2\r\nSUMMARY:ann\r\nCATEGORIES:bob\r\n" SHIFT("11")) END);
    assert_string_equal(on_call(rota, "2026-03-10T10:00:00Z"), "bob");
    assert_string_equal(on_call(rota, "2026-03-11T10:00:00Z"), "ann");
    assert_int_equal(rota->rota.segments[1].user_count, 1);
    assert_int_equal(rota->unknown_count, 0);
}

static void an_override_in_the_calendar_itself_lies_above_its_layer(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of(
        BEGIN EVENT("UID:1\r\nSUMMARY:[L9] ann\r\nDTSTART:20260310T080000Z\r\n"
                    "DTEND:20260312T080000Z\r\n")
            EVENT("UID:2\r\nSUMMARY:bob\r\nCATEGORIES:Override\r\nDTSTART:20260310T060000Z\r\n"
                  "DTEND:20260310T120000Z\r\n")
                EVENT("UID:3\r\nSUMMARY:override: pat\r\nDTSTART:20260311T060000Z\r\n"
                      "DTEND:20260311T120000Z\r\n") END);
    assert_string_equal(on_call(rota, "2026-03-10T11:00:00Z"), "bob");
    assert_string_equal(on_call(rota, "2026-03-10T13:00:00Z"), "ann");
    assert_string_equal(on_call(rota, "2026-03-11T11:00:00Z"), "pat");
    assert_string_equal(on_call(rota, "2026-03-11T13:00:00Z"), "ann");
}

static void with_overlap_all_everybody_is_on_call_in_order_of_start(void **state)
{
    (void)state;
    static const char ics[] =
        BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\nDTSTART:20260310T080000Z\r\nDURATION:PT4H\r\n")
            EVENT("UID:2\r\nSUMMARY:bob\r\nDTSTART:20260310T060000Z\r\nDURATION:PT4H\r\n") END;
    const struct layer_options options = {
        .calendar = "db", .source = "test.ics", .pages_all = true};
    CLEANUP(calendar_rota_free) struct calendar_rota *rota = rota_made(ics, &options);
    const struct segment *both = rota_find(&rota->rota, at("2026-03-10T09:00:00Z"), NULL);
    assert_non_null(both);
    assert_int_equal(both->user_count, 2);
    assert_string_equal(both->users[0], "bob");
    assert_string_equal(both->users[1], "ann");
    assert_string_equal(on_call(rota, "2026-03-10T11:00:00Z"), "ann");
    assert_false(rota_warns(rota, "W-OVERLAP"));
    CLEANUP(calendar_rota_free) struct calendar_rota *one = rota_of(ics);
    assert_true(rota_warns(one, "W-OVERLAP"));
}

static void expect_leave(const char *ics, const char *owner, const char *expected)
{
    CLEANUP(shift_list_free) struct shift_list *list = expand(ics);
    CLEANUP(text_clear) struct text text = {0};
    const struct leave_options options = {
        .calendar = "leave", .source = "test.ics", .owner = owner};
    CLEANUP(calendar_leave_free)
    struct calendar_leave *leave = calendar_leave_new(list, &sample_policy, &options);
    for (size_t i = 0; i < leave->absence_count; i++) {
        struct civil from = civil_from_msec(leave->absences[i].start_at);
        struct civil until = civil_from_msec(leave->absences[i].end_at);
        text_addf(&text, "%s %d.%d-%d.%d\n", leave->absences[i].user, from.day, from.hour,
                  until.day, until.hour);
    }
    for (size_t i = 0; i < leave->warning_count; i++)
        text_addf(&text, "%s\n", leave->warnings[i].code);
    assert_string_equal(text_string(&text), expected);
}

static void every_event_of_a_persons_own_calendar_is_leave(void **state)
{
    (void)state;
    expect_leave(BEGIN EVENT("UID:1\r\nSUMMARY:Lisbon with bob\r\n" SHIFT("10"))
                     EVENT("UID:2\r\n" SHIFT("12")) END,
                 "ann", "ann 10.8-10.16\nann 12.8-12.16\n");
}

static void a_teams_calendar_of_leave_names_people_beside_words(void **state)
{
    (void)state;
    expect_leave(BEGIN EVENT("UID:1\r\nSUMMARY:Ann Ops vacation\r\n" SHIFT("10"))
                     EVENT("UID:2\r\nSUMMARY:out of office: Bob Brown\r\n" SHIFT("11"))
                         EVENT("UID:3\r\nSUMMARY:J\xC3\xB6rg M\xC3\xBCller Urlaub\r\n" SHIFT("12"))
                             EVENT("UID:4\r\nSUMMARY:pat\r\n" SHIFT("13"))
                                 EVENT("UID:5\r\nSUMMARY:zoe away\r\n" SHIFT("14")) END,
                 NULL,
                 "ann 10.8-10.16\nbob 11.8-11.16\njoerg 12.8-12.16\npat 13.8-13.16\nE-NOBODY\n");
}

static void overlapping_leave_adds_up(void **state)
{
    (void)state;
    expect_leave(
        BEGIN EVENT(
            "UID:1\r\nSUMMARY:ann\r\nDTSTART:20260310T080000Z\r\nDTEND:20260312T080000Z\r\n")
            EVENT("UID:2\r\nSUMMARY:ann\r\nDTSTART:20260311T080000Z\r\nDTEND:20260311T100000Z\r\n")
                EVENT("UID:3\r\nSUMMARY:[L9] ann\r\nDTSTART:20260312T080000Z\r\n"
                      "DTEND:20260313T080000Z\r\n") END,
        NULL, "ann 10.8-13.8\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_description_and_the_place_name_nobody),
        cmocka_unit_test(a_shift_begins_at_its_first_second_and_ends_just_before_its_last),
        cmocka_unit_test(an_exception_that_is_a_date_takes_out_that_day),
        cmocka_unit_test(cancelled_events_do_not_count_tentative_and_free_ones_do),
        cmocka_unit_test(tasks_journals_and_alarms_are_no_shifts),
        cmocka_unit_test(a_category_names_a_person_when_nothing_else_does),
        cmocka_unit_test(an_override_in_the_calendar_itself_lies_above_its_layer),
        cmocka_unit_test(with_overlap_all_everybody_is_on_call_in_order_of_start),
        cmocka_unit_test(every_event_of_a_persons_own_calendar_is_leave),
        cmocka_unit_test(a_teams_calendar_of_leave_names_people_beside_words),
        cmocka_unit_test(overlapping_leave_adds_up),
        cmocka_unit_test(how_a_file_is_written_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
