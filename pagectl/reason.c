/* SPDX-License-Identifier: MIT */
#include "pagectl/reason.h"

#include <string.h>

#include "base/utf8.h"

#define INDENT "  "

struct span reason_cut(struct span *rest)
{
    bool is_quoted = false;
    struct span clause = *rest;
    for (size_t i = 0; i < rest->size; i++) {
        is_quoted ^= rest->bytes[i] == '"';
        if (is_quoted || rest->bytes[i] != ';' || i + 1 >= rest->size || rest->bytes[i + 1] != ' ')
            continue;
        clause.size = i;
        *rest = (struct span){rest->bytes + i + 2, rest->size - i - 2};
        return clause;
    }
    *rest = (struct span){rest->bytes + rest->size, 0};
    return clause;
}

size_t reason_fit(struct span text, size_t width)
{
    size_t blank = 0, comma = 0;
    bool is_quoted = false;
    if (utf8_width(text) <= width)
        return text.size;
    for (size_t i = 0; i < text.size; i++) {
        is_quoted ^= text.bytes[i] == '"';
        if (text.bytes[i] != ' ')
            continue;
        bool fits = utf8_width((struct span){text.bytes, i}) <= width;
        if (!fits && blank > 0)
            break;
        blank = i;
        if (fits && !is_quoted && i > 0 && text.bytes[i - 1] == ',')
            comma = i;
        if (!fits)
            break;
    }
    if (comma > blank / 2)
        return comma;
    return blank > 0 ? blank : text.size;
}

static void clause_say(struct tool *tool, struct span clause)
{
    const char *indent = INDENT;
    while (clause.size > 0) {
        size_t room = tool->width > strlen(indent) ? tool->width - strlen(indent) : 1;
        size_t size = reason_fit(clause, room);
        say(tool, "%s%.*s\n", indent, (int)size, clause.bytes);
        clause = span_trim((struct span){clause.bytes + size, clause.size - size});
        indent = INDENT INDENT;
    }
}

void reason_say(struct tool *tool, const char *name, const char *why)
{
    const char *line =
        arena_format(tool->arena, "%s: %s", tool_clean(tool, name), tool_clean(tool, why));
    if (utf8_width(span_of(line)) <= tool->width) {
        say(tool, "%s\n", line);
        return;
    }
    struct span rest = span_of(tool_clean(tool, why));
    say(tool, "%s:\n", tool_clean(tool, name));
    while (rest.size > 0)
        clause_say(tool, reason_cut(&rest));
}
