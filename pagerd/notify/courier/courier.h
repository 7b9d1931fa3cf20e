/* SPDX-License-Identifier: MIT */
/*
 * courier.h - the process that owns the network, and the daemon's end of the line to it.
 *
 * The daemon makes a socketpair (AF_UNIX, SOCK_STREAM), starts itself again with --courier and one
 * end as a descriptor, and keeps the other as a courier_link. Nothing here blocks the daemon: jobs
 * go into a bounded queue, and the loop calls flush and receive when poll says so. When the link
 * breaks, the courier is dead: free the link, start another, send what was not answered again.
 *
 * Every job gets exactly one result with its id, at the latest total_ms after it got a slot of its
 * channel; a stream has any number of results that are TRANSFER_GOES_ON before it. A result may
 * come for a job the daemon no longer knows: ignore it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"
#include "notify/notify.h"

#define COURIER_CHANNEL_SIZE 64   /* of a name, with its NUL; slots are counted by it */
#define COURIER_CHANNELS_MAX 64   /* names that one courier works for */
#define COURIER_TRANSFERS_MAX 100 /* at once, of one channel; the rest of its jobs wait */
#define COURIER_JOBS_MAX 10000    /* waiting, of one channel; more are TRANSFER_BROKEN */
#define COURIER_QUEUE_MAX (32 * 1024 * 1024) /* bytes the daemon keeps for a slow courier */

/* One piece of work. `id` is the daemon's own (page id, or its number for a calendar). */
struct job {
    uint64_t id;
    const char *channel; /* "sms", "sms-2" (its second provider), "calendar": slots are counted by
                            it, and each has a thread of its own */
    msec not_after;      /* boot's clock (CLOCK_BOOTTIME): it may not be begun later; 0: whenever */
    struct request request;
};

/*
 * The child's main: runs until the parent's end of `fd` closes and then ends the process at once
 * (what is under way is of unknown outcome to the daemon anyway). Returns only when it could not
 * start. Closes all descriptors but 0-2 and `fd` and logs to stderr only. It dies with
 * the thread that started it, which has to be one that lives as long as the daemon.
 */
int courier_main(int fd);

struct courier_link;

/* Takes the descriptor (made non-blocking, close-on-exec); courier_link_free closes it. */
struct courier_link *courier_link_new(int fd);
void courier_link_free(struct courier_link *link);
CLEANUP_DEFINE(struct courier_link *, courier_link_free)

int courier_link_fd(const struct courier_link *link); /* for poll */
bool courier_link_wants_write(const struct courier_link *link);

/*
 * Queues a job (everything is copied) and writes what the socket takes now. FAULT_LIMIT: the queue
 * is full, try again when it has drained; FAULT_INPUT: the job breaks a limit of notify.h and will
 * never be taken: the page has failed; FAULT_PEER: the courier is gone.
 */
MUST_USE bool courier_link_send(struct courier_link *link, const struct job *job,
                                struct fault *fault);

/*
 * Queues a question for a sign of life (courier_link_wants_write says so). Returns how many it
 * owes, this one included; whatever comes from it pays them all. Nothing else tells one that hangs
 * from one that has nothing to say.
 */
size_t courier_link_ask(struct courier_link *link);

/* Writes on, when the socket is writable. False: the courier is gone. */
MUST_USE bool courier_link_flush(struct courier_link *link, struct fault *fault);

typedef void courier_receiver(void *context, uint64_t id, const struct result *result);

/* Reads what is there and calls `receiver` once per result; the result is valid inside the call
 * only. The receiver must not free the link. False: the courier is gone or talks nonsense. */
MUST_USE bool courier_link_receive(struct courier_link *link, courier_receiver *receiver,
                                   void *context, struct fault *fault);
