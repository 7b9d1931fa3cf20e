/* SPDX-License-Identifier: MIT */
/*
 * witness.h - keeps its own account of what pagerd promised, and compares.
 *
 * It knows nothing of how the engine works: it sees events, answers, records, what reached the
 * disk, what was told to senders and what left the house. After every step it holds that
 *
 *  1. an alert that a sender was told is accepted is on disk, and its incident stays open until
 *     somebody, or its source, resolves it: no crash, reload or clock makes it vanish;
 *  2. every accepted alert is counted in exactly one incident: it opened it or was merged into it;
 *  3. a trigger whose key is part of no open incident opens one: dedup swallows no problem that is
 *     back, but for a copy of what began at the same time and is over since a moment, and for what
 *     joins an open incident that is not milder; what is merged is in an open incident;
 *  4. an incident is acked by an ack of a person of the policy, in whose name it stands, and
 *     resolved by a resolve; every change of its state is in its timeline;
 *  5. an acked incident is given up only by a rule that names itself in the timeline;
 *  6. an open incident that nobody has acked has a next page, to people who exist and can be
 *     reached if anybody of the policy can, and it is not overdue; an acked one has an owner;
 *  7. alarms leave only for incidents that wait for somebody, to people of the policy;
 *  8. nobody in recovery, or who has paused, is paged anew while a member of the team is free,
 * rested and reachable and was not asked yet, but for those whom somebody put there by hand, and
 * the last resort;
 *  9. each page leaves at least once, again only after a loss, a failure or a crash, and then says
 *     that it is a repeat when it may have arrived before; an alarm of unknown fate is not given up
 *     while its incident waits;
 * 10. after a start each incident has the deadlines that were saved, but for what the start changed
 *     and saved itself; the links of an incident that is over are void;
 * 11. an incident is suppressed by the rule of its severity, or by an active silence that fits it
 *     and ends in time;
 * 12. a maintenance window holds while an event of its calendar is on, unless somebody has ended
 *     that one, and at no other time;
 * 13. an incident waits for a morning only where its severity may, for that of somebody of the
 *     policy, for a day at most, and never past it;
 * 14. whoever is asked about something critical by a way that does not work (no answer for twice
 *     15 s, tried again, no receipt in time) is asked by another one, too, if there is one; nobody
 *     waits with others for the first page about something critical; whoever's pages have all
 *     failed has no way left, verified or not, that was not tried, and what is not verified is
 *     paged behind what is;
 * 15. a canary pages its person alone, is part of nothing else and held back by nothing, disturbs
 *     nobody's night, tells no news, is over after its time, and counts as answered only where
 *     somebody answered it;
 * 16. a code goes to a way that needs one, outside quiet hours, once a day, a few a day to each
 *     person; a way is verified by the answer of its person alone: of a test, or by the code that
 *     was sent by that very way, within its time and its tries; and then always;
 * 17. what pagerd itself has to say is told to somebody;
 * 18. of several nodes nobody writes but who is on duty; who was replaced pages nobody when it
 * could ask whether it is; who takes over has everything that was promised, and what fell due while
 *     nobody was on duty is done at once; a call that was handed over is done by who is on duty,
 * and once; an ack that somebody was told of is on disk, in that person's name.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "engine/engine.h"

struct witness;

struct witness *witness_new(void);
void witness_free(struct witness *witness);

/* One step: what it was and what came of it, before any of it is on disk as turn number `turn`. */
MUST_USE bool witness_step(struct witness *witness, const struct engine *engine, struct now now,
                           uint64_t turn, const struct event *event, const struct answer *answer,
                           const struct effects *effects, struct fault *fault);

/* That turn is on disk. */
void witness_land(struct witness *witness, uint64_t turn);

/* Its senders are told what became of it. */
MUST_USE bool witness_tell(struct witness *witness, uint64_t turn, struct fault *fault);

/* This page is being handed to the courier. */
MUST_USE bool witness_send(struct witness *witness, const struct engine *engine, struct now now,
                           const struct page *page, struct fault *fault);

/* The process died: what is not on disk is lost. And is back, and has sent what it had to. */
void witness_crash(struct witness *witness);
MUST_USE bool witness_restart(struct witness *witness, const struct engine *engine,
                              struct fault *fault);

/* The process was frozen and goes on: what is overdue may still be so. */
void witness_thaw(struct witness *witness);

/* The same as after every step, but for every incident. */
MUST_USE bool witness_all(const struct witness *witness, const struct engine *engine,
                          struct now now, struct fault *fault);

/* The account of what is on disk now, for whoever goes on from a copy of that; the caller owns it.
 */
struct witness *witness_fork(const struct witness *witness);

/* What it has seen, for figures. */
struct witness_counts {
    uint64_t alerts; /* told that they are accepted */
    uint64_t opened;
    uint64_t merged;
    uint64_t acks;
    uint64_t pages; /* handed to the courier */
    uint64_t repeats;
    uint64_t steps;
};
struct witness_counts witness_counts(const struct witness *witness);
