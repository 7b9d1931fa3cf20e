/* SPDX-License-Identifier: MIT */
/* peers_parts.h - what the files of the peers share; all of it belongs to their thread, but for
 * what stands behind the lock. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/host.h"
#include "base/listen.h"
#include "base/map.h"
#include "base/text.h"
#include "daemon/peers.h"
#include "daemon/peers_lookup.h"

/* One connection. */
struct link {
    uint64_t number; /* never used again */
    int fd;
    struct called *called;             /* NULL: it came in */
    char address[LISTEN_ADDRESS_SIZE]; /* of the other end */
    bool is_connecting;
    bool is_over; /* to be closed at the end of the turn */
    struct wire wire;
    struct wire_hello hello; /* of the other end, once it has greeted */
    bool is_up;              /* it has proved itself, and is a peer */
    struct text in;
    struct text out;
    size_t out_at; /* of `out` is sent */
    msec began_at;
    msec heard_at;
    struct link *next; /* that began before it */
};

/* An address that this node calls. */
struct called {
    char address[PEERS_ADDRESS_SIZE]; /* as configured */
    struct host host;
    struct lookup *lookup; /* under way, or NULL */
    struct lookup_address found[LOOKUP_ADDRESSES_MAX];
    size_t found_count;
    size_t next; /* of them to be tried */
    msec looked_at;
    msec call_at;
    struct link *link; /* NULL: none */

    /* Behind the lock. */
    bool is_self;              /* it leads to this node */
    char name[WIRE_NAME_SIZE]; /* of who was last there; "" */
    char problem[PEERS_PROBLEM_SIZE];
    msec since_at; /* for who was never there */
};

/* A node that has ever been linked in this life. Behind the lock. */
struct peer {
    struct wire_hello hello;
    struct wire_beat beat; /* the newest of that instance */
    unsigned link_count;
    msec heard_at;
    msec since_at; /* it is there, or is not */
    bool was_there;
};

/* What is to be sent. */
struct order {
    enum wire_kind kind;
    char node[WIRE_NAME_SIZE];
    uint64_t id;
    struct text bytes;
    struct order *next;
};

/* A call of this node that waits for its answer. */
struct asking {
    uint64_t id;
    char node[WIRE_NAME_SIZE];
    uint64_t link; /* its number; 0: it has not left yet */
};

struct peers {
    struct peers_options options;
    char *name;
    char *version;
    char *secret;
    unsigned char instance[WIRE_NONCE_SIZE];
    pthread_t thread;
    int wake;
    int listener;
    msec turn_at;
    msec beaten_at;
    msec rests_until_at; /* no descriptor was left: nobody is let in before */
    struct link *first;  /* the newest */
    size_t link_count;
    uint64_t last_link;
    uint64_t beat_count;
    unsigned strangers_blamed; /* since it was said last */
    msec blamed_at;
    struct called called[PEERS_CALLED_MAX];
    size_t called_count;

    pthread_mutex_t lock; /* for all below, and the parts above that say so */
    bool is_ending;
    bool has_news; /* beats say something else than the last ones */
    struct wire_beat told;
    struct order *queue;
    struct order **queue_last;
    size_t queue_size;  /* bytes in it and in the links */
    struct map *asking; /* id -> struct asking */
    struct peer peers[PEERS_NAMES_MAX];
    size_t peer_count;
};

/* Milliseconds of the clock that goes on while the machine sleeps (CLOCK_BOOTTIME). */
msec peers_now(void);
void peers_wake(struct peers *peers);

/* ---- peers_link.c: one connection ---- */

/* Begins to connect to that address; NULL: it cannot, and the fault says why. */
struct link *link_call(struct peers *peers, struct called *called, struct fault *fault);
/* Takes in everybody who has called. */
void peers_accept(struct peers *peers);
/* What poll() is to wait for. */
short link_events(const struct link *link);
/* Does what can be done now. */
void link_run(struct peers *peers, struct link *link, short events);
/* Sends what can be sent now. */
void link_flush(struct peers *peers, struct link *link);
/* Appends a frame to what is to be sent. */
void link_add(struct peers *peers, struct link *link, const struct wire_frame *frame);
/* All that are up say that this node is there. */
void peers_beat(struct peers *peers);
/* Why there is no link to it, which is said when it is another reason than before. */
void called_blame(struct called *called, pthread_mutex_t *lock, const char *why);
/* It is over. Why (NULL: nobody need know) is said where that is news. */
void link_end(struct peers *peers, struct link *link, const char *why);
/* Closes those that are over. */
void peers_sweep(struct peers *peers);

/* ---- peers_book.c: who is there, and what is under way ---- */

/* The newest link to a node that is up, or NULL. */
struct link *link_find(struct peers *peers, const char *node);
/* A link has proved who is there. False: it is not wanted, and `why` says so. */
bool book_greet(struct peers *peers, struct link *link, const char **why);
/* It has gone: what waited for answers over it is told. */
void book_leave(struct peers *peers, struct link *link);
/* A frame of a link that is up. */
void book_take(struct peers *peers, struct link *link, const struct wire_frame *frame);
/* Nobody is there, as of now: the time until now counts for nothing. */
void book_forget(struct peers *peers);
/* Sets down who is there now, and since when. */
void book_look(struct peers *peers, msec now);
