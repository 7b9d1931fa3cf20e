/* SPDX-License-Identifier: MIT */
/* Unicode text: what is valid, what is dropped, what compares as equal, how wide it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/utf8.h"

static void assert_folded(const char *in, const char *out)
{
    CLEANUP(text_clear) struct text text = {0};
    utf8_add_folded(&text, span_of(in));
    assert_string_equal(text_string(&text), out);
}

static void every_code_point_reads_back(void **state)
{
    (void)state;
    for (uint32_t code = 1; code <= 0x10ffff; code++) {
        if (code >= 0xd800 && code < 0xe000)
            continue;
        CLEANUP(text_clear) struct text text = {0};
        utf8_add(&text, code);
        struct span rest = text_span(&text);
        if (!utf8_is_valid(rest) || utf8_next(&rest) != code || rest.size != 0)
            fail_msg("U+%04X", code);
    }
}

static void bad_sequences_are_not_valid(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x80",
        "\xc0\x80",
        "\xc1\xbf",
        "\xe0\x80\x80",
        "\xe0\x9f\xbf",
        "\xed\xa0\x80",
        "\xed\xbf\xbf",
        "\xf0\x80\x80\x80",
        "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80",
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc3",
        "\xe2\x82",
        "\xf0\x9f\x98",
        "\xc3\x28",
        "\xe2\x28\xa1",
        "a\xfe",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(utf8_is_valid(span_of(texts[i])));
    assert_true(utf8_is_valid((struct span){0}));
}

static void a_bad_byte_is_one_replacement_character(void **state)
{
    (void)state;
    struct span rest = SPAN("\xe2\x82z");
    assert_int_equal(utf8_next(&rest), UTF8_REPLACEMENT);
    assert_int_equal(utf8_next(&rest), UTF8_REPLACEMENT);
    assert_int_equal(utf8_next(&rest), 'z');
    assert_int_equal(utf8_next(&rest), 0);
}

static void what_is_no_code_point_is_written_as_replacement(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    utf8_add(&text, 0xd800);
    utf8_add(&text, 0x110000);
    assert_string_equal(text_string(&text), "\xef\xbf\xbd\xef\xbf\xbd");
}

static void a_cut_is_between_letters(void **state)
{
    (void)state;
    struct span span = SPAN("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    static const size_t sizes[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
    for (size_t max = 0; max < sizeof sizes / sizeof *sizes; max++)
        assert_int_equal(utf8_cut(span, max).size, sizes[max]);
    assert_int_equal(utf8_cut(SPAN("\x80\x80\x80\x80\x80\x80"), 5).size, 5);
}

static void clean_text_has_no_controls_and_is_valid(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    utf8_add_clean(&text, SPAN("a\tb\nc\r\x1b[0m\0\x7f\xc2\x85"
                               "d\xff\xc3\xa4\xe2\x80\xae\xe2\x81\xa6"));
    assert_string_equal(text_string(&text), "a\tb\nc[0md\xef\xbf\xbd\xc3\xa4");
}

static void names_compare_without_case_and_spacing(void **state)
{
    (void)state;
    assert_folded("  Ana \t\n M\xc3\x9cLLER\xc2\xa0\xe3\x80\x80", "ana m\xc3\xbcller");
    assert_folded("", "");
    assert_folded(" \t ", "");
    assert_folded("\xc5\x81UKASZ \xc5\xbb\xc3\x93\xc5\x81W",
                  "\xc5\x82ukasz \xc5\xbc\xc3\xb3\xc5\x82w");
    assert_folded("\xce\xa3\xce\x8f\xce\xa4\xce\x97\xce\xa1\xce\x97\xcf\x82",
                  "\xcf\x83\xcf\x8e\xcf\x84\xce\xb7\xcf\x81\xce\xb7\xcf\x83");
    assert_folded("\xd0\x9f\xd0\x81\xd0\xa2\xd0\xa0 \xd0\x84",
                  "\xd0\xbf\xd1\x91\xd1\x82\xd1\x80 \xd1\x94");
    assert_folded("\xe1\xba\x9e \xc5\xb8 \xc4\xb0", "\xc3\x9f \xc3\xbf i");
    assert_folded("\xe5\xb1\xb1\xe7\x94\xb0", "\xe5\xb1\xb1\xe7\x94\xb0");
}

static void marks_are_composed_with_their_letter(void **state)
{
    (void)state;
    assert_folded("Mu\xcc\x88ller", "m\xc3\xbcller");
    assert_folded("A\xcc\x8a", "\xc3\xa5");
    /* e with circumflex and dot below, in every order of typing */
    assert_folded("e\xcc\xa3\xcc\x82", "\xe1\xbb\x87");
    assert_folded("e\xcc\x82\xcc\xa3", "\xe1\xbb\x87");
    assert_folded("\xc3\xaa\xcc\xa3", "\xe1\xbb\x87");
    assert_folded("\xe1\xba\xb9\xcc\x82", "\xe1\xbb\x87");
    assert_folded("\xd0\xb8\xcc\x86", "\xd0\xb9");
    assert_folded("\xce\xb1\xcc\x81", "\xce\xac");
    /* what has no composed form stays as it is */
    assert_folded("q\xcc\x88x", "q\xcc\x88x");
    assert_folded("\xcc\x88", "\xcc\x88");
    /* a mark of the same class blocks the next */
    assert_folded("a\xcc\x85\xcc\x88", "a\xcc\x85\xcc\x88");
}

static void a_pile_of_marks_is_kept_and_does_no_harm(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text in = {0};
    CLEANUP(text_clear) struct text out = {0};
    text_add(&in, "z");
    for (int i = 0; i < 1000; i++)
        text_add(&in, i % 2 == 0 ? "\xcc\x88" : "\xcc\xa3");
    utf8_add_folded(&out, text_span(&in));
    assert_true(utf8_is_valid(text_span(&out)));
    assert_true(out.size <= in.size);
    assert_true(out.size >= in.size - 10);
}

/* Every byte at every place of a text of several words. */
static void plain_text_ends_at_the_first_byte_that_is_not_printable(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 27; place++) {
            char text[27];
            memset(text, place % 2 == 0 ? ' ' : '~', sizeof(text));
            text[place] = (char)byte;
            bool is_plain = byte >= ' ' && byte < 0x7f;
            size_t size = utf8_plain_size((struct span){text, sizeof(text)});
            if (size != (is_plain ? sizeof(text) : place))
                fail_msg("byte %d at %zu: %zu", byte, place, size);
        }
    }
}

static void folding_appends(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, "x");
    utf8_add_folded(&text, SPAN(" A B "));
    assert_string_equal(text_string(&text), "xa b");
}

static void width_is_in_columns(void **state)
{
    (void)state;
    assert_int_equal(utf8_width(SPAN("abc")), 3);
    assert_int_equal(utf8_width(SPAN("gr\xc3\xbc\xc3\x9f")), 4);
    assert_int_equal(utf8_width(SPAN("u\xcc\x88")), 1);
    assert_int_equal(utf8_width(SPAN("\xe5\xb1\xb1\xe7\x94\xb0")), 4);
    assert_int_equal(utf8_width(SPAN("\xed\x95\x9c")), 2);
    assert_int_equal(utf8_width(SPAN("\xf0\x9f\x98\x80")), 2);
    assert_int_equal(utf8_width(SPAN("\xe2\x80\x8b")), 0);
    assert_int_equal(utf8_width(SPAN("\xe2\x94\x82\xe2\x97\x8f")), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_reads_back),
        cmocka_unit_test(bad_sequences_are_not_valid),
        cmocka_unit_test(a_bad_byte_is_one_replacement_character),
        cmocka_unit_test(what_is_no_code_point_is_written_as_replacement),
        cmocka_unit_test(a_cut_is_between_letters),
        cmocka_unit_test(clean_text_has_no_controls_and_is_valid),
        cmocka_unit_test(names_compare_without_case_and_spacing),
        cmocka_unit_test(marks_are_composed_with_their_letter),
        cmocka_unit_test(a_pile_of_marks_is_kept_and_does_no_harm),
        cmocka_unit_test(plain_text_ends_at_the_first_byte_that_is_not_printable),
        cmocka_unit_test(folding_appends),
        cmocka_unit_test(width_is_in_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
