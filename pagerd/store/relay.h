/* SPDX-License-Identifier: MIT */
/*
 * relay.h - what nodes on one database hand each other through it: calls, and their answers.
 *
 * Every node writes what it is asked into one table; the node that is on duty takes what is there,
 * does it, and puts the answer beside it in the very commit that has what was done
 * (batch_add_answer). So a call is done once, whoever dies when: before that commit it is still
 * there for the next node, after it the answer is; after ten seconds nobody does it. A node that
 * writes a call and is gone leaves nothing behind for long.
 *
 * A thread of its own, with a connection of its own. What is handed over is sealed: it has links
 * and the like, of which the database knows hashes only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/span.h"
#include "base/time.h"
#include "store/batch.h"

#define RELAY_NAME_SIZE 64    /* of a node, with its NUL */
#define RELAY_CALLS_MAX 20000 /* of one node, under way */
#define RELAY_BEAT_MS 500     /* how often a node says that it is there */
#define RELAY_GONE_MS 5000    /* silent for so long, a node is not there */

struct relay;

struct relay_options {
    const char *url;      /* "postgres:...", as store_open() takes it */
    const char *state;    /* directory of this node */
    const char *node;     /* its name, unlike all others' */
    const char *version;  /* of the program; without a slash */
    const char *password; /* as in struct store_limits */
    struct span secret;   /* the same on all nodes */

    /* Called on the relay's thread: copy, hand over and return. */
    void *context;
    /* The answer to a call of relay_send(). */
    void (*answered)(void *context, uint64_t id, struct span answer);
    /* All keys, whenever they have changed, until relay_serve(); borrowed. */
    void (*keys)(void *context, const struct key_record *keys, size_t count);
    /* A call, its own ones too, for who is on duty; each once in the life of the relay. */
    void (*asked)(void *context, uint64_t id, const char *node, struct span call);
};

/* Starts the thread; the database need not be there. The caller owns the relay. */
MUST_USE bool relay_open(const struct relay_options *options, struct relay **relay,
                         struct fault *fault);
/* What is under way is forgotten. */
void relay_close(struct relay *relay);

/* Writes the call for who is on duty; `id` is never used again. False: too many are under way. */
MUST_USE bool relay_send(struct relay *relay, uint64_t id, struct span call, struct fault *fault);
/* Takes a call back that was never tried to be written, so that it can go another way. False: it
 * may be in the database. */
bool relay_take_back(struct relay *relay, uint64_t id);
/* Nobody waits for that answer any more. */
void relay_forget(struct relay *relay, uint64_t id);

/* From now on this node takes calls: it is on duty. */
void relay_serve(struct relay *relay);

/* Seals an answer, for batch_add_answer(). */
void relay_seal(const struct relay *relay, struct span answer, struct text *sealed);

/* As last seen. */
struct relay_state {
    bool is_there;                /* the database */
    bool has_duty;                /* some node is on duty */
    unsigned nodes;               /* that are there */
    unsigned copies;              /* of a commit, each on a machine of its own; 0: not known */
    uint32_t timeline;            /* of the database; 0: not known */
    int64_t schema;               /* of the database; 0: not known */
    int64_t min_writer;           /* what a node has to know of it to be on duty */
    msec clock_ahead_ms;          /* of the database's clock before this machine's */
    char host[128];               /* of the database */
    char problem[FAULT_TEXT_MAX]; /* why it is not there, or "" */
};
void relay_state(struct relay *relay, struct relay_state *state);

/* Puts "nodes":[...] and "database":{...} of docs/api.md. */
void relay_show(struct relay *relay, struct json_writer *writer);
