/* SPDX-License-Identifier: MIT */
#include "engine/group.h"

#include <inttypes.h>

#include "engine/incident.h"
#include "engine/mute.h"

/* The words that are no labels. */
static const char *value_of(const struct alert *alert, const char *name)
{
    const struct {
        const char *name;
        const char *value;
    } words[] = {
        {"integration", alert->integration},
        {"service", alert->service},
        {"source", alert->source},
        {"severity", severity_name(alert->severity)},
        {"group", alert->group},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (string_is(words[i].name, name))
            return words[i].value;
    }
    for (size_t i = 0; i < alert->label_count; i++) {
        if (string_is(alert->labels[i].name, name))
            return alert->labels[i].value;
    }
    return NULL;
}

bool group_add_key(struct text *text, const struct work *work, const struct team *team,
                   const struct alert *alert)
{
    const struct grouping *rule = &work->policy->group;
    uint64_t holder = mute_of_alert(work->engine, team->id, alert);
    bool has_value = false;
    CLEANUP(text_clear) struct text key = {0};
    text_add(&key, team->id);
    if (holder != 0)
        text_addf(&key, " s%" PRIu64, holder);
    for (size_t i = 0; i < rule->by_count; i++) {
        const char *value = value_of(alert, rule->by[i]);
        has_value = has_value || (value != NULL && value[0] != '\0');
        text_addf(&key, "\n%s=%s", rule->by[i], value != NULL ? value : "");
    }
    if (has_value)
        text_add_span(text, text_span(&key));
    return has_value;
}

struct incident *group_find(const struct work *work, struct span key)
{
    struct incident *incident = map_find(work->engine->groups, key);
    if (incident == NULL || !incident_is_open(incident))
        return NULL;
    bool is_recent = work->now.wall_at - incident->last_alert_at <= work->policy->group.window_ms;
    return is_recent ? incident : NULL;
}

void group_remember(struct engine *engine, struct incident *incident)
{
    if (incident->group_key != NULL && incident_is_open(incident))
        map_put(engine->groups, span_of(incident->group_key), incident);
}

void group_forget(struct engine *engine, const struct incident *incident)
{
    if (incident->group_key != NULL &&
        map_find(engine->groups, span_of(incident->group_key)) == incident)
        (void)map_remove(engine->groups, span_of(incident->group_key));
}

void group_add_rule(struct text *text, struct span key)
{
    struct span rest = key;
    (void)span_cut(&rest, '\n'); /* the team */
    text_add(text, "group ");
    for (size_t i = 0; rest.size > 0; i++) {
        if (i > 0)
            text_add(text, ", ");
        text_add_span(text, span_cut(&rest, '\n'));
    }
}
