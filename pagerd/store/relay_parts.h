/* SPDX-License-Identifier: MIT */
/*
 * relay_parts.h - what the files of the relay share: one thread, one connection, and what the two
 * sides of a call leave there for it.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/map.h"
#include "base/text.h"
#include "store/postgres.h"
#include "store/relay.h"

#define RELAY_TAKE_MAX 500   /* calls or answers in one look */
#define RELAY_SEND_MAX 500   /* calls in one statement */
#define RELAY_TAKEN_MAX 4000 /* calls that were taken and are not answered yet */

/* A call of this node. */
struct sent {
    uint64_t id;
    char *call;    /* sealed; NULL once it is in the database */
    bool is_tried; /* from then on nobody knows whether it is in the database */
    bool is_forgotten;
    struct sent *next; /* of those that are not there yet */
};

struct relay {
    struct postgres disk; /* where to connect, and what was seen there */
    struct relay_options options;
    char *node;
    char *folder;   /* the state directory, or NULL */
    char *version;  /* "0.1.0/6": of the program, and the newest schema that it knows */
    msec looked_at; /* monotonic: at what all servers are */
    char *secret;
    struct postgres_link link;
    pthread_t thread;
    int wake;
    msec connect_at; /* not before; monotonic */
    msec beaten_at;
    msec swept_at;
    msec keys_read_at;
    unsigned char keys_hash[HASH_SIZE]; /* of what was handed on last */
    uint64_t *taken; /* calls that were handed to `asked`, and have no answer yet */
    size_t taken_count;

    pthread_mutex_t lock; /* for all below */
    bool is_ending;
    bool is_serving;
    struct map *sent; /* id -> struct sent */
    struct sent *first;
    struct sent **last;
    uint64_t *withdrawn; /* calls that are there, and whose answer nobody waits for */
    size_t withdrawn_count;
    struct relay_state state;
    struct text nodes; /* as last read, for relay_show() */
};

/* One statement with texts as its values; `answer` (may be NULL) gets its rows, which the caller
 * clears. */
MUST_USE bool relay_ask(struct relay *relay, const char *sql, const char *const *values, int count,
                        PGresult **answer, struct fault *fault);

/* The map's key of a number; points into it. */
struct span relay_key(const uint64_t *id);

void relay_free_sent(struct sent *sent);

/* With the lock, of a call that is not among `first` any more: nobody waits for it, and it may be
 * in the database. It is deleted there, and freed here. */
void relay_withdraw(struct relay *relay, struct sent *sent);

/* One look each, on the relay's thread. False: the connection is lost, or the database refuses. */

/* relay_calls.c: calls of this node into the database, those that nobody waits for out of it,
 * answers to who waits, calls of all to who is on duty, and what is left over out of the way. */
MUST_USE bool relay_send_calls(struct relay *relay, struct fault *fault);
MUST_USE bool relay_withdraw_calls(struct relay *relay, struct fault *fault);
MUST_USE bool relay_take_answers(struct relay *relay, struct fault *fault);
MUST_USE bool relay_take_calls(struct relay *relay, struct fault *fault);
MUST_USE bool relay_sweep(struct relay *relay, struct fault *fault);

/* relay_nodes.c: the keys, for who stands by; that this node is there, and who else is. */
MUST_USE bool relay_read_keys(struct relay *relay, struct fault *fault);
/* Which schema there is; false, too, where this program cannot read it. */
MUST_USE bool relay_ask_schema(struct relay *relay, struct postgres_link *link,
                               struct fault *fault);
MUST_USE bool relay_beat(struct relay *relay, bool is_serving, struct fault *fault);
