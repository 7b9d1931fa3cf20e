/* SPDX-License-Identifier: MIT */
#include "engine/duty_edge.h"

#include "base/text.h"
#include "engine/duty.h"
#include "engine/duty_pick.h"
#include "engine/stretch.h"

/* Collects the nearest instant on one side of `at`. */
struct edge {
    const struct engine *engine;
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
        struct stretch stretch = stretch_of(edge->engine, rota, found);
        edge_take(edge, edge->is_back ? stretch.start_at : stretch.end_at);
        return;
    }
    if (next != NULL)
        edge_take(edge, next->start_at);
    const struct segment *end = rota->segments + rota->segment_count;
    const struct segment *after = next != NULL ? next : end;
    if (after > rota->segments)
        edge_take(edge, after[-1].end_at);
}

static void edge_take_user(struct edge *edge, const struct user *user)
{
    if (edge->engine->roster != NULL && edge->engine->roster->absence_count > 0)
        edge_take(edge,
                  roster_absence_edge(edge->engine->roster, user->id, edge->at, edge->is_back));
    const struct person *person = person_find(edge->engine, user->id);
    if (person != NULL && person->rest_until_at != 0) {
        edge_take(edge, person->rest_from_at);
        edge_take(edge, person->rest_until_at);
    }
    if (person != NULL && person->pause_until_at != 0) {
        edge_take(edge, person->pause_from_at);
        edge_take(edge, person->pause_until_at);
    }
}

/* When who goes begins and ends to keep it, and what that person does meanwhile. */
static void edge_take_keep(struct edge *edge, const struct team *team, enum role role)
{
    const struct handoff *handoff = map_find(edge->engine->handoffs, span_of(team->id));
    const struct told_shift *shift = handoff != NULL ? &handoff->shifts[role] : NULL;
    if (shift == NULL || shift->keeper == NULL)
        return;
    const struct user *keeper = policy_find_user(edge->engine->policy, shift->keeper);
    edge_take(edge, shift->at);
    edge_take(edge, shift->keep_until_at);
    if (keeper != NULL)
        edge_take_user(edge, keeper);
}

/* What one role of a team is read from, and whoever has it by that. */
static void edge_take_role(struct edge *edge, const struct team *team, enum role role)
{
    if (!duty_has_role(team, role))
        return;
    edge_take_rota(edge, rota_of(edge->engine, &team->roles[role]));
    edge_take_rota(edge, rota_of(edge->engine, &team->overrides[role]));
    for (size_t i = 0; i < edge->engine->override_count; i++) {
        const struct override *override = edge->engine->overrides[i];
        if (override->role != role || !string_is(override->team, team->id))
            continue;
        edge_take(edge, override->from_at);
        edge_take(edge, override->until_at);
    }
    struct pick pick = pick_by_rota(edge->engine, team, role, edge->at);
    for (size_t i = 0; i < pick.user_count; i++)
        edge_take_user(edge, pick.users[i]);
    edge_take_keep(edge, team, role);
}

static void edge_take_team(struct edge *edge, const struct team *team)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        edge_take_role(edge, team, (enum role)role);
}

/* Everybody who may cover. */
static void edge_take_covers(struct edge *edge, const struct team *team)
{
    const struct policy *policy = edge->engine->policy;
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(policy, team->members[i]);
        if (user != NULL)
            edge_take_user(edge, user);
    }
    for (size_t i = 0; i < policy->recovery.cover_count; i++) {
        const struct target *target = &policy->recovery.cover[i];
        const struct user *user =
            target->kind == TARGET_USER ? policy_find_user(policy, target->name) : NULL;
        const struct team *other =
            target->kind == TARGET_TEAM ? team_find(edge->engine, target->name) : NULL;
        if (user != NULL)
            edge_take_user(edge, user);
        if (other != NULL)
            edge_take_team(edge, other);
    }
}

/* Is somebody who has this role, by hand or by calendar, away or resting at that instant? */
static bool is_anybody_out(const struct edge *edge, const struct team *team, enum role role)
{
    struct pick pick = pick_by_rota(edge->engine, team, role, edge->at);
    for (size_t i = 0; i < pick.user_count; i++) {
        if (duty_is_out(edge->engine, pick.users[i], edge->at))
            return true;
    }
    return false;
}

msec edge_find(const struct engine *engine, const struct team *team, enum role role, msec at,
               bool is_back)
{
    struct edge edge = {.engine = engine,
                        .at = at,
                        .nearest = is_back ? -MSEC_NEVER : MSEC_NEVER,
                        .is_back = is_back};
    bool is_wide = role == ROLE_COUNT;
    for (int i = 0; !is_wide && i <= (int)role; i++) {
        edge_take_role(&edge, team, (enum role)i);
        is_wide = is_anybody_out(&edge, team, (enum role)i);
    }
    if (!is_wide)
        return edge.nearest;
    edge_take_team(&edge, team);
    edge_take_covers(&edge, team);
    return edge.nearest;
}
