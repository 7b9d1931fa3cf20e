/* SPDX-License-Identifier: MIT */
#include "engine/duty_pick.h"

#include <string.h>

#include "base/text.h"
#include "engine/duty.h"
#include "engine/keep.h"
#include "engine/override.h"
#include "engine/recovery.h"

/* Adds the users of the pick's segment; who is none is remembered. */
static void pick_add_segment(struct pick *pick, const struct policy *policy)
{
    for (size_t i = 0; i < pick->segment->user_count; i++) {
        const struct user *user = policy_find_user(policy, pick->segment->users[i]);
        if (user == NULL)
            pick->unknown = pick->segment->users[i];
        else if (!pick_has(pick, user))
            pick->users[pick->user_count++] = user;
    }
}

/* Step 2, below the override calendar. */
static struct pick pick_of_source(const struct engine *engine, const struct duty_source *source,
                                  msec at)
{
    struct pick pick = {.kind = DUTY_GAP, .rota = rota_of(engine, source)};
    if (pick.rota != NULL)
        pick.segment = rota_find(pick.rota, at, NULL);
    if (pick.segment != NULL)
        pick_add_segment(&pick, engine->policy);
    if (source->calendar == NULL && source->user != NULL) {
        const struct user *user = policy_find_user(engine->policy, source->user);
        if (user != NULL)
            pick.users[pick.user_count++] = user;
        else
            pick.unknown = source->user;
    }
    if (pick.user_count > 0)
        pick.kind = source->calendar != NULL ? DUTY_CALENDAR : DUTY_FIXED;
    return pick;
}

/* Step 2: the event of the override calendar, if there is one, takes the place of the pick. */
static void pick_lay_over(struct pick *pick, const struct engine *engine,
                          const struct duty_source *source, msec at)
{
    const struct rota *rota = rota_of(engine, source);
    const struct segment *segment = rota != NULL ? rota_find(rota, at, NULL) : NULL;
    if (segment == NULL)
        return;
    struct pick over = {
        .kind = DUTY_OVERRIDE, .rota = rota, .segment = segment, .is_laid_over = true};
    pick_add_segment(&over, engine->policy);
    if (over.user_count == 0 && over.unknown != NULL) {
        pick->passed = rota;
        pick->event = segment;
        return;
    }
    if (over.user_count == 0)
        over.kind = DUTY_GAP;
    else if (pick->user_count > 0 && !pick_has(&over, pick->users[0]))
        over.instead_of = pick->users[0];
    *pick = over;
}

/* Step 1. */
static void pick_override(struct pick *pick, const struct engine *engine,
                          const struct override *override)
{
    const struct user *user = policy_find_user(engine->policy, override->user);
    if (user == NULL) {
        pick->unknown = override->user;
        return;
    }
    pick->instead_of = pick->user_count > 0 && pick->users[0] != user ? pick->users[0] : NULL;
    pick->kind = DUTY_OVERRIDE;
    pick->override = override;
    pick->users[0] = user;
    pick->user_count = 1;
}

/* Everything that the answer for one role depends on: the picks of the roles before it. */
struct table {
    const struct engine *engine;
    const struct team *team;
    msec at;
    struct pick_if otherwise;
    struct pick picks[ROLE_COUNT]; /* done for roles before the one being filled */
};

static bool is_resting(const struct table *table, const struct user *user)
{
    return user != table->otherwise.awake &&
           person_is_resting(person_find(table->engine, user->id), table->at);
}

static bool is_away(const struct table *table, const struct user *user)
{
    return user != table->otherwise.present && duty_is_away(table->engine, user, table->at);
}

static bool is_paused(const struct table *table, const struct user *user)
{
    return user != table->otherwise.working &&
           person_is_paused(person_find(table->engine, user->id), table->at);
}

static bool is_out(const struct table *table, const struct user *user)
{
    return is_resting(table, user) || is_away(table, user) || is_paused(table, user);
}

static bool is_covering(const struct table *table, enum role before, const struct user *user)
{
    for (int role = 0; role < (int)before; role++) {
        const struct pick *pick = &table->picks[role];
        if (pick->kind == DUTY_COVER && pick->users[0] == user)
            return true;
    }
    return false;
}

/* Does the user hold another role of the team than `role`? */
static bool holds_other(const struct table *table, enum role role, const struct user *user)
{
    for (int other = 0; other < ROLE_COUNT; other++) {
        if (other == (int)role || !duty_has_role(table->team, (enum role)other))
            continue;
        if (other < (int)role) {
            if (pick_has(&table->picks[other], user))
                return true;
            continue;
        }
        struct pick pick = pick_by_rota(table->engine, table->team, (enum role)other, table->at);
        if (pick_has(&pick, user))
            return true;
    }
    return false;
}

static bool can_cover(const struct table *table, enum role role, const struct user *user,
                      bool is_strict)
{
    if (user->contact_count == 0 || is_out(table, user))
        return false;
    return !is_strict || (!is_covering(table, role, user) && !holds_other(table, role, user));
}

/* The first of the pick who can cover. */
static const struct user *cover_of_pick(const struct table *table, enum role role,
                                        const struct pick *pick, bool is_strict)
{
    for (size_t i = 0; i < pick->user_count; i++) {
        if (can_cover(table, role, pick->users[i], is_strict))
            return pick->users[i];
    }
    return NULL;
}

static const struct user *cover_by_role(const struct table *table, enum role role, enum role from,
                                        bool is_strict)
{
    if (from == role || !duty_has_role(table->team, from))
        return NULL;
    struct pick pick = pick_by_rota(table->engine, table->team, from, table->at);
    for (size_t i = 0; i < pick.user_count; i++) {
        if (can_cover(table, role, pick.users[i], false) &&
            (!is_strict || !is_covering(table, role, pick.users[i])))
            return pick.users[i];
    }
    return NULL;
}

static const struct user *cover_by_members(const struct table *table, enum role role,
                                           bool is_strict)
{
    for (size_t i = 0; i < table->team->member_count; i++) {
        const struct user *user = policy_find_user(table->engine->policy, table->team->members[i]);
        if (user != NULL && can_cover(table, role, user, is_strict))
            return user;
    }
    return NULL;
}

static const struct user *cover_by_team(const struct table *table, enum role role, const char *name,
                                        bool is_strict)
{
    const struct team *other = team_find(table->engine, name);
    for (int from = 0; other != NULL && from < ROLE_COUNT; from++) {
        struct pick pick = pick_by_rota(table->engine, other, (enum role)from, table->at);
        const struct user *user = cover_of_pick(table, role, &pick, is_strict);
        if (user != NULL)
            return user;
    }
    return NULL;
}

static const struct user *cover_by(const struct table *table, enum role role,
                                   const struct target *target, bool is_strict)
{
    const struct user *user = NULL;
    switch (target->kind) {
    case TARGET_ROLE:
        return cover_by_role(table, role, target->role, is_strict);
    case TARGET_EVERYONE:
        return cover_by_members(table, role, is_strict);
    case TARGET_TEAM:
        return cover_by_team(table, role, target->name, is_strict);
    case TARGET_USER:
        user = policy_find_user(table->engine->policy, target->name);
        return user != NULL && can_cover(table, role, user, is_strict) ? user : NULL;
    case TARGET_COUNT:
        break;
    }
    return NULL;
}

/* Step 4. */
static const struct user *cover_find(const struct table *table, enum role role)
{
    const struct recovery_rule *rule = &table->engine->policy->recovery;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < rule->cover_count; i++) {
            const struct user *user = cover_by(table, role, &rule->cover[i], round == 0);
            if (user != NULL)
                return user;
        }
    }
    return NULL;
}

/* Of two, either of which may be NULL. */
static const struct user *less_disturbed(const struct engine *engine, const struct user *left,
                                         const struct user *right)
{
    if (left == NULL || right == NULL)
        return left != NULL ? left : right;
    struct burden a = recovery_burden(person_find(engine, left->id));
    struct burden b = recovery_burden(person_find(engine, right->id));
    if (a.wakings != b.wakings)
        return a.wakings < b.wakings ? left : right;
    if (a.awake_ms != b.awake_ms)
        return a.awake_ms < b.awake_ms ? left : right;
    if (a.last_page_at != b.last_page_at)
        return a.last_page_at < b.last_page_at ? left : right;
    return strcmp(left->id, right->id) <= 0 ? left : right;
}

/* The order of step 5: a later one is only asked when there is nobody of an earlier one. */
enum ease { EASE_FREE, EASE_PAUSED, EASE_RESTING, EASE_AWAY, EASE_COUNT };

static enum ease ease_of(const struct table *table, const struct user *user)
{
    if (is_away(table, user))
        return EASE_AWAY;
    if (is_resting(table, user))
        return EASE_RESTING;
    return is_paused(table, user) ? EASE_PAUSED : EASE_FREE;
}

/* Step 5: the best of who has it and of all members; NULL: nobody of them has a contact. */
static const struct user *least_disturbed(const struct table *table, const struct pick *pick,
                                          enum ease *ease)
{
    const struct user *best[EASE_COUNT] = {NULL};
    for (size_t i = 0; i < pick->user_count + table->team->member_count; i++) {
        const struct user *user =
            i < pick->user_count ? pick->users[i]
                                 : policy_find_user(table->engine->policy,
                                                    table->team->members[i - pick->user_count]);
        if (user == NULL || user->contact_count == 0)
            continue;
        enum ease is = ease_of(table, user);
        best[is] = less_disturbed(table->engine, best[is], user);
    }
    for (int i = 0; i < EASE_COUNT; i++) {
        *ease = (enum ease)i;
        if (best[i] != NULL)
            return best[i];
    }
    return NULL;
}

static bool has_contact(const struct pick *pick)
{
    for (size_t i = 0; i < pick->user_count; i++) {
        if (pick->users[i]->contact_count > 0)
            return true;
    }
    return false;
}

/* Gives the role to one person instead of those who have it. */
static void pick_give(struct pick *pick, const struct user *user)
{
    bool is_own = pick_has(pick, user); /* and covers another role besides */
    pick->instead_of = pick->users[0];
    if (user == pick->users[0] || (is_own && !pick->is_unrested))
        pick->instead_of = NULL;
    if (!is_own)
        pick->kind = DUTY_COVER;
    pick->users[0] = user;
    pick->user_count = 1;
}

/* Steps 4 and 5: nobody is left of those who have it. */
static void pick_cover(const struct table *table, enum role role, struct pick *pick)
{
    const struct user *cover = cover_find(table, role);
    if (cover == NULL && pick->out_count == 0)
        return; /* who covers another role keeps this one too */
    enum ease ease = EASE_FREE;
    if (cover == NULL)
        cover = least_disturbed(table, pick, &ease);
    if (cover == NULL)
        ease = ease_of(table, pick->out[0]);
    pick->is_unrested = ease == EASE_RESTING;
    pick->is_away = ease == EASE_AWAY;
    if (cover != NULL && (ease != EASE_AWAY || !has_contact(pick)))
        pick_give(pick, cover);
}

/* Steps 3 to 5 on what steps 1 and 2 gave. */
static void pick_rested(const struct table *table, enum role role, struct pick *pick)
{
    struct pick left = *pick;
    bool is_by_hand = pick->kind == DUTY_OVERRIDE;
    left.user_count = 0;
    for (size_t i = 0; i < pick->user_count; i++) {
        const struct user *user = pick->users[i];
        if (is_out(table, user))
            left.out[left.out_count++] = user;
        bool is_taken_out = is_by_hand ? is_paused(table, user)
                                       : is_out(table, user) || is_covering(table, role, user);
        if (!is_taken_out)
            left.users[left.user_count++] = user;
    }
    memcpy(pick->out, left.out, sizeof left.out);
    pick->out_count = left.out_count;
    if (pick->user_count == 0 || (is_by_hand && left.user_count == pick->user_count))
        return;
    if (left.user_count == pick->user_count || has_contact(&left))
        *pick = left;
    else
        pick_cover(table, role, pick);
}

/* Who had it before keeps it, as long as that person is there and free. */
static void pick_keep(const struct table *table, enum role role, struct pick *pick)
{
    const struct user *keeper = keep_find(table->engine, table->team, role, table->at, pick);
    if (keeper == NULL || !can_cover(table, role, keeper, true))
        return;
    pick_give(pick, keeper);
    pick->is_kept = true;
}

bool pick_has(const struct pick *pick, const struct user *user)
{
    for (size_t i = 0; i < pick->user_count; i++) {
        if (pick->users[i] == user)
            return true;
    }
    return false;
}

struct pick pick_by_rota(const struct engine *engine, const struct team *team, enum role role,
                         msec at)
{
    struct pick pick = pick_of_source(engine, &team->roles[role], at);
    pick_lay_over(&pick, engine, &team->overrides[role], at);
    const struct override *override = override_find(engine, team, role, at);
    if (override != NULL)
        pick_override(&pick, engine, override);
    return pick;
}

struct pick pick_find(const struct engine *engine, const struct team *team, enum role role, msec at,
                      struct pick_if otherwise)
{
    struct table table = {.engine = engine, .team = team, .at = at, .otherwise = otherwise};
    for (int i = 0; i <= (int)role; i++) {
        table.picks[i] = pick_by_rota(engine, team, (enum role)i, at);
        pick_rested(&table, (enum role)i, &table.picks[i]);
        pick_keep(&table, (enum role)i, &table.picks[i]);
    }
    return table.picks[role];
}

bool pick_is_same(const struct pick *left, const struct pick *right)
{
    if (left->kind != right->kind || left->user_count != right->user_count ||
        left->instead_of != right->instead_of || left->is_unrested != right->is_unrested ||
        left->is_away != right->is_away || left->is_kept != right->is_kept)
        return false;
    return memcmp(left->users, right->users, left->user_count * sizeof left->users[0]) == 0;
}

const struct user *pick_stand_in(const struct engine *engine, const struct team *team, msec at,
                                 const struct user *user)
{
    struct table table = {.engine = engine, .team = team, .at = at};
    const struct recovery_rule *rule = &engine->policy->recovery;
    for (size_t i = 0; i < rule->cover_count; i++) {
        const struct user *cover = cover_by(&table, ROLE_COUNT, &rule->cover[i], false);
        if (cover != NULL && cover != user)
            return cover;
    }
    enum ease ease = EASE_FREE;
    const struct pick named = {.users = {user}, .user_count = 1};
    const struct user *other = least_disturbed(&table, &named, &ease);
    return ease == EASE_FREE && other != user ? other : NULL;
}
