/* SPDX-License-Identifier: MIT */
/* Sentences with values: what is said, and what a house may not say instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/template.h"

static const struct template_row row = {"told.rest", "off call till $until{0: by $by}", "until by",
                                        60, true};

static const char *said(struct text *text, const char *template, const char *by)
{
    text_reset(text);
    template_add(text, template,
                 (const struct template_value[]){{"until", "10:00"}, {"by", by}, {NULL, NULL}});
    return text_string(text);
}

static void expect_refused(const char *template, const char *words)
{
    struct fault fault = {0};
    assert_false(template_check(template, &row, &fault));
    assert_int_equal(fault.kind, FAULT_INPUT);
    if (strstr(fault.text, words) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", words, fault.text);
}

static void values_are_said_and_a_group_without_its_value_is_not(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    assert_string_equal(said(&text, row.text, "Cat"), "off call till 10:00 by Cat");
    assert_string_equal(said(&text, row.text, ""), "off call till 10:00");
    assert_string_equal(said(&text, row.text, NULL), "off call till 10:00");
    assert_string_equal(said(&text, "$by{0: {0:$by}, $until}.", "C"), "C C, 10:00.");
    assert_string_equal(said(&text, "{0:{0:$by}x}", ""), "x");
}

static void a_value_is_not_read_as_a_template(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    assert_string_equal(said(&text, row.text, "$until {0:} {"),
                        "off call till 10:00 by $until {0:} {");
}

static void what_cannot_be_said_is_refused_with_its_place_and_what_would_be_right(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_true(template_check(row.text, &row, &fault));
    assert_true(template_check("", &row, &fault));
    expect_refused("bis $wann", "at letter 5: there is no field $wann here; there is $until, $by");
    expect_refused("bis $", "there is no field $ here");
    expect_refused("bis {0: $by", "a { without its }");
    expect_refused("bis $by}", "at letter 8: a } without its {");
    expect_refused("bis {1: $by}", "begins with {0:");
    expect_refused("{0:{0:{0:{0:{0:{0:{0:{0:{0:x}}}}}}}}}", "more than 8 groups");
    expect_refused("dieser Satz ist so lang, dass er nicht an seinen Platz passt: $until",
                   "its place 60: make it shorter");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_said_and_a_group_without_its_value_is_not),
        cmocka_unit_test(a_value_is_not_read_as_a_template),
        cmocka_unit_test(what_cannot_be_said_is_refused_with_its_place_and_what_would_be_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
