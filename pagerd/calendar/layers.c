/* SPDX-License-Identifier: MIT */
#include "calendar/layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/utf8.h"
#include "calendar/notes.h"
#include "calendar/people.h"

#define SUMMARY_SIZE_MAX 200
#define LONG_SHIFT_MS (60 * DAY_MS)
#define OVERRIDE_PRIORITY 1000 /* above any [Ln] */

/* What one event means; worked out once for all of its shifts. */
struct meaning {
    struct people_answer answer;
    const char *users[SEGMENT_USERS_MAX];
    const char *summary;
    const char *uid;
    int priority;
    bool is_elsewhere; /* belongs to another layer of the same calendar */
    bool is_told;      /* W-LONG was given */
};

struct resolver {
    struct calendar_rota *result;
    const struct shift_list *list;
    const struct layer_options *options;
    struct people *people;
    struct notes notes;
    struct map *meanings;
    struct map *pairs;           /* overlaps that were told already */
    const struct shift **shifts; /* those that count, by start */
    struct meaning **meaning_of; /* beside them */
    size_t shift_count;
    size_t *heap; /* places of active shifts, the winner on top */
    size_t heap_count;
    struct segment *segments;
    size_t segment_count;
    size_t last_place; /* of the shift that made the last segment */
};

static bool has_word(const char *list, const char *word)
{
    struct span rest = span_of(list);
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text folded = {0};
        utf8_add_folded(&folded, span_cut(&rest, ','));
        if (string_is(text_string(&folded), word))
            return true;
    }
    return false;
}

static bool has_prefix(const char *summary, const char *word)
{
    CLEANUP(text_clear) struct text folded = {0};
    CLEANUP(text_clear) struct text prefix = {0};
    utf8_add_folded(&folded, span_of(summary));
    text_addf(&prefix, "%s:", word);
    return span_has_prefix(text_span(&folded), text_string(&prefix));
}

/* CATEGORIES, then the prefix; an event that says neither is primary. */
static bool is_elsewhere(const struct shift_event *event, const char *layer)
{
    static const char *const layers[] = {"primary", "secondary"};
    if (layer == NULL)
        return false;
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++)
        if ((event->categories != NULL && has_word(event->categories, layers[i])) ||
            has_prefix(event->summary, layers[i]))
            return !string_is(layers[i], layer);
    return !string_is(layer, "primary");
}

static const char *summary_clean(struct arena *arena, const char *summary)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span_of(summary));
    for (size_t i = 0; i < clean.size; i++)
        if (clean.bytes[i] == '\n' || clean.bytes[i] == '\t')
            clean.bytes[i] = ' ';
    return arena_copy_span(arena, utf8_cut(text_span(&clean), SUMMARY_SIZE_MAX));
}

static void unknown_note(struct resolver *resolver, const struct shift *shift)
{
    const struct shift_event *event = shift->event;
    char instant[INSTANT_TEXT_SIZE];
    CLEANUP(text_clear) struct text name = {0};
    CLEANUP(text_clear) struct text close = {0};
    CLEANUP(text_clear) struct text text = {0};
    people_add_name(&name, event->summary);
    bool has_close = people_suggest(resolver->people, event, &close);
    text_addf(&text, "%s: \"%.80s\" is nobody", instant_render(shift->start_at, instant),
              name.size > 0 ? event->summary : "(no summary)");
    if (has_close)
        text_addf(&text, "; did you mean %s?", text_string(&close));
    else
        text_add(&text, "; write a user's id, name, e-mail or alias as the title of the event");
    notes_add_at(&resolver->notes, event->file, event->line, "E-NOBODY", text_string(&text));
}

static struct meaning *meaning_make(struct resolver *resolver, const struct shift *shift)
{
    struct arena *arena = resolver->result->arena;
    const struct shift_event *event = shift->event;
    struct meaning *meaning = arena_take(arena, sizeof *meaning);
    meaning->is_elsewhere = is_elsewhere(event, resolver->options->layer);
    if (meaning->is_elsewhere)
        return meaning;
    people_match(resolver->people, event, &meaning->answer);
    for (size_t i = 0; i < meaning->answer.user_count; i++)
        meaning->users[i] = arena_copy(arena, meaning->answer.users[i]->id);
    meaning->summary = summary_clean(arena, event->summary);
    meaning->uid = summary_clean(arena, event->uid);
    bool is_override = event->categories != NULL && has_word(event->categories, "override");
    meaning->priority = is_override ? OVERRIDE_PRIORITY : people_priority(event->summary);
    if (meaning->answer.is_declined)
        notes_add_at(&resolver->notes, event->file, event->line, "W-DECLINED",
                     arena_format(arena, "\"%s\" has been declined, but counts", meaning->summary));
    if (meaning->answer.is_cut)
        notes_add_at(&resolver->notes, event->file, event->line, "W-LINE",
                     arena_format(arena, "\"%s\" names more than %d people; the rest is left out",
                                  meaning->summary, SEGMENT_USERS_MAX));
    return meaning;
}

static struct meaning *meaning_get(struct resolver *resolver, const struct shift *shift)
{
    struct span key = {(const char *)&shift->event, sizeof(struct shift_event *)};
    struct meaning *meaning = map_find(resolver->meanings, key);
    if (meaning == NULL) {
        meaning = meaning_make(resolver, shift);
        map_put(resolver->meanings, key, meaning);
        bool is_known = meaning->answer.user_count > 0 || meaning->answer.is_nobody;
        if (!is_known && !meaning->is_elsewhere)
            unknown_note(resolver, shift);
    }
    return meaning;
}

static bool summary_is_busy(const struct shift_event *event)
{
    CLEANUP(text_clear) struct text folded = {0};
    utf8_add_folded(&folded, span_of(event->summary));
    return string_is(text_string(&folded), "busy");
}

static bool list_is_busy_only(const struct shift_list *list)
{
    for (size_t i = 0; i < list->shift_count; i++)
        if (!summary_is_busy(list->shifts[i].event) || list->shifts[i].event->users != NULL ||
            list->shifts[i].event->attendee_count > 0)
            return false;
    return list->shift_count > 0;
}

static void shifts_select(struct resolver *resolver)
{
    const struct shift_list *list = resolver->list;
    resolver->shifts = memory_new(list->shift_count + 1, sizeof(struct shift *));
    resolver->meaning_of = memory_new(list->shift_count + 1, sizeof(struct meaning *));
    if (list_is_busy_only(list)) {
        notes_add_at(&resolver->notes, list->shifts[0].event->file, list->shifts[0].event->line,
                     "E-FREEBUSY-ONLY",
                     "the calendar is shared as free/busy only; use the secret iCal address");
        resolver->result->unknown_count = list->shift_count;
        return;
    }
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        struct meaning *meaning = meaning_get(resolver, shift);
        if (meaning->is_elsewhere)
            continue;
        if (meaning->answer.user_count == 0 && !meaning->answer.is_nobody) {
            resolver->result->unknown_count++;
            continue;
        }
        if (shift->end_at - shift->start_at > LONG_SHIFT_MS && !meaning->is_told) {
            meaning->is_told = true;
            notes_add_at(&resolver->notes, shift->event->file, shift->event->line, "W-LONG",
                         "the shift is longer than 60 days");
        }
        resolver->shifts[resolver->shift_count] = shift;
        resolver->meaning_of[resolver->shift_count++] = meaning;
    }
}

/* Does the shift at place `a` win over the one at `b`? [Ln], later start, shorter, smaller UID. */
static bool is_above(const struct resolver *resolver, size_t a, size_t b)
{
    const struct shift *left = resolver->shifts[a];
    const struct shift *right = resolver->shifts[b];
    int priority = resolver->meaning_of[a]->priority - resolver->meaning_of[b]->priority;
    if (priority != 0)
        return priority > 0;
    if (left->start_at != right->start_at)
        return left->start_at > right->start_at;
    if (left->end_at != right->end_at)
        return left->end_at < right->end_at;
    int order = strcmp(left->event->uid, right->event->uid);
    return order != 0 ? order < 0 : a < b;
}

static void heap_swap(struct resolver *resolver, size_t a, size_t b)
{
    size_t place = resolver->heap[a];
    resolver->heap[a] = resolver->heap[b];
    resolver->heap[b] = place;
}

static void heap_push(struct resolver *resolver, size_t place)
{
    size_t at = resolver->heap_count++;
    resolver->heap[at] = place;
    while (at > 0 && is_above(resolver, resolver->heap[at], resolver->heap[(at - 1) / 2])) {
        heap_swap(resolver, at, (at - 1) / 2);
        at = (at - 1) / 2;
    }
}

static void heap_pop(struct resolver *resolver)
{
    resolver->heap[0] = resolver->heap[--resolver->heap_count];
    for (size_t at = 0;;) {
        size_t top = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
            if (child < resolver->heap_count &&
                is_above(resolver, resolver->heap[child], resolver->heap[top]))
                top = child;
        if (top == at)
            return;
        heap_swap(resolver, at, top);
        at = top;
    }
}

static void expired_pop(struct resolver *resolver, msec at)
{
    while (resolver->heap_count > 0 && resolver->shifts[resolver->heap[0]]->end_at <= at)
        heap_pop(resolver);
}

static bool users_equal(const struct meaning *a, const struct meaning *b)
{
    if (a->answer.user_count != b->answer.user_count)
        return false;
    for (size_t i = 0; i < a->answer.user_count; i++)
        if (!string_is(a->users[i], b->users[i]))
            return false;
    return true;
}

/* Told once per pair of events; different priorities lie over each other on purpose. */
static void overlap_note(struct resolver *resolver, size_t place)
{
    if (resolver->heap_count == 0)
        return;
    size_t other = resolver->heap[0];
    const struct shift *late = resolver->shifts[place];
    const struct shift *early = resolver->shifts[other];
    const struct meaning *meaning = resolver->meaning_of[place];
    const struct meaning *beside = resolver->meaning_of[other];
    if (late->event == early->event || meaning->priority != beside->priority ||
        users_equal(meaning, beside))
        return;
    const struct shift_event *key_parts[] = {early->event, late->event};
    struct span key = {(const char *)key_parts, sizeof key_parts};
    if (map_find(resolver->pairs, key) != NULL)
        return;
    map_put(resolver->pairs, key, resolver);
    char instant[INSTANT_TEXT_SIZE];
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s: \"%s\" and \"%s\" (%s:%u) overlap; the one that starts later counts",
              instant_render(late->start_at, instant), meaning->summary, beside->summary,
              early->event->file, early->event->line);
    notes_add_at(&resolver->notes, late->event->file, late->event->line, "W-OVERLAP",
                 text_string(&text));
}

static void segment_add(struct resolver *resolver, size_t place, msec start_at, msec end_at)
{
    struct segment *last =
        resolver->segment_count == 0 ? NULL : &resolver->segments[resolver->segment_count - 1];
    if (last != NULL && last->end_at == start_at && resolver->last_place == place) {
        last->end_at = end_at;
        return;
    }
    const struct shift *shift = resolver->shifts[place];
    const struct meaning *meaning = resolver->meaning_of[place];
    struct segment segment = {
        .start_at = start_at,
        .end_at = end_at,
        .user_count = meaning->answer.user_count,
        .summary = meaning->summary,
        .uid = meaning->uid,
        .line = shift->event->line,
        .instance_at = shift->instance_at,
    };
    memcpy(segment.users, meaning->users, sizeof segment.users);
    resolver->segments[resolver->segment_count++] = segment;
    resolver->last_place = place;
}

static int msec_compare(const void *left, const void *right)
{
    msec a = *(const msec *)left;
    msec b = *(const msec *)right;
    return (a > b) - (a < b);
}

/* Walks all starts and ends in order; between two of them the winner does not change. */
static void shifts_resolve(struct resolver *resolver)
{
    size_t count = resolver->shift_count;
    msec *points = memory_new(2 * count + 1, sizeof *points);
    resolver->heap = memory_new(count + 1, sizeof *resolver->heap);
    resolver->segments =
        arena_take(resolver->result->arena, (2 * count + 1) * sizeof *resolver->segments);
    for (size_t i = 0; i < count; i++) {
        points[2 * i] = resolver->shifts[i]->start_at;
        points[2 * i + 1] = resolver->shifts[i]->end_at;
    }
    if (count > 0)
        qsort(points, 2 * count, sizeof *points, msec_compare);
    size_t next = 0;
    for (size_t i = 0; i < 2 * count; i++) {
        if (i + 1 < 2 * count && points[i + 1] == points[i])
            continue;
        expired_pop(resolver, points[i]);
        for (; next < count && resolver->shifts[next]->start_at == points[i]; next++) {
            overlap_note(resolver, next);
            heap_push(resolver, next);
        }
        expired_pop(resolver, points[i]);
        if (resolver->heap_count > 0 && i + 1 < 2 * count)
            segment_add(resolver, resolver->heap[0], points[i], points[i + 1]);
    }
    free(points);
}

struct calendar_rota *calendar_rota_new(const struct shift_list *list, const struct policy *policy,
                                        const struct layer_options *options)
{
    struct calendar_rota *result = memory_new(1, sizeof *result);
    result->arena = arena_new();
    struct resolver resolver = {
        .result = result,
        .list = list,
        .options = options,
        .people = people_new(policy),
        .notes = {.arena = result->arena, .file = ""},
        .meanings = map_new(),
        .pairs = map_new(),
    };
    shifts_select(&resolver);
    shifts_resolve(&resolver);
    result->rota = (struct rota){
        .calendar = arena_copy(result->arena, options->calendar),
        .source = arena_copy(result->arena, options->source),
        .from_at = list->from_at,
        .until_at = list->until_at,
        .read_at = options->read_at,
        .is_stale = options->is_stale,
        .problem = arena_copy(result->arena, options->problem),
        .segments = resolver.segments,
        .segment_count = resolver.segment_count,
    };
    size_t dropped;
    struct shift_warning *warnings = notes_take(&resolver.notes, &result->warning_count, &dropped);
    for (size_t i = 0; i < result->warning_count; i++)
        warnings[i].file = arena_copy(result->arena, warnings[i].file);
    result->warnings = warnings;
    free(resolver.shifts);
    free(resolver.meaning_of);
    free(resolver.heap);
    map_free(resolver.meanings);
    map_free(resolver.pairs);
    people_free(resolver.people);
    return result;
}

void calendar_rota_free(struct calendar_rota *rota)
{
    if (rota == NULL)
        return;
    arena_free(rota->arena);
    free(rota);
}

bool event_is_of_layer(const struct shift_event *event, const char *layer)
{
    return !is_elsewhere(event, layer);
}
