/* SPDX-License-Identifier: MIT */
/*
 * check.h - what must always be true of the engine, between any two steps.
 *
 *  1. A waiting incident has a walk that is due some time: nothing is ever silently at its end.
 *  2. An acked one has an owner and, unless the team has none, an ack timeout.
 *  3. A snoozed one has an end. Whatever is due has its timer in the heap, early perhaps,
 *     never late.
 *  4. A resolved one pages nobody: no run, no alarm waiting to go out.
 *  5. Every alert is a member of one incident, which knows how many it has, how often they came and
 *     how many fire; of an open one some do, or
 *     flap and are held. One that fires there is the latest episode of its key,
 *     and one with an end has its timer.
 *  6. A page that is not done has a timer. For one that was taken and whose receipt is waited for,
 *     it is no later than that is due; and an alarm whose receipt is overdue has had its person's
 *     next method paged, or there is none.
 *  7. Runs belong to waiting incidents, and the person's timer is the first of them.
 *  8. Exactly the people in recovery have a rest timer.
 *  9. Counts by state add up, and every alert taken is counted in exactly one incident: the ledger
 *     (ledger.h) is level. So do open incidents by key (limit.h).
 * 10. Leave and rest never make a gap: whoever has a role by override or calendar is only taken out
 *     of it when somebody else has it, who can be reached if anybody of the team can. A cover is
 *     there, unless the duty says that nobody is. Nobody has a role twice.
 * 11. The next absence has its timer.
 * 12. What a silence holds back has an active one, whose timer is its end: it is never for ever.
 * 13. Every heartbeat has the timer of when it is missing.
 * 14. Of a waiting incident it is known who is paged next, and that is a person of the policy.
 * 15. Whoever has a shift by rota or override in a team that is told of them is who was told last.
 * 16. An open swap has the timer of its end, and was asked of somebody.
 * 17. Who has paused has no role that somebody else was promised to have, and no pause is longer
 *     than it may be; each has its timer. What waits for the morning has the timer of that morning.
 * 18. A duty that is kept for who comes ends in time, and by a timer.
 */
#pragma once

#include "base/fault.h"
#include "engine/state.h"

MUST_USE bool check_incident(const struct engine *engine, const struct incident *incident,
                             struct fault *fault);
MUST_USE bool check_page(const struct engine *engine, const struct page *page, struct fault *fault);
MUST_USE bool check_person(const struct engine *engine, const struct person *person,
                           struct fault *fault);
MUST_USE bool check_counts(const struct engine *engine, struct fault *fault);
/* At that instant; cheap enough for every team and role. */
MUST_USE bool check_duty(const struct engine *engine, const struct team *team, enum role role,
                         msec at, struct fault *fault);
/* Without a walk. */
MUST_USE bool check_ledger(const struct engine *engine, struct fault *fault);
MUST_USE bool check_next(const struct engine *engine, const struct incident *incident,
                         struct now now, struct fault *fault);
MUST_USE bool check_leave(const struct engine *engine, struct fault *fault);
