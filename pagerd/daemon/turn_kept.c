/* SPDX-License-Identifier: MIT */
/*
 * turn_kept.c - turns that are true in memory, and wait for room on the disk or for the database.
 *
 * They go to the store in their order: one by one where nobody knows what became of their commit,
 * several as one batch where the store has never seen them.
 */
#include "daemon/turn_parts.h"

#include <stdlib.h>

#include "base/log.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/post.h"
#include "store/store.h"

#define OFFER_TURNS_MAX 1000
#define OFFER_SIZE_MAX ((size_t)4 * 1024 * 1024)
#define OFFER_PART_MAX 10     /* then it is one turn */
#define OFFER_LESS 3          /* what a database did not take in time is an eighth the next time */
#define AWAY_TURNS_MAX 262144 /* beyond three quarters of these two nothing is let in */
#define AWAY_SIZE_MAX ((size_t)512 * 1024 * 1024)

/* The first `count` kept turns as one batch. The same batch is given again until it is known what
 * became of it. */
struct offer {
    struct turns *turns;
    struct batch *batch; /* NULL while the store has it */
    size_t count;
    struct fault fault;
};

bool fault_may_pass(const struct fault *fault)
{
    return fault->kind == FAULT_LIMIT || fault->kind == FAULT_PEER;
}

static void kept_add(struct turns *turns, struct turn *turn)
{
    turn->next = NULL;
    *turns->kept_last = turn;
    turns->kept_last = &turn->next;
    turns->kept_count++;
    turns->kept_size += batch_size(turn->batch);
}

static struct turn *kept_take(struct turns *turns)
{
    struct turn *turn = turns->kept;
    turns->kept = turn->next;
    turns->kept_count--;
    if (turns->kept == NULL) {
        turns->kept_last = &turns->kept;
        turns->kept_size = 0;
    }
    turns->retry_at = turns->kept == NULL ? MSEC_NEVER : turns->daemon->tick_at;
    return turn;
}

void turns_keep(struct turns *turns, struct turn *turn)
{
    if (turns->kept_count == 0) {
        turns_hurry(turns); /* as what is decided, so what would be in a moment */
        turns->is_locked = turn->fault.kind == FAULT_PEER;
        log_error("%s: %spages go out from memory: %s",
                  turns->is_locked ? "the store takes nothing" : "no room on the disk",
                  away_journal(turns->daemon->away) != NULL && turns->is_locked
                      ? ""
                      : "alerts and acks are refused, ",
                  turn->fault.text);
        /* Once: what comes behind it, however often, does not put that off. */
        turns->retry_at = turns->daemon->tick_at + TURN_RETRY_MS;
    }
    kept_add(turns, turn);
    if (turns->kept_count > (turns->is_locked ? TURNS_AWAY_MAX : TURNS_KEPT_MAX)) {
        log_error("too much is waiting for room on the disk: ending to be started again");
        daemon_end(turns->daemon, 1);
    }
}

void turns_keep_away(struct turns *turns, struct turn *turn)
{
    if (turns->kept_count == 0)
        turns->retry_at = turns->daemon->tick_at + TURN_RETRY_MS;
    turns->is_locked = true;
    kept_add(turns, turn);
    if (turns->kept_count > AWAY_TURNS_MAX || turns->kept_size > AWAY_SIZE_MAX) {
        log_error("too much is waiting for the database: this node begins anew from its journal");
        daemon_end(turns->daemon, DAEMON_AGAIN);
    }
}

bool turns_have_room(const struct turns *turns)
{
    return turns->kept_count < AWAY_TURNS_MAX / 4 * 3 && turns->kept_size < AWAY_SIZE_MAX / 4 * 3;
}

bool turns_wait_for_database(const struct turns *turns)
{
    return turns->kept_count > 0 && turns->is_locked;
}

/* Another pagerd has the database, and all that is in it: this one is to page nobody. */
static bool turns_are_replaced(struct turns *turns, const struct fault *fault)
{
    if (fault->kind != FAULT_DENIED)
        return false;
    if (!turns->is_broken)
        log_error("ending: %s", fault->text);
    turns->is_broken = true;
    daemon_end(turns->daemon, turns->daemon->nodes != NULL ? DAEMON_AGAIN : 1);
    return true;
}

void turns_break(struct turns *turns, struct turn *turn)
{
    if (!turns_are_replaced(turns, &turn->fault) && !turns->is_broken) {
        turns->is_broken = true;
        turns_hurry(turns);
        log_error("cannot commit: %s", turn->fault.text);
        post_emergency(turns->daemon->post, turn->fault.text);
    }
    turn_free(turn);
}

void turns_settle_kept(struct turns *turns, struct turn *turn)
{
    turns->is_retrying = false;
    if (fault_may_pass(&turn->fault)) {
        turns->is_locked = turn->fault.kind == FAULT_PEER;
        turns->retry_at = turns->daemon->tick_at + TURN_RETRY_MS;
        return;
    }
    (void)kept_take(turns);
    if (turn->fault.kind != FAULT_NONE) {
        turns_break(turns, turn);
        return;
    }
    if (turns->kept == NULL)
        log_warning("the disk takes what it is given again: all that waited is on disk");
    turn_tell(turn);
    turn_free(turn);
}

/* ---- several as one ---- */

static void offer_free(struct offer *offer)
{
    if (offer == NULL)
        return;
    batch_free(offer->batch);
    free(offer);
}

static struct offer *offer_make(struct turns *turns)
{
    struct offer *offer = memory_new(1, sizeof(*offer));
    offer->turns = turns;
    offer->batch = batch_new();
    struct turn *turn = turns->kept;
    size_t count_max = OFFER_TURNS_MAX >> turns->offer_part;
    while (turn != NULL && turn->is_away && (offer->count < count_max || offer->count == 0) &&
           batch_size(offer->batch) < OFFER_SIZE_MAX >> turns->offer_part) {
        batch_append(offer->batch, turn->batch);
        offer->count++;
        turn = turn->next;
    }
    return offer;
}

/* It does not fit what is in the database: somebody else has written there, or an error of ours.
 * What was said is in the journal, and is told to whoever is on duty. */
static void turns_begin_anew(struct turns *turns, const struct fault *fault)
{
    if (turns_are_replaced(turns, fault))
        return;
    turns->is_broken = true;
    log_error("the database does not take what was done while it was away: %s", fault->text);
    daemon_end(turns->daemon, DAEMON_AGAIN);
}

static void offer_end(struct turns *turns)
{
    offer_free(turns->offer);
    turns->offer = NULL;
}

/* The same again would take as long again: less of it, where it is sure that nothing is written. */
static void offer_lessen(struct turns *turns)
{
    if (turns->offer->fault.kind != FAULT_PEER || batch_is_in_doubt(turns->offer->batch))
        return;
    turns->offer_part += OFFER_LESS;
    if (turns->offer_part > OFFER_PART_MAX)
        turns->offer_part = OFFER_PART_MAX;
    offer_end(turns);
}

static void offer_settle(void *context, void *item)
{
    struct turns *turns = context;
    struct offer *offer = item;
    turns->is_retrying = false;
    if (fault_may_pass(&offer->fault)) {
        turns->retry_at = turns->daemon->tick_at + TURN_RETRY_MS;
        offer_lessen(turns);
        turns_write_deferred(turns);
        return;
    }
    if (offer->fault.kind != FAULT_NONE) {
        turns_begin_anew(turns, &offer->fault);
        return;
    }
    turns->is_catching_up = true;
    turns->offer_part -= turns->offer_part > 0;
    for (size_t i = 0; i < offer->count; i++)
        turn_free(kept_take(turns));
    offer_end(turns);
}

/* On the store's commit thread. */
static void offer_done(void *context, struct batch *failed, const struct fault *fault)
{
    struct offer *offer = context;
    if (fault != NULL)
        offer->fault = *fault;
    offer->batch = failed;
    inbox_post(offer->turns->daemon->inbox, offer_settle, offer->turns, offer);
}

static msec turns_offer(struct turns *turns)
{
    if (turns->offer == NULL)
        turns->offer = offer_make(turns);
    struct offer *offer = turns->offer;
    struct batch *batch = offer->batch;
    offer->fault = (struct fault){0};
    offer->batch = NULL;
    turns->is_retrying = true;
    if (store_submit(turns->daemon->store, batch, offer_done, offer, &offer->fault))
        return MSEC_NEVER;
    offer->batch = batch;
    offer_settle(turns, offer);
    return TURN_RETRY_MS;
}

/* ---- trying again ---- */

msec turns_retry(struct turns *turns)
{
    struct turn *turn = turns->kept;
    if (turn == NULL || turns->is_retrying || turns->is_broken)
        return MSEC_NEVER;
    msec now = turns->daemon->tick_at;
    if (now < turns->retry_at)
        return turns->retry_at - now;
    if (turn->is_away)
        return turns_offer(turns);

    turn->fault = (struct fault){0};
    turns->is_retrying = turn_hand_over(turns, turn);
    if (turns->is_retrying)
        return MSEC_NEVER;
    if (!fault_may_pass(&turn->fault)) {
        turns_settle_kept(turns, turn); /* meanwhile the store has failed for good */
        return TURN_RETRY_MS;
    }
    turns->retry_at = now + TURN_RETRY_MS;
    return TURN_RETRY_MS;
}

bool turns_kept_are_safe(const struct turns *turns)
{
    for (const struct turn *turn = turns->kept; turn != NULL; turn = turn->next)
        if (!turn->is_away)
            return false;
    return true;
}

void turns_free_kept(struct turns *turns)
{
    while (turns->kept != NULL)
        turn_free(kept_take(turns));
    offer_free(turns->offer);
}
