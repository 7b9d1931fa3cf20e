/* SPDX-License-Identifier: MIT */
/* Shifts around changes of the clocks, against answers typed by hand. */
#include "sample.h"

#include "base/json.h"

#define FOLDER TESTS_DIR "/fixtures/ical/dst/"

static void case_check(const struct json *json)
{
    CLEANUP(text_clear) struct text path = {0};
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(text_clear) struct text expected = {0};
    text_addf(&path, "%s%s.ics", FOLDER, json_string(json, "id"));
    file_load(text_string(&path), &bytes);
    struct shift_list *list = expand_bytes(text_span(&bytes), json_string(json, "tz"),
                                           json_string(json, "from"), json_string(json, "to"));
    for (const struct json *row = json_find(json, "expect")->first; row != NULL; row = row->next)
        text_addf(&expected, "%s %s %s\n", row->first->text, row->first->next->text,
                  row->first->next->next->text);
    char *text = shifts_text(list);
    if (strcmp(text, text_string(&expected)) != 0)
        fail_msg("%s (%s):\n%sexpected:\n%s", json_string(json, "id"), json_string(json, "what"),
                 text, text_string(&expected));
    free(text);
    shift_list_free(list);
}

static void every_case_typed_by_hand_comes_out_to_the_second(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *cases;
    struct fault fault = {0};
    file_load(FOLDER "expected.json", &bytes);
    if (!json_parse(arena, text_span(&bytes), &cases, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(cases->count, 26);
    for (const struct json *one = cases->first; one != NULL; one = one->next)
        case_check(one);
}

/* A rotation of 24-hour shifts through the year, handed over at each half hour of the night. */
static void a_daily_handover_never_leaves_a_hole_whatever_its_hour(void **state)
{
    (void)state;
    static const char *const zones[] = {"Europe/Berlin", "America/Santiago", "Australia/Lord_Howe",
                                        "America/New_York", "Africa/Casablanca"};
    for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
        for (int half = 0; half < 48; half++) {
            CLEANUP(text_clear) struct text ics = {0};
            text_addf(&ics,
                      BEGIN "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:ann\r\n"
                            "DTSTART;TZID=%s:20251230T%02d%02d00\r\n"
                            "DTEND;TZID=%s:20251231T%02d%02d00\r\nRRULE:FREQ=DAILY\r\n"
                            "END:VEVENT\r\n" END,
                      zones[z], half / 2, half % 2 * 30, zones[z], half / 2, half % 2 * 30);
            struct shift_list *list = expand_bytes(text_span(&ics), "UTC", "2026-01-01T00:00:00Z",
                                                   "2027-01-01T00:00:00Z");
            assert_true(list->shift_count >= 365);
            for (size_t i = 1; i < list->shift_count; i++)
                assert_int_equal(list->shifts[i].start_at, list->shifts[i - 1].end_at);
            shift_list_free(list);
        }
    }
}

static void a_handover_at_a_time_that_does_not_exist_is_told(void **state)
{
    (void)state;
    struct shift_list *list =
        expand(BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\nDTSTART;TZID=Europe/Berlin:20260329T023000\r\n"
                           "DURATION:PT8H\r\n") END);
    assert_true(has_warning(list, "W-GAPTIME"));
    shift_list_free(list);
}

/* The note of the shift of one hour that starts or ends at that wall time. */
static void expect_note(const char *zone, const char *start, const char *end, const char *expected)
{
    CLEANUP(text_clear) struct text ics = {0};
    text_addf(&ics,
              BEGIN "BEGIN:VEVENT\r\nUID:1\r\nSUMMARY:ann\r\nDTSTART;TZID=%s:%s\r\n"
                    "DTEND;TZID=%s:%s\r\nEND:VEVENT\r\n" END,
              zone, start, zone, end);
    struct shift_list *list =
        expand_bytes(text_span(&ics), "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_int_equal(list->shift_count, 1);
    const char *note = list->shifts[0].clock_note;
    if (!string_is(note, expected))
        fail_msg("%s %s: \"%s\" is not \"%s\"", zone, start, note, expected);
    shift_list_free(list);
}

static void a_note_says_in_words_what_the_clocks_do_to_a_handover(void **state)
{
    (void)state;
    expect_note("Europe/Berlin", "20260329T023000", "20260329T120000",
                "02:30 on 29 Mar does not exist (clocks go from 02:00 to 03:00): it is 03:30");
    expect_note("Europe/Berlin", "20261025T023000", "20261025T120000",
                "02:30 on 25 Oct exists twice (clocks go back from 03:00 to 02:00): the first "
                "counts");
    expect_note("Europe/Berlin", "20260328T120000", "20260329T020000",
                "end: 02:00 on 29 Mar does not exist (clocks go from 02:00 to 03:00): it is 03:00");
    expect_note("Australia/Lord_Howe", "20261004T021500", "20261004T120000",
                "02:15 on 4 Oct does not exist (clocks go from 02:00 to 02:30): it is 02:45");
    expect_note("America/Santiago", "20260906T000000", "20260907T000000",
                "00:00 on 6 Sep does not exist (clocks go from 00:00 to 01:00): it is 01:00");
    expect_note("America/Santiago", "20260404T233000", "20260405T233000",
                "23:30 on 4 Apr exists twice (clocks go back from 00:00 on 5 Apr to 23:00): the "
                "first counts");
    expect_note("Europe/Berlin", "20260329T030000", "20260329T120000", NULL);
    expect_note("Europe/Berlin", "20260329T015959", "20260329T120000", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_typed_by_hand_comes_out_to_the_second),
        cmocka_unit_test(a_daily_handover_never_leaves_a_hole_whatever_its_hour),
        cmocka_unit_test(a_handover_at_a_time_that_does_not_exist_is_told),
        cmocka_unit_test(a_note_says_in_words_what_the_clocks_do_to_a_handover),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
