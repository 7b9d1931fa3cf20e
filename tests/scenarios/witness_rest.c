/* SPDX-License-Identifier: MIT */
#include "scenarios/witness_rest.h"

#include <inttypes.h>

#include "base/text.h"

static bool was_paged(const struct incident *incident, const char *user)
{
    for (size_t i = 0; i < incident->paged_count; i++) {
        if (string_is(incident->paged[i], user))
            return true;
    }
    return false;
}

/* Is a member of the team free who was not asked yet, and could have been paged instead? */
static const struct user *free_member(const struct engine *engine, struct now now,
                                      const struct team *team, const struct incident *incident)
{
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(view_policy(engine), team->members[i]);
        if (user == NULL || user->contact_count == 0 || was_paged(incident, user->id))
            continue;
        const struct absence *absence =
            roster_absence(view_roster(engine), user->id, now.wall_at, NULL);
        const struct person *person = view_person(engine, user->id);
        if (absence == NULL && !person_is_resting(person, now.wall_at) &&
            !person_is_paused(person, now.wall_at))
            return user;
    }
    return NULL;
}

/* Put there by a person: an override, a duty of an override calendar, asked by hand, or the last
 * resort, whom the configuration names for when nobody else has answered. */
static bool is_by_hand(const struct engine *engine, struct now now, const struct team *team,
                       const struct incident *incident, const struct page *page)
{
    const struct team *own = policy_find_team(view_policy(engine), incident->team);
    if (own != NULL && incident->walk.step >= own->step_count) /* the last resort, in any case */
        return true;
    if (page->kind == PAGE_BY_HAND || page->kind == PAGE_AGAIN || page->kind == PAGE_LAST_RESORT ||
        string_is(incident->handling->reassigned_to, page->user))
        return true;
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct duty duty;
        if (!view_oncall(engine, team, (enum role)role, now.wall_at, &duty))
            continue;
        for (size_t i = 0; i < duty.user_count; i++) {
            if (string_is(duty.users[i]->id, page->user) && duty.kind == DUTY_OVERRIDE)
                return true;
        }
    }
    return false;
}

static bool has_duty(const struct engine *engine, struct now now, const struct team *team,
                     const char *user)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        struct duty duty;
        if (!view_oncall(engine, team, (enum role)role, now.wall_at, &duty))
            continue;
        for (size_t i = 0; i < duty.user_count; i++) {
            if (string_is(duty.users[i]->id, user))
                return true;
        }
    }
    return false;
}

/* Whose members could be paged instead: where a step names another team, those of that one. */
static const struct team *asked_team(const struct engine *engine, struct now now,
                                     const struct team *team, const char *user)
{
    for (size_t i = 0; i < team->step_count; i++) {
        for (size_t j = 0; j < team->steps[i].target_count; j++) {
            const struct target *target = &team->steps[i].targets[j];
            const struct team *other = target->kind == TARGET_TEAM
                                           ? policy_find_team(view_policy(engine), target->name)
                                           : NULL;
            if (other != NULL && has_duty(engine, now, other, user))
                return other;
        }
    }
    return team;
}

/* When it was decided to ask this person, who may get the first page a while after that. */
static struct now asked_now(const struct incident *incident, const struct person *person,
                            struct now now)
{
    msec asked_at = incident->step_entered_at;
    for (size_t i = 0; i < person->run_count; i++) {
        if (person->runs[i].incident == incident->number)
            asked_at = person->runs[i].started_at;
    }
    if (asked_at == 0 || asked_at > now.steady_at)
        return now;
    return (struct now){asked_at, now.wall_at - (now.steady_at - asked_at)};
}

/* It was on its way when its person went off call, and that person is asked no more. The daemon
 * takes what another node hands in as one turn, and takes such a page back; here it is several, and
 * the page leaves as from a slow disk. */
static bool is_overtaken(const struct incident *incident, const struct person *person,
                         const struct page *page, msec out_from_at)
{
    for (size_t i = 0; i < person->run_count; i++) {
        if (person->runs[i].incident == incident->number)
            return false;
    }
    return page->created_at <= out_from_at;
}

bool witness_rest(const struct engine *engine, struct now now, const struct incident *incident,
                  const struct page *page, struct fault *fault)
{
    const struct person *person = view_person(engine, page->user);
    const struct team *team = policy_find_team(view_policy(engine), incident->team);
    bool is_resting = person_is_resting(person, now.wall_at);
    bool is_paused = person_is_paused(person, now.wall_at);
    if ((!is_resting && !is_paused) || team == NULL)
        return true;
    msec out_from_at = is_resting ? person->rest_from_at : person->pause_from_at;
    struct now asked = asked_now(incident, person, now);
    bool is_decided = asked.steady_at < now.steady_at && out_from_at <= asked.wall_at;
    if (is_overtaken(incident, person, page, out_from_at))
        return true;
    if (is_decided) /* who has become free since is not asked instead: a rest has begun earlier */
        return true;
    team = asked_team(engine, asked, team, page->user);
    if (is_by_hand(engine, asked, team, incident, page))
        return true;
    const struct user *other = free_member(engine, now, team, incident);
    return other == NULL || fault_set(fault, FAULT_CONFLICT,
                                      "witness: #%" PRIu64 " pages %s (%s), who %s; %s is free",
                                      incident->number, page->user, page_kind_name(page->kind),
                                      is_resting ? "rests" : "has paused", other->id);
}
