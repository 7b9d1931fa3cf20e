/* SPDX-License-Identifier: MIT */
/*
 * webhook.h - what pagerd tells other programs of incidents, as the Standard Webhooks want it
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 *
 * Pure, as all of notify/: names of events, signatures, the wait before the next try.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "base/time.h"

struct request;
struct result;
struct verdict;

#define WEBHOOK_SECRETS_MAX 2 /* the new one and the old one, while they are changed */
#define WEBHOOK_KEY_MIN 24    /* bytes: the specification wants 24 to 64 */
#define WEBHOOK_KEY_MAX 64

/* The type of what is told of a line of the timeline ("acknowledged" → "incident.acknowledged");
 * NULL: nothing is. */
const char *webhook_type(const char *entry_event);

/*
 * "v1,BASE64 v1,BASE64": HMAC-SHA256 of "ID.TIMESTAMP.BODY" by each of the secrets, of which bad
 * ones are passed over. Lives in `arena`.
 */
const char *webhook_signature(const char *id, int64_t timestamp, struct span body,
                              const char *const *secrets, size_t secret_count, struct arena *arena);

/*
 * For --check --net: connects and secures, and sends nothing. There are receivers to which any
 * request at all, a HEAD or OPTIONS as well, is an event; whether the secret is right only a
 * message can show. `ca_file` may be NULL. FAULT_INPUT: an address that cannot be used.
 */
MUST_USE bool webhook_probe(const char *url, const char *ca_file, struct arena *arena,
                            struct request *request, struct fault *fault);
void webhook_judge_probe(const struct result *result, struct verdict *verdict);

/* How long to wait after so many failures in a row (from 1). */
msec webhook_wait_ms(unsigned failures);
