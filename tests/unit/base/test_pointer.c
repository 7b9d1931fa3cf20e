/* SPDX-License-Identifier: MIT */
/* JSON Pointers: the examples of RFC 6901 section 5, and what leads nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/pointer.h"

static const char document[] = "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,"
                               "\"g|h\":4,\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8}";

static const struct json *document_parse(struct arena *arena)
{
    const struct json *json = NULL;
    struct fault fault = {0};
    assert_true(json_parse(arena, span_of(document), &json, &fault));
    return json;
}

static void the_examples_of_the_standard_lead_where_it_says(void **state)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = document_parse(arena);
    static const char *const pointers[] = {"/",     "/a~1b", "/c%d", "/e^f", "/g|h",
                                           "/i\\j", "/k\"l", "/ ",   "/m~0n"};
    (void)state;
    assert_ptr_equal(pointer_find(json, ""), json);
    assert_int_equal(pointer_find(json, "/foo")->kind, JSON_ARRAY);
    assert_string_equal(pointer_find(json, "/foo/0")->text, "bar");
    assert_string_equal(pointer_find(json, "/foo/1")->text, "baz");
    for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++)
        assert_int_equal(pointer_find(json, pointers[i])->integer, i);
}

static void what_is_not_there_is_not_found(void **state)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = document_parse(arena);
    static const char *const pointers[] = {"/nothing", "/foo/2",  "/foo/00",          "/foo/01",
                                           "/foo/-",   "/foo/-1", "/foo/99999999999", "/foo/",
                                           "/foo/0/x", "/a~1b/x", "/foo/0 ",          "/foo/+1"};
    (void)state;
    for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++)
        assert_null(pointer_find(json, pointers[i]));
    assert_null(pointer_find(NULL, "/foo"));
}

static void what_is_no_pointer_is_refused(void **state)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = document_parse(arena);
    static const char *const pointers[] = {"foo", "/m~n", "/m~", "/m~2", "#/foo", "/foo/~"};
    (void)state;
    for (size_t i = 0; i < sizeof(pointers) / sizeof(*pointers); i++) {
        assert_false(pointer_is_valid(pointers[i]));
        assert_null(pointer_find(json, pointers[i]));
    }
    assert_true(pointer_is_valid(""));
    CLEANUP(text_clear) struct text deep = {0};
    for (size_t i = 0; i <= POINTER_STEPS_MAX; i++)
        text_add(&deep, "/a");
    assert_false(pointer_is_valid(text_string(&deep)));
    CLEANUP(text_clear) struct text wide = {0};
    text_addf(&wide, "/%0*d", POINTER_STEP_SIZE_MAX, 0);
    assert_false(pointer_is_valid(text_string(&wide)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_examples_of_the_standard_lead_where_it_says),
        cmocka_unit_test(what_is_not_there_is_not_found),
        cmocka_unit_test(what_is_no_pointer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
