/* SPDX-License-Identifier: MIT */
/*
 * post.h - the daemon's end of sending: renders pages, hands them to the courier, and makes events
 * of what became of them. Keeps the courier alive.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/time.h"
#include "engine/record.h"

#define POST_FETCHES_MAX 1000

struct daemon;
struct fetch_order;
struct post;
struct post_fetch;
struct request;
struct result;

/* What came of a fetch: `status` 0 with `problem` when there was no answer. Borrowed. */
struct fetched {
    uint32_t status;
    const char *bytes;
    size_t size;
    const char *etag;
    const char *last_modified;
    const char *problem; /* "" when answered */
    bool goes_on;        /* whole lines of a stream (none: it has begun), and more may come */
    msec retry_after_ms; /* the server asks to be left alone that long; 0: it does not */
};

typedef void post_fetched(void *context, const struct fetched *fetched);
typedef void post_carried(void *context, const struct result *result);

struct post *post_new(struct daemon *daemon);
void post_free(struct post *post);

/* Starts the courier. */
void post_start(struct post *post);

/* A child has ended: if it was the courier, another is started. */
void post_reap(struct post *post);

/* Sends a committed page; its outcome comes as an event. `token` is "" without a link. */
void post_send(struct post *post, uint64_t page, const char *token);

/* Asks a calendar's server or a monitoring system; `done` is called once (for a stream: also for
 * each piece of it before the end), on the loop's thread, maybe before this returns. */
void post_fetch(struct post *post, const struct fetch_order *order, post_fetched *done,
                void *context);

/* Hands over a request that is no page, in the lane of `channel`; `done` is called once, on the
 * loop's thread, maybe before this returns. */
void post_carry(struct post *post, const char *channel, const struct request *request,
                post_carried *done, void *context);

/* Pages that the courier began too late (leavings.h), since start. */
uint64_t post_late_count(const struct post *post);

/* Is there a courier now? What is shouted without one is lost. */
bool post_has_courier(const struct post *post);
/* Tells every admin by every channel, from memory: for what must not wait for the disk. */
void post_shout(struct post *post, const char *text);
/* Letters of it that are not answered yet. */
size_t post_shouts_waiting(const struct post *post);

/* The disk has failed: tells the admins like that, unless they have just been told, then ends the
 * daemon. */
void post_emergency(struct post *post, const char *why);

/* Milliseconds until post_tick has something to do. */
msec post_next_due(const struct post *post);
void post_tick(struct post *post);

/* {"alive","restarts","sent","failed"} */
void post_status(const struct post *post, struct json_writer *writer);
