/* SPDX-License-Identifier: MIT */
/* cmd_simulate.c - what would become of an alert: its route, and who would be paged when. */
#include <string.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct column simulate_columns[] = {
    {.title = "AFTER", .is_right = true},
    {.title = "WHO"},
    {.title = "BY"},
    {.title = "STEP", .rank = 1},
    {.title = "WHY", .rank = 2, .is_elastic = true},
    {0},
};

static int simulate_ask(struct tool *tool, const struct invocation *call,
                        const struct json **document)
{
    CLEANUP(text_clear) struct text path = {0};
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *typed = option_get(call, "at");
    msec at = 0;
    text_add(&path, API_SIMULATE);
    if (typed != NULL && !times_parse(&times, typed, TIMES_NEXT, &at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (typed != NULL)
        path_add_instant(&path, "at", at);
    path_add(&path, "team", option_get(call, "team"));
    for (size_t i = 0; i < call->word_count; i++) {
        if (strchr(call->words[i], '=') == NULL || call->words[i][0] == '=')
            return tool_fail(tool, EXIT_USAGE, "\"%s\" is not label=value.",
                             tool_clean(tool, call->words[i]));
        path_add(&path, "label", call->words[i]);
    }
    const struct request request = {.path = arena_copy(tool->arena, text_string(&path))};
    return request_send(tool, &request, document);
}

/* "Sun 22 Nov 03:00 CET (in 1 day 2 h): route 1 (service=web) -> web. Nothing is sent." */
static void head_say(struct tool *tool, const struct json *document)
{
    char when[TIMES_TEXT_SIZE];
    struct times times = tool_times(tool);
    const char *team = json_string(document, "team");
    const char *route = json_string(json_find(document, "route"), "text");
    const char *reason = json_string(document, "reason");
    if (route == NULL)
        route =
            arena_format(tool->arena, "no route is asked -> %s", team != NULL ? team : "nobody");
    say(tool, "%s: %s. Nothing is sent.\n", times_echo(&times, instant_get(document, "at"), when),
        tool_clean(tool, route));
    msec held_until = instant_get(document, "held_until");
    if (reason != NULL && held_until != 0)
        say(tool, "It pages nobody until %s: %s\n", times_day(&times, held_until, when),
            tool_clean(tool, reason));
    else if (reason != NULL)
        say(tool, "It pages nobody: %s\n", tool_clean(tool, reason));
}

static bool row_is_with(const struct json *row, const struct json *other)
{
    return instant_get(row, "at") == instant_get(other, "at") &&
           json_integer(row, "step", 0) == json_integer(other, "step", 0) &&
           json_integer(row, "round", 0) == json_integer(other, "round", 0);
}

static void word_add(struct text *text, const char *word)
{
    struct span rest = text_span(text);
    while (rest.size > 0) {
        struct span known = span_trim(span_cut(&rest, ','));
        if (span_is(known, word))
            return;
    }
    text_addf(text, "%s%s", text->size > 0 ? ", " : "", word);
}

/* Pages of one moment and step are one row. Returns the first row behind it. */
static const struct json *row_draw(struct tool *tool, struct writer *writer, const struct json *row)
{
    char length[TIMES_TEXT_SIZE];
    CLEANUP(text_clear) struct text who = {0};
    CLEANUP(text_clear) struct text by = {0};
    const struct json *first = row;
    const char *of = json_string(first, "of"), *why = json_string(first, "why");
    int64_t round = json_integer(first, "round", 1);
    for (; row != NULL && row_is_with(first, row); row = row->next) {
        word_add(&who, json_string(row, "user"));
        word_add(&by, json_string(row, "channel"));
    }
    const char *step = of != NULL ? of : "";
    if (round > 1)
        step = arena_format(tool->arena, "%s, round %lld", step, (long long)round);
    writer_cell(
        writer, TONE_MUTED,
        arena_format(tool->arena, "+%s", times_length(json_integer(first, "after_ms", 0), length)),
        NULL);
    writer_cell(writer, TONE_PLAIN, arena_copy(tool->arena, text_string(&who)), NULL);
    writer_cell(writer, TONE_PLAIN, arena_copy(tool->arena, text_string(&by)), NULL);
    writer_cell(writer, TONE_PLAIN, step, NULL);
    writer_cell(writer, TONE_MUTED, why != NULL ? why : "", NULL);
    return row;
}

/* Is that person among those who are paged at once? */
static int expect_check(struct tool *tool, const struct json *list, const char *user)
{
    const struct json *first = list != NULL ? list->first : NULL;
    for (const struct json *row = first; row != NULL && row_is_with(first, row); row = row->next)
        if (string_is(json_string(row, "user"), user))
            return EXIT_DONE;
    return tool_fail(tool, EXIT_FOUND, "%s is not among the first who are paged.",
                     tool_clean(tool, user));
}

static int simulate_run(struct tool *tool, const struct invocation *call)
{
    const struct json *document = NULL;
    const char *expected = option_get(call, "expect");
    int code = simulate_ask(tool, call, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "pages");
    if (tool->is_json) {
        document_say(tool, NULL, document);
    } else if (!tool->is_quiet) {
        head_say(tool, document);
        struct writer *writer = writer_open(tool, simulate_columns, "pages", document);
        const struct json *row = list != NULL ? list->first : NULL;
        const struct json *last = NULL;
        while ((last = row) != NULL && (row = row_draw(tool, writer, row)) != NULL)
            continue;
        writer_close(writer);
        if (last != NULL && string_is(json_string(last, "of"), "last resort"))
            say(tool, "And the last resort again and again, until somebody acknowledges.\n");
        if (json_bool(document, "cut", false))
            say(tool, "And so on: only the first pages are shown.\n");
    }
    return expected != NULL ? expect_check(tool, list, expected) : EXIT_DONE;
}

const struct command command_simulate = {
    .name = "simulate",
    .summary = "Which route an alert takes, and who is paged when (7: not who was expected)",
    .arguments = "[label=value...]",
    .options =
        (const struct option[]){{"at", 0, "TIME", "then instead of now"},
                                {"team", 0, "TEAM", "as by a key of this team"},
                                {"expect", 0, "USER", "must be among the first who are paged"},
                                {0}},
    .examples = "pagectl simulate service=postgres severity=critical\n"
                "pagectl simulate --at \"Sun 03:00\" integration=prometheus job=snmp\n"
                "pagectl simulate service=web --expect eve\n",
    .words_max = 24,
    .run = simulate_run,
};
