/* SPDX-License-Identifier: MIT */
#include "ingest/form.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "ingest/mail_head.h"

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

bool form_is_multipart(const char *content_type)
{
    static const char type[] = "multipart/form-data";
    return strncasecmp(content_type, type, strlen(type)) == 0;
}

/* The next boundary at the start of a line, or NULL. */
static const char *mark_find(struct span span, struct span mark)
{
    const char *end = span.bytes + span.size;
    for (const char *at = span.bytes; at < end; at += mark.size) {
        at = memmem(at, (size_t)(end - at), mark.bytes, mark.size);
        if (!at || at == span.bytes || at[-1] == '\n')
            return at;
    }
    return NULL;
}

static bool part_is(struct span head, const char *name)
{
    CLEANUP(text_clear) struct text field = {0};
    CLEANUP(text_clear) struct text found = {0};
    return mail_field(head, "content-disposition", &field) &&
           mail_parameter(text_string(&field), "name", &found) &&
           string_is(text_string(&found), name);
}

/* The line break before a boundary belongs to the boundary (RFC 2046 section 5.1.1). */
static char *value_copy(struct arena *arena, struct span value)
{
    if (value.size > 0 && value.bytes[value.size - 1] == '\n')
        value.size--;
    if (value.size > 0 && value.bytes[value.size - 1] == '\r')
        value.size--;
    char *copy = arena_copy_span(arena, value);
    for (size_t i = 0; i < value.size; i++) {
        if (copy[i] == '\0')
            copy[i] = ' ';
    }
    return copy;
}

const char *form_part(struct arena *arena, struct span body, const char *content_type,
                      const char *name)
{
    CLEANUP(text_clear) struct text boundary = {0};
    CLEANUP(text_clear) struct text mark = {0};
    if (!mail_parameter(content_type, "boundary", &boundary) || boundary.size == 0)
        return NULL;
    text_add(&mark, "--");
    text_add_span(&mark, text_span(&boundary));
    const char *end = body.bytes + body.size;
    const char *at = body.size > 0 ? mark_find(body, text_span(&mark)) : NULL;
    for (size_t i = 0; at && i < FORM_PARTS_MAX; i++) {
        struct span part = {at + mark.size, (size_t)(end - at) - mark.size};
        if (span_has_prefix(part, "--"))
            return NULL;
        (void)span_cut(&part, '\n');
        at = part.size > 0 ? mark_find(part, text_span(&mark)) : NULL;
        if (at)
            part.size = (size_t)(at - part.bytes);
        struct span head = mail_head_cut(&part);
        if (part_is(head, name))
            return value_copy(arena, part);
    }
    return NULL;
}
