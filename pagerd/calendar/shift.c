/* SPDX-License-Identifier: MIT */
#include "calendar/shift.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/utf8.h"

const char *shift_event_title(struct arena *arena, const struct shift_event *event)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span_of(event->summary));
    for (size_t i = 0; i < clean.size; i++)
        if (clean.bytes[i] == '\n' || clean.bytes[i] == '\t')
            clean.bytes[i] = ' ';
    return arena_copy_span(arena, utf8_cut(text_span(&clean), SHIFT_TITLE_MAX));
}

void shift_list_free(struct shift_list *list)
{
    if (list == NULL)
        return;
    arena_free(list->arena);
    free(list);
}
