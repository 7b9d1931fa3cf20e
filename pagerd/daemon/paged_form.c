/* SPDX-License-Identifier: MIT */
#include "daemon/paged_form.h"

#include <stdint.h>

#include "base/text.h"

/* On disk and between versions of pagerd, as the names of event_form.c: it never changes. */
#define KIND "page-sent"

bool paged_form_is(const struct json *json)
{
    return string_is(json_string(json, "kind"), KIND);
}

void paged_form_put(struct json_writer *writer, const struct paged_item *item,
                    const struct event_origin *origin)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "kind", KIND);
    event_origin_put(writer, origin);
    json_put_string(writer, "user", item->user);
    json_put_string(writer, "channel", item->channel);
    json_put_integer(writer, "nth", item->nth);
    json_put_integer(writer, "attempt", item->attempt);
    json_end_object(writer);
}

bool paged_form_read(const struct json *json, struct arena *arena, struct paged_item *item,
                     struct event_origin *origin, struct fault *fault)
{
    event_origin_read(json, arena, origin);
    int64_t nth = json_integer(json, "nth", 0);
    int64_t attempt = json_integer(json, "attempt", 0);
    bool is_one = nth > 0 && nth <= UINT16_MAX && attempt > 0 && attempt <= UINT16_MAX;
    *item = (struct paged_item){.uuid = origin->uuid,
                                .user = arena_copy(arena, json_string(json, "user")),
                                .channel = arena_copy(arena, json_string(json, "channel")),
                                .nth = is_one ? (unsigned)nth : 0,
                                .attempt = is_one ? (unsigned)attempt : 0};
    return (is_one && item->uuid != NULL && item->user != NULL && item->channel != NULL) ||
           fault_set(fault, FAULT_INPUT, "a page that another node has sent cannot be read");
}
