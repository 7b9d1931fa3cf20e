/* SPDX-License-Identifier: MIT */
/* icinga_stream.h - inside of icinga_events.h: one stream, and what it says to the engine. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/map.h"
#include "base/span.h"
#include "base/time.h"

struct alert;
struct arena;
struct daemon;
struct icinga_events;

struct stream {
    struct icinga_events *events;
    struct daemon *daemon;
    char *name;          /* of the integration */
    char *url;           /* as configured when it was made */
    uint64_t generation; /* of the connection: what comes of an earlier one is of no use */
    bool is_asking;      /* a connection, or an attempt at one */
    bool is_live;
    bool is_wanted; /* by the configuration */
    msec retry_at;  /* tick */
    unsigned failures;
    msec failing_at; /* tick; 0: it is well */
    msec told_at;    /* tick; when the admins last heard of that */
    char problem[200];
    msec reread_at;      /* tick; MSEC_NEVER */
    bool is_reading;     /* the list of what is not well */
    msec merged_at;      /* tick; when it was last asked for */
    struct map *touched; /* dedup keys that the stream spoke of meanwhile */
    struct map *seen;    /* those that are in the list */
    struct map *over;    /* those that somebody has resolved by hand, and that still fire */
};

/* icinga_apply.c */

/* Whole lines of the stream. */
void stream_apply_lines(struct stream *stream, struct span lines);
/* Before the list is read; a part of it (false: it is none); after its last part. */
void stream_merge_begin(struct stream *stream);
bool stream_merge_part(struct stream *stream, struct span body);
void stream_merge_end(struct stream *stream);
/* Is that problem known, in these very words? Then of which incident it is part. */
bool stream_has_said(const struct stream *stream, const struct alert *alert, uint64_t *number);
/* Reads the list again, that much later at the latest. */
void stream_want_reread(struct stream *stream, msec wait_ms);
/* What cannot be listened to is seen and told. */
void stream_fail(struct stream *stream, const char *why, bool is_final);
