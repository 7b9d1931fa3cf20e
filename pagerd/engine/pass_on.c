/* SPDX-License-Identifier: MIT */
#include "engine/pass_on.h"

#include <inttypes.h>

#include "base/text.h"
#include "engine/answer.h"
#include "engine/canary.h"
#include "engine/crowd.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/incident.h"
#include "engine/page.h"
#include "engine/run.h"

static const char *reason_of(const struct event *event)
{
    return event->text != NULL ? event->text : "";
}

static void move_on(struct work *work, struct incident *incident, const struct user *actor)
{
    bool was_snoozed = incident->state == INCIDENT_SNOOZED;
    if (incident->state == INCIDENT_SUPPRESSED)
        (void)set_name(&incident->reason, "");
    (void)incident_apply(work->engine, incident, CAUSE_PASS_ON);
    incident_handle(incident)->is_hold_waived = true;
    if (was_snoozed) {
        (void)set_name(&incident_handle(incident)->snoozed_by, "");
        incident_handle(incident)->snoozed_until_at = 0;
        incident_handle(incident)->snooze_due_at = MSEC_NEVER;
        incident_arm_promotion(work, incident);
    }
    run_stop(work, incident, actor->id);
    page_cancel(work, incident, actor->id);
}

static struct target target_of(const struct event *event)
{
    if (event->user != NULL)
        return (struct target){.kind = TARGET_USER, .name = event->user};
    return event->target;
}

static bool target_is_known(const struct work *work, const struct target *target,
                            struct answer *answer)
{
    switch (target->kind) {
    case TARGET_ROLE:
    case TARGET_EVERYONE:
        return true;
    case TARGET_TEAM:
        if (team_find(work->engine, target->name) != NULL)
            return true;
        return answer_set(answer, ANSWER_NOT_FOUND, "no team \"%s\"", target->name);
    case TARGET_USER:
        if (policy_find_user(work->policy, target->name) != NULL)
            return true;
        return answer_set(answer, ANSWER_NOT_FOUND, "no user \"%s\"", target->name);
    case TARGET_COUNT:
        break;
    }
    return answer_set(answer, ANSWER_INVALID, "to whom?");
}

/* Everybody whom the target means, with a contact, without who hands it on when others are. */
static void asked_add(const struct work *work, const struct incident *incident,
                      const struct target *target, const struct user *actor, struct crowd *asked)
{
    struct crowd all = {0};
    if (target->kind == TARGET_USER) /* asked by name: also when resting */
        (void)crowd_add(&all, policy_find_user(work->policy, target->name));
    else
        crowd_add_target(&all, work->engine, team_of(work->engine, incident), target,
                         work->now.wall_at);
    for (size_t i = 0; i < all.count; i++) {
        if (all.users[i]->contact_count > 0 && (all.users[i] != actor || all.count == 1))
            (void)crowd_add(asked, all.users[i]);
    }
}

/* From now the walk goes on after the wait of where it stands; from step 0 when it was held. */
static void walk_on(struct work *work, struct incident *incident)
{
    if (incident->walk.due_at == MSEC_NEVER) {
        escalation_defer(work, incident);
        return;
    }
    const struct team *team = team_of(work->engine, incident);
    incident->walk.due_at = work->now.steady_at + escalation_wait(team, incident->walk.step);
    incident->step_entered_at = work->now.steady_at;
    incident_schedule(work->engine, incident);
}

static void ask(struct work *work, struct incident *incident, const struct crowd *asked,
                const char *reason)
{
    walk_on(work, incident);
    for (size_t i = 0; i < asked->count; i++)
        (void)run_start(work, incident, asked->users[i], PAGE_BY_HAND, reason);
    (void)set_name(&incident_handle(incident)->reassigned_to, asked->users[0]->id);
    save_incident(work, incident);
}

void pass_on_escalate(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct incident *incident = actor != NULL ? incident_of_event(work, event, answer) : NULL;
    if (incident == NULL)
        return;
    move_on(work, incident, actor);
    const struct team *team = team_of(work->engine, incident);
    entry_add(work, incident->number, ENTRY_ESCALATED, actor->id, "passed on by hand%s%s",
              reason_of(event)[0] != '\0' ? ": " : "", reason_of(event));
    struct escalation_cause cause = {
        .kind = PAGE_BY_HAND,
        .text = reason_of(event),
        .except = actor,
    };
    escalation_advance(work, incident, &cause);
    answer->kind = ANSWER_DONE;
    answer->at = work->now.wall_at + escalation_wait(team, incident->walk.step);
}

void pass_on_reassign(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct incident *incident = actor != NULL ? incident_of_event(work, event, answer) : NULL;
    struct target target = target_of(event);
    if (incident == NULL || !target_is_known(work, &target, answer))
        return;
    if (canary_refuses(incident, answer))
        return;
    struct crowd asked = {0};
    asked_add(work, incident, &target, actor, &asked);
    if (asked.count == 0) {
        (void)answer_set(answer, ANSWER_INVALID, "nobody there can be paged");
        return;
    }
    move_on(work, incident, actor);
    CLEANUP(text_clear) struct text words = {0};
    crowd_add_words(&words, &target);
    entry_add(work, incident->number, ENTRY_REASSIGNED, actor->id, "asks who is %s: %s%s%s",
              text_string(&words), asked.users[0]->id, reason_of(event)[0] != '\0' ? ": " : "",
              reason_of(event));
    if (target.kind == TARGET_TEAM) {
        (void)set_name(&incident->team, target.name);
        struct escalation_cause cause = {
            .kind = PAGE_BY_HAND,
            .text = reason_of(event),
            .except = actor,
        };
        (void)set_name(&incident_handle(incident)->reassigned_to, asked.users[0]->id);
        incident_fit_ack(work, incident);
        escalation_start(work, incident, &cause);
    } else {
        ask(work, incident, &asked, reason_of(event));
    }
    answer->kind = ANSWER_DONE;
    answer->user = incident->handling->reassigned_to;
    answer->at =
        work->now.wall_at + escalation_wait(team_of(work->engine, incident), incident->walk.step);
}
