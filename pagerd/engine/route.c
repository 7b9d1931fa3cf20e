/* SPDX-License-Identifier: MIT */
#include "engine/route.h"

#include "engine/match.h"

static const struct severity_mapping *mapping_find(const struct source_rule *rule, const char *word)
{
    for (size_t i = 0; i < rule->mapping_count; i++)
        if (string_same(rule->mappings[i].word, word))
            return &rule->mappings[i];
    return NULL;
}

static void severity_settle(const struct policy *policy, struct alert *alert,
                            struct routing *routing)
{
    const struct source_rule *rule = policy_source(policy, alert->integration);
    bool has_word = alert->severity_word != NULL && alert->severity_word[0] != '\0';
    routing->mapping = has_word ? mapping_find(rule, alert->severity_word) : NULL;
    if (routing->mapping != NULL) {
        alert->severity = routing->mapping->severity;
    } else if (alert->is_severity_guessed && rule->has_default_severity) {
        alert->severity = rule->default_severity;
        routing->has_default_severity = true;
    }
}

struct routing route_settle(const struct policy *policy, const struct alert *alert,
                            struct alert *settled)
{
    struct routing routing = {0};
    *settled = *alert;
    severity_settle(policy, settled, &routing);
    if (alert->team != NULL && alert->team[0] != '\0')
        return routing;

    struct match_subject subject = match_subject_alert(settled);
    settled->team = NULL;
    for (size_t i = 0; i < policy->route_count; i++) {
        const struct alert_route *route = &policy->routes[i];
        if (!match_all(route->matchers, route->matcher_count, &subject))
            continue;
        routing.route = route;
        routing.number = i + 1;
        settled->team = route->team;
        if (route->has_severity)
            settled->severity = route->severity;
        break;
    }
    return routing;
}

void route_add_words(struct text *text, const struct routing *routing)
{
    const struct alert_route *route = routing->route;
    text_addf(text, "route %zu (", routing->number);
    for (size_t i = 0; i < route->matcher_count; i++) {
        if (i > 0)
            text_add(text, ", ");
        matcher_render(text, &route->matchers[i]);
    }
    if (route->matcher_count == 0)
        text_add(text, "everything");
    text_addf(text, ") -> %s", route->team);
    if (route->has_severity)
        text_addf(text, ", as %s", severity_name(route->severity));
}

bool route_is_any(const struct alert_route *route)
{
    for (size_t i = 0; i < route->matcher_count; i++)
        if (!matcher_is_any(&route->matchers[i]))
            return false;
    return true;
}

static bool route_asks(const struct alert_route *route, const struct matcher *matcher)
{
    for (size_t i = 0; i < route->matcher_count; i++)
        if (matcher_is_same(&route->matchers[i], matcher))
            return true;
    return false;
}

bool route_hides(const struct alert_route *earlier, const struct alert_route *later)
{
    for (size_t i = 0; i < earlier->matcher_count; i++)
        if (!matcher_is_any(&earlier->matchers[i]) && !route_asks(later, &earlier->matchers[i]))
            return false;
    return true;
}
