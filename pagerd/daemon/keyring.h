/* SPDX-License-Identifier: MIT */
/*
 * keyring.h - who may speak: integration keys, personal tokens, the addresses of feeds, and the ack
 * links that are out.
 *
 * Only hashes are kept, here and on disk. A secret exists in memory from its making to its being
 * shown or sent, and never again.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/time.h"
#include "http/house.h"

#define CREDENTIALS_MAX 10000
#define FEEDS_MAX 5000 /* of them; people make feeds themselves, which must not keep out admins */
#define CREDENTIAL_NAME_MAX 64
#define CREDENTIAL_TOUCH_MS HOUR_MS
#define ACK_TOKENS_MAX 1000000
#define ACK_TOKEN_LIFE_MS DAY_MS

struct batch;
struct key_record;
struct keyring;
struct page;
struct token_record;

struct keyring *keyring_new(void);
void keyring_free(struct keyring *keyring);

/* Forgets all keys (not the links): the store's are about to come. */
void keyring_forget_keys(struct keyring *keyring);
void keyring_restore_key(struct keyring *keyring, const struct key_record *key);
void keyring_restore_token(struct keyring *keyring, const struct token_record *token);

/* Makes a credential for a team (integration; NULL: its alerts are routed) or a user (person); the
 * record goes into `batch`. */
MUST_USE bool keyring_add(struct keyring *keyring, const char *name, const char *team,
                          const char *user, msec wall_at, struct batch *batch,
                          char secret[SECRET_TEXT_SIZE], struct fault *fault);
/* Makes the secret of a feed of a team or a user. */
MUST_USE bool keyring_add_feed(struct keyring *keyring, const char *name, const char *team,
                               const char *user, msec wall_at, struct batch *batch,
                               char token[TOKEN_TEXT_SIZE], struct fault *fault);
/* The feed of that hash; NULL when there is none or it was revoked. */
const struct credential *keyring_find_feed(const struct keyring *keyring, const char *hash);
MUST_USE bool keyring_revoke(struct keyring *keyring, const char *name, msec wall_at,
                             struct batch *batch, struct fault *fault);
/* Remembers that a key was used; on disk once an hour at most, for it is only looked at by people.
 */
void keyring_touch(struct keyring *keyring, const char *name, msec wall_at, struct batch *batch);
/* Sets how large a request of each integration may be: `find` gives the bytes for the name of a
 * key.
 */
void keyring_set_limits(struct keyring *keyring, size_t (*find)(void *context, const char *name),
                        void *context);
/* Something that came by this key could not be read. Kept in memory only. */
void keyring_blame(struct keyring *keyring, const char *name, const char *why, msec wall_at);
/* All that were ever made, in that order: start with *cursor = 0. */
const struct credential *keyring_each(const struct keyring *keyring, size_t *cursor);
/* True once after every change: the server has to be told. */
bool keyring_take_change(struct keyring *keyring);

/* Makes an ack link for a page; "" when ACK_TOKENS_MAX are out. `has_number`: it acts only together
 * with a number, which the message has to show. How long it works is counted by the steady clock:
 * one who holds a link must not lose it because somebody sets the other. */
void keyring_add_token(struct keyring *keyring, const struct page *page, bool has_number,
                       struct now now, struct batch *batch, char token[TOKEN_TEXT_SIZE]);
/* A link that another node, or this one, has made while the database was away: from now on it works
 * here. What is known of it already stays, and it does not become better by it: a number that was
 * wrong counts, and a link that acts no more stays so. */
void keyring_take_token(struct keyring *keyring, const struct token_record *link, msec steady_at,
                        struct batch *batch);
/* False: there is no such link. Strings are borrowed. */
bool keyring_read_token(const struct keyring *keyring, const char *hash, struct token_record *link);
/* Each that is out, in no order: start with *cursor = 0; false at the end. */
bool keyring_each_token(const struct keyring *keyring, size_t *cursor, struct token_record *link);
const struct ack_token *keyring_find_token(const struct keyring *keyring, const char *hash);
/* Counts a wrong number; nothing when there is no such link. */
void keyring_miss_token(struct keyring *keyring, const char *hash, struct batch *batch);
/* From now on the link acts no more; the others of its incident do. */
void keyring_void_token(struct keyring *keyring, const char *hash, struct batch *batch);
void keyring_revoke_tokens(struct keyring *keyring, uint64_t incident);
/* From now on none of them does: they come out of a backup. */
void keyring_void_tokens(struct keyring *keyring, struct batch *batch);
/* Forgets links that have expired. */
void keyring_sweep(struct keyring *keyring, msec steady_at);
