/* SPDX-License-Identifier: MIT */
#include "engine/settings.h"

#include "base/text.h"
#include "engine/answer.h"
#include "engine/code.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/handoff.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/leave.h"
#include "engine/maintenance.h"
#include "engine/mute.h"
#include "engine/run.h"
#include "engine/stretch.h"

static void teams_rebuild(struct engine *engine)
{
    map_free(engine->teams);
    engine->teams = map_new();
    for (size_t i = 0; i < engine->policy->team_count; i++) {
        const struct team *team = &engine->policy->teams[i];
        map_put(engine->teams, span_of(team->id), (void *)(uintptr_t)team);
    }
}

static void rotas_rebuild(struct engine *engine)
{
    for (size_t i = 0; i <= ROLE_COUNT; i++) {
        map_free(engine->rotas[i]);
        engine->rotas[i] = map_new();
    }
    for (size_t i = 0; i < engine->roster->rota_count; i++) {
        const struct rota *rota = &engine->roster->rotas[i];
        size_t layer = rota_layer(rota->layer);
        if (layer <= ROLE_COUNT)
            map_put(engine->rotas[layer], span_of(rota->calendar), (void *)(uintptr_t)rota);
    }
}

/* Ends the runs of people who are gone. Returns whether there were any. */
static bool runs_drop_gone(struct work *work, const struct incident *incident)
{
    bool is_any = false;
    for (size_t i = 0; i < incident->paged_count; i++) {
        const char *user = incident->paged[i];
        if (policy_find_user(work->policy, user) != NULL ||
            run_find(person_find(work->engine, user), incident->number) == NULL)
            continue;
        run_stop(work, incident, user);
        is_any = true;
    }
    return is_any;
}

static void incident_refit(struct work *work, struct incident *incident)
{
    if (!incident_is_open(incident))
        return;
    bool is_waiting = incident_is_waiting(incident);
    if (team_find(work->engine, incident->team) == NULL) {
        const char *team = work->policy->teams[0].id;
        entry_add(work, incident->number, ENTRY_POLICY, NULL,
                  "team %s is gone from the configuration: %s has it", incident->team, team);
        (void)set_name(&incident->team, team);
        save_incident(work, incident);
        if (is_waiting) {
            incident_fit_ack(work, incident);
            escalation_start(work, incident, NULL);
            return;
        }
    }
    const struct team *team = team_of(work->engine, incident);
    bool is_last = incident->walk.laps > 0 || incident->walk.step > team->step_count;
    if (is_last && incident->walk.step != team->step_count) {
        incident->walk.step = (uint16_t)team->step_count;
        save_incident(work, incident);
    }
    if (incident->state == INCIDENT_ACKNOWLEDGED &&
        policy_find_user(work->policy, incident->handling->acknowledged_by) == NULL) {
        entry_add(work, incident->number, ENTRY_POLICY, NULL,
                  "%s, who had it, is gone from the configuration",
                  incident->handling->acknowledged_by);
        incident_trigger_again(work, incident, CAUSE_OWNER_GONE);
        return;
    }
    if (mute_holds(incident)) {
        mute_refit(work, incident);
        return;
    }
    if (hold_has(incident)) {
        hold_refit(work, incident);
        return;
    }
    if (incident->state == INCIDENT_SUPPRESSED &&
        !severity_is_silent(&work->policy->severities[incident->severity])) {
        entry_add(work, incident->number, ENTRY_POLICY, NULL, "severity %s pages now",
                  severity_name(incident->severity));
        incident_trigger_again(work, incident, CAUSE_WORSEN);
        return;
    }
    incident_fit_ack(work, incident);
    if (is_waiting && runs_drop_gone(work, incident)) {
        entry_add(work, incident->number, ENTRY_POLICY, NULL,
                  "somebody who was paged is gone from the configuration: paged anew");
        escalation_again(work, incident);
    }
}

/* Who has a new number may be paged by it from now on. */
static void runs_refit(struct work *work)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL)
        for (size_t i = 0; incident_is_waiting(incident) && i < incident->paged_count; i++)
            run_refit(work, incident, incident->paged[i]);
}

void settings_policy(struct work *work, const struct event *event, struct answer *answer)
{
    if (event->policy == NULL || event->policy->team_count == 0) {
        (void)answer_set(answer, ANSWER_INVALID, "a policy has at least one team");
        return;
    }
    bool is_first = work->engine->policy == NULL;
    work->engine->policy = event->policy;
    work->engine->language = event->language;
    work->policy = event->policy;
    teams_rebuild(work->engine);
    answer->kind = ANSWER_DONE;
    if (is_first)
        return;
    entry_add(work, 0, ENTRY_POLICY, event->actor, "new configuration%s%s",
              event->text != NULL ? ": " : "", event->text != NULL ? event->text : "");
    runs_refit(work);
    settings_refit(work);
    work->engine->is_cover_in_doubt = true;
    maintenance_plan(work);
    handoffs_plan(work);
    codes_plan(work);
}

void settings_roster(struct work *work, const struct event *event, struct answer *answer)
{
    if (event->roster == NULL) {
        (void)answer_set(answer, ANSWER_INVALID, "no roster");
        return;
    }
    const struct roster *old = work->engine->roster;
    work->engine->roster = event->roster;
    rotas_rebuild(work->engine);
    stretches_rebuild(work->engine);
    leave_roster(work, old);
    work->engine->is_cover_in_doubt = true;
    maintenance_plan(work);
    handoffs_plan(work);
    answer->kind = ANSWER_DONE;
}

void settings_refit(struct work *work)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL)
        incident_refit(work, incident);
}
