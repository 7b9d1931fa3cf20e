/* SPDX-License-Identifier: MIT */
/*
 * ledger.h - what senders and people were told is done while the store was away, and what has
 * become of it.
 *
 * Every node has its own words, as its journal has them. A word is settled when what came of it is
 * in the store, or when it was told to who is in charge; of a trigger that is repeated the last one
 * speaks for those before. Nothing may be left when a journal is cleared, nobody is asked any more
 * about what was acked or resolved, and what is told too late is over.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "daemon/event_form.h"
#include "engine/engine.h"

struct ledger;

struct ledger *ledger_new(void);
void ledger_free(struct ledger *ledger);

/* That node's journal has an entry, and whoever said it was told so, at `now_at` (steady). */
void ledger_keep(struct ledger *ledger, size_t node, const char *entry, const struct answer *answer,
                 msec now_at);

/* One of its words was told to an engine, or came too late (`answer` is NULL). */
MUST_USE bool ledger_told(struct ledger *ledger, size_t node, const struct engine *engine,
                          const struct event *event, const struct event_origin *origin,
                          const struct answer *answer, struct fault *fault);

/* All words of that node were told to that engine: are they so? By `now_at` (steady) an ack may
 * have run out since it was given; 0: it holds from when it is told. */
MUST_USE bool ledger_holds(struct ledger *ledger, size_t node, const struct engine *engine,
                           msec now_at, struct fault *fault);

/* Whoever was told has died, or does not take it: it is all told once more. */
void ledger_untell(struct ledger *ledger, size_t node);

/* The node goes on from its mirror: its engine knows what its journal has, at `now_at` (steady). */
MUST_USE bool ledger_knows(const struct ledger *ledger, size_t node, const struct engine *engine,
                           msec now_at, struct fault *fault);

/* What came of all of its words is in the store. */
void ledger_landed(struct ledger *ledger, size_t node);

/* Its journal is cleared. */
MUST_USE bool ledger_clear(struct ledger *ledger, size_t node, struct fault *fault);

/* How many words are not settled, of all nodes. */
size_t ledger_open(const struct ledger *ledger);
