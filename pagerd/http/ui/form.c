/* SPDX-License-Identifier: MIT */
#include "http/ui/form.h"

#include "base/utf8.h"
#include "http/request.h"

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

/* "+" is a space, "%XX" a byte; what is neither stays as it is. Valid UTF-8 comes out, without NUL
 * and other controls: a note ends up in the timeline. */
static const char *field_decode(struct arena *arena, struct span span)
{
    CLEANUP(text_clear) struct text decoded = {0};
    CLEANUP(text_clear) struct text clean = {0};
    for (size_t i = 0; i < span.size; i++) {
        char byte = span.bytes[i];
        if (byte == '+')
            byte = ' ';
        if (byte == '%' && span.size - i > 2) {
            int high = hex_value(span.bytes[i + 1]);
            int low = hex_value(span.bytes[i + 2]);
            if (high >= 0 && low >= 0) {
                byte = (char)(high * 16 + low);
                i += 2;
            }
        }
        text_add_char(&decoded, byte);
    }
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
