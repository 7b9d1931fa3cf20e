/* SPDX-License-Identifier: MIT */
#include "calendar/layers.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"
#include "base/utf8.h"
#include "calendar/claim.h"
#include "calendar/notes.h"
#include "calendar/overlap.h"
#include "calendar/people.h"

#define LONG_SHIFT_MS (60 * DAY_MS)

struct resolver {
    struct calendar_rota *result;
    const struct shift_list *list;
    const struct layer_options *options;
    struct people *people;
    unsigned roles; /* that are layers of this calendar, a bit each */
    struct notes notes;
    struct map *meanings;
    struct candidate *candidates; /* those that count, by start */
    size_t candidate_count;
    struct unknown_shift *unknowns;
};

static const char *summary_clean(struct arena *arena, const char *summary)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span_of(summary));
    for (size_t i = 0; i < clean.size; i++)
        if (clean.bytes[i] == '\n' || clean.bytes[i] == '\t')
            clean.bytes[i] = ' ';
    return arena_copy_span(arena, utf8_cut(text_span(&clean), OVERLAP_SUMMARY_MAX));
}

static void unknown_note(struct resolver *resolver, const struct shift *shift,
                         struct meaning *meaning)
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
    meaning->name = arena_copy(resolver->result->arena, text_string(&name));
    if (has_close)
        meaning->close = arena_copy(resolver->result->arena, text_string(&close));
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
    meaning->priority = claim.is_override ? OVERLAP_PRIORITY_MAX : claim.level;
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
            unknown_note(resolver, shift, meaning);
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

static void unknown_add(struct resolver *resolver, const struct shift *shift, const char *name,
                        const char *close)
{
    struct calendar_rota *result = resolver->result;
    result->unknown_count++;
    if (result->unknowns_kept < UNKNOWN_SHIFTS_MAX)
        resolver->unknowns[result->unknowns_kept++] =
            (struct unknown_shift){name, close, shift->start_at, shift->end_at};
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
            unknown_add(resolver, &list->shifts[i], "busy", NULL);
        return;
    }
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        struct meaning *meaning = meaning_get(resolver, shift);
        if (meaning->is_elsewhere)
            continue;
        if (meaning->answer.user_count == 0 && !meaning->answer.is_nobody) {
            unknown_add(resolver, shift, meaning->name, meaning->close);
            continue;
        }
        if (shift->end_at - shift->start_at > LONG_SHIFT_MS && !meaning->is_long_told) {
            meaning->is_long_told = true;
            notes_add_at(&resolver->notes, shift->event->file, shift->event->line, "W-LONG",
                         "the shift is longer than 60 days");
        }
        resolver->candidates[resolver->candidate_count++] =
            (struct candidate){.shift = shift, .meaning = meaning};
    }
}

struct calendar_rota *calendar_rota_new(const struct shift_list *list, const struct policy *policy,
                                        const struct layer_options *options)
{
    struct calendar_rota *result = memory_new(1, sizeof *result);
    result->arena = arena_new();
    size_t unknown_room =
        list->shift_count < UNKNOWN_SHIFTS_MAX ? list->shift_count + 1 : UNKNOWN_SHIFTS_MAX;
    struct unknown_shift *unknowns = arena_take(result->arena, unknown_room * sizeof *unknowns);
    result->unknowns = unknowns;
    struct resolver resolver = {
        .result = result,
        .list = list,
        .options = options,
        .people = people_new(policy),
        .roles = claim_roles(policy, options->calendar, options->layer),
        .notes = {.arena = result->arena, .file = ""},
        .meanings = map_new(),
        .unknowns = unknowns,
    };
    shifts_select(&resolver);
    struct overlaps overlaps = {
        .arena = result->arena,
        .notes = &resolver.notes,
        .pages_all = options->pages_all,
        .candidates = resolver.candidates,
        .candidate_count = resolver.candidate_count,
    };
    overlaps_resolve(&overlaps);
    result->rota = (struct rota){
        .calendar = arena_copy(result->arena, options->calendar),
        .layer = arena_copy(result->arena, options->layer),
        .source = arena_copy(result->arena, options->source),
        .from_at = list->from_at,
        .until_at = list->until_at,
        .read_at = options->read_at,
        .is_stale = options->is_stale,
        .problem = arena_copy(result->arena, options->problem),
        .segments = overlaps.segments,
        .segment_count = overlaps.segment_count,
    };
    size_t dropped;
    struct shift_warning *warnings = notes_take(&resolver.notes, &result->warning_count, &dropped);
    for (size_t i = 0; i < result->warning_count; i++)
        warnings[i].file = arena_copy(result->arena, warnings[i].file);
    result->warnings = warnings;
    free(resolver.candidates);
    map_free(resolver.meanings);
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
    return claim_is_of(claim_read(event, ROLES_ALL), ROLES_ALL, layer);
}
