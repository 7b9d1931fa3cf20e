/* SPDX-License-Identifier: MIT */
/* Civil dates, durations and instants, and their texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/time.h"

#define FIRST_DAY (-719162) /* 0001-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */

static void days_and_dates_are_each_others_inverse(void **state)
{
    (void)state;
    struct civil expected = {.year = 1, .month = 1, .day = 1};
    for (int64_t days = FIRST_DAY; days <= LAST_DAY; days++) {
        struct civil civil = civil_from_days(days);
        bool is_same = civil.year == expected.year && civil.month == expected.month &&
                       civil.day == expected.day;
        if (!is_same || civil_days(civil.year, civil.month, civil.day) != days)
            fail_msg("day %lld is %d-%d-%d", (long long)days, civil.year, civil.month, civil.day);
        expected.day++;
        if (expected.day > civil_month_days(expected.year, expected.month)) {
            expected.day = 1;
            expected.month = expected.month % 12 + 1;
            expected.year += expected.month == 1;
        }
    }
    assert_int_equal(expected.year, 10000);
    assert_int_equal(civil_days(1970, 1, 1), 0);
}

static void weekdays_go_on_before_the_epoch(void **state)
{
    (void)state;
    assert_int_equal(civil_weekday(0), 3);
    assert_int_equal(civil_weekday(-1), 2);
    assert_int_equal(civil_weekday(-4), 6);
    assert_int_equal(civil_weekday(civil_days(2026, 11, 22)), 6);
    assert_int_equal(civil_weekday(civil_days(2000, 2, 29)), 1);
}

static void leap_years_follow_the_gregorian_rule(void **state)
{
    (void)state;
    assert_int_equal(civil_month_days(2000, 2), 29);
    assert_int_equal(civil_month_days(1900, 2), 28);
    assert_int_equal(civil_month_days(2024, 2), 29);
    assert_int_equal(civil_month_days(2026, 2), 28);
}

static void instants_before_the_epoch_floor(void **state)
{
    (void)state;
    struct civil civil = civil_from_msec(-1);
    assert_int_equal(civil.year, 1969);
    assert_int_equal(civil.day, 31);
    assert_int_equal(civil.hour, 23);
    assert_int_equal(civil.second, 59);
    assert_true(civil_to_msec(&civil) == -1000);
}

static void durations_read_back_what_they_render(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        msec duration_ms;
        const char *rendered;
    } rows[] = {
        {"30s", 30000, "30s"},       {"5m", 300000, "5m"},
        {"1h30m", 5400000, "1h30m"}, {"24h", DAY_MS, "1d"},
        {"7d", 7 * DAY_MS, "1w"},    {"2w", 14 * DAY_MS, "2w"},
        {"10d", 10 * DAY_MS, "10d"}, {"0s", 0, "0s"},
        {"250ms", 250, "250ms"},     {"1w2d3h4m5s6ms", 788645006, "9d3h4m5s6ms"},
        {"90m", 5400000, "1h30m"},   {"3650d", 3650 * DAY_MS, "3650d"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buffer[DURATION_TEXT_SIZE];
        msec duration_ms = -1;
        struct fault fault = {0};
        assert_true(duration_parse(rows[i].text, &duration_ms, &fault));
        assert_true(duration_ms == rows[i].duration_ms);
        assert_string_equal(duration_render(duration_ms, buffer), rows[i].rendered);
        msec again_ms = -1;
        assert_true(duration_parse(buffer, &again_ms, &fault));
        assert_true(again_ms == duration_ms);
    }
}

static void what_is_no_duration_is_refused_with_a_hint(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        const char *because;
    } rows[] = {
        {"300", "write \"300s\" or \"5m\""},
        {"0", "has no unit"},
        {"", "not a duration"},
        {"s", "not a duration"},
        {"-5m", "not a duration"},
        {"5 m", "units are"},
        {"5x", "units are"},
        {"5M", "units are"},
        {"1m1h", "units are"},
        {"1m1m", "units are"},
        {"1h30", "has no unit"},
        {"1.5h", "units are"},
        {"3651d", "longer than 10 years"},
        {"3650d1ms", "longer than 10 years"},
        {"99999999999999999999999999s", "longer than 10 years"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        msec duration_ms = -1;
        struct fault fault = {0};
        assert_false(duration_parse(rows[i].text, &duration_ms, &fault));
        assert_true(duration_ms == -1);
        if (strstr(fault.text, rows[i].because) == NULL)
            fail_msg("'%s': %s", rows[i].text, fault.text);
    }
}

static void durations_are_spoken_in_two_units_at_most(void **state)
{
    (void)state;
    static const struct row {
        msec duration_ms;
        const char *spoken;
    } rows[] = {
        {DAY_MS + 5 * HOUR_MS + 59 * MINUTE_MS, "1 d 5 h"},
        {29 * MINUTE_MS, "29 m"},
        {7 * SECOND_MS, "7 s"},
        {999, "0 s"},
        {0, "0 s"},
        {HOUR_MS + 30 * SECOND_MS, "1 h"},
        {2 * MINUTE_MS + 5 * SECOND_MS, "2 m 5 s"},
        {-90 * SECOND_MS, "-1 m 30 s"},
        {30 * DAY_MS, "30 d"},
        {INT64_MIN, "-106751991167 d 7 h"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buffer[DURATION_TEXT_SIZE];
        assert_string_equal(duration_speak(rows[i].duration_ms, buffer), rows[i].spoken);
    }
    char buffer[DURATION_TEXT_SIZE];
    assert_string_equal(duration_render(INT64_MIN, buffer), "-106751991167d7h12m55s808ms");
}

static void instants_read_back_what_they_render(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        msec at;
        const char *rendered;
    } rows[] = {
        {"2026-11-22T02:02:07Z", 1795312927000, "2026-11-22T02:02:07Z"},
        {"2026-11-22T02:02:07.123Z", 1795312927123, "2026-11-22T02:02:07.123Z"},
        {"2026-11-22T02:02:07.1239999Z", 1795312927123, "2026-11-22T02:02:07.123Z"},
        {"2026-11-22t04:02:07.5+02:00", 1795312927500, "2026-11-22T02:02:07.500Z"},
        {"2026-11-21 21:32:07-04:30", 1795312927000, "2026-11-22T02:02:07Z"},
        {"1969-12-31T23:59:59.999z", -1, "1969-12-31T23:59:59.999Z"},
        {"0001-01-01T00:00:00Z", -62135596800000, "0001-01-01T00:00:00Z"},
        {"9999-12-31T23:59:59Z", 253402300799000, "9999-12-31T23:59:59Z"},
        {"2016-12-31T23:59:60Z", 1483228800000, "2017-01-01T00:00:00Z"},
        {"2024-02-29T00:00:00Z", 1709164800000, "2024-02-29T00:00:00Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buffer[INSTANT_TEXT_SIZE];
        msec at = 0;
        assert_true(instant_parse(rows[i].text, &at, NULL));
        if (at != rows[i].at)
            fail_msg("'%s' is %lld", rows[i].text, (long long)at);
        assert_string_equal(instant_render(at, buffer), rows[i].rendered);
    }
    char buffer[INSTANT_TEXT_SIZE];
    assert_string_equal(instant_render(MSEC_NEVER, buffer), "never");
    assert_string_equal(instant_render(INT64_MIN, buffer), "never");
}

static void what_is_no_instant_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "2026-11-22",
        "2026-11-22T02:02:07",
        "2026-11-22T02:02Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:61Z",
        "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+2:00",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00Zx",
        "0000-01-01T00:00:00Z",
        "26-01-01T00:00:00Z",
        " 2026-01-01T00:00:00Z",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fault fault = {0};
        msec at = 7;
        if (instant_parse(texts[i], &at, &fault))
            fail_msg("'%s' was read", texts[i]);
        assert_true(at == 7);
        assert_int_equal(fault.kind, FAULT_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_and_dates_are_each_others_inverse),
        cmocka_unit_test(weekdays_go_on_before_the_epoch),
        cmocka_unit_test(leap_years_follow_the_gregorian_rule),
        cmocka_unit_test(instants_before_the_epoch_floor),
        cmocka_unit_test(durations_read_back_what_they_render),
        cmocka_unit_test(what_is_no_duration_is_refused_with_a_hint),
        cmocka_unit_test(durations_are_spoken_in_two_units_at_most),
        cmocka_unit_test(instants_read_back_what_they_render),
        cmocka_unit_test(what_is_no_instant_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
