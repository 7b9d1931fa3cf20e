/* SPDX-License-Identifier: MIT */
#include "people_sample.h"

#include "calendar/layers.h"

#define SHIFT(uid, title, from, until)                                                          \
    EVENT("UID:" uid "\r\nSUMMARY:" title "\r\nDTSTART:202603" from "00Z\r\nDTEND:202603" until \
          "00Z\r\n")

static struct calendar_rota *rota_by(const char *ics, const struct policy *policy,
                                     const struct layer_options *options)
{
    struct shift_list *list = expand(ics);
    struct calendar_rota *rota = calendar_rota_new(list, policy, options);
    shift_list_free(list);
    return rota;
}

static struct calendar_rota *rota_of(const char *ics, const char *layer)
{
    const struct layer_options options = {.calendar = "db", .source = "test.ics", .layer = layer};
    return rota_by(ics, &sample_policy, &options);
}

static struct calendar_rota *rota_of_all(const char *ics)
{
    const struct layer_options options = {
        .calendar = "db", .source = "test.ics", .pages_all = true};
    return rota_by(ics, &sample_policy, &options);
}

/* "day.hour-day.hour users" of each segment. */
static void expect_rota(const struct calendar_rota *rota, const char *expected)
{
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

static void expect_segments(const char *ics, const char *layer, const char *expected)
{
    CLEANUP(calendar_rota_free) struct calendar_rota *rota = rota_of(ics, layer);
    expect_rota(rota, expected);
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

#define CATEGORY(uid, title, category, from, until)                                            \
    EVENT("UID:" uid "\r\nSUMMARY:" title "\r\nCATEGORIES:" category "\r\nDTSTART:202603" from \
          "00Z\r\nDTEND:202603" until "00Z\r\n")

static void an_event_says_its_layer_by_category_then_by_prefix(void **state)
{
    (void)state;
    static const char ics[] = BEGIN CATEGORY("1", "ann", "Secondary", "10T0000", "11T0000")
        CATEGORY("2", "primary: bob", "secondary", "11T0000", "12T0000")
            SHIFT("3", "[L1] Secondary: [L2] alice", "12T0000", "13T0000")
                SHIFT("4", "oncall: pat", "13T0000", "14T0000")
                    SHIFT("5", "primary: joerg", "14T0000", "15T0000") END;
    expect_segments(ics, "secondary", "10.0-11.0 ann\n11.0-12.0 bob\n12.0-13.0 alice\n");
    expect_segments(ics, "primary", "14.0-15.0 joerg\n");
    expect_segments(ics, "oncall", "13.0-14.0 pat\n");
}

static void what_names_no_layer_of_the_calendar_is_of_the_first_that_the_team_has(void **state)
{
    (void)state;
    static const struct team team = {
        .roles = {[ROLE_SECONDARY] = {.calendar = "db", .layer = "secondary"},
                  [ROLE_ONCALL] = {.calendar = "db", .layer = "oncall"}}};
    struct policy policy = sample_policy;
    policy.teams = &team;
    policy.team_count = 1;
    static const char ics[] = BEGIN SHIFT("1", "ann", "10T0000", "11T0000")
        SHIFT("2", "primary: bob", "11T0000", "12T0000")
            SHIFT("3", "oncall: alice", "12T0000", "13T0000") END;
    struct layer_options options = {.calendar = "db", .source = "test.ics", .layer = "secondary"};
    CLEANUP(calendar_rota_free) struct calendar_rota *first = rota_by(ics, &policy, &options);
    expect_rota(first, "10.0-11.0 ann\n11.0-12.0 bob\n");
    assert_string_equal(first->rota.layer, "secondary");
    options.layer = "oncall";
    CLEANUP(calendar_rota_free) struct calendar_rota *second = rota_by(ics, &policy, &options);
    expect_rota(second, "12.0-13.0 alice\n");
}

static void an_override_by_category_or_prefix_lies_over_every_level(void **state)
{
    (void)state;
    static const char ics[] = BEGIN SHIFT("1", "[L9] ann", "10T0000", "12T0000")
        CATEGORY("2", "bob", "work,Override", "10T0600", "10T1200")
            SHIFT("3", "override: secondary: alice", "10T1200", "10T1800")
                SHIFT("4", "Override: pat", "11T0000", "11T0600") END;
    expect_segments(ics, NULL,
                    "10.0-10.6 ann\n10.6-10.12 bob\n10.12-10.18 alice\n10.18-11.0 ann\n"
                    "11.0-11.6 pat\n11.6-12.0 ann\n");
    expect_segments(ics, "secondary", "10.12-10.18 alice\n");
    CLEANUP(calendar_rota_free) struct calendar_rota *rota = rota_of(ics, NULL);
    assert_false(rota_warns(rota, "W-OVERLAP"));
}

static void a_level_counts_behind_the_word_of_the_layer_too(void **state)
{
    (void)state;
    expect_segments(BEGIN SHIFT("1", "secondary: [L2] ann", "10T0000", "12T0000")
                        SHIFT("2", "secondary: bob", "11T0000", "12T0000") END,
                    "secondary", "10.0-12.0 ann\n");
    /* What is no digit is no level. */
    expect_segments(BEGIN SHIFT("1", "[Lz] - ann", "10T0000", "12T0000")
                        SHIFT("2", "[L9] primary: bob", "10T0000", "12T0000") END,
                    NULL, "10.0-12.0 bob\n");
}

static void with_overlap_all_everybody_is_on_call_in_order_of_start_then_uid(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of_all(BEGIN SHIFT("2", "bob", "10T0800", "12T0800") SHIFT(
        "1", "ann", "11T0000", "11T1200") SHIFT("0", "pat", "11T0000", "13T0000") END);
    expect_rota(rota, "10.8-11.0 bob\n11.0-11.12 bob pat ann\n11.12-12.8 bob pat\n"
                      "12.8-13.0 pat\n");
    assert_string_equal(rota->rota.segments[1].summary, "bob + pat + ann");
    assert_string_equal(rota->rota.segments[1].uid, "2");
    assert_int_equal(rota->warning_count, 0);
}

static void with_overlap_all_a_higher_level_or_an_override_still_wins_alone(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of_all(
        BEGIN SHIFT("1", "ann", "10T0000", "12T0000") SHIFT("2", "bob", "10T0000", "12T0000")
            SHIFT("3", "[L1] pat", "10T0600", "10T1200")
                SHIFT("4", "override: alice", "10T0900", "10T1500") END);
    expect_rota(rota, "10.0-10.6 ann bob\n10.6-10.9 pat\n10.9-10.15 alice\n10.15-12.0 ann bob\n");
}

static void with_overlap_all_nobody_is_a_hole_only_where_it_is_alone(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of_all(BEGIN SHIFT("1", "nobody", "10T0000", "12T0000")
                                                 SHIFT("2", "ann", "11T0000", "13T0000") END);
    expect_rota(rota, "10.0-11.0\n11.0-13.0 ann\n");
    assert_string_equal(rota->rota.segments[1].summary, "ann");
}

static void with_overlap_all_more_people_than_can_be_paged_are_cut_and_told_once(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of_all(
        BEGIN SHIFT("1", "ann + bob", "10T0000", "12T0000") SHIFT("2", "bob", "10T0000", "12T0000")
            SHIFT("3", "pat + alice", "10T0000", "12T0000")
                SHIFT("4", "joerg@x", "10T0000", "12T0000")
                    SHIFT("5", "J\xC3\xB6rg M\xC3\xBCller", "10T0000", "12T0000")
                        SHIFT("6", "bob", "11T0000", "11T0600") END);
    expect_rota(rota, "10.0-12.0 ann bob pat alice\n");
    size_t told = 0;
    for (size_t i = 0; i < rota->warning_count; i++)
        told += string_is(rota->warnings[i].code, "W-LINE");
    assert_int_equal(told, 1);
}

static bool is_o57(const void *context, const char *override)
{
    (void)context;
    return string_is(override, "o57");
}

static void an_override_that_pagerd_wrote_counts_only_when_it_is_released(void **state)
{
    (void)state;
    static const char ics[] = BEGIN SHIFT("1", "ann", "10T0000", "12T0000")
        EVENT("UID:2\r\nSUMMARY:bob\r\nX-PAGERD-OVERRIDE:o57\r\n"
              "DTSTART:20260310T060000Z\r\nDTEND:20260310T120000Z\r\n")
            EVENT("UID:3\r\nSUMMARY:nobody known\r\nX-PAGERD-OVERRIDE:o58\r\n"
                  "DTSTART:20260311T060000Z\r\nDTEND:20260311T120000Z\r\n") END;
    struct layer_options options = {.calendar = "db", .source = "test.ics"};
    CLEANUP(calendar_rota_free)
    struct calendar_rota *none = rota_by(ics, &sample_policy, &options);
    expect_rota(none, "10.0-12.0 ann\n");
    assert_int_equal(none->unknown_count, 0);
    options.is_released = is_o57;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *one = rota_by(ics, &sample_policy, &options);
    expect_rota(one, "10.0-10.6 ann\n10.6-10.12 bob\n10.12-12.0 ann\n");
    assert_int_equal(one->unknown_count, 0);
}

static void a_segment_says_which_rule_made_it_and_what_the_clocks_do_to_it(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota =
        rota_of(BEGIN EVENT("UID:1\r\nSUMMARY:ann\r\nRRULE:FREQ=DAILY;COUNT=3\r\n"
                            "DTSTART;TZID=Europe/Berlin:20260328T023000\r\n"
                            "DTEND;TZID=Europe/Berlin:20260328T090000\r\n")
                    SHIFT("2", "bob", "31T0000", "31T0600") END,
                NULL);
    assert_int_equal(rota->rota.segment_count, 4);
    assert_string_equal(rota->rota.segments[0].rule, "FREQ=DAILY;COUNT=3");
    assert_null(rota->rota.segments[0].clock_note);
    assert_non_null(strstr(rota->rota.segments[1].clock_note, "02:30"));
    assert_null(rota->rota.segments[3].rule);
}

static void a_shift_that_names_nobody_known_is_kept_by_name_and_time(void **state)
{
    (void)state;
    CLEANUP(calendar_rota_free)
    struct calendar_rota *rota = rota_of(BEGIN SHIFT("1", "On call: Xerxes", "10T0000", "12T0000")
                                             SHIFT("2", "ann", "12T0000", "13T0000") END,
                                         NULL);
    assert_int_equal(rota->unknowns_kept, 1);
    assert_string_equal(rota->unknowns[0].name, "xerxes");
    assert_int_equal(rota->unknowns[0].start_at, at("2026-03-10T00:00:00Z"));
    assert_int_equal(rota->unknowns[0].end_at, at("2026-03-12T00:00:00Z"));
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
        cmocka_unit_test(an_event_says_its_layer_by_category_then_by_prefix),
        cmocka_unit_test(what_names_no_layer_of_the_calendar_is_of_the_first_that_the_team_has),
        cmocka_unit_test(an_override_by_category_or_prefix_lies_over_every_level),
        cmocka_unit_test(a_level_counts_behind_the_word_of_the_layer_too),
        cmocka_unit_test(with_overlap_all_everybody_is_on_call_in_order_of_start_then_uid),
        cmocka_unit_test(with_overlap_all_a_higher_level_or_an_override_still_wins_alone),
        cmocka_unit_test(with_overlap_all_nobody_is_a_hole_only_where_it_is_alone),
        cmocka_unit_test(with_overlap_all_more_people_than_can_be_paged_are_cut_and_told_once),
        cmocka_unit_test(an_override_that_pagerd_wrote_counts_only_when_it_is_released),
        cmocka_unit_test(a_segment_says_which_rule_made_it_and_what_the_clocks_do_to_it),
        cmocka_unit_test(a_shift_that_names_nobody_known_is_kept_by_name_and_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
