/* SPDX-License-Identifier: MIT */
/* cmd_schedule.c - the coming weeks as a chart, and each gap with the command that fills it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/api.h"
#include "base/utf8.h"
#include "pagectl/chart.h"
#include "pagectl/commands.h"
#include "pagectl/gap.h"
#include "pagectl/incident.h"

#define WEEKS_DEFAULT 2
#define WEEKS_MAX 8
#define LABEL_MIN 10

static int schedule_path(struct tool *tool, const struct invocation *call, const char **path)
{
    CLEANUP(text_clear) struct text text = {0};
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *weeks = option_get(call, "weeks"), *from = option_get(call, "from");
    char *end = NULL;
    long count = weeks != NULL ? strtol(weeks, &end, 10) : WEEKS_DEFAULT;
    msec at = 0;
    if (weeks != NULL && (end == weeks || *end != '\0' || count < 1 || count > WEEKS_MAX))
        return tool_fail(tool, EXIT_USAGE, "--weeks is 1 to %d, not \"%s\".", WEEKS_MAX,
                         tool_clean(tool, weeks));
    text_add(&text, API_SCHEDULE);
    path_add(&text, "team", call->word_count > 0 ? call->words[0] : option_get(call, "team"));
    if (from != NULL && !times_parse(&times, from, TIMES_NEXT, &at, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (from != NULL)
        path_add_instant(&text, "from", at);
    path_add(&text, "weeks", arena_format(tool->arena, "%ld", count));
    *path = arena_copy(tool->arena, text_string(&text));
    return EXIT_DONE;
}

static size_t list_count(const struct json *document, const char *key)
{
    const struct json *list = json_find(document, key);
    return list != NULL ? list->count : 0;
}

/* "Sun 22 Nov - Sat 5 Dec 2026". */
static void days_say(struct tool *tool, const struct chart *chart)
{
    char start[TIMES_TEXT_SIZE], end[TIMES_TEXT_SIZE];
    struct times there = {.zone = chart->zone, .now = chart->from};
    msec last = zone_utc(chart->zone,
                         zone_local(chart->zone, chart->from) + (chart->days - 1) * DAY_MS, NULL);
    times_day(&there, chart->from, start);
    there.now = last;
    times_day(&there, last, end);
    start[strlen(start) - 6] = '\0'; /* without " 00:00" */
    end[strlen(end) - 6] = '\0';
    say(tool, "%s - %s %d", start, end, zone_civil(chart->zone, last).year);
}

static void head_say(struct tool *tool, const struct chart *chart, const struct json *schedule)
{
    size_t gaps = gaps_count(json_find(schedule, "gaps"));
    size_t rests = list_count(schedule, "rests"), overlaps = list_count(schedule, "overlaps");
    say(tool, "%-5s ", tool_clean(tool, json_string(schedule, "team")));
    days_say(tool, chart);
    say(tool, "   %s   %s%zu %s%s, %zu %s, %zu %s\n",
        tool_clean(tool, json_string(schedule, "zone")),
        tone_begin(tool, gaps > 0 ? TONE_CRITICAL : TONE_PLAIN), gaps, gaps == 1 ? "gap" : "gaps",
        tone_end(tool, gaps > 0 ? TONE_CRITICAL : TONE_PLAIN), rests, rests == 1 ? "rest" : "rests",
        overlaps, overlaps == 1 ? "overlap" : "overlaps");
}

/* "ann", "ann+bob", or NULL for nobody. */
static const char *span_people(struct tool *tool, const struct json *row)
{
    CLEANUP(text_clear) struct text names = {0};
    const char *user = json_string(row, "user");
    const struct json *users = json_find(row, "users");
    if (user == NULL)
        return NULL;
    for (const struct json *name = users != NULL ? users->first : NULL; name != NULL;
         name = name->next) {
        if (name->kind == JSON_STRING)
            text_addf(&names, "%s%s", names.size > 0 ? "+" : "", name->text);
    }
    return tool_clean(tool, names.size > 0 ? text_string(&names) : user);
}

/* Where nobody is on call is quiet, unless the list of gaps says that somebody is wanted there. */
static struct chart_span *spans_read(struct tool *tool, const struct json *row,
                                     const struct json *gaps, struct chart_people *people,
                                     size_t *count)
{
    const struct json *list = json_find(row, "spans");
    size_t room = (list != NULL ? list->count : 0) + (gaps != NULL ? gaps->count : 0) + 1;
    struct chart_span *spans = arena_take(tool->arena, room * sizeof(*spans));
    *count = 0;
    for (const struct json *span = list != NULL ? list->first : NULL; span != NULL;
         span = span->next) {
        const char *user = span_people(tool, span);
        spans[(*count)++] = (struct chart_span){
            .user = user,
            .from = instant_get(span, "from"),
            .until = instant_get(span, "until"),
            .color = user != NULL ? chart_color(people, user) : 0,
            .is_quiet = user == NULL,
        };
    }
    for (const struct json *gap = gaps != NULL ? gaps->first : NULL; gap != NULL; gap = gap->next) {
        if (string_is(json_string(gap, "role"), json_string(row, "role")))
            spans[(*count)++] = (struct chart_span){
                .from = instant_get(gap, "from"),
                .until = instant_get(gap, "until"),
                .is_quiet = json_bool(gap, "declared", false),
            };
    }
    return spans;
}

/* Rests or absences, a line each: who, and because of what. */
static void bands_say(struct tool *tool, const struct chart *chart, const struct json *schedule,
                      enum chart_band band)
{
    static const struct {
        const char *list;
        const char *label;
    } names[] = {[CHART_REST] = {"rests", "rest"}, [CHART_AWAY] = {"absences", "away"}};
    const struct json *list = json_find(schedule, names[band].list);
    msec end = instant_get(schedule, "until");
    size_t count = 0;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const char *because = tool_clean(tool, json_string(row, "because"));
        msec from = instant_get(row, "from"), until = instant_get(row, "until");
        if (until <= chart->from || from >= end)
            continue;
        const char *caption =
            arena_format(tool->arena, "%s%s%s", tool_clean(tool, json_string(row, "user")),
                         because[0] != '\0' ? ", " : "", because);
        chart_render_band(chart, band, count++ == 0 ? names[band].label : "", from, until, caption,
                          &tool->output);
    }
}

static void rows_say(struct tool *tool, const struct chart *chart, const struct json *schedule)
{
    const struct json *rows = json_find(schedule, "rows");
    struct times there = {.zone = chart->zone, .now = tool->now};
    struct chart_people people = {0};
    char when[TIMES_TEXT_SIZE];
    chart_render_head(chart, &tool->output);
    for (const struct json *row = rows != NULL ? rows->first : NULL; row != NULL; row = row->next) {
        size_t count = 0;
        struct chart_span *spans =
            spans_read(tool, row, json_find(schedule, "gaps"), &people, &count);
        chart_render_row(chart, tool_clean(tool, json_string(row, "role")), spans, count,
                         &tool->output);
    }
    bands_say(tool, chart, schedule, CHART_REST);
    bands_say(tool, chart, schedule, CHART_AWAY);
    if (tool->now < chart->from || tool->now >= instant_get(schedule, "until"))
        return;
    times_day(&there, tool->now, when);
    chart_render_now(chart, tool->now,
                     arena_format(tool->arena, "now %.3s %s", when, when + strlen(when) - 5),
                     &tool->output);
}

static void overlaps_say(struct tool *tool, const struct json *schedule)
{
    const struct json *overlaps = json_find(schedule, "overlaps");
    struct times here = tool_times(tool);
    char span[TIMES_TEXT_SIZE];
    for (const struct json *row = overlaps != NULL ? overlaps->first : NULL; row != NULL;
         row = row->next)
        say(tool, "TWICE %s  %s\n", tool_clean(tool, json_string(row, "user")),
            times_span(&here, instant_get(row, "from"), instant_get(row, "until"), span));
}

/* The chart's zone is the team's, so that a day is the team's day. */
static struct zone *zone_of(const struct json *schedule)
{
    const char *folder = getenv("TZDIR"), *name = json_string(schedule, "zone");
    struct zone *zone = NULL;
    bool is_loaded = name != NULL &&
                     zone_load(folder != NULL ? folder : "/usr/share/zoneinfo", name, &zone, NULL);
    return is_loaded ? zone : zone_fixed("UTC", 0);
}

static void chart_prepare(struct tool *tool, const struct json *schedule, const struct zone *zone,
                          struct chart *chart)
{
    const struct json *rows = json_find(schedule, "rows");
    msec from = instant_get(schedule, "from"), until = instant_get(schedule, "until");
    msec local = zone_local(zone, from);
    msec midnight = local - (local % DAY_MS + DAY_MS) % DAY_MS;
    msec days = (zone_local(zone, until) - local + DAY_MS / 2) / DAY_MS;
    *chart = (struct chart){
        .zone = zone,
        .from = zone_utc(zone, midnight, NULL),
        .days = (int)(days < 1                ? 1
                      : days > CHART_DAYS_MAX ? CHART_DAYS_MAX
                                              : days),
        .width = tool->width,
        .label_size = LABEL_MIN,
        .is_unicode = tool->is_unicode,
        .has_color = tool->has_color,
    };
    for (const struct json *row = rows != NULL ? rows->first : NULL; row != NULL; row = row->next) {
        size_t width = utf8_width(span_of(tool_clean(tool, json_string(row, "role"))));
        if (width + 1 > chart->label_size)
            chart->label_size = (unsigned)width + 1;
    }
}

static int schedule_run(struct tool *tool, const struct invocation *call)
{
    const struct json *schedule = NULL;
    const char *path = NULL;
    struct chart chart;
    int code = schedule_path(tool, call, &path);
    if (code != EXIT_DONE)
        return code;
    const struct request request = {.path = path};
    code = request_send(tool, &request, &schedule);
    if (code != EXIT_DONE)
        return code;
    if (tool->is_json) {
        document_say(tool, NULL, schedule);
        return EXIT_DONE;
    }
    CLEANUP(zone_free) struct zone *zone = zone_of(schedule);
    chart_prepare(tool, schedule, zone, &chart);
    head_say(tool, &chart, schedule);
    rows_say(tool, &chart, schedule);
    gaps_say(tool, json_find(schedule, "gaps"), json_string(schedule, "team"));
    overlaps_say(tool, schedule);
    if (json_bool(schedule, "more", false))
        say(tool, "It changes too often to be drawn whole: ask for fewer weeks.\n");
    return EXIT_DONE;
}

const struct command command_schedule = {
    .name = "schedule",
    .summary = "The coming weeks, with every gap",
    .arguments = "[TEAM]",
    .options = (const struct option[]){{"weeks", 0, "N", "1 to 8 (2)"},
                                       {"from", 0, "TIME", "begin there"},
                                       {"team", 0, "TEAM", "the same as TEAM"},
                                       {0}},
    .examples = "pagectl schedule ops\npagectl schedule ops --weeks 4 --from \"1 Dec\"\n",
    .words_max = 1,
    .run = schedule_run,
};
