/* SPDX-License-Identifier: MIT */
/*
 * handoff.h - tells people of their shifts: that one comes, that it is theirs, that it is over.
 *
 * A shift is what rota and overrides say (steps 1 and 2 of duty.h), of a role that a calendar
 * fills. Whoever covers for somebody is told of that by rest.h and leave.h, and is not told again
 * here; who is away or rests is told nothing. A change that lasts less than HANDOFF_SHORT_MS is no
 * shift. What people were told is kept in the team's record, so that a restart neither loses nor
 * repeats it: a shift that began meanwhile is told late, once.
 *
 * That a shift comes is told HANDOFF_SOON_MS before, or earlier, by day: between HANDOFF_DAY_FROM
 * and HANDOFF_DAY_UNTIL of the person's own time; a shift that becomes known later than that is
 * told when it does. HANDOFF_READY_MS before its start who comes is handed over by a quiet contact
 * what is open and what happened; then its start tells what has changed since. To whom that was not
 * told (there is no quiet contact, or it became known less than HANDOFF_READY_LEAST_MS before) the
 * start tells all. All of it goes by a quiet contact; to who has none by any other, and not in
 * that person's night.
 *
 * What somebody has acked stays that person's at the end of a shift, and is said; in a team with
 * HANDOFF_PASS the next person is asked to take it.
 */
#pragma once

#include "engine/duty.h"

#define HANDOFF_SHORT_MS HOUR_MS
#define HANDOFF_SOON_MS DAY_MS
#define HANDOFF_READY_MS (15 * MINUTE_MS)
#define HANDOFF_READY_LEAST_MS (5 * MINUTE_MS)
#define HANDOFF_DAY_FROM (9 * 60) /* minutes from local midnight */
#define HANDOFF_DAY_UNTIL (18 * 60)
#define HANDOFF_TESTS_MAX 3             /* of who comes, where the team wants that: shift-test */
#define HANDOFF_TEST_MS (5 * MINUTE_MS) /* apart; so long after the last others are told */
#define HANDOFF_STEPS_MAX 64            /* instants looked at for the next change */

/* Takes an owned record in. */
void handoff_take(struct engine *engine, struct handoff *handoff);

/* Looks at what is so now in every team, tells what is new, and arms the timers. After a change of
 * policy, roster or clock, and after a start. */
void handoffs_plan(struct work *work);
/* What people were told of their shifts is not known: taken as told. Before handoffs_plan(). */
void handoffs_forget(struct work *work);
void handoff_due(struct work *work, struct handoff *handoff);

/* The same for a team whose people have just been told of a change in another way: by override.c.
 */
void handoff_settle(struct work *work, const struct team *team);

/* Asks who comes to take what `user` has acked; it stays that person's until then. */
void handoff_pass(struct work *work, const struct team *team, const struct user *user,
                  const struct user *to);

/* Rule 15 of check.h. */
MUST_USE bool handoffs_check(const struct engine *engine, msec now_at, struct fault *fault);

/* Whose shift it is at an instant, and from when to when, as far as can be seen. */
struct shift_span {
    const struct user *users[SEGMENT_USERS_MAX];
    size_t user_count;
    msec from_at;  /* 0: before all that is known */
    msec until_at; /* MSEC_NEVER: not in sight */
};
/* False: nothing is known of that role, now. */
bool shift_find(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct shift_span *span);
/* The first shift after `at` of somebody else that lasts; false: none in sight. */
bool shift_next(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct shift_span *next);
