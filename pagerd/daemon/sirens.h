/* SPDX-License-Identifier: MIT */
/*
 * sirens.h - messages that a provider repeats on the phone until somebody acknowledges them there.
 *
 * While their incident calls, the provider is asked every SIREN_ASK_MS (and at once when its
 * callback came, which is not signed and proves nothing): what the person that was paged has
 * acknowledged there is that person's ack here, unless the configuration says otherwise. Once the
 * incident does not call any more, whoever took it, the siren is cancelled. All of it follows from
 * pages and incidents, so that after a restart it goes on.
 */
#pragma once

#include <stdint.h>

#include "base/time.h"

#define SIRENS_MAX 1000 /* looked after at a time; the others end by themselves */
#define SIREN_ASK_MS (10 * SECOND_MS)
#define SIREN_ASK_MIN_MS (6 * SECOND_MS) /* Pushover wants 5 s between; a question may be slow */
#define SIREN_CANCELS_MAX 6
#define SIREN_FRESH_MS (5 * MINUTE_MS) /* an older ack may be of an earlier call */

struct daemon;
struct sirens;

struct sirens *sirens_new(struct daemon *daemon);
void sirens_free(struct sirens *sirens);

/* The provider says that there is news of that page. */
void sirens_hurry(struct sirens *sirens, uint64_t page);

msec sirens_next_due(const struct sirens *sirens); /* milliseconds */
void sirens_tick(struct sirens *sirens);
