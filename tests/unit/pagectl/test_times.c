/* SPDX-License-Identifier: MIT */
/* What people type as a time, and what they are told that it means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "pagectl/times.h"

#define ZONES "/usr/share/zoneinfo"

/* A reading: at `now` in `zone`, `typed` means `meant` (RFC 3339); NULL: it is refused. */
struct reading {
    const char *now;
    const char *typed;
    const char *meant;
};

static msec instant(const char *text)
{
    msec at = 0;
    assert_true(instant_parse(text, &at, NULL));
    return at;
}

static struct zone *berlin(void)
{
    struct zone *zone = NULL;
    if (!zone_load(ZONES, "Europe/Berlin", &zone, NULL))
        skip();
    return zone;
}

static void readings_check(const struct zone *zone, enum times_lean lean,
                           const struct reading *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct times times = {.zone = zone, .now = instant(rows[i].now)};
        struct fault fault = {0};
        msec at = -1;
        char shown[INSTANT_TEXT_SIZE] = "refused";
        bool is_read = times_parse(&times, rows[i].typed, lean, &at, &fault);
        if (is_read)
            instant_render(at, shown);
        if (!string_is(shown, rows[i].meant != NULL ? rows[i].meant : "refused"))
            fail_msg("\"%s\" at %s is %s, not %s (%s)", rows[i].typed, rows[i].now, shown,
                     rows[i].meant, fault.text);
        if (!is_read)
            assert_true(fault.text[0] != '\0');
    }
}

#define CHECK(zone, lean, rows) readings_check(zone, lean, rows, sizeof(rows) / sizeof(rows[0]))

/* Sunday 22 Nov 2026, 03:58 in Berlin. */
#define NOW "2026-11-22T02:58:00Z"

static void a_time_of_day_is_the_next_one(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const struct reading rows[] = {
        {NOW, "21:00", "2026-11-22T20:00:00Z"},
        {NOW, "9:00", "2026-11-22T08:00:00Z"},
        {NOW, "03:58", "2026-11-23T02:58:00Z"}, /* now itself has been */
        {NOW, "03:57", "2026-11-23T02:57:00Z"},
        {NOW, "03:59", "2026-11-22T02:59:00Z"},
        {NOW, "at 21:00", "2026-11-22T20:00:00Z"},
        {NOW, "21:00:30", "2026-11-22T20:00:30Z"},
        {NOW, "24:00", "2026-11-22T23:00:00Z"},
        {NOW, "00:00", "2026-11-22T23:00:00Z"},
        {NOW, "21:00 CET", "2026-11-22T20:00:00Z"},
        {NOW, "21:00 cet", "2026-11-22T20:00:00Z"},
        {NOW, "21:00 UTC", "2026-11-22T21:00:00Z"},
        {NOW, "02:00 UTC", "2026-11-23T02:00:00Z"},
        {NOW, "21:00 PST", NULL},
        {NOW, "25:00", NULL},
        {NOW, "24:01", NULL},
        {NOW, "21:60", NULL},
        {NOW, "9:5", NULL},
        {NOW, "21", NULL},
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void a_weekday_is_the_next_one_even_a_week_away(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const struct reading rows[] = {
        {NOW, "Mon 09:00", "2026-11-23T08:00:00Z"},
        {NOW, "mon 9:00", "2026-11-23T08:00:00Z"},
        {NOW, "Monday 09:00", "2026-11-23T08:00:00Z"},
        {NOW, "09:00 Mon", "2026-11-23T08:00:00Z"},
        {NOW, "Sat 21:00", "2026-11-28T20:00:00Z"},
        {NOW, "Sun 21:00", "2026-11-22T20:00:00Z"},
        {NOW, "Sun 03:00", "2026-11-29T02:00:00Z"},
        {NOW, "Sun 03:58", "2026-11-29T02:58:00Z"},
        {NOW, "Tue", "2026-11-23T23:00:00Z"},
        {NOW, "Mo 09:00", NULL},
        {NOW, "Mondag 09:00", NULL},
        {NOW, "Mon Tue 09:00", NULL},
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void today_and_tomorrow_are_days_of_the_local_calendar(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const struct reading rows[] = {
        {NOW, "tomorrow 9:00", "2026-11-23T08:00:00Z"},
        {NOW, "Tomorrow", "2026-11-22T23:00:00Z"},
        {NOW, "today 21:00", "2026-11-22T20:00:00Z"},
        {NOW, "today 01:00", "2026-11-22T00:00:00Z"},
        {NOW, "yesterday 21:00", "2026-11-21T20:00:00Z"},
        /* It is 00:30 in Berlin and still the 22nd in London. */
        {"2026-11-22T23:30:00Z", "tomorrow 9:00", "2026-11-24T08:00:00Z"},
        {NOW, "tomorrow Mon 9:00", NULL},
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void a_date_is_of_this_year_or_of_the_next(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const struct reading rows[] = {
        {NOW, "28 Nov 21:00", "2026-11-28T20:00:00Z"},
        {NOW, "Nov 28 21:00", "2026-11-28T20:00:00Z"},
        {NOW, "28 november 21:00", "2026-11-28T20:00:00Z"},
        {NOW, "Sat 28 Nov 21:00", "2026-11-28T20:00:00Z"},
        {NOW, "Sat 28 Nov 21:00 CET", "2026-11-28T20:00:00Z"},
        {NOW, "Sun 28 Nov 21:00", NULL}, /* it is a Saturday */
        {NOW, "1 Dec 21:00", "2026-12-01T20:00:00Z"},
        {NOW, "21 Nov 21:00", "2027-11-21T20:00:00Z"},
        {NOW, "28 Nov", "2026-11-27T23:00:00Z"},
        {NOW, "28 Nov 2026 21:00", "2026-11-28T20:00:00Z"},
        {NOW, "28 Nov 2025 21:00", "2025-11-28T20:00:00Z"},
        {NOW, "2026-11-28 21:00", "2026-11-28T20:00:00Z"},
        {NOW, "2026-11-28T21:00", "2026-11-28T20:00:00Z"},
        {NOW, "2026-07-01 12:00", "2026-07-01T10:00:00Z"},
        {NOW, "2026-11-28", "2026-11-27T23:00:00Z"},
        {NOW, "29 Feb 12:00", "2028-02-29T11:00:00Z"},
        {NOW, "29 Feb 2027 12:00", NULL},
        {NOW, "2027-02-29 12:00", NULL},
        {NOW, "31 Nov 12:00", NULL},
        {NOW, "2026-13-01 12:00", NULL},
        {NOW, "0 Nov 12:00", NULL},
        {NOW, "32 Nov 12:00", NULL},
        {NOW, "28 21:00", NULL},
        {NOW, "Nov 21:00", NULL},
        {NOW, "2026 21:00", NULL},
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void a_distance_counts_from_now(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const struct reading rows[] = {
        {NOW, "now", NOW},
        {NOW, "in 2h", "2026-11-22T04:58:00Z"},
        {NOW, "In 1h30m", "2026-11-22T04:28:00Z"},
        {NOW, "in 2 h", "2026-11-22T04:58:00Z"},
        {NOW, "now+2h", "2026-11-22T04:58:00Z"},
        {NOW, "now + 2h", NULL},
        {NOW, "now-2h", "2026-11-22T00:58:00Z"},
        {NOW, "2h ago", "2026-11-22T00:58:00Z"},
        {NOW, "in 2", NULL},
        {NOW, "in", NULL},
        {NOW, "now+", NULL},
        {NOW, "2h", NULL}, /* before or after? */
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void rfc_3339_is_taken_as_it_is(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const struct reading rows[] = {
        {NOW, "2026-11-28T21:00:00Z", "2026-11-28T21:00:00Z"},
        {NOW, "2026-11-28T21:00:00+01:00", "2026-11-28T20:00:00Z"},
        {NOW, "2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z"},
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void leaning_back_finds_the_last_one(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const struct reading rows[] = {
        {NOW, "7d", "2026-11-15T02:58:00Z"},
        {NOW, "7d ago", "2026-11-15T02:58:00Z"},
        {NOW, "Mon 09:00", "2026-11-16T08:00:00Z"},
        {NOW, "Sun 03:58", NOW},
        {NOW, "21:00", "2026-11-21T20:00:00Z"},
        {NOW, "28 Nov 21:00", "2025-11-28T20:00:00Z"},
        {NOW, "yesterday 21:00", "2026-11-21T20:00:00Z"},
    };
    CHECK(zone, TIMES_LAST, rows);
}

static void the_hour_that_is_there_twice_is_the_one_still_to_come(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    /* 25 Oct 2026: 03:00 CEST goes back to 02:00 CET at 01:00 UTC. */
    static const struct reading rows[] = {
        {"2026-10-24T22:00:00Z", "02:30", "2026-10-25T00:30:00Z"},
        {"2026-10-25T00:45:00Z", "02:30", "2026-10-25T01:30:00Z"},
        {"2026-10-25T00:45:00Z", "today 02:30", "2026-10-25T01:30:00Z"},
        {"2026-10-25T01:45:00Z", "02:30", "2026-10-26T01:30:00Z"},
        {"2026-10-24T22:00:00Z", "2026-10-25 02:30", "2026-10-25T00:30:00Z"},
        {"2026-10-24T22:00:00Z", "03:30", "2026-10-25T02:30:00Z"},
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void an_hour_that_is_not_there_is_read_as_before_the_change(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    /* 29 March 2026: 02:00 CET goes forward to 03:00 CEST at 01:00 UTC. */
    static const struct reading rows[] = {
        {"2026-03-28T12:00:00Z", "02:30", "2026-03-29T01:30:00Z"},
        {"2026-03-28T12:00:00Z", "tomorrow 03:00", "2026-03-29T01:00:00Z"},
    };
    CHECK(zone, TIMES_NEXT, rows);
}

static void nonsense_is_refused_with_the_forms_that_are_read(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    static const char *const words[] = {
        "",
        " ",
        ":",
        "::",
        "12:",
        ":30",
        "-1:00",
        "1:00pm foo bar",
        "morgen",
        "\xff",
        "%s%n",
        "1e9",
        "0x10",
        "mon mon",
        "12:00 12:00",
        "a b c d e f g h i j k",
        "99999999999999999999",
        "2026-11-28T21:00:00",
        "2026-11-28 21:00 2026-11-28",
        "--",
    };
    struct times times = {.zone = zone, .now = instant(NOW)};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct fault fault = {0};
        msec at = 77;
        bool is_read = times_parse(&times, words[i], TIMES_NEXT, &at, &fault);
        if (string_is(words[i], "2026-11-28T21:00:00")) {
            assert_true(is_read); /* a local time in the form of RFC 3339 */
            continue;
        }
        if (is_read)
            fail_msg("\"%s\" was read", words[i]);
        assert_int_equal(at, 77);
        assert_non_null(strstr(fault.text, "Mon 09:00"));
    }
    char longer[300];
    memset(longer, '1', sizeof(longer) - 1);
    longer[sizeof(longer) - 1] = '\0';
    msec at;
    assert_false(times_parse(&times, longer, TIMES_NEXT, &at, NULL));
}

static void what_is_echoed_can_be_typed(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    struct times times = {.zone = zone, .now = instant(NOW)};
    for (msec at = times.now + MINUTE_MS; at < times.now + 500 * DAY_MS;
         at += 7 * HOUR_MS + 13 * MINUTE_MS) {
        char shown[TIMES_TEXT_SIZE];
        msec again = 0;
        enum zone_fit fit;
        (void)zone_utc(zone, zone_local(zone, at), &fit);
        if (fit == ZONE_TWICE)
            continue;
        times_full(&times, at, shown);
        if (!times_parse(&times, shown, TIMES_NEXT, &again, NULL) || again != at)
            fail_msg("\"%s\" is read as another time", shown);
    }
}

static void times_are_echoed_with_their_distance(void **state)
{
    (void)state;
    CLEANUP(zone_free) struct zone *zone = berlin();
    struct times times = {.zone = zone, .now = instant(NOW)};
    char text[TIMES_TEXT_SIZE];
    assert_string_equal(times_echo(&times, instant("2026-11-23T08:00:00Z"), text),
                        "Mon 23 Nov 09:00 CET (in 1 day 5 h)");
    assert_string_equal(times_echo(&times, instant("2026-12-01T21:00:00Z"), text),
                        "Tue 1 Dec 22:00 CET (in 9 days 18 h)");
    assert_string_equal(times_echo(&times, instant("2027-07-01T10:00:00Z"), text),
                        "Thu 1 Jul 2027 12:00 CEST (in 221 days 7 h)");
    assert_string_equal(times_echo(&times, instant("2026-11-22T02:29:00Z"), text),
                        "Sun 22 Nov 03:29 CET (29 m ago)");
    assert_string_equal(times_echo(&times, times.now, text), "Sun 22 Nov 03:58 CET (now)");
    assert_string_equal(times_clock(&times, instant("2026-11-22T02:02:00Z"), text), "03:02");
    assert_string_equal(times_clock(&times, instant("2026-11-17T13:02:00Z"), text),
                        "Tue 17 Nov 14:02");
    assert_string_equal(
        times_span(&times, instant("2026-11-28T08:00:00Z"), instant("2026-11-28T20:00:00Z"), text),
        "Sat 28 Nov 09:00 - 21:00 CET (12 h)");
    assert_string_equal(
        times_span(&times, instant("2026-12-01T20:00:00Z"), instant("2026-12-02T00:00:00Z"), text),
        "Tue 1 Dec 21:00 - Wed 2 Dec 01:00 CET (4 h)");
}

static void lengths_and_ages_are_short(void **state)
{
    (void)state;
    char text[TIMES_TEXT_SIZE];
    assert_string_equal(times_length(7 * SECOND_MS, text), "7 s");
    assert_string_equal(times_length(29 * MINUTE_MS, text), "29 m");
    assert_string_equal(times_length(90 * MINUTE_MS, text), "1 h 30 m");
    assert_string_equal(times_length(24 * HOUR_MS, text), "1 day");
    assert_string_equal(times_length(53 * HOUR_MS, text), "2 days 5 h");
    assert_string_equal(times_age(59 * SECOND_MS, text), "59s");
    assert_string_equal(times_age(17 * MINUTE_MS, text), "17m");
    assert_string_equal(times_age(25 * HOUR_MS, text), "1d");
    assert_string_equal(times_age(-5, text), "0s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_of_day_is_the_next_one),
        cmocka_unit_test(a_weekday_is_the_next_one_even_a_week_away),
        cmocka_unit_test(today_and_tomorrow_are_days_of_the_local_calendar),
        cmocka_unit_test(a_date_is_of_this_year_or_of_the_next),
        cmocka_unit_test(a_distance_counts_from_now),
        cmocka_unit_test(rfc_3339_is_taken_as_it_is),
        cmocka_unit_test(leaning_back_finds_the_last_one),
        cmocka_unit_test(the_hour_that_is_there_twice_is_the_one_still_to_come),
        cmocka_unit_test(an_hour_that_is_not_there_is_read_as_before_the_change),
        cmocka_unit_test(nonsense_is_refused_with_the_forms_that_are_read),
        cmocka_unit_test(what_is_echoed_can_be_typed),
        cmocka_unit_test(times_are_echoed_with_their_distance),
        cmocka_unit_test(lengths_and_ages_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
