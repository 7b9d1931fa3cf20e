/* SPDX-License-Identifier: MIT */
/*
 * nodes.h - pagerd on several machines: one is on duty, the others stand by, all take calls.
 *
 * Who stands by hands each call to who is on duty, and waits for the answer: through the database
 * (store/relay.h), or, where doing it twice changes nothing, by the link to it (peers.h), and
 * through the database when that breaks. Who is on duty runs the calls of all as its own: the
 * answer is in the commit of what was done, or leaves behind it. When it is gone, whoever notices
 * first is on duty, and finds what is left to do in the database: records, and calls without an
 * answer.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "daemon/inbox.h"

struct call;
struct clock;
struct daemon;
struct nodes;
struct retell_threads;

/* Takes part, where the configuration names this node; *nodes stays NULL where it does not. */
MUST_USE bool nodes_open(struct daemon *daemon, struct nodes **nodes, struct fault *fault);
void nodes_free(struct nodes *nodes);

/*
 * Runs a call on the node that is on duty. One that was frozen until a moment ago may have been
 * replaced, and what it knows be old: then the call waits until the database has confirmed that it
 * still is on duty, for two seconds at most.
 */
void nodes_run(struct nodes *nodes, struct call *call);

/* Hands a call to who is on duty; it is finished when the answer has come, or in time without. */
void nodes_hand_over(struct nodes *nodes, struct call *call);

/* Waits until this node is on duty: then the store is open. False: it is to end, or the fault says
 * why it cannot. Calls are handed over meanwhile. */
MUST_USE bool nodes_stand_by(struct nodes *nodes, struct fault *fault);

/* Did nodes_stand_by() end because the database is away and nobody is in charge? Then the store is
 * the mirror, and this node is in charge. */
bool nodes_act(const struct nodes *nodes);

/* Has it gone on from that very mirror before? One that was copied anew since does not have what
 * was done then. */
bool nodes_mirror_has_past(const struct nodes *nodes);

/* This node goes on without the database: it stands by again when somebody has a better right to be
 * in charge or, with the mirror as its store, when the database is there. */
void nodes_yield(struct nodes *nodes);

/* Is anybody to be told what turns are told? */
bool nodes_have_listeners(const struct nodes *nodes);

/* On duty: the linked nodes hear what a turn was told whose commit begins now, with the clock that
 * is in it. Nobody waits for that. */
void nodes_tell(struct nodes *nodes, msec steady_at, struct span events);

/*
 * The entry that the journal got last goes to the disk of a linked node, too. `done` is called on
 * the loop's thread when it is there, when there is no hope for that, or after 200 ms. False:
 * nobody is there, and `done` is not called.
 */
MUST_USE bool nodes_copy(struct nodes *nodes, struct span entry, inbox_run *done, void *context,
                         void *item);

/*
 * It goes on from its mirror, whose last turn has that clock: what was committed later, as far as
 * this node knows of it (recent.h), is stepped in the turn under way. What is in the mirror all the
 * same counts as a repeat.
 */
void nodes_recall(struct nodes *nodes, msec steady_at);

/* Adds this node's copies of the journal of a node that is not there; a second one's are handed in
 * later. Returns its name, borrowed, or NULL. */
const char *nodes_read_lost(const struct nodes *nodes, struct retell_threads *threads);

/* It is on duty now, and runs the calls of all. */
void nodes_serve(struct nodes *nodes);

/* A call of another node has been run: its answer goes with what it has done. Nothing for calls of
 * this node's own server. */
void nodes_add_answer(struct nodes *nodes, struct call *call);

/* Does this node know all keys? `nodes` may be NULL: then it does. */
bool nodes_know_keys(const struct nodes *nodes);

/* Calls whose answer is overdue are given up. */
msec nodes_next_due(const struct nodes *nodes);
void nodes_tick(struct nodes *nodes);

/* By how much the clock of the database is ahead of this machine's; 0: not known, or no nodes. */
msec nodes_clock_ahead(const struct nodes *nodes);

/* Whichever of the two is set while this node is on duty: it goes by the database's, as the next
 * one on duty will, which takes what has passed from it. */
void nodes_follow_clock(const struct nodes *nodes, struct clock *clock);

/* Is somebody in charge whom this node reaches? */
bool nodes_have_way(const struct nodes *nodes);

/* Can a call be handed over while this node stands by? */
bool nodes_are_ready(const struct nodes *nodes, struct fault *why_not);

/* For /metrics; nothing where there is one machine. */
void nodes_metrics(const struct nodes *nodes, struct text *text);

/* Nothing comes from other nodes any more. */
void nodes_close(struct nodes *nodes);

/* The calls that wait are told that this node ends. */
void nodes_give_up(struct nodes *nodes, const struct fault *why);

/* For GET /v1/cluster. `nodes` may be NULL: then it is one machine. */
void nodes_show(const struct nodes *nodes, struct json_writer *writer);
