/* SPDX-License-Identifier: MIT */
#include "scenarios/witness_canary.h"

#include <inttypes.h>

#include "base/text.h"
#include "engine/canary.h"

#define OVERDUE_MS SECOND_MS

static bool wrong(struct fault *fault, const struct incident *incident, const char *what)
{
    return fault_set(fault, FAULT_CONFLICT, "witness: the canary #%" PRIu64 " %s", incident->number,
                     what);
}

/* What is done about it, and what came of it. */
static bool incident_is_good(const struct incident *incident, const struct event *event,
                             const struct answer *answer, struct fault *fault)
{
    bool is_held = incident->state == INCIDENT_SUPPRESSED;
    bool is_of_others = incident->alert_count > 1 || incident->handling->merged_into != 0;
    if (is_held || is_of_others || incident->group_key != NULL)
        return wrong(fault, incident, is_held ? "is held back" : "is one with others");
    if (incident->alerts != NULL && incident->alerts->is_flapping)
        return wrong(fault, incident, "flaps");
    bool is_deed = (event->kind == EVENT_ACKNOWLEDGE || event->kind == EVENT_RESOLVE) &&
                   answer->kind == ANSWER_DONE && answer->incident == incident->number;
    bool is_answered = incident->state == INCIDENT_RESOLVED && canary_is_answered(incident);
    return !is_answered || is_deed || incident->handling->resolved_at == 0 ||
           wrong(fault, incident, "is said to be answered, and nobody did");
}

/* It wakes nobody: no rest is counted from it. */
static bool person_is_good(const struct engine *engine, const struct person *person,
                           struct fault *fault)
{
    for (size_t i = 0; i < person->disturbance_count; i++) {
        const struct incident *incident = view_incident(engine, person->disturbances[i].incident);
        if (incident != NULL && canary_is(incident))
            return fault_set(fault, FAULT_CONFLICT, "witness: a canary has disturbed %s",
                             person->user);
    }
    return true;
}

/* It may have been told a while ago, and is not again so soon. */
static bool has_notice(const struct engine *engine, const char *text)
{
    size_t cursor = 0;
    const struct page *page = NULL;
    while ((page = view_each_page(engine, &cursor)) != NULL) {
        if (page->kind == PAGE_NOTICE && string_is(page->text, text))
            return true;
    }
    return false;
}

/* 17: pagerd's own word reaches whom it is for, or the admins. */
static bool notice_is_told(const struct engine *engine, const struct event *event,
                           struct fault *fault)
{
    const struct policy *policy = view_policy(engine);
    if (event->kind != EVENT_NOTICE || policy == NULL)
        return true;
    for (size_t i = 0; i < policy->user_count; i++) {
        if (policy->users[i].is_admin && policy->users[i].contact_count > 0 &&
            !has_notice(engine, event->text))
            return fault_set(fault, FAULT_CONFLICT, "witness: nobody is told \"%s\"", event->text);
    }
    return true;
}

bool witness_canary(const struct engine *engine, const struct event *event,
                    const struct answer *answer, const struct effects *effects, struct fault *fault)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->list[i];
        if (effect->kind == EFFECT_SAVE_INCIDENT && canary_is(effect->incident) &&
            !incident_is_good(effect->incident, event, answer, fault))
            return false;
        if (effect->kind == EFFECT_SAVE_PERSON && !person_is_good(engine, effect->person, fault))
            return false;
    }
    return notice_is_told(engine, event, fault);
}

bool witness_canary_ends(const struct incident *incident, struct now now, msec known_at,
                         bool is_starting, struct fault *fault)
{
    return !canary_is(incident) || is_starting ||
           now.steady_at - known_at <= CANARY_MS + OVERDUE_MS ||
           wrong(fault, incident, "is not over after its time");
}

bool witness_canary_page(const struct incident *incident, const struct page *page,
                         struct fault *fault)
{
    if (incident == NULL || !canary_is(incident))
        return true;
    if (!page_is_alarm(page->kind))
        return wrong(fault, incident, "sends news");
    return string_is(incident->labels[0].value, page->user) ||
           wrong(fault, incident, "pages somebody else");
}
