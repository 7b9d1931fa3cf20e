/* SPDX-License-Identifier: MIT */
#include "notify/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

bool form_add(struct form *form, const char *name, const char *value)
{
    if (form->count == CALLBACK_FIELDS_MAX)
        return false;
    form->fields[form->count++] = (struct form_field){name, value};
    return true;
}

static const char *decoded_copy(struct arena *arena, struct span span)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add_decoded(&text, span, true);
    return arena_copy_span(arena, text_span(&text));
}

bool form_read(struct form *form, struct span body, struct arena *arena)
{
    while (body.size > 0) {
        struct span value = span_cut(&body, '&');
        struct span name = span_cut(&value, '=');
        const char *copy = decoded_copy(arena, name);
        if (!form_add(form, copy, decoded_copy(arena, value)))
            return false;
    }
    return true;
}

static int compare_field(const void *left, const void *right)
{
    const struct form_field *first = left;
    const struct form_field *second = right;
    int order = strcmp(first->name, second->name);
    return order != 0 ? order : strcmp(first->value, second->value);
}

void form_sort(struct form *form)
{
    qsort(form->fields, form->count, sizeof *form->fields, compare_field);
}

const char *form_find(const struct form *form, const char *name, struct arena *arena)
{
    for (size_t i = 0; i < form->count; i++) {
        if (!string_is(form->fields[i].name, name))
            continue;
        CLEANUP(text_clear) struct text clean = {0};
        utf8_add_clean(&clean, span_of(form->fields[i].value));
        return arena_copy_span(arena, text_span(&clean));
    }
    return NULL;
}
