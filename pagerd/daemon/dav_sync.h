/* SPDX-License-Identifier: MIT */
/*
 * dav_sync.h - keeps a copy of a CalDAV collection in step with the server.
 *
 * One round: what has changed since the last token (RFC 6578), then the events that changed, in
 * batches; only when all of it is in does the copy change, and a new version is offered. So nothing
 * that is cut off or fails half-way ever looks as if events were deleted. A server that does not
 * know a token any more is asked for everything; one that does not know sync-collection is asked
 * for its ctag, and for all events when that is another.
 *
 * Tokens and etags are not kept over a restart: the first round is then a whole one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct dav_sync;
struct slot;

struct dav_sync *dav_sync_new(struct slot *slot);
void dav_sync_free(struct dav_sync *sync); /* NULL allowed */

/* Begins a round: the slot is SLOT_FETCHING until it ends. */
void dav_sync_start(struct dav_sync *sync);

/* May it be freed now: does the courier have no question of it? */
bool dav_sync_may_end(const struct dav_sync *sync);

msec dav_sync_due_at(const struct dav_sync *sync); /* tick */
void dav_sync_tick(struct dav_sync *sync);

/* Rounds are numbered from 1: the last that was begun, and the last that ended well (0: none). What
 * was done before a round began shows in it. */
uint64_t dav_sync_begun(const struct dav_sync *sync);
uint64_t dav_sync_ended(const struct dav_sync *sync);

/* The etag of an event in the copy; NULL when there is no such event, "" when the server gives its
 * events none. */
const char *dav_sync_etag(const struct dav_sync *sync, const char *name);

/* Is the slot's list of shifts that of the copy as it is now? */
bool dav_sync_is_in_force(const struct dav_sync *sync);
