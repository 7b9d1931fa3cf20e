/* SPDX-License-Identifier: MIT */
/*
 * receiver.h - takes mails by SMTP and LMTP: one thread, one epoll, a session per connection.
 *
 * Knows nothing of alerts: the owner says who a recipient is, takes each mail, and gives it back
 * with a verdict when it is known whether it is on disk. Only then the client hears of it. Slow
 * clients cost a descriptor for a while and nothing else; where there are too many, the oldest
 * that sends nothing makes room.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "mail/smtp.h"

#define RECEIVER_LISTEN_MAX 4
#define RECEIVER_CONNECTIONS_MAX 512
#define RECEIVER_CONNECTIONS_OF_ONE_MAX 128           /* of one address */
#define RECEIVER_SIZE_MAX ((size_t)256 * 1024 * 1024) /* of all mails being sent */
#define RECEIVER_ADDRESS_SIZE 80

struct receiver;

/* The other end of a connection. */
struct mail_peer {
    bool is_local;                       /* by the Unix socket */
    char address[RECEIVER_ADDRESS_SIZE]; /* "192.0.2.1", "2001:db8::1", or "local" */
};

/* One mail for one recipient. */
struct delivery {
    const char *name;  /* of the recipient's source, as the owner said it */
    struct text bytes; /* Return-Path and X-Original-To before the mail (RFC 5321 4.4) */
    enum smtp_verdict verdict;
    struct receiver *receiver;
    struct delivery *next;
};

struct receiver_options {
    const char *listen[RECEIVER_LISTEN_MAX]; /* "127.0.0.1:8425"; port 0 picks one */
    size_t listen_count;
    const char *socket_path; /* NULL: none */
    const char *host;
    size_t mail_size_max;
    /* Both are called on the receiver's thread. submit: false when it cannot be taken now; else
     * delivery_finish() follows, from any thread. */
    enum smtp_verdict (*recipient)(void *context, const struct mail_peer *peer, struct span address,
                                   struct smtp_recipient *recipient);
    bool (*submit)(void *context, struct delivery *delivery);
    void *context;
};

/* Binds, then starts the thread. */
MUST_USE bool receiver_open(const struct receiver_options *options, struct receiver **receiver,
                            struct fault *fault);
/* Takes no more connections, waits for mails that the owner has, ends the thread. */
void receiver_close(struct receiver *receiver);

/* The address that listen[i] became; borrowed. */
const char *receiver_address(const struct receiver *receiver, size_t i);

/* Gives a mail back; it must not be touched any more. Thread-safe. */
void delivery_finish(struct delivery *delivery, enum smtp_verdict verdict);

/* Since it was opened; thread-safe. */
struct receiver_counts {
    uint64_t mails[SMTP_VERDICT_COUNT]; /* by verdict, one for each recipient */
    uint64_t refused;                   /* recipients that nobody is */
    uint64_t connections;
    uint64_t shed;    /* ended to make room */
    uint64_t expired; /* ended for being slow */
};
struct receiver_counts receiver_counts(const struct receiver *receiver);
