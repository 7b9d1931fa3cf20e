/* SPDX-License-Identifier: MIT */
/*
 * ingest.h - what monitoring systems send, as events: one file and one row per format.
 *
 * Pure: bytes and the integration's name go in, events come out. Nothing is refused for its
 * length; texts are cut at a character. One body may hold many alerts, and an unusable one does
 * not spoil the others. Chance (uuids) is added by the caller.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"
#include "base/span.h"
#include "engine/event.h"

#define INGEST_ALERTS_MAX 50000 /* in one body; more are refused as a whole */

/* One alert of a body: an event that points to its own alert, or the reason why there is none. */
struct ingest_item {
    struct event event;
    struct alert alert;
    const char *author; /* EVENT_ACKNOWLEDGE: whom the source names; the caller finds the user */
    const char *team;   /* that the sender asks for; honoured for people only */
    const char *error;  /* NULL when usable */
};

struct ingest_batch {
    struct ingest_item *items;
    size_t count;
    const char *dedup_key; /* of a format that answers with the only one, else NULL */
};

struct ingest_format {
    const char *name;
    bool (*parse)(struct arena *arena, const struct json *json, const char *integration,
                  struct ingest_batch *batch, struct fault *fault);
};

/* NULL when there is no such format. */
const struct ingest_format *ingest_find(const char *name);
/* Row by row, NULL at the end. */
const struct ingest_format *ingest_at(size_t index);

/* Parses a body. Everything lives in `arena`. False: nothing in it can be used as a whole. */
MUST_USE bool ingest_parse(const struct ingest_format *format, struct arena *arena,
                           struct span bytes, const char *integration, struct ingest_batch *batch,
                           struct fault *fault);
/* The same for a body that was parsed already. */
MUST_USE bool ingest_read(const struct ingest_format *format, struct arena *arena,
                          const struct json *json, const char *integration,
                          struct ingest_batch *batch, struct fault *fault);
