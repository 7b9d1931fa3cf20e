/* SPDX-License-Identifier: MIT */
/* What a new version of a calendar may change by itself, and how its changes are told. */
#include "people_sample.h"

#include "calendar/judge.h"

#define NOW "2026-03-02T12:00:00Z"
/* A day's shift at that day and hour of March, for so many days in a row. */
#define DAYS(uid, title, day, count)                                              \
    EVENT("UID:" uid "\r\nSUMMARY:" title "\r\nDTSTART:202603" day "T120000Z\r\n" \
          "DURATION:PT24H\r\nRRULE:FREQ=DAILY;COUNT=" count "\r\n")

/* Both versions, by layers when there are any. */
struct versions {
    struct shift_list *good;
    struct shift_list *fresh;
    struct calendar_rota *rotas[2][2];
    struct judged_layer layers[2];
    struct judged judged;
    char reason[JUDGE_REASON_MAX];
};

static void versions_make(struct versions *versions, const char *good, const char *fresh,
                          bool has_layers)
{
    static const char *const names[] = {"primary", "secondary"};
    memset(versions, 0, sizeof *versions);
    versions->good = good == NULL ? NULL : expand(good);
    versions->fresh = expand(fresh);
    size_t count = has_layers ? 2 : 1;
    for (size_t i = 0; i < count; i++) {
        const struct layer_options options = {
            .calendar = "db", .source = "test.ics", .layer = has_layers ? names[i] : NULL};
        if (good != NULL)
            versions->rotas[0][i] = calendar_rota_new(versions->good, &sample_policy, &options);
        versions->rotas[1][i] = calendar_rota_new(versions->fresh, &sample_policy, &options);
        versions->layers[i] = (struct judged_layer){versions->rotas[0][i], versions->rotas[1][i]};
    }
    versions->judged = (struct judged){.calendar = "db",
                                       .good = versions->good,
                                       .fresh = versions->fresh,
                                       .layers = versions->layers,
                                       .layer_count = count,
                                       .max_loss = 50,
                                       .now = at(NOW)};
}

static void versions_clear(struct versions *versions)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++)
            calendar_rota_free(versions->rotas[i][j]);
    shift_list_free(versions->good);
    shift_list_free(versions->fresh);
}

static enum version_verdict weigh(struct versions *versions, unsigned max_loss, bool is_confirmed)
{
    versions->judged.max_loss = max_loss;
    versions->judged.is_confirmed = is_confirmed;
    return calendar_weigh(&versions->judged, versions->reason);
}

static void a_version_that_loses_more_than_max_loss_is_held_until_it_is_confirmed(void **state)
{
    (void)state;
    struct versions versions;
    /* 14 days are covered before, 7 after: 50 percent are lost. */
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") END,
                  BEGIN DAYS("1", "ann", "02", "7") END, false);
    assert_int_equal(weigh(&versions, 50, false), VERDICT_ACCEPT);
    assert_string_equal(versions.reason, "");
    assert_int_equal(weigh(&versions, 49, false), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(versions.reason, "covers 7 d of the next 14 days, it was 14 d"));
    assert_non_null(strstr(versions.reason, "pagectl calendar accept db"));
    assert_int_equal(weigh(&versions, 49, true), VERDICT_ACCEPT);
    assert_int_equal(weigh(&versions, 100, false), VERDICT_ACCEPT);
    versions_clear(&versions);
}

static void with_a_max_loss_of_nothing_the_smallest_loss_is_held_and_of_all_none(void **state)
{
    (void)state;
    struct versions versions;
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") END,
                  BEGIN DAYS("1", "ann", "02", "13")
                      EVENT("UID:2\r\nSUMMARY:ann\r\nDTSTART:20260315T120100Z\r\n"
                            "DURATION:P5D\r\n") END,
                  false);
    assert_int_equal(weigh(&versions, 0, false), VERDICT_SUSPICIOUS);
    assert_int_equal(weigh(&versions, 1, false), VERDICT_ACCEPT);
    versions_clear(&versions);
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") END,
                  BEGIN DAYS("1", "ann", "28", "1") END, false);
    assert_int_equal(weigh(&versions, 100, false), VERDICT_ACCEPT);
    assert_int_equal(weigh(&versions, 99, false), VERDICT_SUSPICIOUS);
    versions_clear(&versions);
}

static void a_gain_or_a_swap_is_never_held(void **state)
{
    (void)state;
    struct versions versions;
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "7") END,
                  BEGIN DAYS("1", "bob", "02", "20") END, false);
    assert_int_equal(weigh(&versions, 0, false), VERDICT_ACCEPT);
    versions_clear(&versions);
}

static void nobody_is_a_statement_and_no_loss(void **state)
{
    (void)state;
    struct versions versions;
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") END,
                  BEGIN DAYS("1", "nobody", "02", "20") END, false);
    assert_int_equal(weigh(&versions, 0, false), VERDICT_ACCEPT);
    versions_clear(&versions);
}

static void a_layer_that_is_lost_is_not_hidden_by_the_other(void **state)
{
    (void)state;
    static const char good[] =
        BEGIN DAYS("1", "ann", "02", "20") DAYS("2", "secondary: bob", "02", "20") END;
    struct versions versions;
    versions_make(&versions, good, BEGIN DAYS("1", "ann", "02", "20") END, true);
    assert_int_equal(weigh(&versions, 50, false), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(versions.reason, "secondary covers 0 s"));
    versions_clear(&versions);
}

static void names_that_are_new_and_unknown_are_held_until_confirmed(void **state)
{
    (void)state;
    struct versions versions;
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") END,
                  BEGIN DAYS("1", "ann", "02", "12") EVENT(
                      "UID:2\r\nSUMMARY:On call: Xerxes\x1B[1m\r\nDTSTART:20260314T120000Z\r\n"
                      "DURATION:P1D\r\n") END,
                  false);
    assert_int_equal(weigh(&versions, 50, false), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(versions.reason, "\"xerxes"));
    assert_null(strchr(versions.reason, '\x1B'));
    assert_non_null(strstr(versions.reason, "pagectl calendar accept db"));
    assert_int_equal(weigh(&versions, 100, false), VERDICT_SUSPICIOUS);
    assert_int_equal(weigh(&versions, 50, true), VERDICT_ACCEPT);
    versions_clear(&versions);
}

static void a_slip_in_a_name_is_told_as_such_and_not_as_a_loss(void **state)
{
    (void)state;
    struct versions versions;
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") END,
                  BEGIN DAYS("1", "anb", "02", "20") END, false);
    assert_int_equal(weigh(&versions, 50, false), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(versions.reason, "\"anb\" (did you mean "));
    versions_clear(&versions);
}

static void names_that_the_good_version_has_too_or_that_come_later_are_not_held(void **state)
{
    (void)state;
    struct versions versions;
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") DAYS("2", "Xerxes", "25", "1") END,
                  BEGIN DAYS("1", "ann", "02", "20") DAYS("2", "On call: XERXES", "09", "1")
                      DAYS("3", "Yolanda", "25", "1") DAYS("4", "Zoe", "01", "1") END,
                  false);
    assert_int_equal(weigh(&versions, 50, false), VERDICT_ACCEPT);
    versions_clear(&versions);
    versions_make(&versions, NULL, BEGIN DAYS("2", "Xerxes", "09", "1") END, false);
    assert_int_equal(weigh(&versions, 0, false), VERDICT_ACCEPT);
    versions_clear(&versions);
}

static void many_unknown_names_are_counted(void **state)
{
    (void)state;
    struct versions versions;
    versions_make(&versions, BEGIN DAYS("1", "ann", "02", "20") END,
                  BEGIN DAYS("1", "ann", "02", "20") DAYS("2", "Uma", "09", "1")
                      DAYS("3", "Vera", "09", "1") DAYS("4", "Wim", "09", "1")
                          DAYS("5", "Xerxes", "09", "1") DAYS("6", "Yolanda", "09", "1") END,
                  false);
    assert_int_equal(weigh(&versions, 50, false), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(versions.reason, "\"uma\", \"vera\", \"wim\" and 2 more"));
    versions_clear(&versions);
}

static void a_reason_never_outgrows_its_room(void **state)
{
    (void)state;
    struct text file = {0};
    for (int i = 0; i < 400; i++)
        text_add(&file, "\xC3\xA4");
    const struct shift_event event = {.summary = "ann", .uid = "", .file = text_string(&file)};
    struct shift shift = {.start_at = at(NOW), .end_at = at(NOW) + DAY_MS, .event = &event};
    struct shift later = {
        .start_at = at(NOW) + 60 * DAY_MS, .end_at = at(NOW) + 61 * DAY_MS, .event = &event};
    const struct shift_list good = {.shifts = &shift, .shift_count = 1, .event_count = 1};
    const struct shift_list fresh = {.shifts = &later, .shift_count = 1, .event_count = 1};
    const struct judged judged = {.calendar = text_string(&file),
                                  .good = &good,
                                  .fresh = &fresh,
                                  .max_loss = 50,
                                  .now = at(NOW)};
    char reason[JUDGE_REASON_MAX];
    assert_int_equal(calendar_weigh(&judged, reason), VERDICT_SUSPICIOUS);
    assert_true(strlen(reason) < JUDGE_REASON_MAX);
    text_clear(&file);
}

static void expect_changes(const char *good, const char *fresh, const char *expected)
{
    CLEANUP(zone_free) struct zone *zone = NULL;
    struct fault fault = {0};
    if (!zone_load(ZONEINFO, "Europe/Berlin", &zone, &fault))
        fail_msg("%s", fault.text);
    struct versions versions;
    versions_make(&versions, good, fresh, false);
    CLEANUP(text_clear) struct text text = {0};
    (void)calendar_changes(&versions.rotas[0][0]->rota, &versions.rotas[1][0]->rota, &sample_policy,
                           at(NOW), at(NOW) + JUDGE_WINDOW_MS, zone, &text);
    assert_string_equal(text_string(&text), expected);
    versions_clear(&versions);
}

static void who_loses_and_who_gains_what_is_a_line_each(void **state)
{
    (void)state;
    expect_changes(
        BEGIN DAYS("1", "ann", "02", "7") DAYS("2", "bob", "09", "2") END,
        BEGIN DAYS("1", "ann", "02", "5") DAYS("2", "bob", "08", "3") DAYS("3", "nobody", "13", "1")
            DAYS("4", "pat + alice", "14", "1") END,
        "Ann Ops loses Sat 7 Mar 13:00 - Sun 8 Mar 13:00 CET (1 d); nobody has it\n"
        "Ann Ops loses Sun 8 Mar 13:00 - Mon 9 Mar 13:00 CET (1 d); Bob Brown has it\n"
        "Bob Brown gains Sun 8 Mar 13:00 - Mon 9 Mar 13:00 CET (1 d) from Ann Ops\n"
        "Pat O'Brien gains Sat 14 Mar 13:00 - Sun 15 Mar 13:00 CET (1 d), which nobody had\n"
        "Alice Adams gains Sat 14 Mar 13:00 - Sun 15 Mar 13:00 CET (1 d), which nobody "
        "had\n");
    expect_changes(BEGIN DAYS("1", "ann", "02", "2") END, BEGIN DAYS("1", "nobody", "03", "2") END,
                   "Ann Ops loses Mon 2 Mar 13:00 - Tue 3 Mar 13:00 CET (1 d); nobody has it\n"
                   "Ann Ops loses Tue 3 Mar 13:00 - Wed 4 Mar 13:00 CET (1 d); nobody has it, on "
                   "purpose\n");
    expect_changes(BEGIN DAYS("1", "ann", "02", "5") END,
                   BEGIN DAYS("1", "ann + bob", "02", "5") END,
                   "Bob Brown gains Mon 2 Mar 13:00 - Sat 7 Mar 13:00 CET (5 d) beside Ann Ops\n");
    expect_changes(BEGIN DAYS("1", "ann", "02", "5") END,
                   BEGIN DAYS("2", "ann", "02", "3") DAYS("3", "Ann Ops", "05", "2") END, "");
}

static void many_changes_are_cut_at_twenty_lines_and_counted(void **state)
{
    (void)state;
    struct segment segments[40];
    for (int i = 0; i < 40; i++)
        segments[i] = (struct segment){.start_at = i * 2 * HOUR_MS,
                                       .end_at = (i * 2 + 1) * HOUR_MS,
                                       .users = {"gone\x1B[1m\nx"},
                                       .user_count = 1};
    const struct rota good = {.segments = segments, .segment_count = 40};
    CLEANUP(zone_free) struct zone *zone = zone_fixed("UTC", 0);
    CLEANUP(text_clear) struct text text = {0};
    assert_int_equal(calendar_changes(&good, NULL, &sample_policy, 0, JUDGE_WINDOW_MS, zone, &text),
                     40);
    size_t lines = 0;
    for (size_t i = 0; i < text.size; i++)
        lines += text.bytes[i] == '\n';
    assert_int_equal(lines, CHANGES_SHOWN_MAX + 1);
    assert_non_null(strstr(text_string(&text), "\nand 20 more\n"));
    assert_null(strchr(text_string(&text), '\x1B'));
    text_reset(&text);
    assert_int_equal(calendar_changes(NULL, NULL, &sample_policy, 0, HOUR_MS, zone, &text), 0);
    assert_string_equal(text_string(&text), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_that_loses_more_than_max_loss_is_held_until_it_is_confirmed),
        cmocka_unit_test(with_a_max_loss_of_nothing_the_smallest_loss_is_held_and_of_all_none),
        cmocka_unit_test(a_gain_or_a_swap_is_never_held),
        cmocka_unit_test(nobody_is_a_statement_and_no_loss),
        cmocka_unit_test(a_layer_that_is_lost_is_not_hidden_by_the_other),
        cmocka_unit_test(names_that_are_new_and_unknown_are_held_until_confirmed),
        cmocka_unit_test(a_slip_in_a_name_is_told_as_such_and_not_as_a_loss),
        cmocka_unit_test(names_that_the_good_version_has_too_or_that_come_later_are_not_held),
        cmocka_unit_test(many_unknown_names_are_counted),
        cmocka_unit_test(a_reason_never_outgrows_its_room),
        cmocka_unit_test(who_loses_and_who_gains_what_is_a_line_each),
        cmocka_unit_test(many_changes_are_cut_at_twenty_lines_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
