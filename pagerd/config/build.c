/* SPDX-License-Identifier: MIT */
#include "config/build.h"

#include <assert.h>
#include <string.h>

#include "config/finding.h"
#include "config/read.h"
#include "config/value.h"

static const struct node *root_of(const struct build *build)
{
    return build->loaded->tree.root;
}

static void build_server(struct build *build)
{
    struct config *config = build->config;
    const struct node *root = root_of(build);
    config->listen_count =
        read_texts(build->loaded, root, "listen", config->listen, CONFIG_LISTEN_MAX);
    config->socket = read_path(build->loaded, root, "socket");
    config->store = read_text(root, "store");
    config->store_password = read_text(root, "store-password");
    config->node_name = read_text(node_find(root, "node"), "node.name");
    config->node_secret = read_text(node_find(root, "node"), "node.secret");
    (void)read_texts(build->loaded, node_find(root, "node"), "node.listen", &config->node_listen,
                     1);
    config->node_peer_count = read_texts(build->loaded, node_find(root, "node"), "node.peers",
                                         config->node_peers, CONFIG_PEERS_MAX);
    config->tls_certificate = read_path(build->loaded, root, "tls-certificate");
    config->tls_key = read_path(build->loaded, root, "tls-key");
    config->is_verbose = string_is(read_text(root, "log"), "debug");

    const char *url = read_text(root, "url");
    if (url == NULL && config->listen_count > 0)
        url = arena_format(build->loaded->arena, "http://%s", config->listen[0]);
    size_t size = url != NULL ? strlen(url) : 0;
    while (size > 0 && url[size - 1] == '/')
        size--;
    config->url = arena_copy_span(build->loaded->arena, (struct span){url, size});
}

static void build_private_networks(struct build *build)
{
    const char *networks[CONFIG_PRIVATE_MAX];
    CLEANUP(text_clear) struct text text = {0};
    size_t count =
        read_texts(build->loaded, root_of(build), "private-networks", networks, CONFIG_PRIVATE_MAX);
    for (size_t i = 0; i < count; i++)
        text_addf(&text, "%s%s", i > 0 ? " " : "", networks[i]);
    build->config->private_networks = arena_copy(build->loaded->arena, text_string(&text));
}

static void build_messages(struct build *build)
{
    const struct node *group = node_find(root_of(build), "messages");
    struct arena *arena = build->loaded->arena;
    size_t count = 0;
    for (const struct node *kind = group != NULL ? group->first : NULL; kind != NULL;
         kind = kind->next)
        count += kind->count;
    struct config_message *messages = arena_take(arena, (count + 1) * sizeof *messages);
    count = 0;
    for (const struct node *kind = group != NULL ? group->first : NULL; kind != NULL;
         kind = kind->next)
        for (const struct node *node = kind->first; node != NULL; node = node->next)
            if (!node->is_bad && node->string != NULL)
                messages[count++] = (struct config_message){
                    arena_format(arena, "%s.%s", kind->name, node->name), node->string};
    build->config->messages = messages;
    build->config->message_count = count;
}

static void build_mail(struct build *build)
{
    struct config_mail *mail = &build->config->mail;
    const struct node *group = node_find(root_of(build), "mail");
    if (group == NULL)
        return;
    mail->listen_count =
        read_texts(build->loaded, group, "mail.listen", mail->listen, CONFIG_MAIL_LISTEN_MAX);
    mail->socket = read_path(build->loaded, group, "mail.socket");
    mail->domain = read_text(group, "mail.domain");
    mail->allow_count =
        read_texts(build->loaded, group, "mail.allow", mail->allow, CONFIG_MAIL_ALLOW_MAX);
}

static void build_dead_man(struct build *build)
{
    const struct node *group = node_find(root_of(build), "dead-man");
    if (group == NULL)
        return;
    build->config->dead_man_url = read_text(group, "dead-man.url");
    build->config->dead_man_every_ms = read_duration(group, "dead-man.every");
}

/* A team that the person is a member of, else the first one. */
static const char *team_of_canary(const struct policy *policy, const char *user)
{
    for (size_t i = 0; i < policy->team_count; i++) {
        for (size_t j = 0; j < policy->teams[i].member_count; j++) {
            if (string_is(policy->teams[i].members[j], user))
                return policy->teams[i].id;
        }
    }
    return policy->team_count > 0 ? policy->teams[0].id : NULL;
}

/* After the teams. */
static void build_canary(struct build *build)
{
    const struct node *group = node_find(root_of(build), "canary");
    struct config_canary *canary = &build->config->canary;
    if (group == NULL)
        return;
    canary->user = read_text(group, "canary.user");
    canary->team = read_text(group, "canary.team");
    if (canary->team == NULL && canary->user != NULL)
        canary->team = team_of_canary(build->policy, canary->user);
    canary->every_ms = read_duration(group, "canary.every");
    canary->is_any_time = string_is(read_text(group, "canary.at"), "any");
}

static void build_severities(struct build *build)
{
    const struct node *group = node_find(root_of(build), "severity");
    struct arena *arena = build->loaded->arena;
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        const char *name = severity_name((enum severity)i);
        const char *pattern = arena_format(arena, "severity.%s", name);
        const struct node *node = node_find(group, name);
        build->policy->severities[i] = (struct severity_rule){
            .notify =
                build_find_rule(build, read_text(node, arena_format(arena, "%s.notify", pattern))),
            .is_waking = read_switch(node, arena_format(arena, "%s.wake", pattern)),
            .promote_ms = read_duration(node, arena_format(arena, "%s.promote", pattern)),
            .is_held =
                string_is(read_text(node, arena_format(arena, "%s.hold", pattern)), "morning"),
        };
    }
}

static void build_awake(struct build *build)
{
    const struct node *group = node_find(root_of(build), "awake");
    build->policy->awake = (struct awake_rule){
        .after_ack_ms = read_duration(group, "awake.after-ack"),
        .bundle_ms = read_duration(group, "awake.bundle"),
    };
}

static void build_verify(struct build *build)
{
    const struct node *group = node_find(root_of(build), "contacts");
    build->policy->verify = (struct verify_rule){
        .is_on = string_is(read_text(group, "contacts.verify"), "on"),
        .again_ms = read_duration(group, "contacts.again"),
    };
}

static void build_recovery(struct build *build)
{
    struct fault fault;
    const char *cover[8];
    const struct node *group = node_find(root_of(build), "recovery");
    struct recovery_rule *rule = &build->policy->recovery;
    *rule = (struct recovery_rule){
        .is_enabled = read_switch(group, "recovery.enabled"),
        .awake_ms = read_duration(group, "recovery.when"),
        .pages = (uint16_t)read_count(group, "recovery.pages"),
        .rest_ms = read_duration(group, "recovery.rest"),
    };
    bool is_good = night_parse(read_text(group, "recovery.night"), &rule->night_from_minute,
                               &rule->night_until_minute, &fault);
    assert(is_good);
    rule->cover_count = read_texts(build->loaded, group, "recovery.cover", cover, 8);
    for (size_t i = 0; i < rule->cover_count; i++)
        rule->cover[i] = read_target(cover[i]);
}

const struct notify_rule *build_find_rule(const struct build *build, const char *id)
{
    for (size_t i = 0; id != NULL && i < build->policy->notify_rule_count; i++)
        if (string_is(build->policy->notify_rules[i].id, id))
            return &build->policy->notify_rules[i];
    return NULL;
}

void build_config(struct check *check, struct config *config)
{
    struct config_source *loaded = check->loaded;
    struct fault fault;
    struct policy *policy = arena_take(loaded->arena, sizeof *policy);
    struct build build = {check, loaded, config, policy};
    const struct zone *utc = NULL;
    config->policy = policy;
    config->source = loaded;
    if (!loaded_zone(loaded, "UTC", &utc, &fault))
        report_error_file(check->report, loaded->tzdir, fault.text);
    policy->zone = read_zone(loaded, loaded->tree.root, "timezone", utc);
    policy->reopen_ms = read_duration(loaded->tree.root, "reopen");
    policy->version = config->version;

    build_private_networks(&build);
    build_messages(&build);
    build_mail(&build);
    build_dead_man(&build);
    build_server(&build);
    build_channels(&build);
    build_people(&build);
    build_calendars(&build);
    build_teams(&build);
    build_canary(&build);
    build_integrations(&build);
    build_webhooks(&build);
    build_severities(&build);
    build_recovery(&build);
    build_awake(&build);
    build_verify(&build);
    build_routes(&build);
    build_groups(&build);
    build_maintenance(&build);
    build_managers(&build);
}
