/* SPDX-License-Identifier: MIT */
/*
 * expiry.h - what the end that an alert brings with it (alert.ends_at) means by our clock.
 *
 * Prometheus repeats what fires with an end that lies a little further ahead each time, and tells
 * what is over with its end in the past, the same one for 15 minutes (notifier.Manager and
 * rules/alerting.go, https://prometheus.io/docs/alerting/latest/clients/).
 *
 * - An end ahead of us: fires until then; repeated, until the new one. Of what is told once
 *   (alert.is_told_once) it means nothing.
 * - A past end: over. But where the past ends of a key move on from one message to the next while
 *   nothing of it is open, its source's clock is behind: it fires, and is over EXPIRY_GRACE_MS
 *   after its end has stopped to move, or when its end goes back.
 * Only the last EXPIRY_KEYS_MAX keys with past ends are remembered, and not over a restart.
 */
#pragma once

#include "engine/state.h"

#define EXPIRY_GRACE_MS (5 * MINUTE_MS)
#define EXPIRY_MAX_MS (365 * DAY_MS)
#define EXPIRY_KEYS_MAX 65536

/* Does this trigger say that it is over? Remembers its end. `record` may be NULL. */
bool expiry_is_past(struct work *work, const struct alert *alert, struct alert_record *record);

/* Sets when it is over by itself, and its timer, by an alert that says that it fires. */
void expiry_set(struct work *work, struct alert_record *record, const struct alert *alert);

void expiry_free(struct engine *engine);
