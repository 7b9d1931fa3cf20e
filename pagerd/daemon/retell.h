/* SPDX-License-Identifier: MIT */
/*
 * retell.h - what a journal has, told once more to an engine that has not heard it.
 *
 * What was said about one alert is a thread: it stays together and in order, so that what was acked
 * or resolved meanwhile is so before anybody is paged for it. What people said about themselves and
 * the rota comes first, so that nobody is paged who is not there. An incident is found by its uuid,
 * or by the key of its first alert: numbers that two nodes gave out on their own may be the same.
 * One that is opened here has the number that it had there, unless another one has it.
 *
 * It knows no store, no wire and no clock: the simulator of several nodes uses it as it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "daemon/event_form.h"
#include "engine/engine.h"

struct paged_item;
struct retell_threads;
struct stop_item;
struct token_record;

/* Empty. The caller owns it. */
struct retell_threads *retell_threads_new(void);
void retell_threads_free(struct retell_threads *threads);

/* Adds an entry of the journal: the oldest comes first. Of an alert that was said again and again
 * the first and the last are kept. False: it cannot be read, and nothing of it is there. */
MUST_USE bool retell_threads_add(struct retell_threads *threads, const char *entry,
                                 struct fault *fault);

/* How many there are. */
size_t retell_threads_count(const struct retell_threads *threads);

/* One call of those that say all of it. */
struct retell_letter {
    struct text events;
    bool goes_on;  /* there is more in it of a thread that begins in an earlier one */
    bool is_alone; /* it has one thread */
};

/* Calls that together say all of it: a thread is in one of them, or its parts follow each other.
 * `is_alone`: each thread has one of its own. The caller clears each text and frees the list. */
struct retell_letter *retell_letters(const struct retell_threads *threads, bool is_alone,
                                     size_t *count);

/* Would retell_events() understand all that these say? False: a newer pagerd wrote them, or they
 * are broken. */
MUST_USE bool retell_is_known(struct span events, struct fault *fault);

/* Who is told. */
struct retell_listener {
    void *context;
    const struct engine *engine;
    bool has_mirror; /* what came of an event that says so is in the engine already */
    msec then_at;    /* wall; the engine takes it for that time, which is before, and not for */
    msec now_at;     /* this; 0: it does not */
    /* Is it told for the first time? Asked of all events, also of those that are in the mirror;
     * NULL: all are. */
    bool (*is_new)(void *context, const struct event_origin *origin);
    /* The event is to be stepped; its incident is found. */
    void (*step)(void *context, struct event *event, const struct event_origin *origin);
    /* This ack link works from now on; its incident is found. NULL: links are nothing here. */
    void (*link)(void *context, struct token_record *link);
    /* That page has left; NULL: it is nothing here. */
    void (*paged)(void *context, const struct paged_item *item);
    /* That address has said STOP or START; NULL: it is nothing here. */
    void (*stop)(void *context, const struct stop_item *item);
    /* One is not: it cannot be read (both are NULL), or its incident is over. */
    void (*lost)(void *context, const struct event *event, const struct event_origin *origin,
                 const struct fault *fault);
};

/* Tells what event_form_put() wrote, with commas between. False: it cannot be read, and nobody was
 * told anything. `count` may be NULL. */
MUST_USE bool retell_events(const struct retell_listener *listener, struct span events,
                            size_t *count, struct fault *fault);

/* Tells the threads about what the engine knows, or else all others; each once. What is known is
 * told as of `then_at` of the listener, the rest as of now: what was to last for a while does so
 * from when it was said. */
void retell_own(const struct retell_listener *listener, struct retell_threads *threads,
                bool is_known);
