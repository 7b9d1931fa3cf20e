/* SPDX-License-Identifier: MIT */
/*
 * dedup.h - turns alerts into incidents: each (integration, dedup key) is a member of one.
 *
 * - A further trigger of an open incident is an occurrence: counted, texts, labels and severity
 *   brought up to date. A plain duplicate writes no entry and is saved once in
 *   DEDUP_SAVE_MS at most; losing a count in a crash is fine. Where many incidents or alerts are
 *   repeated, what is saved of them is DEDUP_SAVE_ROWS records a second, and each waits for its
 *   turn: DEDUP_SAVE_MAX_MS at most, and no longer than an eighth of the time after which the
 *   alert would be over by itself. What says more than that it goes on does not wait for that.
 * - A rise in severity is an entry; to one that wakes, it triggers an acked or snoozed incident
 *   again, and to one that pages a suppressed one.
 * - The source's resolve closes whatever is open. A trigger after it is a new episode at once.
 * - After a person's resolve, while the source still fires, triggers are counted into the resolved
 *   incident for a while; a later or a more severe one opens a new episode, and so does one that
 * was counted, when that while is over; see grace.h.
 * - A new episode within policy->reopen_ms of the last one's resolve knows it (`previous`) and is
 *   told as AGAIN (`is_reopened`).
 * - A severity whose notify rule is "none" makes a SUPPRESSED incident with its `reason`; so does
 *   a silence (mute.h).
 * - A trigger with an end (alert.ends_at) that is past is the source's resolve; see expiry.h.
 * - A trigger with the same start (alert.started_at) as an episode that its source ended within
 *   DEDUP_LATE_MS is a late copy of that: two Alertmanagers, or a retry. Counted, opens nothing.
 *   No longer than these take (15 s for each Alertmanager before it, and a retry): one that loses
 *   sight of its Prometheus says "resolved", and when it is back the same start, once, at the next
 *   group interval, which may be half a minute.
 * Resolve for a key that is unknown or closed is a success without effect.
 */
#pragma once

#include "engine/state.h"

#define DEDUP_SAVE_MS SECOND_MS
#define DEDUP_SAVE_MAX_MS (15 * SECOND_MS)
#define DEDUP_SAVE_ROWS 200 /* a second, beyond which repeats are saved less often */
#define DEDUP_LATE_MS (20 * SECOND_MS)

void dedup_trigger(struct work *work, const struct event *event, struct answer *answer);
void dedup_resolve(struct work *work, const struct event *event, struct answer *answer);
void dedup_note(struct work *work, const struct event *event, struct answer *answer);

/* Saves what was counted since the last time. */
void dedup_save(struct work *work, struct incident *incident);

/* The incident of the latest episode of the alert's key, open or resolved; NULL. */
struct incident *dedup_find(const struct engine *engine, const struct alert *alert);
/* Takes an owned incident in; its number must be higher than all others'. */
void dedup_take(struct engine *engine, struct incident *incident);
