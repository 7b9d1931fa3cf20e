/* SPDX-License-Identifier: MIT */
#include "people_sample.h"

#include "calendar/leave.h"

#define LEAVE(uid, title, from, until)                                         \
    EVENT("UID:" uid "\r\nSUMMARY:" title "\r\nDTSTART;VALUE=DATE:202603" from \
          "\r\nDTEND;VALUE=DATE:202603" until "\r\n")
#define HOURS(uid, title, from, until)                                                          \
    EVENT("UID:" uid "\r\nSUMMARY:" title "\r\nDTSTART:202603" from "00Z\r\nDTEND:202603" until \
          "00Z\r\n")

static const struct user holiday_users[] = {
    {.id = "ann", .name = "Ann Ops", .email = "ann@example.org"},
    {.id = "bh", .name = "Billie Holiday"},
    {.id = "bob", .name = "Bob Brown"},
    {.id = "pat", .name = "Pat O'Brien", .aliases = {"O'Brien, Pat"}, .alias_count = 1},
};
static const struct policy holiday_policy = {.users = holiday_users, .user_count = 4};

static struct calendar_leave *leave_of(const char *ics, const char *owner)
{
    CLEANUP(shift_list_free) struct shift_list *list = expand(ics);
    const struct leave_options options = {
        .calendar = "leave", .source = "test.ics", .owner = owner};
    return calendar_leave_new(list, &holiday_policy, &options);
}

/* "user day.hour-day.hour" of each, in March. */
static void expect_absences(const struct absence *absences, size_t count, const char *expected)
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < count; i++) {
        struct civil from = civil_from_msec(absences[i].start_at);
        struct civil until = civil_from_msec(absences[i].end_at);
        text_addf(&text, "%s %d.%d-%d.%d\n", absences[i].user, from.day, from.hour, until.day,
                  until.hour);
    }
    assert_string_equal(text_string(&text), expected);
}

/* The ids that a title of a team's calendar says are away, with commas. */
static void expect_away(const char *title, const char *expected)
{
    const struct shift_event event = {.summary = title, .uid = "1", .file = "test.ics"};
    struct shift shift = {.start_at = 0, .end_at = DAY_MS, .event = &event};
    const struct shift_list list = {.shifts = &shift, .shift_count = 1};
    const struct leave_options options = {.calendar = "leave", .source = "test.ics"};
    CLEANUP(calendar_leave_free)
    struct calendar_leave *leave = calendar_leave_new(&list, &holiday_policy, &options);
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < leave->absence_count; i++)
        text_addf(&text, "%s%s", i == 0 ? "" : ",", leave->absences[i].user);
    if (!string_is(text_string(&text), expected))
        fail_msg("\"%s\" is leave of \"%s\", not of \"%s\"", title, text_string(&text), expected);
    assert_int_equal(leave->warning_count, expected[0] == '\0');
}

static void words_for_leave_around_a_name_are_passed_over(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Ann", "ann"},
        {"ann@example.org", "ann"},
        {"Away: Ann Ops", "ann"},
        {"Ann Ops - vacation", "ann"},
        {"Ann off", "ann"},
        {"Ann OOO", "ann"},
        {"OOO Ann", "ann"},
        {"PTO: Bob Brown", "bob"},
        {"Bob is out of office", "bob"},
        {"Bob is on leave (Lisbon)", "bob"},
        {"Ann's day off", "ann"},
        {"Ann\xE2\x80\x99s holiday", "ann"},
        {"Sick leave Ann", "ann"},
        {"Urlaub Ann", "ann"},
        {"Bob Brown krank", "bob"},
        {"Ann, Bob", "ann,bob"},
        {"Ann & Bob off", "ann,bob"},
        {"Ann off / Bob sick", "ann,bob"},
        {"Ann and Bob on vacation", "ann,bob"},
        {"O'Brien, Pat: vacation", "pat"},
        {"Billie Holiday", "bh"},
        {"Billie Holiday holiday", "bh"},
        {"Vacation Billie Holiday", "bh"},
        {"Xerxes off", ""},
        {"Annoff", ""},
        {"Offann", ""},
        {"Public holiday", ""},
        {"off", ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_away(rows[i][0], rows[i][1]);
}

static void guests_of_a_leave_are_away_only_where_the_title_names_nobody(void **state)
{
    (void)state;
    static const char ics[] = BEGIN EVENT("UID:1\r\nSUMMARY:Ann on vacation\r\n"
                                          "ATTENDEE:mailto:bob\r\n"
                                          "DTSTART:20260310T000000Z\r\nDTEND:20260311T000000Z\r\n")
        EVENT("UID:2\r\nSUMMARY:Vacation\r\nATTENDEE:mailto:bob\r\n"
              "DTSTART:20260312T000000Z\r\nDTEND:20260313T000000Z\r\n")
            EVENT("UID:3\r\nSUMMARY:Ann off\r\nX-PAGERD-USER:pat\r\n"
                  "DTSTART:20260314T000000Z\r\nDTEND:20260315T000000Z\r\n") END;
    CLEANUP(calendar_leave_free) struct calendar_leave *leave = leave_of(ics, NULL);
    expect_absences(leave->absences, leave->absence_count,
                    "ann 10.0-11.0\nbob 12.0-13.0\npat 14.0-15.0\n");
}

static void every_event_of_a_persons_own_calendar_is_their_leave(void **state)
{
    (void)state;
    CLEANUP(calendar_leave_free)
    struct calendar_leave *leave = leave_of(BEGIN HOURS("1", "Lisbon", "10T0800", "12T0800")
                                                HOURS("2", "Bob Brown", "20T0800", "21T0800") END,
                                            "ann");
    expect_absences(leave->absences, leave->absence_count, "ann 10.8-12.8\nann 20.8-21.8\n");
    assert_string_equal(leave->absences[0].summary, "Lisbon");
    assert_string_equal(leave->absences[0].calendar, "leave");
    assert_int_equal(leave->absences[0].line, 3);
    assert_int_equal(leave->warning_count, 0);
}

static void leave_that_overlaps_or_touches_is_one_by_person(void **state)
{
    (void)state;
    CLEANUP(calendar_leave_free)
    struct calendar_leave *leave = leave_of(
        BEGIN HOURS("1", "bob", "10T0000", "12T0000") HOURS("2", "ann", "11T0000", "13T0000")
            HOURS("3", "bob", "11T0000", "14T0000") HOURS("4", "bob", "14T0000", "15T0000")
                HOURS("5", "bob", "15T0100", "16T0000")
                    HOURS("6", "ann + bob", "20T0000", "21T0000") END,
        NULL);
    expect_absences(leave->absences, leave->absence_count,
                    "ann 11.0-13.0\nann 20.0-21.0\nbob 10.0-15.0\nbob 15.1-16.0\nbob 20.0-21.0\n");
}

static void leave_of_nobody_known_is_told_with_who_may_be_meant(void **state)
{
    (void)state;
    CLEANUP(calendar_leave_free)
    struct calendar_leave *leave = leave_of(
        BEGIN EVENT("UID:1\r\nSUMMARY:Bob Braun on vacation\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
                    "DTSTART:20260310T000000Z\r\nDTEND:20260310T120000Z\r\n") END,
        NULL);
    assert_int_equal(leave->absence_count, 0);
    assert_int_equal(leave->warning_count, 1);
    assert_string_equal(leave->warnings[0].code, "E-NOBODY");
    assert_string_equal(leave->warnings[0].file, "test.ics");
    assert_int_equal(leave->warnings[0].line, 3);
    assert_non_null(strstr(leave->warnings[0].text, "did you mean \"Bob Brown\""));
}

static void leave_of_several_calendars_is_joined_for_the_roster(void **state)
{
    (void)state;
    CLEANUP(calendar_leave_free)
    struct calendar_leave *team = leave_of(BEGIN HOURS("1", "bob", "10T0000", "12T0000")
                                               HOURS("2", "ann", "11T0000", "13T0000") END,
                                           NULL);
    CLEANUP(calendar_leave_free)
    struct calendar_leave *own =
        leave_of(BEGIN HOURS("1", "Rome", "12T0000", "14T0000") END, "ann");
    const struct calendar_leave *const leaves[] = {team, own};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    size_t count;
    const struct absence *absences = absences_join(arena, leaves, 2, &count);
    expect_absences(absences, count, "ann 11.0-14.0\nbob 10.0-12.0\n");
    assert_string_equal(absences[0].summary, "ann");
    const struct roster roster = {.absences = absences, .absence_count = count};
    assert_non_null(roster_absence(&roster, "ann", at("2026-03-13T12:00:00Z"), NULL));
    assert_null(roster_absence(&roster, "bob", at("2026-03-12T00:00:00Z"), NULL));
    absences_join(arena, leaves, 0, &count);
    assert_int_equal(count, 0);
}

/* Any leave against one flag for each hour and person. */
static void leave_is_always_sorted_and_never_overlaps(void **state)
{
    (void)state;
    enum { HOURS_MAX = 200, EVENTS = 30 };
    uint32_t seed = 7;
    for (int round = 0; round < 300; round++) {
        static const char *const titles[] = {"ann", "bob", "pat off", "ann + bob"};
        static const unsigned masks[] = {1, 2, 4, 3};
        struct shift_event events[EVENTS];
        struct shift shifts[EVENTS];
        unsigned away[HOURS_MAX] = {0};
        size_t count = (size_t)round % EVENTS;
        for (size_t i = 0; i < count; i++) {
            seed = seed * 1664525u + 1013904223u;
            size_t title = (seed >> 8) % 4;
            size_t from = (seed >> 12) % (HOURS_MAX - 40);
            size_t until = from + 1 + (seed >> 24) % 39;
            events[i] = (struct shift_event){.summary = titles[title], .uid = "", .file = "a"};
            shifts[i] = (struct shift){.start_at = (msec)from * HOUR_MS,
                                       .end_at = (msec)until * HOUR_MS,
                                       .event = &events[i]};
            for (size_t hour = from; hour < until; hour++)
                away[hour] |= masks[title];
        }
        const struct shift_list list = {.shifts = shifts, .shift_count = count};
        const struct leave_options options = {.calendar = "leave", .source = "a"};
        CLEANUP(calendar_leave_free)
        struct calendar_leave *leave = calendar_leave_new(&list, &holiday_policy, &options);
        for (size_t i = 1; i < leave->absence_count; i++) {
            const struct absence *before = &leave->absences[i - 1];
            int order = strcmp(before->user, leave->absences[i].user);
            assert_true(order < 0 || (order == 0 && before->end_at < leave->absences[i].start_at));
        }
        const struct roster roster = {.absences = leave->absences,
                                      .absence_count = leave->absence_count};
        static const char *const ids[] = {"ann", "bob", "pat"};
        for (size_t hour = 0; hour < HOURS_MAX; hour++)
            for (size_t user = 0; user < 3; user++) {
                bool is_away =
                    roster_absence(&roster, ids[user], (msec)hour * HOUR_MS, NULL) != NULL;
                assert_int_equal(is_away, (away[hour] >> user) & 1);
            }
    }
}

static void
every_event_of_a_calendar_of_holidays_is_one_and_those_that_overlap_are_merged(void **state)
{
    (void)state;
    CLEANUP(shift_list_free)
    struct shift_list *list =
        expand(BEGIN LEAVE("1", "Labour Day", "10", "11") LEAVE("2", "The same", "10", "11") HOURS(
            "3", "Half a day", "09T1100", "09T2300") HOURS("4", "Party", "20T1000", "20T1400") END);
    CLEANUP(calendar_holidays_free)
    struct calendar_holidays *berlin = calendar_holidays_new(list, "berlin");
    CLEANUP(calendar_holidays_free)
    struct calendar_holidays *again = calendar_holidays_new(list, "again");
    assert_int_equal(berlin->holiday_count, 3);
    assert_int_equal(berlin->holidays[0].end_at, berlin->holidays[1].start_at);
    assert_string_equal(berlin->holidays[1].summary, "Labour Day");
    const struct calendar_holidays *const lists[] = {berlin, again};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    size_t count;
    const struct holiday *joined = holidays_join(arena, lists, 2, &count);
    assert_int_equal(count, 6);
    assert_string_equal(joined[0].calendar, "again");
    assert_string_equal(joined[3].calendar, "berlin");
    const struct roster roster = {.holidays = joined, .holiday_count = count};
    assert_non_null(roster_holiday(&roster, "berlin", at("2026-03-20T12:00:00Z")));
    assert_null(roster_holiday(&roster, "berlin", at("2026-03-20T15:00:00Z")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_for_leave_around_a_name_are_passed_over),
        cmocka_unit_test(guests_of_a_leave_are_away_only_where_the_title_names_nobody),
        cmocka_unit_test(every_event_of_a_persons_own_calendar_is_their_leave),
        cmocka_unit_test(leave_that_overlaps_or_touches_is_one_by_person),
        cmocka_unit_test(leave_of_nobody_known_is_told_with_who_may_be_meant),
        cmocka_unit_test(leave_of_several_calendars_is_joined_for_the_roster),
        cmocka_unit_test(leave_is_always_sorted_and_never_overlaps),
        cmocka_unit_test(
            every_event_of_a_calendar_of_holidays_is_one_and_those_that_overlap_are_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
