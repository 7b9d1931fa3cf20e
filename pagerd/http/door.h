/* SPDX-License-Identifier: MIT */
/*
 * door.h - alerts that come by another door than HTTP, as calls like all others.
 *
 * They go the same way: format, inbox, turn, commit. Only then the owner of the door hears of it,
 * by the call's status. Thread-safe.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "http/call.h"

#define DOOR_NAME_SIZE 128

struct server;

/* The name of the integration key that has this secret; false: there is none. */
bool door_find_secret(struct server *server, struct span secret, char name[DOOR_NAME_SIZE]);
/* Is there a valid integration key of that name? For doors that know who stands before them. */
bool door_has_name(struct server *server, struct span name);

/* If there is none: is that certain? Else it may be one that this node has not heard of yet. */
bool door_knows_all(struct server *server);

/* Does that key take signed requests only? By another door than HTTP nothing can be signed. */
bool door_wants_signature(struct server *server, struct span name);

/*
 * What a POST of these bytes to /v1/ingest/FORMAT with that key is; the bytes are copied. `finish`
 * is called by call_finish(), from any thread; then the owner frees it. NULL: there is no such key.
 * A call that has a status already is answered, and is not to be handed on.
 */
struct call *door_call(struct server *server, const char *format, const char *name,
                       struct span bytes, void (*finish)(void *context, struct call *call),
                       void *context);
/*
 * The answer to a page by mail: who wrote it, and what, about the page whose link has this token.
 * Its status is 202, 400 (refused for good), or another: it is to come again.
 */
struct call *door_reply(const char *token, const char *from, const char *words,
                        void (*finish)(void *context, struct call *call), void *context);
bool door_is_reply(const struct call *call);
/* What a node of that name (copied) was told while the database was away (merge.h of the daemon),
 * for who is on duty: status 202, 422 (not all of it is known here), or another: it is to come
 * again. */
struct call *door_merge(struct span events, const char *node,
                        void (*finish)(void *context, struct call *call), void *context);
/* Makes one of these two of a call that another node has shipped (ship.h), if it is one: no address
 * leads there. */
bool door_take_inner(struct call *call);
unsigned door_status(const struct call *call);
void door_free(struct call *call);
