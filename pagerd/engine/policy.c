/* SPDX-License-Identifier: MIT */
#include "engine/policy.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

static const char *const severity_names[SEVERITY_COUNT] = {
    [SEVERITY_CRITICAL] = "critical",
    [SEVERITY_ERROR] = "error",
    [SEVERITY_WARNING] = "warning",
    [SEVERITY_INFO] = "info",
};

static const char *const severity_tags[SEVERITY_COUNT] = {
    [SEVERITY_CRITICAL] = "CRIT",
    [SEVERITY_ERROR] = "ERR",
    [SEVERITY_WARNING] = "WARN",
    [SEVERITY_INFO] = "INFO",
};

/* What sources call it. A recovery is not a severity: adapters send a resolve for "ok" and "up". */
static const struct severity_word {
    const char *word;
    enum severity severity;
} severity_words[] = {
    {"critical", SEVERITY_CRITICAL},
    {"crit", SEVERITY_CRITICAL},
    {"page", SEVERITY_CRITICAL},
    {"fatal", SEVERITY_CRITICAL},
    {"emergency", SEVERITY_CRITICAL},
    {"emerg", SEVERITY_CRITICAL},
    {"alert", SEVERITY_CRITICAL},
    {"disaster", SEVERITY_CRITICAL},
    {"down", SEVERITY_CRITICAL},
    {"unreachable", SEVERITY_CRITICAL},
    {"p1", SEVERITY_CRITICAL},
    {"sev1", SEVERITY_CRITICAL},
    {"error", SEVERITY_ERROR},
    {"err", SEVERITY_ERROR},
    {"high", SEVERITY_ERROR},
    {"major", SEVERITY_ERROR},
    {"unknown", SEVERITY_ERROR},
    {"p2", SEVERITY_ERROR},
    {"sev2", SEVERITY_ERROR},
    {"warning", SEVERITY_WARNING},
    {"warn", SEVERITY_WARNING},
    {"average", SEVERITY_WARNING},
    {"minor", SEVERITY_WARNING},
    {"medium", SEVERITY_WARNING},
    {"p3", SEVERITY_WARNING},
    {"sev3", SEVERITY_WARNING},
    {"info", SEVERITY_INFO},
    {"informational", SEVERITY_INFO},
    {"information", SEVERITY_INFO},
    {"notice", SEVERITY_INFO},
    {"debug", SEVERITY_INFO},
    {"low", SEVERITY_INFO},
    {"none", SEVERITY_INFO},
    {"p4", SEVERITY_INFO},
    {"p5", SEVERITY_INFO},
    {"sev4", SEVERITY_INFO},
};

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_PRIMARY] = "primary",
    [ROLE_SECONDARY] = "secondary",
    [ROLE_ONCALL] = "oncall",
};

static bool user_is_called(const struct user *user, const char *text)
{
    if (string_same(user->id, text) || string_same(user->name, text) ||
        string_same(user->email, text) || string_same(user->unix_name, text))
        return true;
    for (size_t i = 0; i < user->alias_count; i++) {
        if (string_same(user->aliases[i], text))
            return true;
    }
    return false;
}

/* The one user of this id when it can be paged, as the list of the last resort. */
static size_t resort_to(const struct policy *policy, const char *id, const struct user **users,
                        size_t max)
{
    const struct user *user = id == NULL ? NULL : policy_find_user(policy, id);
    if (user == NULL || user->contact_count == 0)
        return 0;
    if (max > 0)
        users[0] = user;
    return 1;
}

const struct user *policy_find_user(const struct policy *policy, const char *id)
{
    size_t low = 0;
    size_t high = policy->user_count;
    while (id != NULL && low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(policy->users[middle].id, id);
        if (order == 0)
            return &policy->users[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct team *policy_find_team(const struct policy *policy, const char *id)
{
    for (size_t i = 0; id != NULL && i < policy->team_count; i++) {
        if (string_is(policy->teams[i].id, id))
            return &policy->teams[i];
    }
    return NULL;
}

const struct source_rule *policy_source(const struct policy *policy, const char *name)
{
    size_t low = 0;
    size_t high = policy->source_count;
    while (name != NULL && low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(policy->sources[middle].name, name);
        if (order == 0)
            return &policy->sources[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return &policy->source_default;
}

const struct user *policy_match_user(const struct policy *policy, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return NULL;
    const struct user *exact = policy_find_user(policy, text);
    if (exact != NULL)
        return exact;
    const struct user *match = NULL;
    for (size_t i = 0; i < policy->user_count; i++) {
        if (!user_is_called(&policy->users[i], text))
            continue;
        if (match != NULL)
            return NULL;
        match = &policy->users[i];
    }
    return match;
}

size_t policy_last_resort(const struct policy *policy, const struct team *team,
                          const struct user **users, size_t max)
{
    size_t count = 0;
    if (team != NULL) {
        count = resort_to(policy, team->last_resort, users, max);
        if (count == 0)
            count = resort_to(policy, team->manager, users, max);
    }
    if (count > 0)
        return count < max ? count : max;
    for (size_t i = 0; i < policy->user_count && count < max; i++) {
        if (policy->users[i].is_admin && policy->users[i].contact_count > 0)
            users[count++] = &policy->users[i];
    }
    return count;
}

static bool team_uses(const struct team *team, const char *calendar)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (string_is(team->roles[role].calendar, calendar) ||
            string_is(team->overrides[role].calendar, calendar))
            return true;
    return false;
}

static bool team_spans_zones(const struct policy *policy, const struct team *team)
{
    const char *first = NULL;
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(policy, team->members[i]);
        const char *name = user == NULL || user->zone == NULL ? NULL : zone_name(user->zone);
        if (first == NULL)
            first = name;
        if (name != NULL && !string_is(first, name))
            return true;
    }
    return false;
}

bool policy_spans_zones(const struct policy *policy, const char *calendar)
{
    for (size_t i = 0; i < policy->team_count; i++)
        if (team_uses(&policy->teams[i], calendar) && team_spans_zones(policy, &policy->teams[i]))
            return true;
    return false;
}

bool severity_is_silent(const struct severity_rule *rule)
{
    return rule->notify == NULL || rule->notify->step_count == 0;
}

const char *severity_name(enum severity severity)
{
    assert(severity < SEVERITY_COUNT);
    return severity_names[severity];
}

const char *severity_tag(enum severity severity)
{
    assert(severity < SEVERITY_COUNT);
    return severity_tags[severity];
}

bool severity_parse(const char *text, enum severity *severity)
{
    for (size_t i = 0; i < sizeof severity_words / sizeof severity_words[0]; i++) {
        if (string_same(severity_words[i].word, text)) {
            *severity = severity_words[i].severity;
            return true;
        }
    }
    return false;
}

const char *role_name(enum role role)
{
    assert(role < ROLE_COUNT);
    return role_names[role];
}

bool role_parse(const char *text, enum role *role)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (string_same(role_names[i], text)) {
            *role = (enum role)i;
            return true;
        }
    }
    return false;
}
