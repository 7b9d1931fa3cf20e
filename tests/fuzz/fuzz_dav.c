/* SPDX-License-Identifier: MIT */
/*
 * fuzz_dav.c - what a CalDAV server may answer, and the way of it from the child to the daemon.
 *
 * An answer that is taken keeps its limits, comes through the messages whole, and gives no name
 * that could lead out of the collection.
 */
#include <assert.h>
#include <string.h>

#include "calendar/dav.h"
#include "fuzz.h"

static void names_check(struct arena *arena, const struct dav_answer *answer)
{
    for (size_t i = 0; i < answer->item_count; i++) {
        const char *name = NULL;
        struct fault fault = {0};
        if (!dav_name(arena, "https://x/c/", answer->items[i].href, &name, &fault)) {
            assert(fault.text[0] != '\0');
            continue;
        }
        assert(strlen(name) <= DAV_NAME_MAX && strchr(name, '/') == NULL);
        assert(strcmp(name, "..") != 0 && strcmp(name, ".") != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text request = {0};
    CLEANUP(text_clear) struct text result = {0};
    struct span body = {(const char *)bytes, size};
    struct dav_answer answer = {0};
    struct dav_answer back = {0};
    struct fault fault = {0};
    bool is_taken = dav_parse(arena, body, &answer, &fault);
    assert(is_taken || fault.text[0] != '\0');
    dav_request_render(&request, body);
    dav_request_answer(text_span(&request), &result);
    bool is_back = dav_result_parse(arena, text_span(&result), &back, &fault);
    assert(is_back == is_taken);
    if (!is_back)
        return 0;
    assert(back.item_count == answer.item_count && back.item_count <= DAV_ITEMS_MAX);
    for (size_t i = 0; i < back.item_count; i++)
        assert(back.items[i].data.size == answer.items[i].data.size);
    names_check(arena, &back);
    return 0;
}
