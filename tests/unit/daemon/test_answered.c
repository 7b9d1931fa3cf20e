/* SPDX-License-Identifier: MIT */
/* Answers of the last calls: each is found under its number, until others need the room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/answered.h"

static void keep(struct answered *answered, uint64_t number, const char *answer)
{
    answered_keep(answered, number, span_of(answer));
}

static void the_last_ones_are_found(void **state)
{
    CLEANUP(answered_free) struct answered *answered = answered_new();
    (void)state;
    assert_null(answered_find(answered, 1));
    for (uint64_t number = 1; number <= ANSWERED_COUNT_MAX + 2; number++)
        keep(answered, number, number % 2 == 0 ? "even" : "odd");
    assert_null(answered_find(answered, 1));
    assert_null(answered_find(answered, 2));
    assert_string_equal(text_string(answered_find(answered, 3)), "odd");
    assert_string_equal(text_string(answered_find(answered, ANSWERED_COUNT_MAX + 2)), "even");
}

static void long_ones_need_the_room_of_others(void **state)
{
    CLEANUP(answered_free) struct answered *answered = answered_new();
    CLEANUP(text_clear) struct text most = {0};
    (void)state;
    while (most.size < ANSWERED_SIZE_MAX - 3)
        text_add_char(&most, 'x');
    keep(answered, 1, "one");
    keep(answered, 2, "two");
    keep(answered, 3, text_string(&most));
    assert_null(answered_find(answered, 1));
    assert_non_null(answered_find(answered, 2));
    assert_int_equal(answered_find(answered, 3)->size, most.size);
    text_add(&most, "xxxx"); /* more than there is room at all */
    keep(answered, 4, text_string(&most));
    assert_null(answered_find(answered, 4));
    assert_non_null(answered_find(answered, 3));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_ones_are_found),
        cmocka_unit_test(long_ones_need_the_room_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
