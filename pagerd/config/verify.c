/* SPDX-License-Identifier: MIT */
#include "config/verify.h"

#include <assert.h>
#include <string.h>

#include "config/finding.h"
#include "config/read.h"

struct verify {
    struct check *check;
    struct report *report;
    const struct config *config;
    const struct policy *policy;
    struct map *told; /* users whose missing contacts were told */
};

static struct arena *verify_arena(struct verify *verify)
{
    return verify->check->loaded->arena;
}

static const struct node *node_at(struct verify *verify, const char *group, const char *name)
{
    return node_find(node_find(verify->check->loaded->tree.root, group), name);
}

static struct place file_place(const struct verify *verify)
{
    return (struct place){.file = verify->check->loaded->source.files[0]};
}

/* The node of a step, or the team's when the ladder is the default one. */
static struct place step_place(const struct node *team, size_t index)
{
    const struct node *list = read_node(team, "teams.*.escalate");
    const struct node *step = list != NULL ? list->first : NULL;
    for (size_t i = 0; i < index && step != NULL; i++)
        step = step->next;
    const struct node *page = read_node(step, "teams.*.escalate[].page");
    if (page != NULL)
        return page->value_at;
    return step != NULL ? step->value_at : place_line(team->name_at);
}

static bool user_is_only_mailed(const struct user *user)
{
    for (size_t i = 0; i < user->contact_count; i++)
        if (!user->contacts[i].is_quiet)
            return false;
    return true;
}

/* Says once of each person that a step may reach them badly or not at all. */
static void user_verify(struct verify *verify, const struct team *team, const struct node *node,
                        size_t index, const char *id)
{
    const struct user *user = policy_find_user(verify->policy, id);
    if (user == NULL || map_find(verify->told, span_of(id)) != NULL)
        return;
    map_put(verify->told, span_of(id), verify);
    struct place place = place_line(step_place(node, index));
    bool has_sms = config_find_channel(verify->config, "sms", false) != NULL;
    if (user->contact_count == 0)
        report_warning(verify->report, place, NULL,
                       "teams.%s: %s has no contact, step %zu cannot reach them", team->id, id,
                       index + 1);
    else if (has_sms && user_is_only_mailed(user))
        report_warning(verify->report, place, NULL,
                       "teams.%s: %s has no phone, step %zu can only e-mail them", team->id, id,
                       index + 1);
}

static bool team_has_role(const struct team *team)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (team->roles[role].calendar != NULL || team->roles[role].user != NULL)
            return true;
    return false;
}

static void role_verify(struct verify *verify, const struct team *team, const struct node *node,
                        size_t index, enum role role)
{
    const struct duty_source *duty = &team->roles[role];
    const char *key = arena_format(verify_arena(verify), "teams.*.%s", role_name(role));
    const struct node *written = node_find(node, role_name(role));
    if (duty->user != NULL)
        user_verify(verify, team, node, index, duty->user);
    if (duty->user != NULL || duty->calendar != NULL || (written != NULL && written->is_bad))
        return;
    assert(options_find(key) != NULL);
    report_error(verify->report, step_place(node, index),
                 arena_format(verify_arena(verify),
                              "add  %s = \"calendar:NAME\"  or a user, or take the step out",
                              role_name(role)),
                 "step %zu pages \"%s\", but teams.%s has no %s", index + 1, role_name(role),
                 team->id, role_name(role));
}

static void target_verify(struct verify *verify, const struct team *team, const struct node *node,
                          size_t index, const struct target *target)
{
    switch (target->kind) {
    case TARGET_ROLE:
        role_verify(verify, team, node, index, target->role);
        return;
    case TARGET_EVERYONE:
        for (size_t i = 0; i < team->member_count; i++)
            user_verify(verify, team, node, index, team->members[i]);
        return;
    case TARGET_TEAM: {
        const struct team *other = policy_find_team(verify->policy, target->name);
        if (other == team)
            report_error(verify->report, step_place(node, index), "write \"everyone\"",
                         "step %zu of teams.%s pages its own team", index + 1, team->id);
        else if (other != NULL && !team_has_role(other))
            report_error(verify->report, step_place(node, index), NULL,
                         "step %zu pages team:%s, which has nobody on call", index + 1, other->id);
        return;
    }
    case TARGET_USER:
        user_verify(verify, team, node, index, target->name);
        return;
    case TARGET_COUNT:
        break;
    }
    assert(false);
}

/* The rule that nothing may break: a policy ends at somebody who can be reached. */
static void last_resort_verify(struct verify *verify, const struct team *team,
                               const struct node *node)
{
    const struct user *users[1];
    const struct node *written[] = {node_find(node, "last-resort"), node_find(node, "manager")};
    bool is_told = false;
    for (size_t i = 0; i < 2; i++) {
        if (written[i] == NULL)
            continue;
        is_told = is_told || written[i]->is_bad;
        const struct user *user =
            written[i]->is_bad ? NULL : policy_find_user(verify->policy, written[i]->string);
        if (user != NULL && user->contact_count == 0)
            report_warning(verify->report, written[i]->name_at, NULL,
                           "%s: %s has no contact that is configured", written[i]->path, user->id);
    }
    if (is_told || policy_last_resort(verify->policy, team, users, 1) > 0)
        return;
    report_error(verify->report, place_line(node->name_at),
                 "name a last-resort or a manager with a phone or e-mail address, "
                 "or give a user admin = true",
                 "teams.%s can end at nobody: it has no last resort with a contact", team->id);
}

static void team_verify(struct verify *verify, const struct team *team)
{
    const struct node *node = node_at(verify, "teams", team->id);
    for (size_t i = 0; i < team->step_count; i++)
        for (size_t t = 0; t < team->steps[i].target_count; t++)
            target_verify(verify, team, node, i, &team->steps[i].targets[t]);
    last_resort_verify(verify, team, node);
}

static void sms_verify(struct verify *verify, bool is_second)
{
    const struct config_channel *sms = config_find_channel(verify->config, "sms", is_second);
    const struct node *node = node_at(verify, "channels", "sms");
    const char *url = config_channel_value(sms, "url");
    const char *body = config_channel_value(sms, "body");
    if (url == NULL || !string_is(sms->driver, "http"))
        return;
    if (is_second)
        node = node_find(node, "second");
    const char *const words[] = {"$to", "$text"};
    for (size_t i = 0; i < 2; i++)
        if (strstr(url, words[i]) == NULL && (body == NULL || strstr(body, words[i]) == NULL))
            report_error(verify->report, place_line(node->name_at), NULL,
                         "%s: neither url nor body holds %s", node->path, words[i]);
    for (size_t i = 0; i < sms->header_count; i++) {
        const char *colon = strchr(sms->headers[i], ':');
        if (colon == NULL || colon == sms->headers[i] ||
            memchr(sms->headers[i], ' ', (size_t)(colon - sms->headers[i])) != NULL)
            report_error(verify->report, place_line(node->name_at), NULL,
                         "%s.headers[%zu] must be \"Name: value\"", node->path, i);
    }
}

/* The demo's inbox asks nobody who they are. */
static void inbox_verify(struct verify *verify, const struct node *channels)
{
    const struct node *inbox = node_find(channels, "inbox");
    for (size_t i = 0; inbox != NULL && i < verify->config->listen_count; i++) {
        const char *address = verify->config->listen[i];
        if (strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0)
            continue;
        report_warning(verify->report, inbox->name_at,
                       "take it out, or listen on 127.0.0.1 only: it is meant for trying pagerd",
                       "%s shows every page to anybody who reaches %s", inbox->path, address);
        return;
    }
}

static void email_verify(struct verify *verify, bool is_second)
{
    const struct config_channel *email = config_find_channel(verify->config, "email", is_second);
    if (email == NULL)
        return;
    const struct node *node = node_at(verify, "channels", "email");
    if (is_second)
        node = node_find(node, "second");
    bool has_user = config_channel_value(email, "user") != NULL;
    bool has_password = config_channel_value(email, "password") != NULL;
    if (has_user != has_password && !node->is_bad && node_find(node, "password") == NULL)
        report_warning(verify->report, node->name_at, NULL, "%s: user without password",
                       node->path);
    else if (!has_user && has_password)
        report_warning(verify->report, node->name_at, NULL, "%s: password without user",
                       node->path);
    if (has_password && string_is(config_channel_value(email, "tls"), "none"))
        report_warning(verify->report, node->name_at, NULL,
                       "%s: the password travels in clear with tls = \"none\"", node->path);
}

/* Is there any channel that wakes somebody? */
static bool has_waking(const struct config *config)
{
    for (size_t i = 0; i < config->channel_count; i++)
        if (!string_is(config->channels[i].name, "email") && !config->channels[i].is_room)
            return true;
    return false;
}

static void channels_verify(struct verify *verify)
{
    const struct node *group = node_find(verify->check->loaded->tree.root, "channels");
    for (int second = 0; second < 2; second++) {
        sms_verify(verify, second != 0);
        email_verify(verify, second != 0);
    }
    inbox_verify(verify, group);
    if (verify->config->channel_count > 0 && !has_waking(verify->config))
        report_warning(verify->report, group->name_at, "add channels.ntfy or channels.sms",
                       "only e-mail is configured: it wakes nobody");
}

static void server_verify(struct verify *verify)
{
    const struct config *config = verify->config;
    const struct node *root = verify->check->loaded->tree.root;
    if (node_find(root, "url") == NULL)
        report_warning(verify->report, file_place(verify), "add  url = \"https://...\"",
                       "url is not set: links in pages lead to %s", config->url);
    if ((node_find(root, "tls-key") == NULL) != (node_find(root, "tls-certificate") == NULL))
        report_error(verify->report, file_place(verify), NULL,
                     "tls-certificate and tls-key need each other");
    if (verify->policy->team_count == 0)
        report_error(verify->report, file_place(verify), "add  teams: { ops: { ... } }",
                     "there is no team: nobody would be paged");
}

#define HOLD_NIGHT_MS (9 * HOUR_MS)

/* What waits for the morning and does not. */
static void hold_verify(struct verify *verify, enum severity severity)
{
    const struct severity_rule *rule = &verify->policy->severities[severity];
    const struct node *node = node_at(verify, "severity", severity_name(severity));
    const struct node *hold = node_find(node, "hold");
    char promote[DURATION_TEXT_SIZE];
    if (!rule->is_held || hold == NULL)
        return;
    if (rule->is_waking)
        report_warning(verify->report, hold->value_at, "wake = false would say the same",
                       "%s: what may wake waits for the morning", hold->path);
    if (rule->promote_ms < HOLD_NIGHT_MS && severity != SEVERITY_CRITICAL)
        report_warning(verify->report, hold->value_at, "set promote = \"never\", or to more",
                       "%s: after %s it becomes critical, and pages in the night", hold->path,
                       duration_render(rule->promote_ms, promote));
}

static void severities_verify(struct verify *verify)
{
    for (int i = 0; i < SEVERITY_COUNT; i++)
        hold_verify(verify, (enum severity)i);
    for (int i = SEVERITY_CRITICAL; i <= SEVERITY_ERROR; i++) {
        const struct severity_rule *rule = &verify->policy->severities[i];
        const struct node *node = node_at(verify, "severity", severity_name((enum severity)i));
        const struct node *notify = read_node(node, "severity.critical.notify");
        if (notify == NULL || (rule->notify != NULL && rule->notify->step_count > 0))
            continue;
        if (i == SEVERITY_CRITICAL)
            report_error(verify->report, notify->value_at, NULL,
                         "critical incidents would page nobody");
        else
            report_warning(verify->report, notify->name_at, NULL,
                           "incidents of severity error page nobody");
    }
}

/* One name of a person; a second person of that name would make both nobody. */
static void name_claim(struct verify *verify, struct map *names, const struct user *user,
                       const char *name, bool is_account)
{
    CLEANUP(text_clear) struct text folded = {0};
    if (name == NULL)
        return;
    text_add(&folded, is_account ? "unix:" : "name:");
    for (const char *byte = name; *byte != '\0'; byte++)
        text_add_char(&folded, *byte >= 'A' && *byte <= 'Z' ? (char)(*byte + 32) : *byte);
    const struct user *first = map_find(names, text_span(&folded));
    if (first == NULL) {
        map_put(names, text_span(&folded), (void *)user);
    } else if (first != user) {
        const struct node *node = node_at(verify, "users", user->id);
        if (is_account)
            report_error(verify->report, place_line(node->name_at), NULL,
                         "users %s and %s have the same local account \"%s\"", first->id, user->id,
                         name);
        else
            report_warning(verify->report, node->name_at, "give one of them another name",
                           "\"%s\" is both %s and %s: in a calendar it is nobody", name, first->id,
                           user->id);
    }
}

static void names_verify(struct verify *verify)
{
    CLEANUP(map_free) struct map *names = map_new();
    for (size_t i = 0; i < verify->policy->user_count; i++) {
        const struct user *user = &verify->policy->users[i];
        name_claim(verify, names, user, user->id, false);
        name_claim(verify, names, user, user->name, false);
        if (!string_is(user->email, "?"))
            name_claim(verify, names, user, user->email, false);
        for (size_t a = 0; a < user->alias_count; a++)
            name_claim(verify, names, user, user->aliases[a], false);
        name_claim(verify, names, user, user->unix_name, true);
    }
}

/* The rules of one person that would page nobody: a page comes all the same, by everything. */
static void rules_verify(struct verify *verify)
{
    for (size_t i = 0; i < verify->policy->user_count; i++) {
        const struct user *user = &verify->policy->users[i];
        const struct notify_rule *const rules[] = {user->notify, user->notify_low,
                                                   user->notify_night};
        static const char *const keys[] = {"notify", "notify-low", "notify-night"};
        for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
            const struct node *node = node_at(verify, "users", user->id);
            const struct node *key = node_find(node, keys[k]);
            if (rules[k] == NULL || rules[k]->step_count > 0 || key == NULL)
                continue;
            report_warning(verify->report, key->value_at,
                           "name a rule with steps, or say severity.*.notify = \"none\"",
                           "%s: whom a step asks is paged: by all channels where the rule has none",
                           key->path);
        }
    }
}

void verify_config(struct check *check, const struct config *config)
{
    CLEANUP(map_free) struct map *told = map_new();
    struct verify verify = {check, check->report, config, config->policy, told};
    server_verify(&verify);
    channels_verify(&verify);
    names_verify(&verify);
    severities_verify(&verify);
    rules_verify(&verify);
    verify_rooms(check, config);
    verify_calendars(check, config);
    verify_integrations(check, config);
    verify_webhooks(check, config);
    verify_routes(check, config);
    verify_maintenance(check, config);
    verify_phones(check, config);
    verify_nodes(check, config);
    verify_signatures(check, config);
    for (size_t i = 0; i < config->policy->team_count; i++)
        team_verify(&verify, &config->policy->teams[i]);
}
