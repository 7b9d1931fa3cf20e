/* SPDX-License-Identifier: MIT */
/* turn_parts.h - what turn.c, turn_kept.c and turn_away.c share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/text.h"
#include "daemon/clock.h"
#include "daemon/turn.h"

struct offer;

/* A page of this turn that goes to the courier after the commit, with its ack link's token, or the
 * code that it brings. While
 * the commit is on its way a later turn may begin the page's next attempt: that one leaves then. */
struct turn_send {
    uint64_t page;
    uint16_t attempt;
    char token[TOKEN_TEXT_SIZE]; /* "" when the page has neither */
};

/* A line of the timeline that says that the database was away. */
struct mark {
    uint64_t incident;
    msec at; /* wall */
    char *text;
};

/* One turn from its first event to the end of its commit. */
struct turn {
    struct turns *turns;
    struct batch *batch;
    struct call **calls; /* waiting for the commit */
    size_t call_count;
    size_t call_room;
    size_t own_count; /* of the calls; those behind it repeat what earlier turns did */
    struct turn_send *sends;
    size_t send_count;
    uint64_t *overrides; /* changed: the calendar is told of them after the commit */
    size_t override_count;
    uint64_t *incidents; /* changed: their source is told of that after the commit */
    size_t incident_count;
    size_t incident_room;
    uint64_t webhook_last;  /* the last message that is in its batch */
    struct fault fault;     /* of the commit; kind FAULT_NONE when it went well */
    struct text entry;      /* what it was told: for the journal, or for the other nodes */
    msec steady_at;         /* when it ended */
    struct fault unwritten; /* of the journal; kind FAULT_NONE when it has the entry */
    struct mark *marks;
    size_t mark_count;
    size_t size;      /* bytes of its batch and its entry */
    int waiting;      /* confirmations, of journal and store, that are still to come */
    bool is_told;     /* somebody waits for the entry; else it has links alone, and nobody does */
    bool is_away;     /* it goes on from memory, and is kept for the database */
    bool is_deferred; /* waits until all that is kept is in the database */
    bool is_done;     /* the commit has ended, or was refused */
    struct turn *next;
};

struct turns {
    struct daemon *daemon;
    struct arena *arena;
    struct effects *effects;
    struct turn *current;
    struct clock_mark marked; /* in a batch last */
    struct turn *first;       /* in flight, oldest first */
    struct turn **last;
    size_t in_flight;
    size_t in_flight_size; /* bytes of theirs */
    struct turn *kept;     /* found no room; tried again in order */
    struct turn **kept_last;
    size_t kept_count;
    size_t kept_size;    /* bytes of their batches */
    struct offer *offer; /* several of `kept` that are with the store as one, or were; or NULL */
    unsigned offer_part; /* of what an offer may have at most: so often half of it */
    msec retry_at;       /* tick */
    bool is_retrying;    /* the first of `kept`, or the offer, is with the store */
    bool is_locked;      /* what is kept waits for another program, not for room */
    bool is_catching_up; /* the database takes what is kept: new turns wait for it */
    msec deferred_at;    /* tick; since when the first of these does; 0: none does */
    bool is_behind;      /* more timers are due than the last turn could fire */
    bool is_broken;
};

void turn_free(struct turn *turn);

/* It is on disk: who waits for that beside its calls is told. */
void turn_tell(struct turn *turn);

/* Gives the batch to the store. True: the store has it, and gives it back from its own thread,
 * maybe before this returns, when it fails; turn_settle() follows. */
MUST_USE bool turn_hand_over(struct turns *turns, struct turn *turn);

/* One of those that a turn waits for is done; for the inbox: the turns, and the turn. */
void turn_settle(void *context, void *item);

/* ---- turn_away.c: while the database is away ---- */

/* What was said goes to the journal, and to another node's disk, and what came of it to the store
 * when that is the mirror. */
void turn_write(struct turns *turns, struct turn *turn);

/* Has another node sent that page? Then its outcome is said, and it does not leave once more. */
MUST_USE bool turn_was_sent(struct turns *turns, const struct page *page);

/* The provider has taken a page: whoever may go on in this node's place is told. */
void turn_write_paged(struct turns *turns, const struct event *event);

/* An event that does something to an incident ends what is known of its pages (paged.h). */
void turn_forget_paged(struct turns *turns, const struct event *event);

/* ---- turn.c ---- */

/* Puts a line into the timeline with the turn under way; it owns the text. */
void turn_say(struct turns *turns, uint64_t incident, msec at, char *text);

/* Is everything that was stepped on disk, or on its way? */
MUST_USE bool turns_are_sound(const struct turns *turns, struct fault *why_not);

/* ---- turn_kept.c: what found no room, or waits for the database ---- */

/* Trying again may help: there is no room, or another program holds the store's lock. */
bool fault_may_pass(const struct fault *fault);

/* Keeps it behind the others. */
void turns_keep(struct turns *turns, struct turn *turn);

/* The same of what the journal has, and its senders were answered. */
void turns_keep_away(struct turns *turns, struct turn *turn);

/* The store has failed for good, or somebody else has it. Frees the turn. */
void turns_break(struct turns *turns, struct turn *turn);

/* The first of the kept ones came back from the store. */
void turns_settle_kept(struct turns *turns, struct turn *turn);

void turns_free_kept(struct turns *turns);
