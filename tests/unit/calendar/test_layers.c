/* SPDX-License-Identifier: MIT */
#include "people_sample.h"

#include "calendar/layers.h"

#define SHIFT(uid, title, from, until)                                                          \
    EVENT("UID:" uid "\r\nSUMMARY:" title "\r\nDTSTART:202603" from "00Z\r\nDTEND:202603" until \
          "00Z\r\n")

static struct calendar_rota *rota_of(const char *ics, const char *layer)
{
    struct shift_list *list = expand(ics);
    struct layer_options options = {.calendar = "db", .source = "test.ics", .layer = layer};
    struct calendar_rota *rota = calendar_rota_new(list, &sample_policy, &options);
    shift_list_free(list);
    return rota;
}

/* "day.hour-day.hour users" of each segment. */
static void expect_segments(const char *ics, const char *layer, const char *expected)
{
    CLEANUP(calendar_rota_free) struct calendar_rota *rota = rota_of(ics, layer);
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < rota->rota.segment_count; i++) {
        const struct segment *segment = &rota->rota.segments[i];
        struct civil from = civil_from_msec(segment->start_at);
        struct civil until = civil_from_msec(segment->end_at);
        text_addf(&text, "%d.%d-%d.%d", from.day, from.hour, until.day, until.hour);
        for (size_t j = 0; j < segment->user_count; j++)
            text_addf(&text, " %s", segment->users[j]);
        text_add_char(&text, '\n');
    }
    assert_string_equal(text_string(&text), expected);
}

static bool rota_warns(const struct calendar_rota *rota, const char *code)
{
    for (size_t i = 0; i < rota->warning_count; i++)
        if (string_is(rota->warnings[i].code, code))
            return true;
    return false;
}

static void the_shift_that_starts_later_wins_and_the_other_goes_on_behind_it(void **state)
{
    (void)state;
    static const char ics[] =
        BEGIN SHIFT("1", "ann", "10T0800", "12T0800") SHIFT("2", "bob", "11T0000", "11T1200") END;
    expect_segments(ics, NULL, "10.8-11.0 ann\n11.0-11.12 bob\n11.12-12.8 ann\n");
    CLEANUP(calendar_rota_free) struct calendar_rota *rota = rota_of(ics, NULL);
    assert_true(rota_warns(rota, "W-OVERLAP"));
}

static void a_higher_level_wins_over_a_later_start(void **state)
{
    (void)state;
    expect_segments(BEGIN SHIFT("1", "[L2] ann", "10T0800", "12T0800")
                        SHIFT("2", "[L1] bob", "11T0000", "13T0000") END,
                    NULL, "10.8-12.8 ann\n12.8-13.0 bob\n");
}

static void of_two_that_start_together_the_shorter_then_the_smaller_uid_wins(void **state)
{
    (void)state;
    expect_segments(BEGIN SHIFT("1", "ann", "10T0800", "12T0800")
                        SHIFT("2", "bob", "10T0800", "11T0800") END,
                    NULL, "10.8-11.8 bob\n11.8-12.8 ann\n");
    expect_segments(BEGIN SHIFT("2", "bob", "10T0800", "11T0800")
                        SHIFT("1", "ann", "10T0800", "11T0800") END,
                    NULL, "10.8-11.8 ann\n");
}

static void two_people_in_one_title_are_both_on_call_in_order(void **state)
{
    (void)state;
    expect_segments(BEGIN SHIFT("1", "bob + ann", "10T0800", "12T0800") END, NULL,
                    "10.8-12.8 bob ann\n");
}

static void nobody_is_a_declared_hole_and_an_unknown_name_covers_nothing(void **state)
{
    (void)state;
    static const char ics[] = BEGIN SHIFT("1", "ann", "10T0800", "12T0800")
        SHIFT("2", "nobody", "11T0000", "11T1200") SHIFT("3", "an ops", "11T1400", "11T1600") END;
    expect_segments(ics, NULL, "10.8-11.0 ann\n11.0-11.12\n11.12-12.8 ann\n");
    CLEANUP(calendar_rota_free) struct calendar_rota *rota = rota_of(ics, NULL);
    assert_int_equal(rota->unknown_count, 1);
    assert_true(rota_warns(rota, "E-NOBODY"));
    assert_non_null(strstr(rota->warnings[0].text, "did you mean \"Ann Ops\""));
}

static void one_calendar_may_hold_both_layers(void **state)
{
    (void)state;
    static const char ics[] = BEGIN SHIFT("1", "ann", "10T0800", "12T0800")
        SHIFT("2", "secondary: bob", "10T0800", "12T0800")
            EVENT("UID:3\r\nSUMMARY:alice\r\nCATEGORIES:work,Secondary\r\n"
                  "DTSTART:20260312T080000Z\r\nDTEND:20260313T080000Z\r\n") END;
    expect_segments(ics, "primary", "10.8-12.8 ann\n");
    expect_segments(ics, "secondary", "10.8-12.8 bob\n12.8-13.8 alice\n");
}

static void a_calendar_that_only_says_busy_is_told_once(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of(BEGIN SHIFT("1", "Busy", "10T0800", "12T0800")
                                             SHIFT("2", "Busy", "12T0800", "13T0800") END,
                                         NULL);
    assert_int_equal(rota->warning_count, 1);
    assert_true(rota_warns(rota, "E-FREEBUSY-ONLY"));
    assert_int_equal(rota->rota.segment_count, 0);
}

static void controls_in_a_title_do_not_reach_the_rota(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota =
        rota_of(BEGIN SHIFT("1", "ann\\n:\x1B[31m", "10T0800", "12T0800") END, NULL);
    assert_int_equal(rota->rota.segment_count, 1);
    for (const char *byte = rota->rota.segments[0].summary; *byte != '\0'; byte++)
        assert_true((unsigned char)*byte >= 0x20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shift_that_starts_later_wins_and_the_other_goes_on_behind_it),
        cmocka_unit_test(a_higher_level_wins_over_a_later_start),
        cmocka_unit_test(of_two_that_start_together_the_shorter_then_the_smaller_uid_wins),
        cmocka_unit_test(two_people_in_one_title_are_both_on_call_in_order),
        cmocka_unit_test(nobody_is_a_declared_hole_and_an_unknown_name_covers_nothing),
        cmocka_unit_test(one_calendar_may_hold_both_layers),
        cmocka_unit_test(a_calendar_that_only_says_busy_is_told_once),
        cmocka_unit_test(controls_in_a_title_do_not_reach_the_rota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
