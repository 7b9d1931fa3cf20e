/* SPDX-License-Identifier: MIT */
/* Spans and growable texts, string helpers, and the escapes for each place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/span.h"
#include "base/text.h"

static void a_span_compares_by_all_its_bytes(void **state)
{
    (void)state;
    assert_true(span_is(SPAN("abc"), "abc"));
    assert_false(span_is(SPAN("abc"), "ab"));
    assert_false(span_is(SPAN("ab"), "abc"));
    assert_true(span_is(span_of(NULL), ""));
    assert_true(span_is((struct span){0}, ""));
    assert_true(span_has_prefix(SPAN("pgk_1"), "pgk_"));
    assert_false(span_has_prefix(SPAN("pgk"), "pgk_"));
    assert_true(span_has_prefix((struct span){0}, ""));
}

static void trimming_takes_white_space_off_both_ends(void **state)
{
    (void)state;
    assert_true(span_is(span_trim(SPAN(" \t a b\r\n")), "a b"));
    assert_true(span_is(span_trim(SPAN(" \n ")), ""));
    assert_true(span_is(span_trim((struct span){0}), ""));
}

static void cutting_walks_through_all_parts(void **state)
{
    (void)state;
    struct span rest = SPAN("a,,bc");
    assert_true(span_is(span_cut(&rest, ','), "a"));
    assert_true(span_is(span_cut(&rest, ','), ""));
    assert_true(span_is(span_cut(&rest, ','), "bc"));
    assert_int_equal(rest.size, 0);
    assert_true(span_is(span_cut(&rest, ','), ""));
    struct span nothing = {0};
    assert_int_equal(span_cut(&nothing, ',').size, 0);
}

static void a_text_grows_and_stays_terminated(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    assert_string_equal(text_string(&text), "");
    for (int i = 0; i < 1000; i++) {
        text_addf(&text, "%d,", i);
        assert_int_equal(strlen(text_string(&text)), text.size);
    }
    text_reset(&text);
    assert_string_equal(text_string(&text), "");
    text_addf(&text, "%0200d|%s", 1, "end");
    assert_int_equal(text.size, 204);
    text_reset(&text);
    text_add_bytes(&text, "a\0b", 3);
    assert_int_equal(text.size, 3);
    text_add_span(&text, (struct span){0});
    assert_int_equal(text_span(&text).size, 3);
}

static void taken_bytes_belong_to_the_taker(void **state)
{
    (void)state;
    struct text text = {0};
    char *empty = text_take(&text);
    assert_string_equal(empty, "");
    free(empty);
    text_add(&text, "abc");
    char *bytes = text_take(&text);
    assert_string_equal(bytes, "abc");
    assert_null(text.bytes);
    free(bytes);
}

static void copies_are_new_and_nothing_stays_nothing(void **state)
{
    (void)state;
    assert_null(string_copy(NULL));
    char *copy = string_copy_span((struct span){"abcdef", 3});
    assert_string_equal(copy, "abc");
    char *text = string_format("%s-%d", copy, 5);
    assert_string_equal(text, "abc-5");
    free(copy);
    free(text);
}

static void strings_compare_without_locale(void **state)
{
    (void)state;
    assert_true(string_is(NULL, NULL));
    assert_false(string_is("a", NULL));
    assert_true(string_same("Content-TYPE", "content-type"));
    assert_false(string_same("content", "content-type"));
    assert_false(string_same("\xc3\x84", "\xc3\xa4"));
    assert_false(string_same(NULL, ""));
}

static void distance_counts_edits_and_swaps(void **state)
{
    (void)state;
    static const struct row {
        const char *left;
        const char *right;
        unsigned distance;
    } rows[] = {
        {"", "", 0},
        {"", "abc", 3},
        {"abc", "", 3},
        {"same", "same", 0},
        {"timezone", "timezon", 1},
        {"emial", "email", 1},
        {"kitten", "sitting", 3},
        {"ab", "ba", 1},
        {"abcd", "badc", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(string_distance(rows[i].left, rows[i].right), rows[i].distance);
        assert_int_equal(string_distance(rows[i].right, rows[i].left), rows[i].distance);
    }
    char longest[65];
    char longer[66];
    memset(longest, 'a', 64);
    memset(longer, 'a', 65);
    longest[64] = '\0';
    longer[65] = '\0';
    assert_int_equal(string_distance(longest, ""), 64);
    assert_int_equal(string_distance(longest, longer), 255);
}

static void html_cannot_be_left(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    text_add_html(&text, "<a href=\"x\" id='y'>&amp;</a>");
    assert_string_equal(text_string(&text), "&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;"
                                            "&lt;/a&gt;");
}

static void a_terminal_cannot_be_steered(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    text_add_terminal(&text, "\x1b[2Ja\nb\x7f\xc2\x9b"
                             "c\xe2\x80\xae"
                             "d\xff\xe2\x80\xa8gr\xc3\xbc\xc3\x9f");
    assert_string_equal(text_string(&text), "?[2Ja?b??c?d??gr\xc3\xbc\xc3\x9f");
}

static void a_url_holds_only_unreserved_bytes(void **state)
{
    (void)state;
    CLEANUP(text_clear) struct text text = {0};
    text_add_url(&text, "aZ09-._~ /?&=+%\xc3\xa4\n");
    assert_string_equal(text_string(&text), "aZ09-._~%20%2F%3F%26%3D%2B%25%C3%A4%0A");
}

/* The line is all that an operator has beside the signal. */
static void no_memory_is_said_before_the_abort(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        memory_out();
    }
    close(ends[1]);
    char said[64] = "";
    assert_true(read(ends[0], said, sizeof(said) - 1) > 0);
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
    assert_string_equal(said, "out of memory: aborted\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_span_compares_by_all_its_bytes),
        cmocka_unit_test(trimming_takes_white_space_off_both_ends),
        cmocka_unit_test(cutting_walks_through_all_parts),
        cmocka_unit_test(a_text_grows_and_stays_terminated),
        cmocka_unit_test(taken_bytes_belong_to_the_taker),
        cmocka_unit_test(copies_are_new_and_nothing_stays_nothing),
        cmocka_unit_test(strings_compare_without_locale),
        cmocka_unit_test(distance_counts_edits_and_swaps),
        cmocka_unit_test(html_cannot_be_left),
        cmocka_unit_test(a_terminal_cannot_be_steered),
        cmocka_unit_test(a_url_holds_only_unreserved_bytes),
        cmocka_unit_test(no_memory_is_said_before_the_abort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
