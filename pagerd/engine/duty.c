/* SPDX-License-Identifier: MIT */
#include "engine/duty.h"

#include <string.h>

#include "base/text.h"
#include "engine/duty_edge.h"
#include "engine/duty_why.h"

static const struct pick_if as_it_is = {0};

static void duty_set(struct duty *duty, const struct pick *pick)
{
    *duty = (struct duty){
        .kind = pick->kind,
        .user_count = pick->user_count,
        .instead_of = pick->instead_of,
        .until_at = MSEC_NEVER,
        .is_unrested = pick->is_unrested,
        .is_away = pick->is_away,
        .is_kept = pick->is_kept,
    };
    memcpy(duty->users, pick->users, sizeof duty->users);
}

static msec until_find(const struct engine *engine, const struct team *team, enum role role,
                       msec at, const struct pick *pick)
{
    msec until_at = at;
    for (int i = 0; i < DUTY_MERGE_MAX && until_at < at + DUTY_REACH_MS; i++) {
        until_at = edge_find(engine, team, role, until_at, false);
        if (until_at == MSEC_NEVER)
            break;
        struct pick next = pick_find(engine, team, role, until_at, as_it_is);
        if (!pick_is_same(pick, &next))
            break;
    }
    return until_at;
}

static msec from_find(const struct engine *engine, const struct team *team, enum role role, msec at,
                      const struct pick *pick)
{
    msec from_at = at;
    msec place_at = at;
    for (int i = 0; i < DUTY_MERGE_MAX && place_at > at - DUTY_REACH_MS; i++) {
        msec edge_at = edge_find(engine, team, role, place_at, true);
        if (edge_at == -MSEC_NEVER)
            return 0;
        from_at = edge_at;
        place_at = edge_at - 1;
        struct pick before = pick_find(engine, team, role, place_at, as_it_is);
        if (!pick_is_same(pick, &before))
            break;
    }
    return from_at;
}

/* The segment of the base calendar in which the answer began. */
static void slot_set(struct duty *duty, const struct engine *engine,
                     const struct duty_source *source)
{
    const struct rota *rota = rota_of(engine, source);
    const struct segment *slot = rota != NULL ? rota_find(rota, duty->from_at, NULL) : NULL;
    duty->slot_at = slot != NULL ? slot->start_at : duty->from_at;
    duty->instance_at = slot != NULL && slot->instance_at != 0 ? slot->instance_at : duty->slot_at;
    duty->uid = slot != NULL ? slot->uid : NULL;
}

bool duty_has_role(const struct team *team, enum role role)
{
    return team->roles[role].calendar != NULL || team->roles[role].user != NULL;
}

bool duty_users(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct duty *duty)
{
    return duty_users_if(engine, team, role, at, as_it_is, duty);
}

static enum cover_reason cover_reason_find(const struct engine *engine, const struct user *covered,
                                           msec at)
{
    if (duty_is_away(engine, covered, at))
        return COVER_FOR_LEAVE;
    const struct person *person = person_find(engine, covered->id);
    if (person_is_resting(person, at))
        return COVER_FOR_REST;
    return person_is_paused(person, at) ? COVER_FOR_PAUSE : COVER_FOR_ROLE;
}

/* When the person who is covered for is there again; 0: not by itself. */
static msec back_find(const struct engine *engine, const struct user *covered,
                      enum cover_reason reason, msec at)
{
    const struct person *person = person_find(engine, covered->id);
    const struct absence *absence = roster_absence(engine->roster, covered->id, at, NULL);
    if (reason == COVER_FOR_LEAVE)
        return absence->end_at;
    if (reason == COVER_FOR_REST)
        return person->rest_until_at;
    return reason == COVER_FOR_PAUSE ? person->pause_until_at : 0;
}

bool duty_find(const struct engine *engine, const struct team *team, enum role role, msec at,
               struct duty *duty)
{
    if (!duty_has_role(team, role))
        return false;
    struct pick pick = pick_find(engine, team, role, at, as_it_is);
    duty_set(duty, &pick);
    if (pick.kind == DUTY_COVER) {
        duty->reason =
            pick.is_kept ? COVER_FOR_TEST : cover_reason_find(engine, pick.instead_of, at);
        duty->back_at = back_find(engine, pick.instead_of, duty->reason, at);
    }
    duty->until_at = until_find(engine, team, role, at, &pick);
    duty->from_at = from_find(engine, team, role, at, &pick);
    slot_set(duty, engine, &team->roles[role]);
    duty_explain(engine, team, role, at, &pick, duty->why);
    return true;
}

bool duty_users_if(const struct engine *engine, const struct team *team, enum role role, msec at,
                   struct pick_if otherwise, struct duty *duty)
{
    if (!duty_has_role(team, role))
        return false;
    struct pick pick = pick_find(engine, team, role, at, otherwise);
    duty_set(duty, &pick);
    return true;
}

bool duty_is_away(const struct engine *engine, const struct user *user, msec at)
{
    return roster_absence(engine->roster, user->id, at, NULL) != NULL;
}

bool duty_is_out(const struct engine *engine, const struct user *user, msec at)
{
    const struct person *person = person_find(engine, user->id);
    return person_is_resting(person, at) || person_is_paused(person, at) ||
           duty_is_away(engine, user, at);
}

msec duty_edge_after(const struct engine *engine, const struct team *team, msec at)
{
    return edge_find(engine, team, ROLE_COUNT, at, false);
}

const struct user *duty_stand_in(const struct engine *engine, const struct team *team, msec at,
                                 const struct user *user)
{
    return pick_stand_in(engine, team, at, user);
}
