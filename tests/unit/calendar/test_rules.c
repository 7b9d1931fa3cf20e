/* SPDX-License-Identifier: MIT */
/* Rules of docs/calendars.md that no test beside this one shows by itself. */
#include "people_sample.h"

#include "calendar/layers.h"

#define ANN "UID:1\r\nSUMMARY:ann\r\n"
#define SHIFT(day)                                        \
    "DTSTART;TZID=Europe/Berlin:202603" day "T090000\r\n" \
    "DTEND;TZID=Europe/Berlin:202603" day "T170000\r\n"

static struct calendar_rota *rota_of(const char *ics)
{
    CLEANUP(shift_list_free) struct shift_list *list = expand(ics);
    const struct layer_options options = {.calendar = "db", .source = "test.ics"};
    return calendar_rota_new(list, &sample_policy, &options);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shift_begins_at_its_first_second_and_ends_just_before_its_last),
        cmocka_unit_test(an_exception_that_is_a_date_takes_out_that_day),
        cmocka_unit_test(cancelled_events_do_not_count_tentative_and_free_ones_do),
        cmocka_unit_test(tasks_journals_and_alarms_are_no_shifts),
        cmocka_unit_test(how_a_file_is_written_makes_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
