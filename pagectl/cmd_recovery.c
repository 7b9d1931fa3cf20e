/* SPDX-License-Identifier: MIT */
/* cmd_recovery.c - who rests after a disturbed night. */
#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct column recovery_columns[] = {
    {.title = "WHO"},
    {.title = "RESTS UNTIL"},
    {.title = "BECAUSE", .rank = 1, .is_elastic = true},
    {.title = "COVERED BY", .rank = 2},
    {0},
};

static int recovery_list(struct tool *tool)
{
    const struct json *document = NULL;
    struct times times = tool_times(tool);
    const struct request request = {.path = API_RECOVERY};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;

    const struct json *list = json_find(document, "recovery");
    struct writer *writer = writer_open(tool, recovery_columns, "recovery", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        char when[TIMES_TEXT_SIZE];
        msec until = instant_get(row, "until");
        writer_cell(writer, TONE_PLAIN, json_string(row, "user"), NULL);
        writer_instant(writer, TONE_PLAIN, times_day(&times, until, when), until);
        writer_cell(writer, TONE_PLAIN, json_string(row, "because"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "covered_by"), NULL);
    }
    writer_close(writer);
    if (!tool->is_terminal || tool->is_json || tool->is_quiet)
        return EXIT_DONE;
    if (list == NULL || list->first == NULL)
        say(tool, "Nobody rests.    Rest: pagectl recovery --start 24h\n");
    else
        say(tool, "End it: pagectl recovery --end %s    Rest too: pagectl recovery --start 24h\n",
            tool_clean(tool, json_string(list->first, "user")));
    return EXIT_DONE;
}

/* `until` is 0 unless a time was typed. */
static int recovery_post(struct tool *tool, const char *body, msec until)
{
    const struct json *answer = NULL;
    const struct request request = {
        .method = "POST", .path = API_RECOVERY, .body = body, .is_change = true};
    if (tool->is_dry) {
        say(tool, "Would send %s\n", tool_clean(tool, body));
        return EXIT_DONE;
    }
    int code = request_send(tool, &request, &answer);
    if (code == EXIT_DONE && tool->is_json)
        document_say(tool, NULL, answer);
    if (code != EXIT_DONE || tool->is_json || tool->is_quiet)
        return code;
    say_lines(tool, "", json_string(answer, "text"), 8);
    if (until != 0)
        echo_say(tool, json_string(answer, "text"), until);
    return EXIT_DONE;
}

/* --start and --until; *end is when the rest ends. */
static int recovery_start(struct tool *tool, const struct invocation *call, struct body *body,
                          msec *end)
{
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *length = option_get(call, "start"), *until = option_get(call, "until");
    msec length_ms = 0, at = 0;
    if (until != NULL && !times_parse(&times, until, TIMES_NEXT, &at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (until == NULL && (length == NULL || length[0] == '\0'))
        return tool_fail(tool, EXIT_USAGE, "how long? Say --start 24h or --until TIME.");
    if (until == NULL && !duration_parse(length, &length_ms, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));

    json_put_string(&body->writer, "action", "start");
    body_add(body, "user", option_get(call, "user"));
    if (until != NULL)
        json_put_instant(&body->writer, "until", at);
    else
        json_put_integer(&body->writer, "for_ms", length_ms);
    *end = until != NULL ? at : tool->now + length_ms;
    return EXIT_DONE;
}

static int recovery_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    const char *end = option_get(call, "end"), *skip = option_get(call, "skip");
    bool is_start = option_is(call, "start") || option_is(call, "until");
    if (is_start + (end != NULL) + (skip != NULL) > 1)
        return tool_fail(tool, EXIT_USAGE, "say one of --start, --end and --skip.");
    if (skip != NULL && skip[0] != '\0' && !string_is(skip, "waive"))
        return tool_fail(tool, EXIT_USAGE, "--skip waives your own rest; it takes no \"%s\".",
                         tool_clean(tool, skip));
    if (!is_start && end == NULL && skip == NULL)
        return recovery_list(tool);

    int code = EXIT_DONE;
    msec until = 0;
    body_begin(&body);
    if (is_start)
        code = recovery_start(tool, call, &body, &until);
    else
        json_put_string(&body.writer, "action", end != NULL ? "end" : "waive");
    body_add(&body, "user", end);
    const char *json = body_end(tool, &body);
    return code == EXIT_DONE ? recovery_post(tool, json, until) : code;
}

const struct command command_recovery = {
    .name = "recovery",
    .summary = "Who rests after a bad night",
    .arguments = "",
    .options = (const struct option[]){{"start", 0, "24h", "rest this long"},
                                       {"until", 0, "TIME", "rest until then"},
                                       {"user", 0, "USER", "of somebody else (manager)"},
                                       {"end", 0, "USER", "end it (manager)"},
                                       {"skip", 0, "[waive]", "I do without mine"},
                                       {0}},
    .examples = "pagectl recovery\npagectl recovery --start 24h\npagectl recovery --skip\n",
    .run = recovery_run,
};
