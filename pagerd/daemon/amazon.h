/* SPDX-License-Identifier: MIT */
/*
 * amazon.h - what is asked of AWS SNS for the sake of its messages: certificates, and that a
 * subscription is wanted. The courier asks; callers check the address first (ingest/sns.h).
 */
#pragma once

#include <stdbool.h>

struct amazon;
struct call;
struct daemon;
struct fault;

struct amazon *amazon_new(struct daemon *daemon);
void amazon_free(struct amazon *amazon); /* no call waits any more */

/* Of house.h: the certificate of that address, if it was fetched within a day; or NULL. */
const char *amazon_certificate(const struct amazon *amazon, const char *url);
/* Of house.h: asks, and runs the call again with the answer. False: too many wait. */
bool amazon_fetch(struct amazon *amazon, struct call *call, const char *url, bool is_certificate);

/* The daemon ends: answers whoever waits with 503. */
void amazon_give_up(struct amazon *amazon, const struct fault *why);
