/* SPDX-License-Identifier: MIT */
/*
 * link.h - connections as the server sees them: who is at the other end, and until when a request
 * has to be complete. The HTTP library's own timeout starts again with every byte; this one does
 * not, so that dribbling clients cannot hold connections for ever.
 *
 * Before the connections of one address, or of all, are used up, the oldest makes room for the
 * newest: a flood of slow clients must not keep out an ack. If it waits for its client it is ended
 * at once; if its request is with the inbox it gets the answer, and is closed with that. The Unix
 * socket has connections of its own, which no flood on the network can take.
 */
#pragma once

#include <stdatomic.h>
#include <sys/resource.h>

#include <microhttpd.h>

#include "base/time.h"
#include "http/auth.h"
#include "http/server.h"

#define LINK_HEADERS_MS (30 * SECOND_MS) /* from connect or last answer to the end of headers */
#define LINKS_SWEEP_MS SECOND_MS
#define LINKS_FILES_KEPT 128 /* descriptors for all else: the store, children, calendars */

/* How many connections there may be. */
struct links_limits {
    unsigned share;      /* taken in one turn */
    unsigned max;        /* the library accepts no more */
    unsigned max_of_one; /* of one address */
    unsigned many;       /* beyond: the oldest goes */
    unsigned many_of_one;
};

/* One connection; it lives in the library's slot for it. */
struct link {
    struct peer peer;
    int socket;
    msec deadline_at; /* steady; MSEC_NEVER while an answer is being made */
    bool is_shed;     /* makes room for another: no request after this one */
    bool is_leaving;  /* for that nothing more is to be done: it is counted no more */
    struct link *next;
    struct link *previous;
};

struct links {
    struct link *first; /* the newest */
    size_t count[2];    /* of the network, of the Unix socket */
    struct links_limits limits[2];
    msec swept_at;
    atomic_ullong shed;    /* to make room; read by any thread */
    atomic_ullong expired; /* ended because their time was over */
};

/* Sets the limits by the descriptors that this process may have. */
void links_init(struct links *links, rlim_t file_max);

/* How many may come in now: less than what is kept free, for those that make room for them end only
 * later in the turn. */
unsigned links_share(const struct links *links, bool is_local);

/* The steady clock of the server's thread: for deadlines and budgets on the wire only. */
msec steady_now(void);

/* Its answer is given to the library, which has so long to get it through. True: it is the last one
 * of this connection. A client that does not take it is not leaving, whatever it was told. */
bool link_answered(struct link *link, msec deadline_at);

/* MHD_NotifyConnectionCallback; `context` is a struct links. */
void links_changed(void *context, struct MHD_Connection *connection, void **slot,
                   enum MHD_ConnectionNotificationCode code);
/* At most once a second: ends connections whose deadline has passed. */
void links_sweep(struct links *links, msec now);
