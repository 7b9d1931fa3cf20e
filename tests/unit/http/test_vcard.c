/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/vcard.h"

static void numbers_stand_once_and_names_not_at_all(void **state)
{
    const struct sender_view senders[] = {{"sms", "+12025550123"},
                                          {"sms", "PAGER"},
                                          {"voice", "+1 (202) 555-0123"},
                                          {"voice", "+12025550124"},
                                          {"email", "a,b@example.org"}};
    CLEANUP(text_clear) struct text card = {0};
    (void)state;
    vcard_add(&card, senders, 5, "https://page.example.org");
    assert_string_equal(text_string(&card),
                        "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:application\r\nFN:PAGER\r\n"
                        "TEL;TYPE=\"text,voice\":+12025550123\r\n"
                        "TEL;TYPE=\"text,voice\":+12025550124\r\n"
                        "EMAIL:a\\,b@example.org\r\n"
                        "URL:https://page.example.org\r\n"
                        "NOTE:Pages of pagerd. Let it through at night.\r\nEND:VCARD\r\n");
}

static void long_lines_are_folded_between_characters(void **state)
{
    char url[400] = "https://";
    CLEANUP(text_clear) struct text card = {0};
    (void)state;
    for (int i = 0; i < 150; i++)
        strcat(url, "\xc3\xa4");
    vcard_add(&card, NULL, 0, url);
    const char *line = text_string(&card);
    size_t folded = 0;
    while (*line != '\0') {
        const char *end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 75);
        assert_true(((unsigned char)line[line[0] == ' '] & 0xC0) != 0x80);
        folded += line[0] == ' ';
        line = end + 2;
    }
    assert_int_equal(folded, 4);
}

static void nothing_gets_out_of_its_line(void **state)
{
    const struct sender_view senders[] = {{"email", "x@example.org\r\nTEL:+666"}};
    CLEANUP(text_clear) struct text card = {0};
    (void)state;
    vcard_add(&card, senders, 1, NULL);
    assert_null(strstr(text_string(&card), "\r\nTEL"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_stand_once_and_names_not_at_all),
        cmocka_unit_test(long_lines_are_folded_between_characters),
        cmocka_unit_test(nothing_gets_out_of_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
