/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include "calendar/coverage.h"

static struct zone *berlin(void)
{
    struct zone *zone;
    struct fault fault = {0};
    if (!zone_load(ZONEINFO, "Europe/Berlin", &zone, &fault))
        fail_msg("%s", fault.text);
    return zone;
}

/* "start end" of each gap between 28 and 31 March, the last Sunday has 23 hours. */
static void expect_gaps(const struct team *team, const struct roster *roster, const char *expected)
{
    static struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    CLEANUP(text_clear) struct text text = {0};
    size_t count = coverage_gaps(team, ROLE_PRIMARY, roster, at("2026-03-28T00:00:00Z"),
                                 at("2026-03-31T00:00:00Z"), gaps);
    for (size_t i = 0; i < count; i++) {
        char start[INSTANT_TEXT_SIZE];
        char end[INSTANT_TEXT_SIZE];
        text_addf(&text, "%s %s%s\n", instant_render(gaps[i].start_at, start),
                  instant_render(gaps[i].end_at, end), gaps[i].is_declared ? " declared" : "");
    }
    assert_string_equal(text_string(&text), expected);
}

static void a_team_that_is_always_covered_has_every_hole_as_a_gap(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct segment rows[] = {
        {.start_at = at("2026-03-27T00:00:00Z"),
         .end_at = at("2026-03-28T06:00:00Z"),
         .users = {"ann"},
         .user_count = 1},
        {.start_at = at("2026-03-28T08:00:00Z"), .end_at = at("2026-03-28T09:00:00Z")},
        {.start_at = at("2026-03-28T09:00:00Z"),
         .end_at = at("2026-03-30T00:00:00Z"),
         .users = {"bob"},
         .user_count = 1},
    };
    const struct rota rota = {.calendar = "db", .segments = rows, .segment_count = 3};
    const struct roster roster = {.rotas = &rota, .rota_count = 1};
    const struct team team = {
        .zone = zone, .roles = {[ROLE_PRIMARY] = {.calendar = "db"}}, .is_always_covered = true};
    expect_gaps(&team, &roster,
                "2026-03-28T06:00:00Z 2026-03-28T08:00:00Z\n"
                "2026-03-28T08:00:00Z 2026-03-28T09:00:00Z declared\n"
                "2026-03-30T00:00:00Z 2026-03-31T00:00:00Z\n");
}

static void only_the_declared_hours_of_the_week_are_gaps_over_a_clock_change(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct roster roster = {0};
    /* Daily 09:00 to 17:00, and a window that wraps over Sunday midnight. */
    static const struct week_window windows[] = {
        {5 * 1440 + 540, 5 * 1440 + 1020},
        {6 * 1440 + 540, 6 * 1440 + 1020},
        {6 * 1440 + 1380, 60},
    };
    const struct team team = {.zone = zone,
                              .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                              .coverage = windows,
                              .coverage_count = 3};
    expect_gaps(&team, &roster,
                "2026-03-28T08:00:00Z 2026-03-28T16:00:00Z\n"
                "2026-03-29T07:00:00Z 2026-03-29T15:00:00Z\n"
                "2026-03-29T21:00:00Z 2026-03-29T23:00:00Z\n");
    assert_true(coverage_is_declared(&team, NULL, at("2026-03-29T22:30:00Z")));
    assert_false(coverage_is_declared(&team, NULL, at("2026-03-30T10:00:00Z")));
}

static void a_role_without_a_calendar_or_a_team_without_coverage_has_no_gaps(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct roster roster = {0};
    const struct team fixed = {
        .zone = zone, .roles = {[ROLE_PRIMARY] = {.user = "ann"}}, .is_always_covered = true};
    const struct team none = {.zone = zone, .roles = {[ROLE_PRIMARY] = {.calendar = "db"}}};
    expect_gaps(&fixed, &roster, "");
    expect_gaps(&none, &roster, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_team_that_is_always_covered_has_every_hole_as_a_gap),
        cmocka_unit_test(only_the_declared_hours_of_the_week_are_gaps_over_a_clock_change),
        cmocka_unit_test(a_role_without_a_calendar_or_a_team_without_coverage_has_no_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
