/* SPDX-License-Identifier: MIT */
/*
 * stop_form.h - as JSON, in the journal of a time without the database: somebody has said STOP or
 * START (stops.h).
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "daemon/event_form.h"

/* What an address has said. Plain data; all borrowed. */
struct stop_item {
    const char *user; /* whose it was */
    const char *channel;
    const char *address;
    msec at; /* wall */
    bool is_stop;
};

/* Is this object of the journal such a word? */
bool stop_form_is(const struct json *json);

/* Writes one object; when it was said is that of the origin. */
void stop_form_put(struct json_writer *writer, const struct stop_item *item,
                   const struct event_origin *origin);

/* Reads such an object; all lives in the arena. False: it is not what stop_form_put() writes. */
MUST_USE bool stop_form_read(const struct json *json, struct arena *arena, struct stop_item *item,
                             struct fault *fault);
