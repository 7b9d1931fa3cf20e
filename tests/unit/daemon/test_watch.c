/* SPDX-License-Identifier: MIT */
/* Working hours, which gaps are told when, and metrics with any label. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "base/zone.h"
#include "daemon/gap_news.h"
#include "daemon/metric.h"
#include "daemon/office.h"
#include "daemon/outlook.h"

/* Of 2026: the 23rd of November is a Monday. */
static msec at(const char *text)
{
    msec instant = 0;
    struct fault fault = {0};
    assert_true(instant_parse(text, &instant, &fault));
    return instant;
}

struct setting {
    struct zone *zone;
    struct holiday holidays[2];
    struct roster roster;
    struct office office;
    struct told_news told;
};

static int setting_make(void **state)
{
    static struct setting setting;
    setting = (struct setting){.zone = zone_fixed("+01", 3600)};
    setting.holidays[0] = (struct holiday){
        .calendar = "feasts",
        .start_at = at("2026-11-24T00:00:00+01:00"),
        .end_at = at("2026-11-25T00:00:00+01:00"),
    };
    setting.holidays[1] = (struct holiday){
        .calendar = "feasts",
        .start_at = at("2026-11-27T00:00:00+01:00"),
        .end_at = at("2026-11-27T12:00:00+01:00"),
    };
    setting.roster = (struct roster){.holidays = setting.holidays, .holiday_count = 2};
    setting.office = (struct office){setting.zone, &setting.roster, "feasts"};
    *state = &setting;
    return 0;
}

static int setting_end(void **state)
{
    struct setting *setting = *state;
    zone_free(setting->zone);
    told_news_clear(&setting->told);
    return 0;
}

static void working_hours_are_monday_to_friday_nine_to_five_without_holidays(void **state)
{
    const struct setting *setting = *state;
    static const struct {
        const char *now;
        const char *next;
    } rows[] = {
        {"2026-11-23T09:00:00+01:00", "2026-11-23T09:00:00+01:00"},
        {"2026-11-23T16:59:59+01:00", "2026-11-23T16:59:59+01:00"},
        {"2026-11-23T08:59:59+01:00", "2026-11-23T09:00:00+01:00"},
        {"2026-11-23T17:00:00+01:00", "2026-11-25T09:00:00+01:00"}, /* the 24th is a holiday */
        {"2026-11-24T10:00:00+01:00", "2026-11-25T09:00:00+01:00"},
        {"2026-11-26T22:00:00+01:00", "2026-11-27T12:00:00+01:00"}, /* half a holiday */
        {"2026-11-27T17:00:00+01:00", "2026-11-30T09:00:00+01:00"}, /* a weekend */
        {"2026-11-29T12:00:00+01:00", "2026-11-30T09:00:00+01:00"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_int_equal(office_next(&setting->office, at(rows[i].now)), at(rows[i].next));
}

static void working_hours_follow_the_clocks_of_the_zone(void **state)
{
    const struct setting *setting = *state;
    CLEANUP(zone_free) struct zone *zone = zone_fixed("-08", -8 * 3600);
    struct office office = {zone, &setting->roster, NULL};
    assert_int_equal(office_next(&office, at("2026-11-23T09:00:00+01:00")),
                     at("2026-11-23T09:00:00-08:00"));
}

static struct news_item gap(const char *start, const char *end)
{
    return (struct news_item){NEWS_GAP, ROLE_PRIMARY, at(start),
                              end == NULL ? MSEC_NEVER : at(end)};
}

static bool is_due(const struct setting *setting, struct news_item item, const char *now)
{
    return news_are_due(&setting->told, &item, 1, &setting->office, at(now));
}

static void a_new_gap_days_ahead_waits_for_working_hours(void **state)
{
    struct setting *setting = *state;
    struct news_item item = gap("2026-12-01T21:00:00Z", "2026-12-02T01:00:00Z");
    assert_false(is_due(setting, item, "2026-11-23T08:00:00+01:00"));
    assert_true(is_due(setting, item, "2026-11-23T09:30:00+01:00"));
    told_news_take(&setting->told, &item, 1,
                   office_day(&setting->office, at("2026-11-23T09:00:00Z")));
    assert_false(is_due(setting, item, "2026-11-23T10:00:00+01:00"));
    assert_false(is_due(setting, item, "2026-11-25T10:00:00+01:00"));
}

static void a_gap_that_begins_within_twelve_hours_or_before_work_is_told_at_once(void **state)
{
    const struct setting *setting = *state;
    struct news_item soon = gap("2026-11-24T03:00:00+01:00", "2026-11-24T05:00:00+01:00");
    assert_true(is_due(setting, soon, "2026-11-23T22:00:00+01:00"));
    struct news_item sunday = gap("2026-11-29T10:00:00+01:00", "2026-11-29T12:00:00+01:00");
    assert_true(is_due(setting, sunday, "2026-11-27T18:00:00+01:00"));
    struct news_item tuesday = gap("2026-12-01T10:00:00+01:00", "2026-12-01T12:00:00+01:00");
    assert_false(is_due(setting, tuesday, "2026-11-27T18:00:00+01:00"));
}

static void a_gap_within_three_days_is_told_again_once_on_each_working_day(void **state)
{
    struct setting *setting = *state;
    struct news_item item = gap("2026-11-26T21:00:00+01:00", "2026-11-27T01:00:00+01:00");
    told_news_take(&setting->told, &item, 1,
                   office_day(&setting->office, at("2026-11-23T10:00:00+01:00")));
    assert_false(is_due(setting, item, "2026-11-23T16:00:00+01:00")); /* more than three days */
    assert_false(is_due(setting, item, "2026-11-24T10:00:00+01:00")); /* a holiday */
    assert_true(is_due(setting, item, "2026-11-25T09:00:00+01:00"));
    told_news_take(&setting->told, &item, 1,
                   office_day(&setting->office, at("2026-11-25T09:00:00+01:00")));
    assert_false(is_due(setting, item, "2026-11-25T16:00:00+01:00"));
    assert_true(is_due(setting, item, "2026-11-26T09:00:00+01:00"));
}

static void only_what_was_not_known_makes_a_gap_new(void **state)
{
    struct setting *setting = *state;
    struct news_item known = gap("2026-12-01T20:00:00Z", "2026-12-02T02:00:00Z");
    told_news_take(&setting->told, &known, 1, 0);
    const char *now = "2026-11-25T10:00:00+01:00";
    assert_false(is_due(setting, gap("2026-12-01T21:00:00Z", "2026-12-02T01:00:00Z"), now));
    assert_true(is_due(setting, gap("2026-12-01T20:00:00Z", "2026-12-02T03:00:00Z"), now));
    assert_true(is_due(setting, gap("2026-12-01T19:00:00Z", "2026-12-02T02:00:00Z"), now));
    assert_true(is_due(setting, gap("2026-12-03T20:00:00Z", "2026-12-03T21:00:00Z"), now));
    struct news_item other = known;
    other.role = ROLE_SECONDARY;
    assert_true(is_due(setting, other, now));
}

static void a_gap_that_was_filled_and_opens_again_is_news(void **state)
{
    struct setting *setting = *state;
    struct news_item item = gap("2026-12-01T20:00:00Z", NULL);
    told_news_take(&setting->told, &item, 1, 0);
    assert_false(told_news_prune(&setting->told, &item, 1));
    struct news_item shorter = gap("2026-12-01T20:00:00Z", "2026-12-02T20:00:00Z");
    assert_true(told_news_prune(&setting->told, &shorter, 1));
    assert_false(is_due(setting, shorter, "2026-11-25T10:00:00+01:00"));
    assert_true(is_due(setting, item, "2026-11-25T10:00:00+01:00"));
    assert_true(told_news_prune(&setting->told, NULL, 0));
    assert_true(is_due(setting, shorter, "2026-11-25T10:00:00+01:00"));
}

static void who_is_away_is_told_in_working_hours_only(void **state)
{
    const struct setting *setting = *state;
    struct news_item item = gap("2026-11-24T03:00:00+01:00", "2026-11-24T05:00:00+01:00");
    item.kind = NEWS_AWAY;
    assert_false(is_due(setting, item, "2026-11-23T22:00:00+01:00"));
    assert_true(is_due(setting, item, "2026-11-23T12:00:00+01:00"));
}

static void what_was_told_survives_as_text(void **state)
{
    struct setting *setting = *state;
    struct fault fault = {0};
    struct news_item items[] = {gap("2026-12-01T20:00:00Z", "2026-12-02T20:00:00Z"),
                                gap("2026-12-05T20:00:00Z", NULL)};
    items[1].role = ROLE_ONCALL;
    told_news_take(&setting->told, items, 2, 20780);
    CLEANUP(text_clear) struct text text = {0};
    told_news_render(&text, &setting->told);
    struct told_news again = {0};
    assert_true(told_news_parse(text_string(&text), &again, &fault));
    assert_int_equal(again.day, 20780);
    assert_int_equal(again.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(again.items[i].role, items[i].role);
        assert_int_equal(again.items[i].start_at, items[i].start_at);
        assert_int_equal(again.items[i].end_at, items[i].end_at);
    }
    told_news_clear(&again);
    static const char *const broken[] = {"", "x", "1 2", "1 0:9:1:2", "1 7:0:1:2", "1 0:0:1:"};
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        assert_false(told_news_parse(broken[i], &again, &fault));
}

static void of_very_many_gaps_the_last_one_kept_stands_for_the_rest(void **state)
{
    struct setting *setting = *state;
    struct news_item items[NEWS_KEPT_MAX + 10];
    for (size_t i = 0; i < NEWS_KEPT_MAX + 10; i++)
        items[i] = (struct news_item){NEWS_GAP, ROLE_PRIMARY,
                                      at("2026-12-05T00:00:00Z") + (msec)i * HOUR_MS,
                                      at("2026-12-05T00:30:00Z") + (msec)i * HOUR_MS};
    told_news_take(&setting->told, items, NEWS_KEPT_MAX + 10, 0);
    assert_int_equal(setting->told.count, NEWS_KEPT_MAX);
    assert_false(news_are_due(&setting->told, items, NEWS_KEPT_MAX + 10, &setting->office,
                              at("2026-11-25T10:00:00+01:00")));
}

static void a_gap_says_when_it_is_how_long_and_how_to_fill_it(void **state)
{
    const struct setting *setting = *state;
    struct outlook_gap hole = {.team = "ops",
                               .role = ROLE_SECONDARY,
                               .start_at = at("2026-12-01T20:00:00Z"),
                               .end_at = at("2026-12-02T00:00:00Z")};
    static const struct {
        const char *now;
        bool is_endless;
        const char *text;
    } rows[] = {
        {"2026-11-25T10:00:00Z", false,
         "GAP ops secondary Tue 1 Dec 21:00 - Wed 2 Dec 01:00 +01 (4 h). Fill it: pagectl override "
         "ops secondary --from 2026-12-01T21:00:00+01:00 --for 4h --to WHO"},
        {"2026-12-01T22:00:00Z", false,
         "GAP ops secondary now - Wed 2 Dec 01:00 +01 (2 h). Fill it: pagectl override ops "
         "secondary --for 2h --to WHO"},
        {"2026-11-25T10:00:00Z", true,
         "GAP ops secondary Tue 1 Dec 21:00 +01 and on, no end in sight: extend the rotation, or "
         "pagectl override ops secondary --from 2026-12-01T21:00:00+01:00 --for 1w --to WHO"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        CLEANUP(text_clear) struct text text = {0};
        struct outlook_gap shown = hole;
        shown.end_at = rows[i].is_endless ? MSEC_NEVER : hole.end_at;
        outlook_gap_advise(&text, NULL, &shown, setting->zone, at(rows[i].now));
        assert_string_equal(text_string(&text), rows[i].text);
    }
}

static void labels_of_metrics_are_escaped(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    const struct metric_label labels[] = {{"team", "a\"b\\c\nd"}, {"role", "primary"}};
    metric_labelled(&text, "x", labels, 2, -3);
    metric_labelled(&text, "y", NULL, 0, 4);
    assert_string_equal(text_string(&text),
                        "pagerd_x{team=\"a\\\"b\\\\c\\nd\",role=\"primary\"} -3\npagerd_y 4\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setting_make, setting_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(working_hours_are_monday_to_friday_nine_to_five_without_holidays),
        TEST(working_hours_follow_the_clocks_of_the_zone),
        TEST(a_new_gap_days_ahead_waits_for_working_hours),
        TEST(a_gap_that_begins_within_twelve_hours_or_before_work_is_told_at_once),
        TEST(a_gap_within_three_days_is_told_again_once_on_each_working_day),
        TEST(only_what_was_not_known_makes_a_gap_new),
        TEST(a_gap_that_was_filled_and_opens_again_is_news),
        TEST(who_is_away_is_told_in_working_hours_only),
        TEST(what_was_told_survives_as_text),
        TEST(of_very_many_gaps_the_last_one_kept_stands_for_the_rest),
        TEST(a_gap_says_when_it_is_how_long_and_how_to_fill_it),
        TEST(labels_of_metrics_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
