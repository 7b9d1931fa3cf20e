/* SPDX-License-Identifier: MIT */
#include "engine/words.h"

#include <string.h>

#include "base/span.h"
#include "base/text.h"
#include "engine/sentence.h"

static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void words_add_time_in(struct text *text, const struct language *language, const struct zone *zone,
                       msec at)
{
    struct civil civil = zone_civil(zone, at);
    int weekday = civil_weekday(civil_days(civil.year, civil.month, civil.day));
    const char *day = language != NULL ? language->weekdays[weekday] : NULL;
    const char *month = language != NULL ? language->months[civil.month - 1] : NULL;
    text_addf(text, "%s %d %s %02d:%02d", day != NULL ? day : weekdays[weekday], civil.day,
              month != NULL ? month : months[civil.month - 1], civil.hour, civil.minute);
}

void words_add_time(struct text *text, const struct zone *zone, msec at)
{
    words_add_time_in(text, NULL, zone, at);
}

void words_add_clock(struct text *text, const struct zone *zone, msec at)
{
    struct civil civil = zone_civil(zone, at);
    text_addf(text, "%02d:%02d", civil.hour, civil.minute);
}

void words_add_duration(struct text *text, msec duration_ms)
{
    char buffer[DURATION_TEXT_SIZE];
    msec unit_ms = duration_ms >= MINUTE_MS ? MINUTE_MS : SECOND_MS;
    text_add(text, duration_render(duration_ms - duration_ms % unit_ms, buffer));
}

void words_add_name(struct text *text, const struct user *user)
{
    struct span rest = span_of(user->name);
    struct span first = span_cut(&rest, ' ');
    if (first.size == 0)
        text_add(text, user->id);
    else
        text_add_span(text, first);
}

/* The names of channels and of the doors of the daemon, where people say it in another way. */
static const struct {
    const char *via;
    const char *words;
} ways[] = {
    {"sms", "SMS"},
    {"email", "e-mail"},
    {"voice", "call"},
    {"socket", "pagectl"},
    {"http", "API"},
    {"inbox", "the inbox"},
    {"chat", "chat"},
    {"slack", "Slack"},
    {"teams", "Teams"},
    {"discord", "Discord"},
    {"matrix", "Matrix"},
    {"telegram", "Telegram"},
    {"mattermost", "Mattermost"},
    {"pushover", "Pushover"},
    {"gotify", "Gotify"},
};

void words_add_via(struct text *text, const char *via)
{
    static const char link[] = "link ";
    if (via == NULL)
        return;
    const char *name = strncmp(via, link, sizeof link - 1) == 0 ? via + sizeof link - 1 : via;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (string_is(ways[i].via, name)) {
            text_add(text, ways[i].words);
            return;
        }
    }
    text_add(text, name);
}
