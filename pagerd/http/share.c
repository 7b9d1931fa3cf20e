/* SPDX-License-Identifier: MIT */
#include "http/share.h"

#include <assert.h>
#include <stdio.h>

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

void share_sender(const struct call *call, char *sender, size_t size)
{
    switch (call->caller.kind) {
    case CALLER_SOURCE:
        snprintf(sender, size, "key %s", call->caller.key);
        return;
    case CALLER_PERSON:
        snprintf(sender, size, "user %s", call->caller.user);
        return;
    case CALLER_NOBODY:
    case CALLER_LOCAL:
    case CALLER_COUNT:
        break;
    }
    bool is_ours = call->peer.address[0] == '\0'; /* by mail, or of another node */
    snprintf(sender, size, "%s%s", is_ours || call->peer.is_local ? "" : "address ",
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
