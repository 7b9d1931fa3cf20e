/* SPDX-License-Identifier: MIT */
#include "http/ui/form.h"

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

/* "+" is a space, "%XX" a byte; what is neither stays as it is. NUL bytes are dropped. */
static const char *field_decode(struct arena *arena, struct span span)
{
    char *decoded = arena_take(arena, span.size + 1);
    size_t size = 0;
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
        if (byte)
            decoded[size++] = byte;
    }
    decoded[size] = '\0';
    return decoded;
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
