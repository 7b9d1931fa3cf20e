/* SPDX-License-Identifier: MIT */
/* The book of a feed: what counts as a change, and what is remembered of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/feeds_book.h"

#define UID "ops.primary.20260302T080000Z@pager"
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* One build with one event, or with none. */
static struct book_mark build(struct book *book, const char *content, msec now_at)
{
    struct book_mark mark = {0};
    book_begin(book);
    if (content != NULL)
        mark = book_enter(book, UID, span_of(content), 500, now_at);
    book_end(book, 0, now_at);
    return mark;
}

static void expect(struct book_mark mark, uint32_t sequence, msec changed_at)
{
    assert_int_equal(mark.sequence, sequence);
    assert_int_equal(mark.changed_at, changed_at);
}

static void the_same_content_stays_as_old_as_it_is(void **state)
{
    (void)state;
    CLEANUP(book_free) struct book *book = book_new(0);
    expect(build(book, "ann", 100), 0, 100);
    assert_true(book_take_change(book));
    expect(build(book, "ann", 200), 0, 100);
    assert_false(book_take_change(book));
    assert_int_equal(book_changed_at(book), 100);
}

static void a_change_is_one_more_and_is_now(void **state)
{
    (void)state;
    CLEANUP(book_free) struct book *book = book_new(0);
    build(book, "ann", 100);
    expect(build(book, "bob", 200), 1, 200);
    expect(build(book, "ann", 300), 2, 300);
    assert_int_equal(book_changed_at(book), 300);
}

/* A program that has dropped the event would not take it back with the number it had. */
static void what_went_away_and_comes_back_is_a_change(void **state)
{
    (void)state;
    CLEANUP(book_free) struct book *book = book_new(0);
    build(book, "ann", 100);
    build(book, NULL, 200);
    assert_int_equal(book_changed_at(book), 200);
    assert_int_equal(book_count(book), 1);
    expect(build(book, "ann", 300), 1, 300);
}

static void what_has_left_the_range_is_forgotten(void **state)
{
    (void)state;
    CLEANUP(book_free) struct book *book = book_new(0);
    build(book, "ann", 100);
    book_begin(book);
    book_end(book, 500, 200);
    assert_int_equal(book_count(book), 1);
    book_begin(book);
    book_end(book, 501, 200);
    assert_int_equal(book_count(book), 0);
}

static void a_book_comes_back_from_its_bytes(void **state)
{
    (void)state;
    CLEANUP(book_free) struct book *book = book_new(7);
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(text_clear) struct text again = {0};
    struct fault fault = {0};
    build(book, "ann", 100);
    build(book, "bob", 200);
    book_render(book, &bytes);
    CLEANUP(book_free) struct book *copy = NULL;
    assert_true(book_parse(text_span(&bytes), &copy, &fault));
    book_render(copy, &again);
    assert_string_equal(text_string(&again), text_string(&bytes));
    assert_int_equal(book_changed_at(copy), 200);
    expect(build(copy, "bob", 300), 8, 200);
    expect(build(copy, "cat", 300), 9, 300);
    expect(book_enter(copy, "new", span_of("x"), 500, 400), 7, 400);
}

static void a_byte_that_was_changed_or_lost_is_damage(void **state)
{
    (void)state;
    CLEANUP(book_free) struct book *book = book_new(0);
    CLEANUP(text_clear) struct text bytes = {0};
    build(book, "ann", 100);
    book_render(book, &bytes);
    for (size_t i = 0; i < bytes.size; i++) {
        struct book *copy = NULL;
        bytes.bytes[i] ^= 1;
        assert_false(book_parse(text_span(&bytes), &copy, NULL));
        bytes.bytes[i] ^= 1;
        assert_false(book_parse((struct span){bytes.bytes, i}, &copy, NULL));
        assert_null(copy);
    }
}

static void a_book_is_bounded(void **state)
{
    (void)state;
    CLEANUP(book_free) struct book *book = book_new(3);
    char uid[BOOK_UID_MAX + 2];
    book_begin(book);
    for (int i = 0; i < BOOK_ENTRIES_MAX + 10; i++) {
        snprintf(uid, sizeof(uid), "%d", i);
        expect(book_enter(book, uid, span_of("x"), 500, 100), 3, 100);
    }
    book_end(book, 0, 100);
    assert_int_equal(book_count(book), BOOK_ENTRIES_MAX);

    CLEANUP(book_free) struct book *other = book_new(0);
    memset(uid, 'u', sizeof(uid));
    uid[sizeof(uid) - 1] = '\0';
    expect(book_enter(other, uid, span_of("x"), 500, 100), 0, 100);
    assert_int_equal(book_count(other), 0);
    uid[BOOK_UID_MAX] = '\0';
    (void)book_enter(other, uid, span_of("x"), 500, 100);
    CLEANUP(text_clear) struct text bytes = {0};
    CLEANUP(book_free) struct book *copy = NULL;
    struct fault fault = {0};
    book_render(other, &bytes);
    if (!book_parse(text_span(&bytes), &copy, &fault))
        fail_msg("%s", fault.text);
    assert_int_equal(book_count(copy), 1);
}

static void a_file_is_written_read_and_removed(void **state)
{
    (void)state;
    char folder[] = "book-XXXXXX";
    CLEANUP(text_clear) struct text bytes = {0};
    struct fault fault = {0};
    struct stat status;
    char path[128];
    assert_non_null(mkdtemp(folder));
    assert_true(book_file_read(folder, HASH, &bytes, &fault));
    assert_int_equal(bytes.size, 0);
    assert_true(book_file_write(folder, HASH, span_of("one"), &fault));
    assert_true(book_file_write(folder, HASH, span_of("two"), &fault));
    assert_true(book_file_read(folder, HASH, &bytes, &fault));
    assert_string_equal(text_string(&bytes), "two");
    snprintf(path, sizeof(path), "%s/feeds/%s", folder, HASH);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);

    assert_false(book_file_write(folder, "../../etc/passwd", span_of("x"), &fault));
    assert_false(book_file_read(folder, "", &bytes, &fault));
    book_file_remove(folder, "../" HASH);
    assert_int_equal(stat(path, &status), 0);
    book_file_remove(folder, HASH);
    assert_int_not_equal(stat(path, &status), 0);
    snprintf(path, sizeof(path), "%s/feeds", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_content_stays_as_old_as_it_is),
        cmocka_unit_test(a_change_is_one_more_and_is_now),
        cmocka_unit_test(what_went_away_and_comes_back_is_a_change),
        cmocka_unit_test(what_has_left_the_range_is_forgotten),
        cmocka_unit_test(a_book_comes_back_from_its_bytes),
        cmocka_unit_test(a_byte_that_was_changed_or_lost_is_damage),
        cmocka_unit_test(a_book_is_bounded),
        cmocka_unit_test(a_file_is_written_read_and_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
