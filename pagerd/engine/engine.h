/* SPDX-License-Identifier: MIT */
/*
 * engine.h - the only door of the pager: a pure state machine, (now, event) in, effects out.
 *
 * No clock, no I/O, no chance, no log, no global. The same events with the same times give the
 * same bytes. Whoever holds it (the daemon's loop, a simulator, a story) calls it from one thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/effect.h"
#include "engine/event.h"
#include "engine/view.h"

#define ENGINE_INCIDENTS_MAX 2000000 /* open at once; beyond: ANSWER_FULL */

struct engine;

/* Without a policy it accepts nothing but EVENT_POLICY and restores. The caller owns it. */
struct engine *engine_new(void);
void engine_free(struct engine *engine);

/*
 * Does everything that is due at `now`, then the event. `answer` (may be NULL) says what became of
 * the event. Nothing fails: what cannot be done is an answer.
 *
 * Timers that are overdue by far (an outage) fire once each and their pages are marked late; the
 * next step of an escalation gets its full delay, counted from `now`.
 */
void engine_step(struct engine *engine, struct now now, const struct event *event,
                 struct effects *effects, struct answer *answer);

/* Milliseconds until something is due: 0 = now, MSEC_NEVER = nothing is. */
msec engine_next_due(const struct engine *engine, struct now now);

/*
 * Takes back what the store saved, before the first step: records are copied. Order: policy and
 * roster by engine_step, then records in any order, then engine_restored() once, which queues
 * again what was queued or being sent (the latter marked as repeats). It is called for an empty
 * store, too: before it no maintenance window begins.
 */
void engine_restore_incident(struct engine *engine, const struct incident *incident);
void engine_restore_alert(struct engine *engine, const struct alert_record *record);
void engine_restore_page(struct engine *engine, const struct page *page);
void engine_restore_person(struct engine *engine, const struct person *person);
void engine_restore_override(struct engine *engine, const struct override *override);
void engine_restore_silence(struct engine *engine, const struct silence *silence);
void engine_restore_heartbeat(struct engine *engine, const struct heartbeat *heartbeat);
void engine_restore_handoff(struct engine *engine, const struct handoff *handoff);
void engine_restore_swap(struct engine *engine, const struct swap *swap);
void engine_restore_proof(struct engine *engine, const struct proof *proof);
void engine_restore_swap_counter(struct engine *engine, uint64_t swap);
/* Highest numbers ever given out, so that none is reused. */
void engine_restore_counters(struct engine *engine, uint64_t incident, uint64_t alert,
                             uint64_t page, uint64_t override);
/* The next numbers lie above these. Those in between are other nodes' (struct alert, number). */
void engine_skip_numbers(struct engine *engine, uint64_t incident, uint64_t alert, uint64_t page,
                         uint64_t override);
/* The highest ever given out, of silences and heartbeats. */
void engine_restore_quiet_counters(struct engine *engine, uint64_t silence, uint64_t heartbeat);
/* By how much the wall clock was ahead of steady time when the last of it was saved: without this,
 * a clock that was set back since is not noticed (clock.h). */
void engine_restore_clock(struct engine *engine, msec ahead_ms);
void engine_restored(struct engine *engine, struct now now, struct effects *effects);

/* The same for records that come out of a backup and may be hours old: see recall.h. The first step
 * has to be EVENT_RESTORED. */
void engine_recall(struct engine *engine, struct now now, struct effects *effects);

/*
 * Checks every invariant of check.h. Returns false with the first broken one in the fault; the
 * daemon asks every minute, tests after every step.
 */
MUST_USE bool engine_check(const struct engine *engine, struct now now, struct fault *fault);

enum audit_state { AUDIT_UNDER_WAY, AUDIT_LEVEL, AUDIT_WRONG };

/*
 * The same in slices of at most `max` records, for a daemon that must not stand still; steps may
 * come between them. A round ends with LEVEL or WRONG, and the next call begins another. `fault`
 * has the last thing that was found wrong in this slice, and is not touched when all is well.
 */
enum audit_state engine_audit(struct engine *engine, struct now now, size_t max,
                              struct fault *fault);
/* How many records a round looks at. */
size_t engine_audit_size(const struct engine *engine);

/* By how much the most overdue deadline is late: 0 after every step. */
msec engine_overdue_ms(const struct engine *engine, struct now now);
