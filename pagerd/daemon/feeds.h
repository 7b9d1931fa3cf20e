/* SPDX-License-Identifier: MIT */
/*
 * feeds.h - the feeds that calendar programs subscribe to: built when they are asked for, kept
 * while nothing changes, and answered only when what they say of each event is on disk.
 *
 *   new -> loading its book (the worker) -> ready <-> writing its book (the worker)
 *
 * Only what was asked for lately is held; the rest is in its book.
 */
#pragma once

#include "base/fault.h"
#include "base/id.h"
#include "base/time.h"
#include "http/call.h"
#include "http/house.h"

#define FEEDS_HELD_MAX 32             /* in memory; the one asked for longest ago makes room */
#define FEED_WAITERS_MAX 64           /* calls that wait for one feed */
#define FEED_KEEP_MS (15 * MINUTE_MS) /* a body, while nothing is known to have changed */

struct daemon;
struct feeds;

struct feeds *feeds_new(struct daemon *daemon);
/* After the worker has ended. */
void feeds_free(struct feeds *feeds);

/* Is there a feed of that hash, of somebody who is in the configuration? */
bool feeds_has(const struct feeds *feeds, const char *hash);
/* Answers the call, now or later. The feed exists. */
enum call_wait feeds_serve(struct feeds *feeds, struct call *call,
                           const struct feed_request *request);

/* The feed of that hash was revoked: what is kept of it goes. */
void feeds_forget(struct feeds *feeds, const char *hash);

/* Ends all calls that wait; no further ones come. */
void feeds_give_up(struct feeds *feeds, const struct fault *why);
