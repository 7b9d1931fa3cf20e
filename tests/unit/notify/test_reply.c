/* SPDX-License-Identifier: MIT */
/* What people write back, and what is not taken for a reply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "notify/reply.h"

struct row {
    const char *text;
    enum reply_verb verb;
    uint64_t incident;
    char key;
    bool is_all;
};

static void expect_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct reply reply = reply_parse(span_of(rows[i].text));
        if (reply.verb != rows[i].verb || reply.incident != rows[i].incident ||
            reply.key != rows[i].key || reply.is_all != rows[i].is_all)
            fail_msg("\"%s\" is %s %d key %d all %d", rows[i].text, reply_verb_name(reply.verb),
                     (int)reply.incident, reply.key, reply.is_all);
    }
}

#define EXPECT(rows) expect_rows(rows, sizeof(rows) / sizeof *(rows))

static void keys_and_words_mean_what_pages_say(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"4", REPLY_ACK, 0, '4', false},          {"5", REPLY_PASS, 0, '5', false},
        {"6", REPLY_RESOLVE, 0, '6', false},      {"7", REPLY_SNOOZE, 0, '7', false},
        {"8", REPLY_CALL_ALL, 0, '8', false},     {"0", REPLY_HELP, 0, '0', false},
        {"*", REPLY_REPEAT, 0, '*', false},       {"1", REPLY_KEY, 0, '1', false},
        {"9", REPLY_KEY, 0, '9', false},          {"ack", REPLY_ACK, 0, 0, false},
        {"ok", REPLY_ACK, 0, 0, false},           {"a", REPLY_ACK, 0, 0, false},
        {"pass on", REPLY_PASS, 0, 0, false},     {"resolve", REPLY_RESOLVE, 0, 0, false},
        {"snooze", REPLY_SNOOZE, 0, 0, false},    {"call everyone", REPLY_CALL_ALL, 0, 0, false},
        {"help", REPLY_HELP, 0, 0, false},        {"?", REPLY_HELP, 0, 0, false},
        {"yes", REPLY_YES, 0, 0, false},          {"no", REPLY_NO, 0, 0, false},
        {"ack all", REPLY_ACK, 0, 0, true},       {"4 all", REPLY_ACK, 0, '4', true},
        {"4=ack", REPLY_ACK, 0, '4', false},      {"4=ack all", REPLY_ACK, 0, '4', true},
        {"5=pass on", REPLY_PASS, 0, '5', false}, {"4 ack", REPLY_ACK, 0, '4', false},
    };
    EXPECT(rows);
}

static void yes_and_no_answer_a_swap(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum reply_verb verb;
        uint64_t swap;
    } rows[] = {
        {"yes", REPLY_YES, 0},       {"No.", REPLY_NO, 0},          {"yes w3", REPLY_YES, 3},
        {"no W12", REPLY_NO, 12},    {"yes 3", REPLY_UNKNOWN, 0},   {"no w#3", REPLY_NO, 3},
        {"4=yes", REPLY_YES, 0},     {"5=no", REPLY_NO, 0},         {"4=yes w3", REPLY_YES, 3},
        {"5=yes", REPLY_UNKNOWN, 0}, {"4=no", REPLY_UNKNOWN, 0},    {"yes no", REPLY_UNKNOWN, 0},
        {"yes w", REPLY_UNKNOWN, 0}, {"yes 3 4", REPLY_UNKNOWN, 0}, {"yes x3", REPLY_UNKNOWN, 0},
        {"yes 0", REPLY_UNKNOWN, 0}, {"3 yes", REPLY_UNKNOWN, 0},   {"w3", REPLY_UNKNOWN, 0},
        {"yes I", REPLY_UNKNOWN, 0}, {"44=yes", REPLY_UNKNOWN, 0},  {"4 yes", REPLY_UNKNOWN, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reply reply = reply_parse(span_of(rows[i].text));
        if (reply.verb != rows[i].verb || reply.swap != rows[i].swap || reply.incident != 0)
            fail_msg("\"%s\" is %s swap %d", rows[i].text, reply_verb_name(reply.verb),
                     (int)reply.swap);
    }
}

static void a_number_names_the_incident(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"4 412", REPLY_ACK, 412, '4', false},
        {"412 4", REPLY_ACK, 412, '4', false},
        {"#412 4", REPLY_ACK, 412, '4', false},
        {"4#412", REPLY_ACK, 412, '4', false},
        {"4 # 412", REPLY_ACK, 412, '4', false},
        {"ack 412", REPLY_ACK, 412, 0, false},
        {"ack #412", REPLY_ACK, 412, 0, false},
        {"a412", REPLY_ACK, 412, 0, false},
        {"a 412", REPLY_ACK, 412, 0, false},
        {"412a", REPLY_ACK, 412, 0, false},
        {"ok 412", REPLY_ACK, 412, 0, false},
        {"ack incident 412", REPLY_ACK, 412, 0, false},
        {"4 ack 412", REPLY_ACK, 412, '4', false},
        {"6 412", REPLY_RESOLVE, 412, '6', false},
        {"resolve 412", REPLY_RESOLVE, 412, 0, false},
        {"4 5", REPLY_ACK, 5, '4', false},
        {"#4 4", REPLY_ACK, 4, '4', false},
        {"ack 4", REPLY_ACK, 4, 0, false},
        {"4 999999999999", REPLY_ACK, 999999999999, '4', false},
    };
    EXPECT(rows);
}

static void noise_around_it_says_nothing(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"  4  ", REPLY_ACK, 0, '4', false},
        {"\"4\"", REPLY_ACK, 0, '4', false},
        {"'ACK 412'", REPLY_ACK, 412, 0, false},
        {"\xE2\x80\x9C"
         "4\xE2\x80\x9D",
         REPLY_ACK, 0, '4', false},
        {"Ack.", REPLY_ACK, 0, 0, false},
        {"OK!", REPLY_ACK, 0, 0, false},
        {"4, 412", REPLY_ACK, 412, '4', false},
        {"ack: 412", REPLY_ACK, 412, 0, false},
        {"4 \xF0\x9F\x91\x8D", REPLY_ACK, 0, '4', false},
        {"4\xEF\xB8\x8F\xE2\x83\xA3", REPLY_ACK, 0, '4', false}, /* keycap */
        {"\xC2\xA0"
         "4\xC2\xA0",
         REPLY_ACK, 0, '4', false},
        {"4\r\n", REPLY_ACK, 0, '4', false},
        {"(4)", REPLY_ACK, 0, '4', false},
    };
    EXPECT(rows);
}

static void what_is_below_is_not_the_writers_own(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"4\n-- \nAnn Ops\nTel 5", REPLY_ACK, 0, '4', false},
        {"\n\nack\n\nOn Sun, 22 Nov 2026 at 03:02, PAGER wrote:\n> [CRIT #412] 6\n", REPLY_ACK, 0,
         0, false},
        {"On Sun, 22 Nov 2026 PAGER wrote:\n> 6=resolve\n> 5\n\nack 412\n", REPLY_ACK, 412, 0,
         false},
        {"> 4\n>ack\n", REPLY_UNKNOWN, 0, 0, false},
        {"-----Original Message-----\n4\n", REPLY_UNKNOWN, 0, 0, false},
        {"-- \n4\n", REPLY_UNKNOWN, 0, 0, false},
        {"Am 22.11. schrieb PAGER:\n\n> 4", REPLY_UNKNOWN, 0, 0, false},
        {"4\nthanks", REPLY_ACK, 0, '4', false},
    };
    EXPECT(rows);
}

static void nothing_is_guessed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "100aa",
        "aa",
        "412",
        "#412",
        "#",
        "4 412 413",
        "44",
        "4.12",
        "4-12",
        "4,412",
        "4?",
        "4 5 6",
        "5 ack",
        "ack 5 6",
        "ack resolve",
        "4 resolve",
        "04",
        "4 0412",
        "4 #0",
        "4 0",
        "ack #",
        "#ack",
        "=4",
        "4=",
        "not ack",
        "do not ack",
        "ack it later",
        "ok, I look at it in the morning",
        "ok thanks",
        "I will not ack this",
        "who is this",
        "no ack",
        "yes 412",
        "stop 412",
        "stop it",
        "please stop",
        "help 412",
        "all",
        "all 4",
        "resolve all",
        "on 412",
        "everyone",
        "everyone call",
        "pass it on",
        "4\xC3\xA4",
        "\xC3\xA4"
        "ck",
        "4\xC2\xB2",
        "\xFF\xFE"
        "4",
        "4 1000000000000",
        "ackackackackackackack",
        "+4",
        "4%",
        "4/5",
        "**",
        "* 412",
        "\xF0\x9F\x91\x8D",
        "I am out of office until Monday. In urgent cases call 4.",
        "4 = 5 = 6",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct reply reply = reply_parse(span_of(texts[i]));
        if (reply.verb != REPLY_UNKNOWN || reply.incident != 0 || reply.key != 0 || reply.is_all)
            fail_msg("\"%s\" is taken for %s %d", texts[i], reply_verb_name(reply.verb),
                     (int)reply.incident);
    }
    struct reply reply = reply_parse((struct span){"4\0 all", 6});
    assert_int_equal(reply.verb, REPLY_UNKNOWN);
}

static void the_carriers_words_stand_alone(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"STOP", REPLY_STOP, 0, 0, false},        {"Stopall", REPLY_STOP, 0, 0, false},
        {"UNSUBSCRIBE", REPLY_STOP, 0, 0, false}, {"cancel", REPLY_STOP, 0, 0, false},
        {"End", REPLY_STOP, 0, 0, false},         {"QUIT", REPLY_STOP, 0, 0, false},
        {"optout", REPLY_STOP, 0, 0, false},      {"revoke", REPLY_STOP, 0, 0, false},
        {"START", REPLY_START, 0, 0, false},      {"unstop", REPLY_START, 0, 0, false},
        {"\"stop\".", REPLY_STOP, 0, 0, false},
    };
    EXPECT(rows);
}

static void a_sentence_is_too_long_to_be_a_reply(void **state)
{
    (void)state;
    char line[REPLY_LINE_MAX + 2];
    memset(line, ' ', sizeof line);
    line[0] = '4';
    line[sizeof line - 1] = '4';
    struct reply reply = reply_parse((struct span){line, sizeof line});
    assert_int_equal(reply.verb, REPLY_UNKNOWN);
}

static void keys_of_a_telephone(void **state)
{
    (void)state;
    assert_int_equal(reply_of_key('4'), REPLY_ACK);
    assert_int_equal(reply_of_key('*'), REPLY_REPEAT);
    assert_int_equal(reply_of_key('#'), REPLY_UNKNOWN);
    assert_int_equal(reply_of_key('\0'), REPLY_UNKNOWN);
    assert_int_equal(reply_of_key((char)0xFF), REPLY_UNKNOWN);
}

static void every_verb_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < REPLY_VERB_COUNT; i++) {
        assert_non_null(reply_verb_name((enum reply_verb)i));
        assert_int_equal(reply_verb_parse(span_of(reply_verb_name((enum reply_verb)i))), i);
    }
    assert_int_equal(reply_verb_parse(SPAN("drop table")), REPLY_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_words_mean_what_pages_say),
        cmocka_unit_test(yes_and_no_answer_a_swap),
        cmocka_unit_test(a_number_names_the_incident),
        cmocka_unit_test(noise_around_it_says_nothing),
        cmocka_unit_test(what_is_below_is_not_the_writers_own),
        cmocka_unit_test(nothing_is_guessed),
        cmocka_unit_test(the_carriers_words_stand_alone),
        cmocka_unit_test(a_sentence_is_too_long_to_be_a_reply),
        cmocka_unit_test(keys_of_a_telephone),
        cmocka_unit_test(every_verb_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
