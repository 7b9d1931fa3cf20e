/* SPDX-License-Identifier: MIT */
/* Integrations: a signature has its secret, and a map says where things are. */
#include <string.h>

#include "base/id.h"
#include "config/finding.h"
#include "config/read.h"
#include "config/verify.h"
#include "engine/fieldmap.h"

/* Standard Webhooks: "whsec_" and base64; the bytes count. */
static bool is_standard_secret(const char *secret)
{
    static const char start[] = "whsec_";
    char bytes[CONFIG_SECRET_MAX];
    size_t size = 0;
    struct span span = span_of(secret);
    if (span_has_prefix(span, start)) {
        span.bytes += strlen(start);
        span.size -= strlen(start);
    }
    bool is_read = base64_decode(span, bytes, sizeof bytes, &size) && size > 0;
    explicit_bzero(bytes, sizeof bytes);
    return is_read;
}

/* SNS signs with a certificate of its own, and for everybody: the topic says who may. */
static void topic_verify(struct check *check, const struct node *signature,
                         const struct node *topic, const struct node *secret)
{
    if (topic == NULL)
        report_error(check->report, signature->name_at,
                     "write  topic = \"arn:aws:sns:...\"  beside it",
                     "%s needs the topic, for SNS signs for everybody", signature->path);
    if (secret != NULL)
        report_error(check->report, secret->name_at, "take it out",
                     "%s is of no use: SNS signs with a certificate", secret->path);
}

static void signature_verify(struct check *check, const struct config_integration *integration,
                             const struct node *group)
{
    const struct node *signature = read_node(group, "integrations.*.signature");
    const struct node *secret = read_node(group, "integrations.*.secret");
    const struct node *topic = read_node(group, "integrations.*.topic");
    if (signature != NULL && string_is(integration->signature, "sns")) {
        topic_verify(check, signature, topic, secret);
        return;
    }
    if (topic != NULL)
        report_error(check->report, topic->name_at, "write  signature = \"sns\"  beside it",
                     "%s is of no use without signature = \"sns\"", topic->path);
    if (signature != NULL && secret == NULL)
        report_error(check->report, signature->name_at,
                     "write  secret = \"secret:NAME\"  beside it",
                     "%s needs the secret that the source signs with", signature->path);
    else if (signature == NULL && secret != NULL)
        report_error(check->report, secret->name_at, "write  signature = \"...\"  beside it",
                     "%s is of no use without signature: nothing would be checked", secret->path);
    else if (signature != NULL && string_is(integration->signature, "standard") &&
             !is_standard_secret(integration->secret))
        report_error(check->report, secret->name_at, "copy it as the source shows it",
                     "%s: a secret of Standard Webhooks is \"whsec_\" and base64", secret->path);
}

static void map_verify(struct check *check, const struct config_integration *integration,
                       const struct node *group)
{
    struct fieldmap map;
    struct fault fault;
    const struct node *node = read_node(group, "integrations.*.map");
    if (node == NULL || integration->map_count == 0)
        return;
    if (!fieldmap_parse(check->loaded->arena, integration->map, integration->map_count, &map,
                        &fault))
        report_error(check->report, node->name_at, NULL, "%s: %s", node->path, fault.text);
}

void verify_signatures(struct check *check, const struct config *config)
{
    const struct node *groups = node_find(check->loaded->tree.root, "integrations");
    for (size_t i = 0; i < config->integration_count; i++) {
        const struct config_integration *integration = &config->integrations[i];
        const struct node *group = node_find(groups, integration->group);
        signature_verify(check, integration, group);
        map_verify(check, integration, group);
    }
}
