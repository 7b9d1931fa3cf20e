/* SPDX-License-Identifier: MIT */
/*
 * canary.h - an incident of pagerd's own that proves the whole way to one person.
 *
 * It is opened by an ordinary alert of pagerd itself, whose label "user" names the person, and
 * pages by that person's ordinary rule and channels; what follows from it does not:
 * - nobody else is ever paged for it, and its person once: the walk stands until CANARY_MS are
 *   over. Then, or when it is acked, it is over by itself.
 * - it is no part of a group or storm, does not flap, and no silence holds it.
 * - it is neither reassigned nor snoozed; whoever passes it on reaches nobody.
 * - it is no disturbance that a rest is counted from, keeps nobody awake, is not told of at a
 *   handoff, and sends no good news.
 * When it comes is daemon/canary.h's.
 */
#pragma once

#include "engine/state.h"

#define CANARY_INTEGRATION "pagerd"
#define CANARY_KEY "canary"
#define CANARY_TEXT "a test of the whole way, all is well"
#define CANARY_MS (30 * MINUTE_MS)

bool canary_has_key(const char *integration, const char *dedup_key);
bool canary_is(const struct incident *incident);

/* "CRIT", or "CANARY", which frightens nobody. */
const char *canary_tag(const struct incident *incident);

/* Pages its person, unless that was done. False: it is no canary, and goes the ordinary way. */
bool canary_enter(struct work *work, struct incident *incident);

/* When a provider took a page of it first, wall; 0: none has. `error` is set to what went wrong
 * with one, if anything did: borrowed from its page. */
msec canary_sent_at(const struct incident *incident, const char **error);

/* Of one that is over: by somebody who acked or resolved it, and not because nobody did? */
bool canary_is_answered(const struct incident *incident);

/* What would pass it on or put it off proves nothing: true, and the answer says so. */
bool canary_refuses(const struct incident *incident, struct answer *answer);

/* Somebody has it, or its time is over: it ends. Nothing happens to what is no canary. */
void canary_end(struct work *work, struct incident *incident, const char *why);
