/* SPDX-License-Identifier: MIT */
/*
 * gather.h - one incident with many alerts: how an alert joins it, how two become one, and what its
 * owner hears of it.
 *
 * - A rise of the worst severity is a rise of the incident (incident_worsen).
 * - Else an alert that joins an incident that somebody has acked is told to its owner, PAGE_GROWN,
 *   GATHER_MS later with all that came until then, once in GATHER_GROWN_MS at most.
 * - Who has snoozed it hears of a rise only; where somebody is being paged, pages say how many.
 */
#pragma once

#include "engine/state.h"

#define GATHER_MS (5 * SECOND_MS)
#define GATHER_GROWN_MS (5 * MINUTE_MS)

/* Waits for its first page, with nobody asked yet. */
bool gather_is_waiting(const struct incident *incident);
/* Its first page waits until then; why goes into its timeline. */
void gather_wait(struct work *work, struct incident *incident, msec due_at, const char *why);

/* All first pages that wait go out now: pagerd may end before they are due. */
void gather_hurry(struct work *work);

/* What one of several alerts says, compared with the incident. */
void gather_hear(struct work *work, struct incident *incident, const struct alert *alert);

/* A new alert as a member of that open incident, by that rule; listed for saving. Returns
 * its record. */
struct alert_record *gather_join(struct work *work, struct incident *incident,
                                 const struct alert *alert, const char *rule);
/* One of its alerts is new, or back: its owner is to hear of it. */
void gather_grow(struct work *work, struct incident *incident);
/* What gather_grow() put off is due. */
void gather_due(struct work *work, struct incident *incident);

/* `from`, which waits for its first page, ends, and `into` has all its alerts. */
void gather_merge(struct work *work, struct incident *from, struct incident *into);
