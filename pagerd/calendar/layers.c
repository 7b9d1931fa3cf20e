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
#define ALL_ROLES ((1u << ROLE_COUNT) - 1)
#define OVERRIDE_PRIORITY 10 /* above any [Ln] */
#define LANES (OVERRIDE_PRIORITY + 1)
#define NOWHERE SIZE_MAX

/* What one event means; worked out once for all of its shifts. */
struct meaning {
    struct people_answer answer;
    const char *users[SEGMENT_USERS_MAX];
    const char *summary;
    const char *uid;
    int priority;
    const char *rule;
    bool is_elsewhere;  /* belongs to another layer of the same calendar, or to pagerd's store */
    const char *name;   /* as it should be a user's, where nobody is known by it */
    bool is_told;       /* W-LONG was given */
    bool is_crowd_told; /* W-LINE for too many at once was given */
};

struct candidate {
    const struct shift *shift;
    struct meaning *meaning;
    size_t before; /* places of its neighbours in the lane, or NOWHERE */
    size_t after;
};

/* The active ones of one priority, with pages_all only, in order of start, then UID. */
struct lane {
    size_t first;
    size_t last;
};

struct resolver {
    struct calendar_rota *result;
    const struct shift_list *list;
    const struct layer_options *options;
    struct people *people;
    unsigned roles; /* that are layers of this calendar, a bit each */
    struct notes notes;
    struct map *meanings;
    struct map *pairs;            /* overlaps that were told already */
    struct map *titles;           /* of several events at once */
    struct candidate *candidates; /* those that count, by start */
    size_t candidate_count;
    size_t *heap; /* places of active ones: the winner on top; with pages_all who ends first */
    size_t heap_count;
    struct lane lanes[LANES];
    struct unknown_shift *unknowns;
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

/* What an event says of itself: which layer, and whether it overrides. */
struct claim {
    int role; /* ROLE_COUNT: none */
    bool is_override;
};

static bool prefix_cut(struct span *span, const char *word)
{
    if (!span_has_prefix(*span, word))
        return false;
    size_t size = strlen(word);
    *span = span_trim((struct span){span->bytes + size, span->size - size});
    return true;
}

/* "override: secondary: Bob", with or without "[Ln]" anywhere before the name; `roles` are those
 * that count as layers. */
static void prefixes_read(const char *summary, unsigned roles, struct claim *claim)
{
    CLEANUP(text_clear) struct text folded = {0};
    utf8_add_folded(&folded, span_of(summary));
    struct span rest = text_span(&folded);
    for (bool is_more = true; is_more;) {
        is_more = rest.size >= 4 && rest.bytes[3] == ']' && prefix_cut(&rest, "[l");
        if (is_more)
            rest = span_trim((struct span){rest.bytes + 2, rest.size - 2});
        if (prefix_cut(&rest, "override:"))
            is_more = claim->is_override = true;
        for (int role = 0; role < ROLE_COUNT; role++) {
            char word[32];
            (void)snprintf(word, sizeof word, "%s:", role_name((enum role)role));
            if (!prefix_cut(&rest, word))
                continue;
            is_more = true;
            if (claim->role == ROLE_COUNT && (roles & 1u << role) != 0)
                claim->role = role;
        }
    }
}

/* CATEGORIES, then the prefixes. */
static struct claim claim_read(const struct shift_event *event, unsigned roles)
{
    struct claim claim = {.role = ROLE_COUNT};
    for (int role = 0; role < ROLE_COUNT && event->categories != NULL; role++)
        if (claim.role == ROLE_COUNT && (roles & 1u << role) != 0 &&
            has_word(event->categories, role_name((enum role)role)))
            claim.role = role;
    claim.is_override = event->categories != NULL && has_word(event->categories, "override");
    prefixes_read(event->summary, roles, &claim);
    return claim;
}

/* The roles for which the policy reads this calendar by layers, a bit each. */
static unsigned roles_read(const struct policy *policy, const char *calendar)
{
    unsigned roles = 0;
    for (size_t i = 0; i < policy->team_count; i++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct team *team = &policy->teams[i];
            const struct duty_source *sources[] = {&team->roles[role], &team->overrides[role]};
            for (size_t j = 0; j < 2; j++)
                if (sources[j]->layer != NULL && string_is(sources[j]->calendar, calendar))
                    roles |= 1u << role;
        }
    return roles;
}

/* Of the layer of that name? What says none of `roles` is of the first of them. */
static bool claim_is_of(struct claim claim, unsigned roles, const char *layer)
{
    if (layer == NULL)
        return true;
    int role = claim.role;
    for (int first = 0; role == ROLE_COUNT && first < ROLE_COUNT; first++)
        if ((roles & 1u << first) != 0)
            role = first;
    return role < ROLE_COUNT && string_is(role_name((enum role)role), layer);
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

/* Returns what should be a name. */
static const char *unknown_note(struct resolver *resolver, const struct shift *shift)
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
    return arena_copy(resolver->result->arena, text_string(&name));
}

/* An override of pagerd's own store, which counts from there unless somebody has changed it here.
 */
static bool is_written_by_pagerd(const struct resolver *resolver, const struct shift_event *event)
{
    const struct layer_options *options = resolver->options;
    return event->override != NULL && (options->is_released == NULL ||
                                       !options->is_released(options->context, event->override));
}

static struct meaning *meaning_make(struct resolver *resolver, const struct shift *shift)
{
    struct arena *arena = resolver->result->arena;
    const struct shift_event *event = shift->event;
    struct meaning *meaning = arena_take(arena, sizeof *meaning);
    struct claim claim = claim_read(event, resolver->roles);
    meaning->is_elsewhere = !claim_is_of(claim, resolver->roles, resolver->options->layer) ||
                            is_written_by_pagerd(resolver, event);
    if (meaning->is_elsewhere)
        return meaning;
    people_match(resolver->people, event, &meaning->answer);
    for (size_t i = 0; i < meaning->answer.user_count; i++)
        meaning->users[i] = arena_copy(arena, meaning->answer.users[i]->id);
    meaning->summary = summary_clean(arena, event->summary);
    meaning->uid = summary_clean(arena, event->uid);
    meaning->rule = arena_copy(arena, event->rule);
    meaning->priority = claim.is_override ? OVERRIDE_PRIORITY : people_priority(event->summary);
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
            meaning->name = unknown_note(resolver, shift);
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

static void unknown_add(struct resolver *resolver, const struct shift *shift, const char *name)
{
    struct calendar_rota *result = resolver->result;
    result->unknown_count++;
    if (result->unknowns_kept < UNKNOWN_SHIFTS_MAX)
        resolver->unknowns[result->unknowns_kept++] =
            (struct unknown_shift){name, shift->start_at, shift->end_at};
}

static void shifts_select(struct resolver *resolver)
{
    const struct shift_list *list = resolver->list;
    resolver->candidates = memory_new(list->shift_count + 1, sizeof *resolver->candidates);
    if (list_is_busy_only(list)) {
        notes_add_at(&resolver->notes, list->shifts[0].event->file, list->shifts[0].event->line,
                     "E-FREEBUSY-ONLY",
                     "the calendar is shared as free/busy only; use the secret iCal address");
        for (size_t i = 0; i < list->shift_count; i++)
            unknown_add(resolver, &list->shifts[i], "busy");
        return;
    }
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        struct meaning *meaning = meaning_get(resolver, shift);
        if (meaning->is_elsewhere)
            continue;
        if (meaning->answer.user_count == 0 && !meaning->answer.is_nobody) {
            unknown_add(resolver, shift, meaning->name);
            continue;
        }
        if (shift->end_at - shift->start_at > LONG_SHIFT_MS && !meaning->is_told) {
            meaning->is_told = true;
            notes_add_at(&resolver->notes, shift->event->file, shift->event->line, "W-LONG",
                         "the shift is longer than 60 days");
        }
        resolver->candidates[resolver->candidate_count++] =
            (struct candidate){shift, meaning, NOWHERE, NOWHERE};
    }
}

/* Does the shift at place `a` win over the one at `b`? [Ln], later start, shorter, smaller UID. */
static bool is_above(const struct resolver *resolver, size_t a, size_t b)
{
    const struct shift *left = resolver->candidates[a].shift;
    const struct shift *right = resolver->candidates[b].shift;
    if (resolver->options->pages_all)
        return left->end_at < right->end_at;
    int priority =
        resolver->candidates[a].meaning->priority - resolver->candidates[b].meaning->priority;
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
    struct candidate *candidate = &resolver->candidates[place];
    struct lane *lane = &resolver->lanes[candidate->meaning->priority];
    candidate->before = lane->last;
    if (lane->last == NOWHERE)
        lane->first = place;
    else
        resolver->candidates[lane->last].after = place;
    lane->last = place;
}

static void lane_leave(struct resolver *resolver, size_t place)
{
    const struct candidate *candidate = &resolver->candidates[place];
    struct lane *lane = &resolver->lanes[candidate->meaning->priority];
    if (candidate->before == NOWHERE)
        lane->first = candidate->after;
    else
        resolver->candidates[candidate->before].after = candidate->after;
    if (candidate->after == NOWHERE)
        lane->last = candidate->before;
    else
        resolver->candidates[candidate->after].before = candidate->before;
}

static void expired_pop(struct resolver *resolver, msec at)
{
    while (resolver->heap_count > 0 &&
           resolver->candidates[resolver->heap[0]].shift->end_at <= at) {
        if (resolver->options->pages_all)
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
    const struct shift *late = resolver->candidates[place].shift;
    const struct shift *early = resolver->candidates[other].shift;
    const struct meaning *meaning = resolver->candidates[place].meaning;
    const struct meaning *beside = resolver->candidates[other].meaning;
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

/* Everybody on call at once, and the events that name them. */
struct crowd {
    const char *users[SEGMENT_USERS_MAX];
    size_t user_count;
    const struct meaning *meanings[SEGMENT_USERS_MAX];
    size_t meaning_count;
    bool is_cut;
};

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
        arena_copy_span(resolver->result->arena, utf8_cut(text_span(&text), SUMMARY_SIZE_MAX));
    map_put(resolver->titles, key, summary);
    return summary;
}

/* Told once per event that leads. */
static void crowd_note(struct resolver *resolver, size_t lead, msec start_at)
{
    struct meaning *meaning = resolver->candidates[lead].meaning;
    const struct shift_event *event = resolver->candidates[lead].shift->event;
    if (meaning->is_crowd_told)
        return;
    meaning->is_crowd_told = true;
    char instant[INSTANT_TEXT_SIZE];
    notes_add_at(
        &resolver->notes, event->file, event->line, "W-LINE",
        arena_format(resolver->result->arena,
                     "%s: \"%s\" and the events over it name more than %d people; the rest "
                     "is left out",
                     instant_render(start_at, instant), meaning->summary, SEGMENT_USERS_MAX));
}

static void segment_add(struct resolver *resolver, size_t place, const struct crowd *crowd,
                        msec start_at, msec end_at)
{
    struct segment *last =
        resolver->segment_count == 0 ? NULL : &resolver->segments[resolver->segment_count - 1];
    if (last != NULL && last->end_at == start_at && resolver->last_place == place &&
        crowd_is_of(crowd, last)) {
        last->end_at = end_at;
        return;
    }
    const struct shift *shift = resolver->candidates[place].shift;
    const struct meaning *meaning = resolver->candidates[place].meaning;
    struct segment segment = {
        .start_at = start_at,
        .end_at = end_at,
        .user_count = crowd->user_count,
        .summary = crowd_summary(resolver, crowd),
        .uid = meaning->uid,
        .line = shift->event->line,
        .instance_at = shift->instance_at,
        .rule = meaning->rule,
        .clock_note = arena_copy(resolver->result->arena, shift->clock_note),
    };
    memcpy(segment.users, crowd->users, sizeof segment.users);
    resolver->segments[resolver->segment_count++] = segment;
    resolver->last_place = place;
}

/* Who has it from `start_at` to `end_at`, in which nothing begins or ends. */
static void stretch_add(struct resolver *resolver, msec start_at, msec end_at)
{
    struct crowd crowd = {0};
    if (!resolver->options->pages_all) {
        crowd_add(&crowd, resolver->candidates[resolver->heap[0]].meaning);
        segment_add(resolver, resolver->heap[0], &crowd, start_at, end_at);
        return;
    }
    int lane = LANES - 1;
    while (resolver->lanes[lane].first == NOWHERE)
        lane--;
    size_t lead = resolver->lanes[lane].first;
    size_t depth = 0;
    for (size_t place = lead; place != NOWHERE && !crowd.is_cut;
         place = resolver->candidates[place].after) {
        if (crowd.user_count == 0)
            lead = place;
        crowd.is_cut = ++depth > OVERLAP_DEPTH_MAX;
        if (!crowd.is_cut)
            crowd_add(&crowd, resolver->candidates[place].meaning);
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
static void shifts_resolve(struct resolver *resolver)
{
    size_t count = resolver->candidate_count;
    msec *points = memory_new(2 * count + 1, sizeof *points);
    resolver->heap = memory_new(count + 1, sizeof *resolver->heap);
    resolver->segments =
        arena_take(resolver->result->arena, (2 * count + 1) * sizeof *resolver->segments);
    for (size_t i = 0; i < count; i++) {
        points[2 * i] = resolver->candidates[i].shift->start_at;
        points[2 * i + 1] = resolver->candidates[i].shift->end_at;
    }
    if (count > 0)
        qsort(points, 2 * count, sizeof *points, msec_compare);
    size_t next = 0;
    for (size_t i = 0; i < 2 * count; i++) {
        if (i + 1 < 2 * count && points[i + 1] == points[i])
            continue;
        expired_pop(resolver, points[i]);
        for (; next < count && resolver->candidates[next].shift->start_at == points[i]; next++) {
            if (resolver->options->pages_all)
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

/* A layer that no team has (yet) is looked for among all roles. */
static unsigned roles_for(const struct policy *policy, const struct layer_options *options)
{
    enum role role;
    unsigned roles = roles_read(policy, options->calendar);
    bool is_read =
        options->layer == NULL || !role_parse(options->layer, &role) || (roles & 1u << role) != 0;
    return is_read && roles != 0 ? roles : ALL_ROLES;
}

struct calendar_rota *calendar_rota_new(const struct shift_list *list, const struct policy *policy,
                                        const struct layer_options *options)
{
    struct calendar_rota *result = memory_new(1, sizeof *result);
    result->arena = arena_new();
    struct unknown_shift *unknowns =
        arena_take(result->arena, (list->shift_count + 1) * sizeof *unknowns);
    result->unknowns = unknowns;
    struct resolver resolver = {
        .result = result,
        .list = list,
        .options = options,
        .people = people_new(policy),
        .roles = roles_for(policy, options),
        .notes = {.arena = result->arena, .file = ""},
        .meanings = map_new(),
        .pairs = map_new(),
        .titles = map_new(),
        .unknowns = unknowns,
    };
    for (size_t i = 0; i < LANES; i++)
        resolver.lanes[i] = (struct lane){NOWHERE, NOWHERE};
    shifts_select(&resolver);
    if (options->pages_all && resolver.candidate_count > 0)
        qsort(resolver.candidates, resolver.candidate_count, sizeof *resolver.candidates,
              candidate_compare);
    shifts_resolve(&resolver);
    result->rota = (struct rota){
        .calendar = arena_copy(result->arena, options->calendar),
        .layer = arena_copy(result->arena, options->layer),
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
    free(resolver.candidates);
    free(resolver.heap);
    map_free(resolver.meanings);
    map_free(resolver.pairs);
    map_free(resolver.titles);
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
    return claim_is_of(claim_read(event, ALL_ROLES), ALL_ROLES, layer);
}
