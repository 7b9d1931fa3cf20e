/* SPDX-License-Identifier: MIT */
/*
 * postgres_proxy.h - stands between the store and a PostgreSQL and cuts connections at the worst
 * moments. It listens on the socket that libpq expects in a folder of its own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum cut {
    CUT_NONE,
    CUT_BEFORE_COMMIT, /* COMMIT is not passed on */
    CUT_AFTER_COMMIT,  /* COMMIT is passed on, its answer is not */
    CUT_UP,            /* after so many bytes from the client */
    CUT_DOWN,          /* after so many bytes from the server */
    HOLD_UP,           /* what comes then from the client is passed on late, when it has gone */
    HOLD_COMMIT,       /* the same for COMMIT */
    CUT_ROLLBACK,      /* ROLLBACK is not passed on */
    CUT_COUNT
};

struct postgres_proxy;

/* Passes on from FOLDER/.s.PGSQL.5432 to the server whose socket is in `server`. */
struct postgres_proxy *postgres_proxy_new(const char *folder, const char *server);
void postgres_proxy_free(struct postgres_proxy *proxy);

/* The next connection, or the one that is open, is cut so; once. */
void postgres_proxy_arm(struct postgres_proxy *proxy, enum cut cut, size_t bytes);

/* Nothing is passed on any more, in either direction, and new connections hear nothing: as of a
 * server whose processes are stopped. */
void postgres_proxy_freeze(struct postgres_proxy *proxy, bool is_frozen);
