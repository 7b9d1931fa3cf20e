/* SPDX-License-Identifier: MIT */
/* cmd_incidents.c - what is up: the bare command, the list, one incident. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"
#include "pagectl/watch.h"

#define LOG_LINES 12    /* of `show` without --log */
#define DETAIL_LINES 12 /* of an alert's text */
#define CHANGES_WAIT_MS 2000

static void next_say(struct tool *tool, const struct json *incident)
{
    const struct json *next = json_find(incident, "next");
    const struct json *users = json_find(next, "users");
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    msec at = instant_get(next, "at");
    int64_t number = json_integer(incident, "number", 0);
    if (at != 0 && users != NULL && users->first != NULL)
        say(tool, "%s is paged at %s.      ", name_capital(tool, names_join(tool, users)),
            times_clock(&times, at, when));
    say(tool, "pagectl ack      pagectl show %" PRId64 "\n", number);
}

static void paging_say(struct tool *tool, const struct json *incident)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    const char *severity = json_string(incident, "severity");
    say(tool, "%s#%" PRId64 " %s pages you since %s%s: %s (%s)\n",
        tone_begin(tool, severity_tone(severity)), json_integer(incident, "number", 0),
        severity_short(severity), times_clock(&times, instant_get(incident, "opened_at"), when),
        tone_end(tool, severity_tone(severity)), tool_clean(tool, json_string(incident, "summary")),
        tool_clean(tool, json_string(incident, "team")));
    next_say(tool, incident);
}

static void mine_say(struct tool *tool, const struct json *incident)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    say(tool, "#%" PRId64 " %s is yours since %s: %s (%s)\n", json_integer(incident, "number", 0),
        severity_short(json_string(incident, "severity")),
        times_clock(&times, instant_get(incident, "acknowledged_at"), when),
        tool_clean(tool, json_string(incident, "summary")),
        tool_clean(tool, json_string(incident, "team")));
}

/* "You are primary of ops until Mon 30 Nov 09:00. Backup: bob +49 …". */
static void duty_say(struct tool *tool, const struct json *me, const struct json *duty)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    const char *team = json_string(duty, "team");
    msec until = instant_get(duty, "until");
    const char *role = json_string(duty, "role");
    if (string_is(role, "oncall"))
        say(tool, "You are on call for %s", tool_clean(tool, team));
    else
        say(tool, "You are %s of %s", tool_clean(tool, role), tool_clean(tool, team));
    if (until != 0)
        say(tool, " until %s", times_day(&times, until, when));
    say(tool, ".");

    const struct json *backups = json_find(me, "backup");
    for (const struct json *row = backups != NULL ? backups->first : NULL; row != NULL;
         row = row->next) {
        if (!string_is(json_string(row, "team"), team) || json_string(row, "user") == NULL)
            continue;
        say(tool, " Backup: %s %s", tool_clean(tool, json_string(row, "user")),
            tool_clean(tool, json_string(row, "phone")));
        break;
    }
    say(tool, "\n");
}

static void each_say(struct tool *tool, const struct json *list,
                     void (*one)(struct tool *, const struct json *))
{
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        one(tool, row);
}

static void me_say(struct tool *tool, const struct json *me)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    const struct json *paging = json_find(me, "paging"), *mine = json_find(me, "mine");
    const struct json *duties = json_find(me, "duties");
    bool is_quiet =
        (paging == NULL || paging->first == NULL) && (mine == NULL || mine->first == NULL);
    each_say(tool, paging, paging_say);
    each_say(tool, mine, mine_say);
    if (is_quiet)
        say_line(tool, TONE_GOOD, "Nothing pages you.");

    msec until = instant_get(json_find(me, "rest"), "until");
    bool is_on_call = duties != NULL && duties->first != NULL;
    if (until != 0 && is_on_call)
        say(tool, "You are due a rest until %s, but you are on call:\n",
            times_echo(&times, until, when));
    else if (until != 0)
        say(tool, "You rest until %s.\n", times_echo(&times, until, when));
    for (const struct json *row = duties != NULL ? duties->first : NULL; row != NULL;
         row = row->next)
        duty_say(tool, me, row);
    until = instant_get(json_find(me, "pause"), "until");
    const char *cover = json_string(json_find(me, "pause"), "covered_by");
    if (until != 0)
        say(tool, "You have paused until %s%s%s.     pagectl pause --end\n",
            times_echo(&times, until, when), cover != NULL ? ", covered by " : "",
            cover != NULL ? tool_clean(tool, cover) : "");
    until = instant_get(me, "awake_until");
    if (until != 0)
        say(tool, "You are awake until %s: push only.     pagectl awake --off\n",
            times_echo(&times, until, when));
    if (!is_on_call)
        say(tool, "You are not on call. Who is: pagectl oncall\n");
}

static int bare_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const struct json *me = NULL;
    const struct request request = {.path = API_ME};
    int code = request_send(tool, &request, &me);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json) {
        document_say(tool, NULL, me);
        return EXIT_DONE;
    }
    if (json_string(me, "user") == NULL) {
        say(tool, "pagerd does not know who you are: nobody can page you here.\n");
        say(tool, "What is open: pagectl incidents     Who is on call: pagectl oncall\n");
        return EXIT_DONE;
    }
    me_say(tool, me);
    return EXIT_DONE;
}

const struct command command_bare = {
    .name = "",
    .summary = "My situation: what pages me, until when I am on call",
    .arguments = "",
    .examples = "pagectl\n",
    .run = bare_run,
};

static const struct column incident_columns[] = {
    {.title = "#", .is_right = true},
    {.title = "SEV"},
    {.title = "STATE"},
    {.title = "TEAM", .rank = 3},
    {.title = "AGE", .rank = 4, .is_right = true},
    {.title = "WHO", .rank = 1},
    {.title = "WHAT", .is_elastic = true},
    {.title = "MORE", .rank = 5, .is_right = true},
    {0},
};

/* What stands at the right: until when it sleeps, or how often it came. */
static const char *more_describe(struct tool *tool, const struct json *incident)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    msec until = instant_get(incident, "snoozed_until");
    int64_t count = json_integer(incident, "occurrences", 0);
    if (!string_is(json_string(incident, "state"), "snoozed"))
        until = instant_get(incident, "held_until");
    if (until != 0)
        return arena_format(tool->arena, "until %s", times_day(&times, until, when));
    return count > 1 ? arena_format(tool->arena, "%" PRId64 " alerts", count) : "";
}

static void incident_row(struct writer *writer, struct tool *tool, const struct json *incident)
{
    char age[TIMES_TEXT_SIZE];
    const char *severity = json_string(incident, "severity");
    msec opened_at = instant_get(incident, "opened_at");
    bool is_unread = string_is(json_string(incident, "state"), "triggered");
    enum tone tone = severity_tone(severity);
    writer_cell(writer, TONE_PLAIN, json_text(incident, "number"), NULL);
    writer_cell(writer, tone, severity_short(severity), severity);
    writer_cell(writer, is_unread ? tone : state_tone(incident), state_short(incident),
                json_string(incident, "state"));
    writer_cell(writer, TONE_PLAIN, json_string(incident, "team"), NULL);
    writer_instant(writer, TONE_MUTED, times_age(tool->now - opened_at, age), opened_at);
    writer_cell(writer, TONE_PLAIN, incident_who(tool, incident), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(incident, "summary"), NULL);
    writer_cell(writer, TONE_MUTED, more_describe(tool, incident), NULL);
}

static int incidents_path(struct tool *tool, const struct invocation *call, const char **path)
{
    CLEANUP(text_clear) struct text text = {0};
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *since = option_get(call, "since");
    msec at = 0;
    text_add(&text, API_INCIDENTS);
    path_add(&text, "all", option_is(call, "all") || since != NULL ? "1" : NULL);
    path_add(&text, "mine", option_is(call, "mine") ? "1" : NULL);
    path_add(&text, "team", option_get(call, "team"));
    if (since != NULL && !times_parse(&times, since, TIMES_LAST, &at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (since != NULL)
        path_add_instant(&text, "since", at);
    path_add(&text, "limit", option_get(call, "limit"));
    *path = arena_copy(tool->arena, text_string(&text));
    return EXIT_DONE;
}

static void incidents_sum(struct tool *tool, const struct json *list, bool is_all)
{
    size_t open = 0, paging = 0;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const char *state = json_string(row, "state");
        open += !string_is(state, "resolved") && !string_is(state, "suppressed");
        paging += string_is(state, "triggered");
    }
    if (tool->is_json || !tool->is_terminal || tool->is_quiet)
        return;
    say(tool, "%zu open, %zu paging.%s\n", open, paging,
        is_all ? "" : " Closed ones too: pagectl incidents --all");
}

static int incidents_draw(struct tool *tool, const struct invocation *call)
{
    const struct json *document = NULL;
    const char *path = NULL;
    int code = incidents_path(tool, call, &path);
    if (code != EXIT_DONE)
        return code;
    const struct request request = {.path = path};
    code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;

    if (call->value_count == 0)
        cache_put(tool, "incidents", document);
    const struct json *list = json_find(document, "incidents");
    struct writer *writer = writer_open(tool, incident_columns, "incidents", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        incident_row(writer, tool, row);
    writer_close(writer);
    incidents_sum(tool, list, option_is(call, "all"));
    return EXIT_DONE;
}

static int incidents_run(struct tool *tool, const struct invocation *call)
{
    return watch_run(tool, call, incidents_draw);
}

const struct command command_incidents = {
    .name = "incidents",
    .aliases = "ls",
    .summary = "What is open",
    .arguments = "",
    .options = (const struct option[]){{"all", 'a', NULL, "closed ones too"},
                                       {"mine", 0, NULL, "only mine"},
                                       {"team", 0, "TEAM", "only of this team"},
                                       {"since", 0, "7d", "opened since then"},
                                       {"limit", 0, "N", "at most so many"},
                                       WATCH_OPTION,
                                       {0}},
    .examples = "pagectl incidents\npagectl incidents --since 7d --team ops\n"
                "pagectl incidents --json=number,state\n",
    .run = incidents_run,
};

static void head_say(struct tool *tool, const struct json *incident)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE], length[TIMES_TEXT_SIZE];
    const char *severity = json_string(incident, "severity");
    const char *service = json_string(incident, "service");
    const char *user = json_string(incident, "acknowledged_by");
    msec opened_at = instant_get(incident, "opened_at");
    msec closed_at = instant_get(incident, "resolved_at");
    msec acked_at = instant_get(incident, "acknowledged_at");
    msec until = instant_get(incident, "snoozed_until");
    msec held = instant_get(incident, "held_until");
    CLEANUP(text_clear) struct text state = {0};
    text_add(&state, state_short(incident));
    if (closed_at != 0) {
        const char *by = json_string(incident, "resolved_by");
        text_addf(&state, " by %s %s", by != NULL ? tool_clean(tool, by) : "its source",
                  times_clock(&times, closed_at, when));
    } else if (held != 0) {
        text_addf(&state, " until %s", times_day(&times, held, when));
    } else if (until != 0) {
        text_addf(&state, " until %s", times_day(&times, until, when));
    } else if (user != NULL && acked_at != 0) {
        const char *via = json_string(incident, "acknowledged_via");
        text_addf(&state, " by %s", tool_clean(tool, user));
        if (via != NULL && via[0] != '\0')
            text_addf(&state, " (%s)", tool_clean(tool, via));
        text_addf(&state, " %s", times_clock(&times, acked_at, when));
    }
    say(tool, "%s#%" PRId64 "  %s%s  %-34s  open %s   %s",
        tone_begin(tool, severity_tone(severity)), json_integer(incident, "number", 0),
        severity_short(severity), tone_end(tool, severity_tone(severity)), text_string(&state),
        times_length((closed_at != 0 ? closed_at : tool->now) - opened_at, length),
        tool_clean(tool, json_string(incident, "team")));
    if (service != NULL && service[0] != '\0')
        say(tool, "   service %s", tool_clean(tool, service));
    say(tool, "\n");
}

static void field_say(struct tool *tool, const char *title, const char *value)
{
    if (value != NULL && value[0] != '\0')
        say(tool, "%-8s %s\n", title, tool_clean(tool, value));
}

static void paging_line_say(struct tool *tool, const struct json *incident)
{
    const struct json *next = json_find(incident, "next");
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    const char *paging = names_join(tool, json_find(incident, "paging"));
    msec at = instant_get(next, "at");
    if (paging[0] != '\0')
        say(tool, "Paging   %s\n", paging);
    if (at != 0)
        say(tool, "Next     %s at %s%s\n", names_join(tool, json_find(next, "users")),
            times_echo(&times, at, when),
            json_bool(next, "last_resort", false) ? ", the last resort" : "");
}

/* Newest first: what happened a minute ago matters more than how it began. */
static void log_say(struct tool *tool, const struct json *incident, size_t max)
{
    const struct json *timeline = json_find(incident, "timeline");
    struct times times = tool_times(tool);
    size_t count = timeline != NULL ? timeline->count : 0, index = 0;
    const struct json **rows = arena_take(tool->arena, (count + 1) * sizeof(struct json *));
    for (const struct json *row = count > 0 ? timeline->first : NULL; row != NULL; row = row->next)
        rows[index++] = row;
    for (size_t i = count; i-- > 0 && count - i <= max;) {
        char when[TIMES_TEXT_SIZE];
        const char *text = json_string(rows[i], "text");
        if (text == NULL || text[0] == '\0')
            text = json_string(rows[i], "event");
        say(tool, "%s %-8s %s\n", times_clock(&times, instant_get(rows[i], "at"), when),
            tool_clean(tool, json_string(rows[i], "actor")), tool_clean(tool, text));
    }
    if (count > max)
        say(tool, "%zu earlier lines: pagectl show %" PRId64 " --log\n", count - max,
            json_integer(incident, "number", 0));
}

/* For each alert: since when, what it is, and by which rule it is part of this. */
static void alerts_say(struct tool *tool, const struct json *incident, bool is_asked)
{
    const struct json *list = json_find(incident, "alerts");
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    if (list != NULL && list->count > 1 && !is_asked)
        say(tool, "Alerts   %zu: pagectl show %" PRId64 " --why\n", list->count,
            json_integer(incident, "number", 0));
    for (const struct json *row = list != NULL && is_asked ? list->first : NULL; row != NULL;
         row = row->next) {
        const char *what = json_string(row, "summary");
        const char *route = json_string(row, "route");
        const char *rule = json_string(row, "rule");
        bool is_first = rule == NULL || string_is(rule, "new");
        say(tool, "%s %-8s %-4s %s, %" PRId64 "x: %s. %s%s%s%s\n",
            times_clock(&times, instant_get(row, "first_at"), when),
            tool_clean(tool, json_string(row, "integration")),
            severity_short(json_string(row, "severity")), json_string(row, "state"),
            json_integer(row, "occurrences", 1),
            tool_clean(tool, what != NULL ? what : json_string(incident, "summary")),
            is_first ? "Opened this" : "By rule: ", is_first ? "" : tool_clean(tool, rule),
            route != NULL ? "; " : "", tool_clean(tool, route != NULL ? route : ""));
    }
}

/* What was changed in the hour before, of the same service or of the whole team: often the cause.
 */
static void changes_say(struct tool *tool, const struct json *incident)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *document = NULL;
    struct times times = tool_times(tool);
    msec opened_at = instant_get(incident, "opened_at");
    text_add(&path, API_CHANGES);
    path_add_instant(&path, "since", opened_at - HOUR_MS);
    path_add_instant(&path, "until", opened_at + 1);
    path_add(&path, "team", json_string(incident, "team"));
    path_add(&path, "service", json_string(incident, "service"));
    path_add(&path, "limit", "3");
    if (!request_try(tool, arena_copy(tool->arena, text_string(&path)), CHANGES_WAIT_MS, &document))
        return;
    const struct json *list = json_find(document, "changes");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        char when[TIMES_TEXT_SIZE], before[TIMES_TEXT_SIZE];
        msec at = instant_get(row, "at");
        say(tool, "Changed  %s (%s before) %s\n", times_clock(&times, at, when),
            times_length(opened_at - at, before), tool_clean(tool, json_string(row, "text")));
    }
}

static int incident_draw(struct tool *tool, int64_t number, bool is_whole, bool is_why)
{
    const struct json *incident = NULL;
    const struct request request = {
        .path = arena_format(tool->arena, "%s/%" PRId64, API_INCIDENTS, number)};
    int code = request_send(tool, &request, &incident);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json) {
        document_say(tool, NULL, incident);
        return EXIT_DONE;
    }
    head_say(tool, incident);
    say_line(tool, TONE_PLAIN, json_string(incident, "summary"));
    say_lines(tool, "", json_string(incident, "details"), is_whole ? 10000 : DETAIL_LINES);
    field_say(tool, "Runbook", json_string(incident, "runbook"));
    field_say(tool, "Link", json_string(incident, "link"));
    field_say(tool, "Why", json_string(incident, "reason"));
    if (json_integer(incident, "previous", 0) > 0)
        say(tool, "Before   #%" PRId64 "\n", json_integer(incident, "previous", 0));
    if (json_integer(incident, "merged_into", 0) > 0)
        say(tool, "Part of  #%" PRId64 "\n", json_integer(incident, "merged_into", 0));
    changes_say(tool, incident);
    paging_line_say(tool, incident);
    alerts_say(tool, incident, is_why);
    log_say(tool, incident, is_whole ? SIZE_MAX : LOG_LINES);
    return EXIT_DONE;
}

static int show_draw(struct tool *tool, const struct invocation *call)
{
    struct numbers numbers;
    int code = numbers_find(tool, call->words, call->word_count, MEANT_MINE, &numbers);
    for (size_t i = 0; code == EXIT_DONE && i < numbers.count; i++) {
        if (i > 0 && !tool->is_json)
            say(tool, "\n");
        code =
            incident_draw(tool, numbers.items[i], option_is(call, "log"), option_is(call, "why"));
    }
    return code;
}

static int show_run(struct tool *tool, const struct invocation *call)
{
    return watch_run(tool, call, show_draw);
}

const struct command command_show = {
    .name = "show",
    .summary = "One incident: its state, who is next, its log",
    .arguments = "[N]",
    .options =
        (const struct option[]){{"log", 0, NULL, "the whole log"},
                                {"why", 0, NULL, "its alerts, and by which rule each is here"},
                                WATCH_OPTION,
                                {0}},
    .examples =
        "pagectl show 412\npagectl show 412 -w\npagectl show 412 --why\npagectl show 412 --json\n",
    .words_max = WORDS_MAX,
    .run = show_run,
};
