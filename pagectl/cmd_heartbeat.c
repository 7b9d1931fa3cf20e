/* SPDX-License-Identifier: MIT */
/* cmd_heartbeat.c - jobs that say regularly that they live. */
#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct column heartbeat_columns[] = {
    {.title = "NAME", .is_elastic = true},
    {.title = "STATE"},
    {.title = "LAST SEEN", .rank = 1},
    {.title = "EVERY", .rank = 2},
    {.title = "GRACE", .rank = 3},
    {.title = "TEAM", .rank = 4},
    {.title = "INCIDENT"},
    {0},
};

static msec member_ms(const struct json *row, const char *name)
{
    return json_integer(row, name, 0);
}

static int heartbeat_list_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *document = NULL;
    struct times times = tool_times(tool);
    text_add(&path, API_HEARTBEATS);
    path_add(&path, "team", option_get(call, "team"));
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "heartbeats");
    struct writer *writer = writer_open(tool, heartbeat_columns, "heartbeats", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        char seen[TIMES_TEXT_SIZE] = "never", every[DURATION_TEXT_SIZE], grace[DURATION_TEXT_SIZE];
        msec seen_at = instant_get(row, "last_seen_at");
        const char *state = json_string(row, "state");
        const char *number = json_text(row, "incident");
        bool is_down = string_is(state, "down");
        if (seen_at != 0)
            times_day(&times, seen_at, seen);
        writer_cell(writer, TONE_PLAIN, json_string(row, "name"), NULL);
        writer_cell(writer, is_down ? TONE_CRITICAL : TONE_PLAIN, state, NULL);
        writer_instant(writer, TONE_PLAIN, seen, seen_at);
        writer_cell(writer, TONE_PLAIN, duration_render(member_ms(row, "every_ms"), every), NULL);
        writer_cell(writer, TONE_PLAIN, duration_render(member_ms(row, "grace_ms"), grace), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "team"), NULL);
        writer_cell(writer, TONE_PLAIN,
                    number != NULL ? arena_format(tool->arena, "#%s", number) : "", number);
    }
    writer_close(writer);
    if (tool->is_terminal && !tool->is_json && (list == NULL || list->first == NULL))
        say(tool, "No heartbeats.    One: pagectl heartbeat add backup --every 1d --grace 1h\n");
    return EXIT_DONE;
}

static const struct column history_columns[] = {
    {.title = "SINCE"},
    {.title = "STATE"},
    {.title = "COUNT", .rank = 1, .is_right = true},
    {.title = "#"},
    {.title = "WHAT", .is_elastic = true},
    {0},
};

/* "backup of ops is up: every 1d, 1h late at most." and when it was heard, and is due. */
static void heartbeat_say(struct tool *tool, const struct json *heartbeat)
{
    struct times times = tool_times(tool);
    char every[DURATION_TEXT_SIZE], grace[DURATION_TEXT_SIZE], when[TIMES_TEXT_SIZE];
    const char *state = json_string(heartbeat, "state");
    const char *number = json_text(heartbeat, "incident");
    bool is_running = string_is(state, "running");
    bool is_down = string_is(state, "down");
    msec seen_at = instant_get(heartbeat, "last_seen_at");
    msec due_at = instant_get(heartbeat, "due_at");
    say(tool, "%s of %s is %s%s%s: every %s, %s late at most, else %s.\n",
        tool_clean(tool, json_string(heartbeat, "name")),
        tool_clean(tool, json_string(heartbeat, "team")),
        tone_begin(tool, is_down ? TONE_CRITICAL : TONE_PLAIN), tool_clean(tool, state),
        tone_end(tool, is_down ? TONE_CRITICAL : TONE_PLAIN),
        duration_render(member_ms(heartbeat, "every_ms"), every),
        duration_render(member_ms(heartbeat, "grace_ms"), grace),
        tool_clean(tool, json_string(heartbeat, "severity")));
    say(tool, "Last ping  %s\n", seen_at != 0 ? times_echo(&times, seen_at, when) : "never");
    if (due_at != 0)
        say(tool, "%s %s\n", is_running ? "Its end is due" : "Missing at",
            times_echo(&times, due_at, when));
    if (number != NULL)
        say(tool, "Open       #%s\n", tool_clean(tool, number));
    say(tool, "Made       %s by %s\n",
        times_day(&times, instant_get(heartbeat, "created_at"), when),
        tool_clean(tool, json_string(heartbeat, "created_by")));
}

static int heartbeat_show_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *document = NULL;
    struct times times = tool_times(tool);
    text_add(&path, API_HEARTBEATS "/");
    text_add_url(&path, call->words[0]);
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json) {
        document_say(tool, NULL, document);
        return EXIT_DONE;
    }
    heartbeat_say(tool, document);
    const struct json *list = json_find(document, "history");
    if (list == NULL || list->first == NULL) {
        say(tool, "It was not missed in 90 days.\n");
        return EXIT_DONE;
    }
    struct writer *writer = writer_open(tool, history_columns, "history", document);
    for (const struct json *row = list->first; row != NULL; row = row->next) {
        char when[TIMES_TEXT_SIZE];
        msec at = instant_get(row, "first_at");
        const char *number = json_text(row, "incident");
        writer_instant(writer, TONE_MUTED, times_day(&times, at, when), at);
        writer_cell(writer, TONE_PLAIN, json_string(row, "state"), NULL);
        writer_cell(writer, TONE_PLAIN, json_text(row, "occurrences"), NULL);
        writer_cell(writer, TONE_PLAIN, arena_format(tool->arena, "#%s", number), number);
        writer_cell(writer, TONE_PLAIN, json_string(row, "summary"), NULL);
    }
    writer_close(writer);
    return EXIT_DONE;
}

static void add_say(struct tool *tool, const char *name, const char *url)
{
    if (!tool->is_terminal || tool->is_quiet) {
        say(tool, "%s\n", url);
        return;
    }
    say(tool, "Heartbeat \"%s\" is expected from now on. Its address, shown once, now:\n  %s\n",
        name, url);
    say(tool, "At the end of the job: curl -fsS -m 10 --retry 5 %s\n", url);
    say(tool, "Also behind it: /start, /fail or /$? (its exit status).\n");
    say(tool, "End it: pagectl heartbeat remove %s\n", name);
}

static int heartbeat_add_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    struct fault fault = {0};
    const struct json *answer = NULL;
    const char *every = option_get(call, "every"), *grace = option_get(call, "grace");
    msec every_ms = 0, grace_ms = 0;
    if (every == NULL)
        return tool_fail(tool, EXIT_USAGE, "say how often it comes: --every 1d");
    if (!duration_parse(every, &every_ms, &fault) ||
        (grace != NULL && !duration_parse(grace, &grace_ms, &fault)))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));

    body_begin(&body);
    json_put_string(&body.writer, "name", call->words[0]);
    json_put_integer(&body.writer, "every_ms", every_ms);
    if (grace != NULL)
        json_put_integer(&body.writer, "grace_ms", grace_ms);
    body_add(&body, "team", option_get(call, "team"));
    body_add(&body, "severity", option_get(call, "severity"));
    const char *json = body_end(tool, &body);
    if (tool->is_dry) {
        say(tool, "Would make a heartbeat: %s. Nothing was sent.\n", tool_clean(tool, json));
        return EXIT_DONE;
    }
    const struct request request = {
        .method = "POST", .path = API_HEARTBEATS, .body = json, .is_change = true};
    int code = request_send(tool, &request, &answer);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json)
        document_say(tool, NULL, answer);
    else
        add_say(tool, tool_clean(tool, call->words[0]),
                tool_clean(tool, json_string(answer, "url")));
    return EXIT_DONE;
}

/* POST /v1/heartbeats/NAME/`verb`. */
static int heartbeat_post(struct tool *tool, const struct invocation *call, const char *verb)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *answer = NULL;
    text_add(&path, API_HEARTBEATS "/");
    text_add_url(&path, call->words[0]);
    text_addf(&path, "/%s", verb);
    if (tool->is_dry) {
        say(tool, "Would %s heartbeat %s. Nothing was sent.\n", verb,
            tool_clean(tool, call->words[0]));
        return EXIT_DONE;
    }
    const struct request request = {.method = "POST",
                                    .path = arena_copy(tool->arena, text_string(&path)),
                                    .body = "{}",
                                    .is_change = true};
    int code = request_send(tool, &request, &answer);
    return change_say(tool, code, "", answer);
}

static int heartbeat_ping_run(struct tool *tool, const struct invocation *call)
{
    return heartbeat_post(tool, call, "ping");
}

static int heartbeat_remove_run(struct tool *tool, const struct invocation *call)
{
    return heartbeat_post(tool, call, "remove");
}

const struct command command_heartbeat_add = {
    .name = "heartbeat add",
    .summary = "Expect a job to say regularly that it lives",
    .arguments = "NAME",
    .options =
        (const struct option[]){{"every", 0, "1d", "how often it comes"},
                                {"grace", 0, "1h", "how late it may be (a fifth of that, 1m)"},
                                {"team", 0, "TEAM", "who is paged when it does not"},
                                {"severity", 0, "SEV", "of that incident (critical)"},
                                {0}},
    .examples = "pagectl heartbeat add backup --every 1d --grace 1h\n",
    .words_min = 1,
    .words_max = 1,
    .run = heartbeat_add_run,
};

const struct command command_heartbeat_list = {
    .name = "heartbeat list",
    .summary = "What is expected, and when it was last seen",
    .arguments = "",
    .options = (const struct option[]){{"team", 0, "TEAM", "only of this team"}, {0}},
    .examples = "pagectl heartbeat list\n",
    .run = heartbeat_list_run,
};

const struct command command_heartbeat_show = {
    .name = "heartbeat show",
    .summary = "One heartbeat: when it was seen, when it is due, when it was missed",
    .arguments = "NAME",
    .examples = "pagectl heartbeat show backup\npagectl heartbeat show backup --json\n",
    .words_min = 1,
    .words_max = 1,
    .run = heartbeat_show_run,
};

const struct command command_heartbeat_ping = {
    .name = "heartbeat ping",
    .summary = "Say in its stead that it lives",
    .arguments = "NAME",
    .examples = "pagectl heartbeat ping backup\n",
    .words_min = 1,
    .words_max = 1,
    .run = heartbeat_ping_run,
};

const struct command command_heartbeat_remove = {
    .name = "heartbeat remove",
    .summary = "Expect it no more: its address is void",
    .arguments = "NAME",
    .examples = "pagectl heartbeat remove backup\n",
    .words_min = 1,
    .words_max = 1,
    .run = heartbeat_remove_run,
};
