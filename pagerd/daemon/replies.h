/* SPDX-License-Identifier: MIT */
/*
 * replies.h - what people answer to pages, whatever the way: an SMS, a key on the phone, a mail, a
 * button in a chat.
 *
 * A reply means what its writer has seen. Its bare "4" is for the incident of the last alarm that
 * went to that very address; never for an older episode, and not for one that its writer cannot
 * have read yet. Addresses that belong to nobody, or to several people, get no answer at all.
 *
 * The events go into the turn under way: whoever sends the answer back does so after its commit.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"
#include "base/time.h"
#include "notify/reply.h"
#include "notify/retort.h"

#define REPLY_UNHELPFUL_MAX 5 /* answers in a row to what was not understood; then silence: */
#define REPLY_SILENT_MS HOUR_MS
#define REPLY_WRONG_MAX 5 /* numbers of incidents that are not its writer's; then it is muted: */
#define REPLY_MUTED_MS (10 * MINUTE_MS)

struct config;
struct daemon;
struct replies;

/* One reply. Strings are borrowed. Either `address` or `user` says whose it is. */
struct reply_in {
    const char *channel;  /* by which it came, and by which its writer is paged: "sms", "voice",
                             "email", "slack" ... */
    const char *via;      /* for the timeline: "SMS reply", "voice key", "Slack button" */
    const char *address;  /* of the writer, as the provider gives it; NULL: `user` is known */
    const char *user;     /* id: who is known by other means (an ack token, a linked account) */
    uint64_t page;        /* which is answered; 0: not known */
    uint64_t incident;    /* which is meant, whatever the text says; 0: not known */
    enum reply_verb verb; /* of a button or key; REPLY_UNKNOWN: `text` says it */
    struct span text;
    bool is_take; /* the button says "take it over" */
};

/* What became of it. Borrowed until the next reply is taken. */
struct reply_out {
    const char *user;   /* id of who wrote; NULL: nobody known, nothing was done */
    uint64_t incident;  /* the one it is about, or 0 */
    bool is_done;       /* it did what it says, or that was so before */
    struct retort said; /* the facts of the answer, for ways that say it in other words */
};

/* What answers by that channel may do, as it is configured. */
enum letter_keys replies_keys(const struct config *config, const char *channel);

struct replies *replies_new(void);
void replies_free(struct replies *replies);

/*
 * Takes one reply. `answer` gets what its writer is told: one SMS in the GSM alphabet, or nothing
 * where nothing is to be sent. `out` may be NULL.
 */
void replies_take(struct daemon *daemon, const struct reply_in *in, struct text *answer,
                  struct reply_out *out);
