/* SPDX-License-Identifier: MIT */
#include "http/share.h"

#include <assert.h>
#include <string.h>

#include "http/request.h"
#include "http/route.h"

#define WORK_SIZE 512 /* bytes of a body that are one more unit of work */

enum share_class share_class(const struct call *call)
{
    const struct route *route = call->route;
    assert(route);
    bool is_alert = route->body == BODY_ALERTS || route->body == BODY_QUERY;
    bool is_machine = call->caller.kind == CALLER_SOURCE || route->run == route_ping;
    return is_alert || is_machine ? SHARE_SOURCES : SHARE_PEOPLE;
}

/* Cut where it does not fit. */
static void name_put(char *sender, size_t size, const char *kind, const char *name)
{
    size_t kind_size = strlen(kind);
    size_t name_size = strlen(name);
    assert(kind_size < size);
    if (name_size > size - kind_size - 1)
        name_size = size - kind_size - 1;
    memcpy(sender, kind, kind_size);
    memcpy(sender + kind_size, name, name_size);
    sender[kind_size + name_size] = '\0';
}

void share_sender(const struct call *call, char *sender, size_t size)
{
    switch (call->caller.kind) {
    case CALLER_SOURCE:
        name_put(sender, size, "key ", call->caller.key);
        return;
    case CALLER_PERSON:
        name_put(sender, size, "user ", call->caller.user);
        return;
    case CALLER_NOBODY:
    case CALLER_LOCAL:
    case CALLER_COUNT:
        break;
    }
    bool is_ours = call->peer.address[0] == '\0'; /* by mail, or of another node */
    name_put(sender, size, is_ours || call->peer.is_local ? "" : "address ",
             is_ours ? "pagerd" : call->peer.address);
}

size_t share_work(size_t body_size)
{
    return 1 + body_size / WORK_SIZE;
}

size_t share_work_of(const struct call *call)
{
    return share_work(call->body.size);
}

bool share_is_known(const struct call *call)
{
    return call->caller.kind == CALLER_SOURCE || call->caller.kind == CALLER_PERSON;
}
