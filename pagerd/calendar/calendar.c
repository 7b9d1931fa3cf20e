/* SPDX-License-Identifier: MIT */
#include "calendar/calendar.h"

#include <assert.h>
#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "calendar/ends.h"
#include "calendar/series.h"

/* What one expansion works on. */
struct expansion {
    const struct calendar_request *request;
    struct notes notes;
    struct shift_sink sink;
    struct zone_book *book;
    const struct zone *zone;
    size_t event_count;
    const char *problem;
};

static const struct zone *calendar_zone(struct expansion *expansion,
                                        const struct feed_calendar *calendar)
{
    const struct property *property = component_find(&calendar->head, FIELD_CALENDAR_ZONE);
    if (expansion->request->is_zone_forced || property == NULL || property->value.size == 0)
        return expansion->zone;
    return zone_book_find(expansion->book, &expansion->notes, calendar, property->line,
                          arena_copy_span(expansion->notes.arena, property->value),
                          expansion->zone);
}

/* Only the reader of the warning knows whether it matters, so it is told only where asked for;
 * and not where the file or the configuration has said which zone is meant. */
static void floating_note(struct expansion *expansion, const struct feed_calendar *calendar,
                          struct event *const *events, size_t count)
{
    const struct calendar_request *request = expansion->request;
    if (!request->is_floating_told || request->is_zone_forced ||
        component_find(&calendar->head, FIELD_CALENDAR_ZONE) != NULL)
        return;
    for (size_t i = 0; i < count; i++) {
        const struct moment *start = &events[i]->start;
        if (!start->is_floating && !start->is_date)
            continue;
        notes_add(&expansion->notes, events[i]->line, "W-FLOATING",
                  "%s, without a time zone: read in %s here, and by each program in its own",
                  start->is_date ? "an event of whole days" : "a time", zone_name(expansion->zone));
        return;
    }
}

static void expand_calendar(struct expansion *expansion, const struct feed_calendar *calendar)
{
    zone_book_turn(expansion->book);
    struct event_context context = {
        .notes = &expansion->notes,
        .book = expansion->book,
        .calendar = calendar,
        .zone = calendar_zone(expansion, calendar),
    };
    zone_book_turn(expansion->book); /* an unknown TZID now falls back on the calendar's zone */
    size_t count = 0;
    for (const struct component *at = calendar->events; at != NULL; at = at->next)
        count++;
    struct event **events = memory_new(count + 1, sizeof(struct event *));
    size_t good = 0;
    for (const struct component *at = calendar->events; at != NULL; at = at->next) {
        struct event *event = event_read(&context, at);
        if (event != NULL)
            events[good++] = event;
    }
    floating_note(expansion, calendar, events, good);
    series_expand(events, good, &expansion->sink);
    free(events);
}

static void expand_file(struct expansion *expansion, const struct calendar_file *file)
{
    CLEANUP(unfolded_clear) struct unfolded lines = {0};
    struct feed feed;
    expansion->notes.file = arena_copy(expansion->notes.arena, file->name);
    unfold(expansion->notes.arena, file->bytes, &expansion->notes, &lines);
    feed_parse(&expansion->notes, &lines, &feed);
    if (expansion->problem == NULL)
        expansion->problem = feed.problem;
    expansion->event_count += feed.event_count;
    if (expansion->event_count > CALENDAR_EVENTS_MAX && expansion->problem == NULL)
        expansion->problem =
            arena_format(expansion->notes.arena, "%s: E-EVENTS more than %d events", file->name,
                         CALENDAR_EVENTS_MAX);
    for (const struct feed_calendar *at = feed.calendars; at != NULL; at = at->next)
        expand_calendar(expansion, at);
}

static int shift_compare(const void *left, const void *right)
{
    const struct shift *a = left;
    const struct shift *b = right;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    int order = strcmp(a->event->summary, b->event->summary);
    if (order != 0)
        return order;
    if (a->end_at != b->end_at)
        return a->end_at < b->end_at ? -1 : 1;
    order = strcmp(a->event->uid, b->event->uid);
    return order != 0 ? order
                      : (a->event->line > b->event->line) - (a->event->line < b->event->line);
}

static struct shift_list *list_make(struct expansion *expansion)
{
    struct shift_sink *sink = &expansion->sink;
    struct notes *notes = &expansion->notes;
    if (expansion->problem == NULL && (sink->is_full || sink->steps_left < 0)) {
        notes_add(notes, 0, "E-TOOMANY", "too many shifts in all; the rest is missing");
        expansion->problem = arena_format(notes->arena, "%s: E-TOOMANY too many shifts in all",
                                          expansion->request->files[0].name);
    }
    struct shift_list *list = memory_new(1, sizeof *list);
    list->arena = notes->arena;
    list->shift_count = sink->count;
    list->shifts = arena_take(notes->arena, (sink->count + 1) * sizeof *list->shifts);
    if (sink->count > 0) {
        qsort(sink->items, sink->count, sizeof *sink->items, shift_compare);
        memcpy(list->shifts, sink->items, sink->count * sizeof *list->shifts);
    }
    ends_tell(sink);
    free(sink->ends);
    free(sink->items);
    list->warnings = notes_take(notes, &list->warning_count, &list->warnings_dropped);
    list->event_count = expansion->event_count;
    list->from_at = expansion->request->from_at;
    list->until_at = expansion->request->until_at;
    list->problem = expansion->problem;
    return list;
}

bool calendar_expand(const struct calendar_request *request, struct shift_list **list,
                     struct fault *fault)
{
    assert(request->from_at < request->until_at);
    icalerror_set_errors_are_fatal(0);
    struct expansion expansion = {
        .request = request,
        .notes = {.arena = arena_new(), .file = ""},
        .book = zone_book_new(request->tzdir, request->from_at, request->until_at),
    };
    expansion.sink = (struct shift_sink){
        .notes = &expansion.notes,
        .from_at = request->from_at,
        .until_at = request->until_at,
        .steps_left = SERIES_STEPS_MAX,
        .now_at = request->now_at,
        .is_exact_told = request->is_exact_told,
    };
    const char *zone_name = request->zone_name == NULL ? "UTC" : request->zone_name;
    expansion.zone = zone_book_iana(expansion.book, zone_name);
    bool is_good = expansion.zone != NULL;
    if (is_good) {
        for (size_t i = 0; i < request->file_count; i++)
            expand_file(&expansion, &request->files[i]);
        *list = list_make(&expansion);
    } else {
        arena_free(expansion.notes.arena);
        (void)fault_set(fault, FAULT_INPUT, "there is no time zone \"%s\"", zone_name);
    }
    zone_book_free(expansion.book);
    return is_good;
}

/* Appends the file without its DTSTAMP lines, which change with every download. */
static void without_stamps_add(struct text *text, struct span rest)
{
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        if (!span_has_prefix(line, "DTSTAMP")) {
            text_add_span(text, line);
            text_add_char(text, '\n');
        }
    }
}

void calendar_hash(const struct calendar_file *files, size_t file_count, char hash[HASH_TEXT_SIZE])
{
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < file_count; i++) {
        text_addf(&text, "%s\n", files[i].name);
        without_stamps_add(&text, files[i].bytes);
    }
    hash_text(text_span(&text), hash);
}
