/* SPDX-License-Identifier: MIT */
/* What several nodes hand in is stepped once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/once.h"

static void a_number_is_new_once(void **state)
{
    (void)state;
    CLEANUP(once_free) struct once *once = once_new();
    assert_true(once_see(once, 7));
    assert_false(once_see(once, 7));
    assert_true(once_see(once, 8));
    assert_false(once_see(once, 7));
    assert_false(once_see(once, 8));
}

static void one_that_was_not_stepped_may_come_again(void **state)
{
    (void)state;
    CLEANUP(once_free) struct once *once = once_new();
    assert_true(once_see(once, 7));
    once_forget(once, 7);
    once_forget(once, 8);
    assert_true(once_see(once, 7));
    assert_false(once_see(once, 7));
}

static void beyond_its_limit_the_oldest_are_forgotten(void **state)
{
    (void)state;
    CLEANUP(once_free) struct once *once = once_new();
    for (uint64_t i = 1; i <= ONCE_MAX; i++)
        assert_true(once_see(once, i));
    assert_false(once_see(once, 1));
    assert_true(once_see(once, ONCE_MAX + 1));
    assert_false(once_see(once, 2));
    assert_true(once_see(once, 1));
    assert_true(once_see(once, 2));
    assert_false(once_see(once, ONCE_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_new_once),
        cmocka_unit_test(one_that_was_not_stepped_may_come_again),
        cmocka_unit_test(beyond_its_limit_the_oldest_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
