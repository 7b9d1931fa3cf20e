/* SPDX-License-Identifier: MIT */
/*
 * incident.h - one incident through its states, and what people do with it.
 *
 * Every legal move is a row of the table in incident.c; what is not listed is refused.
 *
 * - Only a known person acks. When somebody else has it: CONFLICT, unless `is_take`, or unless it
 *   was passed on by hand and the walk runs again: then whoever acks has it. One's own again:
 *   ALREADY, renews the ack timeout and ends what was passed on.
 * - An ack stops the walk and all runs; everybody else who was paged gets the good news.
 * - Ack timeout: TRIGGERED again, the acker gets PAGE_STILL, step 0 follows after its own wait. An
 *   acker who rests, is away, is gone or has no contact is passed over: step 0 at once. Where
 *   nobody was ever paged because of the severity, it is SUPPRESSED again, also after an undo.
 * - Undo of an ack: by the acker or anybody who was paged; step 0 at once.
 * - Snooze until a wall time or for a duration; at its end the snoozer gets PAGE_WOKEN and step 0
 *   follows at once. A snooze can be ended by hand.
 * - Escalate by hand enters the next step now, reassign asks a person or a target now (a team: the
 *   incident moves to that team's steps). An acked incident stays with its owner until the newcomer
 *   acks.
 * - Resolve revokes ack links, ends runs, tells everybody who was paged. A resolved incident stays
 *   in memory for INCIDENT_KEEP_MS.
 * - Severity promoted after promote_ms without an ack: critical, paged from step 0. It stays so
 *   until somebody acks, whatever the source repeats.
 */
#pragma once

#include "engine/state.h"

/* What moves an incident from state to state. */
enum incident_cause {
    CAUSE_ACKNOWLEDGE,
    CAUSE_FORGOTTEN, /* the ack timeout ran out */
    CAUSE_UNACKNOWLEDGE,
    CAUSE_SNOOZE,
    CAUSE_WAKE,       /* the snooze is over, or was ended by hand */
    CAUSE_PASS_ON,    /* escalate or reassign by hand */
    CAUSE_WORSEN,     /* severity rose to one that pages, or was promoted */
    CAUSE_OWNER_GONE, /* who acked is no user any more */
    CAUSE_HOLD,       /* a silence holds it back */
    CAUSE_RELEASE,    /* none does any more */
    CAUSE_RESOLVE,
    CAUSE_MERGE, /* another incident has its alerts now */
    CAUSE_COUNT
};

/* Makes the move when it is legal and counts it; false: refused, nothing changed. */
bool incident_apply(struct engine *engine, struct incident *incident, enum incident_cause cause);

/* Is somebody being paged for it who should answer? */
bool incident_is_waiting(const struct incident *incident);
bool incident_is_open(const struct incident *incident);

#define INCIDENT_SNOOZE_MAX_MS (365 * DAY_MS)

void incident_acknowledge(struct work *work, const struct event *event, struct answer *answer);
void incident_unacknowledge(struct work *work, const struct event *event, struct answer *answer);
void incident_resolve(struct work *work, const struct event *event, struct answer *answer);
void incident_snooze(struct work *work, const struct event *event, struct answer *answer);
void incident_unsnooze(struct work *work, const struct event *event, struct answer *answer);
void incident_note(struct work *work, const struct event *event, struct answer *answer);

/* Resolves it now; `user` NULL: by its source. */
void incident_close(struct work *work, struct incident *incident, const char *user,
                    const char *actor, const char *note);

/* Makes it TRIGGERED by this cause and pages from step 0. */
void incident_trigger_again(struct work *work, struct incident *incident,
                            enum incident_cause cause);

/* Its severity pages nobody: kept, with that as its reason. */
void incident_suppress(struct work *work, struct incident *incident);
/* From now on, unacknowledged, by the rule of its severity. */
void incident_arm_promotion(struct work *work, struct incident *incident);

/* An acked incident has come to a team with an ack timeout: it gets one, if it has none. */
void incident_fit_ack(struct work *work, struct incident *incident);

/* Everything that is due on the steady clock. */
void incident_due(struct work *work, struct incident *incident);
/* The snooze until a wall time is over. */
void incident_wall_due(struct work *work, struct incident *incident);
/* Puts all its timers where its fields say. */
void incident_schedule(struct engine *engine, struct incident *incident);
/* Forgets a resolved incident and its pages. */
void incident_drop(struct engine *engine, struct incident *incident);

/* The open incident that an event of a person is about, by number or by the alert's key; NULL with
 * the answer set. */
struct incident *incident_of_event(struct work *work, const struct event *event,
                                   struct answer *answer);
