/* SPDX-License-Identifier: MIT */
/* build_integrations.c - the group "integrations": what is special about single sources. */
#include <string.h>

#include "base/api.h"
#include "config/build.h"
#include "config/finding.h"
#include "config/read.h"
#include "config/value.h"
#include "config/verify.h"
#include "engine/fieldmap.h"

static struct config_icinga icinga_build(struct build *build, const struct node *node)
{
    struct config_icinga icinga = {
        .user = read_text(node, "integrations.*.icinga.user"),
        .password = read_text(node, "integrations.*.icinga.password"),
        .ca_file = read_path(build->loaded, node, "integrations.*.icinga.ca-file"),
        .has_events = read_switch(node, "integrations.*.icinga.events"),
    };
    const char *url = read_text(node, "integrations.*.icinga.url");
    struct span span = span_of(url != NULL ? url : "");
    while (span.size > 0 && span.bytes[span.size - 1] == '/')
        span.size--;
    if (span.size > 0)
        icinga.url = arena_copy_span(build->loaded->arena, span);
    return icinga;
}

const char *integration_name(const struct node *group)
{
    const char *name = read_text(group, "integrations.*.key");
    return name != NULL ? name : group->name;
}

void build_integrations(struct build *build)
{
    struct config_source *loaded = build->loaded;
    const struct node *group = node_find(loaded->tree.root, "integrations");
    size_t room = group != NULL ? group->count : 0;
    struct config_integration *integrations =
        arena_take(loaded->arena, (room + 1) * sizeof *integrations);
    size_t count = 0;
    for (const struct node *node = room > 0 ? group->first : NULL; node != NULL;
         node = node->next) {
        const struct node *icinga = node_find(node, "icinga");
        struct config_integration *integration = &integrations[count++];
        *integration = (struct config_integration){
            .name = integration_name(node),
            .group = node->name,
            .command_file = read_path(loaded, node, "integrations.*.command-file"),
            .body_max = (size_t)read_size(node, "integrations.*.body"),
            .signature = read_text(node, "integrations.*.signature"),
            .secret = read_text(node, "integrations.*.secret"),
            .topic = read_text(node, "integrations.*.topic"),
        };
        const char **map = arena_take(loaded->arena, FIELDMAP_LINES_MAX * sizeof *map);
        integration->map_count =
            read_texts(loaded, node, "integrations.*.map", map, FIELDMAP_LINES_MAX);
        integration->map = map;
        if (icinga != NULL)
            integration->icinga = icinga_build(build, icinga);
    }
    build->config->integrations = integrations;
    build->config->integration_count = count;
}

/* What was said of a key stands in one place; elsewhere it would be passed over. */
static void key_verify(struct check *check, const struct node *node, const struct config *config,
                       size_t index)
{
    const struct node *key = read_node(node, "integrations.*.key");
    const char *name = config->integrations[index].name;
    size_t size = strlen(name);
    bool is_good = size > 0 && size <= API_KEY_NAME_MAX && strspn(name, API_KEY_NAME_BYTES) == size;
    if (key != NULL && !is_good)
        report_error(check->report, key->name_at, "write the name as  pagectl key list  shows it",
                     "%s is no name of a key: 1 to %d letters, digits, dots, dashes or underscores",
                     key->path, API_KEY_NAME_MAX);
    for (size_t i = 0; i < index; i++) {
        if (!string_is(config->integrations[i].name, name))
            continue;
        report_error(check->report, node->name_at, "keep one of them",
                     "%s and integrations.%s are about the same key \"%s\"", node->path,
                     config->integrations[i].group, name);
        return;
    }
}

/* A source is one program, and its password should not travel in clear. */
static void integration_verify(struct check *check, const struct node *node,
                               const struct config_integration *integration)
{
    const struct node *command_file = node_find(node, "command-file");
    const char *url = integration->icinga.url;
    if (command_file != NULL && node_find(node, "icinga") != NULL)
        report_error(check->report, command_file->name_at,
                     "take one of them out: icinga for Icinga 2, command-file for Nagios",
                     "%s has both icinga and command-file", node->path);
    if (url != NULL && strncmp(url, "http://", 7) == 0 && !url_is_local(url))
        report_warning(check->report, node_find(node_find(node, "icinga"), "url")->name_at,
                       "write https:// in its address",
                       "%s.icinga.password travels in clear over http://", node->path);
}

void verify_integrations(struct check *check, const struct config *config)
{
    const struct node *group = node_find(check->loaded->tree.root, "integrations");
    for (size_t i = 0; i < config->integration_count; i++) {
        const struct node *node = node_find(group, config->integrations[i].group);
        if (node->is_bad)
            continue;
        integration_verify(check, node, &config->integrations[i]);
        key_verify(check, node, config, i);
    }
}
