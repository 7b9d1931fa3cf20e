/* SPDX-License-Identifier: MIT */
/*
 * keep.h - who leaves a shift keeps the duty until who comes has answered the test page.
 *
 * Of a team with shift-test = "hold", at the start of a shift that its calendar gives to people
 * none of whom had it before. Kept is in the record of the shift, by whom and until when; what
 * follows is found out at each question by keep_find(), so that it strands nobody: not while who
 * keeps it is away, rests, has paused, is gone, has no contact or has another role; not where
 * somebody was put there by hand or by an override calendar, or covers; and not while the calendar
 * names others.
 *
 * It ends when one of who comes answers: the test, or by an ack or another deed of the kind. After
 * KEEP_MS it ends by itself, and the manager and all of the team are told.
 */
#pragma once

#include "engine/duty_pick.h"

#define KEEP_MS (2 * HOUR_MS)

/* The kept shift of that role at that instant; NULL: there is none. */
const struct told_shift *keep_of(const struct engine *engine, const struct team *team,
                                 enum role role, msec at);

/* Who has it in place of those of `pick`, whom all other steps give it to; NULL: they have it. The
 * caller knows whether that person is there and free. */
const struct user *keep_find(const struct engine *engine, const struct team *team, enum role role,
                             msec at, const struct pick *pick);

/* A shift begins: who had it, by `before`, keeps it where that is wanted and can be. */
void keep_begin(struct work *work, struct handoff *handoff, const struct team *team, enum role role,
                const char *before);

/* Forgets it, and says nothing. */
void keep_drop(struct told_shift *shift);

/* Ends what is due, or not so any more. Returns when to look next, or MSEC_NEVER. */
msec keep_look(struct work *work, struct handoff *handoff, const struct team *team, enum role role);

/* That person has answered something: whoever kept it for them has it no more. */
void keeps_heard(struct work *work, const struct event *event, const struct answer *answer);

/* Rule 18 of check.h: ends in time, and is of a shift that has begun. */
MUST_USE bool keeps_check(const struct engine *engine, msec now_at, struct fault *fault);
