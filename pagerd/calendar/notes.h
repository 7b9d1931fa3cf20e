/* SPDX-License-Identifier: MIT */
/* notes.h - collects the warnings of one expansion, with file and line. */
#pragma once

#include "base/fault.h"
#include "calendar/shift.h"

struct notes {
    struct arena *arena;
    struct shift_warning *items; /* heap; notes_clear gives it back */
    size_t count;
    size_t room;
    size_t dropped;
    const char *file; /* the one being read */
};

/* `code` must be a literal: it is borrowed. */
void notes_add(struct notes *notes, uint32_t line, const char *code, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* The same with the file given: for findings about an event that was read earlier. */
void notes_add_at(struct notes *notes, const char *file, uint32_t line, const char *code,
                  const char *text);

/* Copies the warnings into the arena and empties the collector. */
struct shift_warning *notes_take(struct notes *notes, size_t *count, size_t *dropped);
void notes_clear(struct notes *notes);
