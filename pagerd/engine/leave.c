/* SPDX-License-Identifier: MIT */
#include "engine/leave.h"

#include "base/text.h"
#include "engine/escalation.h"
#include "engine/handover.h"

static void leave_schedule(struct engine *engine)
{
    msec due_at = MSEC_NEVER;
    for (size_t i = 0; i < engine->roster->absence_count; i++) {
        msec start_at = engine->roster->absences[i].start_at;
        if (start_at > engine->leave_told_at && start_at < due_at)
            due_at = start_at;
    }
    heap_put(&engine->timers[TIMER_LEAVE], &engine->leave_timer, due_at);
}

static bool segment_has(const struct segment *segment, const char *user)
{
    for (size_t i = 0; i < segment->user_count; i++) {
        if (string_is(segment->users[i], user))
            return true;
    }
    return false;
}

/* The first instant from `at` on at which that source has the user; MSEC_NEVER: not before the
 * absence is over. */
static msec slot_find(const struct engine *engine, const struct duty_source *source,
                      const struct absence *absence, msec at)
{
    if (string_is(source->user, absence->user))
        return at;
    const struct rota *rota = rota_of(engine, source);
    if (rota == NULL)
        return MSEC_NEVER;
    const struct segment *next = NULL;
    const struct segment *segment = rota_find(rota, at, &next);
    if (segment == NULL)
        segment = next;
    const struct segment *end = rota->segments + rota->segment_count;
    for (int i = 0; segment != NULL && segment < end && i < LEAVE_SEGMENTS_MAX; i++, segment++) {
        if (segment->start_at >= absence->end_at)
            return MSEC_NEVER;
        if (segment_has(segment, absence->user))
            return segment->start_at > at ? segment->start_at : at;
    }
    return MSEC_NEVER;
}

/* The first instant at which the leave may matter to the team. */
static msec slot_of_team(const struct engine *engine, const struct team *team,
                         const struct absence *absence, msec at)
{
    msec first_at = MSEC_NEVER;
    for (int role = 0; role < ROLE_COUNT; role++) {
        msec slot_at = slot_find(engine, &team->roles[role], absence, at);
        if (slot_at < first_at)
            first_at = slot_at;
    }
    return first_at;
}

static void tell_role(struct work *work, const struct team *team, enum role role,
                      const struct absence *absence, const struct user *user, msec at)
{
    struct handover handover;
    const struct duty *after = &handover.after;
    if (!handover_find(work->engine, team, role, (struct pick_if){.present = user}, at,
                       absence->end_at, &handover) ||
        after->user_count == 0)
        return;
    bool is_nobody_there = after->is_unrested || after->is_away;
    if (is_nobody_there)
        handover_tell_nobody(work, team, role, &handover);
    if (after->kind == DUTY_COVER || after->is_unrested)
        handover_tell_cover(work, &(struct handover_cause){user, SENTENCE_AWAY, absence->end_at, 0},
                            team, role, &handover);
}

/* Not when one absence follows another: that has been told. */
static void leave_tell(struct work *work, const struct absence *absence)
{
    const struct user *user = policy_find_user(work->policy, absence->user);
    if (user == NULL || duty_is_away(work->engine, user, absence->start_at - 1))
        return;
    for (size_t i = 0; i < work->policy->team_count; i++) {
        const struct team *team = &work->policy->teams[i];
        msec at = slot_of_team(work->engine, team, absence, work->now.wall_at);
        for (int role = 0; at != MSEC_NEVER && role < ROLE_COUNT; role++)
            tell_role(work, team, (enum role)role, absence, user, at);
    }
    work->engine->is_cover_in_doubt = true;
    escalation_replace(work, user);
}

/* Does the roster say anything of that calendar? */
static bool knows_calendar(const struct roster *roster, const char *calendar)
{
    for (size_t i = 0; i < roster->absence_count; i++) {
        if (string_is(roster->absences[i].calendar, calendar))
            return true;
    }
    return false;
}

/* Has it come only now, while it is already under way? */
static bool is_news(const struct work *work, const struct roster *old,
                    const struct absence *absence)
{
    msec now_at = work->now.wall_at;
    return old != NULL && absence->start_at <= now_at && now_at < absence->end_at &&
           roster_absence(old, absence->user, now_at, NULL) == NULL &&
           knows_calendar(old, absence->calendar);
}

void leave_roster(struct work *work, const struct roster *old)
{
    struct engine *engine = work->engine;
    if (engine->leave_told_at < work->now.wall_at)
        engine->leave_told_at = work->now.wall_at;
    for (size_t i = 0; work->policy != NULL && i < engine->roster->absence_count; i++) {
        if (is_news(work, old, &engine->roster->absences[i]))
            leave_tell(work, &engine->roster->absences[i]);
    }
    leave_schedule(engine);
}

void leave_clock_back(struct work *work)
{
    struct engine *engine = work->engine;
    if (engine->roster == NULL || engine->leave_told_at <= work->now.wall_at)
        return;
    engine->leave_told_at = work->now.wall_at;
    leave_schedule(engine);
}

void leave_due(struct work *work)
{
    struct engine *engine = work->engine;
    msec told_at = engine->leave_told_at;
    engine->leave_told_at = work->now.wall_at;
    for (size_t i = 0; i < engine->roster->absence_count; i++) {
        const struct absence *absence = &engine->roster->absences[i];
        if (absence->start_at > told_at && absence->start_at <= work->now.wall_at &&
            absence->end_at > work->now.wall_at)
            leave_tell(work, absence);
    }
    leave_schedule(engine);
}
