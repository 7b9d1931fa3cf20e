/* SPDX-License-Identifier: MIT */
/*
 * auth.h - who is calling: keys by their hash, local accounts by their uid.
 *
 * An identity is found by the SHA-256 of the whole secret, so nothing is compared that could be
 * guessed piece by piece. Wrong tries are counted per address in a bounded table; the right key is
 * looked at first and is never refused for other people's mistakes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/id.h"
#include "base/time.h"
#include "http/budget.h"
#include "http/house.h"
#include "http/server.h"
#include "ingest/ingest.h"

#define AUTH_FAILURES_MAX 30 /* wrong keys per address and minute answered with 401, then 429 */

/* The other end of a connection. */
struct peer {
    bool is_local; /* Unix socket: uid is known */
    uint32_t uid;
    char address[64]; /* for budgets: an IPv4 address, an IPv6 /64, or "uid N" */
};

enum caller_kind {
    CALLER_NOBODY, /* nothing was shown */
    CALLER_SOURCE, /* an integration */
    CALLER_PERSON,
    CALLER_LOCAL, /* a local account that is no person */
    CALLER_COUNT
};

struct caller {
    enum caller_kind kind;
    char hash[HASH_TEXT_SIZE]; /* of the secret that was shown; "": none was */
    const char *key;           /* name of the credential, or NULL */
    const char *user;          /* id of a person */
    const char *team;          /* of an integration; NULL: its alerts are routed */
    size_t body_max;           /* bytes of one request of an integration; 0: API_BODY_MAX */
    bool is_admin;
    bool can_administer; /* admin, root, or pagerd's own account */
};

struct identities;

struct identities *identities_new(void);
void identities_free(struct identities *identities);
void identities_set(struct identities *identities, const struct credential *const *credentials,
                    size_t credential_count, const struct local_account *accounts,
                    size_t account_count, const char *const *admins, size_t admin_count,
                    uint32_t own_uid);

/* Are keys missing in them that there may be? Then one that is not known is not refused: whoever
 * sends it is to come again. So it is before they were set for the first time, too. */
void identities_set_partial(struct identities *identities, bool is_partial);
bool identities_are_partial(struct identities *identities);

/* Replaces all setups; they are copied, and their secrets wiped with them. */
void identities_set_setups(struct identities *identities, const struct source_setup *setups,
                           size_t count);
/* What is left to check of a request whose signature is right so far. */
struct setup_check {
    msec signed_at;    /* wall, by the sender; 0: no time was signed */
    const char *topic; /* NULL, or the signature of AWS SNS has still to be checked (http/sns.h) */
};

/*
 * Whether the request carries the signature that its integration asks for, if it asks for one.
 * The lines of its map are put into the request, copied to its arena. False: to be refused.
 */
MUST_USE bool identities_check_setup(struct identities *identities, struct ingest_request *request,
                                     struct setup_check *check, struct fault *fault);

/* Whether the integration of that name takes signed requests only. */
bool identities_want_signature(struct identities *identities, struct span name);

/* Looks a secret up; strings of the caller are copied to the arena. False: no such key. */
bool identities_find_key(struct identities *identities, struct arena *arena, struct span secret,
                         struct caller *caller);
/* The same by the hash of the secret, which another node has seen. */
bool identities_find_hash(struct identities *identities, struct arena *arena, struct span hash,
                          struct caller *caller);
/* The integration of that name, for doors that know who stands before them. False: there is none.
 */
bool identities_find_source(struct identities *identities, struct arena *arena, struct span name,
                            struct caller *caller);
void identities_find_account(struct identities *identities, struct arena *arena, uint32_t uid,
                             struct caller *caller);

/* Secret in an Authorization header: Bearer, GenieKey, or the password of Basic. Empty when there
 * is none. The bytes lie in the header or the arena. */
struct span authorization_secret(struct arena *arena, const char *header, bool *is_basic);
