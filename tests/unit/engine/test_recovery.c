/* SPDX-License-Identifier: MIT */
/* The arithmetic of nights and disturbances, across changes of the clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/time.h"
#include "engine/recovery.h"

static const struct recovery_rule rule = {
    .is_enabled = true, .night_from_minute = 22 * 60, .night_until_minute = 7 * 60};

static struct zone *berlin;

static int load_zone(void **state)
{
    (void)state;
    const char *directory = getenv("TZDIR");
    struct fault fault = {0};
    if (directory == NULL)
        directory = "/usr/share/zoneinfo";
    return zone_load(directory, "Europe/Berlin", &berlin, &fault) ? 0 : -1;
}

static int free_zone(void **state)
{
    (void)state;
    zone_free(berlin);
    return 0;
}

static msec instant(const char *text)
{
    msec at = 0;
    struct fault fault = {0};
    if (!instant_parse(text, &at, &fault))
        fail_msg("%s", fault.text);
    return at;
}

static void assert_night(const char *at, const char *from, const char *until)
{
    msec from_at = 0;
    msec until_at = 0;
    assert_true(recovery_night(&rule, berlin, instant(at), &from_at, &until_at));
    assert_int_equal(from_at, instant(from));
    assert_int_equal(until_at, instant(until));
}

static void a_night_spans_midnight(void **state)
{
    (void)state;
    assert_night("2026-11-21T23:00:00+01:00", "2026-11-21T22:00:00+01:00",
                 "2026-11-22T07:00:00+01:00");
    assert_night("2026-11-22T03:00:00+01:00", "2026-11-21T22:00:00+01:00",
                 "2026-11-22T07:00:00+01:00");
}

static void a_night_is_half_open(void **state)
{
    (void)state;
    msec from_at = 0;
    msec until_at = 0;
    assert_night("2026-11-21T22:00:00+01:00", "2026-11-21T22:00:00+01:00",
                 "2026-11-22T07:00:00+01:00");
    assert_false(
        recovery_night(&rule, berlin, instant("2026-11-22T07:00:00+01:00"), &from_at, &until_at));
    assert_false(
        recovery_night(&rule, berlin, instant("2026-11-21T21:59:59+01:00"), &from_at, &until_at));
}

static void the_autumn_night_has_ten_hours(void **state)
{
    (void)state;
    assert_night("2026-10-25T02:30:00+02:00", "2026-10-24T22:00:00+02:00",
                 "2026-10-25T07:00:00+01:00");
    assert_night("2026-10-25T02:30:00+01:00", "2026-10-24T22:00:00+02:00",
                 "2026-10-25T07:00:00+01:00");
}

static void the_spring_night_has_eight_hours(void **state)
{
    (void)state;
    assert_night("2027-03-28T03:30:00+02:00", "2027-03-27T22:00:00+01:00",
                 "2027-03-28T07:00:00+02:00");
}

static void a_night_within_one_day(void **state)
{
    (void)state;
    struct recovery_rule early = {.night_from_minute = 0, .night_until_minute = 6 * 60};
    msec from_at = 0;
    msec until_at = 0;
    assert_true(
        recovery_night(&early, berlin, instant("2026-11-22T05:59:59+01:00"), &from_at, &until_at));
    assert_int_equal(until_at - from_at, 6 * HOUR_MS);
    assert_false(
        recovery_night(&early, berlin, instant("2026-11-22T23:00:00+01:00"), &from_at, &until_at));
}

static void overlapping_disturbances_count_once(void **state)
{
    (void)state;
    struct disturbance list[] = {
        {.incident = 1,
         .first_page_at = 1000,
         .last_page_at = 1000,
         .ended_at = 11000,
         .wakings = 1},
        {.incident = 2, .first_page_at = 5000, .last_page_at = 5000, .ended_at = 9000},
        {.incident = 3,
         .first_page_at = 6000,
         .last_page_at = 8000,
         .ended_at = 14000,
         .wakings = 1},
        {.incident = 4, .first_page_at = 20000, .last_page_at = 20000, .ended_at = 20000},
        {.incident = 5, .first_page_at = 30000, .last_page_at = 30000, .ended_at = 0, .wakings = 1},
    };
    struct person person = {.disturbances = list, .disturbance_count = 5};
    struct burden burden = recovery_sum(&person, 0, 100000);
    assert_int_equal(burden.awake_ms, 13000);
    assert_int_equal(burden.wakings, 3);
    assert_int_equal(burden.last_page_at, 30000);
}

static void what_lay_before_a_waiver_does_not_count(void **state)
{
    (void)state;
    struct disturbance list[] = {
        {.incident = 1,
         .first_page_at = 1000,
         .last_page_at = 1000,
         .ended_at = 9000,
         .wakings = 1},
        {.incident = 2,
         .first_page_at = 20000,
         .last_page_at = 20000,
         .ended_at = 21000,
         .wakings = 1},
    };
    struct person person = {.disturbances = list, .disturbance_count = 2, .rest_waived_at = 10000};
    struct burden burden = recovery_sum(&person, 0, 100000);
    assert_int_equal(burden.awake_ms, 1000);
    assert_int_equal(burden.wakings, 1);
    assert_int_equal(recovery_burden(&person).wakings, 2);
}

static void another_night_does_not_count(void **state)
{
    (void)state;
    struct disturbance list[] = {{.incident = 1,
                                  .first_page_at = 1000,
                                  .last_page_at = 1000,
                                  .ended_at = 9000,
                                  .wakings = 1}};
    struct person person = {.disturbances = list, .disturbance_count = 1};
    assert_int_equal(recovery_sum(&person, 1001, 100000).wakings, 0);
    assert_int_equal(recovery_sum(&person, 0, 1000).wakings, 0);
    assert_int_equal(recovery_sum(&person, 1000, 1001).wakings, 1);
}

static void a_rest_is_half_open(void **state)
{
    (void)state;
    struct person person = {.rest_from_at = 10, .rest_until_at = 20};
    assert_false(person_is_resting(&person, 9));
    assert_true(person_is_resting(&person, 10));
    assert_true(person_is_resting(&person, 19));
    assert_false(person_is_resting(&person, 20));
    assert_false(person_is_resting(NULL, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_night_spans_midnight),
        cmocka_unit_test(a_night_is_half_open),
        cmocka_unit_test(the_autumn_night_has_ten_hours),
        cmocka_unit_test(the_spring_night_has_eight_hours),
        cmocka_unit_test(a_night_within_one_day),
        cmocka_unit_test(overlapping_disturbances_count_once),
        cmocka_unit_test(what_lay_before_a_waiver_does_not_count),
        cmocka_unit_test(another_night_does_not_count),
        cmocka_unit_test(a_rest_is_half_open),
    };
    return cmocka_run_group_tests(tests, load_zone, free_zone);
}
