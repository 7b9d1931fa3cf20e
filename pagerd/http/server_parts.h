/* SPDX-License-Identifier: MIT */
/* server_parts.h - what server.c, the thread with its doors, and exchange.c, the requests, share.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <microhttpd.h>

#include "base/listen.h"
#include "http/auth.h"
#include "http/link.h"
#include "http/request.h"
#include "http/response.h"
#include "http/server.h"

#define DOORS_MAX (SERVER_LISTEN_MAX + 1)

/* One listening socket with its daemon of the HTTP library. */
struct door {
    struct server *server;
    struct MHD_Daemon *daemon;
    int socket;    /* -1: does not listen any more */
    bool is_rung;  /* somebody may stand before it */
    bool is_ready; /* the library may have something to do */
    bool is_local;
    char address[LISTEN_ADDRESS_SIZE];
};

struct server {
    struct server_options options;
    struct door doors[DOORS_MAX];
    size_t door_count;
    struct identities *identities;
    struct guard guard;
    int epoll; /* each descriptor in it has the flag that says it is readable */
    int wake;  /* eventfd: calls are finished, or it is time to end */
    bool is_woken;
    pthread_t thread;
    bool is_started;
    atomic_bool is_ending;
    msec close_ms; /* for held calls, then */
    char *socket_path;

    /* The server's thread only. */
    struct links links;
    size_t exchange_count; /* requests begun and not yet completed */
    size_t held_count;     /* of these: with the inbox */
    size_t bodies_size;
    size_t strange_size;              /* of these: of strangers, and not whole yet */
    struct exchange *strange;         /* those that have begun one, the oldest first */
    struct exchange **strange_last;   /* where the next one is to stand */
    atomic_uint_fast64_t bodies_shed; /* of strangers, to make room; read by any thread */
    size_t submitted_count;           /* calls that the owner may not have heard of */
    struct exchange *spare;
    size_t spare_count;
    struct response_kept kept;
    struct exchange *answerable; /* finished, the first one first */
    struct exchange **answerable_end;

    pthread_mutex_t lock;      /* of finished calls, pushed by any thread */
    struct exchange *finished; /* the last one first */
};

/* One request on the wire: the call, and what the library needs to know about it. When it is over
 * both are kept for another one. */
struct exchange {
    struct call *call;
    struct server *server;
    struct door *door;
    struct link *link;
    struct MHD_Connection *connection;
    uint64_t received;
    bool is_refused;  /* answered before its body was read: the rest is read away */
    bool is_held;     /* with the inbox */
    bool is_answered; /* given to the library */
    bool is_strange;  /* a part of its body is there, and who sends it has shown no key */
    struct exchange *next;
    struct exchange *younger; /* of those that are strange */
    struct exchange **place;  /* what points to this one */
};

/* Ends the thread's wait. From any thread. */
void server_wake(struct server *server);

/* MHD_AccessHandlerCallback; `context` is a struct door. */
enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *path,
                                const char *method, const char *version, const char *bytes,
                                size_t *size, void **slot);
/* MHD_RequestCompletedCallback; `context` is a struct server. */
void exchange_completed(void *context, struct MHD_Connection *connection, void **slot,
                        enum MHD_RequestTerminationCode why);

/* Lets the connections of finished calls go on. */
void exchanges_resume(struct server *server);
/* Tells the owner of the calls that it may not have heard of. */
void exchanges_tell(struct server *server);
/* Frees those that are kept. */
void exchanges_free(struct server *server);
