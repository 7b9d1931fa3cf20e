/* SPDX-License-Identifier: MIT */
/*
 * cmd_calendar_check.c - everything that is wrong with the calendars, and what to do about it.
 *
 * What is found is collected first, from worst to mildest, and then written: as sentences on a
 * terminal, as lines of five columns in a pipe.
 */
#include <inttypes.h>
#include <string.h>

#include "pagectl/calendars.h"
#include "pagectl/commands.h"
#include "pagectl/gap.h"
#include "pagectl/incident.h"

#define CHANGES_MAX 40 /* of one calendar, on a terminal */

enum finding_kind {
    FINDING_HELD,
    FINDING_CHANGE, /* a line of what is held back */
    FINDING_STALE,
    FINDING_UNREAD,
    FINDING_ERROR,
    FINDING_GAP,
    FINDING_CLASH,
    FINDING_WARNING,
    FINDING_DECLARED,
    FINDING_OK,
    FINDING_COUNT
};

static const struct {
    const char *word;
    enum tone tone;
    const char *one; /* for the sum; NULL: it does not count */
    const char *many;
} kinds[FINDING_COUNT] = {
    [FINDING_HELD] = {"held", TONE_CRITICAL, "version held back", "versions held back"},
    [FINDING_CHANGE] = {"change", TONE_PLAIN, NULL, NULL},
    [FINDING_STALE] = {"stale", TONE_CRITICAL, "old copy in use", "old copies in use"},
    [FINDING_UNREAD] = {"unread", TONE_CRITICAL, "calendar without a copy",
                        "calendars without a copy"},
    [FINDING_ERROR] = {"error", TONE_CRITICAL, "error", "errors"},
    [FINDING_GAP] = {"gap", TONE_CRITICAL, "gap", "gaps"},
    [FINDING_CLASH] = {"clash", TONE_WARNING, NULL, NULL},
    [FINDING_WARNING] = {"warn", TONE_WARNING, NULL, NULL},
    [FINDING_DECLARED] = {"declared", TONE_MUTED, NULL, NULL},
    [FINDING_OK] = {"ok", TONE_GOOD, NULL, NULL},
};

static const struct column finding_columns[] = {
    {.title = "FOUND"}, {.title = "WHERE"}, {.title = "FROM"},
    {.title = "UNTIL"}, {.title = "WHAT"},  {0},
};

struct check {
    struct tool *tool;
    const struct json *document;
    struct writer *writer; /* NULL on a terminal */
    size_t counts[FINDING_COUNT];
};

static void finding_write(struct check *check, enum finding_kind kind, const char *where, msec from,
                          msec until, const char *text)
{
    writer_cell(check->writer, TONE_PLAIN, kinds[kind].word, NULL);
    writer_cell(check->writer, TONE_PLAIN, where, NULL);
    writer_instant(check->writer, TONE_PLAIN, "", from);
    writer_instant(check->writer, TONE_PLAIN, "", until);
    writer_cell(check->writer, TONE_PLAIN, text, NULL);
}

/* Counts it and, in a pipe, writes it; true when the caller is to say it in words. */
static bool finding_add(struct check *check, enum finding_kind kind, const char *where, msec from,
                        msec until, const char *text)
{
    check->counts[kind]++;
    bool is_wanted = kinds[kind].one != NULL || !check->tool->is_quiet;
    if (check->writer != NULL && is_wanted)
        finding_write(check, kind, where, from, until, text);
    return check->writer == NULL && is_wanted && !check->tool->is_json;
}

static void word_say(struct tool *tool, enum finding_kind kind, const char *rest)
{
    say(tool, "%s%-5s%s %s\n", tone_begin(tool, kinds[kind].tone), kinds[kind].word,
        tone_end(tool, kinds[kind].tone), tool_clean(tool, rest));
}

static const char *field(const struct json *row, const char *key)
{
    const char *value = json_text(row, key);
    return value != NULL ? value : "";
}

static void held_add(struct check *check, const struct json *row)
{
    struct tool *tool = check->tool;
    const char *name = field(row, "name"), *problem = field(row, "problem");
    const struct json *changes = json_find(row, "held_changes");
    size_t count = 0;
    bool is_said = finding_add(check, FINDING_HELD, name, 0, 0, problem);
    if (is_said)
        word_say(tool, FINDING_HELD, arena_format(tool->arena, "%s: %s", name, problem));
    for (const struct json *line = changes != NULL ? changes->first : NULL; line != NULL;
         line = line->next) {
        if (line->kind != JSON_STRING)
            continue;
        (void)finding_add(check, FINDING_CHANGE, name, 0, 0, line->text);
        if (is_said && count++ < CHANGES_MAX)
            say(tool, "      %s\n", tool_clean(tool, line->text));
    }
    if (count > CHANGES_MAX)
        say(tool, "      and %zu lines more: pagectl calendar check --json\n", count - CHANGES_MAX);
    if (is_said)
        say(tool, "Is that right? pagectl calendar accept %s\n", tool_clean(tool, name));
}

static void stale_add(struct check *check, const struct json *row, enum finding_kind kind)
{
    struct tool *tool = check->tool;
    struct times here = tool_times(tool);
    char when[TIMES_TEXT_SIZE];
    const char *name = field(row, "name"), *problem = calendar_problem(row);
    msec seen_at = calendar_seen_at(tool, row);
    const char *since = seen_at != 0 ? arena_format(tool->arena, ", copy of %s in use",
                                                    times_day(&here, seen_at, when))
                                     : "";
    if (!finding_add(check, kind, name, seen_at, 0, problem))
        return;
    word_say(tool, kind, arena_format(tool->arena, "%s: %s%s", name, problem, since));
    say(tool, "Mended? pagectl calendar refresh %s\n", tool_clean(tool, name));
}

static void states_add(struct check *check, const struct json *list)
{
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        enum calendar_state state = calendar_state(row);
        if (state == CALENDAR_HELD)
            held_add(check, row);
        else if (state == CALENDAR_STALE || state == CALENDAR_UNREAD)
            stale_add(check, row, state == CALENDAR_STALE ? FINDING_STALE : FINDING_UNREAD);
    }
}

static void warnings_add(struct check *check, const struct json *list, enum finding_kind kind)
{
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const struct json *warnings = json_find(row, "warnings");
        for (const struct json *line = warnings != NULL ? warnings->first : NULL; line != NULL;
             line = line->next) {
            if (line->kind != JSON_STRING ||
                warning_is_error(line->text) != (kind == FINDING_ERROR))
                continue;
            if (finding_add(check, kind, field(row, "name"), 0, 0, line->text))
                word_say(check->tool, kind, line->text);
        }
    }
}

/* They count all the same, but nobody's phone shows them. */
static void unwritten_add(struct check *check, const struct json *list)
{
    struct tool *tool = check->tool;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        int64_t count = json_integer(row, "unwritten", 0);
        if (count <= 0)
            continue;
        const char *what = arena_format(tool->arena, "%" PRId64 " %s not written into it yet",
                                        count, count == 1 ? "override is" : "overrides are");
        if (finding_add(check, FINDING_WARNING, field(row, "name"), 0, 0, what))
            word_say(tool, FINDING_WARNING,
                     arena_format(tool->arena, "%s: %s", field(row, "name"), what));
    }
}

static void gaps_add(struct check *check, const struct json *list, bool is_declared)
{
    enum finding_kind kind = is_declared ? FINDING_DECLARED : FINDING_GAP;
    bool is_said = false;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        struct gap gap = gap_read(check->tool, row, NULL);
        const char *where = arena_format(check->tool->arena, "%s %s", gap.team, gap.role);
        if (gap.is_declared != is_declared)
            continue;
        is_said = finding_add(check, kind, where, gap.from, gap.until, gap.why);
        if (is_said && check->counts[kind] <= GAP_LINES_MAX)
            gap_say(check->tool, &gap, true);
    }
    if (is_said && check->counts[kind] > GAP_LINES_MAX)
        say(check->tool, "and %zu more: pagectl calendar check --json\n",
            check->counts[kind] - GAP_LINES_MAX);
}

/* The sentence says when. */
static void clashes_add(struct check *check)
{
    struct tool *tool = check->tool;
    const struct json *list = json_find(check->document, "clashes");
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const char *what =
            arena_format(tool->arena, "%s %s", field(row, "code"), field(row, "text"));
        if (finding_add(check, FINDING_CLASH, field(row, "user"), instant_get(row, "from"),
                        instant_get(row, "until"), what))
            word_say(tool, FINDING_CLASH, what);
    }
}

static void good_add(struct check *check, const struct json *list)
{
    struct tool *tool = check->tool;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        const char *name = field(row, "name"), *events = field(row, "events");
        const char *use = names_join(tool, json_find(row, "used_by"));
        if (calendar_state(row) > CALENDAR_DOUBT)
            continue;
        if (finding_add(check, FINDING_OK, name, 0, 0, use))
            word_say(tool, FINDING_OK,
                     arena_format(tool->arena, "%s: %s %s%s%s", name, events,
                                  string_is(events, "1") ? "event" : "events",
                                  use[0] != '\0' ? ", used by " : "", use));
    }
}

/* "1 gap, 2 errors." or that all is well; EXIT_FOUND when something counts. */
static int sum_say(struct check *check)
{
    struct tool *tool = check->tool;
    CLEANUP(text_clear) struct text sum = {0};
    for (int kind = 0; kind < FINDING_COUNT; kind++) {
        size_t count = check->counts[kind];
        if (count > 0 && kinds[kind].one != NULL)
            text_addf(&sum, "%s%zu %s", sum.size > 0 ? ", " : "", count,
                      count == 1 ? kinds[kind].one : kinds[kind].many);
    }
    bool is_said = check->writer == NULL && !tool->is_json && !tool->is_quiet;
    if (is_said && sum.size == 0)
        say(tool, "No gaps in the next 14 days.\n");
    else if (is_said)
        say(tool, "%s.\n", text_string(&sum));
    return sum.size > 0 ? EXIT_FOUND : EXIT_DONE;
}

static int calendar_check_run(struct tool *tool, const struct invocation *call)
{
    (void)call;
    struct check check = {.tool = tool};
    int code = calendars_ask(tool, &check.document);
    if (code != EXIT_DONE)
        return code;
    const struct json *list = json_find(check.document, "calendars");
    const struct json *gaps = json_find(check.document, "gaps");
    if (tool->is_json)
        document_say(tool, "calendars", check.document);
    else if (!tool->is_terminal)
        check.writer = writer_open(tool, finding_columns, NULL, check.document);
    states_add(&check, list);
    warnings_add(&check, list, FINDING_ERROR);
    gaps_add(&check, gaps, false);
    clashes_add(&check);
    warnings_add(&check, list, FINDING_WARNING);
    unwritten_add(&check, list);
    gaps_add(&check, gaps, true);
    good_add(&check, list);
    if (check.writer != NULL)
        writer_close(check.writer);
    return sum_say(&check);
}

const struct command command_calendar_check = {
    .name = "calendar check",
    .summary = "What is wrong with them: gaps, unknown names, held versions (7)",
    .arguments = "",
    .examples = "pagectl calendar check\npagectl calendar check -q || echo look at the rota\n",
    .run = calendar_check_run,
};
