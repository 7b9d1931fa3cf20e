/* SPDX-License-Identifier: MIT */
#include "ingest/mail_words.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

#define WORD_MAX 4096 /* bytes of an encoded word; RFC 2047 allows 75 */

/* ---- character sets ---- */

/* Windows-1252 where it differs from ISO-8859-1: 0x80 to 0x9f. */
static const uint16_t windows_codes[32] = {
    0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
    0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
};

/* ISO-8859-15 where it differs from ISO-8859-1. */
static const struct {
    unsigned char byte;
    uint16_t code;
} latin9_codes[] = {
    {0xa4, 0x20ac}, {0xa6, 0x160}, {0xa8, 0x161}, {0xb4, 0x17d},
    {0xb8, 0x17e},  {0xbc, 0x152}, {0xbd, 0x153}, {0xbe, 0x178},
};

static uint32_t latin1_code(unsigned char byte)
{
    /* What says to be ISO-8859-1 and has these bytes is Windows-1252. */
    return byte >= 0x80 && byte < 0xa0 ? windows_codes[byte - 0x80] : byte;
}

static uint32_t latin9_code(unsigned char byte)
{
    for (size_t i = 0; i < sizeof(latin9_codes) / sizeof(*latin9_codes); i++) {
        if (latin9_codes[i].byte == byte)
            return latin9_codes[i].code;
    }
    return byte;
}

static uint32_t unknown_code(unsigned char byte)
{
    return byte < 0x80 ? byte : UTF8_REPLACEMENT;
}

/* NULL for `code`: UTF-8. */
static const struct charset {
    const char *name;
    uint32_t (*code)(unsigned char byte);
} charsets[] = {
    {"", NULL},
    {"utf-8", NULL},
    {"utf8", NULL},
    {"us-ascii", NULL},
    {"ansi_x3.4-1968", NULL}, /* how a C locale calls ASCII */
    {"ascii", NULL},
    {"unknown-8bit", NULL},
    {"iso-8859-1", latin1_code},
    {"iso8859-1", latin1_code},
    {"latin1", latin1_code},
    {"windows-1252", latin1_code},
    {"cp1252", latin1_code},
    {"iso-8859-15", latin9_code},
    {"iso8859-15", latin9_code},
    {"latin-9", latin9_code},
};

static const struct charset *charset_find(const char *name)
{
    for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++) {
        if (string_same(charsets[i].name, name))
            return &charsets[i];
    }
    return NULL;
}

/* A NUL would end the text for whoever reads it as a string. */
static void zeros_replace(struct text *text, size_t from)
{
    for (size_t i = from; i < text->size; i++) {
        if (text->bytes[i] == '\0')
            text->bytes[i] = ' ';
    }
}

bool mail_charset_add(struct text *text, struct span bytes, const char *charset)
{
    size_t from = text->size;
    const struct charset *known = charset_find(charset);
    bool is_ascii = true;
    uint32_t (*code)(unsigned char) = known != NULL ? known->code : unknown_code;
    if (code == NULL && utf8_is_valid(bytes)) {
        text_add_span(text, bytes);
        zeros_replace(text, from);
        return true;
    }
    if (code == NULL)
        code = latin1_code;
    for (size_t i = 0; i < bytes.size; i++) {
        is_ascii = is_ascii && (unsigned char)bytes.bytes[i] < 0x80;
        utf8_add(text, code((unsigned char)bytes.bytes[i]));
    }
    zeros_replace(text, from);
    return known != NULL || is_ascii;
}

/* ---- transfer encodings ---- */

static int hex_digit(char byte)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = byte == '\0' ? NULL : strchr(digits, byte >= 'A' ? byte | 0x20 : byte);
    return at == NULL ? -1 : (int)(at - digits);
}

void mail_hex_add(struct text *bytes, struct span coded, char mark)
{
    for (size_t i = 0; i < coded.size; i++) {
        int high = coded.size - i > 2 ? hex_digit(coded.bytes[i + 1]) : -1;
        int low = coded.size - i > 2 ? hex_digit(coded.bytes[i + 2]) : -1;
        if (coded.bytes[i] != mark || high < 0 || low < 0) {
            text_add_char(bytes, coded.bytes[i]);
            continue;
        }
        text_add_char(bytes, (char)(high * 16 + low));
        i += 2;
    }
}

static int base64_digit(char byte)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = byte == '\0' ? NULL : strchr(digits, byte);
    return at == NULL ? -1 : (int)(at - digits);
}

/* What is no digit is passed over (RFC 2045 6.8); padding ends a group. */
static void base64_add(struct text *bytes, struct span coded, size_t max)
{
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < coded.size && bytes->size < max; i++) {
        int digit = base64_digit(coded.bytes[i]);
        if (coded.bytes[i] == '=')
            count = 0;
        if (digit < 0)
            continue;
        bits = (bits << 6 | (uint32_t)digit) & 0xffffff;
        count++;
        if (count == 1)
            continue;
        text_add_char(bytes, (char)(bits >> (8 - 2 * count) & 0xff));
        if (count == 4)
            count = 0;
    }
}

/* Lines one by one: an equals sign at the end joins, white space there was added on the way. */
static void quoted_add(struct text *bytes, struct span coded, size_t max)
{
    while (coded.size > 0 && bytes->size < max) {
        bool has_end = memchr(coded.bytes, '\n', coded.size) != NULL;
        struct span line = span_cut(&coded, '\n');
        while (line.size > 0 && strchr(" \t\r", line.bytes[line.size - 1]) != NULL)
            line.size--;
        bool is_joined = line.size > 0 && line.bytes[line.size - 1] == '=';
        line.size -= is_joined;
        mail_hex_add(bytes, line, '=');
        if (!is_joined && has_end)
            text_add_char(bytes, '\n');
    }
}

bool mail_coding_add(struct text *bytes, struct span coded, const char *coding, size_t max)
{
    if (string_same(coding, "base64"))
        base64_add(bytes, coded, max);
    else if (string_same(coding, "quoted-printable"))
        quoted_add(bytes, coded, max);
    else
        text_add_bytes(bytes, coded.bytes, coded.size < max ? coded.size : max);
    bool is_whole = bytes->size < max || coded.size == 0;
    if (bytes->size > max) {
        bytes->size = max;
        bytes->bytes[max] = '\0';
    }
    return is_whole;
}

/* ---- encoded words ---- */

/* "=?utf-8*en?Q?a=20b?=" taken apart. */
struct word {
    struct span charset;
    char coding; /* 'b' or 'q' */
    struct span coded;
    size_t size; /* of all of it */
};

static bool word_read(struct span rest, struct word *word)
{
    if (!span_has_prefix(rest, "=?"))
        return false;
    struct span inside = {rest.bytes + 2, rest.size - 2};
    word->charset = span_cut(&inside, '?');
    struct span coding = span_cut(&inside, '?');
    size_t room = inside.size < WORD_MAX ? inside.size : WORD_MAX;
    const char *end = memmem(inside.bytes != NULL ? inside.bytes : "", room, "?=", 2);
    if (coding.size != 1 || end == NULL || word->charset.size > 40)
        return false;
    word->coding = (char)(coding.bytes[0] | 0x20);
    word->coded = (struct span){inside.bytes, (size_t)(end - inside.bytes)};
    word->size = (size_t)(end + 2 - rest.bytes);
    struct span name = word->charset;
    word->charset = span_cut(&name, '*'); /* RFC 2231 section 5: a language may follow */
    return (word->coding == 'b' || word->coding == 'q') &&
           memchr(word->coded.bytes, '\n', word->coded.size) == NULL;
}

/* A character may be cut by the end of a word, so bytes of one set are collected first. */
struct words {
    struct text *text;
    struct text bytes;
    char charset[48];
};

static void words_flush(struct words *words)
{
    if (words->bytes.size > 0)
        (void)mail_charset_add(words->text, text_span(&words->bytes), words->charset);
    text_reset(&words->bytes);
    words->charset[0] = '\0';
}

static void words_take(struct words *words, const struct word *word)
{
    char charset[48];
    memcpy(charset, word->charset.bytes, word->charset.size);
    charset[word->charset.size] = '\0';
    if (!string_same(charset, words->charset))
        words_flush(words);
    memcpy(words->charset, charset, sizeof(charset));
    if (word->coding == 'b') {
        base64_add(&words->bytes, word->coded, SIZE_MAX);
        return;
    }
    for (size_t i = 0; i < word->coded.size; i++) {
        size_t left = word->coded.size - i;
        if (word->coded.bytes[i] == '_') {
            text_add_char(&words->bytes, ' ');
            continue;
        }
        size_t size = word->coded.bytes[i] == '=' && left > 2 ? 3 : 1;
        mail_hex_add(&words->bytes, (struct span){word->coded.bytes + i, size}, '=');
        i += size - 1;
    }
}

static size_t space_size(struct span rest)
{
    size_t size = 0;
    while (size < rest.size && strchr(" \t\r\n", rest.bytes[size]) != NULL && rest.bytes[size])
        size++;
    return size;
}

void mail_words_add(struct text *text, struct span value)
{
    struct words words = {.text = text};
    bool is_behind_word = false;
    while (value.size > 0) {
        struct word word;
        size_t space = is_behind_word ? space_size(value) : 0;
        struct span next = {value.bytes + space, value.size - space};
        size_t size;
        if (word_read(next, &word)) {
            words_take(&words, &word); /* white space between two words is not meant */
            size = space + word.size;
            is_behind_word = true;
        } else {
            words_flush(&words);
            const char *mark =
                value.size > 1 ? memmem(value.bytes + 1, value.size - 1, "=?", 2) : NULL;
            size = mark != NULL ? (size_t)(mark - value.bytes) : value.size;
            (void)mail_charset_add(text, (struct span){value.bytes, size}, "");
            is_behind_word = false;
        }
        value = (struct span){value.bytes + size, value.size - size};
    }
    words_flush(&words);
    text_clear(&words.bytes);
}
