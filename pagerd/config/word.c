/* SPDX-License-Identifier: MIT */
#include "config/word.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "config/lexer.h"

#define INTEGER_DIGITS_MAX 10 /* of INT32_MAX: more never fit libconfig's int */

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool word_is_name(struct span word)
{
    if (word.size == 0 || !is_letter(word.bytes[0]))
        return false;
    for (size_t i = 1; i < word.size; i++)
        if (!is_letter(word.bytes[i]) && !is_digit(word.bytes[i]) &&
            strchr("-_", word.bytes[i]) == NULL)
            return false;
    bool is_true = word.size == 4 && strncasecmp(word.bytes, "true", 4) == 0;
    bool is_false = word.size == 5 && strncasecmp(word.bytes, "false", 5) == 0;
    return !is_true && !is_false;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Up to a blank or mark; a comment ends it, but http:// is no comment. */
static size_t word_size(struct span rest)
{
    size_t size = 0;
    while (size < rest.size && strchr(" \t\r\n\f{}[]()=;,\"#", rest.bytes[size]) == NULL) {
        bool is_slash = rest.bytes[size] == '/' && size + 1 < rest.size;
        bool is_comment = is_slash && size > 0 && rest.bytes[size - 1] != ':' &&
                          strchr("/*", rest.bytes[size + 1]) != NULL;
        if (is_comment)
            break;
        size++;
    }
    return size > 0 ? size : 1;
}

/* An unquoted text may have several words: to the end of the line or a mark, unless that mark
 * is a '=', for then the last words are the next setting. */
static size_t phrase_size(struct span rest, size_t first)
{
    size_t size = first;
    while (size < rest.size && strchr("\r\n\f{}[]()=;,\"#", rest.bytes[size]) == NULL)
        size++;
    if (size < rest.size && rest.bytes[size] == '=')
        return first;
    while (size > first && is_blank(rest.bytes[size - 1]))
        size--;
    return size;
}

static bool is_all_digits(struct span span)
{
    for (size_t i = 0; i < span.size; i++)
        if (!is_digit(span.bytes[i]))
            return false;
    return span.size > 0;
}

static struct span span_from(struct span span, size_t start)
{
    return (struct span){span.bytes + start, span.size - start};
}

/* "5m", "1h30m", "64MiB", "15 min": digits, then letters. */
static bool has_unit(struct span span)
{
    size_t digits = 0;
    while (digits < span.size && is_digit(span.bytes[digits]))
        digits++;
    return digits > 0 && digits < span.size && is_letter(span.bytes[digits]);
}

static bool is_clock(struct span span)
{
    const char *colon = memchr(span.bytes, ':', span.size);
    return colon != NULL && colon - span.bytes <= 2 &&
           is_all_digits((struct span){span.bytes, (size_t)(colon - span.bytes)}) &&
           (size_t)(colon - span.bytes) + 1 < span.size && is_digit(colon[1]);
}

static bool is_float(struct span span)
{
    bool has_point = false;
    size_t digits = 0;
    for (size_t i = span.bytes[0] == '-' ? 1 : 0; i < span.size; i++) {
        if (is_digit(span.bytes[i]))
            digits++;
        else if (span.bytes[i] == '.' && !has_point)
            has_point = true;
        else
            return false;
    }
    return has_point && digits > 0;
}

static bool fits_integer(struct span digits, bool is_negative)
{
    if (digits.size > INTEGER_DIGITS_MAX)
        return false;
    int64_t number = 0;
    for (size_t i = 0; i < digits.size; i++)
        number = number * 10 + (digits.bytes[i] - '0');
    return number <= (is_negative ? -(int64_t)INT32_MIN : INT32_MAX);
}

/* What is wrong with a word of digits with an optional sign, or NULL. */
static const char *number_fault(struct span word)
{
    bool has_sign = word.bytes[0] == '-' || word.bytes[0] == '+';
    struct span digits = span_from(word, has_sign ? 1 : 0);
    if (word.bytes[0] == '+' && digits.size >= 7)
        return "a phone number must be in quotes: as a number it would change";
    if (word.bytes[0] == '+')
        return "a number is written without +";
    if (digits.bytes[0] == '0' && digits.size > 1)
        return "a number cannot begin with 0";
    if (!fits_integer(digits, word.bytes[0] == '-'))
        return "this number is too big: it would be read as another one";
    return NULL;
}

static struct word word_quote(struct arena *arena, struct span span, const char *what)
{
    CLEANUP(text_clear) struct text quoted = {0};
    text_add_char(&quoted, '"');
    for (size_t i = 0; i < span.size; i++) {
        if (span.bytes[i] == '\\')
            text_add_char(&quoted, '\\');
        text_add_char(&quoted, span.bytes[i]);
    }
    text_add_char(&quoted, '"');
    return (struct word){
        .kind = TOKEN_STRING,
        .size = span.size,
        .text = arena_copy(arena, text_string(&quoted)),
        .what = what,
        .hint = arena_format(arena, "write %s", text_string(&quoted)),
    };
}

static struct word word_number(struct arena *arena, struct span span)
{
    const char *what = number_fault(span);
    if (what == NULL)
        return (struct word){TOKEN_INTEGER, span.size, arena_copy_span(arena, span), NULL, NULL};

    struct word word = word_quote(arena, span, what);
    if (span.bytes[0] == '+' && span.size < 8)
        word.hint = arena_format(arena, "write %.*s", (int)span.size - 1, span.bytes + 1);
    return word;
}

/* Words that other formats take for true and false. */
static const struct {
    const char *word;
    const char *value;
    const char *hint;
} switches[] = {
    {"true", "true", NULL},
    {"false", "false", NULL},
    {"yes", "true", "write true"},
    {"no", "false", "write false"},
    {"on", "true", "write true"},
    {"off", "false", "write false"},
    {"enabled", "true", "write true"},
    {"disabled", "false", "write false"},
};

static bool word_switch(struct span span, struct word *word)
{
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        if (span.size != strlen(switches[i].word) ||
            strncasecmp(span.bytes, switches[i].word, span.size) != 0)
            continue;
        bool is_right = switches[i].hint == NULL;
        *word = (struct word){
            .kind = TOKEN_BOOL,
            .size = span.size,
            .text = switches[i].value,
            .what = is_right ? NULL : "a switch is true or false",
            .hint = switches[i].hint,
        };
        return true;
    }
    return false;
}

struct word word_read(struct arena *arena, struct span rest)
{
    struct span span = {rest.bytes, word_size(rest)};
    struct word word;
    bool has_sign = span.bytes[0] == '-' || span.bytes[0] == '+';
    if (is_all_digits(span_from(span, has_sign ? 1 : 0)))
        return word_number(arena, span);
    if (is_float(span))
        return (struct word){TOKEN_FLOAT, span.size, arena_copy_span(arena, span), NULL, NULL};
    if (word_switch(span, &word))
        return word;
    if (is_clock(span))
        return word_quote(arena, span, "a time must be in quotes");
    if (has_unit(span))
        return word_quote(arena, span, "a value with a unit must be in quotes");

    span.size = phrase_size(rest, span.size);
    return word_quote(arena, span, "text must be in quotes");
}
