/* SPDX-License-Identifier: MIT */
/* The log: one line a fact, with a priority, and nothing in it that could fake another line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

/* Runs `write_lines` with standard error led into a pipe and gives what came. */
static void log_capture(void (*write_lines)(void), char *bytes, size_t room)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    write_lines();
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    close(ends[1]);
    ssize_t size = read(ends[0], bytes, room - 1);
    close(ends[0]);
    assert_true(size >= 0);
    bytes[size] = '\0';
}

static void write_all_levels(void)
{
    log_open("pagerd", false);
    log_error("e %d", 1);
    log_warning("w");
    log_info("i");
    log_debug("dropped");
    log_open("pagerd", true);
    log_debug("d");
}

static void write_hostile_text(void)
{
    log_open("pagerd", false);
    log_info("a\nb\x1b[2J\r\x7f\xc2\x85\xe2\x80\xae\xff gr\xc3\xbc\xc3\x9f");
}

static void write_long_text(void)
{
    CLEANUP(text_clear) struct text text = {0};
    log_open("pagerd", false);
    for (int i = 0; i < 10000; i++)
        text_add(&text, "\xc3\xa4");
    log_info("%s", text_string(&text));
}

static void lines_carry_the_priority_for_the_journal(void **state)
{
    (void)state;
    char bytes[256];
    log_capture(write_all_levels, bytes, sizeof bytes);
    assert_string_equal(bytes, "<3>e 1\n<4>w\n<6>i\n<7>d\n");
}

static void controls_are_escaped(void **state)
{
    (void)state;
    char bytes[256];
    log_capture(write_hostile_text, bytes, sizeof bytes);
    assert_string_equal(bytes, "<6>a\\nb\\x1b[2J\\x0d\\x7f\\x85\\u202e\\xff gr\xc3\xbc\xc3\x9f\n");
}

static void a_long_line_is_cut_and_says_so(void **state)
{
    (void)state;
    char bytes[8192];
    log_capture(write_long_text, bytes, sizeof bytes);
    size_t size = strlen(bytes);
    assert_true(size < 4200);
    assert_string_equal(bytes + size - 4, "...\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_carry_the_priority_for_the_journal),
        cmocka_unit_test(controls_are_escaped),
        cmocka_unit_test(a_long_line_is_cut_and_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
