/* SPDX-License-Identifier: MIT */
/* cmd_silence.c - whiles in which nobody is paged for what fits. */
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"
#include "pagectl/window.h"

static const struct column silence_columns[] = {
    {.title = "ID"},
    {.title = "STATE"},
    {.title = "MATCH", .is_elastic = true},
    {.title = "TEAM", .rank = 4},
    {.title = "FROM", .rank = 3},
    {.title = "UNTIL"},
    {.title = "BY", .rank = 2},
    {.title = "HELD", .rank = 1, .is_right = true},
    {.title = "WHY", .rank = 5},
    {0},
};

static const struct column held_columns[] = {
    {.title = "#"},
    {.title = "SEV"},
    {.title = "STATE"},
    {.title = "WHAT", .is_elastic = true},
    {0},
};

/* "host=db1 severity!=critical" */
static const char *match_describe(struct tool *tool, const struct json *row)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct json *match = json_find(row, "match");
    for (const struct json *one = match != NULL ? match->first : NULL; one != NULL; one = one->next)
        text_addf(&text, "%s%s", text.size > 0 ? " " : "", one->text != NULL ? one->text : "");
    return arena_copy(tool->arena, text_string(&text));
}

/* Who made it: a person, or a window by its calendar. */
static const char *maker_describe(struct tool *tool, const struct json *row)
{
    const char *window = json_string(row, "maintenance");
    return window != NULL ? arena_format(tool->arena, "maintenance %s", window)
                          : json_string(row, "by");
}

static void silence_row(struct writer *writer, struct tool *tool, const struct json *row)
{
    struct times times = tool_times(tool);
    char from[TIMES_TEXT_SIZE], until[TIMES_TEXT_SIZE];
    msec from_at = instant_get(row, "from"), until_at = instant_get(row, "until");
    const char *id = json_text(row, "id");
    writer_cell(writer, TONE_PLAIN, arena_format(tool->arena, "s%s", id != NULL ? id : "?"), id);
    writer_cell(writer, TONE_PLAIN, json_string(row, "state"), NULL);
    writer_cell(writer, TONE_PLAIN, match_describe(tool, row), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(row, "team"), NULL);
    writer_instant(writer, TONE_PLAIN, times_day(&times, from_at, from), from_at);
    writer_instant(writer, TONE_PLAIN, times_day(&times, until_at, until), until_at);
    writer_cell(writer, TONE_MUTED, maker_describe(tool, row), NULL);
    writer_cell(writer, TONE_PLAIN, json_text(row, "held"), NULL);
    writer_cell(writer, TONE_MUTED, json_string(row, "note"), NULL);
}

static int silence_list_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    const struct json *document = NULL;
    text_add(&path, API_SILENCES);
    path_add(&path, "team", option_get(call, "team"));
    path_add(&path, "all", option_is(call, "all") ? "1" : NULL);
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "silences");
    struct writer *writer = writer_open(tool, silence_columns, "silences", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        silence_row(writer, tool, row);
    writer_close(writer);
    if (tool->is_terminal && !tool->is_json && (list == NULL || list->first == NULL))
        say(tool, "No silences.\n");
    return EXIT_DONE;
}

/* "31" of "s31"; NULL when it is none, which has been said. */
static const char *silence_id(struct tool *tool, const char *typed)
{
    const char *id = typed[0] == 's' ? typed + 1 : typed;
    if (id[0] != '\0' && strspn(id, "0123456789") == strlen(id) && strlen(id) <= 15)
        return id;
    (void)tool_fail(tool, EXIT_USAGE, "\"%s\" is not a silence. See: pagectl silence list",
                    tool_clean(tool, typed));
    return NULL;
}

static int silence_show_run(struct tool *tool, const struct invocation *call)
{
    const struct json *document = NULL;
    const char *id = silence_id(tool, call->words[0]);
    if (id == NULL)
        return EXIT_USAGE;
    const struct request request = {.path = arena_format(tool->arena, "%s/%s", API_SILENCES, id)};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json) {
        document_say(tool, NULL, document);
        return EXIT_DONE;
    }
    struct times times = tool_times(tool);
    char span[TIMES_TEXT_SIZE];
    const char *held = json_text(document, "held"), *all = json_text(document, "held_in_all");
    const char *note = json_string(document, "note");
    if (note != NULL && note[0] != '\0')
        note = arena_format(tool->arena, " (%s)", note);
    say(tool, "s%s%s by %s: %s\n", id, tool_clean(tool, note),
        tool_clean(tool, maker_describe(tool, document)),
        tool_clean(tool, match_describe(tool, document)));
    say(tool, "%s, %s. Holds back %s, %s so far.\n",
        times_span(&times, instant_get(document, "from"), instant_get(document, "until"), span),
        tool_clean(tool, json_string(document, "state")), tool_clean(tool, held),
        tool_clean(tool, all));
    const struct json *list = json_find(document, "incidents");
    if (list == NULL || list->first == NULL)
        return EXIT_DONE;
    struct writer *writer = writer_open(tool, held_columns, "incidents", document);
    for (const struct json *row = list->first; row != NULL; row = row->next) {
        writer_cell(writer, TONE_PLAIN, json_text(row, "number"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "severity"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "state"), NULL);
        writer_cell(writer, TONE_PLAIN, json_string(row, "summary"), NULL);
    }
    writer_close(writer);
    return EXIT_DONE;
}

static int silence_end_run(struct tool *tool, const struct invocation *call)
{
    const struct json *answer = NULL;
    const char *id = silence_id(tool, call->words[0]);
    if (id == NULL)
        return EXIT_USAGE;
    if (tool->is_dry) {
        say(tool, "Would end silence s%s. Nothing was sent.\n", id);
        return EXIT_DONE;
    }
    const struct request request = {.method = "POST",
                                    .path =
                                        arena_format(tool->arena, "%s/%s/end", API_SILENCES, id),
                                    .body = "{}",
                                    .is_change = true};
    int code = request_send(tool, &request, &answer);
    return change_say(tool, code, "", answer);
}

static int silence_add_run(struct tool *tool, const struct invocation *call)
{
    struct body body;
    struct window window = {0};
    const struct json *answer = NULL;
    const char *note = option_get(call, "note");
    if (call->word_count == 0 || note == NULL)
        return tool_fail(tool, EXIT_USAGE,
                         "say: pagectl silence add host=db1 --for 2h -m \"kernel upgrade\"");
    int code = window_read(tool, call, &window);
    if (code != EXIT_DONE)
        return code;

    body_begin(&body);
    json_begin_array(&body.writer, "match");
    for (size_t i = 0; i < call->word_count; i++)
        json_put_string(&body.writer, NULL, call->words[i]);
    json_end_array(&body.writer);
    body_add(&body, "team", option_get(call, "team"));
    if (option_get(call, "from") != NULL)
        json_put_instant(&body.writer, "from", window.from);
    if (option_get(call, "until") != NULL)
        json_put_instant(&body.writer, "until", window.until);
    else
        json_put_integer(&body.writer, "for_ms", window.until - window.from);
    json_put_string(&body.writer, "note", note);
    if (tool->is_dry)
        json_put_bool(&body.writer, "dry_run", true);
    const struct request request = {
        .method = "POST", .path = API_SILENCES, .body = body_end(tool, &body), .is_change = true};
    code = request_send(tool, &request, &answer);
    return change_say(tool, code, tool->is_dry ? "Would be one that " : "", answer);
}

const struct command command_silence_add = {
    .name = "silence add",
    .summary = "Page nobody for what fits, for a while",
    .arguments = "MATCH...",
    .options = (const struct option[]){{"for", 0, "2h", "how long, at most 30 days"},
                                       {"from", 0, "TIME", "its beginning (now)"},
                                       {"until", 0, "TIME", "its end, instead of --for"},
                                       {"note", 'm', "WHY", "why; is shown and reported"},
                                       {"team", 0, "TEAM", "only incidents of this team"},
                                       {0}},
    .examples = "pagectl silence add host=db1 --for 2h -m \"kernel upgrade\"\n"
                "pagectl silence add site=ams* severity!=critical --from \"Sat 02:00\" --for 2h -m "
                "work\n",
    .words_max = WORDS_MAX,
    .run = silence_add_run,
};

const struct command command_silence_list = {
    .name = "silence list",
    .summary = "Silences that hold or will",
    .arguments = "",
    .options = (const struct option[]){{"team", 0, "TEAM", "only what concerns this team"},
                                       {"all", 'a', NULL, "those that are over too"},
                                       {0}},
    .examples = "pagectl silence list\n",
    .run = silence_list_run,
};

const struct command command_silence_show = {
    .name = "silence show",
    .summary = "One silence, and what it holds back",
    .arguments = "ID",
    .examples = "pagectl silence show s31\n",
    .words_min = 1,
    .words_max = 1,
    .run = silence_show_run,
};

const struct command command_silence_end = {
    .name = "silence end",
    .summary = "End a silence now: what it holds back is paged",
    .arguments = "ID",
    .examples = "pagectl silence end s31\n",
    .words_min = 1,
    .words_max = 1,
    .run = silence_end_run,
};
