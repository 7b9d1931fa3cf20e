/* SPDX-License-Identifier: MIT */
/*
 * mail_reply.h - the answer to a page by mail: what its writer says, and whether there is one.
 *
 * Pure. Programs answer mails, too: what says of itself that it was made automatically (RFC 3834),
 * bounces, receipts, mails of lists and mails with attachments are nobody's answer.
 */
#pragma once

#include "base/arena.h"
#include "base/span.h"

struct mail_reply {
    const char *objection; /* why it is no answer of a person; NULL: it is one */
    const char *from;      /* address in From; "" when there is none */
    const char *words;     /* its text, UTF-8 without controls but line ends */
};

/* `bytes` is a mail as it was delivered, with Return-Path in front. Strings live in `arena`. */
void mail_reply_read(struct span bytes, struct arena *arena, struct mail_reply *reply);
