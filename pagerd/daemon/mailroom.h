/* SPDX-License-Identifier: MIT */
/*
 * mailroom.h - mails as alerts: who a recipient is, and what becomes of its mail.
 *
 * A recipient is an integration key: by its name (`mail.allow` says from where), or by its secret
 * from anywhere. A mail is a call of the same inbox as all others; its client hears of it after the
 * commit.
 */
#pragma once

#include "base/fault.h"
#include "base/text.h"

struct daemon;
struct mailroom;

/* Opens what the configuration names; *mailroom is NULL when that is nothing. The server must know
 * its identities, or mails would be refused for good. */
MUST_USE bool mailroom_open(struct daemon *daemon, struct mailroom **mailroom, struct fault *fault);
/* After the inbox takes no more calls and all of them are finished. NULL is allowed. */
void mailroom_close(struct mailroom *mailroom);

/* NULL gives the same lines, all zero. */
void mailroom_metrics(const struct mailroom *mailroom, struct text *text);
