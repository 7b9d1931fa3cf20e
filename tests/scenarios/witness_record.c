/* SPDX-License-Identifier: MIT */
#include "scenarios/witness_record.h"

#include <stddef.h>
#include <string.h>

#include "base/text.h"
#include "engine/view.h"

struct witness_mark witness_mark(const struct incident *incident)
{
    return (struct witness_mark){
        .version = incident->version,
        .walk = incident->walk,
        .acknowledge_due_at = incident->handling->acknowledge_due_at,
        .snooze_due_at = incident->handling->snooze_due_at,
        .promote_due_at = incident->promote_due_at,
    };
}

bool witness_mark_holds(const struct witness_mark *mark, const struct incident *incident)
{
    struct witness_mark now = witness_mark(incident);
    return now.version != mark->version ||
           (now.walk.step == mark->walk.step && now.walk.round == mark->walk.round &&
            now.walk.due_at == mark->walk.due_at &&
            now.acknowledge_due_at == mark->acknowledge_due_at &&
            now.snooze_due_at == mark->snooze_due_at && now.promote_due_at == mark->promote_due_at);
}

static bool is_named(const char *event, const char *const *names)
{
    if (names == NULL)
        return true;
    for (const char *const *name = names; *name != NULL; name++) {
        if (string_is(event, *name))
            return true;
    }
    return false;
}

bool witness_has_entry(const struct effects *effects, uint64_t number, const char *const *names)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_ENTRY && effect->entry->incident == number &&
            is_named(effect->entry->event, names))
            return true;
    }
    return false;
}

bool witness_has_revoked(const struct effects *effects, uint64_t number)
{
    for (size_t i = 0; i < effects->count; i++) {
        if (effects->list[i].kind == EFFECT_REVOKE_TOKENS && effects->list[i].number == number)
            return true;
    }
    return false;
}

/* Is its person off call by now, and somebody else asked instead? */
static bool is_excused(const struct engine *engine, struct now now, const struct incident *incident,
                       const struct page *page)
{
    const struct person *person = view_person(engine, page->user);
    bool is_off = person_is_resting(person, now.wall_at) || person_is_paused(person, now.wall_at);
    bool is_other = false;
    for (const struct page *other = incident->pages; other != NULL; other = other->older)
        is_other |= page_is_alarm(other->kind) && !string_is(other->user, page->user);
    return is_off && is_other;
}

bool witness_gives_up(const struct engine *engine, struct now now, const struct page *page)
{
    const struct incident *incident = view_incident(engine, page->incident);
    return page_is_alarm(page->kind) && page->state == PAGE_UNKNOWN && incident != NULL &&
           incident->state == INCIDENT_TRIGGERED &&
           policy_find_user(view_policy(engine), page->user) != NULL &&
           !is_excused(engine, now, incident, page);
}

bool witness_joins_overflow(const struct policy *policy, const struct alert *alert,
                            const struct incident *incident)
{
    const struct source_rule *rule = policy_source(policy, alert->integration);
    bool is_limited = rule->rate_max > 0 || rule->open_max > 0;
    bool keeps_severity =
        policy->route_count == 0 && rule->mapping_count == 0 && !rule->has_default_severity;
    return is_limited && incident->state != INCIDENT_RESOLVED &&
           string_is(incident->integration, alert->integration) &&
           strncmp(incident->dedup_key, "pagerd/overflow/", 16) == 0 &&
           (!keeps_severity || incident->severity <= alert->severity);
}
