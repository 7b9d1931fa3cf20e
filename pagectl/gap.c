/* SPDX-License-Identifier: MIT */
#include "pagectl/gap.h"

#include "pagectl/incident.h"

struct gap gap_read(struct tool *tool, const struct json *row, const char *team)
{
    const char *own = json_string(row, "team");
    return (struct gap){
        .team = tool_clean(tool, own != NULL ? own : team),
        .role = tool_clean(tool, json_string(row, "role")),
        .why = tool_clean(tool, json_string(row, "why")),
        .from = instant_get(row, "from"),
        .until = instant_get(row, "until"),
        .is_declared = json_bool(row, "declared", false),
    };
}

size_t gaps_count(const struct json *list)
{
    size_t count = 0;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next)
        count += json_bool(row, "declared", false) ? 0 : 1;
    return count;
}

/* "1 Dec 21:00" of "Tue 1 Dec 21:00": the form that --from reads back. */
static const char *typed_form(const char *day)
{
    return day[0] != '\0' ? day + 4 : day;
}

/* What has begun already is filled from now on; where no end is in sight, for a day. */
static void fill_say(struct tool *tool, const struct gap *gap)
{
    struct times here = tool_times(tool);
    char day[TIMES_TEXT_SIZE], length[DURATION_TEXT_SIZE];
    msec start = gap->from > here.now ? gap->from : here.now;
    msec length_ms = gap->until == 0 ? DAY_MS : gap->until - start;
    say(tool, "Fill it: pagectl override %s %s", gap->team, gap->role);
    if (start == gap->from)
        say(tool, " --from \"%s\"", typed_form(times_day(&here, gap->from, day)));
    say(tool, " --for %s --to WHO\n",
        duration_render((length_ms + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS, length));
}

const char *gap_span(struct tool *tool, const struct gap *gap)
{
    struct times here = tool_times(tool);
    char text[TIMES_TEXT_SIZE];
    if (gap->until == 0)
        return arena_format(tool->arena, "%s, no end in sight", times_full(&here, gap->from, text));
    return arena_copy(tool->arena, times_span(&here, gap->from, gap->until, text));
}

void gap_say(struct tool *tool, const struct gap *gap, bool names_team)
{
    enum tone tone = gap->is_declared ? TONE_MUTED : TONE_CRITICAL;
    say(tool, "%s%s %s%s%s  %s%s   %s\n", tone_begin(tool, tone),
        gap->is_declared ? "declared" : "GAP", names_team ? gap->team : "", names_team ? " " : "",
        gap->role, gap_span(tool, gap), tone_end(tool, tone), gap->why);
    if (!gap->is_declared && (gap->until == 0 || gap->until > tool->now))
        fill_say(tool, gap);
}

static void some_say(struct tool *tool, const struct json *list, const char *team, bool is_declared)
{
    size_t count = 0;
    for (const struct json *row = list != NULL ? list->first : NULL; row != NULL; row = row->next) {
        struct gap gap = gap_read(tool, row, team);
        if (gap.is_declared != is_declared)
            continue;
        if (count++ < GAP_LINES_MAX)
            gap_say(tool, &gap, team == NULL);
    }
    if (count > GAP_LINES_MAX)
        say(tool, "and %zu %s more\n", count - GAP_LINES_MAX, is_declared ? "declared" : "gaps");
}

void gaps_say(struct tool *tool, const struct json *list, const char *team)
{
    some_say(tool, list, team, false);
    some_say(tool, list, team, true);
}
