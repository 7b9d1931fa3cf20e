/* SPDX-License-Identifier: MIT */
/* JSON in and out: what is refused, what is kept, and where the fault is. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

static const struct json *parsed(struct arena *arena, struct span bytes)
{
    const struct json *json = NULL;
    struct fault fault = {0};
    bool is_parsed = json_parse(arena, bytes, &json, &fault);
    if (!is_parsed)
        print_error("%.*s: %s\n", (int)bytes.size, bytes.bytes, fault.text);
    assert_true(is_parsed);
    assert_non_null(json);
    return json;
}

static void assert_refused(struct span bytes, const char *because)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = NULL;
    struct fault fault = {0};
    if (json_parse(arena, bytes, &json, &fault))
        fail_msg("accepted: %.*s", (int)bytes.size, bytes.bytes);
    assert_null(json);
    if (strstr(fault.text, because) == NULL)
        fail_msg("%.*s: '%s' does not say '%s'", (int)bytes.size, bytes.bytes, fault.text, because);
}

static void assert_round_trip(const char *in, const char *out)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text text = {0};
    json_render(&text, parsed(arena, span_of(in)));
    assert_string_equal(text_string(&text), out);
}

static void a_document_is_read_into_a_tree(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = parsed(
        arena,
        SPAN(" { \"a\" : [1, -2.5, true ,false,null, \"x\"], \"b\":{\"c\":\"d\"}, \"e\":{} } \n"));
    assert_int_equal(json->kind, JSON_OBJECT);
    assert_int_equal(json->count, 3);
    const struct json *a = json_find(json, "a");
    assert_int_equal(a->kind, JSON_ARRAY);
    assert_int_equal(a->count, 6);
    assert_int_equal(a->first->integer, 1);
    assert_true(a->first->next->number == -2.5);
    assert_int_equal(a->first->next->integer, -2);
    assert_string_equal(json_string(json_find(json, "b"), "c"), "d");
    assert_int_equal(json_find(json, "e")->count, 0);
}

static void lookups_can_be_chained_through_nothing(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = parsed(arena, SPAN("{\"n\":7,\"s\":\"t\",\"b\":true,\"z\":null}"));
    assert_null(json_find(json_find(json, "missing"), "x"));
    assert_null(json_string(NULL, "x"));
    assert_null(json_string(json, "n"));
    assert_string_equal(json_text(json, "n"), "7");
    assert_string_equal(json_text(json, "b"), "true");
    assert_null(json_text(json, "z"));
    assert_int_equal(json_integer(json, "n", 1), 7);
    assert_int_equal(json_integer(json, "s", 1), 1);
    assert_true(json_bool(json, "b", false));
    assert_true(json_bool(json, "missing", true));
}

static void numbers_keep_their_source_text(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json =
        parsed(arena, SPAN("{\"a\":12345678901234567890,\"b\":1.10,\"c\":-0,\"d\":1e400,"
                           "\"e\":-123456789012345678901234567890,\"f\":9223372036854775807}"));
    assert_string_equal(json_text(json, "a"), "12345678901234567890");
    assert_string_equal(json_text(json, "b"), "1.10");
    assert_string_equal(json_text(json, "c"), "-0");
    assert_string_equal(json_text(json, "d"), "1e400");
    assert_true(json_integer(json, "a", 0) == INT64_MAX);
    assert_true(json_integer(json, "d", 0) == INT64_MAX);
    assert_true(json_integer(json, "e", 0) == INT64_MIN);
    assert_true(json_integer(json, "f", 0) == INT64_MAX);
}

static void a_lone_value_is_a_document(void **state)
{
    (void)state;
    static const char *const documents[] = {"1",    "-0.5e+3", "true", "false",
                                            "null", "\"a\"",   "[]",   "{}"};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        assert_round_trip(documents[i], documents[i]);
    assert_round_trip(" \"b\" \n", "\"b\"");
    assert_round_trip("\xef\xbb\xbf[1]", "[1]");
}

static void strings_are_unescaped(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json =
        parsed(arena, SPAN("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u00e4\\u20AC\\ud83d\\ude00\","
                           "\"gr\xc3\xbc\xc3\x9f\", \"\"]"));
    assert_string_equal(json->first->text, "\"\\/\b\f\n\r\t");
    assert_string_equal(json->first->next->text, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    assert_string_equal(json->first->next->next->text, "gr\xc3\xbc\xc3\x9f");
    assert_int_equal(json->first->next->next->next->text_size, 0);
}

static void an_escaped_nul_cannot_cut_a_string_short(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = parsed(arena, SPAN("{\"a\\u0000b\":\"db\\u0000 down\"}"));
    assert_string_equal(json->first->key, "a\xef\xbf\xbd"
                                          "b");
    assert_string_equal(json->first->text, "db\xef\xbf\xbd down");
    assert_int_equal(strlen(json->first->text), json->first->text_size);
}

static void half_a_surrogate_pair_becomes_the_replacement_character(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = parsed(
        arena, SPAN("[\"\\ud83d\",\"\\ude00x\",\"\\ud83d\\u0041\",\"\\ud83d\\ud83d\\ude00\"]"));
    assert_string_equal(json->first->text, "\xef\xbf\xbd");
    assert_string_equal(json->first->next->text, "\xef\xbf\xbdx");
    assert_string_equal(json->first->next->next->text, "\xef\xbf\xbd"
                                                       "A");
    assert_string_equal(json->first->next->next->next->text, "\xef\xbf\xbd\xf0\x9f\x98\x80");
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const documents[] = {
        "[1,]",
        "[,1]",
        "[1,,2]",
        "[1 2]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "[1}",
        "{\"a\":1]",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[1e]",
        "[1e+]",
        "[-]",
        "[0x10]",
        "[NaN]",
        "[Infinity]",
        "[-Infinity]",
        "[truex]",
        "[tru]",
        "[nulll]",
        "[TRUE]",
        "[\"\\x\"]",
        "[\"\\u12\"]",
        "[\"\\u12g4\"]",
        "nul",
        "tru",
        "1 2",
        "[1] 2",
        "{} {}",
        "[] ]",
        "}",
        "]",
        ":",
        ",",
        "[1:2]",
        "{\"a\":1:2}",
        "{1:2}",
        "\"a\" \"b\"",
        "[\"a\" \"b\"]",
        "{\"a\":\"b\" \"c\":1}",
        "[\"a\":1]",
        "12abc",
        "[1a]",
        "-",
        "[\"\\",
        "[1,2",
        "{\"a\":",
        "{\"a\":1",
        "[\"a",
        "[[1]",
        "{\"a\":{}",
        "// x\n1",
        "[1]/**/",
        "[null,",
        "{\"a\":}",
        "[{]}",
        "true false",
        "{,}",
        "[1]x",
        "x",
        "'a'",
    };
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        assert_refused(span_of(documents[i]), "not JSON: ");
    assert_refused(SPAN("[\"a\nb\"]"), "not escaped");
    assert_refused(SPAN("[\"a\0b\"]"), "not escaped");
    assert_refused(SPAN(""), "it is empty");
    assert_refused(SPAN("  \n "), "it is empty");
    assert_refused(SPAN("\xef\xbb\xbf"), "it is empty");
    assert_refused(SPAN("[1]\0"), "not JSON");
}

static void bad_utf8_is_refused_with_its_place(void **state)
{
    (void)state;
    assert_refused(SPAN("[\"ab\xff\"]"), "it is not UTF-8, at byte 4");
    assert_refused(SPAN("[\"\xed\xa0\x80\"]"), "it is not UTF-8, at byte 2");
    assert_refused(SPAN("[\"\xc0\x80\"]"), "it is not UTF-8, at byte 2");
    assert_refused(SPAN("\xef\xbb\xbf[\"\xf8\"]"), "it is not UTF-8, at byte 5");
}

static void a_fault_says_at_which_byte(void **state)
{
    (void)state;
    assert_refused(SPAN("{\"a\": 01}"), "at byte 6");
    assert_refused(SPAN("[1, troo]"), "at byte 4");
    assert_refused(SPAN("[1] x"), "at byte 4");
    assert_refused(SPAN("[\"abc\\q\"]"), "at byte 5");
}

static void a_name_may_not_occur_twice_in_an_object(void **state)
{
    (void)state;
    assert_refused(SPAN("{\"status\":\"firing\",\"b\":1,\"status\":\"resolved\"}"),
                   "\"status\" twice");
    assert_refused(SPAN("{\"a\":1,\"\\u0061\":2}"), "\"a\" twice");
    assert_refused(SPAN("[{\"x\":{\"k\":1,\"k\":2}}]"), "\"k\" twice");
    assert_round_trip("{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}",
                      "{\"a\":{\"a\":{\"a\":1}},\"b\":{\"a\":1}}");
}

static struct span nested(struct text *text, int depth, const char *open, const char *inner,
                          const char *close)
{
    for (int i = 0; i < depth; i++)
        text_add(text, open);
    text_add(text, inner);
    for (int i = 0; i < depth; i++)
        text_add(text, close);
    return text_span(text);
}

static void nesting_is_limited(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text allowed = {0};
    CLEANUP(text_clear) struct text refused = {0};
    CLEANUP(text_clear) struct text bomb = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    parsed(arena, nested(&allowed, JSON_DEPTH_MAX, "[", "1", "]"));
    assert_refused(nested(&refused, JSON_DEPTH_MAX + 1, "{\"a\":", "1", "}"), "deeper than 32");
    assert_refused(nested(&bomb, 200000, "[", "", ""), "deeper than 32");
}

static void members_of_an_object_are_limited(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (int i = 0; i < JSON_MEMBERS_MAX; i++)
        text_addf(&text, "%c\"k%d\":%d", i == 0 ? '{' : ',', i, i);
    size_t size = text.size;
    text_add_char(&text, '}');
    assert_int_equal(parsed(arena, text_span(&text))->count, JSON_MEMBERS_MAX);
    text.size = size;
    text_add(&text, ",\"more\":1}");
    assert_refused(text_span(&text), "more than 4096 members");
}

static void a_refused_document_does_not_harm_the_next(void **state)
{
    (void)state;
    for (int i = 0; i < 50; i++) {
        assert_refused(SPAN("{\"a\":{\"b\":[1,2"), "not JSON");
        assert_refused(SPAN("{\"a\":{\"b\":1,\"c\":oops}}"), "not JSON");
        assert_round_trip("{\"a\":{\"b\":1,\"c\":2}}", "{\"a\":{\"b\":1,\"c\":2}}");
    }
}

static void *parse_often(void *argument)
{
    const char *document = argument;
    for (int i = 0; i < 2000; i++) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        CLEANUP(text_clear) struct text text = {0};
        const struct json *json = NULL;
        if (!json_parse(arena, span_of(document), &json, NULL))
            return NULL;
        json_render(&text, json);
        if (!string_is(text_string(&text), document))
            return NULL;
    }
    return argument;
}

static void threads_do_not_share_a_reader(void **state)
{
    (void)state;
    static char first[] = "{\"alerts\":[{\"status\":\"firing\",\"n\":1}]}";
    static char second[] = "[\"a\",\"b\",{\"c\":[1,2,3,4,5]}]";
    pthread_t threads[2];
    assert_int_equal(pthread_create(&threads[0], NULL, parse_often, first), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, parse_often, second), 0);
    for (int i = 0; i < 2; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
}

static void every_prefix_of_a_document_is_refused_or_whole(void **state)
{
    (void)state;
    static const char document[] =
        "{\"a\":[1,2.5e3,{\"b\":null}],\"c\":\"\\u00e4\\n\",\"d\":{\"e\":true,\"f\":[[],{}]}}";
    for (size_t size = 0; size < sizeof document - 1; size++)
        assert_refused((struct span){document, size}, "");
    assert_round_trip(document,
                      "{\"a\":[1,2.5e3,{\"b\":null}],\"c\":\"\xc3\xa4\\n\",\"d\":{\"e\":true,"
                      "\"f\":[[],{}]}}");
}

static void an_integer_is_written_as_printf_writes_it(void **state)
{
    (void)state;
    static const int64_t values[] = {0,   1,    -1,    9,         10,        -10,
                                     99,  100,  12345, INT32_MAX, INT32_MIN, INT64_MAX,
                                     999, 1000, -1000, INT64_MIN};
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text wanted = {0};
    struct json_writer writer = {.text = &text};
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
        json_put_integer(&writer, NULL, values[i]);
        text_addf(&wanted, "%s%" PRId64, i > 0 ? "," : "", values[i]);
    }
    assert_string_equal(text_string(&text), text_string(&wanted));
}

static void a_writer_puts_commas_and_escapes(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "a\"", "x\n\x01\xff\\");
    json_put_string(&writer, "none", NULL);
    json_begin_array(&writer, "list");
    json_put_integer(&writer, NULL, INT64_MIN);
    json_begin_object(&writer, NULL);
    json_end_object(&writer);
    json_begin_object(&writer, NULL);
    json_put_bool(&writer, "t", true);
    json_end_object(&writer);
    json_begin_object(&writer, NULL);
    json_put_bool(&writer, "f", false);
    json_end_object(&writer);
    json_end_array(&writer);
    json_put_null(&writer, "n");
    json_put_instant(&writer, "at", 1700000000000);
    json_put_instant(&writer, "never", MSEC_NEVER);
    json_put_instant(&writer, "zero", 0);
    json_put_raw(&writer, "raw", "[1]");
    json_end_object(&writer);
    assert_string_equal(
        text_string(&text),
        "{\"a\\\"\":\"x\\n\\u0001\xef\xbf\xbd\\\\\",\"none\":null,\"list\":["
        "-9223372036854775808,{},{\"t\":true},{\"f\":false}],\"n\":null,"
        "\"at\":\"2023-11-14T22:13:20Z\",\"never\":null,\"zero\":null,\"raw\":[1]}");
    CLEANUP(arena_free) struct arena *arena = arena_new();
    parsed(arena, text_span(&text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_is_read_into_a_tree),
        cmocka_unit_test(lookups_can_be_chained_through_nothing),
        cmocka_unit_test(numbers_keep_their_source_text),
        cmocka_unit_test(a_lone_value_is_a_document),
        cmocka_unit_test(strings_are_unescaped),
        cmocka_unit_test(an_escaped_nul_cannot_cut_a_string_short),
        cmocka_unit_test(half_a_surrogate_pair_becomes_the_replacement_character),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(bad_utf8_is_refused_with_its_place),
        cmocka_unit_test(a_fault_says_at_which_byte),
        cmocka_unit_test(a_name_may_not_occur_twice_in_an_object),
        cmocka_unit_test(nesting_is_limited),
        cmocka_unit_test(members_of_an_object_are_limited),
        cmocka_unit_test(a_refused_document_does_not_harm_the_next),
        cmocka_unit_test(threads_do_not_share_a_reader),
        cmocka_unit_test(every_prefix_of_a_document_is_refused_or_whole),
        cmocka_unit_test(an_integer_is_written_as_printf_writes_it),
        cmocka_unit_test(a_writer_puts_commas_and_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
