/* SPDX-License-Identifier: MIT */
/* What was committed a moment ago: kept until the mirror has it, in order, and not without bounds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/recent.h"

#define RECENT CLEANUP(recent_free) struct recent *recent = recent_new()

static void add(struct recent *recent, uint64_t number, msec at, struct span bytes)
{
    recent_add(recent,
               &(struct recent_item){
                   .kind = RECENT_EVENTS, .node = "a", .number = number, .at = at, .bytes = bytes});
}

static void it_comes_back_in_its_order(void **state)
{
    (void)state;
    RECENT;
    char bytes[] = "first";
    size_t cursor = 0;
    add(recent, 7, 1000, span_of(bytes));
    memset(bytes, 'x', sizeof(bytes) - 1);
    add(recent, 5, 1000, SPAN("second"));
    const struct recent_item *item = recent_each(recent, &cursor);
    assert_int_equal(item->number, 7);
    assert_string_equal(item->node, "a");
    assert_true(span_is(item->bytes, "first"));
    item = recent_each(recent, &cursor);
    assert_int_equal(item->number, 5);
    assert_true(span_is(item->bytes, "second"));
    assert_null(recent_each(recent, &cursor));
}

static void what_the_mirror_has_goes_and_what_may_be_on_its_way_stays(void **state)
{
    (void)state;
    RECENT;
    add(recent, 1, 1000, SPAN("one"));
    add(recent, 2, 1200, SPAN("two"));
    recent_trim(recent, 1000 + RECENT_COMMIT_MS);
    assert_int_equal(recent_count(recent), 2);
    recent_trim(recent, 1001 + RECENT_COMMIT_MS);
    size_t cursor = 0;
    assert_int_equal(recent_count(recent), 1);
    assert_int_equal(recent_each(recent, &cursor)->number, 2);
    recent_trim(recent, 500);
    assert_int_equal(recent_count(recent), 1);
    recent_clear(recent);
    assert_int_equal(recent_count(recent), 0);
}

static void beyond_so_many_the_oldest_go(void **state)
{
    (void)state;
    RECENT;
    size_t cursor = 0;
    for (uint64_t i = 0; i < RECENT_COUNT_MAX + 3; i++)
        add(recent, i, 1000, SPAN("x"));
    assert_int_equal(recent_count(recent), RECENT_COUNT_MAX);
    assert_int_equal(recent_each(recent, &cursor)->number, 3);
    assert_int_equal(recent_lost(recent), 3);
    recent_trim(recent, 3000 + RECENT_COMMIT_MS);
    assert_int_equal(recent_count(recent), 0);
    assert_int_equal(recent_lost(recent), 0);
}

static void beyond_so_many_bytes_the_oldest_go(void **state)
{
    (void)state;
    RECENT;
    size_t cursor = 0;
    size_t size = RECENT_SIZE_MAX / 4;
    char *bytes = calloc(RECENT_SIZE_MAX + 1, 1);
    for (uint64_t i = 0; i < 6; i++)
        add(recent, i, 1000, (struct span){bytes, size});
    assert_int_equal(recent_count(recent), 4);
    assert_int_equal(recent_each(recent, &cursor)->number, 2);
    add(recent, 9, 1000, (struct span){bytes, RECENT_SIZE_MAX + 1});
    assert_int_equal(recent_count(recent), 4);
    assert_int_equal(recent_lost(recent), 3);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_back_in_its_order),
        cmocka_unit_test(what_the_mirror_has_goes_and_what_may_be_on_its_way_stays),
        cmocka_unit_test(beyond_so_many_the_oldest_go),
        cmocka_unit_test(beyond_so_many_bytes_the_oldest_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
