/* SPDX-License-Identifier: MIT */
#include "store/feed_tail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define BIG (FEED_TAIL_SIZE_MAX / 4)

/* Marks are ten times the position, and `lineage` more; bytes are the position. */
static void add(struct feed_tail *tail, uint64_t position, int64_t before, int64_t lineage)
{
    char bytes[24];

    snprintf(bytes, sizeof(bytes), "%d", (int)position);
    feed_tail_add(tail, &(struct feed_row){.position = position,
                                           .previous = (int64_t)(position - 1) * 10 + before,
                                           .mark = (int64_t)position * 10 + lineage,
                                           .bytes = span_of(bytes)});
}

/* How many rows follow that place, each with its own bytes. */
static size_t count_after(struct feed_tail *tail, uint64_t position, int64_t mark)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct feed_row row;
    size_t count = 0;

    for (; feed_tail_next(tail, position, mark, &row, &bytes); count++) {
        assert_int_equal(row.position, position + 1);
        assert_int_equal(row.previous, mark);
        assert_int_equal(strtoull(text_string(&bytes), NULL, 10), row.position);
        assert_ptr_equal(row.bytes.bytes, bytes.bytes);
        position = row.position;
        mark = row.mark;
        text_reset(&bytes);
    }
    return count;
}

static void what_a_database_lacks_follows_its_place(void **state UNUSED)
{
    CLEANUP(feed_tail_free) struct feed_tail *tail = feed_tail_new();

    assert_int_equal(count_after(tail, 0, 0), 0);
    for (uint64_t position = 5; position <= 9; position++)
        add(tail, position, 0, 0);
    add(tail, 7, 0, 0); /* told by another thread, too */
    assert_int_equal(count_after(tail, 9, 90), 0);
    assert_int_equal(count_after(tail, 8, 80), 1);
    assert_int_equal(count_after(tail, 4, 40), 5);
    /* What is older, newer, or of another past. */
    assert_int_equal(count_after(tail, 3, 30), 0);
    assert_int_equal(count_after(tail, 10, 100), 0);
    assert_int_equal(count_after(tail, 8, 81), 0);
    assert_int_equal(count_after(tail, 4, 41), 0);
}

static void what_cannot_be_written_is_counted_and_dropped(void **state UNUSED)
{
    CLEANUP(feed_tail_free) struct feed_tail *tail = feed_tail_new();
    struct feed_tail_counts counts;

    feed_tail_give_up(tail, 3); /* nothing is known */
    for (uint64_t position = 5; position <= 9; position++)
        add(tail, position, 0, 0);
    feed_tail_give_up(tail, 9);
    feed_tail_give_up(tail, 12); /* the database has more */
    assert_int_equal(count_after(tail, 8, 80), 1);
    feed_tail_note_written(tail);
    feed_tail_give_up(tail, 7);
    assert_int_equal(count_after(tail, 8, 80), 0);
    feed_tail_count(tail, &counts);
    assert_int_equal(counts.given_up, 2);
    assert_int_equal(counts.written_again, 1);
}

static void where_the_database_goes_on_without_them_they_are_forgotten(void **state UNUSED)
{
    CLEANUP(feed_tail_free) struct feed_tail *tail = feed_tail_new();

    for (uint64_t position = 5; position <= 9; position++)
        add(tail, position, 0, 0);
    add(tail, 8, 0, 1); /* after 7 there came another one */
    assert_int_equal(count_after(tail, 7, 70), 1);
    assert_int_equal(count_after(tail, 6, 60), 0);
    add(tail, 12, 1, 1); /* some are not known */
    assert_int_equal(count_after(tail, 7, 70), 0);
    assert_int_equal(count_after(tail, 11, 111), 1);
}

static void beyond_the_bounds_the_oldest_go(void **state UNUSED)
{
    CLEANUP(feed_tail_free) struct feed_tail *tail = feed_tail_new();
    char *big = memory_new(1, BIG);

    for (uint64_t position = 1; position <= FEED_TAIL_COUNT_MAX + 10; position++)
        add(tail, position, 0, 0);
    assert_int_equal(count_after(tail, 9, 90), 0);
    assert_int_equal(count_after(tail, 10, 100), FEED_TAIL_COUNT_MAX);
    for (uint64_t position = FEED_TAIL_COUNT_MAX + 11; position < FEED_TAIL_COUNT_MAX + 20;
         position++)
        feed_tail_add(tail, &(struct feed_row){.position = position,
                                               .previous = (int64_t)(position - 1) * 10,
                                               .mark = (int64_t)position * 10,
                                               .bytes = {big, BIG}});
    CLEANUP(text_clear) struct text bytes = {0};
    struct feed_row row;
    uint64_t last = FEED_TAIL_COUNT_MAX + 19;
    assert_true(feed_tail_next(tail, last - 4, (int64_t)(last - 4) * 10, &row, &bytes));
    assert_false(feed_tail_next(tail, last - 5, (int64_t)(last - 5) * 10, &row, &bytes));
    free(big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_database_lacks_follows_its_place),
        cmocka_unit_test(where_the_database_goes_on_without_them_they_are_forgotten),
        cmocka_unit_test(what_cannot_be_written_is_counted_and_dropped),
        cmocka_unit_test(beyond_the_bounds_the_oldest_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
