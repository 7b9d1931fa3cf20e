/* SPDX-License-Identifier: MIT */
#include "notify/spool.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

bool spool_is_name(struct span name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._+-";
    if (name.size == 0 || name.size >= SPOOL_NAME_SIZE || name.bytes[0] == '.')
        return false;
    for (size_t i = 0; i < name.size; i++)
        if (name.bytes[i] == '\0' || strchr(letters, name.bytes[i]) == NULL)
            return false;
    return true;
}

void spool_add(struct text *text, const char *place, struct span bytes)
{
    text_addf(text, "%s %zu\n", place, bytes.size);
    text_add_span(text, bytes);
}

bool spool_next(struct span *rest, struct spool_file *file, struct arena *arena)
{
    struct span line = *rest;
    const char *end = rest->size > 0 ? memchr(rest->bytes, '\n', rest->size) : NULL;
    if (end == NULL)
        return false;
    line.size = (size_t)(end - rest->bytes);
    struct span size = line;
    const char *place = arena_copy_span(arena, span_cut(&size, ' '));
    size_t count = 0;
    for (size_t i = 0; i < size.size && count <= SPOOL_FILE_MAX; i++) {
        if (size.bytes[i] < '0' || size.bytes[i] > '9')
            return false;
        count = count * 10 + (size_t)(size.bytes[i] - '0');
    }
    if (size.size == 0 || count > SPOOL_FILE_MAX || count > rest->size - line.size - 1)
        return false;
    *file = (struct spool_file){place, {end + 1, count}};
    rest->bytes = end + 1 + count;
    rest->size -= line.size + 1 + count;
    return true;
}

static void add_wide(struct text *text, struct span bytes, bool is_little)
{
    for (size_t i = 0; i + 1 < bytes.size; i += 2) {
        uint32_t first = (unsigned char)bytes.bytes[i];
        uint32_t second = (unsigned char)bytes.bytes[i + 1];
        utf8_add(text, is_little ? second << 8 | first : first << 8 | second);
    }
}

void spool_add_text(struct text *text, struct span bytes, bool is_wide)
{
    bool is_little = span_has_prefix(bytes, "\xff\xfe");
    bool has_mark = is_little || span_has_prefix(bytes, "\xfe\xff");
    if (has_mark)
        bytes = (struct span){bytes.bytes + 2, bytes.size - 2};
    if (has_mark || is_wide)
        add_wide(text, bytes, is_little);
    else if (utf8_is_valid(bytes))
        text_add_span(text, bytes);
    else
        for (size_t i = 0; i < bytes.size; i++)
            utf8_add(text, (unsigned char)bytes.bytes[i]);
}
