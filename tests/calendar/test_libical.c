/* SPDX-License-Identifier: MIT */
/*
 * Random rules against libical's own iterator, where that is sound: DAILY, WEEKLY with weeks that
 * start on Monday or Sunday, MONTHLY, YEARLY with BYMONTH; BYSETPOS only with BYDAY of a month and
 * of one sign; hours in order; a start that is an instance. Elsewhere it is known to be wrong.
 */
#include <libical/ical.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "calendar/rule.h"

#define RULES 6000
#define INSTANCES 200
#define LONG_FACTOR 20 /* with PAGERD_TESTS_LONG */

/* xorshift64: the same rules on every machine. */
static uint64_t chance_state = 88172645463325252ULL;

static int chance(int size)
{
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return (int)(chance_state % (uint64_t)size);
}

static void numbers_add(struct text *rule, const char *part, int low, int high, int most)
{
    text_addf(rule, ";%s=", part);
    int count = 1 + chance(most);
    int value = low + chance((high - low) / most + 1);
    for (int i = 0; i < count && value <= high; i++) {
        text_addf(rule, "%s%d", i == 0 ? "" : ",", value);
        value += 1 + chance((high - low) / most + 1);
    }
}

static void days_add(struct text *rule, bool is_counted)
{
    static const char *const days[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
    static const char *const counts[] = {"1", "2", "3", "-1", "-2"};
    text_add(rule, ";BYDAY=");
    bool has_any = false;
    for (int i = 0; i < 7; i++) {
        if (chance(3) != 0 && (i < 6 || has_any))
            continue;
        text_addf(rule, "%s%s%s", has_any ? "," : "", is_counted ? counts[chance(5)] : "", days[i]);
        has_any = true;
    }
}

static void month_part_add(struct text *rule)
{
    switch (chance(4)) {
    case 0:
        numbers_add(rule, "BYMONTHDAY", 1, 31, 4);
        return;
    case 1:
        text_addf(rule, ";BYMONTHDAY=-%d", 1 + chance(5));
        return;
    case 2:
        days_add(rule, true);
        return;
    default:
        days_add(rule, false);
        return;
    }
}

static void rule_make(struct text *rule)
{
    static const char *const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
    static const char *const starts[] = {"", ";WKST=MO", ";WKST=SU"};
    int frequency = chance(4);
    text_reset(rule);
    text_addf(rule, "FREQ=%s", frequencies[frequency]);
    if (chance(2) == 0)
        text_addf(rule, ";INTERVAL=%d", 1 + chance(5));
    text_add(rule, starts[chance(3)]);
    if (frequency == 3)
        numbers_add(rule, "BYMONTH", 1, 12, 4);
    if (frequency < 2 && chance(2) == 0)
        days_add(rule, false);
    if (frequency >= 2)
        month_part_add(rule);
    bool is_picked = frequency == 2 && text_string(rule)[0] != '\0' && chance(4) == 0;
    if (is_picked) {
        text_reset(rule);
        text_add(rule, "FREQ=MONTHLY");
        days_add(rule, false);
        text_addf(rule, ";BYSETPOS=%s%d", chance(2) == 0 ? "-" : "", 1 + chance(3));
    } else if (chance(4) == 0) {
        numbers_add(rule, "BYHOUR", 0, 23, 3);
    }
    if (chance(4) == 0)
        text_addf(rule, ";COUNT=%d", 1 + chance(100));
}

static msec start_find(const struct rule *rule)
{
    msec from = (civil_days(2024, 1, 1) + chance(700)) * DAY_MS + chance(24) * HOUR_MS;
    int64_t steps_left = RULE_STEPS_MAX;
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    if (!rule_walk(rule, from, MSEC_NEVER, from + 20000 * DAY_MS, &walls, &steps_left))
        fail_msg("a rule without bounds");
    return walls.count == 0 ? MSEC_NEVER : walls.items[0];
}

static msec msec_of(struct icaltimetype time)
{
    return civil_to_msec(
        &(struct civil){time.year, time.month, time.day, time.hour, time.minute, time.second});
}

/* Compares the first instances; returns how many. */
static size_t rule_compare(const char *text, const struct rule *rule, msec start)
{
    struct civil civil = civil_from_msec(start);
    struct icaltimetype first = {.year = civil.year,
                                 .month = civil.month,
                                 .day = civil.day,
                                 .hour = civil.hour,
                                 .minute = civil.minute,
                                 .second = civil.second};
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    int64_t steps_left = RULE_STEPS_MAX;
    bool is_whole = rule_walk(rule, start, MSEC_NEVER, start + 4000 * DAY_MS, &walls, &steps_left);
    assert_true(is_whole);
    struct icalrecurrencetype theirs = icalrecurrencetype_from_string(text);
    icalrecur_iterator *iterator = icalrecur_iterator_new(theirs, first);
    assert_non_null(iterator);
    size_t count = walls.count < INSTANCES ? walls.count : INSTANCES;
    for (size_t i = 0; i < count; i++) {
        struct icaltimetype next = icalrecur_iterator_next(iterator);
        if (icaltime_is_null_time(next) || msec_of(next) != walls.items[i]) {
            char ours[INSTANT_TEXT_SIZE];
            char start_text[INSTANT_TEXT_SIZE];
            fail_msg("%s from %s: instance %zu is %s, libical has %s", text,
                     instant_render(start, start_text), i, instant_render(walls.items[i], ours),
                     icaltime_as_ical_string(next));
        }
    }
    if (rule->count != 0 && (int64_t)count == rule->count)
        assert_true(icaltime_is_null_time(icalrecur_iterator_next(iterator)));
    icalrecur_iterator_free(iterator);
    return count;
}

static void libical_agrees_where_it_is_sound(void **state)
{
    (void)state;
    int rules = RULES * (getenv("PAGERD_TESTS_LONG") == NULL ? 1 : LONG_FACTOR);
    size_t compared = 0;
    size_t instances = 0;
    CLEANUP(text_clear) struct text text = {0};
    icalerror_set_errors_are_fatal(0);
    for (int i = 0; i < rules; i++) {
        struct rule rule;
        enum rule_error error;
        struct fault fault = {0};
        rule_make(&text);
        if (!rule_parse(text_span(&text), &rule, &error, &fault))
            fail_msg("%s: %s", text_string(&text), fault.text);
        msec start = start_find(&rule);
        if (start == MSEC_NEVER)
            continue;
        instances += rule_compare(text_string(&text), &rule, start);
        compared++;
    }
    print_message("%zu rules, %zu instances\n", compared, instances);
    assert_true(compared > (size_t)rules / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libical_agrees_where_it_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
