/* SPDX-License-Identifier: MIT */
/* Strings that are counted: kept once, and gone with their last share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/shared.h"

#define NAMES 5000

static void a_name_is_there_once(void **state)
{
    (void)state;
    const char *one = shared_name("db");
    const char *two = shared_name("db");
    assert_ptr_equal(one, two);
    assert_string_equal(one, "db");
    assert_int_equal(shared_name_count(), 1);
    shared_drop(one);
    assert_string_equal(two, "db");
    shared_drop(two);
    assert_int_equal(shared_name_count(), 0);
}

static void a_name_that_went_is_made_anew(void **state)
{
    (void)state;
    size_t before = shared_name_count();
    for (int i = 0; i < 3; i++) {
        const char *name = shared_name("said now and then");
        assert_string_equal(name, "said now and then");
        assert_int_equal(shared_name_count(), before + 1);
        shared_drop(name);
        assert_int_equal(shared_name_count(), before);
    }
}

static void what_is_one_records_own_is_not_looked_up(void **state)
{
    (void)state;
    const char *one = shared_copy("disk full");
    const char *two = shared_copy("disk full");
    assert_ptr_not_equal(one, two);
    const char *again = shared_again(one);
    assert_ptr_equal(again, one);
    shared_drop(one);
    assert_string_equal(again, "disk full");
    shared_drop(again);
    shared_drop(two);
    assert_int_equal(shared_name_count(), 0);
}

static void nothing_takes_no_memory(void **state)
{
    (void)state;
    assert_ptr_equal(shared_name(""), shared_copy(NULL));
    assert_ptr_equal(shared_name(NULL), shared_copy_span((struct span){0}));
    assert_ptr_equal(shared_again(shared_name("")), shared_name(""));
    shared_drop(shared_name(""));
    shared_drop(NULL);
    assert_string_equal(shared_name(""), "");
    assert_int_equal(shared_name_count(), 0);
}

static void a_long_name_is_a_name_nevertheless(void **state)
{
    (void)state;
    char name[1000];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const char *shared = shared_name(name);
    assert_string_equal(shared, name);
    shared_drop(shared);
}

static void of_a_pair_one_share_holds_both(void **state)
{
    (void)state;
    const char *key = NULL;
    const char *name = shared_pair("prometheus", "disk-7", &key);
    assert_string_equal(name, "prometheus");
    assert_string_equal(key, "disk-7");
    assert_ptr_equal(key, name + sizeof "prometheus");
    const char *again = shared_again(name);
    shared_drop(name);
    assert_string_equal(again, "prometheus");
    assert_string_equal(key, "disk-7");
    shared_drop(again);
}

/* Through all sizes of the table, up and down; each found as long as it has a share. */
static void many_names_come_and_go(void **state)
{
    (void)state;
    static const char *names[NAMES];
    static bool is_in[NAMES];
    uint32_t random = 3;
    char name[32];
    for (int i = 0; i < 20 * NAMES; i++) {
        random = random * 1664525 + 1013904223;
        int at = (int)(random >> 8) % NAMES;
        bool is_filling = i < 10 * NAMES;
        (void)snprintf(name, sizeof name, "host-%d", at);
        if (is_in[at] && (!is_filling || i % 3 == 0)) {
            shared_drop(names[at]);
            is_in[at] = false;
        } else if (!is_in[at] && is_filling) {
            names[at] = shared_name(name);
            is_in[at] = true;
        }
        if (is_in[at]) {
            assert_ptr_equal(shared_name(name), names[at]);
            shared_drop(names[at]);
        }
    }
    size_t count = 0;
    for (int at = 0; at < NAMES; at++)
        count += is_in[at] ? 1 : 0;
    assert_int_equal(shared_name_count(), count);
    for (int at = 0; at < NAMES; at++) {
        if (is_in[at])
            shared_drop(names[at]);
    }
    assert_int_equal(shared_name_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_there_once),
        cmocka_unit_test(a_name_that_went_is_made_anew),
        cmocka_unit_test(what_is_one_records_own_is_not_looked_up),
        cmocka_unit_test(nothing_takes_no_memory),
        cmocka_unit_test(a_long_name_is_a_name_nevertheless),
        cmocka_unit_test(of_a_pair_one_share_holds_both),
        cmocka_unit_test(many_names_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
