/* SPDX-License-Identifier: MIT */
#include "notify/moment.h"

#include <assert.h>
#include <stddef.h>

#define NIGHT_FROM_HOUR 20
#define NIGHT_UNTIL_HOUR 7

static const struct zone *view_zone(const struct moment_view *view)
{
    return view->reader != NULL ? view->reader : view->team;
}

static struct civil local_civil(const struct zone *zone, msec at)
{
    return zone != NULL ? zone_civil(zone, at) : civil_from_msec(at);
}

static int32_t offset_at(const struct zone *zone, msec at)
{
    return zone != NULL ? zone_offset(zone, at) : 0;
}

static int64_t day_of(const struct civil *civil)
{
    return civil_days(civil->year, civil->month, civil->day);
}

static const char *weekday_of(const struct wordbook *words, const struct civil *civil)
{
    return word_say(words, WORD_MONDAY + (enum word)civil_weekday(day_of(civil)));
}

static const char *month_of(const struct wordbook *words, const struct civil *civil)
{
    return word_say(words, WORD_JANUARY + (enum word)(civil->month - 1));
}

/* Zones without letters of their own are called "+03" by the database: that needs a "UTC". */
static void add_zone(struct text *text, const struct zone *zone, msec at)
{
    const char *name = zone != NULL ? zone_abbreviation(zone, at) : "UTC";
    bool is_number = name[0] == '+' || name[0] == '-';
    text_addf(text, " %s%s", is_number ? "UTC" : "", name);
}

static void add_zone_when_other(struct text *text, const struct moment_view *view, msec at)
{
    const struct zone *zone = view_zone(view);
    if (offset_at(zone, at) != offset_at(view->team, at))
        add_zone(text, zone, at);
}

static void add_date(struct text *text, const struct moment_view *view, const struct civil *civil)
{
    text_addf(text, "%s %d %s", weekday_of(view->words, civil), (int)civil->day,
              month_of(view->words, civil));
}

static void add_clock(struct text *text, const struct civil *civil)
{
    text_addf(text, "%02d:%02d", (int)civil->hour, (int)civil->minute);
}

void moment_add(struct text *text, const struct moment_view *view, msec at)
{
    struct civil civil = local_civil(view_zone(view), at);
    struct civil today = local_civil(view_zone(view), view->now_at);
    if (day_of(&civil) != day_of(&today)) {
        add_date(text, view, &civil);
        if (civil.year != today.year)
            text_addf(text, " %d", (int)civil.year);
        text_add_char(text, ' ');
    }
    add_clock(text, &civil);
    add_zone_when_other(text, view, at);
}

void moment_add_day(struct text *text, const struct moment_view *view, msec at)
{
    struct civil civil = local_civil(view_zone(view), at);
    struct civil today = local_civil(view_zone(view), view->now_at);
    text_addf(text, "%d %s", (int)civil.day, month_of(view->words, &civil));
    if (civil.year != today.year)
        text_addf(text, " %d", (int)civil.year);
}

void moment_add_full(struct text *text, const struct moment_view *view, msec at)
{
    struct civil civil = local_civil(view_zone(view), at);
    add_date(text, view, &civil);
    text_addf(text, " %d %02d:%02d:%02d", (int)civil.year, (int)civil.hour, (int)civil.minute,
              (int)civil.second);
    add_zone(text, view_zone(view), at);
}

void moment_add_range(struct text *text, const struct moment_view *view, msec from_at,
                      msec until_at)
{
    struct civil from = local_civil(view_zone(view), from_at);
    struct civil until = local_civil(view_zone(view), until_at);
    add_date(text, view, &from);
    text_add_char(text, ' ');
    add_clock(text, &from);
    if (day_of(&from) == day_of(&until)) {
        text_add_char(text, '-');
    } else {
        text_addf(text, " %s ", word_say(view->words, WORD_TO));
        add_date(text, view, &until);
        text_add_char(text, ' ');
    }
    add_clock(text, &until);
    add_zone_when_other(text, view, until_at);
}

void moment_add_mail(struct text *text, msec at)
{
    struct civil civil = civil_from_msec(at);
    text_addf(text, "%s, %d %s %d %02d:%02d:%02d +0000", weekday_of(NULL, &civil), (int)civil.day,
              month_of(NULL, &civil), (int)civil.year, (int)civil.hour, (int)civil.minute,
              (int)civil.second);
}

void moment_add_length(struct text *text, msec length_ms)
{
    static const struct {
        msec unit_ms;
        char name;
    } units[] = {{DAY_MS, 'd'}, {HOUR_MS, 'h'}, {MINUTE_MS, 'm'}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (length_ms < units[i].unit_ms)
            continue;
        text_addf(text, "%lld%c", (long long)(length_ms / units[i].unit_ms), units[i].name);
        msec rest_ms = length_ms % units[i].unit_ms;
        if (i + 1 < sizeof units / sizeof *units && rest_ms >= units[i + 1].unit_ms)
            text_addf(text, "%lld%c", (long long)(rest_ms / units[i + 1].unit_ms),
                      units[i + 1].name);
        return;
    }
    text_addf(text, "%llds", (long long)(length_ms > 0 ? length_ms / SECOND_MS : 0));
}

bool moment_is_night(const struct moment_view *view, msec at)
{
    struct civil civil = local_civil(view_zone(view), at);
    return civil.hour >= NIGHT_FROM_HOUR || civil.hour < NIGHT_UNTIL_HOUR;
}
