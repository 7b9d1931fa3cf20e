/* SPDX-License-Identifier: MIT */
/*
 * aim.h - which incident a reply means, by what its writer has been sent. Changes nothing.
 *
 * A number that was written counts if its writer was paged for it or is of its team. A bare key
 * means the incident of the last alarm that went to that address. If that one went out less than
 * REPLY_SEEN_MS ago, and there was another before it, nobody can tell which was read: neither.
 */
#pragma once

#include <stdint.h>

#include "base/time.h"
#include "engine/view.h"
#include "notify/reply.h"

/* What went out so shortly before a bare key cannot be what it answers. */
#define REPLY_SEEN_MS (3 * SECOND_MS)
#define REPLY_REACH_MS DAY_MS /* pages that a bare key can mean */

/* An incident that the talk with somebody has come to, and when (wall). */
struct aim_topic {
    uint64_t incident; /* 0: none */
    msec at;
};

struct aim_in {
    const struct engine *engine;
    const struct user *user;
    const char *channel;
    const char *address;
    msec now_at; /* wall */
    enum reply_verb verb;
    uint64_t incident;        /* named by the text, the button or the page; 0: none */
    struct aim_topic offered; /* "reply 4 again to ack it" was the last answer */
    struct aim_topic last;    /* what was last acted on by reply */
};

enum aim_kind {
    AIM_HIT,
    AIM_NOTHING, /* nothing that a bare key can mean was sent to this address */
    AIM_WHICH,   /* `incident`, or `other` (0: none that is still open) */
    AIM_WRONG,   /* there is no such incident for this person */
};

struct aim {
    enum aim_kind kind;
    uint64_t incident;
    uint64_t other;
    uint64_t page; /* whose incidents a bare key means; 0: no page's, but `incident` alone */
};

struct aim aim_find(const struct aim_in *in);

/* The most urgent incident that this person is being paged for and has not answered, but not
 * `except`; the oldest of several. NULL: none. */
const struct incident *aim_urgent(const struct engine *engine, const char *user, uint64_t except);
