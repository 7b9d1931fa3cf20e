/* SPDX-License-Identifier: MIT */
/*
 * inbox.h - what other threads have for the loop: finished requests, commits, worker results.
 *
 * Any thread posts, the loop takes. What the house itself posts comes first and is never refused,
 * for it is bounded by its own makers (turns in flight, worker jobs). Then come calls of people,
 * then those of sources, each from a queue of its own (queue.h): no flood of alerts stands between
 * a person and the loop. Where a queue has no room for a call the sender is told so with 503.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "daemon/queue.h"
#include "http/share.h"

/* Work (http/share.h) that may wait. One call of a person, and an alert of 500 bytes, are 1. */
#define INBOX_PEOPLE_MAX 4096
#define INBOX_SOURCES_MAX 16384
#define INBOX_PEOPLE_WAIT_MS (5 * SECOND_MS)
#define INBOX_SOURCES_WAIT_MS (3 * SECOND_MS)

#define INBOX_CALLS_MAX (INBOX_PEOPLE_MAX + INBOX_SOURCES_MAX)

/* What one inbox_take() gives. */
#define INBOX_HOUSE_TAKEN 512
#define INBOX_PEOPLE_TAKEN 256
#define INBOX_SOURCES_TAKEN 256 /* the last call may go beyond */
#define INBOX_TAKEN_MAX (INBOX_HOUSE_TAKEN + INBOX_PEOPLE_TAKEN + INBOX_SOURCES_TAKEN)

struct call;
struct inbox;

/* A function to run on the loop's thread. */
typedef void inbox_run(void *context, void *item);

struct inbox_item {
    struct call *call; /* a request, or NULL: then run(context, item) */
    inbox_run *run;
    void *context;
    void *item;
};

/* NULL: the system gives no descriptor. */
struct inbox *inbox_new(struct fault *fault);
void inbox_free(struct inbox *inbox);

/* An eventfd that is readable while there is something to take. Borrowed. */
int inbox_fd(const struct inbox *inbox);

/* False when there is no room for that call, or after inbox_refuse_calls(): the fault says why. */
MUST_USE bool inbox_post_call(struct inbox *inbox, struct call *call, struct fault *why_not);
/* The same for whoever has several: the loop may hear of them with the inbox_ring() that must
 * follow. */
MUST_USE bool inbox_leave_call(struct inbox *inbox, struct call *call, struct fault *why_not);
void inbox_ring(struct inbox *inbox);
void inbox_post(struct inbox *inbox, inbox_run *run, void *context, void *item);

/* Would there be room for a call whose body has that size? Asked before the body is read, so that
 * what is refused costs little. */
MUST_USE bool inbox_has_room(struct inbox *inbox, const struct call *call, size_t body_size,
                             struct fault *why_not);

/* No call is taken any more: whoever still comes is told to try again. */
void inbox_refuse_calls(struct inbox *inbox);

/* Sources wait, or need not any more: inbox_take() gives none of theirs meanwhile, and they do not
 * make the descriptor readable. */
void inbox_hold_sources(struct inbox *inbox, bool is_holding);

/* True when nothing is in. */
bool inbox_is_empty(struct inbox *inbox);

/* Takes the next ones, the house's first; returns how many. */
size_t inbox_take(struct inbox *inbox, struct inbox_item items[INBOX_TAKEN_MAX]);

/* What waits, and what was refused. */
struct queue_counts inbox_counts(struct inbox *inbox, enum share_class class);

/* Calls of people that were taken while an older one of a source was the next of those, since the
 * beginning. */
uint64_t inbox_overtaking(struct inbox *inbox);

/* Who was refused most often since inbox_forget_refused(), of sources if any were. "": nobody. */
void inbox_most_refused(struct inbox *inbox, char sender[QUEUE_SENDER_SIZE]);
void inbox_forget_refused(struct inbox *inbox);
