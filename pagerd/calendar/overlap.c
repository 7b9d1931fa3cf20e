/* SPDX-License-Identifier: MIT */
#include "calendar/overlap.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/utf8.h"
#include "calendar/layers.h"

#define LANES (OVERLAP_PRIORITY_MAX + 1)
#define NOWHERE SIZE_MAX

/* The active ones of one priority, with pages_all only, in order of start, then UID. */
struct lane {
    size_t first;
    size_t last;
};

struct resolver {
    struct overlaps *overlaps;
    struct map *pairs;  /* overlaps that were told already */
    struct map *titles; /* of several events at once */
    size_t *heap; /* places of active ones: the winner on top; with pages_all who ends first */
    size_t heap_count;
    struct lane lanes[LANES];
    size_t last_place; /* of the candidate that made the last segment */
};

/* Everybody on call at once, and the events that name them. */
struct crowd {
    const char *users[SEGMENT_USERS_MAX];
    size_t user_count;
    const struct meaning *meanings[SEGMENT_USERS_MAX];
    size_t meaning_count;
    bool is_cut;
};

/* Does the shift at place `a` win over the one at `b`? [Ln], later start, shorter, smaller UID. */
static bool is_above(const struct resolver *resolver, size_t a, size_t b)
{
    const struct shift *left = resolver->overlaps->candidates[a].shift;
    const struct shift *right = resolver->overlaps->candidates[b].shift;
    if (resolver->overlaps->pages_all)
        return left->end_at < right->end_at;
    int priority = resolver->overlaps->candidates[a].meaning->priority -
                   resolver->overlaps->candidates[b].meaning->priority;
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

/* Candidates begin in order, so that the newest is the last of its lane. */
static void lane_enter(struct resolver *resolver, size_t place)
{
    struct candidate *candidate = &resolver->overlaps->candidates[place];
    struct lane *lane = &resolver->lanes[candidate->meaning->priority];
    candidate->before = lane->last;
    if (lane->last == NOWHERE)
        lane->first = place;
    else
        resolver->overlaps->candidates[lane->last].after = place;
    lane->last = place;
}

static void lane_leave(struct resolver *resolver, size_t place)
{
    const struct candidate *candidate = &resolver->overlaps->candidates[place];
    struct lane *lane = &resolver->lanes[candidate->meaning->priority];
    if (candidate->before == NOWHERE)
        lane->first = candidate->after;
    else
        resolver->overlaps->candidates[candidate->before].after = candidate->after;
    if (candidate->after == NOWHERE)
        lane->last = candidate->before;
    else
        resolver->overlaps->candidates[candidate->after].before = candidate->before;
}

static void expired_pop(struct resolver *resolver, msec at)
{
    while (resolver->heap_count > 0 &&
           resolver->overlaps->candidates[resolver->heap[0]].shift->end_at <= at) {
        if (resolver->overlaps->pages_all)
            lane_leave(resolver, resolver->heap[0]);
        heap_pop(resolver);
    }
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
    const struct shift *late = resolver->overlaps->candidates[place].shift;
    const struct shift *early = resolver->overlaps->candidates[other].shift;
    const struct meaning *meaning = resolver->overlaps->candidates[place].meaning;
    const struct meaning *beside = resolver->overlaps->candidates[other].meaning;
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
    notes_add_at(resolver->overlaps->notes, late->event->file, late->event->line, "W-OVERLAP",
                 text_string(&text));
}

/* Adds those whom no event before has named. "nobody" counts only where it is alone. */
static void crowd_add(struct crowd *crowd, const struct meaning *meaning)
{
    size_t before = crowd->user_count;
    for (size_t i = 0; i < meaning->answer.user_count; i++) {
        bool is_there = false;
        for (size_t j = 0; j < crowd->user_count; j++)
            is_there = is_there || string_is(crowd->users[j], meaning->users[i]);
        if (is_there)
            continue;
        if (crowd->user_count == SEGMENT_USERS_MAX) {
            crowd->is_cut = true;
            break;
        }
        crowd->users[crowd->user_count++] = meaning->users[i];
    }
    if (before == 0)
        crowd->meaning_count = 0;
    if (before == 0 || crowd->user_count > before)
        crowd->meanings[crowd->meaning_count++] = meaning;
}

static bool crowd_is_of(const struct crowd *crowd, const struct segment *segment)
{
    if (crowd->user_count != segment->user_count)
        return false;
    for (size_t i = 0; i < crowd->user_count; i++)
        if (!string_is(crowd->users[i], segment->users[i]))
            return false;
    return true;
}

/* The titles joined; each combination is kept once. */
static const char *crowd_summary(struct resolver *resolver, const struct crowd *crowd)
{
    if (crowd->meaning_count == 1)
        return crowd->meanings[0]->summary;
    struct span key = {(const char *)crowd->meanings,
                       crowd->meaning_count * sizeof crowd->meanings[0]};
    const char *known = map_find(resolver->titles, key);
    if (known != NULL)
        return known;
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < crowd->meaning_count; i++)
        text_addf(&text, "%s%s", i == 0 ? "" : " + ", crowd->meanings[i]->summary);
    char *summary =
        arena_copy_span(resolver->overlaps->arena, utf8_cut(text_span(&text), OVERLAP_SUMMARY_MAX));
    map_put(resolver->titles, key, summary);
    return summary;
}

/* Told once per event that leads. */
static void crowd_note(struct resolver *resolver, size_t lead, msec start_at)
{
    struct meaning *meaning = resolver->overlaps->candidates[lead].meaning;
    const struct shift_event *event = resolver->overlaps->candidates[lead].shift->event;
    if (meaning->is_crowd_told)
        return;
    meaning->is_crowd_told = true;
    char instant[INSTANT_TEXT_SIZE];
    notes_add_at(
        resolver->overlaps->notes, event->file, event->line, "W-LINE",
        arena_format(resolver->overlaps->arena,
                     "%s: \"%s\" and the events over it name more than %d people; the rest "
                     "is left out",
                     instant_render(start_at, instant), meaning->summary, SEGMENT_USERS_MAX));
}

static void segment_add(struct resolver *resolver, size_t place, const struct crowd *crowd,
                        msec start_at, msec end_at)
{
    struct segment *last =
        resolver->overlaps->segment_count == 0
            ? NULL
            : &resolver->overlaps->segments[resolver->overlaps->segment_count - 1];
    if (last != NULL && last->end_at == start_at && resolver->last_place == place &&
        crowd_is_of(crowd, last)) {
        last->end_at = end_at;
        return;
    }
    const struct shift *shift = resolver->overlaps->candidates[place].shift;
    const struct meaning *meaning = resolver->overlaps->candidates[place].meaning;
    struct segment segment = {
        .start_at = start_at,
        .end_at = end_at,
        .user_count = crowd->user_count,
        .summary = crowd_summary(resolver, crowd),
        .uid = meaning->uid,
        .line = shift->event->line,
        .instance_at = shift->instance_at,
        .rule = meaning->rule,
        .clock_note = arena_copy(resolver->overlaps->arena, shift->clock_note),
    };
    memcpy(segment.users, crowd->users, sizeof segment.users);
    resolver->overlaps->segments[resolver->overlaps->segment_count++] = segment;
    resolver->last_place = place;
}

/* Who has it from `start_at` to `end_at`, in which nothing begins or ends. */
static void stretch_add(struct resolver *resolver, msec start_at, msec end_at)
{
    struct crowd crowd = {0};
    if (!resolver->overlaps->pages_all) {
        crowd_add(&crowd, resolver->overlaps->candidates[resolver->heap[0]].meaning);
        segment_add(resolver, resolver->heap[0], &crowd, start_at, end_at);
        return;
    }
    int lane = LANES - 1;
    while (resolver->lanes[lane].first == NOWHERE)
        lane--;
    size_t lead = resolver->lanes[lane].first;
    size_t depth = 0;
    for (size_t place = lead; place != NOWHERE && !crowd.is_cut;
         place = resolver->overlaps->candidates[place].after) {
        if (crowd.user_count == 0)
            lead = place;
        crowd.is_cut = ++depth > OVERLAP_DEPTH_MAX;
        if (!crowd.is_cut)
            crowd_add(&crowd, resolver->overlaps->candidates[place].meaning);
    }
    if (crowd.is_cut)
        crowd_note(resolver, lead, start_at);
    segment_add(resolver, lead, &crowd, start_at, end_at);
}

static int msec_compare(const void *left, const void *right)
{
    msec a = *(const msec *)left;
    msec b = *(const msec *)right;
    return (a > b) - (a < b);
}

/* By start, then UID; those of one event in their order. */
static int candidate_compare(const void *left, const void *right)
{
    const struct shift *a = ((const struct candidate *)left)->shift;
    const struct shift *b = ((const struct candidate *)right)->shift;
    if (a->start_at != b->start_at)
        return a->start_at < b->start_at ? -1 : 1;
    int order = strcmp(a->event->uid, b->event->uid);
    return order != 0 ? order : (a > b) - (a < b);
}

/* Walks all starts and ends in order; between two of them the winner does not change. */
static void candidates_walk(struct resolver *resolver)
{
    size_t count = resolver->overlaps->candidate_count;
    msec *points = memory_new(2 * count + 1, sizeof *points);
    resolver->heap = memory_new(count + 1, sizeof *resolver->heap);
    resolver->overlaps->segments = arena_take(
        resolver->overlaps->arena, (2 * count + 1) * sizeof *resolver->overlaps->segments);
    for (size_t i = 0; i < count; i++) {
        points[2 * i] = resolver->overlaps->candidates[i].shift->start_at;
        points[2 * i + 1] = resolver->overlaps->candidates[i].shift->end_at;
    }
    if (count > 0)
        qsort(points, 2 * count, sizeof *points, msec_compare);
    size_t next = 0;
    for (size_t i = 0; i < 2 * count; i++) {
        if (i + 1 < 2 * count && points[i + 1] == points[i])
            continue;
        expired_pop(resolver, points[i]);
        for (; next < count && resolver->overlaps->candidates[next].shift->start_at == points[i];
             next++) {
            if (resolver->overlaps->pages_all)
                lane_enter(resolver, next);
            else
                overlap_note(resolver, next);
            heap_push(resolver, next);
        }
        if (resolver->heap_count > 0 && i + 1 < 2 * count)
            stretch_add(resolver, points[i], points[i + 1]);
    }
    free(points);
}

void overlaps_resolve(struct overlaps *overlaps)
{
    CLEANUP(map_free) struct map *pairs = map_new();
    CLEANUP(map_free) struct map *titles = map_new();
    struct resolver resolver = {.overlaps = overlaps, .pairs = pairs, .titles = titles};
    for (size_t i = 0; i < LANES; i++)
        resolver.lanes[i] = (struct lane){NOWHERE, NOWHERE};
    for (size_t i = 0; i < overlaps->candidate_count; i++)
        overlaps->candidates[i].before = overlaps->candidates[i].after = NOWHERE;
    if (overlaps->pages_all && overlaps->candidate_count > 0)
        qsort(overlaps->candidates, overlaps->candidate_count, sizeof *overlaps->candidates,
              candidate_compare);
    candidates_walk(&resolver);
    free(resolver.heap);
}
