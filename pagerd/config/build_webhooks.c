/* SPDX-License-Identifier: MIT */
/* build_webhooks.c - the group "webhooks": programs that are told of incidents. */
#include <string.h>

#include "base/id.h"
#include "config/build.h"
#include "config/finding.h"
#include "config/read.h"
#include "config/value.h"
#include "config/verify.h"

#define KEY_MIN 24 /* bytes; Standard Webhooks want 24 to 64 */
#define KEY_MAX 64
#define SECRET_PREFIX "whsec_"

void build_webhooks(struct build *build)
{
    struct config_source *loaded = build->loaded;
    const struct node *group = node_find(loaded->tree.root, "webhooks");
    size_t room = group != NULL ? group->count : 0;
    struct config_webhook *webhooks = arena_take(loaded->arena, (room + 1) * sizeof *webhooks);
    size_t count = 0;
    for (const struct node *node = room > 0 ? group->first : NULL; node != NULL;
         node = node->next) {
        struct config_webhook *webhook = &webhooks[count];
        *webhook = (struct config_webhook){
            .name = node->name,
            .url = read_text(node, "webhooks.*.url"),
            .team = read_text(node, "webhooks.*.team"),
            .ca_file = read_path(loaded, node, "webhooks.*.ca-file"),
            .retry_for_ms = read_duration(node, "webhooks.*.retry-for"),
        };
        webhook->secret_count = read_texts(loaded, node, "webhooks.*.secret", webhook->secrets,
                                           CONFIG_HOOK_SECRETS_MAX);
        webhook->event_count =
            read_texts(loaded, node, "webhooks.*.events", webhook->events, CONFIG_HOOK_EVENTS_MAX);
        count += webhook->url != NULL;
    }
    build->config->webhooks = webhooks;
    build->config->webhook_count = count;
}

const struct config_webhook *config_find_webhook(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->webhook_count; i++)
        if (string_is(config->webhooks[i].name, name))
            return &config->webhooks[i];
    return NULL;
}

static bool is_secret(const char *secret)
{
    unsigned char key[KEY_MAX];
    size_t size = 0;
    size_t prefix = strlen(SECRET_PREFIX);
    bool is_good = strncmp(secret, SECRET_PREFIX, prefix) == 0 &&
                   base64_decode(span_of(secret + prefix), key, sizeof key, &size) &&
                   size >= KEY_MIN;
    explicit_bzero(key, sizeof key);
    return is_good;
}

static bool is_event(const char *event)
{
    static const char words[] = "opened reopened acknowledged unacknowledged escalated reassigned "
                                "snoozed unsnoozed resolved";
    static const char prefix[] = "incident.";
    size_t size = sizeof prefix - 1;
    return strncmp(event, prefix, size) == 0 && words_hold(words, span_of(event + size));
}

static void webhook_verify(struct check *check, const struct node *node,
                           const struct config_webhook *webhook)
{
    for (size_t i = 0; i < webhook->secret_count; i++)
        if (!is_secret(webhook->secrets[i]))
            report_error(check->report, node_find(node, "secret")->name_at,
                         "make one:  echo whsec_$(head -c 32 /dev/urandom | base64)",
                         "%s.secret is not \"whsec_\" and base64 of %d to %d bytes", node->path,
                         KEY_MIN, KEY_MAX);
    for (size_t i = 0; i < webhook->event_count; i++)
        if (!is_event(webhook->events[i]))
            report_error(check->report, node_find(node, "events")->name_at,
                         "pagectl config explain webhooks.*.events  has them all",
                         "there is no event \"%s\" in %s.events", webhook->events[i], node->path);
    if (strncmp(webhook->url, "http://", 7) == 0 && !url_is_local(webhook->url))
        report_warning(check->report, node_find(node, "url")->name_at, "write https://",
                       "%s: incidents travel in clear over http://", node->path);
    if (strlen(node->name) > CONFIG_HOOK_NAME_MAX)
        report_error(check->report, node->name_at, NULL, "%s: a name of at most %d letters",
                     node->path, CONFIG_HOOK_NAME_MAX);
}

void verify_webhooks(struct check *check, const struct config *config)
{
    const struct node *group = node_find(check->loaded->tree.root, "webhooks");
    for (size_t i = 0; i < config->webhook_count; i++) {
        const struct node *node = node_find(group, config->webhooks[i].name);
        if (!node->is_bad)
            webhook_verify(check, node, &config->webhooks[i]);
    }
}
