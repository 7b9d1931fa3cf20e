/* SPDX-License-Identifier: MIT */
#include "pagectl/calendars.h"

#include <string.h>

#include "base/api.h"
#include "pagectl/incident.h"

static const struct {
    const char *word;
    enum tone tone;
    bool is_bad;
} states[CALENDAR_STATE_COUNT] = {
    [CALENDAR_OK] = {"ok", TONE_GOOD, false},
    [CALENDAR_DOUBT] = {"warn", TONE_WARNING, false},
    [CALENDAR_FAULTY] = {"ERROR", TONE_CRITICAL, true},
    [CALENDAR_UNREAD] = {"unread", TONE_CRITICAL, true},
    [CALENDAR_STALE] = {"stale", TONE_CRITICAL, true},
    [CALENDAR_HELD] = {"HELD", TONE_CRITICAL, true},
};

int calendars_ask(struct tool *tool, const struct json **document)
{
    const struct request request = {.path = API_CALENDARS, .is_slow = true};
    return request_send(tool, &request, document);
}

const struct json *calendars_find(const struct json *document, const char *name)
{
    const struct json *list = json_find(document, "calendars");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        if (string_is(json_string(row, "name"), name))
            return row;
    }
    return NULL;
}

/* The code stands behind the place: whichever comes first is it, not one that a title quotes. */
bool warning_is_error(const char *line)
{
    const char *error = strstr(line, ": E-"), *doubt = strstr(line, ": W-");
    return strncmp(line, "E-", 2) == 0 || (error != NULL && (doubt == NULL || error < doubt));
}

static const char *warning_worst(const struct json *row)
{
    const struct json *warnings = json_find(row, "warnings");
    const char *worst = NULL;
    for (const struct json *line = warnings != NULL ? warnings->first : NULL; line != NULL;
         line = line->next) {
        if (line->kind != JSON_STRING)
            continue;
        if (warning_is_error(line->text))
            return line->text;
        if (worst == NULL)
            worst = line->text;
    }
    return worst;
}

enum calendar_state calendar_state(const struct json *row)
{
    const char *problem = json_string(row, "problem"), *worst = warning_worst(row);
    if (json_bool(row, "held", false))
        return CALENDAR_HELD;
    if (instant_get(row, "read_at") == 0)
        return CALENDAR_UNREAD;
    if (json_bool(row, "stale", false) || (problem != NULL && problem[0] != '\0'))
        return CALENDAR_STALE;
    if (worst == NULL)
        return CALENDAR_OK;
    return warning_is_error(worst) ? CALENDAR_FAULTY : CALENDAR_DOUBT;
}

bool calendar_is_bad(const struct json *row)
{
    return states[calendar_state(row)].is_bad;
}

const char *calendar_state_word(enum calendar_state state)
{
    return states[state].word;
}

enum tone calendar_state_tone(enum calendar_state state)
{
    return states[state].tone;
}

msec calendar_seen_at(const struct tool *tool, const struct json *row)
{
    msec age_ms = json_integer(row, "age_ms", -1);
    return age_ms < 0 ? instant_get(row, "read_at") : tool->now - age_ms;
}

const char *calendar_problem(const struct json *row)
{
    const char *problem = json_string(row, "problem"), *worst = warning_worst(row);
    if (problem != NULL && problem[0] != '\0')
        return problem;
    if (calendar_state(row) == CALENDAR_UNREAD)
        return "it has not been read yet";
    return worst != NULL ? worst : "";
}
