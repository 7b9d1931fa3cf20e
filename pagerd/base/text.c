/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"

#define TEXT_ROOM_MIN 64
#define DISTANCE_SIZE_MAX 64
#define DISTANCE_TOO_LONG 255

/* Makes room for `size` more bytes and the NUL. */
static void text_reserve(struct text *text, size_t size)
{
    if (size > SIZE_MAX / 2 - text->size - 1)
        abort();
    size_t need = text->size + size + 1;
    if (need <= text->room)
        return;
    size_t room = text->room < TEXT_ROOM_MIN ? TEXT_ROOM_MIN : text->room;
    while (room < need)
        room *= 2;
    text->bytes = memory_grow(text->bytes, room, 1);
    text->room = room;
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool is_unreserved(char byte)
{
    return (byte >= '0' && byte <= '9') || (lower(byte) >= 'a' && lower(byte) <= 'z') ||
           byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

/* What could move the cursor, end the line or turn the reading order of a terminal. */
static bool is_unsafe(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c ||
           (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

void text_clear(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}

const char *text_string(const struct text *text)
{
    return text->bytes == NULL ? "" : text->bytes;
}

struct span text_span(const struct text *text)
{
    return (struct span){text_string(text), text->size};
}

void text_reset(struct text *text)
{
    text->size = 0;
    if (text->bytes != NULL)
        text->bytes[0] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_bytes(struct text *text, const void *bytes, size_t size)
{
    if (size >= text->room - text->size) /* or there is no room for the NUL */
        text_reserve(text, size);
    if (size > 0)
        memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
}

void text_add_span(struct text *text, struct span span)
{
    text_add_bytes(text, span.bytes, span.size);
}

void text_add_char(struct text *text, char byte)
{
    if (text->room - text->size < 2)
        text_reserve(text, 1);
    text->bytes[text->size++] = byte;
    text->bytes[text->size] = '\0';
}

void text_addf(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text_addv(text, format, list);
    va_end(list);
}

void text_addv(struct text *text, const char *format, va_list list)
{
    text_reserve(text, TEXT_ROOM_MIN);
    size_t room = text->room - text->size;
    va_list again;
    va_copy(again, list);
    int size = vsnprintf(text->bytes + text->size, room, format, list);
    if (size < 0)
        memory_out(); /* the formats are checked by the compiler */
    if ((size_t)size >= room) {
        text_reserve(text, (size_t)size);
        vsnprintf(text->bytes + text->size, (size_t)size + 1, format, again);
    }
    va_end(again);
    text->size += (size_t)size;
}

char *text_take(struct text *text)
{
    text_reserve(text, 0);
    text->bytes[text->size] = '\0';
    char *bytes = text->bytes;
    *text = (struct text){0};
    return bytes;
}

char *string_copy(const char *string)
{
    return string == NULL ? NULL : string_copy_span(span_of(string));
}

char *string_copy_span(struct span span)
{
    if (span.bytes == NULL)
        return NULL;
    char *copy = memory_new(span.size + 1, 1);
    memcpy(copy, span.bytes, span.size);
    return copy;
}

char *string_format(const char *format, ...)
{
    struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    return text_take(&text);
}

/* Nothing here may ask for memory: neither the log nor stdio. */
void memory_out(void)
{
    static const char line[] = "out of memory: aborted\n";
    ssize_t size = write(STDERR_FILENO, line, sizeof(line) - 1);
    (void)size;
    abort();
}

void *memory_new(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (memory == NULL)
        memory_out();
    return memory;
}

void *memory_grow(void *memory, size_t count, size_t size)
{
    void *grown = reallocarray(memory, count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (grown == NULL)
        memory_out();
    return grown;
}

bool string_same(const char *left, const char *right)
{
    if (left == NULL || right == NULL)
        return left == right;
    while (*left != '\0' && lower(*left) == lower(*right)) {
        left++;
        right++;
    }
    return lower(*left) == lower(*right);
}

unsigned string_distance(const char *left, const char *right)
{
    size_t rows = strlen(left);
    size_t columns = strlen(right);
    if (rows > DISTANCE_SIZE_MAX || columns > DISTANCE_SIZE_MAX)
        return DISTANCE_TOO_LONG;

    unsigned cost[DISTANCE_SIZE_MAX + 1][DISTANCE_SIZE_MAX + 1];
    for (size_t column = 0; column <= columns; column++)
        cost[0][column] = (unsigned)column;
    for (size_t row = 1; row <= rows; row++) {
        cost[row][0] = (unsigned)row;
        for (size_t column = 1; column <= columns; column++) {
            bool is_equal = left[row - 1] == right[column - 1];
            unsigned best = cost[row - 1][column - 1] + (is_equal ? 0 : 1);
            if (cost[row - 1][column] + 1 < best)
                best = cost[row - 1][column] + 1;
            if (cost[row][column - 1] + 1 < best)
                best = cost[row][column - 1] + 1;
            bool is_swap = row > 1 && column > 1 && left[row - 1] == right[column - 2] &&
                           left[row - 2] == right[column - 1];
            if (is_swap && cost[row - 2][column - 2] + 1 < best)
                best = cost[row - 2][column - 2] + 1;
            cost[row][column] = best;
        }
    }
    return cost[rows][columns];
}

void text_add_html(struct text *text, const char *string)
{
    static const struct escape {
        char byte;
        const char *entity;
    } escapes[] = {
        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
    };
    while (*string != '\0') {
        size_t plain = strcspn(string, "&<>\"'");
        text_add_bytes(text, string, plain);
        string += plain;
        for (size_t i = 0; *string != '\0' && i < sizeof escapes / sizeof *escapes; i++) {
            if (escapes[i].byte == *string) {
                text_add(text, escapes[i].entity);
                string++;
                break;
            }
        }
    }
}

void text_add_terminal(struct text *text, const char *string)
{
    struct span rest = span_of(string);
    while (rest.size > 0) {
        struct span before = rest;
        uint32_t code = utf8_next(&rest);
        struct span letter = {before.bytes, before.size - rest.size};
        bool is_bad = code == UTF8_REPLACEMENT && letter.size == 1;
        if (is_bad || is_unsafe(code))
            text_add_char(text, '?');
        else
            text_add_span(text, letter);
    }
}

void text_add_url(struct text *text, const char *string)
{
    for (; *string != '\0'; string++) {
        if (is_unreserved(*string))
            text_add_char(text, *string);
        else
            text_addf(text, "%%%02X", (unsigned char)*string);
    }
}

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

void text_add_decoded(struct text *text, struct span span, bool has_plus)
{
    for (size_t i = 0; i < span.size; i++) {
        char byte = span.bytes[i];
        if (byte == '+' && has_plus)
            byte = ' ';
        bool is_escape = byte == '%' && span.size - i > 2;
        int high = is_escape ? hex_value(span.bytes[i + 1]) : -1;
        int low = is_escape ? hex_value(span.bytes[i + 2]) : -1;
        if (high >= 0 && low >= 0 && high + low > 0) {
            byte = (char)(high * 16 + low);
            i += 2;
        }
        text_add_char(text, byte);
    }
}
