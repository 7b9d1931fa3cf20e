/* SPDX-License-Identifier: MIT */
/*
 * batch.h - typed records with preconditions, committed as one or not at all.
 *
 * A record is copied into the batch by the call that adds it: what it was made from may change or
 * go at once. Records are written in the order in which they were added.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/time.h"
#include "engine/effect.h"
#include "engine/record.h"

#define STORE_NAME_MAX 64 /* bytes of the name of a meta value or counter */

enum record_kind {
    RECORD_INCIDENT,
    RECORD_ALERT,
    RECORD_PAGE,
    RECORD_PERSON,
    RECORD_OVERRIDE,
    RECORD_SILENCE,
    RECORD_HEARTBEAT,
    RECORD_HANDOFF,
    RECORD_SWAP,
    RECORD_PROOF,
    RECORD_ENTRY, /* append only */
    RECORD_KEY,
    RECORD_TOKEN,
    RECORD_META,
    RECORD_COUNT
};

/* What must be so for a record to be written; where it is not, the whole batch is a conflict. */
enum need {
    NEED_NONE,    /* written over whatever is there */
    NEED_NEW,     /* no record of this id exists */
    NEED_VERSION, /* the stored version is one lower; version 1: no record of this id exists */
    NEED_COUNT
};

enum key_kind { KEY_INTEGRATION, KEY_PERSON, KEY_FEED, KEY_KIND_COUNT };

/* An integration key, a personal token or the address of a feed; its id is the hash of the secret.
 * Plain data; strings are borrowed by the batch only for the call. */
struct key_record {
    char hash[HASH_TEXT_SIZE];
    enum key_kind kind;
    const char *name;
    const char *team; /* of an integration or a team's feed, else NULL */
    const char *user; /* of a personal token or a person's feed, else NULL */
    msec created_at;  /* wall, as all here */
    msec last_used_at;
    msec revoked_at; /* 0 while valid */
};

/* An ack link: one person, one incident; its id is the hash of the token. */
struct token_record {
    char hash[HASH_TEXT_SIZE];
    uint64_t incident;
    const char *user;
    const char *channel; /* by which it was sent */
    msec created_at;     /* wall */
    msec expires_at;     /* steady */
    bool is_revoked;
    uint32_t number;      /* stands in the message, and has to be typed; 0: none is asked for */
    uint32_t wrong_count; /* other numbers that were typed */
    bool is_void;         /* acts no more, though the incident goes on */
};

/* A value of the daemon's own, such as the clocks at the last commit: the daemon knows the form. */
struct meta_record {
    const char *name; /* at most STORE_NAME_MAX bytes */
    const char *value;
};

struct batch;

struct batch *batch_new(void);
void batch_free(struct batch *batch);
CLEANUP_DEFINE(struct batch *, batch_free)
size_t batch_count(const struct batch *batch); /* records and orders in it */
size_t batch_size(const struct batch *batch);  /* bytes it holds */

/* Of one that came back: may it be on disk all the same? Then the same one has to be given again,
 * until that is known. */
bool batch_is_in_doubt(const struct batch *batch);

void batch_save_incident(struct batch *batch, const struct incident *incident, enum need need);
void batch_save_alert(struct batch *batch, const struct alert_record *alert, enum need need);
void batch_save_page(struct batch *batch, const struct page *page, enum need need);
void batch_save_person(struct batch *batch, const struct person *person, enum need need);
void batch_save_override(struct batch *batch, const struct override *override, enum need need);
void batch_save_silence(struct batch *batch, const struct silence *silence, enum need need);
void batch_save_heartbeat(struct batch *batch, const struct heartbeat *heartbeat, enum need need);
void batch_save_handoff(struct batch *batch, const struct handoff *handoff, enum need need);
void batch_save_swap(struct batch *batch, const struct swap *swap, enum need need);
void batch_save_proof(struct batch *batch, const struct proof *proof, enum need need);
void batch_add_entry(struct batch *batch, const struct entry *entry);
/* Keys, tokens and meta values have no version: NEED_NONE or NEED_NEW. */
void batch_save_key(struct batch *batch, const struct key_record *key, enum need need);
void batch_save_token(struct batch *batch, const struct token_record *token, enum need need);
void batch_save_meta(struct batch *batch, const struct meta_record *meta, enum need need);

/* Marks all tokens of that incident as revoked; those that the batch saved before it, too. */
void batch_revoke_tokens(struct batch *batch, uint64_t incident);

/* The answer to a call of another node (relay.h), or of one that has gone: nothing then. Where
 * nodes do not share the database it is nothing either. */
void batch_add_answer(struct batch *batch, uint64_t id, const char *sealed);

/* Appends all that is in `more`, in its order: both are written together or not at all. */
void batch_append(struct batch *batch, const struct batch *more);

/* Adds `by` to the counter of that name, which starts at 0. */
void batch_bump(struct batch *batch, const char *name, int64_t by);

/* All that the engine wants saved, each record with NEED_VERSION; EFFECT_SEND is not the store's.
 */
void batch_add_effects(struct batch *batch, const struct effects *effects);
