/* SPDX-License-Identifier: MIT */
/*
 * reply_mail.h - answers to pages by mail, to ack+TOKEN@mail.domain.
 *
 * The token is that of the page's link, and says who answers and about what. The number that the
 * page behind the link asks for is not needed here: it keeps out programs that open what stands in
 * a mail, and none of them writes one. But a mail that was passed on can be answered by its new
 * reader: so the answer has to come from the person's own address besides.
 */
#pragma once

#include <stdbool.h>

#include "base/id.h"
#include "base/span.h"

#define REPLY_MAIL_WORD "ack"
#define REPLY_MAIL_UNKNOWN_MAX 60 /* unknown tokens a minute; more are asked to come again */

struct daemon;

/* "ack+k7qm9xtz2fwhk7qm9xtz@page.example.org": is it the form of such an address? */
bool reply_mail_address(struct span address, const char *domain, char token[TOKEN_TEXT_SIZE]);

enum reply_mail_end {
    REPLY_MAIL_TAKEN,
    REPLY_MAIL_REFUSED, /* unknown, over, or not understood: its writer gets it back */
    REPLY_MAIL_LATER    /* it cannot be kept just now, or too many unknown ones came */
};

/* Within the turn under way. `from` is the writer's address. */
enum reply_mail_end reply_mail_take(struct daemon *daemon, const char *token, const char *from,
                                    const char *words);
