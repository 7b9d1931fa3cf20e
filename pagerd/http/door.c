/* SPDX-License-Identifier: MIT */
#include "http/door.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/api.h"
#include "base/text.h"
#include "http/auth.h"
#include "http/link.h"
#include "http/request.h"
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

unsigned door_status(const struct call *call)
{
    return call->status;
}

void door_free(struct call *call)
{
    call_free(call);
}
