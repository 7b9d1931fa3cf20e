/* SPDX-License-Identifier: MIT */
/*
 * queue.h - calls that wait for the loop, a line for each who sends them.
 *
 * Whoever sends little is served before what others have piled up: the lines share the loop by
 * the work of their calls (self-clocked fair queueing, Golestani 1994). A line may be as long as
 * there is still room for others (dynamic thresholds, Choudhury and Hahne 1998), so that one who
 * floods gets half of the room, and there is always some for who comes next; and it takes nothing
 * while its first call has waited for too long. What does not fit is refused, and counted.
 *
 * Knows no calls: an item is any pointer, and never the queue's. Not thread-safe.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"

#define QUEUE_SENDER_SIZE 128
#define QUEUE_REFUSED_MAX 8 /* senders that are remembered by name */
#define QUEUE_CALL_PART 4   /* a call counts for this part of the room at most */

struct queue;

struct queue_limits {
    size_t work_max; /* of all that waits, but for the last one that was let in */
    msec wait_ms;    /* a line whose first has waited for so long takes no more */
};

struct queue *queue_new(struct queue_limits limits);
void queue_free(struct queue *queue); /* not the items */

/* Would `work` of that sender be taken at `now`? If not it is counted as refused, and `why_not` is
 * a FAULT_LIMIT. `now` is any clock that does not jump. */
MUST_USE bool queue_admit(struct queue *queue, const char *sender, size_t work, msec now,
                          struct fault *why_not);

/* The same, and puts the item behind the others of its sender when it is. */
MUST_USE bool queue_post(struct queue *queue, const char *sender, void *item, size_t work, msec now,
                         struct fault *why_not);

/* The next one, and its work as it was counted; NULL: nothing waits. */
void *queue_take(struct queue *queue, size_t *work);

struct queue_counts {
    size_t waiting; /* items */
    size_t work;    /* of them */
    size_t work_max;
    size_t lines;     /* senders of them */
    msec since_at;    /* since when the one has waited that is next; 0: nothing waits */
    uint64_t refused; /* since the beginning */
};
struct queue_counts queue_counts(const struct queue *queue);

/* Who was refused most often since queue_forget_refused(), by and large: of those beyond
 * QUEUE_REFUSED_MAX the rarest are forgotten. "" when nobody was. Borrowed. */
const char *queue_most_refused(const struct queue *queue);
void queue_forget_refused(struct queue *queue);
