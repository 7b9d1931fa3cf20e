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

static const struct week_window weekdays[] = {{480, 1080},
                                              {1440 + 480, 1440 + 1080},
                                              {2880 + 480, 2880 + 1080},
                                              {4320 + 480, 4320 + 1080},
                                              {5760 + 480, 5760 + 1080}};
static const struct week_window sunday = {6 * 1440 + 600, 6 * 1440 + 720};

static void an_override_calendar_fills_gaps_and_its_nobody_makes_declared_ones(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct segment base[] = {{.start_at = at("2026-03-28T00:00:00Z"),
                                    .end_at = at("2026-03-29T00:00:00Z"),
                                    .users = {"ann"},
                                    .user_count = 1}};
    const struct segment over[] = {
        {.start_at = at("2026-03-28T06:00:00Z"), .end_at = at("2026-03-28T07:00:00Z")},
        {.start_at = at("2026-03-28T23:00:00Z"),
         .end_at = at("2026-03-29T12:00:00Z"),
         .users = {"bob"},
         .user_count = 1}};
    const struct rota rotas[] = {{.calendar = "db", .segments = base, .segment_count = 1},
                                 {.calendar = "swaps", .segments = over, .segment_count = 2}};
    const struct roster roster = {.rotas = rotas, .rota_count = 2};
    struct team team = {.zone = zone,
                        .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                        .overrides = {[ROLE_PRIMARY] = {.calendar = "swaps"}},
                        .is_always_covered = true};
    expect_gaps(&team, &roster,
                "2026-03-28T06:00:00Z 2026-03-28T07:00:00Z declared\n"
                "2026-03-29T12:00:00Z 2026-03-31T00:00:00Z\n");
    team.roles[ROLE_PRIMARY] = (struct duty_source){.user = "pat"};
    expect_gaps(&team, &roster, "2026-03-28T06:00:00Z 2026-03-28T07:00:00Z declared\n");
    team.overrides[ROLE_PRIMARY].calendar = "not read";
    expect_gaps(&team, &roster, "");
}

static void a_holiday_counts_as_a_sunday(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct holiday days[] = {
        {"elsewhere", at("2026-03-28T23:00:00Z"), at("2026-03-30T22:00:00Z"), ""},
        {"holidays", at("2026-03-29T22:00:00Z"), at("2026-03-30T22:00:00Z"), "Monday off"},
        {"other", at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z"), ""},
        {"other", at("2026-03-30T22:00:00Z"), at("2026-03-31T22:00:00Z"), ""}};
    const struct roster roster = {.holidays = days, .holiday_count = 4};
    struct team team = {.zone = zone,
                        .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                        .holidays = "holidays",
                        .coverage = weekdays,
                        .coverage_count = 5};
    expect_gaps(&team, &roster, "");
    assert_false(coverage_is_declared(&team, &roster, at("2026-03-30T10:00:00Z")));
    assert_true(coverage_is_declared(&team, NULL, at("2026-03-30T10:00:00Z")));
    assert_true(coverage_is_declared(&team, &roster, at("2026-03-31T10:00:00Z")));
    team.coverage = &sunday;
    team.coverage_count = 1;
    expect_gaps(&team, &roster,
                "2026-03-29T08:00:00Z 2026-03-29T10:00:00Z\n"
                "2026-03-30T08:00:00Z 2026-03-30T10:00:00Z\n");
    team.holidays = NULL;
    expect_gaps(&team, &roster, "2026-03-29T08:00:00Z 2026-03-29T10:00:00Z\n");
}

static void a_holiday_of_part_of_a_day_counts_for_its_hours_only(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct holiday noon = {"holidays", at("2026-03-30T10:00:00Z"), at("2026-03-30T13:30:00Z"),
                                 ""};
    const struct roster roster = {.holidays = &noon, .holiday_count = 1};
    const struct team team = {.zone = zone,
                              .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                              .holidays = "holidays",
                              .coverage = weekdays,
                              .coverage_count = 5};
    expect_gaps(&team, &roster,
                "2026-03-30T06:00:00Z 2026-03-30T10:00:00Z\n"
                "2026-03-30T13:30:00Z 2026-03-30T16:00:00Z\n");
}

static void a_holiday_of_another_zone_means_the_teams_own_day(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    /* Monday the 30th as New York, and as Auckland has it. */
    struct holiday monday = {"holidays", at("2026-03-30T04:00:00Z"), at("2026-03-31T04:00:00Z"),
                             ""};
    const struct roster roster = {.holidays = &monday, .holiday_count = 1};
    const struct team team = {.zone = zone,
                              .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                              .holidays = "holidays",
                              .coverage = weekdays,
                              .coverage_count = 5};
    expect_gaps(&team, &roster, "");
    monday.start_at = at("2026-03-29T11:00:00Z");
    monday.end_at = at("2026-03-30T11:00:00Z");
    expect_gaps(&team, &roster, "");
    assert_true(coverage_is_declared(&team, &roster, at("2026-03-31T06:00:00Z")));
}

static void with_coverage_always_a_holiday_changes_nothing(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    const struct holiday day = {"holidays", at("2026-03-29T22:00:00Z"), at("2026-03-30T22:00:00Z"),
                                ""};
    const struct roster roster = {.holidays = &day, .holiday_count = 1};
    const struct team team = {.zone = zone,
                              .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                              .holidays = "holidays",
                              .is_always_covered = true};
    expect_gaps(&team, &roster, "2026-03-28T00:00:00Z 2026-03-31T00:00:00Z\n");
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Gaps of a team without any shift are its coverage, minute by minute. */
static void gaps_are_those_of_a_look_at_each_minute(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Berlin", "Australia/Lord_Howe", "America/Santiago",
                                        "America/New_York"};
    static struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    msec from_at = at("2026-03-27T00:00:00Z");
    for (uint32_t seed = 1; seed < 80; seed++) {
        uint32_t chance = seed;
        struct zone *zone;
        struct fault fault = {0};
        if (!zone_load(ZONEINFO, names[seed % 4], &zone, &fault))
            fail_msg("%s", fault.text);
        struct week_window windows[4];
        size_t count = 1 + next(&chance) % 4;
        for (size_t i = 0; i < count; i++)
            windows[i] = (struct week_window){(uint16_t)(next(&chance) % 10080),
                                              (uint16_t)(next(&chance) % 10080)};
        struct holiday days[5];
        msec day_at = from_at + next(&chance) % 100 * HOUR_MS;
        for (size_t i = 0; i < 5; i++) {
            msec long_ms = next(&chance) % 2 == 0 ? DAY_MS : next(&chance) % 1300 * MINUTE_MS;
            days[i] = (struct holiday){"holidays", day_at, day_at + long_ms + MINUTE_MS, ""};
            day_at += long_ms + next(&chance) % 60 * HOUR_MS + MINUTE_MS;
        }
        const struct roster roster = {.holidays = days, .holiday_count = 5};
        const struct team team = {.zone = zone,
                                  .roles = {[ROLE_PRIMARY] = {.calendar = "db"}},
                                  .holidays = "holidays",
                                  .coverage = windows,
                                  .coverage_count = count};
        size_t gap_count =
            coverage_gaps(&team, ROLE_PRIMARY, &roster, from_at, from_at + 14 * DAY_MS, gaps);
        size_t place = 0;
        for (msec now = from_at; now < from_at + 14 * DAY_MS; now += MINUTE_MS) {
            while (place < gap_count && gaps[place].end_at <= now)
                place++;
            bool is_gap = place < gap_count && gaps[place].start_at <= now;
            if (is_gap != coverage_is_declared(&team, &roster, now))
                fail_msg("round %u, minute %d", seed, (int)((now - from_at) / MINUTE_MS));
        }
        zone_free(zone);
    }
}

static void what_an_override_made_in_pagerd_fills_is_no_gap(void **state)
{
    (void)state;
    static struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    for (uint32_t seed = 1; seed < 2000; seed++) {
        uint32_t chance = seed;
        bool is_gap[100] = {false};
        bool is_declared[100] = {false};
        size_t count = 0;
        for (int from = (int)(next(&chance) % 10); from < 90;) {
            int until = from + 1 + (int)(next(&chance) % 9);
            bool is_on_purpose = next(&chance) % 2 == 0;
            gaps[count++] = (struct coverage_gap){from, until, is_on_purpose};
            for (int i = from; i < until; i++) {
                is_gap[i] = true;
                is_declared[i] = is_on_purpose;
            }
            from = until + (int)(next(&chance) % 12);
        }
        for (int fill = 0; fill < 3; fill++) {
            int from = (int)(next(&chance) % 100);
            int until = from + (int)(next(&chance) % 20);
            count = coverage_fill(gaps, count, from, until);
            for (int i = from; i < until && i < 100; i++)
                is_gap[i] = false;
        }
        for (size_t i = 1; i < count; i++)
            assert_true(gaps[i - 1].end_at <= gaps[i].start_at);
        for (int i = 0; i < 100; i++) {
            bool is_found = false;
            for (size_t j = 0; j < count; j++)
                if (gaps[j].start_at <= i && i < gaps[j].end_at) {
                    is_found = true;
                    assert_int_equal(gaps[j].is_declared, is_declared[i]);
                }
            assert_int_equal(is_found, is_gap[i]);
        }
    }
}

static void a_full_list_of_gaps_stays_within_its_limit(void **state)
{
    (void)state;
    static struct coverage_gap gaps[COVERAGE_GAPS_MAX];
    for (size_t i = 0; i < COVERAGE_GAPS_MAX; i++)
        gaps[i] = (struct coverage_gap){(msec)i * 10, (msec)i * 10 + 9, false};
    assert_int_equal(coverage_fill(gaps, COVERAGE_GAPS_MAX, 5003, 5005), COVERAGE_GAPS_MAX);
    assert_int_equal(gaps[500].end_at, 5003);
    assert_int_equal(gaps[501].start_at, 5010);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_team_that_is_always_covered_has_every_hole_as_a_gap),
        cmocka_unit_test(only_the_declared_hours_of_the_week_are_gaps_over_a_clock_change),
        cmocka_unit_test(a_role_without_a_calendar_or_a_team_without_coverage_has_no_gaps),
        cmocka_unit_test(an_override_calendar_fills_gaps_and_its_nobody_makes_declared_ones),
        cmocka_unit_test(a_holiday_counts_as_a_sunday),
        cmocka_unit_test(a_holiday_of_part_of_a_day_counts_for_its_hours_only),
        cmocka_unit_test(a_holiday_of_another_zone_means_the_teams_own_day),
        cmocka_unit_test(with_coverage_always_a_holiday_changes_nothing),
        cmocka_unit_test(gaps_are_those_of_a_look_at_each_minute),
        cmocka_unit_test(what_an_override_made_in_pagerd_fills_is_no_gap),
        cmocka_unit_test(a_full_list_of_gaps_stays_within_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
