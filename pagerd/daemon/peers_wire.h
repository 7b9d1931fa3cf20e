/* SPDX-License-Identifier: MIT */
/*
 * peers_wire.h - what nodes say to each other over their own link, as bytes.
 *
 * Pure: no socket, no clock; chance comes in as a nonce. A frame is its size (4 bytes, the highest
 * first) and so many sealed bytes (base/seal.h). Who calls greets first, who is called answers with
 * a greeting that is bound to the caller's nonce. All later frames are sealed with a key made of
 * the secret and both nonces, and bound to their direction and number: a frame of another
 * connection, a frame twice, one too few or in another order opens nothing. Whoever has sent such a
 * frame has proved to have the secret; until then it may send 512 bytes at a time.
 *
 * Greetings and beats are members with a tag and a size; tags and kinds that are not known are
 * passed over, so that two versions of pagerd understand each other.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/span.h"
#include "base/text.h"

#define WIRE_FRAME_MAX (2 << 20)             /* sealed bytes of a frame */
#define WIRE_GREETING_MAX 512                /* the same, of whoever has not proved anything */
#define WIRE_BYTES_MAX (WIRE_FRAME_MAX - 64) /* of a call or an answer */
#define WIRE_NAME_SIZE 64
#define WIRE_VERSION_SIZE 32
#define WIRE_NONCE_SIZE 16
#define WIRE_JOURNAL_SIZE 33

enum wire_kind {
    WIRE_HELLO = 1, /* who I am */
    WIRE_BEAT,      /* that I am there, and in what state */
    WIRE_CALL,      /* do this, and answer */
    WIRE_ANSWER,    /* what came of that call */
    WIRE_REFUSAL,   /* that call was not done: why */
    WIRE_NEWS,      /* what this turn of the node on duty was told (recent.h); nobody answers */
    WIRE_COPY,      /* an entry of my journal: answer when it is on your disk (spare.h) */
    WIRE_KIND_COUNT /* and any kind of a later version */
};

struct wire_hello {
    char name[WIRE_NAME_SIZE];       /* of the node */
    char version[WIRE_VERSION_SIZE]; /* of its program */
    unsigned char nonce[WIRE_NONCE_SIZE];
    unsigned char instance[WIRE_NONCE_SIZE]; /* of this run of it */
};

struct wire_beat {
    bool is_on_duty;
    bool sees_database;
    bool acts;                       /* in charge without the database */
    char journal[WIRE_JOURNAL_SIZE]; /* which one it has; "" (journal.h) */
    uint64_t kept_from;              /* copies of its entries before that are needed no more */
    bool takes_again; /* a call that it runs for a link may come by the database, too */
    uint64_t count;   /* grows with each beat of an instance, whatever link it takes */
};

struct wire_frame {
    enum wire_kind kind;
    struct wire_hello hello;
    struct wire_beat beat;
    uint64_t id;       /* of a call, a copy, an answer, a refusal; the steady time of news */
    struct span bytes; /* of those; borrowed */
};

/* One end of one connection. */
struct wire {
    struct span secret; /* borrowed */
    bool is_caller;
    bool has_greeted;                     /* the other end: there is a key */
    bool is_proven;                       /* the other end has the secret, and is there now */
    unsigned char nonce[WIRE_NONCE_SIZE]; /* of this end */
    unsigned char caller_nonce[WIRE_NONCE_SIZE]; /* of who called */
    unsigned char key[HASH_SIZE];
    uint64_t sent; /* frames behind the greeting */
    uint64_t taken;
};

/* `secret` must outlive the wire; the nonce is random and never used again. */
void wire_init(struct wire *wire, struct span secret, bool is_caller,
               const unsigned char nonce[WIRE_NONCE_SIZE]);

/* Appends a frame. Who calls greets before anything else, who is called when it was greeted; the
 * greeting's nonce is the wire's. Other frames only after the greeting of the other end. */
void wire_add(struct wire *wire, const struct wire_frame *frame, struct text *bytes);

enum wire_step {
    WIRE_WAITS, /* for more bytes */
    WIRE_TAKEN, /* a frame was taken off */
    WIRE_BROKEN /* the fault says why: the connection is of no use any more */
};

/* Takes the next frame off `rest`. What it has is borrowed from `plain`, which is overwritten. */
enum wire_step wire_take(struct wire *wire, struct span *rest, struct text *plain,
                         struct wire_frame *frame, struct fault *fault);

/* A frame as it is before it is sealed, and back. */
void wire_render(const struct wire_frame *frame, struct text *bytes);
MUST_USE bool wire_parse(struct span bytes, struct wire_frame *frame, struct fault *fault);
