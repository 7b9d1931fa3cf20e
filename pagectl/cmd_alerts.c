/* SPDX-License-Identifier: MIT */
/* cmd_alerts.c - what came in, and what became of each. */
#include <inttypes.h>

#include "base/api.h"
#include "pagectl/commands.h"
#include "pagectl/incident.h"

static const struct column alert_columns[] = {
    {.title = "AT"},
    {.title = "SEV"},
    {.title = "STATE", .rank = 2},
    {.title = "FROM", .rank = 3},
    {.title = "KEY", .rank = 4},
    {.title = "COUNT", .rank = 5, .is_right = true},
    {.title = "WHAT", .is_elastic = true},
    {.title = "BECAME"},
    {.title = "ROUTE", .rank = 6},
    {0},
};

/* "opened #412", "#412: storm", "#413: new, suppressed: silence s1" */
static const char *alert_became(struct tool *tool, const struct json *alert)
{
    int64_t number = json_integer(alert, "incident", 0);
    const char *rule = json_string(alert, "rule");
    if (rule == NULL)
        return arena_format(tool->arena, "#%" PRId64, number);
    if (string_is(rule, "new"))
        return arena_format(tool->arena, "opened #%" PRId64, number);
    return arena_format(tool->arena, "#%" PRId64 ": %s", number, rule);
}

static void alert_row(struct writer *writer, struct tool *tool, const struct json *alert)
{
    struct times times = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    const char *severity = json_string(alert, "severity");
    msec at = instant_get(alert, "last_at");
    writer_instant(writer, TONE_MUTED, times_day(&times, at, when), at);
    writer_cell(writer, severity_tone(severity), severity_short(severity), severity);
    writer_cell(writer, TONE_PLAIN, json_string(alert, "state"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(alert, "integration"), NULL);
    writer_cell(writer, TONE_MUTED, json_string(alert, "dedup_key"), NULL);
    writer_cell(writer, TONE_PLAIN, json_text(alert, "occurrences"), NULL);
    writer_cell(writer, TONE_PLAIN, json_string(alert, "summary"), NULL);
    writer_cell(writer, TONE_PLAIN, alert_became(tool, alert), NULL);
    writer_cell(writer, TONE_MUTED, json_string(alert, "route"), NULL);
}

static int alerts_run(struct tool *tool, const struct invocation *call)
{
    CLEANUP(text_clear) struct text path = {0};
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *since = option_get(call, "since");
    const struct json *document = NULL;
    msec at = 0;
    if (!times_parse(&times, since != NULL ? since : "1h", TIMES_LAST, &at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    text_add(&path, API_ALERTS);
    path_add_instant(&path, "since", at);
    path_add(&path, "limit", option_get(call, "limit"));
    const struct request request = {.path = text_string(&path)};
    int code = request_send(tool, &request, &document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(document, "alerts");
    struct writer *writer = writer_open(tool, alert_columns, "alerts", document);
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        alert_row(writer, tool, row);
    writer_close(writer);
    more_say(tool, document);
    return EXIT_DONE;
}

const struct command command_alerts = {
    .name = "alerts",
    .summary = "What came in, and what became of each by which rule",
    .arguments = "",
    .options = (const struct option[]){{"since", 0, "1h", "heard of since then"},
                                       {"limit", 0, "N", "at most so many"},
                                       {0}},
    .examples = "pagectl alerts\npagectl alerts --since 6h --json\n",
    .run = alerts_run,
};
