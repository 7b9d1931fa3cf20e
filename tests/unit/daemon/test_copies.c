/* SPDX-License-Identifier: MIT */
/* The same alert by several nodes: which one is a copy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/copies.h"

CLEANUP_DEFINE(struct copies *, copies_free)

static bool see(struct copies *copies, const char *node, const char *text, msec now)
{
    unsigned char hash[HASH_SIZE];
    hash_bytes(span_of(text), hash);
    return copies_see(copies, node, hash, now);
}

static void each_further_one_of_a_node_counts(void **state)
{
    (void)state;
    CLEANUP(copies_free) struct copies *copies = copies_new();
    assert_false(see(copies, "a", "fire", 1000));
    assert_true(see(copies, "b", "fire", 1100));
    assert_true(see(copies, "c", "fire", 1200));
    assert_false(see(copies, "b", "fire", 1300));
    assert_true(see(copies, "a", "fire", 1400));
    assert_false(see(copies, "a", "fire", 1500));
    assert_false(see(copies, "a", "over", 1600));
}

static void what_a_node_says_later_than_all_others_is_no_copy(void **state)
{
    (void)state;
    CLEANUP(copies_free) struct copies *copies = copies_new();
    assert_false(see(copies, "a", "fire", 1000));
    assert_true(see(copies, "b", "fire", 1000 + COPIES_MS - 1));
    assert_false(see(copies, "c", "fire", 1000 + COPIES_MS));
}

/* The first node dies: what it said is no reason to pass over what only the second one says. */
static void a_node_that_is_gone_hides_nothing_of_another(void **state)
{
    (void)state;
    CLEANUP(copies_free) struct copies *copies = copies_new();
    for (msec at = 0; at < 5 * MINUTE_MS; at += MINUTE_MS)
        assert_false(see(copies, "a", "fire", at));
    for (msec at = 5 * MINUTE_MS; at < 10 * MINUTE_MS; at += MINUTE_MS)
        assert_false(see(copies, "b", "fire", at));
}

static void what_was_refused_is_copied_by_nobody(void **state)
{
    (void)state;
    CLEANUP(copies_free) struct copies *copies = copies_new();
    unsigned char hash[HASH_SIZE];
    hash_bytes(span_of("fire"), hash);
    copies_forget(copies, "a", hash);
    assert_false(see(copies, "a", "fire", 1000));
    copies_forget(copies, "a", hash);
    assert_false(see(copies, "b", "fire", 1100));
    assert_true(see(copies, "a", "fire", 1200));
    assert_false(see(copies, "a", "fire", 1300));
    copies_forget(copies, "a", hash); /* the last one, which only it has said */
    assert_false(see(copies, "b", "fire", 1400));
    assert_true(see(copies, "c", "fire", 1500));
}

static void limits_are_on_the_side_of_paging(void **state)
{
    (void)state;
    CLEANUP(copies_free) struct copies *copies = copies_new();
    for (int i = 0; i < 100; i++)
        assert_false(see(copies, "a", "fire", 1000));
    for (int i = 0; i < 8; i++)
        assert_true(see(copies, "b", "fire", 1000));
    assert_false(see(copies, "b", "fire", 1000));
    for (int i = 0; i < COPIES_NODES_MAX; i++) {
        char name[16];
        snprintf(name, sizeof(name), "n%d", i);
        (void)see(copies, name, "other", 1000);
    }
    assert_false(see(copies, "one too many", "fire", 1000));
    assert_false(see(copies, "one too many", "fire", 1000));
}

static void it_remembers_no_more_than_it_may(void **state)
{
    (void)state;
    CLEANUP(copies_free) struct copies *copies = copies_new();
    char text[32];
    for (int i = 0; i < COPIES_MAX; i++) {
        snprintf(text, sizeof(text), "%d", i);
        assert_false(see(copies, "a", text, 1000));
    }
    assert_false(see(copies, "a", "more", 1000));
    assert_false(see(copies, "b", "more", 1000));
    copies_sweep(copies, 1000 + COPIES_MS);
    assert_false(see(copies, "a", "more", 1000 + COPIES_MS));
    assert_true(see(copies, "b", "more", 1000 + COPIES_MS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_further_one_of_a_node_counts),
        cmocka_unit_test(what_a_node_says_later_than_all_others_is_no_copy),
        cmocka_unit_test(a_node_that_is_gone_hides_nothing_of_another),
        cmocka_unit_test(what_was_refused_is_copied_by_nobody),
        cmocka_unit_test(limits_are_on_the_side_of_paging),
        cmocka_unit_test(it_remembers_no_more_than_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
