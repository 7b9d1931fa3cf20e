/* SPDX-License-Identifier: MIT */
/*
 * alert.h - what one dedup key says, from its first trigger to its end, as a member of an incident.
 *
 * A key has at most one record that counts: its latest episode, found by alert_find(). Older ones
 * stay with their incidents. An incident counts how many of its alerts fire, by severity; when
 * none does any more its source has ended it. An alert with an end (alert.ends_at, see expiry.h)
 * is over by itself when it is not repeated until then.
 */
#pragma once

#include "base/text.h"
#include "engine/state.h"

#define ALERTS_TOLD_MAX                                                       \
    20 /* members of an incident that its timeline names when they come or go \
        */

/* The source's key, or the uuid where it gives none. */
const char *alert_key_of(const struct alert *alert);
/* Both as one key of a map, in `text`. */
struct span alert_key(struct text *text, const char *integration, const char *dedup_key);

/* The latest episode of that key, NULL when none is in memory. */
struct alert_record *alert_find(const struct engine *engine, const char *integration,
                                const char *dedup_key);
struct incident *alert_incident(const struct engine *engine, const struct alert_record *record);

/* Is it the one whose texts the incident has? */
bool alert_is_lead(const struct incident *incident, const struct alert_record *record);

/* What to call it: its summary, or the incident's. */
const char *alert_name(const struct incident *incident, const struct alert_record *record);

/* How many of the incident's alerts fire. */
uint32_t alert_firing_count(const struct incident *incident);
/* The worst severity of these; the incident's own when none fires. */
enum severity alert_worst(const struct incident *incident);

/* A new episode, which fires, as the newest alert of this incident; listed for saving. */
struct alert_record *alert_add(struct work *work, struct incident *incident,
                               const struct alert *alert);
/* It was said once more: counts it, and takes over what is new of it. Saved with the incident.
 * Returns whether it says more than that it goes on. */
bool alert_repeat(struct work *work, struct incident *incident, struct alert_record *record,
                  const struct alert *alert);

/* The record is a member of `into` now, as its newest; `from` has forgotten it. */
void alert_move(struct alert_record *record, const struct incident *from, struct incident *into);

/* Says by which rule it is where it is: the one place that writes `rule`. */
void alert_explain(struct alert_record *record, const char *format, ...) PRINTF_LIKE(2, 3);

/* It is over: by its source's word, with a note perhaps, or because it was not repeated. Closes the
 * incident when it was the last that fired. */
enum alert_end alert_over(struct work *work, struct alert_record *record, const char *note);

void alert_due(struct work *work, struct alert_record *record);
/* Puts its timer where its due_at says; an early one stays, and looks again then. */
void alert_schedule(struct engine *engine, struct alert_record *record);

/* Takes a copy of the record in before the first step. */
void alert_restore(struct engine *engine, const struct alert_record *saved);
void alerts_free_restored(struct engine *engine); /* that no engine_restored() has come for */
/* All incidents and records are in: joins them. An incident of a store without records of its
 * alerts gets its one; records of what is not in memory go. */
void alerts_restored(struct engine *engine);
/* And what falls due of them, now that the time is known. */
void alerts_restart(struct work *work);
/* Forgets those of an incident that leaves memory. */
void alerts_drop(struct engine *engine, struct incident *incident);
