/* SPDX-License-Identifier: MIT */
/*
 * inbox.h - what other threads have for the loop: finished requests, commits, worker results.
 *
 * Any thread posts, the loop takes all at once. Bounded: posting a call can be refused, which the
 * sender is told as 503. What the house itself posts is never refused, for it is bounded by its
 * own makers (turns in flight, worker jobs).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

#define INBOX_CALLS_MAX 20000

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

/* An eventfd that is readable while something is in. Borrowed. */
int inbox_fd(const struct inbox *inbox);

/* False when INBOX_CALLS_MAX calls are waiting, or after inbox_refuse_calls(). */
MUST_USE bool inbox_post_call(struct inbox *inbox, struct call *call);
void inbox_post(struct inbox *inbox, inbox_run *run, void *context, void *item);

/* No call is taken any more: whoever still comes is told to try again. */
void inbox_refuse_calls(struct inbox *inbox);

/* True when nothing is in. */
bool inbox_is_empty(struct inbox *inbox);

/* Takes up to `max` items in the order they came; returns how many. */
size_t inbox_take(struct inbox *inbox, struct inbox_item *items, size_t max);
