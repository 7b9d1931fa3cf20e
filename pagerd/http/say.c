/* SPDX-License-Identifier: MIT */
#include "http/say.h"

#include <assert.h>
#include <string.h>

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const struct zone *say_zone(const struct policy *policy, const char *user)
{
    const struct user *known = user ? policy_find_user(policy, user) : NULL;
    return known && known->zone ? known->zone : policy->zone;
}

static void say_first_name(struct text *text, const struct user *user)
{
    struct span rest = span_trim(span_of(user->name));
    struct span first = span_cut(&rest, ' ');
    if (first.size == 0)
        first = span_of(user->id);
    text_add_span(text, first);
}

void say_user(struct text *text, const struct policy *policy, const char *user)
{
    const struct user *known = policy ? policy_find_user(policy, user) : NULL;
    if (known)
        say_first_name(text, known);
    else
        text_add(text, user);
}

void say_users(struct text *text, const struct user *const *users, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_add(text, i + 1 == count ? " and " : ", ");
        say_first_name(text, users[i]);
    }
}

static int64_t local_day(const struct zone *zone, msec at)
{
    struct civil civil = zone_civil(zone, at);
    return civil_days(civil.year, civil.month, civil.day);
}

void say_day(struct text *text, const struct zone *zone, msec at)
{
    struct civil civil = zone_civil(zone, at);
    text_addf(text, "%d %s", civil.day, months[civil.month - 1]);
}

void say_time(struct text *text, const struct zone *zone, msec at, msec now)
{
    struct civil civil = zone_civil(zone, at);
    int64_t day = local_day(zone, at);
    if (day != local_day(zone, now)) {
        text_addf(text, "%s ", weekdays[civil_weekday(day)]);
        say_day(text, zone, at);
        text_add_char(text, ' ');
    }
    text_addf(text, "%02d:%02d", civil.hour, civil.minute);
}

void say_duration(struct text *text, msec duration_ms)
{
    char buffer[DURATION_TEXT_SIZE];
    /* Nobody reads milliseconds, nor seconds beside minutes. */
    msec unit_ms = duration_ms >= MINUTE_MS ? MINUTE_MS : SECOND_MS;
    msec shown_ms = duration_ms > 0 ? duration_ms / unit_ms * unit_ms : 0;
    text_add(text, duration_speak(shown_ms, buffer));
}

void say_until(struct text *text, const struct zone *zone, msec at, msec now)
{
    say_time(text, zone, at, now);
    text_addf(text, " %s (in ", zone_abbreviation(zone, at));
    say_duration(text, at - now);
    text_add_char(text, ')');
}
