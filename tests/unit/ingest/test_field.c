/* SPDX-License-Identifier: MIT */
/* Values of a body as a line, as paragraphs and as a link: what is plain already stays as it is,
 * whatever else is brought into shape. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/field.h"

#define MAX 16

struct row {
    const char *text;
    const char *expected;
};

static void expect(const struct row *rows, size_t count,
                   const char *(*field)(struct arena *arena, const char *text))
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    for (size_t i = 0; i < count; i++)
        assert_string_equal(field(arena, rows[i].text), rows[i].expected);
}

#define EXPECT(rows, field) expect(rows, sizeof(rows) / sizeof((rows)[0]), field)

static const char *line(struct arena *arena, const char *text)
{
    return field_line(arena, text, MAX);
}

static const char *block(struct arena *arena, const char *text)
{
    return field_block(arena, text, MAX);
}

static void a_line_has_single_spaces_between_its_words(void **state UNUSED)
{
    static const struct row rows[] = {
        {"", ""},
        {" ", ""},
        {"disk full", "disk full"},
        {" disk full", "disk full"},
        {"disk full ", "disk full"},
        {"disk  full", "disk full"},
        {"a b c  d", "a b c d"},
        {"disk\tfull", "disk full"},
        {"disk\nfull", "disk full"},
        {"disk\x7f full\x01", "disk full"},
        {"d\xc3\xbcnn  ist", "d\xc3\xbcnn ist"},
        {"sixteen letters!", "sixteen letters!"},
        {"seventeen letters", "seventeen let\xe2\x80\xa6"},
    };
    EXPECT(rows, line);
}

static void a_block_keeps_its_lines_and_spaces(void **state UNUSED)
{
    static const struct row rows[] = {
        {"", ""},
        {"a  b", "a  b"},
        {" a\n  b ", "a\n  b"},
        {"a\x07 b\x7f", "a b"},
        {"sixteen letters!", "sixteen letters!"},
        {"seventeen letters", "seventeen let\xe2\x80\xa6"},
    };
    EXPECT(rows, block);
}

static void a_link_has_a_host_and_no_spaces(void **state UNUSED)
{
    static const struct row rows[] = {
        {"https://wiki.example/a?b#c", "https://wiki.example/a?b#c"},
        {" http://wiki.example ", "http://wiki.example"},
        {"https://wiki.example/\xc3\xbc", "https://wiki.example/\xc3\xbc"},
        {"https://wiki.example/a b", ""},
        {"https://wiki.example/a\x7f", ""},
        {"https://wiki.example/a\nb", ""},
        {"https:///a", ""},
        {"ftp://wiki.example", ""},
    };
    EXPECT(rows, field_url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_single_spaces_between_its_words),
        cmocka_unit_test(a_block_keeps_its_lines_and_spaces),
        cmocka_unit_test(a_link_has_a_host_and_no_spaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
