/* SPDX-License-Identifier: MIT */
#include "engine/grace.h"

#include <inttypes.h>
#include <stdio.h>

#include "engine/alert.h"
#include "engine/dedup.h"
#include "engine/entry.h"
#include "engine/incident.h"
#include "engine/ledger.h"

#define FULL_RETRY_MS MINUTE_MS /* too many incidents are open */

static msec length_of(const struct alert *alert)
{
    return alert->grace_ms > 0 ? alert->grace_ms : GRACE_MS;
}

/* A clock that was set back says nothing: then the alert is a new problem. So is one that is worse
 * than what somebody has called over. */
bool grace_holds(const struct work *work, const struct incident *incident,
                 const struct alert_record *record, const struct alert *alert)
{
    return (record->is_firing || record->is_flapping) &&
           incident->handling->resolved_by[0] != '\0' &&
           work->now.steady_at - incident->handling->ended_at <= length_of(alert) &&
           alert->severity >= incident->severity;
}

/* Who gives a length of its own says it again by itself, and so does who gives an end. */
static bool is_said_once(const struct alert_record *record, const struct alert *alert)
{
    return alert->grace_ms == 0 && record->due_at == MSEC_NEVER;
}

void grace_count(struct work *work, const struct incident *incident, struct alert_record *record,
                 const struct alert *alert)
{
    if (!is_said_once(record, alert))
        return;
    if (!record->is_insisting)
        save_alert(work, record);
    record->is_insisting = true;
    record->due_at = incident->handling->ended_at + GRACE_MS + SECOND_MS;
    alert_schedule(work->engine, record);
}

/* As it was said last, as far as that is kept. */
static struct alert alert_again(const struct work *work, const struct incident *incident,
                                const struct alert_record *record)
{
    bool is_lead = alert_is_lead(incident, record);
    struct alert alert = {
        .integration = record->integration,
        .team = incident->team,
        .dedup_key = record->dedup_key,
        .severity = record->severity,
        .summary = record->summary != NULL ? record->summary : incident->summary,
        .service = record->service != NULL ? record->service : incident->service,
        .details = is_lead ? incident->details : NULL,
        .source = is_lead ? incident->source : NULL,
        .runbook = is_lead ? incident->runbook : NULL,
        .link = is_lead ? incident->link : NULL,
        .labels = is_lead ? incident->labels : NULL,
        .label_count = is_lead ? incident->label_count : 0,
        .started_at = record->started_at,
        .has_no_limit = true,
    };
    (void)snprintf(alert.uuid, sizeof alert.uuid, "%.24s%012" PRIx64, incident->uuid,
                   (work->engine->incident_number + 1) & 0xffffffffffffU);
    return alert;
}

void grace_due(struct work *work, struct alert_record *record)
{
    const struct incident *incident = alert_incident(work->engine, record);
    uint64_t number = incident->number;
    struct alert alert = alert_again(work, incident, record);
    struct event event = {.kind = EVENT_TRIGGER, .actor = record->integration, .alert = &alert};
    struct answer answer = {.kind = ANSWER_DONE};
    ledger_receive(work->engine);
    dedup_trigger(work, &event, &answer);
    bool is_full = answer.kind == ANSWER_FULL;
    record->is_insisting = is_full;
    record->due_at = is_full ? work->now.steady_at + FULL_RETRY_MS : MSEC_NEVER;
    alert_schedule(work->engine, record);
    save_alert(work, record);
    if (!is_full)
        entry_add(work, answer.incident, ENTRY_INSISTED, record->integration,
                  "its source said so again after the resolve of #%" PRIu64
                  ", and not that it is over",
                  number);
}
