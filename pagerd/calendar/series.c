/* SPDX-License-Identifier: MIT */
#include "calendar/series.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "calendar/clock.h"
#include "calendar/instance.h"

/* THISANDFUTURE: from that wall time on, the override's shape and distance. */
struct future {
    msec wall;
    struct event *event;
};

/* One UID: its master, if any, and its overrides. */
struct series {
    struct event *master;
    struct event **overrides;
    size_t override_count;
    struct shift_sink *sink;
    struct instance_list instances;
    struct future *futures; /* heap, by rising wall */
    size_t future_count;
};

static void sink_note(struct shift_sink *sink, const struct event *event, const char *code,
                      const char *format, ...) PRINTF_LIKE(4, 5);

static void sink_note(struct shift_sink *sink, const struct event *event, const char *code,
                      const char *format, ...)
{
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    notes_add_at(sink->notes, event->shown->file, event->line, code, text_string(&text));
}

/* What changes of the clocks do to both ends; the start is told as a warning, too. */
static const char *clocks_note(struct shift_sink *sink, const struct event *event, msec wall,
                               msec at, const struct edge *end)
{
    struct arena *arena = sink->notes->arena;
    const char *ahead = clock_note(arena, event->start.zone, wall, at);
    const char *behind =
        end->zone == NULL ? NULL : clock_note(arena, end->zone, end->wall, end->at);
    if (ahead != NULL)
        sink_note(sink, event, "W-GAPTIME", "a shift starts then: in %s %s",
                  zone_name(event->start.zone), ahead);
    if (behind == NULL)
        return ahead;
    return arena_format(arena, "%s%send: %s", ahead == NULL ? "" : ahead, ahead == NULL ? "" : "; ",
                        behind);
}

/* Where the other reading of rule 2.3, the exact duration, gives another end: told once per event.
 */
static void exact_note(struct shift_sink *sink, const struct event *event, msec at,
                       const struct edge *end)
{
    if (!sink->is_exact_told || !event->has_end || end->zone == NULL || sink->exact_told == event)
        return;
    msec exact_at = at + (moment_at(&event->end) - moment_at(&event->start));
    if (exact_at == end->at)
        return;
    char here[INSTANT_TEXT_SIZE];
    char there[INSTANT_TEXT_SIZE];
    sink->exact_told = event;
    sink_note(sink, event, "W-EXACT-DIFFERS",
              "a shift ends at %s by the wall clock, which counts here, and at %s by its exact "
              "duration, as some programs have it",
              instant_render(end->at, here), instant_render(exact_at, there));
}

static void shift_emit(struct shift_sink *sink, const struct event *event, msec wall, msec at,
                       msec end_at, msec instance_at)
{
    struct edge end = {.at = end_at};
    if (end_at == MSEC_NEVER)
        end = event_end(event, wall, at);
    if (end.at <= at) {
        char instant[INSTANT_TEXT_SIZE];
        if (at >= sink->from_at && at < sink->until_at)
            sink_note(sink, event, "W-LENGTH", "the shift at %s has no length; it is left out",
                      instant_render(at, instant));
        return;
    }
    if (end.at <= sink->from_at || at >= sink->until_at || sink->is_full)
        return;
    if (sink->count == SHIFTS_MAX) {
        sink->is_full = true;
        return;
    }
    if (sink->count == sink->room) {
        sink->room = sink->room == 0 ? 256 : sink->room * 2;
        sink->items = memory_grow(sink->items, sink->room, sizeof *sink->items);
    }
    sink->items[sink->count++] = (struct shift){
        .start_at = at,
        .end_at = end.at,
        .instance_at = instance_at,
        .event = event->shown,
        .clock_note = clocks_note(sink, event, wall, at, &end),
    };
    exact_note(sink, event, at, &end);
}

static void override_emit(struct shift_sink *sink, const struct event *event)
{
    shift_emit(sink, event, event->start.wall, moment_at(&event->start), MSEC_NEVER,
               moment_at(&event->recurrence));
}

/* Marks one instance as replaced, unless EXDATE has taken it out (it beats the override). */
static void override_hit(struct series *series, const struct event *event,
                         struct instance *instance)
{
    if (instance->is_excluded)
        return;
    instance->is_used = true;
    if (!event->is_cancelled && !event->is_future)
        override_emit(series->sink, event);
}

/* rule 2.5 and 2.7: by instant, by day where one of both is a DATE; else it stands alone. */
static void override_apply(struct series *series, const struct event *event)
{
    const struct moment *start = &series->master->start;
    struct instance_list *list = &series->instances;
    bool has_hit = false;
    if (start->is_date || event->recurrence.is_date) {
        msec day = wall_day(event->recurrence.wall);
        size_t place = instance_list_from(list, day);
        for (; place < list->count && list->items[place].wall < day + DAY_MS; place++) {
            has_hit = true;
            override_hit(series, event, &list->items[place]);
        }
    } else {
        struct instance *instance = instance_list_at(list, moment_at(&event->recurrence));
        has_hit = instance != NULL;
        if (has_hit)
            override_hit(series, event, instance);
    }
    if (has_hit)
        return;
    if (event->recurrence.wall < list->horizon)
        sink_note(series->sink, event, "W-ORPHAN",
                  "RECURRENCE-ID fits no instance of the series; the shift stands alone");
    if (!event->is_cancelled && !event->is_future)
        override_emit(series->sink, event);
}

static int future_compare(const void *left, const void *right)
{
    const struct future *a = left;
    const struct future *b = right;
    return (a->wall > b->wall) - (a->wall < b->wall);
}

static void futures_collect(struct series *series)
{
    const struct zone *zone = series->master->start.zone;
    series->futures = memory_new(series->override_count + 1, sizeof *series->futures);
    for (size_t i = 0; i < series->override_count; i++) {
        struct event *event = series->overrides[i];
        if (!event->is_future)
            continue;
        const struct moment *moment = &event->recurrence;
        msec wall = moment->zone == zone || moment->is_date ? moment->wall
                                                            : zone_local(zone, moment_at(moment));
        series->futures[series->future_count++] = (struct future){wall, event};
    }
    if (series->future_count > 1)
        qsort(series->futures, series->future_count, sizeof *series->futures, future_compare);
}

static const struct future *future_find(const struct series *series, msec wall)
{
    size_t low = 0;
    size_t high = series->future_count;
    while (low < high) { /* behind the last that has begun then */
        size_t middle = low + (high - low) / 2;
        if (series->futures[middle].wall <= wall)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : &series->futures[low - 1];
}

static void instance_emit(struct series *series, const struct instance *instance)
{
    const struct event *master = series->master;
    const struct future *future = future_find(series, instance->wall);
    bool is_series = master->has_rule || master->extra_count > 0;
    if (instance->is_excluded)
        return;
    if (future == NULL) {
        if (!instance->is_used)
            shift_emit(series->sink, master, instance->wall, instance->at, instance->end_at,
                       is_series ? instance->at : 0);
        return;
    }
    if (future->event->is_cancelled || (instance->is_used && instance->wall != future->wall))
        return;
    const struct event *event = future->event;
    msec wall = instance->wall + (event->start.wall - future->wall);
    shift_emit(series->sink, event, wall, zone_utc(event->start.zone, wall, NULL), MSEC_NEVER,
               instance->at);
}

static void series_run(struct series *series)
{
    if (series->master == NULL) {
        for (size_t i = 0; i < series->override_count; i++) {
            sink_note(series->sink, series->overrides[i], "W-ORPHAN",
                      "RECURRENCE-ID without the series that it belongs to; it stands alone");
            if (!series->overrides[i]->is_cancelled)
                override_emit(series->sink, series->overrides[i]);
        }
        return;
    }
    if (series->master->is_cancelled)
        return;
    instance_list_fill(&series->instances, series->master, series->sink);
    for (size_t i = 0; i < series->override_count; i++)
        override_apply(series, series->overrides[i]);
    futures_collect(series);
    for (size_t i = 0; i < series->instances.count; i++)
        instance_emit(series, &series->instances.items[i]);
    instance_list_clear(&series->instances);
    free(series->futures);
}

static int span_compare(struct span a, struct span b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size == 0 ? 0 : memcmp(a.bytes, b.bytes, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Events without a UID belong to nobody, hence differ by their line. */
static int series_compare(const struct event *a, const struct event *b)
{
    if (a->has_uid != b->has_uid)
        return a->has_uid - b->has_uid;
    if (!a->has_uid)
        return (a->line > b->line) - (a->line < b->line);
    return strcmp(a->shown->uid, b->shown->uid);
}

/* The same UID and RECURRENCE-ID; overrides behind their master. */
static int version_key_compare(const struct event *a, const struct event *b)
{
    int order = series_compare(a, b);
    if (order != 0 || a->is_override != b->is_override)
        return order != 0 ? order : a->is_override - b->is_override;
    if (!a->is_override)
        return 0;
    if (a->recurrence.is_date != b->recurrence.is_date)
        return a->recurrence.is_date - b->recurrence.is_date;
    msec left = a->recurrence.is_date ? a->recurrence.wall : moment_at(&a->recurrence);
    msec right = b->recurrence.is_date ? b->recurrence.wall : moment_at(&b->recurrence);
    return (left > right) - (left < right);
}

/* rule 2.6: higher SEQUENCE, then DTSTAMP, then last in the file comes last. */
static int version_compare(const void *left, const void *right)
{
    const struct event *a = *(struct event *const *)left;
    const struct event *b = *(struct event *const *)right;
    int order = version_key_compare(a, b);
    if (order != 0)
        return order;
    if (a->sequence != b->sequence)
        return a->sequence < b->sequence ? -1 : 1;
    order = span_compare(a->stamp, b->stamp);
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

/* Keeps the best version of each; returns how many are left, still sorted. */
static size_t versions_choose(struct event **events, size_t count, struct shift_sink *sink)
{
    if (count > 1)
        qsort(events, count, sizeof(struct event *), version_compare);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_best = i + 1 == count || version_key_compare(events[i], events[i + 1]) != 0;
        if (is_best)
            events[kept++] = events[i];
        else
            sink_note(sink, events[i], "W-DUP",
                      "UID %.60s comes again in line %u, and that version counts",
                      events[i]->shown->uid, events[i + 1]->line);
    }
    return kept;
}

void series_expand(struct event **events, size_t count, struct shift_sink *sink)
{
    count = versions_choose(events, count, sink);
    for (size_t first = 0; first < count && !sink->is_full && sink->steps_left >= 0;) {
        size_t next = first + 1;
        while (next < count && series_compare(events[first], events[next]) == 0)
            next++;
        bool has_master = !events[first]->is_override;
        struct series series = {
            .master = has_master ? events[first] : NULL,
            .overrides = events + first + has_master,
            .override_count = next - first - has_master,
            .sink = sink,
        };
        series_run(&series);
        first = next;
    }
}
