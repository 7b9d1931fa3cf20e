/* SPDX-License-Identifier: MIT */
/*
 * text.h - a growable buffer of bytes, always terminated by a NUL that size does not count.
 *
 * No memory is an abort. `struct text text = {0};` is an empty one; text_clear gives it back.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/fault.h"
#include "base/span.h"

struct text {
    char *bytes; /* NULL while empty; use text_string() to read */
    size_t size;
    size_t room;
};

void text_clear(struct text *text);
static inline UNUSED void text_clear_cleanup(struct text *text)
{
    text_clear(text);
}

const char *text_string(const struct text *text); /* "" when empty; borrowed */
struct span text_span(const struct text *text);
void text_reset(struct text *text); /* empties, keeps the room */
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t size);
void text_add_span(struct text *text, struct span span);
void text_add_char(struct text *text, char byte);
void text_addf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
void text_addv(struct text *text, const char *format, va_list list) PRINTF_LIKE(2, 0);

/* Gives the bytes away (never NULL); the caller frees them, the text is empty again. */
char *text_take(struct text *text);

/* Heap copies that abort without memory; the caller frees. NULL gives NULL. */
char *string_copy(const char *string);
char *string_copy_span(struct span span);
char *string_format(const char *format, ...) PRINTF_LIKE(1, 2);

/* malloc family that aborts without memory. */
void *memory_new(size_t count, size_t size); /* zeroed */
void *memory_grow(void *memory, size_t count, size_t size);
/* What those end in, and whoever meets a library without memory: says so and aborts. */
NORETURN void memory_out(void);

/* ASCII only, no locale. */
static inline UNUSED bool string_is(const char *left, const char *right) /* NULL-safe equality */
{
    if (left == NULL || right == NULL)
        return left == right;
    return *left == *right && strcmp(left, right) == 0; /* most differ in their first byte */
}
bool string_same(const char *left, const char *right); /* without case */

/* Damerau-Levenshtein distance, for "did you mean"; strings over 64 bytes give 255. */
unsigned string_distance(const char *left, const char *right);

/* Escapes for one place each; all append to `text`. */
void text_add_html(struct text *text, const char *string);     /* & < > " ' */
void text_add_terminal(struct text *text, const char *string); /* controls and bidi marks -> ? */
void text_add_url(struct text *text, const char *string); /* percent-encodes all but unreserved */

/* Takes percent-encoding off: "%XX" becomes a byte, and "+" a space where `has_plus`, as in forms.
 * What is no escape stays as it is, and so does "%00". */
void text_add_decoded(struct text *text, struct span span, bool has_plus);
