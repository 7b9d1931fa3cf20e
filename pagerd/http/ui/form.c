/* SPDX-License-Identifier: MIT */
#include "http/ui/form.h"

#include "base/utf8.h"
#include "http/request.h"

/* Valid UTF-8 comes out, without NUL and other controls: a note ends up in the timeline. */
static const char *field_decode(struct arena *arena, struct span span)
{
    CLEANUP(text_clear) struct text decoded = {0};
    CLEANUP(text_clear) struct text clean = {0};
    text_add_decoded(&decoded, span, true);
    utf8_add_clean(&clean, text_span(&decoded));
    return arena_copy_span(arena, text_span(&clean));
}

bool form_parse(struct call *call)
{
    struct span rest = text_span(&call->body);
    call->field_count = 0;
    while (rest.size > 0) {
        struct span value = span_cut(&rest, '&');
        struct span name = span_cut(&value, '=');
        if (call->field_count == CALL_FIELDS_MAX) {
            call_answer_error(call, 400, "invalid", "The form has too many fields.");
            return false;
        }
        struct pair *pair = &call->fields[call->field_count++];
        pair->name = field_decode(call->arena, name);
        pair->value = field_decode(call->arena, value);
    }
    return true;
}
