/* SPDX-License-Identifier: MIT */
#include "engine/duty.h"

#include <string.h>

#include "base/text.h"
#include "engine/duty_why.h"
#include "engine/override.h"
#include "engine/recovery.h"

static bool pick_has(const struct pick *pick, const struct user *user)
{
    for (size_t i = 0; i < pick->user_count; i++) {
        if (pick->users[i] == user)
            return true;
    }
    return false;
}

/* Steps 1 and 2. */
static struct pick pick_by_rota(const struct engine *engine, const struct team *team,
                                enum role role, msec at)
{
    struct pick pick = {.kind = DUTY_GAP};
    const struct duty_source *source = &team->roles[role];
    pick.rota = rota_of(engine, source->calendar);
    if (pick.rota != NULL)
        pick.segment = rota_find(pick.rota, at, NULL);
    for (size_t i = 0; pick.segment != NULL && i < pick.segment->user_count; i++) {
        const struct user *user = policy_find_user(engine->policy, pick.segment->users[i]);
        if (user == NULL)
            pick.unknown = pick.segment->users[i];
        else if (!pick_has(&pick, user))
            pick.users[pick.user_count++] = user;
    }
    if (source->calendar == NULL && source->user != NULL) {
        const struct user *user = policy_find_user(engine->policy, source->user);
        if (user != NULL)
            pick.users[pick.user_count++] = user;
        else
            pick.unknown = source->user;
    }
    if (pick.user_count > 0)
        pick.kind = source->calendar != NULL ? DUTY_CALENDAR : DUTY_FIXED;

    const struct override *override = override_find(engine, team, role, at);
    if (override == NULL)
        return pick;
    const struct user *user = policy_find_user(engine->policy, override->user);
    if (user == NULL) {
        pick.unknown = override->user;
        return pick;
    }
    if (pick.user_count > 0 && pick.users[0] != user)
        pick.instead_of = pick.users[0];
    pick.kind = DUTY_OVERRIDE;
    pick.override = override;
    pick.users[0] = user;
    pick.user_count = 1;
    return pick;
}

/* Everything that the answer for one role depends on: the picks of the roles before it. */
struct table {
    const struct engine *engine;
    const struct team *team;
    msec at;
    const struct user *awake;      /* taken as not resting; or NULL */
    struct pick picks[ROLE_COUNT]; /* done for roles before the one being filled */
};

static bool is_resting(const struct table *table, const struct user *user)
{
    return user != table->awake &&
           person_is_resting(person_find(table->engine, user->id), table->at);
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
    if (user->contact_count == 0 || is_resting(table, user))
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

/* Step 5: the better of two, either of which may be NULL. */
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

static const struct user *least_disturbed(const struct table *table, const struct pick *pick)
{
    const struct user *best = NULL;
    for (size_t i = 0; i < pick->user_count; i++) {
        if (pick->users[i]->contact_count > 0)
            best = less_disturbed(table->engine, best, pick->users[i]);
    }
    for (size_t i = 0; i < table->team->member_count; i++) {
        const struct user *user = policy_find_user(table->engine->policy, table->team->members[i]);
        if (user != NULL && user->contact_count > 0)
            best = less_disturbed(table->engine, best, user);
    }
    return best;
}

/* Steps 3 to 5 on what steps 1 and 2 gave. */
static void pick_rested(const struct table *table, enum role role, struct pick *pick)
{
    struct pick rested = *pick;
    rested.user_count = 0;
    for (size_t i = 0; i < pick->user_count; i++) {
        const struct user *user = pick->users[i];
        bool is_out = is_resting(table, user);
        if (is_out)
            rested.resting = user;
        if (!is_out && !is_covering(table, role, user))
            rested.users[rested.user_count++] = user;
    }
    if (pick->kind == DUTY_OVERRIDE) {
        pick->resting = rested.resting;
        return;
    }
    if (rested.user_count > 0 || pick->user_count == 0) {
        *pick = rested;
        return;
    }
    pick->resting = rested.resting;
    pick->instead_of = pick->users[0];
    const struct user *cover = cover_find(table, role);
    if (cover == NULL && rested.resting == NULL)
        return; /* who covers another role keeps this one too */
    if (cover == NULL) {
        pick->is_unrested = true;
        cover = least_disturbed(table, pick);
    }
    bool is_own = cover != NULL && pick_has(pick, cover); /* and covers another role besides */
    if (cover == NULL || cover == pick->users[0] || (is_own && !pick->is_unrested))
        pick->instead_of = NULL;
    if (cover == NULL)
        return;
    if (!is_own)
        pick->kind = DUTY_COVER;
    pick->users[0] = cover;
    pick->user_count = 1;
}

static struct pick pick_if_awake(const struct engine *engine, const struct team *team,
                                 enum role role, msec at, const struct user *awake)
{
    struct table table = {.engine = engine, .team = team, .at = at, .awake = awake};
    for (int i = 0; i <= (int)role; i++) {
        table.picks[i] = pick_by_rota(engine, team, (enum role)i, at);
        pick_rested(&table, (enum role)i, &table.picks[i]);
    }
    return table.picks[role];
}

static struct pick pick_find(const struct engine *engine, const struct team *team, enum role role,
                             msec at)
{
    return pick_if_awake(engine, team, role, at, NULL);
}

static bool pick_is_same(const struct pick *left, const struct pick *right)
{
    if (left->kind != right->kind || left->user_count != right->user_count ||
        left->instead_of != right->instead_of || left->is_unrested != right->is_unrested)
        return false;
    return memcmp(left->users, right->users, left->user_count * sizeof left->users[0]) == 0;
}

/* Collects the nearest instant on one side of `at`. */
struct edge {
    msec at;
    msec nearest; /* MSEC_NEVER, or -MSEC_NEVER when looking back */
    bool is_back;
};

static void edge_take(struct edge *edge, msec at)
{
    if (edge->is_back ? at <= edge->at && at > edge->nearest : at > edge->at && at < edge->nearest)
        edge->nearest = at;
}

static void edge_take_rota(struct edge *edge, const struct rota *rota)
{
    if (rota == NULL)
        return;
    const struct segment *next = NULL;
    const struct segment *found = rota_find(rota, edge->at, &next);
    if (found != NULL) {
        edge_take(edge, found->start_at);
        edge_take(edge, found->end_at);
    }
    if (next != NULL)
        edge_take(edge, next->start_at);
    const struct segment *first = found != NULL ? found : next;
    const struct segment *end = rota->segments + rota->segment_count;
    const struct segment *before = first != NULL ? first : end;
    if (before > rota->segments)
        edge_take(edge, before[-1].end_at);
}

static void edge_take_team(struct edge *edge, const struct engine *engine, const struct team *team)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        edge_take_rota(edge, rota_of(engine, team->roles[role].calendar));
    for (size_t i = 0; i < engine->override_count; i++) {
        const struct override *override = engine->overrides[i];
        if (!string_is(override->team, team->id))
            continue;
        edge_take(edge, override->from_at);
        edge_take(edge, override->until_at);
    }
}

static msec edge_find(const struct engine *engine, const struct team *team, msec at, bool is_back)
{
    struct edge edge = {
        .at = at, .nearest = is_back ? -MSEC_NEVER : MSEC_NEVER, .is_back = is_back};
    edge_take_team(&edge, engine, team);
    const struct heap *resting = &engine->timers[TIMER_REST];
    for (size_t i = 0; i < resting->count; i++) {
        const struct person *person = resting->items[i]->owner;
        edge_take(&edge, person->rest_from_at);
        edge_take(&edge, person->rest_until_at);
    }
    const struct recovery_rule *rule = &engine->policy->recovery;
    for (size_t i = 0; i < rule->cover_count; i++) {
        const struct team *other =
            rule->cover[i].kind == TARGET_TEAM ? team_find(engine, rule->cover[i].name) : NULL;
        if (other != NULL)
            edge_take_team(&edge, engine, other);
    }
    return edge.nearest;
}

bool duty_has_role(const struct team *team, enum role role)
{
    return team->roles[role].calendar != NULL || team->roles[role].user != NULL;
}

bool duty_users(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct duty *duty)
{
    return duty_users_if_awake(engine, team, role, at, NULL, duty);
}

bool duty_users_if_awake(const struct engine *engine, const struct team *team, enum role role,
                         msec at, const struct user *awake, struct duty *duty)
{
    if (!duty_has_role(team, role))
        return false;
    struct pick pick = pick_if_awake(engine, team, role, at, awake);
    *duty = (struct duty){
        .kind = pick.kind,
        .user_count = pick.user_count,
        .instead_of = pick.instead_of,
        .until_at = MSEC_NEVER,
        .is_unrested = pick.is_unrested,
    };
    memcpy(duty->users, pick.users, sizeof duty->users);
    return true;
}

bool duty_find(const struct engine *engine, const struct team *team, enum role role, msec at,
               struct duty *duty)
{
    if (!duty_users(engine, team, role, at, duty))
        return false;
    struct pick pick = pick_find(engine, team, role, at);
    msec until_at = at;
    for (int i = 0; i < DUTY_MERGE_MAX; i++) {
        until_at = edge_find(engine, team, until_at, false);
        if (until_at == MSEC_NEVER)
            break;
        struct pick next = pick_find(engine, team, role, until_at);
        if (!pick_is_same(&pick, &next))
            break;
    }
    duty->until_at = until_at;
    msec from_at = at;
    for (int i = 0; i < DUTY_MERGE_MAX; i++) {
        msec edge_at = edge_find(engine, team, from_at, true);
        if (edge_at == -MSEC_NEVER)
            break;
        duty->from_at = edge_at;
        from_at = edge_at - 1;
        struct pick before = pick_find(engine, team, role, from_at);
        if (!pick_is_same(&pick, &before))
            break;
    }
    duty->slot_at = duty->from_at;
    duty->instance_at = duty->from_at;
    const struct rota *base = rota_of(engine, team->roles[role].calendar);
    const struct segment *slot = base != NULL ? rota_find(base, duty->from_at, NULL) : NULL;
    if (slot != NULL) {
        duty->slot_at = slot->start_at;
        duty->instance_at = slot->instance_at != 0 ? slot->instance_at : slot->start_at;
        duty->uid = slot->uid;
    }
    duty_explain(engine, team, role, at, &pick, duty->why);
    return true;
}

msec duty_edge_after(const struct engine *engine, const struct team *team, msec at)
{
    return edge_find(engine, team, at, false);
}

const struct user *duty_stand_in(const struct engine *engine, const struct team *team, msec at,
                                 const struct user *user)
{
    struct table table = {.engine = engine, .team = team, .at = at};
    const struct recovery_rule *rule = &engine->policy->recovery;
    for (size_t i = 0; i < rule->cover_count; i++) {
        const struct user *cover = cover_by(&table, ROLE_COUNT, &rule->cover[i], false);
        if (cover != NULL && cover != user)
            return cover;
    }
    return NULL;
}
