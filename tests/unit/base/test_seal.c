/* SPDX-License-Identifier: MIT */
/* What is sealed comes back whole, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/seal.h"

#define SECRET SPAN("a secret of the nodes")
#define TEXT CLEANUP(text_clear) struct text

static void what_is_sealed_comes_back(void **state)
{
    (void)state;
    for (size_t size = 0; size < 200; size++) {
        char bytes[200];
        TEXT sealed = {0};
        TEXT opened = {0};
        struct fault fault = {0};
        memset(bytes, (int)size, sizeof(bytes));
        seal_add(&sealed, SECRET, (struct span){bytes, size});
        assert_null(strchr(text_string(&sealed), '\n'));
        assert_true(seal_open(&opened, SECRET, text_span(&sealed), &fault));
        assert_int_equal(opened.size, size);
        assert_memory_equal(text_string(&opened), bytes, size);
    }
}

static void the_same_bytes_look_different_each_time(void **state)
{
    (void)state;
    TEXT first = {0};
    TEXT second = {0};
    seal_add(&first, SECRET, SPAN("the same"));
    seal_add(&second, SECRET, SPAN("the same"));
    assert_string_not_equal(text_string(&first), text_string(&second));
    assert_null(strstr(text_string(&first), "same"));
}

static void another_secret_and_changed_bytes_open_nothing(void **state)
{
    (void)state;
    TEXT sealed = {0};
    TEXT opened = {0};
    struct fault fault = {0};
    seal_add(&sealed, SECRET, SPAN("a link"));
    assert_false(seal_open(&opened, SPAN("another"), text_span(&sealed), &fault));
    assert_int_equal(fault.kind, FAULT_DENIED);
    for (size_t i = 0; i < sealed.size; i++) {
        char was = sealed.bytes[i];
        sealed.bytes[i] = was == 'A' ? 'B' : 'A';
        bool is_open = seal_open(&opened, SECRET, text_span(&sealed), &fault);
        sealed.bytes[i] = was;
        assert_false(is_open);
        assert_int_equal(opened.size, 0);
    }
    for (size_t size = 0; size < sealed.size; size++)
        assert_false(seal_open(&opened, SECRET, (struct span){sealed.bytes, size}, &fault));
    assert_int_equal(opened.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_comes_back),
        cmocka_unit_test(the_same_bytes_look_different_each_time),
        cmocka_unit_test(another_secret_and_changed_bytes_open_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
