/* SPDX-License-Identifier: MIT */
/*
 * link_form.h - an ack link as JSON, in the journal of a time without the database.
 *
 * It stands behind what raised its incident, and is handed in with that (merge.h): a link that went
 * out at night works after the database is back, too, and on every node. Only its hash is there.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "daemon/event_form.h"
#include "store/batch.h"

/* Is this object of the journal a link? Else it is an event. */
bool link_form_is(const struct json *json);

/* Writes one object: what the link is now, and its incident as this node knows it. */
void link_form_put(struct json_writer *writer, const struct token_record *link,
                   const struct event_origin *origin);

/* Reads such an object; all lives in the arena. `incident` of the link is 0: the origin says which
 * one it was. False: it is not what link_form_put() writes. */
MUST_USE bool link_form_read(const struct json *json, struct arena *arena,
                             struct token_record *link, struct event_origin *origin,
                             struct fault *fault);
