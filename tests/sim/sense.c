/* SPDX-License-Identifier: MIT */
#include "sim/sense.h"

#include <string.h>

#include "base/text.h"
#include "scenarios/story.h"
#include "sim/run.h"

static const char *word_at(const struct words *words, size_t index)
{
    return index < words->count ? words->list[index] : NULL;
}

static bool has_user(const struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->user_count; i++) {
        if (string_is(setup->users[i].user.id, id))
            return true;
    }
    return false;
}

static bool has_team(const struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->team_count; i++) {
        if (string_is(setup->teams[i].team.id, id))
            return true;
    }
    return false;
}

static bool is_away(const struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->absence_count; i++) {
        if (string_is(setup->absences[i].user, id))
            return true;
    }
    return false;
}

/* All that begin so: remove takes away every layer of a calendar. */
static bool has_segments(const struct setup *setup, const char *name)
{
    for (size_t i = 0; i < setup->rota_count; i++) {
        const struct setup_rota *rota = &setup->rotas[i];
        size_t size = strlen(rota->name);
        if (rota->count == 0 || strncmp(rota->name, name, size) != 0)
            continue;
        const char *layer = name[size] == '/' ? name + size + 1 : NULL;
        if (name[size] == '\0' ? rota->layer == NULL
                               : layer != NULL && string_is(rota->layer, layer))
            return true;
    }
    return false;
}

static bool has_rota(const struct setup *setup, const char *name)
{
    for (size_t i = 0; i < setup->rota_count; i++) {
        if (string_is(setup->rotas[i].name, name))
            return true;
    }
    return false;
}

static bool has_window(const struct setup *setup, const char *id)
{
    for (size_t i = 0; i < setup->window_count; i++) {
        if (string_is(setup->windows[i].id, id))
            return true;
    }
    return false;
}

static bool has_outages(const struct setup *setup, const char *calendar)
{
    for (size_t i = 0; i < setup->outages_count; i++) {
        if (string_is(setup->outages[i].calendar, calendar))
            return true;
    }
    return false;
}

static bool can_remove(const struct setup *setup, const char *what, const char *id)
{
    if (string_is(what, "user"))
        return has_user(setup, id);
    if (string_is(what, "team"))
        return has_team(setup, id) && setup->team_count > 1;
    if (string_is(what, "away"))
        return is_away(setup, id);
    if (string_is(what, "maintenance"))
        return has_window(setup, id);
    if (string_is(what, "outages"))
        return has_outages(setup, id);
    return has_rota(setup, id);
}

static bool line_at(const struct setup *setup, const struct words *words, size_t first)
{
    const char *verb = word_at(words, first);
    const char *id = word_at(words, first + 1);
    if (string_is(verb, "user"))
        return !has_user(setup, id);
    if (string_is(verb, "away"))
        return has_user(setup, id) && !is_away(setup, id);
    if (string_is(verb, "rota"))
        return !has_segments(setup, id);
    if (string_is(verb, "remove"))
        return can_remove(setup, id, word_at(words, first + 2));
    static const char *const of_team[] = {"members", "duty",        "overrides", "ack-timeout",
                                          "manager", "last-resort", "handoff"};
    for (size_t i = 0; i < sizeof of_team / sizeof *of_team; i++) {
        if (string_is(verb, of_team[i]))
            return has_team(setup, id);
    }
    return true;
}

bool sense_line(const struct setup *setup, const struct words *words)
{
    return line_at(setup, words, 0);
}

/* Of several machines; what is asked of one may have to wait. */
static bool sense_nodes(const struct world *world, const struct words *words)
{
    static const char *const alone[] = {"restart", "recall", "disk"};
    const char *verb = word_at(words, 0);
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        if (string_is(verb, alone[i]))
            return false;
    }
    return !cluster_is_verb(verb) || cluster_has_sense(world, verb, word_at(words, 1));
}

bool sense_clause(const struct world *world, const struct words *words)
{
    const char *verb = word_at(words, 0);
    bool is_up = world->engine != NULL && !world->is_frozen;
    if (world->cluster != NULL && !sense_nodes(world, words))
        return false;
    if (cluster_is_prefix(verb) || cluster_is_verb(verb))
        return world->cluster != NULL;
    if (string_is(verb, "restart") || string_is(verb, "recall"))
        return !is_up;
    if (string_is(verb, "change") && string_is(word_at(words, 1), "user"))
        return true; /* a person is as it says from now on */
    if (is_up && string_is(word_at(words, 1), "gets-code"))
        return act_code_page(world, verb, word_at(words, 2)) != NULL;
    if (string_is(verb, "change"))
        return line_at(&world->setup, words, 1);
    if (string_is(verb, "disk") || (world->cluster != NULL && string_is(verb, "clock")))
        return true;
    if (string_is(verb, "courier") && !string_is(word_at(words, 1), "dies") &&
        !string_is(word_at(words, 1), "repeats"))
        return true;
    return is_up;
}

static bool knows_target(const struct policy *policy, const struct target *target)
{
    if (target->kind == TARGET_TEAM)
        return policy_find_team(policy, target->name) != NULL;
    return target->kind != TARGET_USER || policy_find_user(policy, target->name) != NULL;
}

static bool knows_user(const struct policy *policy, const char *id)
{
    return id == NULL || policy_find_user(policy, id) != NULL;
}

static bool senseless(struct fault *fault, const char *what, const char *id)
{
    return fault_set(fault, FAULT_INPUT, RUN_SENSELESS "%s %s", what, id);
}

static bool sense_team(const struct policy *policy, const struct team *team, struct fault *fault)
{
    const struct user *last = NULL;
    if (policy_last_resort(policy, team, &last, 1) == 0)
        return senseless(fault, "it ends at nobody:", team->id);
    if (!knows_user(policy, team->manager) || !knows_user(policy, team->last_resort))
        return senseless(fault, "an unknown manager or last resort of", team->id);
    for (size_t i = 0; i < team->member_count; i++) {
        if (!knows_user(policy, team->members[i]))
            return senseless(fault, "an unknown member of", team->id);
    }
    for (int role = 0; role < ROLE_COUNT; role++) {
        if (!knows_user(policy, team->roles[role].user))
            return senseless(fault, "an unknown user on duty for", team->id);
    }
    for (size_t i = 0; i < team->step_count; i++) {
        for (size_t j = 0; j < team->steps[i].target_count; j++) {
            if (!knows_target(policy, &team->steps[i].targets[j]))
                return senseless(fault, "an unknown target of", team->id);
        }
    }
    return true;
}

bool sense_house(const struct setup *setup, const struct policy *policy, struct fault *fault)
{
    if (policy->team_count == 0)
        return senseless(fault, "there is", "no team");
    for (size_t i = 0; i < policy->team_count; i++) {
        if (!sense_team(policy, &policy->teams[i], fault))
            return false;
    }
    for (size_t i = 0; i < policy->recovery.cover_count; i++) {
        if (!knows_target(policy, &policy->recovery.cover[i]))
            return senseless(fault, "an unknown", "cover");
    }
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        if (policy->severities[i].notify == NULL)
            return senseless(fault, "no rule for", severity_name((enum severity)i));
    }
    for (size_t i = 0; i < setup->user_count; i++) {
        const struct user *user = policy_find_user(policy, setup->users[i].user.id);
        if (setup->users[i].rule != NULL && (user == NULL || user->notify == NULL))
            return senseless(fault, "no rule of its own for", setup->users[i].user.id);
        if (user != NULL && ((setup->users[i].low_rule != NULL && user->notify_low == NULL) ||
                             (setup->users[i].night_rule != NULL && user->notify_night == NULL)))
            return senseless(fault, "no rule by day or night for", setup->users[i].user.id);
    }
    return true;
}
