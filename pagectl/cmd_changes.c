/* SPDX-License-Identifier: MIT */
/* cmd_changes.c - what was changed: deployments and the like, as their tools told pagerd. */
#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct column change_columns[] = {
    {.title = "AT"},
    {.title = "FROM", .rank = 1},
    {.title = "WHAT", .is_elastic = true},
    {0},
};

static int changes_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *since = option_get(call, "since");
    const struct json *document = NULL;
    msec at = 0;
    if (!times_parse(&times, since != NULL ? since : "1d", TIMES_LAST, &at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    text_add(&path, API_CHANGES);
    path_add_instant(&path, "since", at);
    path_add(&path, "team", option_get(call, "team"));
    path_add(&path, "service", option_get(call, "service"));
    path_add(&path, "limit", option_get(call, "limit"));
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "changes");
    struct writer *writer = writer_open(tool, change_columns, "changes", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        char when[TIMES_TEXT_SIZE];
        msec told_at = instant_get(row, "at");
        writer_instant(writer, TONE_MUTED, times_day(&times, told_at, when), told_at);
        writer_cell(writer, TONE_PLAIN, json_string(row, "actor"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "text"), NULL);
    }
    writer_close(writer);
    more_say(tool, document);
    return EXIT_DONE;
}

const struct command command_changes = {
    .name = "changes",
    .summary = "What was changed lately: deployments and the like",
    .arguments = "",
    .options =
        (const struct option[]){{"since", 0, "1d", "told since then"},
                                {"team", 0, "TEAM", "only of this team"},
                                {"service", 0, "NAME", "with --team: of this service, or of none"},
                                {"limit", 0, "N", "at most so many (100)"},
                                {0}},
    .examples = "pagectl changes\npagectl changes --since 6h --team ops\n",
    .run = changes_run,
};
