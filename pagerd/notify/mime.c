/* SPDX-License-Identifier: MIT */
#include "notify/mime.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "notify/notify.h"

#define ENCODED_LINE_MAX 75 /* RFC 2047: an encoded word, and a line that holds one */
#define QUOTED_LINE_MAX 76  /* RFC 2045, with its "=" */

static const char hex_digits[] = "0123456789ABCDEF";

static bool is_printable(unsigned char byte)
{
    return byte >= ' ' && byte < 0x7F;
}

static bool needs_encoding(const char *value)
{
    for (const char *at = value; *at != '\0'; at++)
        if (!is_printable((unsigned char)*at))
            return true;
    return strstr(value, "=?") != NULL;
}

/* One line without controls, and valid UTF-8. */
static void add_line(struct text *text, const char *value)
{
    CLEANUP(text_clear) struct text clean = {0};
    utf8_add_clean(&clean, span_of(value));
    for (size_t i = 0; i < clean.size; i++)
        text_add_char(text, (unsigned char)clean.bytes[i] < ' ' ? ' ' : clean.bytes[i]);
}

/* RFC 2047 section 5 (3): what is allowed everywhere, also in the name of a mailbox. */
static size_t encode_character(struct span bytes, char *word)
{
    size_t size = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char byte = (unsigned char)bytes.bytes[i];
        if (byte == ' ') {
            word[size++] = '_';
        } else if (byte < 0x80 && (isalnum(byte) || strchr("!*+-/", byte) != NULL)) {
            word[size++] = (char)byte;
        } else {
            word[size++] = '=';
            word[size++] = hex_digits[byte >> 4];
            word[size++] = hex_digits[byte & 15];
        }
    }
    return size;
}

/* Encoded words, none of which cuts a character; `column` is where the first one starts. */
static void add_encoded(struct text *text, struct span value, size_t column)
{
    text_add(text, "=?UTF-8?Q?");
    column += 10;
    while (value.size > 0) {
        struct span before = value;
        (void)utf8_next(&value);
        char word[12];
        size_t size = encode_character((struct span){before.bytes, before.size - value.size}, word);
        if (column + size + 2 > ENCODED_LINE_MAX) {
            text_add(text, "?=\r\n =?UTF-8?Q?");
            column = 11;
        }
        text_add_bytes(text, word, size);
        column += size;
    }
    text_add(text, "?=");
}

void mime_add_header(struct text *text, const char *name, const char *value)
{
    CLEANUP(text_clear) struct text line = {0};
    add_line(&line, value);
    text_addf(text, "%s: ", name);
    if (needs_encoding(text_string(&line)))
        add_encoded(text, text_span(&line), strlen(name) + 2);
    else
        text_add_span(text, text_span(&line));
    text_add(text, "\r\n");
}

void mime_add_mailbox(struct text *text, const char *name, const char *person, const char *address)
{
    CLEANUP(text_clear) struct text line = {0};
    add_line(&line, person != NULL ? person : "");
    text_addf(text, "%s: ", name);
    bool is_atom = !needs_encoding(text_string(&line));
    for (size_t i = 0; i < line.size; i++)
        is_atom = is_atom && strchr("()<>[]:;@\\,.\"", line.bytes[i]) == NULL;
    if (line.size > 0 && is_atom)
        text_addf(text, "%s ", text_string(&line));
    if (line.size > 0 && !is_atom) {
        add_encoded(text, text_span(&line), strlen(name) + 2);
        text_add(text, "\r\n ");
    }
    text_addf(text, "<%s>\r\n", address);
}

static bool is_quoted_safe(unsigned char byte, bool is_line_end)
{
    if (byte == ' ' || byte == '\t')
        return !is_line_end;
    return is_printable(byte) && byte != '=';
}

void mime_add_quoted_printable(struct text *text, struct span span)
{
    size_t column = 0;
    for (size_t i = 0; i < span.size; i++) {
        unsigned char byte = (unsigned char)span.bytes[i];
        if (byte == '\n') {
            text_add(text, "\r\n");
            column = 0;
            continue;
        }
        bool is_line_end = i + 1 == span.size || span.bytes[i + 1] == '\n';
        bool is_safe = is_quoted_safe(byte, is_line_end);
        if (column + (is_safe ? 1 : 3) > QUOTED_LINE_MAX - 1) {
            text_add(text, "=\r\n");
            column = 0;
        }
        if (is_safe)
            text_add_char(text, (char)byte);
        else
            text_addf(text, "=%c%c", hex_digits[byte >> 4], hex_digits[byte & 15]);
        column += is_safe ? 1 : 3;
    }
}

void mime_add_id_part(struct text *text, const char *string)
{
    for (const char *at = string; *at != '\0'; at++) {
        bool is_kept = isalnum((unsigned char)*at) || *at == '_' || *at == '-';
        text_add_char(text, is_kept ? *at : '-');
    }
}

bool mime_is_address(const char *address)
{
    size_t size = strlen(address);
    const char *at = strrchr(address, '@');
    if (size >= REQUEST_ADDRESS_SIZE || at == NULL || at == address || at[1] == '\0')
        return false;
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)address[i];
        if (byte <= ' ' || byte >= 0x7F || strchr("<>()[]\\,;:\"", byte) != NULL)
            return false;
    }
    return strchr(address, '@') == at;
}
