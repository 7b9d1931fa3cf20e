/* SPDX-License-Identifier: MIT */
/* visit.h - one connection of the receiver. All of it belongs to the receiver's thread. */
#pragma once

#include "base/time.h"
#include "mail/receiver.h"
#include "mail/smtp.h"

#define VISIT_COMMAND_MS (5 * MINUTE_MS) /* for the next command; RFC 5321 4.5.3.2.7 */
#define VISIT_MAIL_MS (10 * MINUTE_MS)   /* for a whole mail; 4.5.3.2.6 */

enum visit_state {
    VISIT_TALKING,
    VISIT_WAITING, /* the owner has its mail */
    VISIT_LEAVING, /* the last replies are on their way */
    VISIT_GONE     /* to be freed */
};

struct visit {
    int fd;
    enum visit_state state;
    struct mail_peer peer;
    const struct receiver_options *options;
    struct smtp *smtp;
    struct text out; /* replies not yet sent */
    struct text in;  /* bytes behind a mail that waits */
    uint32_t events; /* what epoll was told */
    msec deadline_at;
    struct delivery delivery; /* one recipient after the other */
    enum smtp_verdict verdicts[SMTP_RECIPIENTS_MAX];
    size_t verdict_count;
    uint64_t refused_count; /* recipients, for the receiver to count */
    size_t counted_size;    /* of it, in the receiver's sum */
    struct visit *next;
    struct visit *previous;
};

/* Takes the descriptor. The greeting is on its way when this returns. */
struct visit *visit_new(int fd, const struct mail_peer *peer,
                        const struct receiver_options *options, struct receiver *receiver,
                        msec now);
void visit_free(struct visit *visit);

/* The descriptor is ready: reads, replies, hands mails over. */
void visit_run(struct visit *visit, uint32_t events, msec now);
/* The owner has given the mail back. */
void visit_answered(struct visit *visit, msec now);
/* Says why and leaves; a visit that waits is left alone. */
void visit_end(struct visit *visit, const char *why, msec now);
/* What it waits for: EPOLLIN, EPOLLOUT, or nothing. */
uint32_t visit_events(const struct visit *visit);
size_t visit_size(const struct visit *visit);
