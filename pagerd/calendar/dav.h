/* SPDX-License-Identifier: MIT */
/*
 * dav.h - what is asked of a CalDAV collection and what it answers (RFC 4918, 4791, 6578), as
 * bytes.
 *
 * Pure. Answers are input from outside, so they are parsed where calendars are: in the reader
 * child, under its limits of CPU, memory and time, and not in the daemon, which would also have to
 * wait for 16 MiB of XML. The messages between the two are here: dav_request_render() makes what
 * the child is given, dav_request_answer() is the child's part, dav_result_parse() checks what it
 * says. libexpat does the XML; a document type is refused, so that there are no entities to expand.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"

#define DAV_BYTES_MAX (16 * 1024 * 1024) /* of one answer */
#define DAV_ITEMS_MAX 20000              /* of one answer, and of one collection */
#define DAV_BATCH_MAX 200                /* events asked for at once */
#define DAV_DEPTH_MAX 32                 /* of elements */
#define DAV_HREF_MAX 2048
#define DAV_ETAG_MAX 1024
#define DAV_TOKEN_MAX 4096
#define DAV_NAME_MAX 255

/* One response of a multistatus. Strings and bytes live where the answer does. */
struct dav_item {
    const char *href; /* as the server writes it */
    const char *etag; /* or NULL */
    uint32_t status;  /* 404: it is gone; 200: it is there, even when a property is not */
    struct span data; /* calendar-data; bytes NULL when there was none */
};

struct dav_answer {
    struct dav_item *items;
    size_t item_count;
    const char *token; /* sync-token, or NULL */
    const char *ctag;  /* getctag, or NULL */
    bool is_cut;       /* 507: there is more than the server lists at once */
};

/* Bodies of requests; all append. A token of NULL or "" asks for everything. */
void dav_propfind_render(struct text *text);
void dav_changes_render(struct text *text, const char *token);
void dav_multiget_render(struct text *text, const char *const *hrefs, size_t count);
void dav_query_render(struct text *text);

/* Parses a multistatus. Fails on what is none, and on what is over the limits above. */
MUST_USE bool dav_parse(struct arena *arena, struct span bytes, struct dav_answer *answer,
                        struct fault *fault);

/*
 * The name of an event's resource: the last part of its href, percent-decoded. `*name` is "" for
 * the collection itself and for a collection inside of it. Fails when the href is not in the
 * collection at `url`: no server has a reason to name such a thing.
 */
MUST_USE bool dav_name(struct arena *arena, const char *url, const char *href, const char **name,
                       struct fault *fault);

/* The messages. dav_request_is() tells a request from those of reader.h. */
void dav_request_render(struct text *request, struct span body);
bool dav_request_is(struct span request);
void dav_request_answer(struct span request, struct text *result);
/* Data of the items is borrowed from `result`. */
MUST_USE bool dav_result_parse(struct arena *arena, struct span result, struct dav_answer *answer,
                               struct fault *fault);
