/* SPDX-License-Identifier: MIT */
/*
 * away.h - pagerd goes on while the database that several nodes share is away.
 *
 * The node on duty goes on from memory: what it does waits for the database, turn by turn
 * (turn_kept.c). A node that stood by, or has been started meanwhile, and sees nobody in charge,
 * goes on from its mirror of the database (store/mirror.h). Either way what it is told is on its
 * own disk (journal.h) before it is answered.
 *
 * When the database is back, it gets the turns as they are, if nobody else has written meanwhile.
 * Else, and always after a start from the mirror, it is told what was said (merge.h): an ack holds,
 * an alert is not lost, and somebody may be paged twice.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "daemon/away_rules.h"
#include "engine/effect.h"
#include "engine/event.h"

struct away;
struct daemon;
struct journal;
struct page;
struct stop_item;
struct token_record;

struct away *away_new(struct daemon *daemon);
void away_free(struct away *away);

/* Opens the journal, where there are nodes. What is wrong is told: pagerd does its work without as
 * long as the database is there, and away_retry() tries again. */
void away_open(struct away *away);

/* Opens a journal that could not be opened, every ten seconds; on duty away_tick() does. */
void away_retry(struct away *away);

enum away_mode away_mode(const struct away *away);
bool away_is_on(const struct away *away);

/* Since when, in milliseconds; 0 when off. */
msec away_for_ms(const struct away *away);

/* NULL on a machine that is alone. */
struct journal *away_journal(const struct away *away);

/* If the store is the mirror (nodes_act), the engine that was loaded goes on from it: before its
 * first step. */
void away_begin_mirror(struct away *away);

/* While the journal is stepped again it is not written to. */
void away_recall(struct away *away, bool is_recalling);

/* Begins and ends it, between two turns, as the store is. */
void away_tick(struct away *away);

/* May such an event be taken now? What would be lost if another node has gone on may not. */
MUST_USE bool away_takes(const struct away *away, enum event_kind kind, struct fault *why_not);

/* May something that no event says be changed now: keys, feeds? */
MUST_USE bool away_may_change(const struct away *away, struct fault *why_not);

/* Appends an event that is about to be stepped to the entry of this turn: the journal's, or while
 * the database is there what the other nodes are told (nodes_tell). */
void away_write(struct away *away, const struct event *event, struct text *entry);

/* The same with an ack link as it is now: it goes with what is handed in, so that it works after
 * that, too. Nothing while the database is there, or when there is no room to spare. */
void away_write_link(const struct away *away, const struct token_record *link, struct text *entry);

/* The same with a page that its provider has taken: whoever goes on need not send it again. */
void away_write_paged(const struct away *away, const struct page *page, struct text *entry);

/* The same with what an address has said: as an event, it outlives this node. */
void away_write_stop(const struct away *away, const struct stop_item *item, struct text *entry);

/* An event that was kept by another node, or in another life. False: this node has stepped it. */
bool away_see(struct away *away, uint64_t id);

/* Its incident was not known: it may come again, when that is. */
void away_forget(struct away *away, uint64_t id);

/* It is about to be stepped, and keeps its number; 0: the next one is a new one. */
void away_name_next(struct away *away, uint64_t id);

/* Is what became of it to be marked in the timeline? */
bool away_marks(const struct away *away, const struct event *event, const struct answer *answer);

/* For /metrics and GET /v1/status. */
void away_metrics(const struct away *away, struct text *text);
void away_show(const struct away *away, struct json_writer *writer);
