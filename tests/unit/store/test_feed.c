/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "store/backend.h"
#include "store/feed.h"

/* One order of each sort but answers. */
static struct batch *sample(const char *name)
{
    struct batch *batch = batch_new();
    const struct entry entry = {
        .incident = 3, .at = 1790000000000, .event = "note", .actor = "ann", .text = "disk full"};

    batch_save_meta(batch, &(struct meta_record){name, NULL}, NEED_NEW);
    batch_add_entry(batch, &entry);
    batch_revoke_tokens(batch, 3);
    batch_bump(batch, "alerts", -2);
    return batch;
}

static void must_take(struct text *bytes, struct batch *batch)
{
    struct fault fault = {0};

    if (!feed_take(text_span(bytes), batch, &fault))
        fail_msg("%s", fault.text);
}

static void orders_arrive_as_they_were_given_without_answers(void **state)
{
    CLEANUP(batch_free) struct batch *given = sample("clock");
    CLEANUP(batch_free) struct batch *taken = batch_new();
    CLEANUP(text_clear) struct text bytes = {0};

    (void)state;
    size_t size = given->bytes.size;
    batch_add_answer(given, 7, "sealed");
    feed_add(&bytes, given);
    must_take(&bytes, taken);
    assert_int_equal(batch_count(taken), 4);
    assert_int_equal(taken->bytes.size, size);
    assert_memory_equal(taken->bytes.bytes, given->bytes.bytes, size);
}

static void rows_of_one_node_alone_are_left_out(void **state)
{
    static const char *const names[] = {"away.journal", "mirror.position"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        CLEANUP(batch_free) struct batch *given = sample(names[i]);
        CLEANUP(batch_free) struct batch *taken = batch_new();
        CLEANUP(text_clear) struct text bytes = {0};
        feed_add(&bytes, given);
        must_take(&bytes, taken);
        assert_int_equal(batch_count(taken), 3);
    }
}

static void texts_are_as_the_database_has_them(void **state)
{
    CLEANUP(batch_free) struct batch *given = batch_new();
    CLEANUP(batch_free) struct batch *taken = batch_new();
    CLEANUP(text_clear) struct text bytes = {0};
    struct row row;
    size_t cursor = 0;

    (void)state;
    batch_save_meta(given, &(struct meta_record){"name", "a\xff"}, NEED_NONE);
    feed_add(&bytes, given);
    must_take(&bytes, taken);
    assert_true(batch_next(taken, &cursor, &row));
    assert_string_equal(row.cells[1].text, "a\xef\xbf\xbd");
}

static void what_is_cut_off_is_refused_unless_between_two_orders(void **state)
{
    CLEANUP(batch_free) struct batch *given = sample("clock");
    CLEANUP(text_clear) struct text bytes = {0};
    unsigned whole = 0;

    (void)state;
    feed_add(&bytes, given);
    for (size_t size = 0; size <= bytes.size; size++) {
        CLEANUP(batch_free) struct batch *taken = batch_new();
        struct fault fault = {0};
        if (feed_take((struct span){bytes.bytes, size}, taken, &fault))
            whole++;
        else
            assert_int_equal(fault.kind, FAULT_INPUT);
    }
    assert_int_equal(whole, 5);
}

static void the_format_is_a_number_of_the_tables(void **state)
{
    (void)state;
    assert_true(feed_format() > 0);
    assert_true(feed_format() == feed_format());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_arrive_as_they_were_given_without_answers),
        cmocka_unit_test(rows_of_one_node_alone_are_left_out),
        cmocka_unit_test(texts_are_as_the_database_has_them),
        cmocka_unit_test(what_is_cut_off_is_refused_unless_between_two_orders),
        cmocka_unit_test(the_format_is_a_number_of_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
