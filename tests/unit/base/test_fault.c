/* SPDX-License-Identifier: MIT */
/* Faults: what they keep, what they add, and that they never cut a letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/fault.h"
#include "base/utf8.h"

static void a_fault_keeps_its_kind_and_sentence(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_false(fault_set(&fault, FAULT_INPUT, "line %d is odd", 7));
    assert_int_equal(fault.kind, FAULT_INPUT);
    assert_int_equal(fault.error, 0);
    assert_string_equal(fault.text, "line 7 is odd");
}

static void a_system_fault_adds_the_message_of_errno(void **state)
{
    (void)state;
    struct fault fault = {0};
    errno = ENOENT;
    fault_set(&fault, FAULT_SYSTEM, "cannot open '%s'", "x");
    assert_int_equal(fault.error, ENOENT);
    assert_string_equal(fault.text, "cannot open 'x': No such file or directory");
}

static void a_prefix_goes_in_front_and_nothing_else_changes(void **state)
{
    (void)state;
    struct fault fault = {0};
    errno = EACCES;
    fault_set(&fault, FAULT_SYSTEM, "cannot read");
    assert_false(fault_prefix(&fault, "calendar '%s'", "db"));
    assert_string_equal(fault.text, "calendar 'db': cannot read: Permission denied");
    assert_int_equal(fault.error, EACCES);
}

static void a_fault_may_be_built_from_its_own_text(void **state)
{
    (void)state;
    struct fault fault = {0};
    fault_set(&fault, FAULT_PEER, "no answer");
    fault_set(&fault, FAULT_LIMIT, "gave up: %s", fault.text);
    assert_string_equal(fault.text, "gave up: no answer");
    fault_prefix(&fault, "%s", fault.text);
    assert_string_equal(fault.text, "gave up: no answer: gave up: no answer");
}

static void no_fault_to_fill_is_allowed(void **state)
{
    (void)state;
    assert_false(fault_set(NULL, FAULT_INPUT, "lost"));
    assert_false(fault_prefix(NULL, "lost"));
}

static void a_long_text_is_cut_between_letters(void **state)
{
    (void)state;
    char letters[2 * FAULT_TEXT_MAX + 2] = "x";
    for (size_t i = 0; i < FAULT_TEXT_MAX; i++)
        memcpy(letters + 1 + 2 * i, "\xc3\xa4", 2);
    struct fault fault = {0};
    fault_set(&fault, FAULT_INPUT, "%s", letters);
    assert_int_equal(strlen(fault.text), FAULT_TEXT_MAX - 1);
    assert_true(utf8_is_valid(span_of(fault.text)));
    fault_prefix(&fault, "ab");
    assert_true(utf8_is_valid(span_of(fault.text)));
    fault_prefix(&fault, "c");
    assert_true(utf8_is_valid(span_of(fault.text)));
    assert_memory_equal(fault.text, "c: ab: x", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_keeps_its_kind_and_sentence),
        cmocka_unit_test(a_system_fault_adds_the_message_of_errno),
        cmocka_unit_test(a_prefix_goes_in_front_and_nothing_else_changes),
        cmocka_unit_test(a_fault_may_be_built_from_its_own_text),
        cmocka_unit_test(no_fault_to_fill_is_allowed),
        cmocka_unit_test(a_long_text_is_cut_between_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
