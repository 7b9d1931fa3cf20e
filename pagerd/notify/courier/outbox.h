/* SPDX-License-Identifier: MIT */
/* outbox.h - results on their way from the lanes' threads to the one that writes to the daemon. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "notify/notify.h"

#define OUTBOX_FULL (64 * 1024 * 1024) /* bytes; lanes start nothing while that much waits */

struct outbox;

struct outbox *outbox_new(void);
int outbox_fd(const struct outbox *outbox); /* readable when there is something to take */
void outbox_put(struct outbox *outbox, uint64_t id, const struct result *result);
void outbox_put_failure(struct outbox *outbox, uint64_t id, enum transfer_end end,
                        const char *error);
void outbox_take(struct outbox *outbox, struct text *text); /* appends all that waits */
size_t outbox_size(struct outbox *outbox);
