/* SPDX-License-Identifier: MIT */
/* Routes, and what the engine needs to know of the alerts of a key. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/build.h"
#include "config/read.h"
#include "config/value.h"
#include "engine/match.h"

/* The severity of a choice that may be absent. */
static bool severity_read(const struct node *group, const char *pattern, enum severity *severity)
{
    const char *name = read_text(group, pattern);
    return name != NULL && severity_parse(name, severity);
}

static struct alert_route route_read(struct build *build, const struct node *node)
{
    struct arena *arena = build->loaded->arena;
    const char *texts[MATCHERS_MAX];
    struct fault fault;
    struct alert_route route = {.team = read_text(node, "routes[].team")};
    size_t count = read_texts(build->loaded, node, "routes[].match", texts, MATCHERS_MAX);
    struct matcher *matchers = arena_take(arena, (count + 1) * sizeof *matchers);
    for (size_t i = 0; i < count; i++)
        if (matcher_parse(arena, span_of(texts[i]), &matchers[route.matcher_count], &fault))
            route.matcher_count++;
    route.matchers = matchers;
    route.has_severity = severity_read(node, "routes[].severity", &route.severity);
    return route;
}

static void routes_read(struct build *build)
{
    const struct node *list = read_node(build->loaded->tree.root, "routes");
    size_t room = list != NULL ? list->count : 0;
    struct alert_route *routes = arena_take(build->loaded->arena, (room + 1) * sizeof *routes);
    size_t count = 0;
    for (const struct node *node = room > 0 ? list->first : NULL; node != NULL; node = node->next)
        if (node->kind == NODE_GROUP)
            routes[count++] = route_read(build, node);
    build->policy->routes = routes;
    build->policy->route_count = count;
}

static struct source_rule rule_read(struct build *build, const struct node *node)
{
    struct arena *arena = build->loaded->arena;
    const char *texts[SEVERITY_MAPPINGS_MAX];
    struct fault fault;
    struct source_rule rule = {
        .name = node != NULL ? integration_name(node) : NULL,
        .rate_max = (uint32_t)read_count(node, "integrations.*.rate"),
        .burst_max = (uint32_t)read_count(node, "integrations.*.burst"),
        .open_max = (uint32_t)read_count(node, "integrations.*.open"),
    };
    if (rule.burst_max < rule.rate_max)
        rule.burst_max = rule.rate_max;
    size_t count =
        read_texts(build->loaded, node, "integrations.*.severity", texts, SEVERITY_MAPPINGS_MAX);
    struct severity_mapping *mappings = arena_take(arena, (count + 1) * sizeof *mappings);
    for (size_t i = 0; i < count; i++)
        if (mapping_parse(arena, texts[i], &mappings[rule.mapping_count], &fault))
            rule.mapping_count++;
    rule.mappings = mappings;
    rule.has_default_severity =
        severity_read(node, "integrations.*.default-severity", &rule.default_severity);
    return rule;
}

static int rule_compare(const void *left, const void *right)
{
    return strcmp(((const struct source_rule *)left)->name,
                  ((const struct source_rule *)right)->name);
}

static void sources_read(struct build *build)
{
    struct arena *arena = build->loaded->arena;
    const struct node *group = node_find(build->loaded->tree.root, "integrations");
    size_t room = group != NULL ? group->count : 0;
    struct source_rule *rules = arena_take(arena, (room + 1) * sizeof *rules);
    size_t count = 0;
    for (const struct node *node = room > 0 ? group->first : NULL; node != NULL; node = node->next)
        if (node->kind == NODE_GROUP)
            rules[count++] = rule_read(build, node);
    qsort(rules, count, sizeof *rules, rule_compare);
    build->policy->sources = rules;
    build->policy->source_count = count;
    build->policy->source_default = rule_read(build, NULL);
}

void build_routes(struct build *build)
{
    routes_read(build);
    sources_read(build);
}
