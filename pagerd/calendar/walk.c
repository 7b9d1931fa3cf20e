/* SPDX-License-Identifier: MIT */
/*
 * walk.c - the walk over a rule: period by period, as the table of RFC 5545 3.3.10 has it.
 *
 * Each period (a year, month, week, day or hour) gives its days by one predicate per frequency,
 * the days give candidates with the times of day, BYSETPOS picks among them.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "calendar/rule.h"

#define YEAR_END 2200
#define INSTANCE_STEPS 20 /* what comes of an instance costs that much more than a step */

struct walk {
    const struct rule *rule;
    msec start;
    msec until;
    msec end;
    int64_t start_day;
    struct civil civil;     /* of the start */
    struct wall_list times; /* times of day, or within an hour for HOURLY */
    struct wall_list candidates;
    struct wall_list picked;
    struct wall_list *walls;
    int64_t found;
    int64_t steps;
    int64_t steps_left; /* of all rules together */
    bool is_done;
};

void wall_list_add(struct wall_list *list, msec wall)
{
    if (list->count == list->room) {
        list->room = list->room == 0 ? 64 : list->room * 2;
        list->items = memory_grow(list->items, list->room, sizeof *list->items);
    }
    list->items[list->count++] = wall;
}

void wall_list_clear(struct wall_list *list)
{
    free(list->items);
    *list = (struct wall_list){0};
}

static int wall_compare(const void *left, const void *right)
{
    msec a = *(const msec *)left;
    msec b = *(const msec *)right;
    return (a > b) - (a < b);
}

static void wall_list_sort(struct wall_list *list)
{
    bool is_sorted = true;
    for (size_t i = 1; i < list->count && is_sorted; i++)
        is_sorted = list->items[i - 1] < list->items[i];
    if (is_sorted)
        return;
    qsort(list->items, list->count, sizeof *list->items, wall_compare);
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (kept == 0 || list->items[kept - 1] != list->items[i])
            list->items[kept++] = list->items[i];
    list->count = kept;
}

static bool list_has(const struct rule_list *list, int value)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->values[i] == value)
            return true;
    return false;
}

/* Counted from the front or from the back of `size` things. */
static bool list_has_either(const struct rule_list *list, int value, int size)
{
    return list_has(list, value) || list_has(list, value - size - 1);
}

/* Monday-based weekday in BYDAY, whatever number stands before it. */
static bool has_weekday(const struct rule *rule, int weekday)
{
    for (size_t i = 0; i < rule->day_count; i++)
        if (rule->days[i].weekday == weekday)
            return true;
    return false;
}

/* Is it the nth such weekday, `place` being 1..size in a month or year? */
static bool has_nth_weekday(const struct rule *rule, int weekday, int place, int size)
{
    int ahead = (place - 1) / 7 + 1;
    int behind = -((size - place) / 7 + 1);
    for (size_t i = 0; i < rule->day_count; i++) {
        const struct rule_day *day = &rule->days[i];
        if (day->weekday == weekday && (day->nth == 0 || day->nth == ahead || day->nth == behind))
            return true;
    }
    return false;
}

static int year_days(int32_t year)
{
    return (int)(civil_days(year + 1, 1, 1) - civil_days(year, 1, 1));
}

static bool monthday_fits(const struct rule *rule, const struct civil *civil)
{
    return list_has_either(&rule->monthday, civil->day,
                           civil_month_days(civil->year, civil->month));
}

static bool yearday_fits(const struct rule *rule, const struct civil *civil, int64_t day)
{
    int place = (int)(day - civil_days(civil->year, 1, 1)) + 1;
    return list_has_either(&rule->yearday, place, year_days(civil->year));
}

/* First day of week 1: the first week with at least four days in that year. */
static int64_t week_one(int32_t year, int weekstart)
{
    int64_t first = civil_days(year, 1, 1);
    int into = (civil_weekday(first) - weekstart + 7) % 7;
    return 7 - into >= 4 ? first - into : first + 7 - into;
}

static bool weekno_fits(const struct rule *rule, int32_t year, int64_t day)
{
    int64_t first = week_one(year, rule->weekstart);
    int64_t next = week_one(year + 1, rule->weekstart);
    if (day < first || day >= next)
        return false;
    return list_has_either(&rule->weekno, (int)((day - first) / 7) + 1, (int)((next - first) / 7));
}

/* A day of the period `year`; with BYWEEKNO it may lie in the years beside it. */
static bool year_day_fits(const struct walk *walk, int32_t year, int64_t day)
{
    const struct rule *rule = walk->rule;
    struct civil civil = civil_from_days(day);
    int weekday = civil_weekday(day);
    bool has_place = rule->yearday.is_given || rule->monthday.is_given;
    if (rule->weekno.is_given ? !weekno_fits(rule, year, day) : civil.year != year)
        return false;
    if (rule->month.is_given && !list_has(&rule->month, civil.month))
        return false;
    if (rule->yearday.is_given && !yearday_fits(rule, &civil, day))
        return false;
    if (rule->monthday.is_given && !monthday_fits(rule, &civil))
        return false;
    if (rule->has_days) {
        if (has_place || rule->weekno.is_given)
            return has_weekday(rule, weekday);
        if (rule->month.is_given)
            return has_nth_weekday(rule, weekday, civil.day,
                                   civil_month_days(civil.year, civil.month));
        return has_nth_weekday(rule, weekday, (int)(day - civil_days(year, 1, 1)) + 1,
                               year_days(year));
    }
    if (has_place)
        return true;
    if (rule->weekno.is_given)
        return weekday == civil_weekday(walk->start_day);
    return civil.day == walk->civil.day &&
           (rule->month.is_given || civil.month == walk->civil.month);
}

static bool month_day_fits(const struct walk *walk, int64_t day)
{
    const struct rule *rule = walk->rule;
    struct civil civil = civil_from_days(day);
    int weekday = civil_weekday(day);
    if (rule->month.is_given && !list_has(&rule->month, civil.month))
        return false;
    if (rule->monthday.is_given && !monthday_fits(rule, &civil))
        return false;
    if (rule->has_days)
        return rule->monthday.is_given ? has_weekday(rule, weekday)
                                       : has_nth_weekday(rule, weekday, civil.day,
                                                         civil_month_days(civil.year, civil.month));
    return rule->monthday.is_given || civil.day == walk->civil.day;
}

static bool week_day_fits(const struct walk *walk, int64_t day)
{
    const struct rule *rule = walk->rule;
    int weekday = civil_weekday(day);
    if (rule->has_days ? !has_weekday(rule, weekday) : weekday != civil_weekday(walk->start_day))
        return false;
    return !rule->month.is_given || list_has(&rule->month, civil_from_days(day).month);
}

/* DAILY and HOURLY: every BYxxx of days only limits. */
static bool plain_day_fits(const struct walk *walk, int64_t day)
{
    const struct rule *rule = walk->rule;
    if (rule->has_days && !has_weekday(rule, civil_weekday(day)))
        return false;
    if (!rule->month.is_given && !rule->monthday.is_given && !rule->yearday.is_given)
        return true;
    struct civil civil = civil_from_days(day);
    if (rule->month.is_given && !list_has(&rule->month, civil.month))
        return false;
    if (rule->yearday.is_given && rule->frequency == FREQUENCY_HOURLY &&
        !yearday_fits(rule, &civil, day))
        return false;
    return !rule->monthday.is_given || monthday_fits(rule, &civil);
}

static void day_add(struct walk *walk, int64_t day)
{
    for (size_t i = 0; i < walk->times.count; i++)
        wall_list_add(&walk->candidates, day * DAY_MS + walk->times.items[i]);
}

/* Each of these fills the candidates of one period; false when no later one can matter. */
static bool year_fill(struct walk *walk, int64_t period)
{
    int64_t year = walk->civil.year + period * walk->rule->interval;
    if (year > YEAR_END)
        return false;
    int64_t from = civil_days((int32_t)year, 1, 1) - (walk->rule->weekno.is_given ? 7 : 0);
    int64_t until = civil_days((int32_t)year + 1, 1, 1) + (walk->rule->weekno.is_given ? 7 : 0);
    if (from * DAY_MS >= walk->end)
        return false;
    for (int64_t day = from; day < until; day++)
        if (year_day_fits(walk, (int32_t)year, day))
            day_add(walk, day);
    return true;
}

static bool month_fill(struct walk *walk, int64_t period)
{
    int64_t month = walk->civil.year * 12LL + walk->civil.month - 1 + period * walk->rule->interval;
    if (month / 12 > YEAR_END)
        return false;
    int32_t year = (int32_t)(month / 12);
    int64_t from = civil_days(year, (int32_t)(month % 12) + 1, 1);
    if (from * DAY_MS >= walk->end)
        return false;
    int size = civil_month_days(year, (int32_t)(month % 12) + 1);
    for (int64_t day = from; day < from + size; day++)
        if (month_day_fits(walk, day))
            day_add(walk, day);
    return true;
}

static bool week_fill(struct walk *walk, int64_t period)
{
    int into = (civil_weekday(walk->start_day) - walk->rule->weekstart + 7) % 7;
    int64_t from = walk->start_day - into + 7 * period * walk->rule->interval;
    if (from * DAY_MS >= walk->end)
        return false;
    for (int64_t day = from; day < from + 7; day++)
        if (week_day_fits(walk, day))
            day_add(walk, day);
    return true;
}

static bool day_fill(struct walk *walk, int64_t period)
{
    int64_t day = walk->start_day + period * walk->rule->interval;
    if (day * DAY_MS >= walk->end)
        return false;
    if (plain_day_fits(walk, day))
        day_add(walk, day);
    return true;
}

static bool hour_fill(struct walk *walk, int64_t period)
{
    msec hour = walk->start_day * DAY_MS + walk->civil.hour * HOUR_MS +
                period * walk->rule->interval * HOUR_MS;
    if (hour >= walk->end)
        return false;
    msec midnight = wall_day(hour);
    if (walk->rule->hour.is_given &&
        !list_has(&walk->rule->hour, (int)((hour - midnight) / HOUR_MS)))
        return true;
    if (!plain_day_fits(walk, midnight / DAY_MS))
        return true;
    for (size_t i = 0; i < walk->times.count; i++)
        wall_list_add(&walk->candidates, hour + walk->times.items[i]);
    return true;
}

static bool (*const fills[FREQUENCY_COUNT])(struct walk *, int64_t) = {
    [FREQUENCY_HOURLY] = hour_fill, [FREQUENCY_DAILY] = day_fill,
    [FREQUENCY_WEEKLY] = week_fill, [FREQUENCY_MONTHLY] = month_fill,
    [FREQUENCY_YEARLY] = year_fill,
};

/* How many days one period looks at: the measure of its cost. */
static const int64_t period_days[FREQUENCY_COUNT] = {
    [FREQUENCY_HOURLY] = 1,   [FREQUENCY_DAILY] = 1,    [FREQUENCY_WEEKLY] = 7,
    [FREQUENCY_MONTHLY] = 31, [FREQUENCY_YEARLY] = 366,
};

/* One number of a BYxxx of times, or the start's own when there is none. */
static int time_value(const struct rule_list *list, size_t place, int own)
{
    return list->is_given ? list->values[place] : own;
}

static bool times_fill(struct walk *walk)
{
    const struct rule *rule = walk->rule;
    bool is_hourly = rule->frequency == FREQUENCY_HOURLY;
    size_t hours = rule->hour.is_given && !is_hourly ? rule->hour.count : 1;
    size_t minutes = rule->minute.is_given ? rule->minute.count : 1;
    size_t seconds = rule->second.is_given ? rule->second.count : 1;
    if (hours * minutes * seconds > RULE_TIMES_MAX)
        return false;
    for (size_t i = 0; i < hours * minutes * seconds; i++) {
        int hour = time_value(&rule->hour, i / seconds / minutes, walk->civil.hour);
        int minute = time_value(&rule->minute, i / seconds % minutes, walk->civil.minute);
        int second = time_value(&rule->second, i % seconds, walk->civil.second);
        wall_list_add(&walk->times,
                      (is_hourly ? 0 : hour * HOUR_MS) + minute * MINUTE_MS + second * SECOND_MS);
    }
    wall_list_sort(&walk->times);
    return true;
}

static void positions_pick(struct walk *walk)
{
    const struct rule_list *positions = &walk->rule->setpos;
    int64_t size = (int64_t)walk->candidates.count;
    walk->picked.count = 0;
    for (size_t i = 0; i < positions->count; i++) {
        int64_t place =
            positions->values[i] > 0 ? positions->values[i] - 1 : size + positions->values[i];
        if (place >= 0 && place < size)
            wall_list_add(&walk->picked, walk->candidates.items[place]);
    }
    wall_list_sort(&walk->picked);
}

/* Hands the candidates of one period out; sets is_done at the end of the rule. */
static bool candidates_take(struct walk *walk)
{
    const struct wall_list *list = &walk->candidates;
    if (walk->rule->setpos.is_given) {
        positions_pick(walk);
        list = &walk->picked;
    }
    for (size_t i = 0; i < list->count; i++) {
        msec wall = list->items[i];
        if (wall < walk->start)
            continue;
        walk->is_done = wall > walk->until || wall >= walk->end;
        if (walk->is_done)
            return true;
        if (walk->found == RULE_INSTANCES_MAX)
            return false;
        wall_list_add(walk->walls, wall);
        walk->found++;
        walk->steps_left -= INSTANCE_STEPS;
        walk->is_done = walk->rule->count != 0 && walk->found >= walk->rule->count;
        if (walk->is_done)
            return true;
    }
    return true;
}

bool rule_walk(const struct rule *rule, msec start, msec until, msec end, struct wall_list *walls,
               int64_t *steps_left)
{
    assert(rule->interval >= 1);
    struct walk walk = {
        .rule = rule,
        .start = start,
        .until = until,
        .end = end,
        .start_day = wall_day(start) / DAY_MS,
        .civil = civil_from_msec(start),
        .walls = walls,
        .steps_left = *steps_left,
    };
    bool is_whole = times_fill(&walk);
    for (int64_t period = 0; is_whole && !walk.is_done; period++) {
        walk.candidates.count = 0;
        if (!fills[rule->frequency](&walk, period))
            break;
        wall_list_sort(&walk.candidates);
        int64_t steps = period_days[rule->frequency] + (int64_t)walk.candidates.count;
        walk.steps += steps;
        walk.steps_left -= steps;
        is_whole = walk.steps <= RULE_STEPS_MAX && walk.steps_left >= 0 && candidates_take(&walk);
    }
    *steps_left = walk.steps_left;
    wall_list_clear(&walk.times);
    wall_list_clear(&walk.candidates);
    wall_list_clear(&walk.picked);
    return is_whole;
}
