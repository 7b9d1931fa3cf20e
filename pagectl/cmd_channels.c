/* SPDX-License-Identifier: MIT */
/* cmd_channels.c - how the providers are doing that carry pages. */
#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct column channel_columns[] = {
    {.title = "CHANNEL"},
    {.title = "DRIVER", .rank = 2},
    {.title = "STATE"},
    {.title = "SINCE", .rank = 1},
    {.title = "SENT", .rank = 3, .is_right = true},
    {.title = "FAILED", .rank = 3, .is_right = true},
    {.title = "DOUBT", .rank = 3, .is_right = true},
    {.title = "LAST ERROR", .is_elastic = true},
    {0},
};

static const char *count_of(struct tool *tool, const struct json *row, const char *name)
{
    return arena_format(tool->arena, "%lld", (long long)json_integer(row, name, 0));
}

/* True: it is down. */
static bool channel_show(struct tool *tool, struct writer *writer, const struct json *row)
{
    struct times times = tool_times(tool);
    char since[TIMES_TEXT_SIZE] = "";
    msec since_at = instant_get(row, "since");
    const char *state = json_string(row, "state");
    bool is_down = string_is(state, "down");
    bool is_second = json_integer(row, "provider", 1) == 2;
    if (since_at != 0)
        times_day(&times, since_at, since);
    writer_cell(writer, TONE_PLAIN,
                arena_format(tool->arena, "%s%s", json_string(row, "name"), is_second ? " 2" : ""),
                NULL);
    writer_cell(writer, TONE_PLAIN, json_string(row, "driver"), NULL);
    writer_cell(writer, is_down ? TONE_CRITICAL : TONE_PLAIN, state, NULL);
    writer_instant(writer, TONE_PLAIN, since, since_at);
    writer_cell(writer, TONE_PLAIN, count_of(tool, row, "sent"), NULL);
    writer_cell(writer, TONE_PLAIN, count_of(tool, row, "failed"), NULL);
    writer_cell(writer, TONE_PLAIN, count_of(tool, row, "doubt"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(row, "error"), NULL);
    return is_down;
}

/* EXIT_FOUND when one of them is down. */
static int channels_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    const struct json *document = NULL;
    const struct request request = {.path = API_CHANNELS};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "channels");
    struct writer *writer = writer_open(tool, channel_columns, "channels", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        if (channel_show(tool, writer, row))
            code = EXIT_FOUND;
    writer_close(writer);
    return code;
}

const struct command command_channels = {
    .name = "channels",
    .summary = "How the providers that carry pages are doing; 7 when one is down",
    .arguments = "",
    .examples = "pagectl channels\npagectl channels --json\n",
    .run = channels_run,
};
