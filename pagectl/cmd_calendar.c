/* SPDX-License-Identifier: MIT */
/* cmd_calendar.c - the calendars: what is known of each, reading one again, accepting a version. */
#include <string.h>

#include "base/api.h"
#include "pagectl/calendars.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

#define CHANGES_MAX 40 /* lines of who loses and gains what */

static const struct column calendar_columns[] = {
    {.title = "NAME"},
    {.title = "KIND", .rank = 5},
    {.title = "STATE"},
    {.title = "READ", .rank = 3},
    {.title = "EVENTS", .rank = 4, .is_right = true},
    {.title = "USED BY", .rank = 2},
    {.title = "PROBLEM", .rank = 6, .is_elastic = true},
    {.title = "UNTIL", .rank = 7},
    {0},
};

/* "stale since Fri 20 Nov 22:00" on a terminal; in a pipe one word, for the time is a column. */
static const char *state_describe(struct tool *tool, const struct json *row)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    enum calendar_state state = calendar_state(row);
    msec seen_at = calendar_seen_at(tool, row);
    if (state != CALENDAR_STALE || seen_at == 0)
        return calendar_state_word(state);
    return arena_format(tool->arena, "%s since %s", calendar_state_word(state),
                        times_clock(&times, seen_at, when));
}

static void calendar_row(struct writer *writer, struct tool *tool, const struct json *row)
{
    struct times times = tool_times(tool);
    char read[TIMES_TEXT_SIZE] = "", until[TIMES_TEXT_SIZE] = "";
    enum calendar_state state = calendar_state(row);
    msec read_at = instant_get(row, "read_at"), until_at = instant_get(row, "until");
    if (read_at != 0)
        times_distance(&times, calendar_seen_at(tool, row), read);
    if (until_at != 0)
        times_day(&times, until_at, until);
    writer_cell(writer, TONE_PLAIN, json_string(row, "name"), NULL);
    writer_cell(writer, TONE_MUTED, json_string(row, "kind"), NULL);
    writer_cell(writer, calendar_state_tone(state), state_describe(tool, row),
                calendar_state_word(state));
    writer_instant(writer, TONE_PLAIN, read, read_at);
    writer_cell(writer, TONE_PLAIN, json_text(row, "events"), NULL);
    writer_cell(writer, TONE_MUTED, names_join(tool, json_find(row, "used_by")), NULL);
    writer_cell(writer, TONE_PLAIN, calendar_problem(row), NULL);
    writer_instant(writer, TONE_MUTED, until, until_at);
}

static int calendar_list_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const struct json *document = NULL;
    int code = calendars_ask(tool, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "calendars");
    struct writer *writer = writer_open(tool, calendar_columns, "calendars", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        calendar_row(writer, tool, row);
    writer_close(writer);
    if (tool->is_terminal && !tool->is_json && (list == NULL || list->first == NULL))
        say(tool, "No calendars. How to make one: docs/calendars.md\n");
    return EXIT_DONE;
}

const struct command command_calendar_list = {
    .name = "calendar list",
    .aliases = "calendar",
    .summary = "The calendars: state, age, events, who uses them",
    .arguments = "",
    .examples = "pagectl calendar list\n",
    .run = calendar_list_run,
};

static int calendar_act(struct tool *tool, const char *name, const char *action)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *answer = NULL;
    if (tool->is_dry) {
        say(tool, "Would %s calendar %s. Nothing was sent.\n", action, tool_clean(tool, name));
        return EXIT_DONE;
    }
    text_add(&path, API_CALENDARS "/");
    text_add_url(&path, name);
    text_addf(&path, "/%s", action);
    const struct request request = {.method = "POST",
                                    .path = arena_copy(tool->arena, text_string(&path)),
                                    .body = "{}",
                                    .is_change = true,
                                    .is_slow = true};
    int code = request_send(tool, &request, &answer);
    return change_say(tool, code, "", answer);
}

static int calendar_refresh_run(struct tool *tool, const struct invocation *call)
{
    return calendar_act(tool, call->words[0], "refresh");
}

const struct command command_calendar_refresh = {
    .name = "calendar refresh",
    .summary = "Read it again now",
    .arguments = "NAME",
    .examples = "pagectl calendar refresh primary\n",
    .words_min = 1,
    .words_max = 1,
    .run = calendar_refresh_run,
};

static int unknown_say(struct tool *tool, const char *name, const struct json *document)
{
    CLEANUP(text_clear) struct text names = {0};
    const struct json *list = json_find(document, "calendars");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        text_addf(&names, "%s%s", names.size > 0 ? ", " : "",
                  tool_clean(tool, json_string(row, "name")));
    return tool_fail(tool, EXIT_ABSENT, "there is no calendar \"%s\". There %s: %s.",
                     tool_clean(tool, name), list != NULL && list->count == 1 ? "is" : "are",
                     names.size > 0 ? text_string(&names) : "none");
}

/* Who loses and gains what, before anybody says yes to it. */
static void held_say(struct tool *tool, const struct json *row)
{
    const struct json *changes = json_find(row, "held_changes");
    size_t count = 0;
    say(tool, "%s: %s\n", tool_clean(tool, json_string(row, "name")),
        tool_clean(tool, json_string(row, "problem")));
    for (const struct json *line = changes != NULL ? changes->first : NULL; line != NULL;
         line = line->next) {
        if (line->kind == JSON_STRING && count++ < CHANGES_MAX)
            say(tool, "  %s\n", tool_clean(tool, line->text));
    }
    if (count > CHANGES_MAX)
        say(tool, "  and %zu lines more: pagectl calendar check\n", count - CHANGES_MAX);
}

static int calendar_accept_run(struct tool *tool, const struct invocation *call)
{
    const char *name = call->words[0];
    const struct json *document = NULL;
    int code = calendars_ask(tool, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *row = calendars_find(document, name);
    if (row == NULL)
        return unknown_say(tool, name, document);

    bool is_held = json_bool(row, "held", false);
    if (is_held && !tool->is_json && !tool->is_quiet)
        held_say(tool, row);
    if (is_held && !tool->is_dry && !tool->is_yes && !tool_can_ask(tool))
        return tool_fail(tool, EXIT_USAGE,
                         "this changes who is on call, and nobody can be asked here. Say that you "
                         "have looked at it with --yes.");
    (void)tool_flush(tool);
    if (is_held && !tool->is_dry && !tool_confirm(tool, "Is that right? Take it into use?"))
        return EXIT_USAGE;
    return calendar_act(tool, name, "accept");
}

const struct command command_calendar_accept = {
    .name = "calendar accept",
    .summary = "Take the version that is held back, after showing what it changes",
    .arguments = "NAME",
    .examples = "pagectl calendar accept primary\npagectl calendar accept primary --yes\n",
    .words_min = 1,
    .words_max = 1,
    .run = calendar_accept_run,
};
