/* SPDX-License-Identifier: MIT */
#include "daemon/paged_form.h"

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
    json_end_object(writer);
}

bool paged_form_read(const struct json *json, struct arena *arena, struct paged_item *item,
                     struct event_origin *origin, struct fault *fault)
{
    event_origin_read(json, arena, origin);
    *item = (struct paged_item){.uuid = origin->uuid,
                                .user = arena_copy(arena, json_string(json, "user")),
                                .channel = arena_copy(arena, json_string(json, "channel"))};
    return (item->uuid != NULL && item->user != NULL && item->channel != NULL) ||
           fault_set(fault, FAULT_INPUT, "a page that another node has sent cannot be read");
}
