/* SPDX-License-Identifier: MIT */
#include "calendar/notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

#define NOTE_TEXT_MAX 400 /* a summary of 64 KiB must not fill a log */

void notes_add_at(struct notes *notes, const char *file, uint32_t line, const char *code,
                  const char *text)
{
    if (notes->count >= SHIFT_WARNINGS_MAX) {
        notes->dropped++;
        return;
    }
    if (notes->count == notes->room) {
        notes->room = notes->room == 0 ? 16 : notes->room * 2;
        notes->items = memory_grow(notes->items, notes->room, sizeof *notes->items);
    }
    CLEANUP(text_clear) struct text clean = {0};
    text_add_terminal(&clean, text);
    notes->items[notes->count++] = (struct shift_warning){
        .file = file,
        .line = line,
        .code = code,
        .text = arena_copy_span(notes->arena, utf8_cut(text_span(&clean), NOTE_TEXT_MAX)),
    };
}

void notes_add(struct notes *notes, uint32_t line, const char *code, const char *format, ...)
{
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    notes_add_at(notes, notes->file, line, code, text_string(&text));
}

struct shift_warning *notes_take(struct notes *notes, size_t *count, size_t *dropped)
{
    struct shift_warning *items =
        arena_take(notes->arena, (notes->count + 1) * sizeof *notes->items);
    if (notes->count > 0)
        memcpy(items, notes->items, notes->count * sizeof *items);
    *count = notes->count;
    *dropped = notes->dropped;
    notes_clear(notes);
    return items;
}

void notes_clear(struct notes *notes)
{
    free(notes->items);
    notes->items = NULL;
    notes->count = notes->room = notes->dropped = 0;
}
