/* SPDX-License-Identifier: MIT */
/* The GSM 7-bit alphabet: what costs one septet, what costs two, and what stands for the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "notify/gsm.h"

static void expect_mapped(const char *from, const char *to)
{
    CLEANUP(text_clear) struct text text = {0};
    gsm_add(&text, span_of(from));
    assert_string_equal(text_string(&text), to);
}

static void every_sign_of_the_basic_table_costs_one_and_is_kept(void **state)
{
    (void)state;
    static const char basic[] = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
                                "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    bool is_clean = false;
    assert_int_equal(gsm_septets(span_of(basic), &is_clean), 125);
    assert_true(is_clean);
    expect_mapped(basic, basic);
}

static void signs_of_the_extension_cost_two(void **state)
{
    (void)state;
    bool is_clean = false;
    assert_int_equal(gsm_septets(span_of("^{}\\[~]|€"), &is_clean), 18);
    assert_true(is_clean);
    expect_mapped("^\\~|€", "^\\~|€");
}

static void brackets_become_round_because_these_cost_one(void **state)
{
    (void)state;
    expect_mapped("[a] {b}", "(a) (b)");
}

static void look_alikes_replace_typography(void **state)
{
    (void)state;
    expect_mapped("it’s “so” – or — so…", "it's \"so\" - or - so...");
    expect_mapped("a → b ≤ c × d ½ µs ™", "a -> b <= c x d 1/2 us (tm)");
    expect_mapped("a\xC2\xA0"
                  "b\xE2\x80\x8B"
                  "c",
                  "a bc");
}

static void letters_of_other_alphabets_are_spelt_in_latin(void **state)
{
    (void)state;
    expect_mapped("Łódź São Příliš žluť Ő Ű ſ ŉ", "Lodz Sao Prilis zlut Ö Ü s n");
    expect_mapped("диск полон Щука", "disk polon Shchuka");
    expect_mapped("δίσκος ΠΛΗΡΗΣ", "ΔIΣKOΣ ΠΛHPHΣ");
    expect_mapped("Đĩa đầy ổ cứng", "Dia day o cung");
    expect_mapped("ＤＩＳＫ", "DISK");
    expect_mapped("ç ê î ú ñ é", "c e i u ñ é");
}

static void letters_joined_from_marks_lose_the_marks(void **state)
{
    (void)state;
    expect_mapped("o\xCC\x81"
                  "k",
                  "ok");
}

static void what_has_no_likeness_becomes_one_underscore(void **state)
{
    (void)state;
    expect_mapped("磁盘 full 🔥🔥", "_ full _");
}

static void controls_and_line_ends_become_one_space(void **state)
{
    (void)state;
    expect_mapped("a\r\n\t b\x7F\x01"
                  "c",
                  "a b c");
}

static void no_code_point_leaves_the_alphabet(void **state)
{
    (void)state;
    for (uint32_t code = 1; code < 0x30000; code++) {
        if (code >= 0xD800 && code < 0xE000)
            continue;
        CLEANUP(text_clear) struct text from = {0};
        CLEANUP(text_clear) struct text to = {0};
        utf8_add(&from, code);
        gsm_add(&to, text_span(&from));
        bool is_clean;
        (void)gsm_septets(text_span(&to), &is_clean);
        if (!is_clean)
            fail_msg("U+%04X became %s", code, text_string(&to));
        if (code != '?' && code != 0xFF1F && strchr(text_string(&to), '?') != NULL)
            fail_msg("U+%04X became a question mark", code);
    }
}

static void bytes_that_are_not_utf8_do_no_harm(void **state)
{
    (void)state;
    uint32_t random = 7;
    for (int round = 0; round < 2000; round++) {
        char bytes[64];
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (char)(random >> 24);
        }
        CLEANUP(text_clear) struct text text = {0};
        gsm_add(&text, (struct span){bytes, sizeof bytes});
        bool is_clean;
        (void)gsm_septets(text_span(&text), &is_clean);
        assert_true(is_clean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sign_of_the_basic_table_costs_one_and_is_kept),
        cmocka_unit_test(signs_of_the_extension_cost_two),
        cmocka_unit_test(brackets_become_round_because_these_cost_one),
        cmocka_unit_test(look_alikes_replace_typography),
        cmocka_unit_test(letters_of_other_alphabets_are_spelt_in_latin),
        cmocka_unit_test(letters_joined_from_marks_lose_the_marks),
        cmocka_unit_test(what_has_no_likeness_becomes_one_underscore),
        cmocka_unit_test(controls_and_line_ends_become_one_space),
        cmocka_unit_test(no_code_point_leaves_the_alphabet),
        cmocka_unit_test(bytes_that_are_not_utf8_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
