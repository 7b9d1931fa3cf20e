/* SPDX-License-Identifier: MIT */
#include "calendar/ends.h"

#include <stdlib.h>

#include "base/text.h"

/* A rule that runs out. */
struct rule_end {
    const struct event *event;
    uint32_t line;
    msec end_at;  /* of its last shift */
    msec next_at; /* when the next one would have started */
};

/* The instance behind `last` if the rule went on for ever; MSEC_NEVER beyond the window. */
static msec next_wall(struct shift_sink *sink, const struct event *event, const struct rule *rule,
                      msec last)
{
    struct rule endless = *rule;
    endless.count = 0;
    msec end = zone_local(event->start.zone, sink->until_at);
    CLEANUP(wall_list_clear) struct wall_list walls = {0};
    if (!rule_walk(&endless, event->start.wall, MSEC_NEVER, end, &walls, &sink->steps_left))
        return MSEC_NEVER;
    msec next = MSEC_NEVER;
    for (size_t i = walls.count; i > 0 && walls.items[i - 1] > last; i--)
        next = walls.items[i - 1];
    return next;
}

void ends_collect(struct shift_sink *sink, const struct event *event,
                  const struct property *property, const struct rule *rule, msec last)
{
    const struct zone *zone = event->start.zone;
    if (sink->now_at == 0 || (rule->count == 0 && !rule->has_until))
        return;
    msec end_at = event_end(event, last, zone_utc(zone, last, NULL)).at;
    if (end_at <= sink->now_at || end_at > sink->now_at + ENDS_AHEAD_MS)
        return;
    msec next = next_wall(sink, event, rule, last);
    if (next == MSEC_NEVER)
        return;
    if (sink->end_count == sink->end_room) {
        sink->end_room = sink->end_room == 0 ? 16 : sink->end_room * 2;
        sink->ends = memory_grow(sink->ends, sink->end_room, sizeof *sink->ends);
    }
    sink->ends[sink->end_count++] =
        (struct rule_end){event, property->line, end_at, zone_utc(zone, next, NULL)};
}

/* How many shifts start at `at` or before. */
static size_t shifts_started(const struct shift_sink *sink, msec at)
{
    size_t low = 0;
    size_t high = sink->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sink->items[middle].start_at <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void ends_tell(struct shift_sink *sink)
{
    if (sink->end_count == 0)
        return;
    /* The latest end among the first i + 1 shifts. */
    msec *latest = memory_new(sink->count + 1, sizeof *latest);
    for (size_t i = 0; i < sink->count; i++) {
        msec before = i == 0 ? INT64_MIN : latest[i - 1];
        latest[i] = sink->items[i].end_at > before ? sink->items[i].end_at : before;
    }
    for (size_t i = 0; i < sink->end_count; i++) {
        const struct rule_end *end = &sink->ends[i];
        const struct zone *zone = end->event->start.zone;
        size_t started = shifts_started(sink, end->next_at);
        if (started > 0 && latest[started - 1] > end->next_at)
            continue;
        struct civil civil = zone_civil(zone, end->end_at);
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text,
                  "the rotation runs out on %04d-%02d-%02d at %02d:%02d (%s): its rule ends then, "
                  "and no event goes on where it would have",
                  civil.year, civil.month, civil.day, civil.hour, civil.minute, zone_name(zone));
        notes_add_at(sink->notes, end->event->shown->file, end->line, "W-ENDS", text_string(&text));
    }
    free(latest);
}
