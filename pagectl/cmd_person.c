/* SPDX-License-Identifier: MIT */
/* cmd_person.c - what I say of myself: not me for a while; I am up. */
#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

/* Posts `for_ms`, where a length was typed, and says what pagerd answers. */
static int self_post(struct tool *tool, const char *path, const char *length)
{
    struct fault fault = {0};
    struct body body;
    msec length_ms = 0;
    const struct json *answer = NULL;
    if (length != NULL && !duration_parse(length, &length_ms, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    body_begin(&body);
    if (length != NULL)
        json_put_integer(&body.writer, "for_ms", length_ms);
    const struct request request = {
        .method = "POST", .path = path, .body = body_end(tool, &body), .is_change = true};
    if (tool->is_dry) {
        say(tool, "Would send %s\n", tool_clean(tool, request.body));
        return EXIT_DONE;
    }
    int code = request_send(tool, &request, &answer);
    if (code == EXIT_DONE && tool->is_json)
        document_say(tool, NULL, answer);
    else if (code == EXIT_DONE && !tool->is_quiet)
        say_lines(tool, "", json_string(answer, "text"), 8);
    return code;
}

static int pause_run(struct tool *tool, const struct invocation *call)
{
    if (option_is(call, "end") && option_get(call, "for") != NULL)
        return tool_fail(tool, EXIT_USAGE, "say one of --for and --end.");
    return self_post(tool, option_is(call, "end") ? API_PAUSE "/end" : API_PAUSE,
                     option_get(call, "for"));
}

const struct command command_pause = {
    .name = "pause",
    .summary = "Not me for a while: whoever is next has my duty",
    .arguments = "",
    .options = (const struct option[]){{"for", 0, "20m", "for how long, 4h at most"},
                                       {"end", 0, NULL, "I am back"},
                                       {0}},
    .examples = "pagectl pause\npagectl pause --for 1h\npagectl pause --end\n",
    .run = pause_run,
};

static int awake_run(struct tool *tool, const struct invocation *call)
{
    if (option_is(call, "off") && option_get(call, "for") != NULL)
        return tool_fail(tool, EXIT_USAGE, "say one of --for and --off.");
    return self_post(tool, option_is(call, "off") ? API_AWAKE "/end" : API_AWAKE,
                     option_get(call, "for"));
}

const struct command command_awake = {
    .name = "awake",
    .summary = "I am up: push only, together, no more calls",
    .arguments = "",
    .options = (const struct option[]){{"for", 0, "1h", "for how long, 12h at most"},
                                       {"off", 0, NULL, "I go to sleep"},
                                       {0}},
    .examples = "pagectl awake\npagectl awake --for 3h\npagectl awake --off\n",
    .run = awake_run,
};
