/* SPDX-License-Identifier: MIT */
#include "mail/visit.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE (64 * 1024)       /* of one turn: then others come */
#define LEAVE_MS (10 * SECOND_MS)   /* for the last replies */
#define OUT_MAX ((size_t)64 * 1024) /* replies that a client does not read */

static enum smtp_verdict visit_recipient(void *context, struct span address,
                                         struct smtp_recipient *recipient)
{
    struct visit *visit = context;
    const struct receiver_options *options = visit->options;
    enum smtp_verdict verdict =
        options->recipient(options->context, &visit->peer, address, recipient);
    visit->refused_count += verdict == SMTP_REFUSED;
    return verdict;
}

static void visit_write(struct visit *visit)
{
    while (visit->out.size > 0) {
        ssize_t size = send(visit->fd, visit->out.bytes, visit->out.size, MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno == EAGAIN)
            return;
        if (size < 0) {
            text_reset(&visit->out);
            visit->state = visit->state == VISIT_WAITING ? VISIT_WAITING : VISIT_GONE;
            return;
        }
        struct text rest = {0};
        text_add_bytes(&rest, visit->out.bytes + size, visit->out.size - (size_t)size);
        text_clear(&visit->out);
        visit->out = rest;
    }
    if (visit->state == VISIT_LEAVING)
        visit->state = VISIT_GONE;
}

struct visit *visit_new(int fd, const struct mail_peer *peer,
                        const struct receiver_options *options, struct receiver *receiver, msec now)
{
    struct visit *visit = memory_new(1, sizeof(*visit));
    visit->fd = fd;
    visit->peer = *peer;
    visit->options = options;
    visit->delivery.receiver = receiver;
    visit->deadline_at = now + VISIT_COMMAND_MS;
    struct smtp_settings settings = {.host = options->host,
                                     .mail_size_max = options->mail_size_max,
                                     .recipient = visit_recipient,
                                     .context = visit};
    visit->smtp = smtp_new(&settings);
    smtp_greet(visit->smtp, &visit->out);
    visit_write(visit);
    return visit;
}

void visit_free(struct visit *visit)
{
    if (visit == NULL)
        return;
    assert(visit->state != VISIT_WAITING);
    close(visit->fd);
    smtp_free(visit->smtp);
    text_clear(&visit->in);
    text_clear(&visit->out);
    text_clear(&visit->delivery.bytes);
    free(visit);
}

/* Hands the mail over for its next recipient; true: all of them are answered. */
static bool visit_deliver(struct visit *visit)
{
    const struct receiver_options *options = visit->options;
    struct smtp *smtp = visit->smtp;
    while (visit->verdict_count < smtp_recipient_count(smtp)) {
        const struct smtp_recipient *recipient = smtp_recipient_at(smtp, visit->verdict_count);
        struct delivery *delivery = &visit->delivery;
        delivery->name = recipient->name;
        text_reset(&delivery->bytes);
        text_addf(&delivery->bytes, "Return-Path: <%s>\r\nX-Original-To: %s\r\n", smtp_sender(smtp),
                  recipient->address);
        text_add_span(&delivery->bytes, smtp_mail(smtp));
        if (options->submit(options->context, delivery))
            return false;
        visit->verdicts[visit->verdict_count++] = SMTP_LATER;
    }
    return true;
}

static void visit_hear(struct visit *visit, struct span bytes, msec now);

/* All recipients have their verdict. */
static void visit_conclude(struct visit *visit, msec now)
{
    smtp_answer(visit->smtp, visit->verdicts, &visit->out);
    text_clear(&visit->delivery.bytes);
    visit->verdict_count = 0;
    visit->state = VISIT_TALKING;
    visit->deadline_at = now + VISIT_COMMAND_MS;
    struct text in = visit->in;
    visit->in = (struct text){0};
    if (in.size > 0)
        visit_hear(visit, text_span(&in), now);
    text_clear(&in);
}

/* Bytes of the client, up to a mail that has to be answered first. */
static void visit_hear(struct visit *visit, struct span bytes, msec now)
{
    while (bytes.size > 0 && visit->state == VISIT_TALKING) {
        enum smtp_want want;
        bool was_in_mail = smtp_is_in_mail(visit->smtp);
        size_t said = visit->out.size;
        size_t taken = smtp_feed(visit->smtp, bytes, &visit->out, &want);
        bytes = (struct span){bytes.bytes + taken, bytes.size - taken};
        if (smtp_is_in_mail(visit->smtp) && !was_in_mail)
            visit->deadline_at = now + VISIT_MAIL_MS;
        else if (!smtp_is_in_mail(visit->smtp) && visit->out.size > said)
            visit->deadline_at = now + VISIT_COMMAND_MS;
        if (want == SMTP_WANT_END) {
            visit->state = VISIT_LEAVING;
            visit->deadline_at = now + LEAVE_MS;
        }
        if (want != SMTP_WANT_ANSWER)
            continue;
        visit->state = VISIT_WAITING;
        visit->deadline_at = MSEC_NEVER;
        text_add_span(&visit->in, bytes);
        if (visit_deliver(visit))
            visit_conclude(visit, now);
        return;
    }
}

static void visit_read(struct visit *visit, msec now)
{
    char bytes[READ_SIZE];
    ssize_t size = recv(visit->fd, bytes, sizeof(bytes), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        visit->state = VISIT_GONE;
        return;
    }
    visit_hear(visit, (struct span){bytes, (size_t)size}, now);
}

void visit_run(struct visit *visit, uint32_t events, msec now)
{
    if (visit->state == VISIT_TALKING && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
        visit_read(visit, now);
    else if (visit->state == VISIT_LEAVING && (events & (EPOLLHUP | EPOLLERR)) != 0)
        visit->state = VISIT_GONE;
    visit_write(visit);
    if (visit->out.size > OUT_MAX && visit->state != VISIT_WAITING)
        visit->state = VISIT_GONE;
}

void visit_answered(struct visit *visit, msec now)
{
    assert(visit->state == VISIT_WAITING);
    visit->verdicts[visit->verdict_count++] = visit->delivery.verdict;
    if (visit_deliver(visit))
        visit_conclude(visit, now);
    visit_write(visit);
}

void visit_end(struct visit *visit, const char *why, msec now)
{
    if (visit->state != VISIT_TALKING)
        return;
    smtp_say_goodbye(visit->smtp, why, &visit->out);
    visit->state = VISIT_LEAVING;
    visit->deadline_at = now + LEAVE_MS;
    visit_write(visit);
}

uint32_t visit_events(const struct visit *visit)
{
    if (visit->out.size > 0)
        return EPOLLOUT;
    return visit->state == VISIT_TALKING ? EPOLLIN : 0;
}

size_t visit_size(const struct visit *visit)
{
    return smtp_size(visit->smtp) + visit->delivery.bytes.size + visit->in.size;
}
