/* SPDX-License-Identifier: MIT */
#include "daemon/stop_form.h"

#include "base/text.h"

/* On disk and between versions of pagerd, as the names of event_form.c: it never changes. */
#define KIND "address-stop"

bool stop_form_is(const struct json *json)
{
    return string_is(json_string(json, "kind"), KIND);
}

void stop_form_put(struct json_writer *writer, const struct stop_item *item,
                   const struct event_origin *origin)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "kind", KIND);
    event_origin_put(writer, origin);
    json_put_string(writer, "user", item->user);
    json_put_string(writer, "channel", item->channel);
    json_put_string(writer, "address", item->address);
    json_put_bool(writer, "is_stop", item->is_stop);
    json_end_object(writer);
}

bool stop_form_read(const struct json *json, struct arena *arena, struct stop_item *item,
                    struct fault *fault)
{
    const struct json *is_stop = json_find(json, "is_stop");
    *item = (struct stop_item){.user = arena_copy(arena, json_string(json, "user")),
                               .channel = arena_copy(arena, json_string(json, "channel")),
                               .address = arena_copy(arena, json_string(json, "address")),
                               .at = json_integer(json, "at", 0),
                               .is_stop = json_bool(json, "is_stop", false)};
    if (item->user == NULL || item->channel == NULL || item->address == NULL || is_stop == NULL ||
        item->at <= 0)
        return fault_set(fault, FAULT_INPUT, "a STOP that another node kept cannot be read");
    return true;
}
