/* SPDX-License-Identifier: MIT */
#include "ingest/form.h"

#include <string.h>

#include "base/text.h"

static const char *field_decode(struct arena *arena, struct span span)
{
    CLEANUP(text_clear) struct text decoded = {0};
    text_add_decoded(&decoded, span, true);
    return arena_copy_span(arena, text_span(&decoded));
}

const char *form_value(struct arena *arena, struct span body, const char *name)
{
    struct span rest = body;
    for (size_t i = 0; i < FORM_FIELDS_MAX && rest.size > 0; i++) {
        struct span value = span_cut(&rest, '&');
        struct span key = span_cut(&value, '=');
        if (span_is(key, name))
            return field_decode(arena, value);
    }
    return NULL;
}
