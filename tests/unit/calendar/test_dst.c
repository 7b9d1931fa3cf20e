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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_typed_by_hand_comes_out_to_the_second),
        cmocka_unit_test(a_daily_handover_never_leaves_a_hole_whatever_its_hour),
        cmocka_unit_test(a_handover_at_a_time_that_does_not_exist_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
