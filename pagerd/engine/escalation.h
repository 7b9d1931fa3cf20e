/* SPDX-License-Identifier: MIT */
/*
 * escalation.h - walks one incident up its team's steps, and to the last resort.
 *
 * - Entering a step pages everybody whom its targets name now: roles as duty.h answers, each person
 *   once. A person named directly who rests is replaced by the next in the order of cover.
 * - A step at which nobody can be paged is skipped at once, with an entry; it is never waited out.
 * - A step is begun `repeat` times in all, each time waiting wait_ms; then comes the next step. A
 *   person who is still being paged gets a fresh run, not none.
 * - After the last step comes the last resort (policy_last_resort()), paged again every
 *   max(wait of the last step, ESCALATION_LAP_MS), for ever, until somebody acks. Should it be
 *   nobody, every user with a contact is paged. The walk never ends by itself.
 * - Delays count from now, not from the missed instant.
 * Kinds: who was paged before gets PAGE_AGAIN, the first round of step 0 PAGE_ALERT, later ones
 * PAGE_ESCALATED with who was silent and how long ("Ann silent 5m").
 */
#pragma once

#include "engine/state.h"

#define ESCALATION_LAP_MS (5 * MINUTE_MS)
#define ESCALATION_WAIT_MIN_MS SECOND_MS

/* Why a step is entered, where the walk itself is not the reason. */
struct escalation_cause {
    enum page_kind kind;       /* for everybody paged; PAGE_KIND_COUNT: by the rules above */
    const char *text;          /* goes with `kind` */
    const struct user *except; /* who is left out as long as somebody else is there; or NULL */
    const struct user *woken;  /* who gets PAGE_WOKEN instead, at the step or beside it; or NULL */
    bool is_digest;            /* it waited for the morning: gathered with what else did */
};

/* Enters step 0 (or whichever comes after it, when nobody is there) now. */
void escalation_start(struct work *work, struct incident *incident,
                      const struct escalation_cause *cause);
/* Enters the step after the present one now. */
void escalation_advance(struct work *work, struct incident *incident,
                        const struct escalation_cause *cause);
/* Pages the people of the present step anew, where somebody of it was removed. */
void escalation_again(struct work *work, struct incident *incident);
/* Nobody is paged now; step 0 is entered after its own wait. */
void escalation_defer(struct work *work, struct incident *incident);
/* That person rests, is away or has paused from now on: whoever stands in is asked instead, at
 * once; but not where somebody asked for that very person, unless it is a pause. */
void escalation_replace(struct work *work, const struct user *user);
/* Stops the walk where it is. */
void escalation_hold(struct incident *incident);
void escalation_due(struct work *work, struct incident *incident);

/* Somebody of the present step cannot be reached by any contact: when that is so for all of them,
 * the walk moves on at once. */
void escalation_unreachable(struct work *work, struct incident *incident);

/* This page to somebody who is asked no more has ended without reaching that person: the same. */
void escalation_unasked(struct work *work, const struct page *page);

/* Has the walk come to the last resort, and is this user part of it? */
bool escalation_is_last_resort(const struct work *work, const struct incident *incident,
                               const char *user);

msec escalation_wait(const struct team *team, uint16_t step);
