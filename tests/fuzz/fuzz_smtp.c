/* SPDX-License-Identifier: MIT */
/*
 * fuzz_smtp.c - one session of SMTP or LMTP, as bytes.
 *
 * The first byte says how the bytes are cut, the second what becomes of mails. What must hold:
 * replies are lines of ASCII that begin with a code; mails and replies are the same however the
 * bytes were cut; a mail is within its limit, and has no line that ends in anything but CRLF.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "fuzz.h"
#include "input.h"
#include "mail/smtp.h"

#define SIZE_MAX_OF_MAIL 4096

struct talk {
    struct text replies;
    struct text mails;
};

/* Refuses or puts off by the address, so that the bytes can choose. */
static enum smtp_verdict recipient(void *context, struct span address,
                                   struct smtp_recipient *recipient)
{
    (void)context;
    assert(address.size > 0 && address.size <= SMTP_ADDRESS_MAX);
    if (*address.bytes == 'n')
        return SMTP_REFUSED;
    if (*address.bytes == 'l')
        return SMTP_LATER;
    (void)snprintf(recipient->name, sizeof(recipient->name), "%.*s", (int)address.size,
                   address.bytes);
    return SMTP_TAKEN;
}

static void mail_check(struct span mail)
{
    assert(mail.size <= SIZE_MAX_OF_MAIL);
    for (size_t i = 0; i < mail.size; i++) {
        if (mail.bytes[i] == '\n')
            assert(i > 0 && mail.bytes[i - 1] == '\r');
        if (mail.bytes[i] == '\r')
            assert(i + 1 < mail.size && mail.bytes[i + 1] == '\n');
    }
}

static void mail_take(struct smtp *smtp, uint8_t choice, struct talk *talk)
{
    enum smtp_verdict verdicts[SMTP_RECIPIENTS_MAX];
    size_t count = smtp_recipient_count(smtp);
    assert(count > 0 && count <= SMTP_RECIPIENTS_MAX);
    mail_check(smtp_mail(smtp));
    text_addf(&talk->mails, "<%s>", smtp_sender(smtp));
    for (size_t i = 0; i < count; i++) {
        text_addf(&talk->mails, "[%s]", smtp_recipient_at(smtp, i)->name);
        verdicts[i] = (enum smtp_verdict)((choice + i) % SMTP_VERDICT_COUNT);
    }
    text_add_span(&talk->mails, smtp_mail(smtp));
    smtp_answer(smtp, verdicts, &talk->replies);
}

static void talk_run(struct talk *talk, struct span bytes, size_t step, uint8_t choice)
{
    struct smtp_settings settings = {
        .host = "h", .mail_size_max = SIZE_MAX_OF_MAIL, .recipient = recipient};
    CLEANUP(smtp_free) struct smtp *smtp = smtp_new(&settings);
    enum smtp_want want = SMTP_WANT_BYTES;
    while (bytes.size > 0 && want != SMTP_WANT_END) {
        struct span piece = {bytes.bytes, bytes.size < step ? bytes.size : step};
        size_t taken = smtp_feed(smtp, piece, &talk->replies, &want);
        assert(taken > 0 && taken <= piece.size);
        assert(taken == piece.size || want != SMTP_WANT_BYTES);
        bytes = (struct span){bytes.bytes + taken, bytes.size - taken};
        if (want == SMTP_WANT_ANSWER)
            mail_take(smtp, choice, talk);
    }
}

static void replies_check(struct span rest)
{
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        assert(line.size > 4 && line.bytes[line.size - 1] == '\r');
        assert(line.bytes[0] >= '2' && line.bytes[0] <= '5');
        assert(line.bytes[3] == ' ' || line.bytes[3] == '-');
        for (size_t i = 0; i + 1 < line.size; i++)
            assert(line.bytes[i] >= ' ' && line.bytes[i] < 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = input_of(bytes, size);
    size_t step = (size_t)input_byte(&input) + 1;
    uint8_t choice = input_byte(&input);
    struct talk cut = {0};
    struct talk whole = {0};
    talk_run(&cut, input.rest, step, choice);
    talk_run(&whole, input.rest, SIZE_MAX, choice);
    replies_check(text_span(&cut.replies));
    assert(string_is(text_string(&cut.replies), text_string(&whole.replies)));
    assert(cut.mails.size == whole.mails.size);
    assert(cut.mails.size == 0 || memcmp(cut.mails.bytes, whole.mails.bytes, cut.mails.size) == 0);
    text_clear(&cut.replies);
    text_clear(&cut.mails);
    text_clear(&whole.replies);
    text_clear(&whole.mails);
    return 0;
}
