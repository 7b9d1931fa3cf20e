/* SPDX-License-Identifier: MIT */
/*
 * event_form.h - an event as JSON, so that it can be kept on disk and stepped later by another
 * node.
 *
 * Only what sources say and what people do to incidents, to the rota and to their own duty has such
 * a form: the table in event_form.c. An incident is named by its number and by what does not
 * change from node to node: its uuid, and the key of its first alert.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "engine/event.h"

/* When and where an event happened, and the incident that it is about as that node knew it. */
struct event_origin {
    msec at;           /* wall */
    uint64_t id;       /* of the event, by chance (once.h); 0: it has none */
    bool is_in_mirror; /* what came of it is in that node's mirror of the database */
    uint64_t number;   /* 0: no incident */
    const char *uuid;
    const char *integration;
    const char *dedup_key;
};

/* Writes its members into the object under way. */
void event_origin_put(struct json_writer *writer, const struct event_origin *origin);
/* What is missing is 0 or NULL; strings live in the arena. */
void event_origin_read(const struct json *json, struct arena *arena, struct event_origin *origin);

/* Has this kind a form? */
bool event_has_form(enum event_kind kind);

/* Writes one object; the event has a form. */
void event_form_put(struct json_writer *writer, const struct event *event,
                    const struct event_origin *origin);

/* Reads such an object; all lives in the arena. `incident` of the event is 0: the origin says which
 * one it was. False: it is not what event_form_put() writes, and the fault says what was expected.
 */
MUST_USE bool event_form_read(const struct json *json, struct arena *arena, struct event *event,
                              struct event_origin *origin, struct fault *fault);
