/* SPDX-License-Identifier: MIT */
/* cmd_oncall.c - who is on call, who rests. */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"
#include "pagectl/reason.h"
#include "pagectl/watch.h"
#include "pagectl/window.h"

static const struct column oncall_columns[] = {
    {.title = "TEAM"},
    {.title = "ROLE"},
    {.title = "WHO"},
    {.title = "UNTIL", .rank = 2},
    {.title = "PHONE", .rank = 1},
    {.title = "NOTE", .rank = 3, .is_elastic = true},
    {.title = "WHY", .rank = 4},
    {0},
};

/* "20:58 there (Sat)" for somebody who lives by another clock than the reader. */
static const char *there_describe(struct tool *tool, const struct json *row)
{
    const char *name = json_string(row, "zone");
    const char *folder = getenv("TZDIR");
    struct zone *zone = NULL;
    char when[TIMES_TEXT_SIZE];
    if (name == NULL ||
        !zone_load(folder != NULL ? folder : "/usr/share/zoneinfo", name, &zone, NULL))
        return "";
    bool is_other = zone_offset(zone, tool->now) != zone_offset(tool->zone, tool->now);
    struct times there = {.zone = zone, .now = tool->now};
    times_day(&there, tool->now, when);
    zone_free(zone);
    size_t size = strlen(when);
    if (!is_other || size < 5)
        return "";
    return arena_format(tool->arena, "%s there (%.3s)", when + size - 5, when);
}

/* "covers for ann (paused until 03:40)" */
static const char *cover_describe(struct tool *tool, const struct json *row, const char *other)
{
    const char *because = json_string(row, "because");
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    if (string_is(because, "role"))
        because = "who covers another role";
    if (string_is(because, "pause"))
        because = arena_format(tool->arena, "paused until %s",
                               times_day(&times, instant_get(row, "back"), when));
    return arena_format(tool->arena, "covers for %s (%s)", other,
                        because != NULL ? because : "rest");
}

static const char *note_describe(struct tool *tool, const struct json *row)
{
    const char *kind = json_string(row, "kind");
    const char *other = json_string(row, "instead_of");
    if (json_string(row, "user") == NULL)
        return json_string(row, "why");
    if (json_bool(row, "away", false))
        return "is away, but nobody can cover";
    if (json_bool(row, "unrested", false))
        return "has no rest: everybody is in recovery";
    if (string_is(kind, "cover"))
        return other != NULL ? cover_describe(tool, row, other) : "cover";
    if (string_is(kind, "override"))
        return other != NULL ? arena_format(tool->arena, "instead of %s (override)", other)
                             : "override";
    return there_describe(tool, row);
}

static void oncall_row(struct writer *writer, struct tool *tool, const struct json *row)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE] = "";
    const char *user = json_string(row, "user");
    msec until = instant_get(row, "until");
    bool is_gap = user == NULL;
    if (until != 0)
        times_day(&times, until, when);
    writer_cell(writer, TONE_PLAIN, json_string(row, "team"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(row, "role"), NULL);
    writer_cell(writer, is_gap ? TONE_CRITICAL : TONE_PLAIN, is_gap ? "NOBODY" : user, NULL);
    writer_instant(writer, TONE_PLAIN, when, until);
    writer_cell(writer, TONE_PLAIN, json_string(row, "phone"), NULL);
    writer_cell(writer, is_gap ? TONE_CRITICAL : TONE_MUTED, note_describe(tool, row), NULL);
    writer_cell(writer, TONE_MUTED, "", json_string(row, "why"));
}

/* Reasons are sentences: on a terminal each stands below the table, whole. */
static void why_say(struct tool *tool, const struct json *row)
{
    const char *why = json_string(row, "why");
    if (why == NULL || tool->is_json || !tool->is_terminal)
        return;
    const char *team = json_string(row, "team"), *role = json_string(row, "role");
    reason_say(
        tool,
        arena_format(tool->arena, "%s %s", team != NULL ? team : "", role != NULL ? role : ""),
        why);
}

static int oncall_ask(struct tool *tool, const struct invocation *call, msec *at,
                      const struct json **document)
{
    CLEANUP(text_clear) struct text path = {0};
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *typed = option_get(call, "at");
    text_add(&path, API_ONCALL);
    if (typed != NULL && !times_parse(&times, typed, TIMES_NEXT, at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (typed != NULL)
        path_add_instant(&path, "at", *at);
    path_add(&path, "team", option_get(call, "team"));
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    return request_send(tool, &request, document);
}

/* A row for each role; EXIT_FOUND when one of them is nobody's. */
static int oncall_draw(struct tool *tool, const struct invocation *call)
{
    const struct json *document = NULL;
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    msec at = 0;
    int code = oncall_ask(tool, call, &at, &document);
    if (code != EXIT_DONE)
        return code;
    if (call->value_count == 0)
        cache_put(tool, "oncall", document);

    const struct json *list = json_find(document, "oncall");
    if (at != 0 && !tool->is_json && tool->is_terminal)
        say(tool, "%s\n", times_echo(&times, at, when));
    struct writer *writer = writer_open(tool, oncall_columns, "oncall", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        oncall_row(writer, tool, row);
        if (json_string(row, "user") == NULL)
            code = EXIT_FOUND;
    }
    writer_close(writer);
    for (const struct json *row = list != NULL && option_is(call, "why") ? list->first : NULL;
         row != NULL; row = row->next)
        why_say(tool, row);

    const struct json *problems = json_find(document, "problems");
    for (const struct json *row = problems != NULL ? problems->first : NULL;
         row != NULL && !tool->is_json && tool->is_terminal; row = row->next)
        say_line(tool, TONE_WARNING, row->text);
    return code;
}

static int oncall_run(struct tool *tool, const struct invocation *call)
{
    return watch_run(tool, call, oncall_draw);
}

const struct command command_oncall = {
    .name = "oncall",
    .aliases = "who",
    .summary = "Who is on call, and until when (7: nobody)",
    .arguments = "",
    .options = (const struct option[]){{"at", 0, "TIME", "then instead of now"},
                                       {"team", 0, "TEAM", "only of this team"},
                                       {"why", 0, NULL, "which rota, override or rest decides"},
                                       WATCH_OPTION,
                                       {0}},
    .examples = "pagectl oncall\npagectl oncall --at \"Tue 1 Dec 22:00\" --team ops --why\n",
    .run = oncall_run,
};

static const struct column override_columns[] = {
    {.title = "ID"},
    {.title = "TEAM"},
    {.title = "ROLE"},
    {.title = "WHO"},
    {.title = "FROM"},
    {.title = "UNTIL"},
    {.title = "BY", .rank = 2},
    {.title = "NOTE", .rank = 3, .is_elastic = true},
    {.title = "ENDED", .rank = 1},
    {0},
};

static int override_list_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *document = NULL;
    struct times times = tool_times(tool);
    text_add(&path, API_OVERRIDES);
    path_add(&path, "team", option_get(call, "team"));
    path_add(&path, "all", option_is(call, "all") ? "1" : NULL);
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;

    const struct json *list = json_find(document, "overrides");
    struct writer *writer = writer_open(tool, override_columns, "overrides", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        char from[TIMES_TEXT_SIZE], until[TIMES_TEXT_SIZE];
        msec from_at = instant_get(row, "from"), until_at = instant_get(row, "until");
        const char *id = json_text(row, "id");
        const struct json *ended = json_find(row, "ended");
        bool is_ended = ended != NULL && ended->kind != JSON_NULL &&
                        !(ended->kind == JSON_BOOL && !ended->is_true);
        writer_cell(writer, TONE_PLAIN, arena_format(tool->arena, "o%s", id != NULL ? id : "?"),
                    id);
        writer_cell(writer, TONE_PLAIN, json_string(row, "team"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "role"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "user"), NULL);
        writer_instant(writer, TONE_PLAIN, times_day(&times, from_at, from), from_at);
        writer_instant(writer, TONE_PLAIN, times_day(&times, until_at, until), until_at);
        writer_cell(writer, TONE_MUTED, json_string(row, "by"), NULL);
        writer_cell(writer, TONE_MUTED, json_string(row, "note"), NULL);
        writer_cell(writer, TONE_MUTED, is_ended ? "ended" : "", NULL);
    }
    writer_close(writer);
    if (tool->is_terminal && !tool->is_json && (list == NULL || list->first == NULL))
        say(tool, "No overrides.\n");
    return EXIT_DONE;
}

const struct command command_override_list = {
    .name = "override list",
    .summary = "Overrides that hold or will",
    .arguments = "",
    .options = (const struct option[]){{"team", 0, "TEAM", "only of this team"},
                                       {"all", 'a', NULL, "past and ended ones too"},
                                       {0}},
    .examples = "pagectl override list --team ops\n",
    .run = override_list_run,
};

static int override_end(struct tool *tool, const char *typed)
{
    const char *id = typed[0] == 'o' ? typed + 1 : typed;
    const struct json *answer = NULL;
    if (id[0] == '\0' || strspn(id, "0123456789") != strlen(id) || strlen(id) > 15)
        return tool_fail(tool, EXIT_USAGE, "\"%s\" is not an override. See: pagectl override list",
                         tool_clean(tool, typed));
    if (tool->is_dry) {
        say(tool, "Would end override o%s. Nothing was sent.\n", id);
        return EXIT_DONE;
    }
    const struct request request = {.method = "POST",
                                    .path =
                                        arena_format(tool->arena, "%s/%s/end", API_OVERRIDES, id),
                                    .body = "{}",
                                    .is_change = true};
    int code = request_send(tool, &request, &answer);
    return change_say(tool, code, "", answer);
}

static void override_say(struct tool *tool, const struct invocation *call,
                         const struct window *wish, const struct json *answer)
{
    struct times times = tool_times(tool);
    char span[TIMES_TEXT_SIZE];
    const char *other = json_string(answer, "instead_of");
    const char *id = json_text(answer, "id");
    say(tool, "%s: %s %s %s %s", times_span(&times, wish->from, wish->until, span),
        tool_clean(tool, call->words[0]), tool_clean(tool, call->words[1]),
        tool->is_dry ? "would be" : "is", tool_clean(tool, option_get(call, "to")));
    if (other != NULL)
        say(tool, " instead of %s", tool_clean(tool, other));
    say(tool, ".\n");
    if (tool->is_dry)
        say(tool, "Nothing was changed.\n");
    else
        say(tool, "Undo: pagectl override --end o%s\n", id != NULL ? tool_clean(tool, id) : "?");
}

static int override_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    struct window wish = {0};
    const struct json *answer = NULL;
    const char *end = option_get(call, "end"), *to = option_get(call, "to");
    if (end != NULL)
        return override_end(tool, end);
    if (call->word_count != 2 || to == NULL)
        return tool_fail(tool, EXIT_USAGE,
                         "say: pagectl override TEAM ROLE --from TIME "
                         "--until TIME --to USER");
    int code = window_read(tool, call, &wish);
    if (code != EXIT_DONE)
        return code;

    body_begin(&body);
    json_put_string(&body.writer, "team", call->words[0]);
    json_put_string(&body.writer, "role", call->words[1]);
    json_put_string(&body.writer, "user", to);
    json_put_instant(&body.writer, "from", wish.from);
    json_put_instant(&body.writer, "until", wish.until);
    body_add(&body, "note", option_get(call, "note"));
    if (tool->is_dry)
        json_put_bool(&body.writer, "dry_run", true);
    const struct request request = {
        .method = "POST", .path = API_OVERRIDES, .body = body_end(tool, &body), .is_change = true};
    code = request_send(tool, &request, &answer);
    if (code == EXIT_DONE && tool->is_json)
        document_say(tool, NULL, answer);
    else if (code == EXIT_DONE && !tool->is_quiet)
        override_say(tool, call, &wish, answer);
    return code;
}

const struct command command_override = {
    .name = "override",
    .summary = "Put somebody on call for a while",
    .arguments = "TEAM ROLE",
    .options = (const struct option[]){{"from", 0, "TIME", "its beginning (now)"},
                                       {"until", 0, "TIME", "its end"},
                                       {"for", 0, "4h", "its length, instead of --until"},
                                       {"to", 0, "USER", "who has it then"},
                                       {"note", 'm', "NOTE", "why"},
                                       {"end", 0, "ID", "end this one"},
                                       {0}},
    .examples = "pagectl override ops primary --from \"Sat 09:00\" --until \"Sat 21:00\" --to cat\n"
                "pagectl override --end o57\npagectl override list\n",
    .words_max = 2,
    .run = override_run,
};
