/* SPDX-License-Identifier: MIT */
/*
 * heartbeat.h - jobs that say regularly that they live; silence is the alarm.
 *
 * - Missing for every_ms + grace_ms, it is an alert like any other (integration "heartbeat", dedup
 *   key: its name), so that silences, severities and everything else apply. One that was never
 * heard is missing in the same way, from its making on. A ping resolves it.
 * - As long as it is missing the alert is repeated once in every_ms + grace_ms: who has resolved it
 *   by hand is told again.
 * - "start" is followed by an end within grace_ms, or it is an alert; "fail" is one at once; "log"
 *   says nothing of life or death.
 * - Deadlines run on the steady clock. After a start of pagerd each has at least its grace anew,
 * for it could not be heard meanwhile.
 * - A change of state is saved at once; plain pings so that what is on disk is older than it is by
 * a tenth of every_ms at most, or a minute.
 */
#pragma once

#include "base/fault.h"
#include "engine/state.h"

#define HEARTBEAT_INTEGRATION "heartbeat"
#define HEARTBEAT_EVERY_MIN_MS SECOND_MS
#define HEARTBEAT_GRACE_MIN_MS SECOND_MS
#define HEARTBEATS_OF_KEY_MAX 100 /* that one integration has made; beyond: ANSWER_FULL */

void heartbeat_add(struct work *work, const struct event *event, struct answer *answer);
void heartbeat_remove(struct work *work, const struct event *event, struct answer *answer);
void heartbeat_ping(struct work *work, const struct event *event, struct answer *answer);

/* By name, of those that are not removed; NULL. */
struct heartbeat *heartbeat_find(const struct engine *engine, const char *name);

/* Takes an owned record in. */
void heartbeat_take(struct engine *engine, struct heartbeat *heartbeat);

/* It is missing. */
void heartbeat_due(struct work *work, struct heartbeat *heartbeat);

/* After a restart: sets all timers. */
void heartbeats_restored(struct work *work);

MUST_USE bool heartbeats_check(const struct engine *engine, struct fault *fault);
