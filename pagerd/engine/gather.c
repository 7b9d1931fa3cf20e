/* SPDX-License-Identifier: MIT */
#include "engine/gather.h"

#include <assert.h>
#include <inttypes.h>

#include "engine/alert.h"
#include "engine/bundle.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/incident.h"
#include "engine/ledger.h"
#include "engine/mixed.h"
#include "engine/run.h"
#include "engine/sentence.h"
#include "engine/worsen.h"

bool gather_is_waiting(const struct incident *incident)
{
    return incident->state == INCIDENT_TRIGGERED && incident->walk.round == 0 &&
           incident->paged_count == 0 && !incident->is_recalled;
}

void gather_wait(struct work *work, struct incident *incident, msec due_at, const char *why)
{
    incident->walk = (struct escalation){.due_at = due_at};
    incident->step_entered_at = work->now.steady_at;
    entry_add(work, incident->number, ENTRY_GATHERING, NULL, "%s", why);
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

void gather_hurry(struct work *work)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(work->engine->incidents, &cursor)) != NULL) {
        if (gather_is_waiting(incident))
            escalation_start(work, incident, NULL);
    }
    cursor = 0;
    struct person *person = NULL;
    while ((person = map_each(work->engine->people, &cursor, NULL)) != NULL) {
        bundle_flush(work, person);
        bundle_due(work, person, policy_find_user(work->policy, person->user));
        run_schedule(work->engine, person);
    }
}

static void tell_joined(struct work *work, const struct incident *incident,
                        const struct alert_record *record)
{
    if (incident->alert_count <= ALERTS_TOLD_MAX)
        entry_add(work, incident->number, ENTRY_ALERT, record->integration,
                  "joined by %s: %s: %s, the %" PRIu32 ". of them", record->rule,
                  severity_name(record->severity), alert_name(incident, record),
                  incident->alert_count);
    else if (incident->alert_count == ALERTS_TOLD_MAX + 1)
        entry_add(work, incident->number, ENTRY_ALERT, NULL,
                  "more of them join; from here on they are listed among its alerts only");
}

void gather_hear(struct work *work, struct incident *incident, const struct alert *alert)
{
    struct match_subject said = match_subject_alert(alert);
    if (mixed_note(incident, &said))
        save_incident(work, incident);
}

struct alert_record *gather_join(struct work *work, struct incident *incident,
                                 const struct alert *alert, const char *rule)
{
    struct alert_record *record = alert_add(work, incident, alert);
    alert_explain(record, "%s", rule);
    save_alert(work, record);
    tell_joined(work, incident, record);
    incident->is_source_firing = true;
    gather_hear(work, incident, alert);
    if (alert_worst(incident) != incident->severity)
        incident_worsen(work, incident, alert_worst(incident));
    gather_grow(work, incident);
    return record;
}

/* Acked, and nobody else is being asked. */
static bool has_owner(const struct incident *incident)
{
    return incident->state == INCIDENT_ACKNOWLEDGED && !incident_is_waiting(incident);
}

void gather_grow(struct work *work, struct incident *incident)
{
    if (!has_owner(incident) || incident->handling->grow_due_at != MSEC_NEVER)
        return;
    msec due_at = work->now.steady_at + GATHER_MS;
    if (incident->handling->grown_at != 0 &&
        due_at < incident->handling->grown_at + GATHER_GROWN_MS)
        due_at = incident->handling->grown_at + GATHER_GROWN_MS;
    incident_handle(incident)->grow_due_at = due_at;
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

void gather_due(struct work *work, struct incident *incident)
{
    const struct user *owner = policy_find_user(work->policy, incident->handling->acknowledged_by);
    incident_handle(incident)->grow_due_at = MSEC_NEVER;
    save_incident(work, incident);
    if (!has_owner(incident) || owner == NULL || !incident->is_source_firing)
        return;
    CLEANUP(text_clear) struct text text = {0};
    if (incident->told_count > 0 && incident->told_count < incident->alert_count)
        sentence_say(&text, work->engine->language, SENTENCE_GROWN,
                     saying_count("count", incident->told_count));
    else
        sentence_put(&text, work->engine->language, SENTENCE_FIRES_AGAIN);
    incident_handle(incident)->grown_at = work->now.steady_at;
    incident->told_count = incident->alert_count;
    run_tell(work, incident, owner, PAGE_GROWN, text_string(&text));
}

/* Hands the list over, one after the other. */
static void alerts_move(struct work *work, struct incident *from, struct incident *into)
{
    struct alert_record *record = from->alerts;
    from->alerts = from->newest_alert = from->unsaved = NULL;
    from->alert_count = 0;
    from->held = 0;
    from->is_source_firing = false;
    for (int severity = 0; severity < SEVERITY_COUNT; severity++)
        from->firing[severity] = 0;
    while (record != NULL) {
        struct alert_record *next = record->next;
        record->unsaved = NULL;
        alert_move(record, from, into);
        alert_explain(record, "storm, from #%" PRIu64, from->number);
        save_alert(work, record);
        record = next;
    }
    into->is_source_firing = alert_firing_count(into) > 0;
}

void gather_merge(struct work *work, struct incident *from, struct incident *into)
{
    assert(gather_is_waiting(from) && incident_is_open(into) && from != into);
    (void)mixed_take(into, from);
    alerts_move(work, from, into);
    ledger_move(work->engine, from, into);
    if (!incident_apply(work->engine, from, CAUSE_MERGE))
        return;
    escalation_hold(from);
    incident_handle(from)->merged_into = into->number;
    from->promote_due_at = MSEC_NEVER;
    incident_handle(from)->resolved_at = work->now.wall_at;
    incident_handle(from)->ended_at = work->now.steady_at;
    incident_schedule(work->engine, from);
    save_incident(work, from);
    revoke_tokens(work, from->number);
    entry_add(work, from->number, ENTRY_MERGED, NULL,
              "part of the storm #%" PRIu64 " now, which has its alert", into->number);
    entry_add(work, into->number, ENTRY_MERGED, NULL, "has the alert of #%" PRIu64, from->number);
    save_incident(work, into);
    if (alert_worst(into) != into->severity)
        incident_worsen(work, into, alert_worst(into));
}
