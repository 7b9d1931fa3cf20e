/* SPDX-License-Identifier: MIT */
/*
 * ledger.h - nothing accepted vanishes: what came in, against what became of it.
 *
 * It is written at both ends. The engine counts each alert that it is given; the rules count what
 * they made of it, incidents count their alerts, and what leaves memory is counted as it goes. So
 * an alert or incident that is lost on the way, whatever its state was, leaves a difference:
 *
 * - alerts received are the sum over what became of them (enum alert_end);
 * - triggers accepted are those that opened, were suppressed, were merged or joined;
 * - incidents restored and new ones are those by state and those dropped, and as many are in
 * memory;
 * - alerts restored and accepted are the occurrences of all in memory, and of those dropped: the
 *   walk's sum.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct incident;

/* What became of an alert of a source. */
enum alert_end {
    ALERT_OPENED,     /* a new incident */
    ALERT_SUPPRESSED, /* a new incident that pages nobody: by its severity, or because of a silence
                       */
    ALERT_MERGED,     /* counted into an incident that was there */
    ALERT_JOINED,     /* a new key, and part of an incident that was there */
    ALERT_RESOLVED,   /* closed an incident */
    ALERT_CLEARED,    /* is over; its incident goes on with others */
    ALERT_NOTED,      /* told on an incident */
    ALERT_IDLE,       /* a resolve or note of what is not open: nothing to do */
    ALERT_REFUSED,    /* the sender was told so */
    ALERT_END_COUNT
};

const char *alert_end_name(enum alert_end end);

void ledger_receive(struct engine *engine);
void ledger_end(struct engine *engine, enum alert_end end);
/* One more alert in an incident that is in memory. */
void ledger_merge(struct engine *engine, const struct incident *incident, enum alert_end end);
/* All alerts of one are the other's from now on. */
void ledger_move(struct engine *engine, struct incident *from, struct incident *into);
void ledger_restore(struct engine *engine, const struct incident *incident);
void ledger_drop(struct engine *engine, const struct incident *incident);

/* How much is missing or too much, without a walk: 0 unless something was lost. */
uint64_t ledger_imbalance(const struct engine *engine);

/* The walk over all incidents by number, which may be cut in slices: what is merged or dropped
 * behind it is kept in its sum. `ledger_walk_end` gives what is missing or too much. */
void ledger_walk_begin(struct engine *engine);
void ledger_walk_add(struct engine *engine, const struct incident *incident);
uint64_t ledger_walk_end(struct engine *engine);
