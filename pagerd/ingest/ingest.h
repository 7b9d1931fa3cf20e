/* SPDX-License-Identifier: MIT */
/*
 * ingest.h - what monitoring systems send, as events: one file and one row per format.
 *
 * Pure: a request (bytes, headers, the integration's name) goes in, events come out. Nothing is
 * refused for its length; texts are cut at a character. One body may hold many alerts, and an
 * unusable one does not spoil the others. Chance (uuids) is added by the caller.
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
    const char *author;  /* EVENT_ACKNOWLEDGE: whom the source names; the caller finds the user */
    const char *team;    /* that the sender asks for; honoured for people only */
    const char *error;   /* NULL when usable */
    const char *ignored; /* understood, and on purpose no alert: why; then it is a note that meets
                            no incident. Else NULL */
};

struct ingest_batch {
    struct ingest_item *items;
    size_t count;
    const char *dedup_key; /* of a format that answers with the only one, else NULL */
};

/* What a body is before its format reads it. */
enum ingest_body {
    INGEST_JSON,
    INGEST_TEXT /* any bytes; the format looks itself */
};

struct ingest_header {
    const char *name; /* in small letters */
    const char *value;
};

/* One body, and what came with it. */
struct ingest_request {
    struct arena *arena; /* everything that is found lives here */
    struct span body;
    struct span query; /* what stands behind the question mark, as a form; empty by other doors */
    const struct json *json;             /* INGEST_JSON: the body, parsed; else NULL */
    const char *content_type;            /* as it was sent, or "" */
    const char *integration;             /* name of the key */
    const struct ingest_header *headers; /* of the HTTP request; none by other doors */
    size_t header_count;
    const char *const *map; /* lines of engine/fieldmap.h for this key; none by default */
    size_t map_count;
};

struct ingest_format {
    const char *name;
    enum ingest_body body;
    bool (*parse)(const struct ingest_request *request, struct ingest_batch *batch,
                  struct fault *fault);
};

/* NULL when it was not sent; `name` in small letters. */
const char *ingest_header(const struct ingest_request *request, const char *name);

/* NULL when there is no such format. */
const struct ingest_format *ingest_find(const char *name);
/* Row by row, NULL at the end. */
const struct ingest_format *ingest_at(size_t index);

/* Parses a body; `request->json` may be there already, and is made when the format wants it.
 * False: nothing in it can be used as a whole. */
MUST_USE bool ingest_parse(const struct ingest_format *format, const struct ingest_request *request,
                           struct ingest_batch *batch, struct fault *fault);
