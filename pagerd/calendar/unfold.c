/* SPDX-License-Identifier: MIT */
#include "calendar/unfold.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"

/* Windows-1252, 0x80 to 0x9F; 0 is undefined there. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static void add_windows_1252(struct text *text, struct span span)
{
    for (size_t i = 0; i < span.size; i++) {
        unsigned char byte = (unsigned char)span.bytes[i];
        uint32_t point = byte;
        if (byte >= 0x80 && byte < 0xA0)
            point = windows_1252[byte - 0x80] != 0 ? windows_1252[byte - 0x80] : 0xFFFD;
        utf8_add(text, point);
    }
}

static uint32_t utf16_unit(const char *at, bool is_big)
{
    uint32_t first = (unsigned char)at[0];
    uint32_t second = (unsigned char)at[1];
    return is_big ? first << 8 | second : second << 8 | first;
}

static void add_utf16(struct text *text, struct span span, bool is_big)
{
    for (size_t i = 0; i + 1 < span.size; i += 2) {
        uint32_t unit = utf16_unit(span.bytes + i, is_big);
        if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < span.size) {
            uint32_t low = utf16_unit(span.bytes + i + 2, is_big);
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        if (unit >= 0xD800 && unit < 0xE000)
            unit = 0xFFFD;
        utf8_add(text, unit);
    }
}

/* Moves `rest` past one line end; true when there was one. LF, CRLF and a lone CR end a line. */
static bool skip_line_end(struct span *rest)
{
    if (rest->size == 0 || (rest->bytes[0] != '\n' && rest->bytes[0] != '\r'))
        return false;
    size_t size = rest->size > 1 && rest->bytes[0] == '\r' && rest->bytes[1] == '\n' ? 2 : 1;
    rest->bytes += size;
    rest->size -= size;
    return true;
}

static size_t line_size(struct span rest)
{
    size_t size = 0;
    while (size < rest.size && rest.bytes[size] != '\n' && rest.bytes[size] != '\r')
        size++;
    return size;
}

/* Appends without NULs, which no text may hold and C strings cannot. */
static void add_without_nul(struct text *text, const char *bytes, size_t size, bool *has_nul)
{
    const char *nul;
    while (size > 0 && (nul = memchr(bytes, '\0', size)) != NULL) {
        *has_nul = true;
        text_add_bytes(text, bytes, (size_t)(nul - bytes));
        size -= (size_t)(nul - bytes) + 1;
        bytes = nul + 1;
    }
    text_add_bytes(text, bytes, size);
}

/*
 * Reads one logical line into `line`, which is reset first. A next line that begins with a blank
 * continues it, even after empty lines, as some programs write.
 */
static void read_line(struct span *rest, uint32_t *number, struct text *line, bool *is_cut,
                      bool *has_nul)
{
    text_reset(line);
    *is_cut = false;
    for (;;) {
        size_t size = line_size(*rest);
        size_t room = line->size < CONTENT_LINE_MAX ? CONTENT_LINE_MAX - line->size : 0;
        if (size > room)
            *is_cut = true;
        add_without_nul(line, rest->bytes, size < room ? size : room, has_nul);
        rest->bytes += size;
        rest->size -= size;
        if (!skip_line_end(rest))
            return;
        (*number)++;
        struct span ahead = *rest;
        uint32_t ahead_number = *number;
        while (skip_line_end(&ahead))
            ahead_number++;
        *rest = ahead; /* empty lines are behind us, for good */
        *number = ahead_number;
        if (ahead.size == 0 || (ahead.bytes[0] != ' ' && ahead.bytes[0] != '\t'))
            return;
        rest->bytes++;
        rest->size--;
    }
}

static void lines_push(struct unfolded *unfolded, size_t *room, struct content_line line)
{
    if (unfolded->count == *room) {
        *room = *room == 0 ? 256 : *room * 2;
        unfolded->lines = memory_grow(unfolded->lines, *room, sizeof *unfolded->lines);
    }
    unfolded->lines[unfolded->count++] = line;
}

static void decode_line(struct arena *arena, struct text *line, struct text *spare,
                        bool *is_foreign, struct content_line *content)
{
    struct span span = text_span(line);
    if (content->is_cut)
        span = utf8_cut(span, span.size - 1);
    if (!utf8_is_valid(span)) {
        *is_foreign = true;
        text_reset(spare);
        add_windows_1252(spare, span);
        span = text_span(spare);
    }
    content->span = (struct span){arena_copy_span(arena, span), span.size};
}

void unfold(struct arena *arena, struct span bytes, struct notes *notes, struct unfolded *unfolded)
{
    *unfolded = (struct unfolded){0};
    CLEANUP(text_clear) struct text wide = {0};
    CLEANUP(text_clear) struct text line = {0};
    CLEANUP(text_clear) struct text spare = {0};
    if (span_has_prefix(bytes, "\xEF\xBB\xBF")) {
        bytes.bytes += 3;
        bytes.size -= 3;
    } else if (span_has_prefix(bytes, "\xFF\xFE") || span_has_prefix(bytes, "\xFE\xFF")) {
        notes_add(notes, 1, "W-ENCODING", "the file is UTF-16; calendars should be UTF-8");
        add_utf16(&wide, (struct span){bytes.bytes + 2, bytes.size - 2},
                  (unsigned char)bytes.bytes[0] == 0xFE);
        bytes = text_span(&wide);
    }
    size_t room = 0;
    uint32_t number = 1;
    uint32_t foreign_line = 0;
    uint32_t nul_line = 0;
    while (bytes.size > 0) {
        struct content_line content = {.line = number};
        bool has_nul = false;
        bool is_foreign = false;
        read_line(&bytes, &number, &line, &content.is_cut, &has_nul);
        if (has_nul && nul_line == 0)
            nul_line = content.line;
        if (line.size == 0)
            continue;
        unfolded->is_cut = unfolded->count == CONTENT_LINES_MAX;
        if (unfolded->is_cut)
            break;
        decode_line(arena, &line, &spare, &is_foreign, &content);
        if (is_foreign && foreign_line == 0)
            foreign_line = content.line;
        lines_push(unfolded, &room, content);
    }
    if (foreign_line != 0)
        notes_add(notes, foreign_line, "W-ENCODING", "not UTF-8, read as Windows-1252");
    if (nul_line != 0)
        notes_add(notes, nul_line, "W-NUL", "a NUL byte was left out");
}

void unfolded_clear(struct unfolded *unfolded)
{
    free(unfolded->lines);
    *unfolded = (struct unfolded){0};
}
