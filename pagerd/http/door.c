/* SPDX-License-Identifier: MIT */
#include "http/door.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/api.h"
#include "base/text.h"
#include "http/auth.h"
#include "http/house.h"
#include "http/link.h"
#include "http/request.h"
#include "http/route.h"
#include "http/server.h"

bool door_find_secret(struct server *server, struct span secret, char name[DOOR_NAME_SIZE])
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct caller caller = {0};
    if (!identities_find_key(server_identities(server), arena, secret, &caller) ||
        caller.kind != CALLER_SOURCE || strlen(caller.key) >= DOOR_NAME_SIZE)
        return false;
    snprintf(name, DOOR_NAME_SIZE, "%s", caller.key);
    return true;
}

bool door_has_name(struct server *server, struct span name)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct caller caller = {0};
    return identities_find_source(server_identities(server), arena, name, &caller);
}

bool door_knows_all(struct server *server)
{
    return !identities_are_partial(server_identities(server));
}

bool door_wants_signature(struct server *server, struct span name)
{
    return identities_want_signature(server_identities(server), name);
}

struct call *door_call(struct server *server, const char *format, const char *name,
                       struct span bytes, void (*finish)(void *context, struct call *call),
                       void *context)
{
    struct call *call = call_new();
    struct identities *identities = server_identities(server);
    if (!identities_find_source(identities, call->arena, span_of(name), &call->caller)) {
        call_free(call);
        return NULL;
    }
    call->method = METHOD_POST;
    call->path = arena_format(call->arena, "%s%s", API_INGEST, format);
    call->arrived_at = steady_now();
    call->finish = finish;
    call->context = context;
    text_add_span(&call->body, bytes);
    bool is_routed = call_route(call);
    assert(is_routed);
    if (!call_parse(call, identities))
        assert(call->status != 0);
    return call;
}

/* Within the turn. */
static enum call_wait reply_run(struct call *call, struct house *house)
{
    const unsigned status =
        house->mail_reply(house->context, call->parts[0], call->parts[1], text_string(&call->body));
    call->status = status;
    return status == 202 ? CALL_AFTER_COMMIT : CALL_ANSWER_NOW;
}

/* Within the turn. */
static enum call_wait merge_run(struct call *call, struct house *house)
{
    call->status = house->merge(house->context, call->node, text_span(&call->body));
    return call->status == 202 ? CALL_AFTER_COMMIT : CALL_ANSWER_NOW;
}

enum inner { INNER_REPLY, INNER_MERGE, INNER_COUNT };

/* No address leads here: they are in no other table, and their paths have no slash, as every path
 * of a request has. */
static const struct route inner_routes[INNER_COUNT] = {
    [INNER_REPLY] = {METHOD_POST, "", WHO_ANYBODY, .run = reply_run},
    [INNER_MERGE] = {METHOD_POST, "merge", WHO_ANYBODY, .run = merge_run},
};

bool door_is_reply(const struct call *call)
{
    return call->route == &inner_routes[INNER_REPLY];
}

bool door_take_inner(struct call *call)
{
    for (size_t i = 0; i < INNER_COUNT; i++) {
        if (!string_is(call->path, inner_routes[i].path))
            continue;
        call->route = &inner_routes[i];
        return true;
    }
    return false;
}

static struct call *inner_call(enum inner inner, struct span body,
                               void (*finish)(void *context, struct call *call), void *context)
{
    struct call *call = call_new();
    call->method = METHOD_POST;
    call->route = &inner_routes[inner];
    call->path = call->route->path;
    call->arrived_at = steady_now();
    call->finish = finish;
    call->context = context;
    text_add_span(&call->body, body);
    return call;
}

struct call *door_merge(struct span events, const char *node,
                        void (*finish)(void *context, struct call *call), void *context)
{
    struct call *call = inner_call(INNER_MERGE, events, finish, context);
    call->node = arena_copy(call->arena, node);
    return call;
}

struct call *door_reply(const char *token, const char *from, const char *words,
                        void (*finish)(void *context, struct call *call), void *context)
{
    struct call *call = inner_call(INNER_REPLY, span_of(words), finish, context);
    call->parts[0] = arena_copy(call->arena, token);
    call->parts[1] = arena_copy(call->arena, from);
    return call;
}

unsigned door_status(const struct call *call)
{
    return call->status;
}

void door_free(struct call *call)
{
    call_free(call);
}
