/* SPDX-License-Identifier: MIT */
/* When a node that is not heard of is told, and that it is back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/nodes_watch.h"

static void an_absence_is_told_once_and_so_is_its_end(void **state)
{
    (void)state;
    struct node_absence absence = {0};
    assert_int_equal(absence_see(&absence, false, ABSENCE_MS - 1), ABSENCE_NONE);
    assert_int_equal(absence_see(&absence, false, ABSENCE_MS), ABSENCE_BEGUN);
    assert_int_equal(absence_see(&absence, false, 10 * ABSENCE_MS), ABSENCE_NONE);
    assert_int_equal(absence_see(&absence, true, 0), ABSENCE_OVER);
    assert_int_equal(absence_see(&absence, true, 10 * ABSENCE_MS), ABSENCE_NONE);
    assert_int_equal(absence_see(&absence, false, ABSENCE_MS), ABSENCE_BEGUN);
}

static void a_short_absence_is_nobodys_business(void **state)
{
    (void)state;
    struct node_absence absence = {0};
    for (int i = 0; i < 10; i++) {
        assert_int_equal(absence_see(&absence, false, ABSENCE_MS - 1), ABSENCE_NONE);
        assert_int_equal(absence_see(&absence, true, 0), ABSENCE_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_absence_is_told_once_and_so_is_its_end),
        cmocka_unit_test(a_short_absence_is_nobodys_business),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
