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

/* No address leads here: it is in no table. */
static const struct route reply_route = {
    .method = METHOD_POST, .path = "", .who = WHO_ANYBODY, .run = reply_run};

#define REPLY_PATH "" /* has no slash, as every path of a request has */

bool door_is_reply(const struct call *call)
{
    return call->route == &reply_route;
}

bool door_take_reply(struct call *call)
{
    if (!string_is(call->path, REPLY_PATH))
        return false;
    call->route = &reply_route;
    return true;
}

struct call *door_reply(const char *token, const char *from, const char *words,
                        void (*finish)(void *context, struct call *call), void *context)
{
    struct call *call = call_new();
    call->method = METHOD_POST;
    call->path = REPLY_PATH;
    call->route = &reply_route;
    call->arrived_at = steady_now();
    call->finish = finish;
    call->context = context;
    call->parts[0] = arena_copy(call->arena, token);
    call->parts[1] = arena_copy(call->arena, from);
    text_add(&call->body, words);
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
