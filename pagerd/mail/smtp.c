/* SPDX-License-Identifier: MIT */
#include "mail/smtp.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum protocol { PROTOCOL_NONE, PROTOCOL_SMTP, PROTOCOL_LMTP };

/* Where in the end of a mail the bytes of DATA are: "\r\n.\r\n". */
enum place {
    PLACE_LINE_START,
    PLACE_TEXT,
    PLACE_CR,
    PLACE_DOT,    /* a dot at the start of a line */
    PLACE_DOT_CR, /* and a CR behind it */
};

struct smtp {
    struct smtp_settings settings;
    enum protocol protocol;
    bool has_sender;
    bool is_in_data;
    bool is_waiting; /* for smtp_answer() */
    bool is_over;
    unsigned error_count;
    char sender[SMTP_ADDRESS_MAX + 1];
    struct smtp_recipient *recipients; /* room for SMTP_RECIPIENTS_MAX, made with the first */
    size_t recipient_count;
    struct text line;
    bool is_line_long;
    struct text mail;
    enum place place;
    bool is_mail_large;
    bool has_bare_end; /* a CR or LF alone */
};

struct smtp *smtp_new(const struct smtp_settings *settings)
{
    assert(settings->recipient);
    struct smtp *smtp = memory_new(1, sizeof(*smtp));
    smtp->settings = *settings;
    return smtp;
}

void smtp_free(struct smtp *smtp)
{
    if (smtp == NULL)
        return;
    text_clear(&smtp->line);
    text_clear(&smtp->mail);
    free(smtp->recipients);
    free(smtp);
}

void smtp_greet(const struct smtp *smtp, struct text *replies)
{
    text_addf(replies, "220 %s ESMTP LMTP pagerd\r\n", smtp->settings.host);
}

void smtp_say_goodbye(const struct smtp *smtp, const char *why, struct text *replies)
{
    text_addf(replies, "421 4.3.2 %s %s\r\n", smtp->settings.host, why);
}

/* ---- commands ---- */

/* Forgets the mail under way, not the greeting. */
static void transaction_end(struct smtp *smtp)
{
    smtp->has_sender = false;
    smtp->is_in_data = false;
    smtp->recipient_count = 0;
    text_clear(&smtp->mail);
    smtp->is_mail_large = false;
    smtp->has_bare_end = false;
}

static void reply_error(struct smtp *smtp, struct text *replies, const char *line)
{
    smtp->error_count++;
    text_addf(replies, "%s\r\n", line);
}

static void greet_take(struct smtp *smtp, struct text *replies, enum protocol protocol)
{
    transaction_end(smtp);
    smtp->protocol = protocol;
    text_addf(replies,
              "250-%s\r\n250-PIPELINING\r\n250-SIZE %zu\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
              "250 ENHANCEDSTATUSCODES\r\n",
              smtp->settings.host, smtp->settings.mail_size_max);
}

static void ehlo_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)rest;
    greet_take(smtp, replies, PROTOCOL_SMTP);
}

static void lhlo_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)rest;
    greet_take(smtp, replies, PROTOCOL_LMTP);
}

static void helo_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)rest;
    transaction_end(smtp);
    smtp->protocol = PROTOCOL_SMTP;
    text_addf(replies, "250 %s\r\n", smtp->settings.host);
}

static bool word_take(struct span *rest, const char *word)
{
    size_t size = strlen(word);
    if (rest->size < size || strncasecmp(rest->bytes, word, size) != 0)
        return false;
    *rest = (struct span){rest->bytes + size, rest->size - size};
    return true;
}

/* "<ann@example.org>" off the start; a route before it (RFC 5321 appendix C) is left out. Some
 * devices leave the brackets out. */
static bool path_take(struct span *rest, struct span *address)
{
    *rest = span_trim(*rest);
    if (rest->size == 0)
        return false;
    if (*rest->bytes != '<') {
        *address = span_cut(rest, ' ');
        return address->size <= SMTP_ADDRESS_MAX && memchr(address->bytes, '@', address->size);
    }
    const char *end = memchr(rest->bytes, '>', rest->size);
    if (end == NULL)
        return false;
    *address = (struct span){rest->bytes + 1, (size_t)(end - rest->bytes) - 1};
    *rest = (struct span){end + 1, rest->size - address->size - 2};
    if (address->size > 0 && *address->bytes == '@') {
        struct span route = *address;
        (void)span_cut(&route, ':');
        *address = route;
    }
    for (size_t i = 0; i < address->size; i++) {
        if (strchr("<> \t", address->bytes[i]) != NULL)
            return false;
    }
    return address->size <= SMTP_ADDRESS_MAX;
}

/* The reply that refuses a parameter of MAIL; NULL: it is fine. */
static const char *parameter_complaint(const struct smtp *smtp, struct span parameter)
{
    if (word_take(&parameter, "SIZE=")) {
        size_t size = 0;
        for (size_t i = 0; i < parameter.size && i < 18; i++) {
            if (!isdigit((unsigned char)parameter.bytes[i]))
                return "501 5.5.4 SIZE is a number";
            size = size * 10 + (size_t)(parameter.bytes[i] - '0');
        }
        return size > smtp->settings.mail_size_max ? "552 5.3.4 This mail is too large" : NULL;
    }
    static const char *const known[] = {"BODY=7BIT", "BODY=8BITMIME", "SMTPUTF8"};
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        struct span rest = parameter;
        if (word_take(&rest, known[i]) && rest.size == 0)
            return NULL;
    }
    return "555 5.5.4 This parameter of MAIL is not known here";
}

static void mail_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    struct span address;
    if (smtp->has_sender) {
        reply_error(smtp, replies, "503 5.5.1 A mail is under way already");
        return;
    }
    if (!word_take(&rest, "FROM:") || !path_take(&rest, &address)) {
        reply_error(smtp, replies, "501 5.5.4 MAIL FROM:<ADDRESS> is expected");
        return;
    }
    while (rest.size > 0) {
        struct span parameter = span_trim(span_cut(&rest, ' '));
        const char *complaint = parameter.size > 0 ? parameter_complaint(smtp, parameter) : NULL;
        if (complaint != NULL) {
            reply_error(smtp, replies, complaint);
            return;
        }
    }
    memcpy(smtp->sender, address.bytes, address.size);
    smtp->sender[address.size] = '\0';
    smtp->has_sender = true;
    text_add(replies, "250 2.1.0 Go on\r\n");
}

static void rcpt_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    struct span address;
    if (!smtp->has_sender) {
        reply_error(smtp, replies, "503 5.5.1 MAIL comes first");
        return;
    }
    if (!word_take(&rest, "TO:") || !path_take(&rest, &address) || address.size == 0 ||
        span_trim(rest).size > 0) {
        reply_error(smtp, replies, "501 5.5.4 RCPT TO:<ADDRESS> is expected");
        return;
    }
    if (smtp->recipient_count == SMTP_RECIPIENTS_MAX) {
        text_add(replies, "452 4.5.3 Too many recipients; send this mail to the rest again\r\n");
        return;
    }
    if (smtp->recipients == NULL)
        smtp->recipients = memory_new(SMTP_RECIPIENTS_MAX, sizeof(*smtp->recipients));
    struct smtp_recipient *recipient = &smtp->recipients[smtp->recipient_count];
    *recipient = (struct smtp_recipient){0};
    switch (smtp->settings.recipient(smtp->settings.context, address, recipient)) {
    case SMTP_TAKEN:
        smtp->recipient_count++;
        text_add(replies, "250 2.1.5 Go on\r\n");
        return;
    case SMTP_LATER:
        text_add(replies, "451 4.3.0 This cannot be said now; try again\r\n");
        return;
    case SMTP_REFUSED:
    case SMTP_VERDICT_COUNT:
        break;
    }
    CLEANUP(text_clear) struct text reply = {0};
    text_addf(&reply, "550 %s",
              recipient->refusal != NULL
                  ? recipient->refusal
                  : "5.1.1 No source of pagerd has this address, or not from where you are");
    reply_error(smtp, replies, text_string(&reply));
}

static void data_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    if (rest.size > 0) {
        reply_error(smtp, replies, "501 5.5.4 DATA stands alone");
        return;
    }
    if (smtp->recipient_count == 0) {
        reply_error(smtp, replies, "503 5.5.1 There is no recipient");
        return;
    }
    smtp->is_in_data = true;
    smtp->place = PLACE_LINE_START;
    text_add(replies, "354 End with a line that is a dot\r\n");
}

static void rset_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)rest;
    transaction_end(smtp);
    text_add(replies, "250 2.0.0 Forgotten\r\n");
}

static void noop_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)smtp;
    (void)rest;
    text_add(replies, "250 2.0.0 Yes\r\n");
}

static void vrfy_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)smtp;
    (void)rest;
    text_add(replies, "252 2.5.1 Send it and see\r\n");
}

static void quit_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)rest;
    smtp->is_over = true;
    text_addf(replies, "221 2.0.0 %s closes\r\n", smtp->settings.host);
}

static void unknown_run(struct smtp *smtp, struct span rest, struct text *replies)
{
    (void)rest;
    reply_error(smtp, replies, "502 5.5.1 This command is not done here");
}

static const struct command {
    const char *verb;
    bool needs_greeting;
    void (*run)(struct smtp *smtp, struct span rest, struct text *replies);
} commands[] = {
    {"EHLO", false, ehlo_run},    {"LHLO", false, lhlo_run},        {"HELO", false, helo_run},
    {"MAIL", true, mail_run},     {"RCPT", true, rcpt_run},         {"DATA", true, data_run},
    {"RSET", false, rset_run},    {"NOOP", false, noop_run},        {"VRFY", false, vrfy_run},
    {"QUIT", false, quit_run},    {"EXPN", false, unknown_run},     {"HELP", false, unknown_run},
    {"AUTH", false, unknown_run}, {"STARTTLS", false, unknown_run}, {"BDAT", false, unknown_run},
    {"ETRN", false, unknown_run},
};

static bool line_is_clean(struct span line)
{
    for (size_t i = 0; i < line.size; i++) {
        if ((unsigned char)line.bytes[i] < ' ' && line.bytes[i] != '\t')
            return false;
    }
    return true;
}

static void line_run(struct smtp *smtp, struct span line, struct text *replies)
{
    if (smtp->is_line_long || !line_is_clean(line)) {
        reply_error(smtp, replies,
                    smtp->is_line_long ? "500 5.5.2 This line is too long"
                                       : "500 5.5.2 A command is text, and ends in CRLF");
        return;
    }
    struct span rest = line;
    struct span verb = span_cut(&rest, ' ');
    rest = span_trim(rest);
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        const struct command *command = &commands[i];
        if (verb.size != strlen(command->verb) ||
            strncasecmp(verb.bytes, command->verb, verb.size) != 0)
            continue;
        if (command->needs_greeting && smtp->protocol == PROTOCOL_NONE)
            reply_error(smtp, replies, "503 5.5.1 Say EHLO or LHLO first");
        else
            command->run(smtp, rest, replies);
        return;
    }
    reply_error(smtp, replies, "500 5.5.1 This command is not known");
}

/* ---- the two ways to read ---- */

/* One command; returns how many bytes were taken. */
static size_t command_feed(struct smtp *smtp, struct span bytes, struct text *replies)
{
    for (size_t i = 0; i < bytes.size; i++) {
        size_t before = smtp->line.size;
        bool is_end = bytes.bytes[i] == '\n' && before > 0 && smtp->line.bytes[before - 1] == '\r';
        if (!is_end) {
            /* A line that is too long keeps only its last byte, to see its end. */
            smtp->is_line_long = smtp->is_line_long || before >= SMTP_LINE_MAX;
            if (smtp->is_line_long)
                text_reset(&smtp->line);
            text_add_char(&smtp->line, bytes.bytes[i]);
            continue;
        }
        struct span line = {smtp->line.bytes, before - 1};
        line_run(smtp, line, replies);
        text_reset(&smtp->line);
        smtp->is_line_long = false;
        if (smtp->error_count >= SMTP_ERRORS_MAX && !smtp->is_over) {
            smtp_say_goodbye(smtp, "too many errors", replies);
            smtp->is_over = true;
        }
        return i + 1;
    }
    return bytes.size;
}

static void mail_add(struct smtp *smtp, const char *bytes, size_t size)
{
    if (smtp->is_mail_large || smtp->mail.size + size > smtp->settings.mail_size_max) {
        smtp->is_mail_large = true;
        text_clear(&smtp->mail);
        return;
    }
    text_add_bytes(&smtp->mail, bytes, size);
}

/* A byte behind what `place` says. True: the mail is over. */
static bool data_step(struct smtp *smtp, char byte)
{
    bool is_cr = byte == '\r';
    switch (smtp->place) {
    case PLACE_LINE_START:
        if (byte == '.') {
            smtp->place = PLACE_DOT; /* the first dot of a line is not part of it */
            return false;
        }
        break;
    case PLACE_TEXT:
        break;
    case PLACE_CR:
    case PLACE_DOT_CR:
        if (byte == '\n' && smtp->place == PLACE_DOT_CR)
            return true;
        mail_add(smtp, "\r", 1);
        if (byte == '\n') {
            mail_add(smtp, "\n", 1);
            smtp->place = PLACE_LINE_START;
            return false;
        }
        smtp->has_bare_end = true;
        break;
    case PLACE_DOT:
        if (is_cr) {
            smtp->place = PLACE_DOT_CR;
            return false;
        }
        break;
    }
    smtp->place = is_cr ? PLACE_CR : PLACE_TEXT;
    if (is_cr)
        return false;
    smtp->has_bare_end = smtp->has_bare_end || byte == '\n';
    mail_add(smtp, &byte, 1);
    return false;
}

/* Runs of plain bytes are taken at once: a mail may have megabytes. */
static size_t plain_size(const struct smtp *smtp, struct span bytes)
{
    size_t size = 0;
    if (smtp->place != PLACE_TEXT)
        return 0;
    while (size < bytes.size && bytes.bytes[size] != '\r' && bytes.bytes[size] != '\n')
        size++;
    return size;
}

/* The mail is over: what is wrong with its form, told once for each recipient of LMTP. */
static void data_refuse(struct smtp *smtp, struct text *replies, const char *line)
{
    size_t count = smtp->protocol == PROTOCOL_LMTP ? smtp->recipient_count : 1;
    for (size_t i = 0; i < count; i++)
        text_addf(replies, "%s\r\n", line);
    smtp->error_count++;
    transaction_end(smtp);
}

static size_t data_feed(struct smtp *smtp, struct span bytes, struct text *replies)
{
    size_t at = 0;
    while (at < bytes.size) {
        struct span rest = {bytes.bytes + at, bytes.size - at};
        size_t plain = plain_size(smtp, rest);
        if (plain > 0) {
            mail_add(smtp, rest.bytes, plain);
            at += plain;
            continue;
        }
        at++;
        if (!data_step(smtp, *rest.bytes))
            continue;
        smtp->is_in_data = false;
        if (smtp->is_mail_large)
            data_refuse(smtp, replies, "552 5.3.4 This mail is too large");
        else if (smtp->has_bare_end)
            data_refuse(smtp, replies, "554 5.6.0 A line of this mail does not end in CRLF");
        else
            smtp->is_waiting = true;
        return at;
    }
    return at;
}

size_t smtp_feed(struct smtp *smtp, struct span bytes, struct text *replies, enum smtp_want *want)
{
    size_t at = 0;
    assert(!smtp->is_waiting);
    while (at < bytes.size && !smtp->is_over && !smtp->is_waiting) {
        struct span rest = {bytes.bytes + at, bytes.size - at};
        at += smtp->is_in_data ? data_feed(smtp, rest, replies) : command_feed(smtp, rest, replies);
    }
    *want = smtp->is_over ? SMTP_WANT_END : smtp->is_waiting ? SMTP_WANT_ANSWER : SMTP_WANT_BYTES;
    return at;
}

/* ---- the mail ---- */

struct span smtp_mail(const struct smtp *smtp)
{
    assert(smtp->is_waiting);
    return text_span(&smtp->mail);
}

const char *smtp_sender(const struct smtp *smtp)
{
    return smtp->sender;
}

size_t smtp_recipient_count(const struct smtp *smtp)
{
    return smtp->recipient_count;
}

const struct smtp_recipient *smtp_recipient_at(const struct smtp *smtp, size_t i)
{
    assert(i < smtp->recipient_count);
    return &smtp->recipients[i];
}

void smtp_answer(struct smtp *smtp, const enum smtp_verdict *verdicts, struct text *replies)
{
    static const char *const lines[SMTP_VERDICT_COUNT] = {
        [SMTP_TAKEN] = "250 2.0.0 On disk\r\n",
        [SMTP_LATER] = "451 4.3.0 Nothing was recorded; try again\r\n",
        [SMTP_REFUSED] = "554 5.6.0 This cannot be read as a mail\r\n",
    };
    assert(smtp->is_waiting);
    enum smtp_verdict all = SMTP_REFUSED;
    for (size_t i = 0; i < smtp->recipient_count; i++) {
        assert(verdicts[i] < SMTP_VERDICT_COUNT);
        if (smtp->protocol == PROTOCOL_LMTP)
            text_add(replies, lines[verdicts[i]]);
        if (verdicts[i] == SMTP_LATER || (verdicts[i] == SMTP_TAKEN && all == SMTP_REFUSED))
            all = verdicts[i];
    }
    if (smtp->protocol != PROTOCOL_LMTP)
        text_add(replies, lines[all]);
    smtp->is_waiting = false;
    transaction_end(smtp);
}

size_t smtp_size(const struct smtp *smtp)
{
    return smtp->mail.size;
}

bool smtp_is_in_mail(const struct smtp *smtp)
{
    return smtp->is_in_data;
}
