/* SPDX-License-Identifier: MIT */
#include "ingest/mail_head.h"

#include <ctype.h>
#include <string.h>

#include "ingest/mail_words.h"

/* One line without its end; moves on behind that. */
static struct span line_cut(struct span *rest)
{
    struct span line = span_cut(rest, '\n');
    if (line.size > 0 && line.bytes[line.size - 1] == '\r')
        line.size--;
    return line;
}

static bool is_folded(struct span line)
{
    return line.size > 0 && (line.bytes[0] == ' ' || line.bytes[0] == '\t');
}

/* Where the name of a field ends; 0 for a line that is no field. RFC 5322 3.6.8 */
static size_t name_size(struct span line)
{
    size_t size = 0;
    while (size < line.size && line.bytes[size] > ' ' && line.bytes[size] < 0x7f &&
           line.bytes[size] != ':')
        size++;
    size_t end = size;
    while (end < line.size && (line.bytes[end] == ' ' || line.bytes[end] == '\t'))
        end++;
    return end < line.size && line.bytes[end] == ':' ? size : 0;
}

static bool is_mailbox_line(struct span line)
{
    return span_has_prefix(line, "From ") || span_has_prefix(line, ">From ");
}

struct span mail_head_cut(struct span *rest)
{
    struct span head = {rest->bytes, 0};
    while (rest->size > 0 && head.size < MAIL_HEAD_MAX) {
        struct span after = *rest;
        struct span line = line_cut(&after);
        bool is_inside =
            is_mailbox_line(line) || name_size(line) > 0 || (head.size > 0 && is_folded(line));
        if (line.size > 0 && !is_inside)
            return head;
        *rest = after;
        if (line.size == 0)
            return head;
        head.size = (size_t)(rest->size > 0 ? rest->bytes - head.bytes
                                            : line.bytes + line.size - head.bytes);
    }
    return head;
}

static bool name_is(struct span line, const char *name)
{
    size_t size = name_size(line);
    return size > 0 && size == strlen(name) && strncasecmp(line.bytes, name, size) == 0;
}

static void value_add(struct text *value, struct span line)
{
    size_t room = value->size < MAIL_FIELD_MAX ? MAIL_FIELD_MAX - value->size : 0;
    if (line.size > room)
        line.size = room;
    text_add_span(value, line);
}

bool mail_field(struct span head, const char *name, struct text *value)
{
    text_reset(value);
    while (head.size > 0) {
        struct span line = line_cut(&head);
        if (!name_is(line, name))
            continue;
        (void)span_cut(&line, ':');
        value_add(value, span_trim(line));
        while (head.size > 0 && (*head.bytes == ' ' || *head.bytes == '\t')) {
            text_add_char(value, ' ');
            value_add(value, span_trim(line_cut(&head)));
        }
        return true;
    }
    return false;
}

bool mail_field_words(struct span head, const char *name, struct text *value)
{
    CLEANUP(text_clear) struct text raw = {0};
    text_reset(value);
    if (!mail_field(head, name, &raw))
        return false;
    mail_words_add(value, text_span(&raw));
    return true;
}

void mail_field_word(const char *field, struct text *word)
{
    text_reset(word);
    struct span rest = span_trim(span_of(field));
    for (size_t i = 0; i < rest.size && strchr("; \t(", rest.bytes[i]) == NULL; i++)
        text_add_char(word, (char)tolower((unsigned char)rest.bytes[i]));
}

/* One value of a parameter, quoted or not; moves on behind it. */
static void parameter_value(struct span *rest, struct text *value)
{
    bool is_quoted = rest->size > 0 && *rest->bytes == '"';
    size_t at = is_quoted ? 1 : 0;
    for (; at < rest->size; at++) {
        char byte = rest->bytes[at];
        if (is_quoted ? byte == '"' : byte == ';' || byte == ' ' || byte == '\t')
            break;
        if (is_quoted && byte == '\\' && at + 1 < rest->size)
            byte = rest->bytes[++at];
        text_add_char(value, byte);
    }
    rest->bytes += at;
    rest->size -= at;
}

/* charset'language'percent-encoded, RFC 2231 section 4; a piece behind the first has no quotes. */
static void extended_add(struct text *value, struct span coded)
{
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(text_clear) struct text charset = {0};
    const char *first = memchr(coded.bytes != NULL ? coded.bytes : "", '\'', coded.size);
    const char *end = coded.bytes + coded.size;
    const char *second = first == NULL ? NULL : memchr(first + 1, '\'', (size_t)(end - first - 1));
    if (second != NULL) {
        text_add_bytes(&charset, coded.bytes, (size_t)(first - coded.bytes));
        coded = (struct span){second + 1, (size_t)(end - second - 1)};
    }
    mail_hex_add(&bytes, coded, '%');
    (void)mail_charset_add(value, text_span(&bytes), text_string(&charset));
}

/* Is `found` the parameter, or the next piece of it: name, name*, name*0, name*1* ...? */
static bool parameter_is(struct span found, const char *name, unsigned piece, bool *is_extended)
{
    size_t size = strlen(name);
    if (found.size < size || strncasecmp(found.bytes, name, size) != 0)
        return false;
    struct span rest = {found.bytes + size, found.size - size};
    *is_extended = rest.size > 1 - (piece > 0) && rest.bytes[rest.size - 1] == '*';
    if (rest.size == 0 || (rest.size == 1 && rest.bytes[0] == '*')) {
        *is_extended = rest.size == 1;
        return piece == 0;
    }
    if (rest.bytes[0] != '*' || rest.size > 4)
        return false;
    unsigned number = 0;
    size_t at = 1;
    for (; at < rest.size && isdigit((unsigned char)rest.bytes[at]); at++)
        number = number * 10 + (unsigned)(rest.bytes[at] - '0');
    *is_extended = at < rest.size;
    return at > 1 && number == piece;
}

bool mail_parameter(const char *field, const char *name, struct text *value)
{
    struct span rest = span_of(field);
    unsigned piece = 0;
    text_reset(value);
    (void)span_cut(&rest, ';');
    while (rest.size > 0) {
        CLEANUP(text_clear) struct text one = {0};
        bool is_extended = false;
        size_t size = 0;
        rest = span_trim(rest);
        while (size < rest.size && rest.bytes[size] != '=' && rest.bytes[size] != ';')
            size++;
        struct span found = span_trim((struct span){rest.bytes, size});
        bool has_value = size < rest.size && rest.bytes[size] == '=';
        rest = (struct span){rest.bytes + size, rest.size - size};
        if (has_value) {
            rest = span_trim((struct span){rest.bytes + 1, rest.size - 1});
            parameter_value(&rest, &one);
            if (parameter_is(found, name, piece, &is_extended)) {
                piece++;
                if (is_extended)
                    extended_add(value, text_span(&one));
                else
                    mail_words_add(value, text_span(&one));
            }
        }
        (void)span_cut(&rest, ';');
    }
    return piece > 0;
}

struct span mail_address(const char *field)
{
    struct span rest = span_of(field);
    bool is_quoted = false;
    for (size_t i = 0; i < rest.size; i++) {
        if (rest.bytes[i] == '"')
            is_quoted = !is_quoted;
        if (is_quoted || rest.bytes[i] != '<')
            continue;
        struct span inside = {rest.bytes + i + 1, rest.size - i - 1};
        return span_trim(span_cut(&inside, '>'));
    }
    struct span first = span_trim(span_cut(&rest, ','));
    return span_trim(span_cut(&first, ' '));
}
