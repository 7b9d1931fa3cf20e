/* SPDX-License-Identifier: MIT */
/*
 * peers.h - the links of this node to the others: TCP, sealed with their common secret.
 *
 * Each node calls each other one, and takes the calls of all; what is said on either connection
 * counts. Over it nodes say four times a second what they are, and hand each other calls: what
 * monitoring says to one that stands by, and all that it is asked while it alone does not see the
 * database. What a peer was is believed for
 * a second after its last word, by the clock that goes on while the machine sleeps: a process that
 * was frozen wakes up knowing nothing, and begins all links anew.
 *
 * A thread of its own. Frames are in peers_wire.h, one connection is in peers_link.c, who the peers
 * are is in peers_book.c.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/time.h"
#include "daemon/away_rules.h"
#include "daemon/peers_wire.h"

#define PEERS_CALLED_MAX 16       /* addresses that are called */
#define PEERS_NAMES_MAX 32        /* nodes that are known */
#define PEERS_LINKS_MAX 64        /* connections: beyond, who calls is not let in */
#define PEERS_STRANGERS_MAX 16    /* of these, who have not proved anything; the oldest is let go */
#define PEERS_CALLS_MAX 20000     /* of this node, under way */
#define PEERS_SIZE_MAX (64 << 20) /* bytes that wait to be sent */
#define PEERS_BEAT_MS 250         /* between two beats */
#define PEERS_GONE_MS 1000        /* silent for so long, a peer is not there */
#define PEERS_LEFT_MS 3000        /* and for so long, its connection is given up */
#define PEERS_GREET_MS 2000       /* for everything until the other end has proved itself */
#define PEERS_CALL_MS 500         /* between two tries to connect */
#define PEERS_ADDRESS_SIZE 280
#define PEERS_PROBLEM_SIZE 200

struct peers;

struct peers_options {
    const char *name;          /* of this node, unlike all others' */
    const char *version;       /* of the program */
    struct span secret;        /* the same on all nodes */
    const char *listen;        /* "10.0.0.1:7443" */
    const char *const *called; /* where the others listen; may have this node, too */
    size_t called_count;

    /* Called on the thread of the peers: copy, hand over and return. */
    void *context;
    /* A call of a peer, to be answered by peers_answer() or peers_refuse(). */
    void (*asked)(void *context, uint64_t id, const char *node, struct span call);
    /* The answer to a call of peers_send(). */
    void (*answered)(void *context, uint64_t id, struct span answer);
    /* There will be none: it was refused, or the link is gone and nobody knows whether it was
     * done. */
    void (*failed)(void *context, uint64_t id, const char *why);
    /* News of peers_tell_all(). */
    void (*told)(void *context, uint64_t id, const char *node, struct span news);
    /* A copy of peers_copy(), to be answered like a call when it is on disk. */
    void (*copied)(void *context, uint64_t id, const char *node, struct span copy);
};

/* Starts the thread; no peer need be there. The fault says why this node cannot listen. The caller
 * owns the peers. */
MUST_USE bool peers_open(const struct peers_options *options, struct peers **peers,
                         struct fault *fault);
/* What is under way is forgotten. */
void peers_close(struct peers *peers);

/* What beats say from now on; the next one leaves at once when it is another than before. Its count
 * is not read. */
void peers_tell(struct peers *peers, const struct wire_beat *beat);

/*
 * Hands a call to the node of that name. No other call ever has its `id`. True: it leaves with
 * peers_ring(), and answered() or failed() comes, unless it is forgotten before. False: nobody was
 * asked.
 */
MUST_USE bool peers_send(struct peers *peers, const char *node, uint64_t id, struct span call,
                         struct fault *fault);
/* Nobody waits for that answer any more. */
void peers_forget(struct peers *peers, uint64_t id);

/* To the node that has asked, with peers_ring(). Where its link is gone the answer is, too: it was
 * told so. */
void peers_answer(struct peers *peers, const char *node, uint64_t id, struct span answer);
/* Nothing was done; leaves with peers_ring(). */
void peers_refuse(struct peers *peers, const char *node, uint64_t id, const char *why);

/* All that waits leaves now: one wake and one packet for the calls and answers of a turn. What
 * nobody rings for leaves with the next beat. */
void peers_ring(struct peers *peers);

/* Tells all that are there, as soon as can be; what finds no room, or no link, is lost. */
void peers_tell_all(struct peers *peers, uint64_t id, struct span news);
/* Gives a copy to the first by name that is there, the one that would go on (away_is_first);
 * answered() or failed() comes as for a call. False: nobody
 * is there, or there is no room. */
MUST_USE bool peers_copy(struct peers *peers, uint64_t id, struct span copy);
/* Is anybody there? */
bool peers_have_any(struct peers *peers);

struct peer_state {
    char name[WIRE_NAME_SIZE];        /* "" while it is not known */
    char address[PEERS_ADDRESS_SIZE]; /* as configured; "": it is not, and has called */
    char version[WIRE_VERSION_SIZE];  /* as last said; "" */
    char problem[PEERS_PROBLEM_SIZE]; /* why it is not there; "" */
    bool is_there;
    bool is_on_duty; /* these five only while it is there */
    bool sees_database;
    bool acts;
    char journal[WIRE_JOURNAL_SIZE]; /* as in struct wire_beat */
    uint64_t kept_from;
    msec seen_ms;  /* since its last word; MSEC_NEVER: there was none */
    msec since_ms; /* for how long it has been there, or not been there */
};

struct peers_state {
    struct peer_state list[PEERS_CALLED_MAX + PEERS_NAMES_MAX]; /* those configured first */
    size_t count;
};

/* As of now. This node itself is not among them. */
void peers_state(struct peers *peers, struct peers_state *state);

/* The peer that is there and in charge, and why; of several the best, then the first by name. */
enum charge peers_find_charge(struct peers *peers, char name[WIRE_NAME_SIZE]);

/* May a call that was handed to that node by its link come to it by the database, too, as long as
 * it runs? To one of a former version it may not. */
bool peers_takes_again(struct peers *peers, const char *node);
