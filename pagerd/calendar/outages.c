/* SPDX-License-Identifier: MIT */
#include "calendar/outages.h"

#include <stdlib.h>

#include "base/text.h"
#include "calendar/notes.h"
#include "engine/record.h"

/* An outage on its way, with the first of its events. */
struct piece {
    struct outage outage;
    const struct shift_event *event;
};

static msec length_ms(const struct outage *outage)
{
    return outage->end_at - outage->start_at;
}

static void long_note(struct notes *notes, const struct piece *piece, const char *what)
{
    char instant[INSTANT_TEXT_SIZE];
    char length[DURATION_TEXT_SIZE];
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text,
              "%s: %s %s; maintenance lasts 30 days at most, so this holds nothing back: give it "
              "an end, or silence what it means by a severity",
              instant_render(piece->outage.start_at, instant), what,
              duration_speak(length_ms(&piece->outage), length));
    notes_add_at(notes, piece->event->file, piece->event->line, "E-LONG", text_string(&text));
}

/* Shifts come by their start. Returns how many pieces there are. */
static size_t pieces_join(struct arena *arena, const struct shift_list *list, struct notes *notes,
                          struct piece *pieces)
{
    size_t count = 0;
    const struct shift_event *told = NULL;
    for (size_t i = 0; i < list->shift_count; i++) {
        const struct shift *shift = &list->shifts[i];
        struct piece piece = {{shift->start_at, shift->end_at, NULL}, shift->event};
        struct piece *last = count > 0 ? &pieces[count - 1] : NULL;
        if (length_ms(&piece.outage) > SILENCE_MAX_MS) {
            if (told != shift->event)
                long_note(notes, &piece, "the event lasts");
            told = shift->event;
        } else if (last == NULL || shift->start_at > last->outage.end_at) {
            piece.outage.summary = shift_event_title(arena, shift->event);
            pieces[count++] = piece;
        } else if (shift->end_at > last->outage.end_at) {
            last->outage.end_at = shift->end_at;
        }
    }
    return count;
}

struct calendar_outages *calendar_outages_new(const struct shift_list *list, const char *calendar)
{
    struct calendar_outages *result = memory_new(1, sizeof *result);
    struct arena *arena = result->arena = arena_new();
    struct notes notes = {.arena = arena, .file = ""};
    struct piece *pieces = memory_new(list->shift_count + 1, sizeof *pieces);
    size_t count = pieces_join(arena, list, &notes, pieces);
    struct outage *outages = arena_take(arena, (count + 1) * sizeof *outages);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (length_ms(&pieces[i].outage) > SILENCE_MAX_MS)
            long_note(&notes, &pieces[i], "events follow each other without a gap for");
        else
            outages[kept++] = pieces[i].outage;
    }
    free(pieces);
    result->list = (struct outage_list){
        .calendar = arena_copy(arena, calendar), .outages = outages, .outage_count = kept};
    size_t dropped;
    result->warnings = notes_take(&notes, &result->warning_count, &dropped);
    for (size_t i = 0; i < result->warning_count; i++)
        result->warnings[i].file = arena_copy(arena, result->warnings[i].file);
    return result;
}

void calendar_outages_free(struct calendar_outages *outages)
{
    if (outages == NULL)
        return;
    arena_free(outages->arena);
    free(outages);
}
