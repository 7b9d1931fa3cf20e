/* SPDX-License-Identifier: MIT */
/*
 * smtp.h - one session of SMTP (RFC 5321) or LMTP (RFC 2033): bytes in, replies and mails out.
 *
 * Pure: no socket, no clock. Which of the two it is, the client says by EHLO or LHLO. Nothing is
 * ever relayed: a recipient is one of the owner's, or refused. A line ends in CRLF and in nothing
 * else, so that no other server's idea of an end smuggles a second mail in; a mail with a bare CR
 * or LF is read to its real end and refused (RFC 5321 2.3.8).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

#define SMTP_RECIPIENTS_MAX 100 /* RFC 5321 4.5.3.1.8; more are asked to wait for a next mail */
#define SMTP_LINE_MAX 2048      /* bytes of a command; RFC 5321 wants 512 and some for extensions */
#define SMTP_ADDRESS_MAX 320
#define SMTP_ERRORS_MAX 20 /* in one session; then it is ended with 421 */

/* What becomes of a recipient or of a mail. */
enum smtp_verdict {
    SMTP_TAKEN,
    SMTP_LATER,   /* 451: nothing was recorded; the client keeps it and comes again */
    SMTP_REFUSED, /* 550 of a recipient, 554 of a mail: it will never be taken */
    SMTP_VERDICT_COUNT
};

/* What the owner says to RCPT. The name is that of the source: never the secret in the address. */
struct smtp_recipient {
    const char *refusal; /* SMTP_REFUSED: status and words behind "550 "; NULL: there is no such
                            address. Static. */
    char name[SMTP_ADDRESS_MAX + 1];    /* who sends, to the owner */
    char address[SMTP_ADDRESS_MAX + 1]; /* fit to be written down */
};

struct smtp_settings {
    const char *host;     /* of this machine, for the greeting */
    size_t mail_size_max; /* bytes; announced as SIZE */
    enum smtp_verdict (*recipient)(void *context, struct span address,
                                   struct smtp_recipient *recipient);
    void *context;
};

enum smtp_want {
    SMTP_WANT_BYTES,  /* feed it more */
    SMTP_WANT_ANSWER, /* a mail is whole: see smtp_mail_*, then call smtp_answer() */
    SMTP_WANT_END     /* send the replies and close */
};

struct smtp;

/* `settings` is copied; its strings and context outlive the session. */
struct smtp *smtp_new(const struct smtp_settings *settings);
void smtp_free(struct smtp *smtp);
CLEANUP_DEFINE(struct smtp *, smtp_free)

/* What is said first, or (421) to one who has to go. */
void smtp_greet(const struct smtp *smtp, struct text *replies);
void smtp_say_goodbye(const struct smtp *smtp, const char *why, struct text *replies);

/* Takes bytes until it wants something else than bytes; returns how many it took. */
size_t smtp_feed(struct smtp *smtp, struct span bytes, struct text *replies, enum smtp_want *want);

/* The mail that is whole, with lines of CRLF and dots taken off; valid until smtp_answer(). */
struct span smtp_mail(const struct smtp *smtp);
const char *smtp_sender(const struct smtp *smtp); /* "" for the empty one */
size_t smtp_recipient_count(const struct smtp *smtp);
const struct smtp_recipient *smtp_recipient_at(const struct smtp *smtp, size_t i);

/* One verdict per recipient, in order. LMTP tells each; SMTP has one reply, and tells to come
 * again when any of them could not be recorded. */
void smtp_answer(struct smtp *smtp, const enum smtp_verdict *verdicts, struct text *replies);

/* Bytes that this session keeps, for limits. */
size_t smtp_size(const struct smtp *smtp);
/* Is a mail being sent? */
bool smtp_is_in_mail(const struct smtp *smtp);
