/* SPDX-License-Identifier: MIT */
/* cmd_swap.c - asking others to take a part of a shift, and their answers. */
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"
#include "pagectl/window.h"

static const struct column swap_columns[] = {
    {.title = "ID"},
    {.title = "STATE"},
    {.title = "TEAM"},
    {.title = "ROLE"},
    {.title = "WHOSE"},
    {.title = "FROM"},
    {.title = "UNTIL"},
    {.title = "ASKED", .is_elastic = true},
    {0},
};

/* "bob (no), cat" */
static const char *asked_describe(struct tool *tool, const struct json *row)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct json *asked = json_find(row, "asked");
    for (const struct json *one = asked != NULL ? asked->first : NULL; one != NULL;
         one = one->next) {
        const char *user = json_string(one, "user"), *answer = json_string(one, "answer");
        bool has_answer = answer != NULL && strcmp(answer, "silent") != 0;
        text_addf(&text, "%s%s%s%s%s", text.size > 0 ? ", " : "", user != NULL ? user : "?",
                  has_answer ? " (" : "", has_answer ? answer : "", has_answer ? ")" : "");
    }
    return arena_copy(tool->arena, text_string(&text));
}

static void swap_row(struct writer *writer, struct tool *tool, const struct json *row)
{
    struct times times = tool_times(tool);
    char from[TIMES_TEXT_SIZE], until[TIMES_TEXT_SIZE];
    msec from_at = instant_get(row, "from"), until_at = instant_get(row, "until");
    const char *id = json_text(row, "id");
    writer_cell(writer, TONE_PLAIN, arena_format(tool->arena, "w%s", id != NULL ? id : "?"), id);
    writer_cell(writer, TONE_PLAIN, json_string(row, "state"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(row, "team"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(row, "role"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(row, "user"), NULL);
    writer_instant(writer, TONE_PLAIN, times_day(&times, from_at, from), from_at);
    writer_instant(writer, TONE_PLAIN, times_day(&times, until_at, until), until_at);
    writer_cell(writer, TONE_PLAIN, asked_describe(tool, row), NULL);
}

static int swap_list_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *document = NULL;
    text_add(&path, API_SWAPS);
    path_add(&path, "team", option_get(call, "team"));
    path_add(&path, "all", option_is(call, "all") ? "1" : NULL);
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "swaps");
    struct writer *writer = writer_open(tool, swap_columns, "swaps", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        swap_row(writer, tool, row);
    writer_close(writer);
    if (tool->is_terminal && !tool->is_json && (list == NULL || list->first == NULL))
        say(tool, "No swaps.\n");
    return EXIT_DONE;
}

/* Is it a day without a time, as "Sat 28 Nov"? */
static bool is_day(const char *when)
{
    return strchr(when, ':') == NULL && strncmp(when, "in ", 3) != 0 &&
           strncmp(when, "now", 3) != 0;
}

static int swap_run(struct tool *tool, const struct invocation *call)
{
    struct fault fault = {0};
    struct times times = tool_times(tool);
    struct body body;
    const struct json *answer = NULL;
    const char *until = option_get(call, "until");
    msec from_at = 0, until_at = 0;
    if (!times_parse(&times, call->words[2], TIMES_NEXT, &from_at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (until != NULL && !window_until(tool, until, from_at, &until_at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));

    body_begin(&body);
    json_put_string(&body.writer, "team", call->words[0]);
    json_put_string(&body.writer, "role", call->words[1]);
    json_put_instant(&body.writer, "from", from_at);
    json_put_bool(&body.writer, "day", is_day(call->words[2]));
    if (until != NULL)
        json_put_instant(&body.writer, "until", until_at);
    body_add(&body, "with", option_get(call, "with"));
    if (tool->is_dry)
        json_put_bool(&body.writer, "dry_run", true);
    const struct request request = {
        .method = "POST", .path = API_SWAPS, .body = body_end(tool, &body), .is_change = true};
    int code = request_send(tool, &request, &answer);
    return change_say(tool, code, "", answer);
}

static int swap_post(struct tool *tool, const struct invocation *call, const char *what)
{
    const struct json *answer = NULL;
    const char *typed = call->words[0];
    const char *id = typed[0] == 'w' ? typed + 1 : typed;
    if (id[0] == '\0' || strspn(id, "0123456789") != strlen(id) || strlen(id) > 15)
        return tool_fail(tool, EXIT_USAGE, "\"%s\" is not a swap. See: pagectl swap list",
                         tool_clean(tool, typed));
    if (tool->is_dry) {
        say(tool, "Would %s swap w%s. Nothing was sent.\n", what, id);
        return EXIT_DONE;
    }
    const struct request request = {.method = "POST",
                                    .path =
                                        arena_format(tool->arena, "%s/%s/%s", API_SWAPS, id, what),
                                    .body = "{}",
                                    .is_change = true};
    int code = request_send(tool, &request, &answer);
    return change_say(tool, code, "", answer);
}

static int swap_accept_run(struct tool *tool, const struct invocation *call)
{
    return swap_post(tool, call, "accept");
}

static int swap_decline_run(struct tool *tool, const struct invocation *call)
{
    return swap_post(tool, call, "decline");
}

static int swap_cancel_run(struct tool *tool, const struct invocation *call)
{
    return swap_post(tool, call, "cancel");
}

const struct command command_swap = {
    .name = "swap",
    .summary = "Ask the others to take a part of your shift",
    .arguments = "TEAM ROLE WHEN",
    .options =
        (const struct option[]){{"with", 0, "USER", "ask this one only"},
                                {"until", 0, "TIME", "its end (that of the shift, or of the day)"},
                                {0}},
    .examples = "pagectl swap ops primary \"Sat 28 Nov\"\n"
                "pagectl swap ops primary \"Sat 09:00\" --until \"Sat 21:00\" --with cat\n",
    .words_min = 3,
    .words_max = 3,
    .run = swap_run,
};

const struct command command_swap_list = {
    .name = "swap list",
    .summary = "Swaps that nobody has taken yet",
    .arguments = "",
    .options = (const struct option[]){{"team", 0, "TEAM", "only of this team"},
                                       {"all", 'a', NULL, "those that are over too"},
                                       {0}},
    .examples = "pagectl swap list\n",
    .run = swap_list_run,
};

const struct command command_swap_accept = {
    .name = "swap accept",
    .summary = "Take the part of a shift that you were asked to",
    .arguments = "ID",
    .examples = "pagectl swap accept w3\n",
    .words_min = 1,
    .words_max = 1,
    .run = swap_accept_run,
};

const struct command command_swap_decline = {
    .name = "swap decline",
    .summary = "Say that you do not take it",
    .arguments = "ID",
    .examples = "pagectl swap decline w3\n",
    .words_min = 1,
    .words_max = 1,
    .run = swap_decline_run,
};

const struct command command_swap_cancel = {
    .name = "swap cancel",
    .summary = "Keep your shift: nobody need take it any more",
    .arguments = "ID",
    .examples = "pagectl swap cancel w3\n",
    .words_min = 1,
    .words_max = 1,
    .run = swap_cancel_run,
};
