/* SPDX-License-Identifier: MIT */
/* Sessions of SMTP and LMTP, without a socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mail/smtp.h"

/* "no@" is refused, "later@" not now, all others are taken. */
static enum smtp_verdict recipient(void *context, struct span address,
                                   struct smtp_recipient *recipient)
{
    (void)context;
    if (span_has_prefix(address, "no@"))
        return SMTP_REFUSED;
    if (span_has_prefix(address, "later@"))
        return SMTP_LATER;
    snprintf(recipient->name, sizeof(recipient->name), "%.*s", (int)address.size, address.bytes);
    return SMTP_TAKEN;
}

static struct smtp *session(void)
{
    struct smtp_settings settings = {.host = "h", .mail_size_max = 100, .recipient = recipient};
    return smtp_new(&settings);
}

/* All of it; each mail is taken by `verdict`. Returns the replies, to be cleared. */
static struct text talk(struct smtp *smtp, struct span said, size_t step, enum smtp_verdict verdict,
                        struct text *mails)
{
    struct text replies = {0};
    enum smtp_verdict verdicts[SMTP_RECIPIENTS_MAX];
    for (size_t i = 0; i < SMTP_RECIPIENTS_MAX; i++)
        verdicts[i] = verdict;
    while (said.size > 0) {
        enum smtp_want want;
        struct span piece = {said.bytes, said.size < step ? said.size : step};
        size_t taken = smtp_feed(smtp, piece, &replies, &want);
        said = (struct span){said.bytes + taken, said.size - taken};
        if (want == SMTP_WANT_ANSWER) {
            text_addf(mails, "<%s>", smtp_sender(smtp));
            for (size_t i = 0; i < smtp_recipient_count(smtp); i++)
                text_addf(mails, "[%s]", smtp_recipient_at(smtp, i)->name);
            text_add_span(mails, smtp_mail(smtp));
            smtp_answer(smtp, verdicts, &replies);
        }
        if (want == SMTP_WANT_END)
            break;
    }
    return replies;
}

/* The codes of the last line of each reply. */
static void codes_are(const struct text *replies, const char *expected)
{
    CLEANUP(text_clear) struct text codes = {0};
    struct span rest = text_span(replies);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        assert_true(line.size > 4 && line.bytes[line.size - 1] == '\r');
        if (line.bytes[3] == ' ')
            text_addf(&codes, "%s%.3s", codes.size > 0 ? " " : "", line.bytes);
    }
    assert_string_equal(text_string(&codes), expected);
}

#define HEAD "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"

static const struct row {
    const char *said;
    const char *codes;
    const char *mails;
    enum smtp_verdict verdict;
} rows[] = {
    {"EHLO a\r\n" HEAD "x\r\n.\r\nQUIT\r\n", "250 250 250 354 250 221", "<a@x>[b@y]x\r\n", 0},
    {"HELO a\r\n" HEAD "..x\r\n.y\r\n\r\n.\r\n", "250 250 250 354 250", "<a@x>[b@y].x\r\ny\r\n\r\n",
     0},
    {"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nRCPT TO:<no@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n.\r\n",
     "250 250 250 550 250 354 250 250", "<>[b@y][c@y]", 0},
    {"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n.\r\n",
     "250 250 250 250 354 451", "<>[b@y][c@y]", SMTP_LATER},
    {"EHLO a\r\n" HEAD "x\r\n.\r\n", "250 250 250 354 554", "<a@x>[b@y]x\r\n", SMTP_REFUSED},
    /* nothing but CRLF ends a line */
    {"EHLO a\r\n" HEAD "x\n.\nQUIT\r\n.\r\n", "250 250 250 354 554", "", 0},
    {"EHLO a\r\n" HEAD "x\n.\r\ny\r\n.\r\n", "250 250 250 354 554", "", 0},
    {"EHLO a\r\n" HEAD "x\r.\r\r\n.\r\n", "250 250 250 354 554", "", 0},
    {"EHLO a\r\n" HEAD "x\r\n.\ny\r\n.\rz\r\n.\r\n", "250 250 250 354 554", "", 0},
    {"LHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n\n\r\n.\r\n",
     "250 250 250 250 354 554 554", "", 0},
    {"EHLO a\nQUIT\r\nNOOP\r\n", "500 250", "", 0},
    /* order */
    {"MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n", "503 503 503", "", 0},
    {"EHLO a\r\nDATA\r\nRCPT TO:<b@y>\r\nMAIL FROM:<a@x>\r\nMAIL FROM:<a@x>\r\nDATA\r\n",
     "250 503 503 250 503 503", "", 0},
    {"EHLO a\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRSET\r\nDATA\r\n", "250 250 250 250 503", "",
     0},
    {"EHLO a\r\nMAIL FROM:<a@x>\r\nRCPT TO:<later@y>\r\nDATA\r\n", "250 250 451 503", "", 0},
    /* forms */
    {"ehlo a\r\nmail from:<@r:a@x> size=9 body=8bitmime smtputf8\r\nrcpt to: b@y \r\n",
     "250 250 250", "", 0},
    {"EHLO a\r\nMAIL FROM:<a@x> SIZE=101\r\nMAIL FROM:<a@x> SIZE=x\r\nMAIL FROM:<a@x> AUTH=<>\r\n",
     "250 552 501 555", "", 0},
    {"EHLO a\r\nMAIL FROM:a\r\nMAIL FROM:<a b@x>\r\nMAIL TO:<a@x>\r\nMAIL FROM:<a\x01@x>\r\n",
     "250 501 501 501 500", "", 0},
    {"VRFY a\r\nNOOP x\r\nEXPN a\r\nHELP\r\nAUTH PLAIN\r\nSTARTTLS\r\nWHAT\r\n\r\n",
     "252 250 502 502 502 502 500 500", "", 0},
};

static void every_dialogue_is_answered_as_the_rules_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        for (size_t step = 1; step < 100; step += 33) { /* however the bytes are cut */
            CLEANUP(smtp_free) struct smtp *smtp = session();
            CLEANUP(text_clear) struct text mails = {0};
            CLEANUP(text_clear)
            struct text replies = talk(smtp, span_of(rows[i].said), step, rows[i].verdict, &mails);
            codes_are(&replies, rows[i].codes);
            assert_string_equal(text_string(&mails), rows[i].mails);
        }
    }
}

static void a_large_mail_is_read_to_its_end_and_refused(void **state)
{
    (void)state;
    CLEANUP(smtp_free) struct smtp *smtp = session();
    CLEANUP(text_clear) struct text mails = {0};
    CLEANUP(text_clear) struct text said = {0};
    text_add(&said, "EHLO a\r\n" HEAD);
    for (int i = 0; i < 1000; i++)
        text_add(&said, "0123456789\r\n");
    text_add(&said, ".\r\n" HEAD "small\r\n.\r\n");
    CLEANUP(text_clear) struct text replies = talk(smtp, text_span(&said), 64, SMTP_TAKEN, &mails);
    codes_are(&replies, "250 250 250 354 552 250 250 354 250");
    assert_string_equal(text_string(&mails), "<a@x>[b@y]small\r\n");
    assert_int_equal(smtp_size(smtp), 0);
}

static void a_hundred_recipients_and_twenty_errors_are_the_limits(void **state)
{
    (void)state;
    CLEANUP(smtp_free) struct smtp *smtp = session();
    CLEANUP(text_clear) struct text mails = {0};
    CLEANUP(text_clear) struct text said = {0};
    text_add(&said, "EHLO a\r\nMAIL FROM:<a@x>\r\n");
    for (int i = 0; i <= SMTP_RECIPIENTS_MAX; i++)
        text_addf(&said, "RCPT TO:<b%d@y>\r\n", i);
    text_add(&said, "RSET\r\n");
    for (int i = 0; i <= SMTP_ERRORS_MAX; i++)
        text_add(&said, "WHAT\r\n");
    CLEANUP(text_clear) struct text replies = talk(smtp, text_span(&said), 64, SMTP_TAKEN, &mails);
    assert_non_null(strstr(text_string(&replies), "\r\n452 4.5.3"));
    const char *end = strstr(text_string(&replies), "421 ");
    assert_non_null(end);
    assert_null(strstr(end, "500 "));
}

static void a_long_line_is_one_error(void **state)
{
    (void)state;
    CLEANUP(smtp_free) struct smtp *smtp = session();
    CLEANUP(text_clear) struct text mails = {0};
    CLEANUP(text_clear) struct text said = {0};
    for (int i = 0; i < 10000; i++)
        text_add(&said, "NOOP");
    text_add(&said, "\r\nNOOP\r\n");
    CLEANUP(text_clear) struct text replies = talk(smtp, text_span(&said), 64, SMTP_TAKEN, &mails);
    codes_are(&replies, "500 250");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dialogue_is_answered_as_the_rules_say),
        cmocka_unit_test(a_large_mail_is_read_to_its_end_and_refused),
        cmocka_unit_test(a_hundred_recipients_and_twenty_errors_are_the_limits),
        cmocka_unit_test(a_long_line_is_one_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
