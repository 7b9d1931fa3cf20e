/* SPDX-License-Identifier: MIT */
#include "engine/check.h"

#include <inttypes.h>

#include "base/text.h"
#include "engine/alert.h"
#include "engine/canary.h"
#include "engine/duty.h"
#include "engine/handoff.h"
#include "engine/heartbeat.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/keep.h"
#include "engine/ledger.h"
#include "engine/limit.h"
#include "engine/mute.h"
#include "engine/page.h"
#include "engine/pause.h"
#include "engine/run.h"
#include "engine/silence.h"
#include "engine/swap.h"

static bool broken(struct fault *fault, const struct incident *incident, const char *what)
{
    return fault_set(fault, FAULT_CONFLICT, "#%" PRIu64 " (%s): %s", incident->number,
                     incident_state_name(incident->state), what);
}

static bool check_state(const struct engine *engine, const struct incident *incident,
                        struct fault *fault)
{
    const struct team *team = team_of(engine, incident);
    switch (incident->state) {
    case INCIDENT_TRIGGERED:
        if (incident->walk.due_at == MSEC_NEVER)
            return broken(fault, incident, "nobody will ever be paged");
        return incident->handling->acknowledged_by[0] == '\0' ||
               broken(fault, incident, "has an owner");
    case INCIDENT_ACKNOWLEDGED:
        if (policy_find_user(engine->policy, incident->handling->acknowledged_by) == NULL)
            return broken(fault, incident, "acked by nobody");
        return team->ack_timeout_ms == MSEC_NEVER ||
               incident->handling->acknowledge_due_at != MSEC_NEVER ||
               broken(fault, incident, "has no ack timeout");
    case INCIDENT_SNOOZED:
        return incident->handling->snoozed_until_at > 0 || broken(fault, incident, "has no end");
    case INCIDENT_SUPPRESSED:
        if (incident->handling->held_by != 0 &&
            !silence_is_active(engine, incident->handling->held_by))
            return broken(fault, incident, "held back by a silence that is not active");
        return incident->reason[0] != '\0' || broken(fault, incident, "for no reason");
    case INCIDENT_RESOLVED:
        return incident->walk.due_at == MSEC_NEVER || broken(fault, incident, "walks on");
    case INCIDENT_STATE_COUNT:
        break;
    }
    return broken(fault, incident, "unknown state");
}

static msec first_due(const struct incident *incident)
{
    const msec dues[] = {incident->save_due_at,
                         incident->handling->snooze_due_at,
                         incident->handling->acknowledge_due_at,
                         incident->promote_due_at,
                         incident->walk.due_at,
                         incident->handling->grow_due_at};
    msec first_at = MSEC_NEVER;
    for (size_t i = 0; i < sizeof dues / sizeof dues[0]; i++) {
        if (dues[i] < first_at)
            first_at = dues[i];
    }
    return first_at;
}

static bool check_timers(const struct incident *incident, struct fault *fault)
{
    msec due_at = first_due(incident);
    bool is_in = incident->timer.place != 0;
    if (due_at != MSEC_NEVER && (!is_in || incident->timer.due_at > due_at))
        return broken(fault, incident, "its timer is not where its fields say");
    bool needs_wall =
        incident->state == INCIDENT_RESOLVED ||
        (incident->state == INCIDENT_SNOOZED && incident->handling->snooze_due_at == MSEC_NEVER) ||
        hold_has(incident);
    if (hold_has(incident) &&
        incident->handling->wall_timer.due_at != incident->handling->hold_until_at)
        return broken(fault, incident, "waits for longer than its morning");
    return needs_wall == (incident->handling->wall_timer.place != 0) ||
           broken(fault, incident, "its wall timer is not where its fields say");
}

static bool check_alert(const struct engine *engine, const struct incident *incident,
                        const struct alert_record *alert, struct fault *fault)
{
    if (alert->incident != incident->number)
        return broken(fault, incident, "has an alert of another incident");
    bool is_latest = alert_find(engine, alert->integration, alert->dedup_key) == alert;
    if (incident_is_open(incident) && alert->is_firing && !is_latest)
        return broken(fault, incident, "has an alert that is not found by its key");
    bool is_due = alert->timer.place != 0 && alert->timer.due_at <= alert->due_at;
    return !is_latest || alert->due_at == MSEC_NEVER || is_due ||
           broken(fault, incident, "has an alert whose timer is not where it says");
}

static bool check_alerts(const struct engine *engine, const struct incident *incident,
                         struct fault *fault)
{
    uint64_t occurrences = 0;
    uint32_t count = 0;
    uint32_t firing[SEVERITY_COUNT] = {0};
    uint32_t held = 0;
    for (const struct alert_record *alert = incident->alerts; alert != NULL; alert = alert->next) {
        if (!check_alert(engine, incident, alert, fault))
            return false;
        occurrences += alert->occurrences;
        count++;
        firing[alert->severity] += alert->is_firing;
        held += alert->is_flapping && !alert->is_firing;
    }
    if (occurrences != incident->occurrences || count != incident->alert_count ||
        held != incident->held)
        return broken(fault, incident, "does not count its alerts");
    for (int severity = 0; severity < SEVERITY_COUNT; severity++) {
        if (firing[severity] != incident->firing[severity])
            return broken(fault, incident, "does not count what fires of it");
    }
    bool is_firing = alert_firing_count(incident) > 0;
    if (is_firing != incident->is_source_firing ||
        (!is_firing && held == 0 && incident_is_open(incident)))
        return broken(fault, incident, "is open and nothing of it fires");
    return true;
}

bool check_incident(const struct engine *engine, const struct incident *incident,
                    struct fault *fault)
{
    if (!check_state(engine, incident, fault) || !check_timers(incident, fault))
        return false;
    if (incident->version == 0)
        return broken(fault, incident, "was never saved");
    if (!check_alerts(engine, incident, fault))
        return false;
    for (const struct page *page = incident->pages; page != NULL; page = page->older) {
        if (page->incident != incident->number)
            return broken(fault, incident, "lists a page of another incident");
        if (!incident_is_waiting(incident) && page_is_alarm(page->kind) &&
            page->state == PAGE_QUEUED)
            return broken(fault, incident, "an alarm still waits to go out");
    }
    return true;
}

bool check_page(const struct engine *engine, const struct page *page, struct fault *fault)
{
    (void)engine;
    if (page->timer.place == 0)
        return fault_set(fault, FAULT_CONFLICT, "page %" PRIu64 " (%s) has no timer", page->id,
                         page_state_name(page->state));
    if (page->state == PAGE_QUEUED && page->retry_at == MSEC_NEVER)
        return fault_set(fault, FAULT_CONFLICT, "page %" PRIu64 " is never tried again", page->id);
    if (page->state == PAGE_SENT && page->retry_at != MSEC_NEVER &&
        page->timer.due_at > page->retry_at)
        return fault_set(fault, FAULT_CONFLICT, "page %" PRIu64 " waits too long for its receipt",
                         page->id);
    if (page->is_in_doubt && !page->has_gone_on)
        return fault_set(fault, FAULT_CONFLICT, "page %" PRIu64 " is in doubt, and that is all",
                         page->id);
    if (page->version == 0)
        return fault_set(fault, FAULT_CONFLICT, "page %" PRIu64 " was never saved", page->id);
    return true;
}

bool check_person(const struct engine *engine, const struct person *person, struct fault *fault)
{
    msec due_at = MSEC_NEVER;
    for (size_t i = 0; i < person->run_count; i++) {
        const struct notify_run *run = &person->runs[i];
        const struct incident *incident = incident_find(engine, run->incident);
        if (incident == NULL || !incident_is_waiting(incident))
            return fault_set(fault, FAULT_CONFLICT,
                             "%s is paged for #%" PRIu64 ", which waits for nobody", person->user,
                             run->incident);
        if (run->due_at < due_at)
            due_at = run->due_at;
        if (run->bundle_at < due_at)
            due_at = run->bundle_at;
    }
    bool has_timer = person->run_timer.place != 0;
    if (has_timer != (due_at != MSEC_NEVER) || (has_timer && person->run_timer.due_at != due_at))
        return fault_set(fault, FAULT_CONFLICT, "the run timer of %s is wrong", person->user);
    if ((person->rest_timer.place != 0) != (person->rest_until_at > 0))
        return fault_set(fault, FAULT_CONFLICT, "the rest timer of %s is wrong", person->user);
    if ((person->pause_timer.place != 0) != (person->pause_until_at > 0) ||
        (person->pause_timer.place != 0 && person->pause_timer.due_at > person->pause_until_at))
        return fault_set(fault, FAULT_CONFLICT, "the pause timer of %s is wrong", person->user);
    if (person->pause_until_at - person->pause_from_at > PAUSE_MAX_MS)
        return fault_set(fault, FAULT_CONFLICT, "%s has paused for too long", person->user);
    return true;
}

bool check_next(const struct engine *engine, const struct incident *incident, struct now now,
                struct fault *fault)
{
    if (!incident_is_waiting(incident) || canary_is(incident))
        return true;
    struct next_page next;
    if (!view_next(engine, incident, now, &next))
        return broken(fault, incident, "waits, and nobody is next");
    for (size_t i = 0; i < next.user_count; i++) {
        if (policy_find_user(engine->policy, next.users[i]->id) != next.users[i])
            return broken(fault, incident, "is to page somebody who is gone");
    }
    return next.user_count > 0 || broken(fault, incident, "is to page nobody");
}

bool check_ledger(const struct engine *engine, struct fault *fault)
{
    uint64_t imbalance = ledger_imbalance(engine);
    return imbalance == 0 ||
           fault_set(fault, FAULT_CONFLICT, "the ledger of alerts is out by %" PRIu64, imbalance);
}

/* Open incidents by key are as many as by state. */
static bool check_tallies(const struct engine *engine, struct fault *fault)
{
    uint64_t open = 0;
    uint64_t all = numbered_count(engine->incidents) - engine->counts.open[INCIDENT_RESOLVED];
    size_t cursor = 0;
    const struct tally *tally = NULL;
    while ((tally = map_each(engine->tallies, &cursor, NULL)) != NULL)
        open += tally->open;
    return open == all ||
           fault_set(fault, FAULT_CONFLICT,
                     "the keys have %" PRIu64 " incidents open, not %" PRIu64, open, all);
}

bool check_counts(const struct engine *engine, struct fault *fault)
{
    uint64_t open[INCIDENT_STATE_COUNT] = {0};
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL)
        open[incident->state]++;
    for (int state = 0; state < INCIDENT_STATE_COUNT; state++) {
        if (open[state] != engine->counts.open[state])
            return fault_set(fault, FAULT_CONFLICT, "%" PRIu64 " incidents are %s, not %" PRIu64,
                             open[state], incident_state_name((enum incident_state)state),
                             engine->counts.open[state]);
    }
    return check_tallies(engine, fault);
}

static bool duty_broken(struct fault *fault, const struct team *team, enum role role,
                        const char *what)
{
    return fault_set(fault, FAULT_CONFLICT, "%s %s: %s", team->id, role_name(role), what);
}

static bool is_reachable(const struct user *const *users, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (users[i]->contact_count > 0)
            return true;
    }
    return false;
}

static bool has_reachable_member(const struct engine *engine, const struct team *team)
{
    for (size_t i = 0; i < team->member_count; i++) {
        const struct user *user = policy_find_user(engine->policy, team->members[i]);
        if (user != NULL && user->contact_count > 0)
            return true;
    }
    return false;
}

bool check_duty(const struct engine *engine, const struct team *team, enum role role, msec at,
                struct fault *fault)
{
    struct duty duty;
    if (!duty_users(engine, team, role, at, &duty))
        return true;
    struct pick pick = pick_by_rota(engine, team, role, at);
    if ((duty.kind == DUTY_GAP) != (duty.user_count == 0))
        return duty_broken(fault, team, role, "a gap with people, or people without a kind");
    if ((pick.user_count == 0) != (duty.user_count == 0))
        return duty_broken(fault, team, role, "leave or rest has made a gap");
    bool is_hopeful =
        is_reachable(pick.users, pick.user_count) || has_reachable_member(engine, team);
    bool is_changed = duty.user_count != pick.user_count || duty.users[0] != pick.users[0];
    if (is_changed && is_hopeful && !is_reachable(duty.users, duty.user_count))
        return duty_broken(fault, team, role, "given to somebody who cannot be reached");
    if (duty.kind == DUTY_COVER && (duty.user_count != 1 || duty.instead_of == NULL))
        return duty_broken(fault, team, role, "covered for nobody");
    if (duty.kind == DUTY_COVER && !duty.is_unrested && !duty.is_away &&
        duty_is_out(engine, duty.users[0], at))
        return duty_broken(fault, team, role, "covered by somebody who is not there");
    for (size_t i = 1; i < duty.user_count; i++) {
        if (duty.users[i] == duty.users[i - 1])
            return duty_broken(fault, team, role, "has somebody twice");
    }
    return true;
}

bool check_leave(const struct engine *engine, struct fault *fault)
{
    msec first_at = MSEC_NEVER;
    for (size_t i = 0; engine->roster != NULL && i < engine->roster->absence_count; i++) {
        msec start_at = engine->roster->absences[i].start_at;
        if (start_at > engine->leave_told_at && start_at < first_at)
            first_at = start_at;
    }
    msec due_at = engine->leave_timer.place != 0 ? engine->leave_timer.due_at : MSEC_NEVER;
    return due_at == first_at ||
           fault_set(fault, FAULT_CONFLICT, "the timer of the next absence is wrong");
}

static bool check_duties(const struct engine *engine, msec at, struct fault *fault)
{
    for (size_t i = 0; i < engine->policy->team_count * ROLE_COUNT; i++) {
        if (!check_duty(engine, &engine->policy->teams[i / ROLE_COUNT], (enum role)(i % ROLE_COUNT),
                        at, fault))
            return false;
    }
    return true;
}

/* What needs no walk over records. */
static bool check_whole(const struct engine *engine, struct now now, struct fault *fault)
{
    return check_ledger(engine, fault) && check_leave(engine, fault) &&
           silences_check(engine, fault) && heartbeats_check(engine, fault) &&
           swaps_check(engine, fault) && handoffs_check(engine, now.wall_at, fault) &&
           keeps_check(engine, now.wall_at, fault) && check_duties(engine, now.wall_at, fault) &&
           pauses_check(engine, now.wall_at, fault);
}

static bool check_occurrences(const struct engine *engine, struct fault *fault)
{
    uint64_t alerts = engine->ledger.dropped;
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL)
        alerts += incident->occurrences;
    return alerts == engine->ledger.restored + engine->counts.alerts ||
           fault_set(fault, FAULT_CONFLICT,
                     "%" PRIu64 " alerts are counted in incidents, not %" PRIu64, alerts,
                     engine->ledger.restored + engine->counts.alerts);
}

/* The walk goes on behind what is wrong: the rest may be told, too. */
static void audit_note(struct engine *engine, bool is_good)
{
    if (!is_good)
        engine->audit.wrong_count++;
}

static bool audit_begin(struct engine *engine, struct now now, struct fault *fault)
{
    engine->audit.wrong_count = 0;
    audit_note(engine, check_whole(engine, now, fault));
    ledger_walk_begin(engine);
    return false;
}

static bool audit_incident(struct engine *engine, struct now now, struct fault *fault)
{
    const struct incident *incident = numbered_each(engine->incidents, &engine->audit.cursor);
    if (incident != NULL) {
        ledger_walk_add(engine, incident);
        audit_note(engine, check_incident(engine, incident, fault) &&
                               check_next(engine, incident, now, fault));
        return true;
    }
    uint64_t missing = ledger_walk_end(engine);
    audit_note(engine,
               missing == 0 ||
                   fault_set(fault, FAULT_CONFLICT,
                             "the incidents hold %" PRIu64 " alerts too few or too many", missing));
    return false;
}

static bool audit_page(struct engine *engine, struct now now, struct fault *fault)
{
    (void)now;
    const struct page *page = numbered_each(engine->pages, &engine->audit.cursor);
    audit_note(engine, page == NULL || check_page(engine, page, fault));
    return page != NULL;
}

static bool audit_person(struct engine *engine, struct now now, struct fault *fault)
{
    (void)now;
    const struct person *person = map_each(engine->people, &engine->audit.cursor, NULL);
    audit_note(engine, person == NULL || check_person(engine, person, fault));
    return person != NULL;
}

/* Each looks at one record; false: its part is over. */
static bool (*const audit_parts[AUDIT_PART_COUNT])(struct engine *engine, struct now now,
                                                   struct fault *fault) = {
    [AUDIT_BEGIN] = audit_begin,
    [AUDIT_INCIDENTS] = audit_incident,
    [AUDIT_PAGES] = audit_page,
    [AUDIT_PEOPLE] = audit_person,
};

enum audit_state engine_audit(struct engine *engine, struct now now, size_t max,
                              struct fault *fault)
{
    struct audit *audit = &engine->audit;
    if (engine->policy == NULL)
        return AUDIT_LEVEL;
    for (size_t i = 0; i < max; i++) {
        if (audit_parts[audit->part](engine, now, fault))
            continue;
        audit->cursor = 0;
        audit->part = (audit->part + 1) % AUDIT_PART_COUNT;
        if (audit->part == AUDIT_BEGIN)
            return audit->wrong_count == 0 ? AUDIT_LEVEL : AUDIT_WRONG;
    }
    return AUDIT_UNDER_WAY;
}

size_t engine_audit_size(const struct engine *engine)
{
    return numbered_count(engine->incidents) + numbered_count(engine->pages) +
           map_count(engine->people);
}

bool engine_check(const struct engine *engine, struct now now, struct fault *fault)
{
    if (engine->policy == NULL)
        return true;
    if (!check_counts(engine, fault) || !check_occurrences(engine, fault) ||
        !check_whole(engine, now, fault))
        return false;
    size_t cursor = 0;
    const struct incident *incident = NULL;
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL) {
        if (!check_incident(engine, incident, fault) || !check_next(engine, incident, now, fault))
            return false;
    }
    cursor = 0;
    const struct page *page = NULL;
    while ((page = numbered_each(engine->pages, &cursor)) != NULL) {
        if (!check_page(engine, page, fault))
            return false;
    }
    cursor = 0;
    const struct person *person = NULL;
    while ((person = map_each(engine->people, &cursor, NULL)) != NULL) {
        if (!check_person(engine, person, fault))
            return false;
    }
    return true;
}
