/* SPDX-License-Identifier: MIT */
/*
 * paged_form.h - as JSON, in the journal of a time without the database: a provider has taken the
 * first page of an incident for a person (paged.h).
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "daemon/event_form.h"
#include "daemon/paged.h"

/* Is this object of the journal such a word? */
bool paged_form_is(const struct json *json);

/* Writes one object; the item's uuid is that of the origin. */
void paged_form_put(struct json_writer *writer, const struct paged_item *item,
                    const struct event_origin *origin);

/* Reads such an object; all lives in the arena. False: it is not what paged_form_put() writes. */
MUST_USE bool paged_form_read(const struct json *json, struct arena *arena, struct paged_item *item,
                              struct event_origin *origin, struct fault *fault);
