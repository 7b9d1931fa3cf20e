/* SPDX-License-Identifier: MIT */
/*
 * recall.h - what becomes of the past when it comes out of a backup: it may be hours old, and what
 * happened since is not known.
 *
 * - Nothing of then is sent: pages that were waiting or under way are cancelled, runs end, tests
 * and codes are void. Who has which shift is taken as told.
 * - What was sent before is forgotten by the engine (it stays in the history), so that no reply is
 *   taken for an answer to it: the last message of its writer may be one that is lost.
 * - Open incidents stay open, and each deadline of theirs lies RECALL_GRACE_MS ahead at least. One
 *   that nobody has acked is paged from step 0 then, or at once when its source says it again; it
 *   is over when its source says so, or as expiry.h has it. So is one whose silence has ended.
 * - Canaries of then are over.
 * - The admins and whoever is asked first for what is open hear of it, once (EVENT_RESTORED).
 */
#pragma once

#include "engine/state.h"

/* Twice the five minutes after which Alertmanager and its like tell a group anew
 * (https://prometheus.io/docs/alerting/latest/configuration/, group_interval). */
#define RECALL_GRACE_MS (10 * MINUTE_MS)
#define RECALL_NAMED_MAX 3 /* incidents that the notice names: it has to fit an SMS */

/* All records are there, and nothing is linked or armed yet: before the rest of
 * engine_restored(). */
void recall_all(struct work *work);
/* The source of that incident has said it once more. */
void recall_repeat(struct work *work, struct incident *incident);
void recall_event(struct work *work, const struct event *event, struct answer *answer);
