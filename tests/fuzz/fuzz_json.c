/* SPDX-License-Identifier: MIT */
/*
 * fuzz_json.c - JSON in and out.
 *
 * What is parsed is within its limits and of valid UTF-8, holds no NUL, and is the same tree after
 * it was written and read again; writing it twice gives the same bytes.
 */
#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "input.h"

static void value_check(const struct json *json, unsigned depth)
{
    size_t count = 0;
    assert(depth <= JSON_DEPTH_MAX);
    assert(json->kind != JSON_STRING || json->text != NULL);
    if (json->text != NULL) {
        assert(strlen(json->text) == json->text_size);
        output_check("text", json->text, json->text_size);
    }
    for (const struct json *one = json->first; one != NULL; one = one->next, count++) {
        assert((one->key != NULL) == (json->kind == JSON_OBJECT));
        if (one->key != NULL) {
            output_check("key", one->key, SIZE_MAX);
            assert(json_find(json, one->key) == one);
        }
        value_check(one, depth + 1);
    }
    assert(count == json->count);
    assert(json->kind != JSON_OBJECT || count <= JSON_MEMBERS_MAX);
}

static void values_compare(const struct json *left, const struct json *right)
{
    assert(left->kind == right->kind && left->count == right->count);
    assert(string_is(left->key, right->key) && string_is(left->text, right->text));
    assert(left->is_true == right->is_true && left->integer == right->integer);
    const struct json *other = right->first;
    for (const struct json *one = left->first; one != NULL; one = one->next, other = other->next)
        values_compare(one, other);
}

/* Any bytes as a string, and back: the same text, with U+FFFD for what cannot be. */
static void quoted_check(struct arena *arena, struct span bytes)
{
    CLEANUP(text_clear) struct text quoted = {0};
    CLEANUP(text_clear) struct text expected = {0};
    const struct json *back = NULL;
    struct fault fault = {0};
    json_add_quoted(&quoted, bytes);
    assert(utf8_is_valid(text_span(&quoted)));
    while (bytes.size > 0) {
        uint32_t code = utf8_next(&bytes);
        utf8_add(&expected, code != 0 ? code : UTF8_REPLACEMENT);
    }
    bool is_back = json_parse(arena, text_span(&quoted), &back, &fault);
    assert(is_back && back->kind == JSON_STRING);
    if (!string_is(back->text, text_string(&expected)))
        output_fail("quoted", text_string(&quoted));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text once = {0};
    CLEANUP(text_clear) struct text twice = {0};
    struct span body = {(const char *)bytes, size};
    const struct json *json = NULL;
    const struct json *back = NULL;
    struct fault fault = {0};

    quoted_check(arena, body);
    if (!json_parse(arena, body, &json, &fault)) {
        assert(fault.text[0] != '\0');
        output_check("fault", fault.text, sizeof fault.text - 1);
        return 0;
    }
    value_check(json, 0);
    json_render(&once, json);
    bool is_back = json_parse(arena, text_span(&once), &back, &fault);
    if (!is_back)
        output_fail(fault.text, text_string(&once));
    values_compare(json, back);
    json_render(&twice, back);
    assert(string_is(text_string(&once), text_string(&twice)));
    return 0;
}
