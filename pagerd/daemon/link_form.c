/* SPDX-License-Identifier: MIT */
#include "daemon/link_form.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* On disk and between versions of pagerd, as the names of event_form.c: it never changes. */
#define KIND "ack-link"

bool link_form_is(const struct json *json)
{
    return string_is(json_string(json, "kind"), KIND);
}

void link_form_put(struct json_writer *writer, const struct token_record *link,
                   const struct event_origin *origin)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "kind", KIND);
    event_origin_put(writer, origin);
    json_put_string(writer, "hash", link->hash);
    json_put_string(writer, "user", link->user);
    json_put_string(writer, "channel", link->channel);
    json_put_integer(writer, "created_at", link->created_at);
    json_put_integer(writer, "expires_at", link->expires_at);
    json_put_integer(writer, "number", link->number);
    json_put_integer(writer, "wrong_count", link->wrong_count);
    json_put_bool(writer, "is_void", link->is_void);
    json_end_object(writer);
}

static bool read_count(const struct json *json, const char *name, uint32_t *count)
{
    int64_t value = json_integer(json, name, 0);
    *count = (uint32_t)value;
    return value >= 0 && value <= UINT32_MAX;
}

bool link_form_read(const struct json *json, struct arena *arena, struct token_record *link,
                    struct event_origin *origin, struct fault *fault)
{
    const char *hash = json_string(json, "hash");
    event_origin_read(json, arena, origin);
    *link = (struct token_record){.user = arena_copy(arena, json_string(json, "user")),
                                  .channel = arena_copy(arena, json_string(json, "channel")),
                                  .created_at = json_integer(json, "created_at", 0),
                                  .expires_at = json_integer(json, "expires_at", 0),
                                  .is_void = json_bool(json, "is_void", false)};
    bool is_good = hash != NULL && strlen(hash) == HASH_TEXT_SIZE - 1 && link->user != NULL &&
                   link->channel != NULL && origin->number != 0 &&
                   read_count(json, "number", &link->number) &&
                   read_count(json, "wrong_count", &link->wrong_count);
    if (!is_good)
        return fault_set(fault, FAULT_INPUT, "an ack link that another node kept cannot be read");
    snprintf(link->hash, sizeof(link->hash), "%s", hash);
    return true;
}
