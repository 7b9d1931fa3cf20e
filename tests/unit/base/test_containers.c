/* SPDX-License-Identifier: MIT */
/* What holds things: the arena, the map and the heap of timers. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/heap.h"
#include "base/map.h"
#include "base/numbered.h"
#include "base/text.h"

#define KEY_COUNT 5000
#define ITEM_COUNT 1000

/* A small generator of its own, so that a run can be repeated. */
static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 8;
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (int round = 0; round < 3; round++) {
        size_t sum = 0;
        for (size_t size = 0; size < 4000; size += 7) {
            unsigned char *piece = arena_take(arena, size);
            assert_int_equal((uintptr_t)piece % alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(piece[i], 0);
            memset(piece, 0xff, size);
            sum += size;
        }
        assert_int_equal(arena_size(arena), sum);
        arena_reset(arena);
        assert_int_equal(arena_size(arena), 0);
    }
}

static void a_piece_may_be_larger_than_any_block(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    size_t size = 9 * 1024 * 1024;
    char *piece = arena_take(arena, size);
    piece[size - 1] = 'x';
    assert_string_equal(arena_copy(arena, "after"), "after");
}

static void the_arena_copies_and_formats(void **state)
{
    (void)state;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    assert_null(arena_copy(arena, NULL));
    assert_string_equal(arena_copy_span(arena, (struct span){"abcd", 2}), "ab");
    assert_string_equal(arena_copy_span(arena, (struct span){0}), "");
    assert_string_equal(arena_format(arena, "%s %03d", "n", 7), "n 007");
}

static void the_hash_is_the_one_of_the_paper(void **state)
{
    (void)state;
    unsigned char seed[16];
    unsigned char message[15];
    for (unsigned char i = 0; i < 16; i++)
        seed[i] = i;
    for (unsigned char i = 0; i < 15; i++)
        message[i] = i;
    map_seed(seed);
    assert_true(map_hash(message, sizeof message) == UINT64_C(0xa129ca6149be45e5));
    assert_true(map_hash("", 0) == UINT64_C(0x726fdb47dd0e0e31));
}

static void a_map_finds_what_was_put(void **state)
{
    (void)state;
    CLEANUP(map_free) struct map *map = map_new();
    static char values[KEY_COUNT];
    for (int i = 0; i < KEY_COUNT; i++) {
        char key[16];
        snprintf(key, sizeof key, "key-%d", i);
        assert_null(map_find(map, span_of(key)));
        map_put(map, span_of(key), &values[i]);
    }
    assert_int_equal(map_count(map), KEY_COUNT);
    for (int i = 0; i < KEY_COUNT; i++) {
        char key[16];
        snprintf(key, sizeof key, "key-%d", i);
        assert_ptr_equal(map_find(map, span_of(key)), &values[i]);
    }
    map_put(map, SPAN("key-7"), &values[9]);
    assert_ptr_equal(map_find(map, SPAN("key-7")), &values[9]);
    assert_int_equal(map_count(map), KEY_COUNT);
}

static void keys_are_bytes_and_may_hold_nul_or_nothing(void **state)
{
    (void)state;
    CLEANUP(map_free) struct map *map = map_new();
    int first = 0;
    int second = 0;
    int third = 0;
    map_put(map, SPAN("a\0b"), &first);
    map_put(map, SPAN("a\0c"), &second);
    map_put(map, (struct span){0}, &third);
    assert_ptr_equal(map_find(map, SPAN("a\0b")), &first);
    assert_ptr_equal(map_find(map, SPAN("a\0c")), &second);
    assert_ptr_equal(map_find(map, SPAN("")), &third);
    assert_null(map_find(map, SPAN("a")));
}

static void a_walk_is_in_order_of_insertion_and_survives_changes(void **state)
{
    (void)state;
    CLEANUP(map_free) struct map *map = map_new();
    static int values[KEY_COUNT];
    for (int i = 0; i < KEY_COUNT; i++) {
        values[i] = i;
        map_put(map, (struct span){(const char *)&values[i], sizeof values[i]}, &values[i]);
    }
    size_t cursor = 0;
    int expected = 0;
    struct span key;
    for (int *value; expected < KEY_COUNT && (value = map_each(map, &cursor, &key)) != NULL;) {
        assert_int_equal(*value, expected);
        assert_int_equal(key.size, sizeof *value);
        /* Removing and adding makes the map move its entries under the walk. */
        assert_ptr_equal(map_remove(map, (struct span){(const char *)value, sizeof *value}), value);
        char added[16];
        snprintf(added, sizeof added, "added-%d", expected);
        map_put(map, span_of(added), value);
        expected++;
    }
    assert_int_equal(expected, KEY_COUNT);
    assert_int_equal(map_count(map), KEY_COUNT);
}

static void a_walk_meets_what_stays_once(void **state)
{
    (void)state;
    CLEANUP(map_free) struct map *map = map_new();
    static int values[KEY_COUNT];
    static int added;
    int seen[KEY_COUNT] = {0};
    for (int i = 0; i < KEY_COUNT; i++) {
        values[i] = i;
        map_put(map, (struct span){(const char *)&values[i], sizeof values[i]}, &values[i]);
    }
    size_t cursor = 0;
    for (int *value; (value = map_each(map, &cursor, NULL)) != NULL;) {
        if (value == &added)
            continue;
        seen[*value]++;
        if (*value % 3 != 0)
            continue;
        map_remove(map, (struct span){(const char *)value, sizeof *value});
        /* Enough to make the map move its entries under the walk. */
        for (int i = 0; i < 4; i++) {
            char key[24];
            snprintf(key, sizeof key, "added-%d-%d", *value, i);
            map_put(map, span_of(key), &added);
        }
    }
    for (int i = 0; i < KEY_COUNT; i++)
        assert_int_equal(seen[i], 1);
}

/* Its bytes are the caller's; of equal ones, those that were put last. */
static void a_map_may_borrow_its_keys(void **state)
{
    (void)state;
    CLEANUP(map_free) struct map *map = map_new_lent();
    char old[] = "a key that is no short one";
    char new[] = "a key that is no short one";
    int first = 1;
    int second = 2;
    map_put(map, span_of(old), &first);
    size_t cursor = 0;
    struct span key;
    assert_ptr_equal(map_each(map, &cursor, &key), &first);
    assert_ptr_equal(key.bytes, old);
    map_put(map, span_of(new), &second);
    memset(old, '-', sizeof old - 1);
    assert_ptr_equal(map_find(map, span_of(new)), &second);
    cursor = 0;
    assert_ptr_equal(map_each(map, &cursor, &key), &second);
    assert_ptr_equal(key.bytes, new);
    assert_ptr_equal(map_remove(map, span_of(new)), &second);
    assert_int_equal(map_count(map), 0);
}

static void a_map_agrees_with_a_plain_list(void **state)
{
    (void)state;
    CLEANUP(map_free) struct map *map = map_new();
    static bool is_in[512];
    static char values[512];
    uint32_t random = 42;
    size_t count = 0;
    memset(is_in, 0, sizeof is_in);
    for (int i = 0; i < 200000; i++) {
        uint16_t number = (uint16_t)(next_random(&random) % 512);
        struct span key = {(const char *)&number, sizeof number};
        if (next_random(&random) % 2 == 0) {
            map_put(map, key, &values[number]);
            count += is_in[number] ? 0 : 1;
            is_in[number] = true;
        } else {
            assert_ptr_equal(map_remove(map, key), is_in[number] ? &values[number] : NULL);
            count -= is_in[number] ? 1 : 0;
            is_in[number] = false;
        }
        assert_ptr_equal(map_find(map, key), is_in[number] ? &values[number] : NULL);
        assert_int_equal(map_count(map), count);
    }
    for (uint16_t number = 0; number < 512; number++) {
        struct span key = {(const char *)&number, sizeof number};
        assert_ptr_equal(map_find(map, key), is_in[number] ? &values[number] : NULL);
    }
}

/* Gaps, removals and late ones, against a plain array. */
static void records_are_found_and_walked_by_their_number(void **state)
{
    (void)state;
    enum { NUMBERS = 3000 };
    static char values[NUMBERS];
    bool is_in[NUMBERS] = {false};
    size_t count = 0;
    uint32_t random = 5;
    struct numbered *numbered = numbered_new();
    for (uint32_t i = 0; i < 40000; i++) {
        bool is_rising = i < NUMBERS;
        uint64_t number = is_rising ? i : next_random(&random) % NUMBERS;
        bool is_put = is_rising ? next_random(&random) % 3 > 0 : next_random(&random) % 4 == 0;
        if (is_put)
            numbered_put(numbered, number, &values[number]);
        else
            assert_ptr_equal(numbered_remove(numbered, number),
                             is_in[number] ? &values[number] : NULL);
        count = count + is_put - is_in[number];
        is_in[number] = is_put;
        assert_int_equal(numbered_count(numbered), count);
        uint64_t asked = next_random(&random) % (NUMBERS + 10);
        bool is_there = asked < NUMBERS && is_in[asked];
        assert_ptr_equal(numbered_find(numbered, asked), is_there ? &values[asked] : NULL);
    }
    size_t cursor = 0;
    for (size_t number = 0; number < NUMBERS; number++) {
        if (is_in[number])
            assert_ptr_equal(numbered_each(numbered, &cursor), &values[number]);
        if (number % 7 == 0)
            (void)numbered_remove(numbered, number);
    }
    assert_null(numbered_each(numbered, &cursor));
    numbered_free(numbered);
}

static void numbers_may_lie_as_far_apart_as_they_like(void **state)
{
    (void)state;
    char values[64];
    struct numbered *numbered = numbered_new();
    assert_null(numbered_find(numbered, 1));
    for (size_t i = 0; i < 63; i++)
        numbered_put(numbered, UINT64_C(1) << i, &values[i]);
    for (size_t i = 0; i < 63; i++) {
        assert_ptr_equal(numbered_find(numbered, UINT64_C(1) << i), &values[i]);
        assert_null(numbered_find(numbered, UINT64_C(3) << i));
    }
    numbered_free(numbered);
}

/* As incidents come and go; counted by the allocator. */
static void numbers_that_are_gone_take_no_room(void **state)
{
    (void)state;
    enum { THERE = 100, COME = 200000, ROOM = 64 << 10 };
    char value;
    struct mallinfo2 before = mallinfo2();
    if (before.uordblks + before.hblkhd == 0)
        skip(); /* another allocator, as that of a sanitizer */
    struct numbered *numbered = numbered_new();
    for (uint64_t i = 0; i < COME; i++) {
        numbered_put(numbered, i, &value);
        if (i >= THERE)
            assert_ptr_equal(numbered_remove(numbered, i - THERE), &value);
    }
    struct mallinfo2 after = mallinfo2();
    assert_in_range(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd, 1, ROOM);
    numbered_free(numbered);
}

static void timers_leave_by_time_then_in_order_of_coming(void **state)
{
    (void)state;
    struct heap heap = {0};
    static struct heap_item items[ITEM_COUNT];
    uint32_t random = 7;
    memset(items, 0, sizeof items);
    for (size_t i = 0; i < ITEM_COUNT; i++)
        heap_put(&heap, &items[i], next_random(&random) % 50);
    msec last_at = 0;
    uint64_t last_sequence = 0;
    for (size_t left = ITEM_COUNT; left > 0; left--) {
        struct heap_item *first = heap_first(&heap);
        assert_int_equal(heap.count, left);
        assert_true(first->due_at >= last_at);
        if (left < ITEM_COUNT && first->due_at == last_at)
            assert_true(first->sequence > last_sequence);
        last_at = first->due_at;
        last_sequence = first->sequence;
        heap_remove(&heap, first);
        heap_remove(&heap, first);
        assert_int_equal(first->place, 0);
    }
    assert_null(heap_first(&heap));
    heap_clear(&heap);
}

static void timers_keep_their_order_when_all_numbers_are_used_up(void **state)
{
    (void)state;
    struct heap heap = {.next_sequence = UINT32_MAX - ITEM_COUNT / 2};
    static struct heap_item items[ITEM_COUNT];
    memset(items, 0, sizeof items);
    for (size_t i = 0; i < ITEM_COUNT; i++)
        heap_put(&heap, &items[i], (msec)(i % 3));
    assert_true(heap.next_sequence <= ITEM_COUNT);
    for (size_t due_at = 0; due_at < 3; due_at++) {
        for (size_t i = due_at; i < ITEM_COUNT; i += 3) {
            assert_ptr_equal(heap_first(&heap), &items[i]);
            heap_remove(&heap, &items[i]);
        }
    }
    assert_null(heap_first(&heap));
    heap_clear(&heap);
}

static struct heap_item *least_of(struct heap_item *items)
{
    struct heap_item *least = NULL;
    for (size_t i = 0; i < ITEM_COUNT; i++) {
        if (items[i].place == 0)
            continue;
        if (least == NULL || items[i].due_at < least->due_at ||
            (items[i].due_at == least->due_at && items[i].sequence < least->sequence))
            least = &items[i];
    }
    return least;
}

static void moved_timers_stay_in_order_and_never_is_out(void **state)
{
    (void)state;
    struct heap heap = {0};
    static struct heap_item items[ITEM_COUNT];
    uint32_t random = 99;
    memset(items, 0, sizeof items);
    for (int i = 0; i < 20000; i++) {
        struct heap_item *item = &items[next_random(&random) % ITEM_COUNT];
        uint32_t what = next_random(&random) % 4;
        if (what == 0)
            heap_put(&heap, item, MSEC_NEVER);
        else
            heap_put(&heap, item, next_random(&random) % 300);
        assert_true((item->place == 0) == (what == 0));
        if (i % 50 == 0)
            assert_ptr_equal(heap_first(&heap), least_of(items));
    }
    heap_clear(&heap);
    assert_null(least_of(items));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(a_piece_may_be_larger_than_any_block),
        cmocka_unit_test(the_arena_copies_and_formats),
        cmocka_unit_test(the_hash_is_the_one_of_the_paper),
        cmocka_unit_test(a_map_finds_what_was_put),
        cmocka_unit_test(keys_are_bytes_and_may_hold_nul_or_nothing),
        cmocka_unit_test(a_walk_is_in_order_of_insertion_and_survives_changes),
        cmocka_unit_test(a_walk_meets_what_stays_once),
        cmocka_unit_test(a_map_may_borrow_its_keys),
        cmocka_unit_test(a_map_agrees_with_a_plain_list),
        cmocka_unit_test(records_are_found_and_walked_by_their_number),
        cmocka_unit_test(numbers_may_lie_as_far_apart_as_they_like),
        cmocka_unit_test(numbers_that_are_gone_take_no_room),
        cmocka_unit_test(timers_leave_by_time_then_in_order_of_coming),
        cmocka_unit_test(timers_keep_their_order_when_all_numbers_are_used_up),
        cmocka_unit_test(moved_timers_stay_in_order_and_never_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
