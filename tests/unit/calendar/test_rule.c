/* SPDX-License-Identifier: MIT */
/* Rules one by one: those of RFC 5545 3.8.5.3 and the ones that a library would drop in silence. */
#include "sample.h"

#include "calendar/rule.h"

static bool parse(const char *text, struct rule *rule, enum rule_error *error)
{
    struct fault fault = {0};
    bool is_good = rule_parse(span_of(text), rule, error, &fault);
    if (!is_good)
        assert_true(fault.text[0] != '\0');
    return is_good;
}

/* The first instances from 2 September 1997 09:00, the day of the examples, as "month-day". */
static void expect_days(const char *text, const char *start, const char *expected)
{
    struct rule rule;
    enum rule_error error;
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    CLEANUP(text_clear) struct text days = {0};
    struct stamp stamp;
    int64_t steps_left = RULE_STEPS_MAX;
    assert_true(stamp_parse(span_of(start), &stamp));
    if (!parse(text, &rule, &error))
        fail_msg("%s", text);
    assert_true(
        rule_walk(&rule, stamp.wall, MSEC_NEVER, stamp.wall + 3000 * DAY_MS, &walls, &steps_left));
    for (size_t i = 0; i < walls.count && i < 6; i++) {
        struct civil civil = civil_from_msec(walls.items[i]);
        text_addf(&days, "%s%02d-%02d-%02d", i == 0 ? "" : " ", civil.year % 100, civil.month,
                  civil.day);
        if (civil.hour != 9)
            text_addf(&days, "T%02d", civil.hour);
    }
    if (strcmp(text_string(&days), expected) != 0)
        fail_msg("%s\n  gives    %s\n  expected %s", text, text_string(&days), expected);
}

static void the_examples_of_the_rfc_give_their_days(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"FREQ=DAILY;INTERVAL=10;COUNT=5", "19970902T090000",
         "97-09-02 97-09-12 97-09-22 97-10-02 97-10-12"},
        {"FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR", "19970901T090000",
         "97-09-01 97-09-03 97-09-05 97-09-15 97-09-17 97-09-19"},
        {"FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "19970922T090000",
         "97-09-22 97-10-20 97-11-17 97-12-22 98-01-19 98-02-16"},
        {"FREQ=MONTHLY;BYMONTHDAY=-3", "19970928T090000",
         "97-09-28 97-10-29 97-11-28 97-12-29 98-01-29 98-02-26"},
        {"FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "19970101T090000",
         "97-01-01 97-04-10 97-07-19 00-01-01 00-04-09 00-07-18"},
        {"FREQ=YEARLY;BYDAY=20MO", "19970519T090000",
         "97-05-19 98-05-18 99-05-17 00-05-15 01-05-14 02-05-20"},
        {"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "19970512T090000",
         "97-05-12 98-05-11 99-05-17 00-05-15 01-05-14 02-05-13"},
        {"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "19970902T090000",
         "98-02-13 98-03-13 98-11-13 99-08-13 00-10-13 01-04-13"},
        {"FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "19970913T090000",
         "97-09-13 97-10-11 97-11-08 97-12-13 98-01-10 98-02-07"},
        {"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "19961105T090000",
         "96-11-05 00-11-07 04-11-02"},
        {"FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "19970904T090000",
         "97-09-04 97-10-07 97-11-06"},
        {"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "19970929T090000",
         "97-09-29 97-10-30 97-11-27 97-12-30 98-01-29 98-02-26"},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "19970805T090000",
         "97-08-05 97-08-10 97-08-19 97-08-24"},
        {"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "19970805T090000",
         "97-08-05 97-08-17 97-08-19 97-08-31"},
        {"FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "20070115T090000",
         "07-01-15 07-01-30 07-02-15 07-03-15 07-03-30"},
        {"FREQ=HOURLY;INTERVAL=3;COUNT=3", "19970902T090000", "97-09-02 97-09-02T12 97-09-02T15"},
        {"FREQ=DAILY;BYHOUR=22,9;COUNT=3", "19970902T090000", "97-09-02 97-09-02T22 97-09-03"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect_days(rows[i][0], rows[i][1], rows[i][2]);
}

static void weeks_of_a_year_begin_by_the_weekstart_and_may_lie_in_the_year_before(void **state)
{
    (void)state;
    expect_days("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "19970902T090000",
                "97-12-29 99-01-04 00-01-03 01-01-01 01-12-31 02-12-30");
    expect_days("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", "19970902T090000",
                "97-12-28 99-01-03 00-01-02 00-12-31 01-12-30 02-12-29");
    expect_days("FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH;WKST=MO", "19970902T090000", "98-12-31 04-12-30");
}

static void a_rule_with_a_mistake_is_refused_and_never_shortened(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "",
        "COUNT=3",
        "FREQ=FORTNIGHTLY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;UNTL=20270101",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=x",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYHOUR=",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYSETPOS=367",
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct rule rule;
        enum rule_error error;
        if (parse(rules[i], &rule, &error))
            fail_msg("taken: %s", rules[i]);
        assert_int_equal(error, RULE_BAD);
    }
}

static void an_until_that_is_no_date_is_marked_and_never_an_end(void **state)
{
    (void)state;
    struct rule rule;
    enum rule_error error;
    assert_true(parse("FREQ=DAILY;UNTIL=20261301", &rule, &error));
    assert_true(rule.is_until_bad && !rule.has_until);
    assert_true(parse("FREQ=DAILY;UNTIL=20261201", &rule, &error));
    assert_true(!rule.is_until_bad && rule.has_until);
}

static void seconds_and_minutes_are_too_often(void **state)
{
    (void)state;
    struct rule rule;
    enum rule_error error;
    assert_false(parse("FREQ=SECONDLY", &rule, &error));
    assert_int_equal(error, RULE_TOO_OFTEN);
    assert_false(parse("FREQ=MINUTELY;COUNT=1", &rule, &error));
    assert_int_equal(error, RULE_TOO_OFTEN);
}

static void capitals_blanks_and_foreign_parts_do_no_harm(void **state)
{
    (void)state;
    expect_days("freq=weekly; byday = mo, we ;X-NAME=a;", "19970901T090000",
                "97-09-01 97-09-03 97-09-08 97-09-10 97-09-15 97-09-17");
}

static void a_walk_stops_at_its_steps(void **state)
{
    (void)state;
    struct rule rule;
    enum rule_error error;
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    int64_t steps_left = 1000;
    assert_true(parse("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", &rule, &error));
    assert_false(rule_walk(&rule, 0, MSEC_NEVER, 365 * DAY_MS, &walls, &steps_left));
    assert_true(steps_left < 0);
    assert_true(steps_left > -100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_rfc_give_their_days),
        cmocka_unit_test(weeks_of_a_year_begin_by_the_weekstart_and_may_lie_in_the_year_before),
        cmocka_unit_test(a_rule_with_a_mistake_is_refused_and_never_shortened),
        cmocka_unit_test(an_until_that_is_no_date_is_marked_and_never_an_end),
        cmocka_unit_test(seconds_and_minutes_are_too_often),
        cmocka_unit_test(capitals_blanks_and_foreign_parts_do_no_harm),
        cmocka_unit_test(a_walk_stops_at_its_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
