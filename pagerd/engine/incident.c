/* SPDX-License-Identifier: MIT */
#include "engine/incident.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/alert.h"
#include "engine/answer.h"
#include "engine/awake.h"
#include "engine/canary.h"
#include "engine/dedup.h"
#include "engine/duty.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/gather.h"
#include "engine/group.h"
#include "engine/happened.h"
#include "engine/hold.h"
#include "engine/ledger.h"
#include "engine/limit.h"
#include "engine/mute.h"
#include "engine/page.h"
#include "engine/recovery.h"
#include "engine/run.h"
#include "engine/words.h"
#include "engine/worsen.h"

/* Every legal move. What is not listed is refused: see incident_apply(). */
static const struct move {
    enum incident_state from;
    enum incident_cause on;
    enum incident_state to;
} moves[] = {
    {INCIDENT_TRIGGERED, CAUSE_ACKNOWLEDGE, INCIDENT_ACKNOWLEDGED},
    {INCIDENT_TRIGGERED, CAUSE_SNOOZE, INCIDENT_SNOOZED},
    {INCIDENT_TRIGGERED, CAUSE_PASS_ON, INCIDENT_TRIGGERED},
    {INCIDENT_TRIGGERED, CAUSE_WORSEN, INCIDENT_TRIGGERED},
    {INCIDENT_TRIGGERED, CAUSE_HOLD, INCIDENT_SUPPRESSED},
    {INCIDENT_TRIGGERED, CAUSE_RESOLVE, INCIDENT_RESOLVED},
    {INCIDENT_TRIGGERED, CAUSE_MERGE, INCIDENT_RESOLVED},

    {INCIDENT_ACKNOWLEDGED, CAUSE_ACKNOWLEDGE, INCIDENT_ACKNOWLEDGED}, /* taken over, renewed */
    {INCIDENT_ACKNOWLEDGED, CAUSE_FORGOTTEN, INCIDENT_TRIGGERED},
    {INCIDENT_ACKNOWLEDGED, CAUSE_UNACKNOWLEDGE, INCIDENT_TRIGGERED},
    {INCIDENT_ACKNOWLEDGED, CAUSE_OWNER_GONE, INCIDENT_TRIGGERED},
    {INCIDENT_ACKNOWLEDGED, CAUSE_SNOOZE, INCIDENT_SNOOZED},
    {INCIDENT_ACKNOWLEDGED, CAUSE_PASS_ON, INCIDENT_ACKNOWLEDGED}, /* stays its owner's */
    {INCIDENT_ACKNOWLEDGED, CAUSE_WORSEN, INCIDENT_TRIGGERED},
    {INCIDENT_ACKNOWLEDGED, CAUSE_RESOLVE, INCIDENT_RESOLVED},

    {INCIDENT_SNOOZED, CAUSE_ACKNOWLEDGE, INCIDENT_ACKNOWLEDGED},
    {INCIDENT_SNOOZED, CAUSE_SNOOZE, INCIDENT_SNOOZED}, /* another end */
    {INCIDENT_SNOOZED, CAUSE_WAKE, INCIDENT_TRIGGERED},
    {INCIDENT_SNOOZED, CAUSE_PASS_ON, INCIDENT_TRIGGERED},
    {INCIDENT_SNOOZED, CAUSE_WORSEN, INCIDENT_TRIGGERED},
    {INCIDENT_SNOOZED, CAUSE_RESOLVE, INCIDENT_RESOLVED},

    {INCIDENT_SUPPRESSED, CAUSE_ACKNOWLEDGE, INCIDENT_ACKNOWLEDGED},
    {INCIDENT_SUPPRESSED, CAUSE_PASS_ON, INCIDENT_TRIGGERED},
    {INCIDENT_SUPPRESSED, CAUSE_WORSEN, INCIDENT_TRIGGERED},
    {INCIDENT_SUPPRESSED, CAUSE_RELEASE, INCIDENT_TRIGGERED},
    {INCIDENT_SUPPRESSED, CAUSE_RESOLVE, INCIDENT_RESOLVED},
};

/* Nobody is asked any more: runs and what is not out yet end. */
static void stop_paging(struct work *work, struct incident *incident)
{
    escalation_hold(incident);
    run_stop(work, incident, NULL);
    page_cancel(work, incident, NULL);
}

static void forget_ack(struct incident *incident)
{
    if (!incident_has_handling(incident))
        return;
    (void)set_name(&incident_handle(incident)->acknowledged_by, "");
    (void)set_name(&incident_handle(incident)->acknowledged_via, "");
    incident_handle(incident)->acknowledged_at = 0;
    incident_handle(incident)->acknowledge_due_at = MSEC_NEVER;
}

static void forget_snooze(struct incident *incident)
{
    if (!incident_has_handling(incident))
        return;
    (void)set_name(&incident_handle(incident)->snoozed_by, "");
    incident_handle(incident)->snoozed_until_at = 0;
    incident_handle(incident)->snooze_due_at = MSEC_NEVER;
}

/* Everybody's part is over; `awake` is the one who had it, or NULL. */
static void end_parts(struct work *work, const struct incident *incident, const char *awake)
{
    bool is_listed_too = false;
    for (size_t i = 0; i < incident->paged_count; i++) {
        bool is_awake = string_is(incident->paged[i], awake);
        is_listed_too = is_listed_too || is_awake;
        recovery_part_ended(work, incident->paged[i], incident, is_awake);
    }
    if (awake != NULL && awake[0] != '\0' && !is_listed_too)
        recovery_part_ended(work, awake, incident, true);
}

/* `late_ms`: it was said so long after now, by an engine that is told of it before time passes. */
static void renew_ack(struct work *work, struct incident *incident, msec late_ms)
{
    const struct team *team = team_of(work->engine, incident);
    incident_handle(incident)->acknowledge_due_at = MSEC_NEVER;
    if (team->ack_timeout_ms != MSEC_NEVER)
        incident_handle(incident)->acknowledge_due_at =
            work->now.steady_at + late_ms + team->ack_timeout_ms;
}

/* "acked 30m ago" */
static void add_ack_age(struct text *text, const struct work *work, const struct incident *incident)
{
    text_add(text, "acked ");
    words_add_duration(text, work->now.wall_at > incident->handling->acknowledged_at
                                 ? work->now.wall_at - incident->handling->acknowledged_at
                                 : 0);
    text_add(text, " ago");
}

/* Of a severity that pages nobody, and nobody has asked anybody by hand. */
static bool never_paged(const struct work *work, const struct incident *incident)
{
    return incident->paged_count == 0 &&
           severity_is_silent(&work->policy->severities[incident->severity]);
}

/* Can that person be asked first, or is it better to go to the steps at once? */
static bool is_there(const struct work *work, const struct user *user)
{
    return user != NULL && user->contact_count > 0 &&
           !duty_is_out(work->engine, user, work->now.wall_at);
}

static void ack_timeout(struct work *work, struct incident *incident)
{
    CLEANUP(text_clear) struct text text = {0};
    add_ack_age(&text, work, incident);
    const struct user *owner = policy_find_user(work->policy, incident->handling->acknowledged_by);
    entry_add(work, incident->number, ENTRY_ACK_TIMEOUT, NULL, "%s by %s and no news since",
              text_string(&text), incident->handling->acknowledged_by);
    if (!incident_apply(work->engine, incident, CAUSE_FORGOTTEN))
        return;
    forget_ack(incident);
    incident_arm_promotion(work, incident);
    if (never_paged(work, incident)) {
        incident_suppress(work, incident);
        return;
    }
    if (mute_hold(work, incident))
        return;
    struct crowd crowd = {.users = {owner}, .count = 1};
    if (!is_there(work, owner)) {
        escalation_start(work, incident, NULL);
        return;
    }
    if (hold_crowd(work, incident, &crowd, NULL))
        return;
    escalation_defer(work, incident);
    (void)run_start(work, incident, owner, PAGE_STILL, text_string(&text));
}

static void wake(struct work *work, struct incident *incident)
{
    const struct user *snoozer = policy_find_user(work->policy, incident->handling->snoozed_by);
    if (!incident_apply(work->engine, incident, CAUSE_WAKE))
        return;
    forget_snooze(incident);
    incident_arm_promotion(work, incident);
    if (mute_hold(work, incident))
        return;
    struct escalation_cause cause = {
        .kind = PAGE_KIND_COUNT,
        .text = "",
        .woken = is_there(work, snoozer) ? snoozer : NULL,
    };
    escalation_start(work, incident, &cause);
}

static void promote(struct work *work, struct incident *incident)
{
    enum severity before = incident->severity;
    incident->promote_due_at = MSEC_NEVER;
    entry_add(work, incident->number, ENTRY_PROMOTED, NULL,
              "nobody has acked this %s: it is critical now", severity_name(before));
    incident->severity = SEVERITY_CRITICAL;
    incident_trigger_again(work, incident, CAUSE_WORSEN);
    if (incident->state == INCIDENT_SUPPRESSED)
        return; /* a silence has it now */
    CLEANUP(text_clear) struct text why = {0};
    text_addf(&why, "nobody has acked this %s", severity_name(before));
    (void)set_name(&incident->reason, text_string(&why));
}

static void ack_now(struct work *work, struct incident *incident, const struct user *actor,
                    const struct event *event)
{
    const char *via = event->via;
    CLEANUP(text_clear) struct text before = {0};
    bool is_other = incident->state == INCIDENT_ACKNOWLEDGED;
    if (is_other)
        text_add(&before, incident->handling->acknowledged_by);
    if (!incident_apply(work->engine, incident, CAUSE_ACKNOWLEDGE))
        return;
    stop_paging(work, incident);
    forget_snooze(incident);
    incident_handle(incident)->acknowledged_at = work->now.wall_at;
    (void)set_name(&incident->reason, "");
    (void)set_name(&incident_handle(incident)->acknowledged_by, actor->id);
    (void)set_name(&incident_handle(incident)->acknowledged_via, via != NULL ? via : "");
    (void)set_name(&incident_handle(incident)->reassigned_to, "");
    incident_handle(incident)->is_hold_waived = false;
    incident_handle(incident)->hold_from_at = 0;
    incident->promote_due_at = MSEC_NEVER;
    incident->told_count = incident->alert_count;
    incident_handle(incident)->grown_at = 0;
    renew_ack(work, incident, event->for_ms);
    entry_add(work, incident->number, ENTRY_ACKNOWLEDGED, actor->id, "%s has it%s%s%s%s", actor->id,
              via != NULL ? ", by " : "", via != NULL ? via : "",
              is_other ? ", taken over from " : "", is_other ? text_string(&before) : "");
    page_good_news(work, incident, PAGE_ACKED, actor->id);
    recovery_acked(work, actor, incident);
    awake_acked(work, actor, incident);
    for (size_t i = 0; i < incident->paged_count; i++) {
        if (!string_is(incident->paged[i], actor->id))
            recovery_part_ended(work, incident->paged[i], incident,
                                string_is(incident->paged[i], text_string(&before)));
    }
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
    canary_end(work, incident, "it was acked");
}

static bool snooze_is_valid(const struct work *work, const struct event *event,
                            struct answer *answer)
{
    if (event->for_ms > 0 && event->for_ms <= INCIDENT_SNOOZE_MAX_MS)
        return true;
    if (event->for_ms == 0 && event->until_at > work->now.wall_at &&
        event->until_at - work->now.wall_at <= INCIDENT_SNOOZE_MAX_MS)
        return true;
    return answer_set(answer, ANSWER_INVALID, "a snooze ends within the next year");
}

bool incident_apply(struct engine *engine, struct incident *incident, enum incident_cause cause)
{
    for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
        if (moves[i].from != incident->state || moves[i].on != cause)
            continue;
        assert(engine->counts.open[incident->state] > 0);
        bool was_open = incident_is_open(incident);
        engine->counts.open[incident->state]--;
        if (incident->state == INCIDENT_SUPPRESSED)
            incident_handle(incident)->hold_until_at = 0;
        incident->state = moves[i].to;
        engine->counts.open[incident->state]++;
        if (was_open != incident_is_open(incident))
            limit_count(engine, incident->integration, was_open ? -1 : 1);
        return true;
    }
    return false;
}

bool incident_is_waiting(const struct incident *incident)
{
    return incident->state == INCIDENT_TRIGGERED ||
           (incident->state == INCIDENT_ACKNOWLEDGED && incident->walk.due_at != MSEC_NEVER);
}

bool incident_is_open(const struct incident *incident)
{
    return incident->state != INCIDENT_RESOLVED;
}

struct incident *incident_of_event(struct work *work, const struct event *event,
                                   struct answer *answer)
{
    struct incident *incident = NULL;
    if (event->incident == 0 && event->alert != NULL)
        incident = dedup_find(work->engine, event->alert);
    else
        incident = incident_find(work->engine, event->incident);
    if (incident == NULL) {
        (void)answer_set(answer, ANSWER_NOT_FOUND, "no such incident");
        return NULL;
    }
    answer->incident = incident->number;
    if (incident_is_open(incident))
        return incident;
    (void)answer_set(answer, ANSWER_CLOSED, "#%" PRIu64 " is resolved", incident->number);
    answer->user = incident->handling->resolved_by;
    answer->at = incident->handling->resolved_at;
    return NULL;
}

void incident_acknowledge(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct incident *incident = actor != NULL ? incident_of_event(work, event, answer) : NULL;
    if (incident == NULL)
        return;
    bool is_acked = incident->state == INCIDENT_ACKNOWLEDGED;
    bool is_own = is_acked && string_is(incident->handling->acknowledged_by, actor->id);
    bool is_passed_on = is_acked && incident->walk.due_at != MSEC_NEVER;
    answer->kind = ANSWER_DONE;
    if (is_own) {
        stop_paging(work, incident);
        if (is_passed_on)
            page_good_news(work, incident, PAGE_ACKED, actor->id);
        renew_ack(work, incident, event->for_ms);
        (void)set_name(&incident_handle(incident)->reassigned_to, "");
        incident_schedule(work->engine, incident);
        save_incident(work, incident);
        entry_add(work, incident->number, ENTRY_ACKNOWLEDGED, actor->id, "%s keeps it", actor->id);
        answer->kind = ANSWER_ALREADY;
    } else if (is_acked && !is_passed_on && !event->is_take) {
        (void)answer_set(answer, ANSWER_CONFLICT, "#%" PRIu64 " was acked by %s", incident->number,
                         incident->handling->acknowledged_by);
    } else {
        ack_now(work, incident, actor, event);
    }
    answer->user = incident->handling->acknowledged_by;
    answer->at = incident->handling->acknowledged_at;
}

void incident_unacknowledge(struct work *work, const struct event *event, struct answer *answer)
{
    /* Taken back at the source, by whomever: to page again needs no name. */
    bool is_by_source = event->alert != NULL;
    const struct user *actor = is_by_source ? NULL : answer_actor(work, event, answer);
    struct incident *incident =
        is_by_source || actor != NULL ? incident_of_event(work, event, answer) : NULL;
    if (incident == NULL)
        return;
    if (incident->state != INCIDENT_ACKNOWLEDGED) {
        answer->kind = ANSWER_ALREADY;
        return;
    }
    bool was_paged = is_by_source;
    for (size_t i = 0; i < incident->paged_count && !was_paged; i++)
        was_paged = string_is(incident->paged[i], actor->id);
    if (!was_paged && !string_is(incident->handling->acknowledged_by, actor->id)) {
        (void)answer_set(answer, ANSWER_REFUSED, "only %s or who was paged can undo that ack",
                         incident->handling->acknowledged_by);
        return;
    }
    entry_add(work, incident->number, ENTRY_UNACKNOWLEDGED,
              is_by_source ? event->alert->integration : actor->id, "the ack of %s is undone",
              incident->handling->acknowledged_by);
    incident_trigger_again(work, incident, CAUSE_UNACKNOWLEDGE);
    answer->kind = ANSWER_DONE;
}

void incident_close(struct work *work, struct incident *incident, const char *user,
                    const char *actor, const char *note)
{
    bool was_acked = incident->handling->acknowledged_by[0] != '\0';
    CLEANUP(text_clear) struct text owner = {0};
    text_add(&owner, incident->handling->acknowledged_by);
    if (!incident_apply(work->engine, incident, CAUSE_RESOLVE))
        return;
    stop_paging(work, incident);
    forget_snooze(incident);
    /* From here on the same timer stands in the heap of those that leave memory. */
    heap_remove(&work->engine->timers[TIMER_SNOOZE], &incident_handle(incident)->wall_timer);
    incident_handle(incident)->acknowledge_due_at = MSEC_NEVER;
    incident->promote_due_at = MSEC_NEVER;
    incident_handle(incident)->grow_due_at = MSEC_NEVER;
    incident_handle(incident)->resolved_at = work->now.wall_at;
    incident_handle(incident)->ended_at = work->now.steady_at;
    (void)set_name(&incident_handle(incident)->resolved_by, user);
    if (note != NULL && note[0] != '\0')
        (void)set_words(&incident_handle(incident)->remedy, note);
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
    revoke_tokens(work, incident->number);
    CLEANUP(text_clear) struct text after = {0};
    words_add_duration(&after, work->now.wall_at > incident->opened_at
                                   ? work->now.wall_at - incident->opened_at
                                   : 0);
    bool has_note = note != NULL && note[0] != '\0';
    entry_add(work, incident->number, ENTRY_RESOLVED, actor, "resolved %s after %s%s%s",
              user != NULL ? "by hand" : "by its source", text_string(&after), has_note ? ": " : "",
              has_note ? note : "");
    enum page_kind kind = user != NULL || was_acked ? PAGE_RESOLVED : PAGE_CLEARED;
    page_good_news(work, incident, kind, user);
    end_parts(work, incident, was_acked ? text_string(&owner) : user);
    happened_ended(work, incident);
}

void incident_resolve(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct incident *incident = actor != NULL ? incident_of_event(work, event, answer) : NULL;
    if (incident == NULL)
        return;
    incident_close(work, incident, actor->id, actor->id, event->text);
    answer->kind = ANSWER_DONE;
    answer->user = incident->handling->resolved_by;
    answer->at = incident->handling->resolved_at;
}

void incident_snooze(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct incident *incident = actor != NULL ? incident_of_event(work, event, answer) : NULL;
    if (incident == NULL || !snooze_is_valid(work, event, answer) ||
        canary_refuses(incident, answer))
        return;
    CLEANUP(text_clear) struct text owner = {0};
    text_add(&owner, incident->handling->acknowledged_by);
    if (!incident_apply(work->engine, incident, CAUSE_SNOOZE)) {
        (void)answer_set(answer, ANSWER_INVALID, "#%" PRIu64 " pages nobody: nothing to snooze",
                         incident->number);
        return;
    }
    stop_paging(work, incident);
    forget_ack(incident);
    incident->promote_due_at = MSEC_NEVER;
    (void)set_name(&incident_handle(incident)->snoozed_by, actor->id);
    bool is_for = event->for_ms > 0;
    incident_handle(incident)->snoozed_until_at =
        is_for ? work->now.wall_at + event->for_ms : event->until_at;
    incident_handle(incident)->snooze_due_at =
        is_for ? work->now.steady_at + event->for_ms : MSEC_NEVER;
    incident_schedule(work->engine, incident);
    save_incident(work, incident);

    CLEANUP(text_clear) struct text until = {0};
    const struct team *team = team_of(work->engine, incident);
    words_add_time(&until, team->zone != NULL ? team->zone : work->policy->zone,
                   incident->handling->snoozed_until_at);
    entry_add(work, incident->number, ENTRY_SNOOZED, actor->id, "snoozed until %s",
              text_string(&until));
    end_parts(work, incident, owner.size > 0 ? text_string(&owner) : actor->id);
    answer->kind = ANSWER_DONE;
    answer->at = incident->handling->snoozed_until_at;
}

void incident_unsnooze(struct work *work, const struct event *event, struct answer *answer)
{
    const struct user *actor = answer_actor(work, event, answer);
    struct incident *incident = actor != NULL ? incident_of_event(work, event, answer) : NULL;
    if (incident == NULL)
        return;
    if (incident->state != INCIDENT_SNOOZED) {
        answer->kind = ANSWER_ALREADY;
        return;
    }
    entry_add(work, incident->number, ENTRY_WOKEN, actor->id, "%s ended the snooze", actor->id);
    incident_trigger_again(work, incident, CAUSE_WAKE);
    answer->kind = ANSWER_DONE;
}

void incident_trigger_again(struct work *work, struct incident *incident, enum incident_cause cause)
{
    bool was_paging = incident->state == INCIDENT_TRIGGERED; /* asked by hand, maybe: it goes on */
    if (!incident_apply(work->engine, incident, cause))
        return;
    forget_ack(incident);
    forget_snooze(incident);
    (void)set_name(&incident->reason, "");
    incident_arm_promotion(work, incident);
    bool is_given_back = cause == CAUSE_UNACKNOWLEDGE || cause == CAUSE_OWNER_GONE;
    if (is_given_back && never_paged(work, incident))
        incident_suppress(work, incident);
    else if (was_paging || !mute_hold(work, incident))
        escalation_start(work, incident, NULL);
    if (cause == CAUSE_WORSEN)
        worsen_ask_on(work, incident);
}

void incident_suppress(struct work *work, struct incident *incident)
{
    work->engine->counts.open[incident->state]--;
    incident->state = INCIDENT_SUPPRESSED;
    work->engine->counts.open[INCIDENT_SUPPRESSED]++;
    if (incident_has_handling(incident))
        incident_handle(incident)->held_by = 0;
    CLEANUP(text_clear) struct text why = {0};
    text_addf(&why, "severity %s pages nobody (notify = \"none\")",
              severity_name(incident->severity));
    (void)set_name(&incident->reason, text_string(&why));
    entry_add(work, incident->number, ENTRY_SUPPRESSED, NULL, "%s", incident->reason);
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

void incident_arm_promotion(struct work *work, struct incident *incident)
{
    const struct severity_rule *rule = &work->policy->severities[incident->severity];
    incident->promote_due_at = MSEC_NEVER;
    if (rule->promote_ms != MSEC_NEVER && incident->severity != SEVERITY_CRITICAL)
        incident->promote_due_at = work->now.steady_at + rule->promote_ms;
}

void incident_fit_ack(struct work *work, struct incident *incident)
{
    if (incident->state != INCIDENT_ACKNOWLEDGED ||
        incident->handling->acknowledge_due_at != MSEC_NEVER)
        return;
    renew_ack(work, incident, 0);
    if (incident->handling->acknowledge_due_at == MSEC_NEVER)
        return;
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

void incident_due(struct work *work, struct incident *incident)
{
    msec now_at = work->now.steady_at;
    if (incident->save_due_at <= now_at)
        dedup_save(work, incident);
    if (incident->handling->snooze_due_at <= now_at) {
        entry_add(work, incident->number, ENTRY_WOKEN, NULL, "the snooze is over");
        wake(work, incident);
    }
    if (incident->handling->grow_due_at <= now_at)
        gather_due(work, incident);
    if (incident->handling->acknowledge_due_at <= now_at)
        ack_timeout(work, incident);
    if (incident->promote_due_at <= now_at)
        promote(work, incident);
    if (incident->walk.due_at <= now_at && incident_is_waiting(incident))
        escalation_due(work, incident);
    incident_schedule(work->engine, incident);
}

void incident_wall_due(struct work *work, struct incident *incident)
{
    if (incident->state == INCIDENT_SNOOZED &&
        incident->handling->snoozed_until_at <= work->now.wall_at) {
        entry_add(work, incident->number, ENTRY_WOKEN, NULL, "the snooze is over");
        wake(work, incident);
    }
    hold_due(work, incident);
    incident_schedule(work->engine, incident);
}

void incident_schedule(struct engine *engine, struct incident *incident)
{
    msec due_at = incident->save_due_at;
    const msec others[] = {incident->handling->snooze_due_at,
                           incident->handling->acknowledge_due_at, incident->promote_due_at,
                           incident->walk.due_at, incident->handling->grow_due_at};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (others[i] < due_at)
            due_at = others[i];
    }
    heap_put(&engine->timers[TIMER_INCIDENT], &incident->timer, due_at);
    if (incident->state == INCIDENT_RESOLVED) {
        msec keep_ms = engine->policy->reopen_ms > INCIDENT_KEEP_MS ? engine->policy->reopen_ms
                                                                    : INCIDENT_KEEP_MS;
        heap_put(&engine->timers[TIMER_DROP], &incident_handle(incident)->wall_timer,
                 incident->handling->resolved_at + keep_ms);
        return;
    }
    if (!incident_has_handling(incident))
        return;
    const struct handling *handling = incident->handling;
    bool is_until = incident->state == INCIDENT_SNOOZED && handling->snooze_due_at == MSEC_NEVER;
    msec until_at = is_until ? handling->snoozed_until_at : MSEC_NEVER;
    heap_put(&engine->timers[TIMER_SNOOZE], &incident_handle(incident)->wall_timer,
             hold_has(incident) ? handling->hold_until_at : until_at);
}

void incident_drop(struct engine *engine, struct incident *incident)
{
    while (incident->pages != NULL)
        page_drop(engine, incident->pages);
    heap_remove(&engine->timers[TIMER_INCIDENT], &incident->timer);
    heap_remove(&engine->timers[TIMER_DROP], &incident_handle(incident)->wall_timer);
    alerts_drop(engine, incident);
    group_forget(engine, incident);
    if (incident->number > engine->incident_floor)
        engine->incident_floor = incident->number;
    (void)numbered_remove(engine->incidents, incident->number);
    assert(engine->counts.open[incident->state] > 0);
    engine->counts.open[incident->state]--;
    ledger_drop(engine, incident);
    incident_free(incident);
}
