/* SPDX-License-Identifier: MIT */
#include "base/span.h"

#include <string.h>

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct span span_of(const char *text)
{
    return text == NULL ? (struct span){"", 0} : (struct span){text, strlen(text)};
}

bool span_is(struct span span, const char *text)
{
    size_t size = strlen(text);
    return span.size == size && (size == 0 || memcmp(span.bytes, text, size) == 0);
}

bool span_has_prefix(struct span span, const char *prefix)
{
    size_t size = strlen(prefix);
    return span.size >= size && (size == 0 || memcmp(span.bytes, prefix, size) == 0);
}

struct span span_trim(struct span span)
{
    while (span.size > 0 && is_space(span.bytes[0])) {
        span.bytes++;
        span.size--;
    }
    while (span.size > 0 && is_space(span.bytes[span.size - 1]))
        span.size--;
    return span;
}

struct span span_cut(struct span *rest, char separator)
{
    struct span part = *rest;
    const char *at = part.size > 0 ? memchr(part.bytes, separator, part.size) : NULL;
    if (at == NULL) {
        if (part.size > 0)
            rest->bytes += part.size;
        rest->size = 0;
        return part;
    }
    part.size = (size_t)(at - part.bytes);
    rest->bytes = at + 1;
    rest->size -= part.size + 1;
    return part;
}
