/* SPDX-License-Identifier: MIT */
/*
 * server.h - the HTTP server: one thread, one epoll, libmicrohttpd driven from outside.
 *
 * Takes TCP (with TLS when a certificate is given) and the Unix socket. Knows who calls before
 * anything is handed on.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "http/call.h"
#include "http/house.h"

#define SERVER_LISTEN_MAX 8
#define SERVER_CONNECTIONS_MAX 4096 /* of the network; fewer where descriptors are few */

struct server;

struct server_options {
    const char *listen[SERVER_LISTEN_MAX]; /* "addr:port", "[::1]:8440"; port 0 picks one */
    size_t listen_count;
    const char *socket_path;     /* NULL: none; made with mode 0660, a stale one is replaced */
    const char *certificate_pem; /* PEM text, or NULL for plain HTTP */
    const char *key_pem;
    /* Hands a call to the daemon's inbox; false when that has no room for it: the fault says why.
     * Called on the server's thread, as the next one is. */
    bool (*submit)(void *context, struct call *call, struct fault *why_not);
    /* Calls were submitted: whoever is to run them may be woken. Not after each of them, but before
     * the server's thread waits for anything. NULL: nobody sleeps. */
    void (*submitted)(void *context);
    /* Would it have room for an alert's call with a body of that size, which is still to come?
     * NULL: that is not known before. */
    bool (*has_room)(void *context, const struct call *call, size_t body_size,
                     struct fault *why_not);
    void *context;
};

/* Binds, then starts the thread. The fault says which address could not be had, and why. */
MUST_USE bool server_open(const struct server_options *options, struct server **server,
                          struct fault *fault);
/* Stops listening, waits for held calls to be finished by the owner, ends the thread. Those that
 * are not in `wait_ms` are left behind: how many is returned. Somebody may finish them yet, so that
 * then nothing is freed, and who waits for their answers loses the connection as the process ends.
 */
size_t server_close(struct server *server, msec wait_ms);

/* The address that listen[i] became, "127.0.0.1:41234"; borrowed. */
const char *server_address(const struct server *server, size_t i);

/* Who may speak, for other doors (door.h); borrowed. */
struct identities;
struct identities *server_identities(const struct server *server);

/* Connections that the server ended since it was opened. Thread-safe. */
struct server_counts {
    uint64_t shed;        /* the oldest, to make room for new ones */
    uint64_t expired;     /* whose request was not complete in time */
    uint64_t bodies_shed; /* requests of who has shown no key, to make room for others of these */
    uint64_t without_signature; /* requests, not connections: refused for a missing or wrong one */
};
struct server_counts server_counts(const struct server *server);

/*
 * Who may speak: credentials and local accounts, replaced as a whole; copied. Thread-safe.
 * `admin_uid` beside root may administer without being a person (pagerd's own account).
 */
struct local_account {
    uint32_t uid;
    const char *user;
};
void server_set_identities(struct server *server, const struct credential *const *credentials,
                           size_t credential_count, const struct local_account *accounts,
                           size_t account_count, const char *const *admins, size_t admin_count);

/* What the configuration says of one integration's requests. */
struct source_setup {
    const char *name;       /* of the key */
    const char *signature;  /* a scheme of ingest/signature.h, or NULL */
    const char *secret;     /* of the signature, or NULL */
    const char *const *map; /* lines of engine/fieldmap.h */
    size_t map_count;
    const char *topic; /* of the signature "sns", or NULL */
};

/* Replaces all setups; copied, their secrets wiped with them. Thread-safe. */
void server_set_setups(struct server *server, const struct source_setup *setups, size_t count);
