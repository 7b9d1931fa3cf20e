/* SPDX-License-Identifier: MIT */
#include "engine/crowd.h"

#include "base/text.h"
#include "engine/duty.h"

static void add_role(const struct engine *engine, const struct team *team, enum role role, msec at,
                     struct crowd *crowd)
{
    struct duty duty;
    if (!duty_users(engine, team, role, at, &duty))
        return;
    for (size_t i = 0; i < duty.user_count; i++)
        (void)crowd_add(crowd, duty.users[i]);
}

#define ROUNDS 4

/* Whom a round over the members adds: first who is there, then who has paused, then who rests, then
 * everybody. */
static bool is_in_round(const struct engine *engine, const struct user *user, msec at, int round)
{
    if (round == 0)
        return !duty_is_out(engine, user, at);
    if (round == 1)
        return !duty_is_away(engine, user, at) &&
               !person_is_resting(person_find(engine, user->id), at);
    return round == ROUNDS - 1 || !duty_is_away(engine, user, at);
}

/* Members who rest or are away are left out as long as somebody else with a contact is there. */
static void add_members(const struct engine *engine, const struct team *team, msec at,
                        struct crowd *crowd)
{
    bool is_any = false; /* also one who is in the crowd already */
    for (int round = 0; round < ROUNDS && !is_any; round++) {
        for (size_t i = 0; i < team->member_count; i++) {
            const struct user *user = policy_find_user(engine->policy, team->members[i]);
            if (user == NULL || user->contact_count == 0)
                continue;
            if (!is_in_round(engine, user, at, round))
                continue;
            (void)crowd_add(crowd, user);
            is_any = true;
        }
    }
}

static void add_team(const struct engine *engine, const char *name, msec at, struct crowd *crowd)
{
    const struct team *team = team_find(engine, name);
    size_t before = crowd->count;
    for (int role = 0; team != NULL && role < ROLE_COUNT && crowd->count == before; role++)
        add_role(engine, team, (enum role)role, at, crowd);
}

static void add_user(const struct engine *engine, const struct team *team, const char *name,
                     msec at, struct crowd *crowd)
{
    const struct user *user = policy_find_user(engine->policy, name);
    if (user == NULL)
        return;
    const struct user *cover = NULL;
    if (duty_is_out(engine, user, at))
        cover = duty_stand_in(engine, team, at, user);
    (void)crowd_add(crowd, cover != NULL ? cover : user);
}

/* Nobody of the crowd is there: those who stand in for them are added. */
static void add_stand_ins(const struct engine *engine, const struct team *team, msec at,
                          struct crowd *crowd)
{
    size_t count = crowd->count;
    for (size_t i = 0; i < count; i++) {
        if (!duty_is_away(engine, crowd->users[i], at))
            return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct user *cover = duty_stand_in(engine, team, at, crowd->users[i]);
        if (cover != NULL)
            (void)crowd_add(crowd, cover);
    }
}

static void add_last_resort(const struct engine *engine, const struct team *team, msec at,
                            struct crowd *crowd)
{
    const struct policy *policy = engine->policy;
    crowd->count = policy_last_resort(policy, team, crowd->users, CROWD_MAX);
    if (crowd->count > 0) {
        add_stand_ins(engine, team, at, crowd);
        return;
    }
    for (size_t i = 0; i < policy->user_count; i++) {
        if (policy->users[i].contact_count > 0)
            (void)crowd_add(crowd, &policy->users[i]);
    }
}

bool crowd_has(const struct crowd *crowd, const struct user *user)
{
    for (size_t i = 0; i < crowd->count; i++) {
        if (crowd->users[i] == user)
            return true;
    }
    return false;
}

bool crowd_add(struct crowd *crowd, const struct user *user)
{
    if (crowd_has(crowd, user))
        return true;
    if (crowd->count == CROWD_MAX)
        return false;
    crowd->users[crowd->count++] = user;
    return true;
}

void crowd_add_target(struct crowd *crowd, const struct engine *engine, const struct team *team,
                      const struct target *target, msec at)
{
    switch (target->kind) {
    case TARGET_ROLE:
        add_role(engine, team, target->role, at, crowd);
        break;
    case TARGET_EVERYONE:
        add_members(engine, team, at, crowd);
        break;
    case TARGET_TEAM:
        add_team(engine, target->name, at, crowd);
        break;
    case TARGET_USER:
        add_user(engine, team, target->name, at, crowd);
        break;
    case TARGET_COUNT:
        break;
    }
}

void crowd_add_step(struct crowd *crowd, const struct engine *engine, const struct team *team,
                    size_t step, msec at)
{
    if (step >= team->step_count) {
        add_last_resort(engine, team, at, crowd);
        return;
    }
    struct crowd all = {0};
    for (size_t i = 0; i < team->steps[step].target_count; i++)
        crowd_add_target(&all, engine, team, &team->steps[step].targets[i], at);
    for (size_t i = 0; i < all.count; i++) {
        if (all.users[i]->contact_count > 0)
            (void)crowd_add(crowd, all.users[i]);
    }
}

void crowd_add_words(struct text *text, const struct target *target)
{
    switch (target->kind) {
    case TARGET_ROLE:
        text_add(text, role_name(target->role));
        break;
    case TARGET_EVERYONE:
        text_add(text, "in the team");
        break;
    case TARGET_TEAM:
        text_addf(text, "on call in team %s", target->name);
        break;
    case TARGET_USER:
        text_add(text, target->name);
        break;
    case TARGET_COUNT:
        break;
    }
}
