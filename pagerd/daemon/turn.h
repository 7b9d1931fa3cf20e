/* SPDX-License-Identifier: MIT */
/*
 * turn.h - one turn: events are stepped, all effects become one batch, the batch is committed, and
 * only then senders are answered and pages handed to the courier.
 *
 * While one commit is on its way the next turn may be stepped; commits end in order. A turn that
 * changed nothing itself but repeats what an earlier turn did (a duplicate alert) waits for that
 * earlier commit.
 *
 * While a database that several nodes share is away, see away.h: the journal takes the place of the
 * commit, and the turn is kept for the database.
 *
 * When the disk has no room, what was stepped stays true in memory: its senders get 503, its
 * pages go out all the same, and its batch is tried again until it is on disk. Meanwhile nothing
 * that wants to be durable is let in. The same holds while a database is away. When another pagerd
 * has taken the database over this one ends, and pages nobody. When the disk fails for good, pages
 * go out, the admins are told by every channel from memory, and the process ends to be started
 * again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/time.h"
#include "engine/effect.h"

#define TURNS_IN_FLIGHT_MAX 1024
#define TURNS_MANY 64                             /* on their way to the disk: sources wait */
#define TURNS_SIZE_MANY ((size_t)2 * 1024 * 1024) /* bytes of their batches: the same */
#define TURN_RETRY_MS (1 * SECOND_MS)
#define TURNS_KEPT_MAX 4096  /* batches waiting for room on the disk */
#define TURNS_AWAY_MAX 65536 /* and for a database that is away: then a restart would not help */

struct batch;
struct call;
struct daemon;
struct stop_item;
struct turns;

struct turns *turns_new(struct daemon *daemon);
void turns_free(struct turns *turns);

/* May something that has to be durable be let in now? */
MUST_USE bool turns_are_ready(const struct turns *turns, struct fault *why_not);

/* Steps the engine within the turn under way (one is begun when there is none). */
void turn_step(struct turns *turns, const struct event *event, struct answer *answer);

/* Runs a request within the turn under way and keeps it until it may be answered. */
void turn_call(struct turns *turns, struct call *call);

/* Says in the timeline that this node took in, at `at` (wall), what was just stepped, while the
 * database was away. */
void turn_mark(struct turns *turns, const char *node, uint64_t incident, msec at);

/* While the database is away: an ack link, as it is now, goes to the journal with this turn. */
void turn_write_link(struct turns *turns, const char *hash);

/* What an address has said goes to the journal with this turn, and is there before it is answered.
 */
void turn_write_stop(struct turns *turns, const struct stop_item *item);

/* The same of all that were made since then (wall): the database may not have them. */
void turns_write_links(struct turns *turns, msec since_at);

/* The same of all pages that providers have taken since then. */
void turns_write_paged(struct turns *turns, msec since_at);

/* The batch of the turn under way, for records that are the daemon's own (keys, tokens). */
struct batch *turn_batch(struct turns *turns);

/* The effects object, for engine_restored() and the demo's history. */
struct effects *turn_effects(struct turns *turns);

/* Ends the turn under way, if any: hands its batch to the store. */
void turn_end(struct turns *turns);

/* The turn under way comes to nothing: calls in it have their answers, and nothing was changed. */
void turns_discard(struct turns *turns);

/* First pages that wait for more alerts go out with the next turn: the store takes nothing, or
 * pagerd ends. */
void turns_hurry(struct turns *turns);

/* A page of a turn goes to the courier (departures.h), unless its attempt is over by now. `context`
 * is the daemon. */
void turn_depart(void *context, uint64_t page, uint16_t attempt, const char *token, bool is_sure);

/* Tries again what found no room on the disk, when that is due. Returns milliseconds until it is
 * due next, or MSEC_NEVER. */
msec turns_retry(struct turns *turns);

/* While the database is away (away.h). Does what is kept wait for it? Is there room for more? */
bool turns_wait_for_database(const struct turns *turns);
bool turns_have_room(const struct turns *turns);

/* The database has all that was kept: what waits for that goes to it now. False: it has not. */
bool turns_resume(struct turns *turns);

/* It does not get there yet after all, or not soon: turns that wait for it go to the journal. */
void turns_write_deferred(struct turns *turns);
bool turns_are_deferred_for_long(const struct turns *turns);

/* Is all that is kept in the journal? */
bool turns_kept_are_safe(const struct turns *turns);

/* Answers all calls that wait for a commit with 503: nobody waits for it any more. */
void turns_give_up(struct turns *turns, const struct fault *why);

/* Turns whose commit has not ended. */
size_t turns_in_flight(const struct turns *turns);

/* Is so much in flight that what sources say should wait? What people do may still be let in. */
bool turns_are_many(const struct turns *turns);
/* In how many ms the engine's next timers fire (engine_next_due). A backlog that one turn could not
 * fire goes on as the disk takes it, or memory would hold it all and every answer wait behind it:
 * MSEC_NEVER until then, and each commit that ends wakes the loop. */
msec turns_next_due(const struct turns *turns);

/* True when nothing is in flight and nothing is kept for later but what the journal has. */
bool turns_are_settled(const struct turns *turns);
