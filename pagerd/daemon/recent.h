/* SPDX-License-Identifier: MIT */
/*
 * recent.h - what was committed a moment ago, and may not be in this node's mirror yet.
 *
 * The mirror is some 0.2 s behind. When the database and the node on duty are lost at once, this is
 * all that is left of what was answered in that time: the calls that this node handed over, and
 * what the node on duty told its peers of its commits. It is bounded, in memory, and in the order
 * in which it came; what the mirror has goes, and beyond the bounds the oldest.
 *
 * It knows no clock: times are ticks of its caller.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"
#include "base/text.h"
#include "base/time.h"

#define RECENT_COUNT_MAX 10000
#define RECENT_SIZE_MAX (16 * 1024 * 1024)
/* From when it is told until it is committed: after a second without a commit the database is
 * away, and what was said is in a journal, or was refused. */
#define RECENT_COMMIT_MS (1 * SECOND_MS)

enum recent_kind {
    RECENT_CALL,  /* a call of this node (ship.h) that was handed over and answered with 2xx */
    RECENT_EVENTS /* events of one turn of the node on duty (event_form.h), with commas between */
};

/* Plain data; all borrowed until it goes. */
struct recent_item {
    enum recent_kind kind;
    const char *node; /* that has run it, or was to */
    uint64_t number;  /* of the call; or the steady time of the turn */
    msec at;          /* tick; when this node heard of it */
    struct span bytes;
};

struct recent;

struct recent *recent_new(void);
void recent_free(struct recent *recent);
CLEANUP_DEFINE(struct recent *, recent_free)

/* Adds it behind all others; everything is copied. */
void recent_add(struct recent *recent, const struct recent_item *item);

/* The mirror has all that was committed by that tick. */
void recent_trim(struct recent *recent, msec seen_at);
void recent_clear(struct recent *recent);

/* The oldest first: start with *cursor = 0; NULL at the end. */
const struct recent_item *recent_each(const struct recent *recent, size_t *cursor);
size_t recent_count(const struct recent *recent);

/* How many have gone for want of room since it was last empty. */
uint64_t recent_lost(const struct recent *recent);
