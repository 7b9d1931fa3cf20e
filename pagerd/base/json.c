/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <assert.h>

#include "base/utf8.h"

#define WRITER_DEPTH_MAX 63 /* bits of has_item */

static void value_begin(struct json_writer *writer, const char *key)
{
    uint64_t bit = UINT64_C(1) << writer->depth;
    if ((writer->has_item & bit) != 0)
        text_add_char(writer->text, ',');
    writer->has_item |= bit;
    if (key != NULL) {
        json_add_quoted(writer->text, span_of(key));
        text_add_char(writer->text, ':');
    }
}

static void nest(struct json_writer *writer, const char *key, char bracket)
{
    assert(writer->depth < WRITER_DEPTH_MAX);
    value_begin(writer, key);
    text_add_char(writer->text, bracket);
    writer->depth++;
    writer->has_item &= ~(UINT64_C(1) << writer->depth);
}

static void unnest(struct json_writer *writer, char bracket)
{
    assert(writer->depth > 0);
    writer->depth--;
    text_add_char(writer->text, bracket);
}

static void render_members(struct text *text, const struct json *json)
{
    for (const struct json *member = json->first; member != NULL; member = member->next) {
        if (member != json->first)
            text_add_char(text, ',');
        if (json->kind == JSON_OBJECT) {
            json_add_quoted(text, span_of(member->key));
            text_add_char(text, ':');
        }
        json_render(text, member);
    }
}

const struct json *json_find(const struct json *object, const char *key)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *member = object->first; member != NULL; member = member->next) {
        if (string_is(member->key, key))
            return member;
    }
    return NULL;
}

const char *json_string(const struct json *object, const char *key)
{
    const struct json *member = json_find(object, key);
    return member == NULL || member->kind != JSON_STRING ? NULL : member->text;
}

const char *json_text(const struct json *object, const char *key)
{
    const struct json *member = json_find(object, key);
    return member == NULL ? NULL : member->text;
}

int64_t json_integer(const struct json *object, const char *key, int64_t fallback)
{
    const struct json *member = json_find(object, key);
    return member == NULL || member->kind != JSON_NUMBER ? fallback : member->integer;
}

bool json_bool(const struct json *object, const char *key, bool fallback)
{
    const struct json *member = json_find(object, key);
    return member == NULL || member->kind != JSON_BOOL ? fallback : member->is_true;
}

void json_render(struct text *text, const struct json *json)
{
    if (json == NULL) {
        text_add(text, "null");
        return;
    }
    switch (json->kind) {
    case JSON_NULL:
        text_add(text, "null");
        break;
    case JSON_BOOL:
    case JSON_NUMBER:
        text_add(text, json->text);
        break;
    case JSON_STRING:
        json_add_quoted(text, (struct span){json->text, json->text_size});
        break;
    case JSON_ARRAY:
        text_add_char(text, '[');
        render_members(text, json);
        text_add_char(text, ']');
        break;
    case JSON_OBJECT:
        text_add_char(text, '{');
        render_members(text, json);
        text_add_char(text, '}');
        break;
    }
}

void json_begin_object(struct json_writer *writer, const char *key)
{
    nest(writer, key, '{');
}

void json_end_object(struct json_writer *writer)
{
    unnest(writer, '}');
}

void json_begin_array(struct json_writer *writer, const char *key)
{
    nest(writer, key, '[');
}

void json_end_array(struct json_writer *writer)
{
    unnest(writer, ']');
}

void json_put_string(struct json_writer *writer, const char *key, const char *value)
{
    value_begin(writer, key);
    if (value == NULL)
        text_add(writer->text, "null");
    else
        json_add_quoted(writer->text, span_of(value));
}

void json_put_integer(struct json_writer *writer, const char *key, int64_t value)
{
    value_begin(writer, key);
    char digits[20]; /* of 2^63, and a sign */
    char *at = digits + sizeof(digits);
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--at = '-';
    text_add_bytes(writer->text, at, (size_t)(digits + sizeof(digits) - at));
}

void json_put_bool(struct json_writer *writer, const char *key, bool value)
{
    value_begin(writer, key);
    text_add(writer->text, value ? "true" : "false");
}

void json_put_null(struct json_writer *writer, const char *key)
{
    json_put_string(writer, key, NULL);
}

void json_put_instant(struct json_writer *writer, const char *key, msec at)
{
    char buffer[INSTANT_TEXT_SIZE];
    bool is_never = at == MSEC_NEVER || at == 0;
    json_put_string(writer, key, is_never ? NULL : instant_render(at, buffer));
}

void json_put_raw(struct json_writer *writer, const char *key, const char *json)
{
    value_begin(writer, key);
    text_add(writer->text, json);
}

/* Bytes at the start that stay as they are. */
static size_t quoted_size(struct span span)
{
    size_t size = utf8_plain_size(span);
    struct span plain = {span.bytes, size};
    plain = span_cut(&plain, '"');
    return span_cut(&plain, '\\').size;
}

void json_add_quoted(struct text *text, struct span span)
{
    static const char short_form[0x20] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r',
    };
    text_add_char(text, '"');
    while (span.size > 0) {
        size_t plain = quoted_size(span);
        text_add_bytes(text, span.bytes, plain);
        span.bytes += plain;
        span.size -= plain;
        if (span.size == 0)
            break;
        uint32_t code = utf8_next(&span);
        if (code == '"' || code == '\\')
            text_addf(text, "\\%c", (char)code);
        else if (code < 0x20 && short_form[code] != '\0')
            text_addf(text, "\\%c", short_form[code]);
        else if (code < 0x20)
            text_addf(text, "\\u%04x", code);
        else
            utf8_add(text, code);
    }
    text_add_char(text, '"');
}
