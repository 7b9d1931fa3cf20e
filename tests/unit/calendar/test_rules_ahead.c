/* SPDX-License-Identifier: MIT */
/* Rules of docs/calendars.md for what is told ahead: holidays, clashes, and versions held back. */
#include "people_sample.h"

#include "calendar/clash.h"
#include "calendar/coverage.h"
#include "calendar/judge.h"
#include "calendar/layers.h"

#define FROM "2026-03-02T00:00:00Z" /* a Monday */
#define UNTIL "2026-03-09T00:00:00Z"

static struct zone *berlin(void)
{
    struct zone *zone;
    struct fault fault = {0};
    if (!zone_load(ZONEINFO, "Europe/Berlin", &zone, &fault))
        fail_msg("%s", fault.text);
    return zone;
}

/* Monday to Friday 08:00 to 18:00. */
static const struct week_window office[] = {
    {480, 1080},
    {1440 + 480, 1440 + 1080},
    {2880 + 480, 2880 + 1080},
    {4320 + 480, 4320 + 1080},
    {5760 + 480, 5760 + 1080},
};

static msec gaps_sum(const struct team *team, const struct roster *roster)
{
    static struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    msec sum = 0;
    size_t count = coverage_gaps(team, ROLE_PRIMARY, roster, at(FROM), at(UNTIL), gaps);
    for (size_t i = 0; i < count; i++)
        sum += gaps[i].end_at - gaps[i].start_at;
    return sum;
}

static void a_holiday_counts_as_a_sunday_for_coverage(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    struct team team = {.zone = zone,
                        .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                        .coverage = office,
                        .coverage_count = 5};
    const struct holiday days[] = {
        {.calendar = "days",
         .start_at = at("2026-03-03T23:00:00Z"),
         .end_at = at("2026-03-04T23:00:00Z")},
        {.calendar = "other", .start_at = at(FROM), .end_at = at(UNTIL)},
    };
    const struct roster roster = {.holidays = days, .holiday_count = 2};
    assert_int_equal(gaps_sum(&team, &roster), 50 * HOUR_MS);
    assert_true(coverage_is_declared(&team, &roster, at("2026-03-04T10:00:00Z")));
    team.holidays = "days";
    assert_int_equal(gaps_sum(&team, &roster), 40 * HOUR_MS);
    assert_false(coverage_is_declared(&team, &roster, at("2026-03-04T10:00:00Z")));
    assert_true(coverage_is_declared(&team, &roster, at("2026-03-05T10:00:00Z")));

    /* A team that is covered on Sundays is covered on holidays; always is always. */
    static const struct week_window sunday[] = {{8640 + 600, 8640 + 720}};
    team.coverage = sunday;
    team.coverage_count = 1;
    assert_true(coverage_is_declared(&team, &roster, at("2026-03-04T10:00:00Z")));
    assert_false(coverage_is_declared(&team, &roster, at("2026-03-05T10:00:00Z")));
    team.is_always_covered = true;
    assert_int_equal(gaps_sum(&team, &roster), 7 * DAY_MS);
}

static void an_override_made_in_pagerd_fills_a_gap(void **state)
{
    (void)state;
    struct coverage_gap gaps[COVERAGE_GAPS_MAX] = {
        {at("2026-03-03T10:00:00Z"), at("2026-03-03T18:00:00Z"), false}};
    size_t count = coverage_fill(gaps, 1, at("2026-03-03T12:00:00Z"), at("2026-03-03T14:00:00Z"));
    assert_int_equal(count, 2);
    assert_int_equal(gaps[0].end_at, at("2026-03-03T12:00:00Z"));
    assert_int_equal(gaps[1].start_at, at("2026-03-03T14:00:00Z"));
    count = coverage_fill(gaps, count, at("2026-03-03T00:00:00Z"), at("2026-03-04T00:00:00Z"));
    assert_int_equal(count, 0);
}

#define ON(user, from, until)                                                       \
    {                                                                               \
        .start_at = at(from), .end_at = at(until), .users = {user}, .user_count = 1 \
    }

static void expect_clashes(const struct policy *policy, const struct roster *roster,
                           const char *expected)
{
    static struct clash_list list;
    CLEANUP(text_clear) struct text text = {0};
    clashes_find(policy, roster, at(FROM), at(UNTIL), &list);
    for (size_t i = 0; i < list.count; i++) {
        const struct clash *clash = &list.items[i];
        char start[INSTANT_TEXT_SIZE], end[INSTANT_TEXT_SIZE];
        text_addf(&text, "%s %s %s %s\n", clash->code, clash->user->id,
                  instant_render(clash->start_at, start), instant_render(clash->end_at, end));
    }
    assert_string_equal(text_string(&text), expected);
}

static void one_person_twice_at_once_and_on_call_while_away_is_told_ahead(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct segment first[] = {ON("ann", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
                                    ON("bob", "2026-03-04T00:00:00Z", "2026-03-06T00:00:00Z")};
    const struct segment second[] = {ON("ann", "2026-03-03T12:00:00Z", "2026-03-03T18:00:00Z"),
                                     ON("pat", "2026-03-03T18:00:00Z", "2026-03-06T00:00:00Z")};
    const struct segment web[] = {ON("bob", "2026-03-05T00:00:00Z", "2026-03-05T06:00:00Z")};
    const struct rota rotas[] = {
        {.calendar = "first", .segments = first, .segment_count = 2},
        {.calendar = "second", .segments = second, .segment_count = 2},
        {.calendar = "web", .segments = web, .segment_count = 1},
    };
    const struct absence away[] = {{.user = "pat",
                                    .start_at = at("2026-03-05T20:00:00Z"),
                                    .end_at = at("2026-03-20T00:00:00Z"),
                                    .calendar = "leave",
                                    .source = "leave.ics",
                                    .summary = "Lisbon"}};
    const struct roster roster = {
        .rotas = rotas, .rota_count = 3, .absences = away, .absence_count = 1};
    const struct team teams[] = {
        {.id = "db",
         .zone = zone,
         .roles =
             {[ROLE_PRIMARY] = {.calendar = "first"}, [ROLE_SECONDARY] = {.calendar = "second"}}},
        {.id = "web", .zone = zone, .roles = {[ROLE_ONCALL] = {.calendar = "web"}}},
    };
    struct policy policy = sample_policy;
    policy.zone = zone;
    policy.teams = teams;
    policy.team_count = 2;
    expect_clashes(&policy, &roster,
                   "W-TWO-ROLES ann 2026-03-03T12:00:00Z 2026-03-03T18:00:00Z\n"
                   "W-TWO-TEAMS bob 2026-03-05T00:00:00Z 2026-03-05T06:00:00Z\n"
                   "W-AWAY pat 2026-03-05T20:00:00Z 2026-03-06T00:00:00Z\n");
}

#define DAY(uid, who, day) \
    EVENT("UID:" uid "\r\nSUMMARY:" who "\r\nDTSTART:202603" day "T000000Z\r\nDURATION:PT24H\r\n")

static enum verdict weigh(const char *good, const char *fresh, unsigned max_loss, bool is_confirmed,
                          char reason[JUDGE_REASON_MAX])
{
    const struct layer_options options = {.calendar = "db", .source = "test.ics"};
    CLEANUP(shift_list_free) struct shift_list *before = expand(good), *after = expand(fresh);
    CLEANUP(calendar_rota_free)
    struct calendar_rota *old = calendar_rota_new(before, &sample_policy, &options);
    CLEANUP(calendar_rota_free)
    struct calendar_rota *new = calendar_rota_new(after, &sample_policy, &options);
    const struct judged_layer layer = {.good = old, .fresh = new};
    const struct judged judged = {.calendar = "db",
                                  .good = before,
                                  .fresh = after,
                                  .layers = &layer,
                                  .layer_count = 1,
                                  .max_loss = max_loss,
                                  .now = at(FROM),
                                  .is_confirmed = is_confirmed};
    return calendar_weigh(&judged, reason);
}

static void losing_more_than_max_loss_is_held_back_until_confirmed(void **state)
{
    (void)state;
    static const char good[] = BEGIN DAY("1", "ann", "03") DAY("2", "bob", "04")
        DAY("3", "ann", "05") DAY("4", "bob", "06") END;
    static const char less[] =
        BEGIN DAY("1", "ann", "03") DAY("2", "bob", "04") DAY("3", "ann", "05") END;
    char reason[JUDGE_REASON_MAX] = "";
    assert_int_equal(weigh(good, less, 50, false, reason), VERDICT_ACCEPT);
    assert_int_equal(weigh(good, less, 25, false, reason), VERDICT_ACCEPT);
    assert_int_equal(weigh(good, less, 24, false, reason), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(reason, "pagectl calendar accept db"));
    assert_int_equal(weigh(good, less, 24, true, reason), VERDICT_ACCEPT);
}

static void a_version_that_names_unknown_people_is_held_back_until_confirmed(void **state)
{
    (void)state;
    static const char good[] =
        BEGIN DAY("1", "ann", "03") DAY("2", "bob", "04") DAY("3", "zoe", "05") END;
    static const char slip[] =
        BEGIN DAY("1", "ann", "03") DAY("2", "bbo", "04") DAY("3", "zoe", "05") END;
    static const char late[] = BEGIN DAY("1", "ann", "03") DAY("2", "bob", "04")
        DAY("3", "zoe", "05") DAY("4", "bbo", "30") END;
    char reason[JUDGE_REASON_MAX] = "";
    assert_int_equal(weigh(good, slip, 100, false, reason), VERDICT_SUSPICIOUS);
    assert_non_null(strstr(reason, "bbo"));
    assert_null(strstr(reason, "zoe"));
    assert_int_equal(weigh(good, slip, 100, true, reason), VERDICT_ACCEPT);
    assert_int_equal(weigh(good, good, 100, false, reason), VERDICT_ACCEPT);
    assert_int_equal(weigh(good, late, 100, false, reason), VERDICT_ACCEPT);
}

static void what_is_held_back_says_who_loses_and_who_gains_what(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    CLEANUP(text_clear) struct text text = {0};
    const struct segment good[] = {ON("ann", "2026-03-03T08:00:00Z", "2026-03-04T08:00:00Z"),
                                   ON("bob", "2026-03-04T08:00:00Z", "2026-03-05T08:00:00Z")};
    const struct segment fresh[] = {ON("bob", "2026-03-04T08:00:00Z", "2026-03-04T20:00:00Z"),
                                    ON("ann", "2026-03-04T20:00:00Z", "2026-03-05T08:00:00Z")};
    const struct rota before = {.calendar = "db", .segments = good, .segment_count = 2};
    const struct rota after = {.calendar = "db", .segments = fresh, .segment_count = 2};
    size_t count =
        calendar_changes(&before, &after, &sample_policy, at(FROM), at(UNTIL), zone, &text);
    assert_int_equal(count, 3);
    assert_string_equal(
        text_string(&text),
        "Ann Ops loses Tue 3 Mar 09:00 - Wed 4 Mar 09:00 CET (1 d); nobody has it\n"
        "Bob Brown loses Wed 4 Mar 21:00 - Thu 5 Mar 09:00 CET (12 h); Ann Ops has it\n"
        "Ann Ops gains Wed 4 Mar 21:00 - Thu 5 Mar 09:00 CET (12 h) from Bob Brown\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_holiday_counts_as_a_sunday_for_coverage),
        cmocka_unit_test(an_override_made_in_pagerd_fills_a_gap),
        cmocka_unit_test(one_person_twice_at_once_and_on_call_while_away_is_told_ahead),
        cmocka_unit_test(losing_more_than_max_loss_is_held_back_until_confirmed),
        cmocka_unit_test(a_version_that_names_unknown_people_is_held_back_until_confirmed),
        cmocka_unit_test(what_is_held_back_says_who_loses_and_who_gains_what),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
