/* SPDX-License-Identifier: MIT */
#include "engine/hold.h"

#include "base/text.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/incident.h"
#include "engine/mute.h"
#include "engine/page.h"
#include "engine/quiet.h"
#include "engine/recovery.h"
#include "engine/run.h"
#include "engine/sentence.h"
#include "engine/words.h"

bool hold_has(const struct incident *incident)
{
    return incident->state == INCIDENT_SUPPRESSED && incident->handling->hold_until_at != 0;
}

bool hold_wants(const struct work *work, const struct incident *incident, const struct user *user,
                msec *until_at)
{
    msec from_at = 0;
    if (!work->policy->severities[incident->severity].is_held || incident->handling->is_hold_waived)
        return false;
    if (!quiet_hours(work->policy, user, work->now.wall_at, &from_at, until_at))
        return false;
    return incident->handling->hold_from_at == 0 ||
           *until_at <= incident->handling->hold_from_at + HOLD_MAX_MS;
}

/* "held until Sun 22 Nov 07:00, Ann's morning" */
static void add_words(struct text *text, const struct incident *incident, const struct user *user)
{
    text_add(text, "held until ");
    words_add_time(text, user->zone, incident->handling->hold_until_at);
    text_add(text, ", ");
    words_add_name(text, user);
    text_add(text, "'s morning");
}

static void hold_until(struct work *work, struct incident *incident, const struct user *user,
                       msec until_at)
{
    CLEANUP(text_clear) struct text text = {0};
    incident_handle(incident)->hold_until_at = until_at;
    (void)set_name(&incident_handle(incident)->hold_user, user->id);
    add_words(&text, incident, user);
    (void)set_name(&incident->reason, text_string(&text));
    entry_add(work, incident->number, ENTRY_HELD, NULL, "%s", incident->reason);
    incident_schedule(work->engine, incident);
    save_incident(work, incident);
}

static void hold(struct work *work, struct incident *incident, const struct user *user,
                 msec until_at)
{
    if (!incident_apply(work->engine, incident, CAUSE_HOLD))
        return;
    escalation_hold(incident);
    run_stop(work, incident, NULL);
    page_cancel(work, incident, NULL);
    for (size_t i = 0; i < incident->paged_count; i++)
        recovery_part_ended(work, incident->paged[i], incident, false);
    incident_handle(incident)->held_by = 0;
    if (incident->handling->hold_from_at == 0 ||
        incident->handling->hold_from_at > work->now.wall_at)
        incident_handle(incident)->hold_from_at = work->now.wall_at;
    hold_until(work, incident, user, until_at);
}

bool hold_crowd(struct work *work, struct incident *incident, struct crowd *crowd,
                const struct user *woken)
{
    struct crowd awake = {0};
    const struct user *first = NULL;
    msec first_at = MSEC_NEVER;
    for (size_t i = 0; i < crowd->count; i++) {
        msec until_at = 0;
        if (crowd->users[i] == woken || !hold_wants(work, incident, crowd->users[i], &until_at)) {
            (void)crowd_add(&awake, crowd->users[i]);
        } else if (until_at < first_at) {
            first = crowd->users[i];
            first_at = until_at;
        }
    }
    if (awake.count > 0 || woken != NULL) {
        *crowd = awake;
        return false;
    }
    if (first == NULL || incident->state != INCIDENT_TRIGGERED)
        return false;
    hold(work, incident, first, first_at);
    return true;
}

static void let_go(struct work *work, struct incident *incident, const char *why)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct user *user = policy_find_user(work->policy, incident->handling->hold_user);
    sentence_say(&text, work->engine->language, SENTENCE_HELD_SINCE,
                 saying_clock("since", user != NULL ? user->zone : work->policy->zone,
                              incident->handling->hold_from_at));
    if (!incident_apply(work->engine, incident, CAUSE_RELEASE))
        return;
    entry_add(work, incident->number, ENTRY_RELEASED, NULL, "%s: it is not over, and is paged now",
              why);
    (void)set_name(&incident->reason, "");
    save_incident(work, incident);
    if (severity_is_silent(&work->policy->severities[incident->severity])) {
        incident_suppress(work, incident);
        return;
    }
    if (mute_hold(work, incident))
        return;
    struct escalation_cause cause = {
        .kind = PAGE_ALERT, .text = text_string(&text), .is_digest = true};
    escalation_start(work, incident, &cause);
}

void hold_due(struct work *work, struct incident *incident)
{
    if (hold_has(incident) && incident->handling->hold_until_at <= work->now.wall_at)
        let_go(work, incident, "the morning has come");
}

void hold_refit(struct work *work, struct incident *incident)
{
    msec from_at = 0;
    msec until_at = 0;
    if (!hold_has(incident) || incident->handling->hold_until_at <= work->now.wall_at)
        return; /* its timer has it */
    const struct user *user = policy_find_user(work->policy, incident->handling->hold_user);
    if (!work->policy->severities[incident->severity].is_held || user == NULL ||
        !quiet_hours(work->policy, user, work->now.wall_at, &from_at, &until_at)) {
        let_go(work, incident, "it need not wait any more");
        return;
    }
    if (incident->handling->hold_from_at > work->now.wall_at) {
        incident_handle(incident)->hold_from_at = work->now.wall_at;
        save_incident(work, incident);
    }
    if (until_at > incident->handling->hold_from_at + HOLD_MAX_MS)
        let_go(work, incident, "it has waited long enough");
    else if (until_at != incident->handling->hold_until_at)
        hold_until(work, incident, user, until_at);
}
