/* SPDX-License-Identifier: MIT */
/* Routes: the last takes everything, and each can be reached. */
#include "config/finding.h"
#include "config/read.h"
#include "config/verify.h"
#include "engine/route.h"

static const struct node *route_node(const struct node *list, size_t index)
{
    const struct node *node = list->first;
    for (size_t i = 0; i < index; i++)
        node = node->next;
    return node;
}

/* Has something of the route been reported? Then what it matches is not what was meant. */
static bool route_is_bad(const struct node *node)
{
    const struct node *match = node_find(node, "match");
    if (node->is_bad || (match != NULL && match->is_bad))
        return true;
    for (const struct node *text = match != NULL ? match->first : NULL; text; text = text->next)
        if (text->is_bad)
            return true;
    return false;
}

static void last_verify(struct check *check, const struct policy *policy, const struct node *list)
{
    size_t last = policy->route_count - 1;
    const struct node *node = route_node(list, last);
    if (route_is_bad(node) || route_is_any(&policy->routes[last]))
        return;
    const char *team = policy->routes[last].team;
    report_error(check->report, node->value_at,
                 arena_format(check->loaded->arena,
                              "add behind it  { team = \"%s\" }  for all that no other route takes",
                              team != NULL ? team : policy->teams[0].id),
                 "the last route must match everything, or some alerts would have no team: "
                 "routes[%zu] has a match",
                 last);
}

static void hidden_verify(struct check *check, const struct policy *policy, const struct node *list,
                          size_t index)
{
    const struct node *node = route_node(list, index);
    if (route_is_bad(node))
        return;
    for (size_t i = 0; i < index; i++) {
        if (route_is_bad(route_node(list, i)) ||
            !route_hides(&policy->routes[i], &policy->routes[index]))
            continue;
        report_warning(
            check->report, node->value_at,
            arena_format(check->loaded->arena, "put it before routes[%zu], or take it out", i),
            "routes[%zu] is never used: routes[%zu] takes all of its alerts", index, i);
        return;
    }
}

void verify_routes(struct check *check, const struct config *config)
{
    const struct policy *policy = config->policy;
    const struct node *list = read_node(check->loaded->tree.root, "routes");
    if (list == NULL || policy->route_count == 0 || policy->team_count == 0 ||
        policy->route_count != list->count)
        return;
    for (size_t i = 0; i < policy->route_count; i++)
        hidden_verify(check, policy, list, i);
    last_verify(check, policy, list);
}
