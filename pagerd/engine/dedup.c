/* SPDX-License-Identifier: MIT */
#include "engine/dedup.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/shared.h"
#include "base/text.h"
#include "engine/alert.h"
#include "engine/answer.h"
#include "engine/canary.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/expiry.h"
#include "engine/gather.h"
#include "engine/grace.h"
#include "engine/group.h"
#include "engine/incident.h"
#include "engine/ledger.h"
#include "engine/limit.h"
#include "engine/mute.h"
#include "engine/recall.h"
#include "engine/route.h"
#include "engine/storm.h"
#include "engine/words.h"
#include "engine/worsen.h"

#define NUMBERS_APART 1000000 /* of nodes that give them out by themselves: else it is none */

static bool labels_are_same(const struct incident *incident, const struct alert *alert)
{
    if (incident->label_count != alert->label_count)
        return false;
    for (size_t i = 0; i < alert->label_count; i++) {
        if (!string_is(incident->labels[i].name, alert->labels[i].name) ||
            !string_is(incident->labels[i].value, alert->labels[i].value))
            return false;
    }
    return true;
}

static void labels_set(struct incident *incident, const struct alert *alert)
{
    for (size_t i = 0; i < incident->label_count; i++) {
        shared_drop(incident->labels[i].name);
        shared_drop(incident->labels[i].value);
    }
    free(incident->labels);
    incident->labels = NULL;
    incident->label_count = (uint32_t)alert->label_count;
    if (alert->label_count == 0)
        return;
    incident->labels = memory_new(alert->label_count, sizeof *incident->labels);
    for (size_t i = 0; i < alert->label_count; i++) {
        incident->labels[i].name = shared_name(alert->labels[i].name);
        incident->labels[i].value = shared_name(alert->labels[i].value);
    }
}

/* What the source says now, where it says something. Returns whether any is another than before. */
static bool texts_update(struct incident *incident, const struct alert *alert)
{
    bool is_changed = false;
    const struct {
        const char **place;
        const char *value;
        bool (*set)(const char **place, const char *value);
    } texts[] = {
        {&incident->service, alert->service, set_name},
        {&incident->summary, alert->summary, set_words},
        {&incident->details, alert->details, set_words},
        {&incident->source, alert->source, set_name},
        {&incident->runbook, alert->runbook, set_name},
        {&incident->link, alert->link, set_name},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (*texts[i].place == NULL || (texts[i].value != NULL && texts[i].value[0] != '\0'))
            is_changed |= texts[i].set(texts[i].place, texts[i].value);
    }
    if (alert->label_count == 0 || labels_are_same(incident, alert))
        return is_changed;
    labels_set(incident, alert);
    return true;
}

/* The next one, or that of the node that was told of it first, where nobody has it here. */
static uint64_t number_for(const struct engine *engine, const struct alert *alert)
{
    uint64_t next = engine->incident_number + 1;
    bool is_free = alert->number > engine->incident_floor && alert->number < next + NUMBERS_APART &&
                   incident_find(engine, alert->number) == NULL;
    return is_free ? alert->number : next;
}

static struct incident *incident_new(struct work *work, const struct alert *alert,
                                     const struct team *team)
{
    struct incident *incident = memory_new(1, sizeof *incident);
    incident->number = number_for(work->engine, alert);
    memcpy(incident->uuid, alert->uuid, sizeof incident->uuid);
    incident->uuid[sizeof incident->uuid - 1] = '\0';
    incident->state = INCIDENT_TRIGGERED;
    incident->severity = alert->severity;
    incident->team = shared_name(team->id);
    incident->integration =
        shared_pair(alert->integration, alert_key_of(alert), &incident->dedup_key);
    incident->reason = shared_name("");
    incident->handling = &handling_none;
    (void)texts_update(incident, alert);
    incident->occurrences = 1;
    incident->opened_at = work->now.wall_at;
    incident->last_alert_at = work->now.wall_at;
    incident->promote_due_at = MSEC_NEVER;
    incident->save_due_at = MSEC_NEVER;
    incident->walk.due_at = MSEC_NEVER;
    incident->is_source_firing = true;
    return incident;
}

static void link_previous(struct work *work, struct incident *incident,
                          const struct incident *previous)
{
    if (previous == NULL ||
        work->now.wall_at - previous->handling->resolved_at > work->policy->reopen_ms)
        return;
    incident->previous = previous->number;
    incident->is_reopened = true;
    CLEANUP(text_clear) struct text after = {0};
    words_add_duration(&after, work->now.wall_at > previous->handling->resolved_at
                                   ? work->now.wall_at - previous->handling->resolved_at
                                   : 0);
    entry_add(work, incident->number, ENTRY_REOPENED, incident->integration,
              "again, %s after #%" PRIu64 " was resolved", text_string(&after), previous->number);
}

/* Says in the timeline why this team has it, and why it is that bad, where a rule made it so. */
static void routing_tell(struct work *work, const struct incident *incident,
                         const struct alert *alert, const struct routing *routing)
{
    const char *word = alert->severity_word;
    const char *severity = severity_name(alert->severity);
    if (routing->mapping != NULL)
        entry_add(work, incident->number, ENTRY_ROUTED, NULL, "severity %s of %s is %s here", word,
                  alert->integration, severity);
    else if (routing->has_default_severity && word != NULL && word[0] != '\0')
        entry_add(work, incident->number, ENTRY_ROUTED, NULL, "severity %s of %s is not known: %s",
                  word, alert->integration, severity);
    else if (routing->has_default_severity)
        entry_add(work, incident->number, ENTRY_ROUTED, NULL, "%s says no severity: %s",
                  alert->integration, severity);
    if (routing->route != NULL) {
        CLEANUP(text_clear) struct text words = {0};
        route_add_words(&words, routing);
        entry_add(work, incident->number, ENTRY_ROUTED, NULL, "%s", text_string(&words));
    }
    if (team_find(work->engine, alert->team) != NULL)
        return;
    if (alert->team != NULL)
        entry_add(work, incident->number, ENTRY_POLICY, NULL, "there is no team \"%s\": %s has it",
                  alert->team, incident->team);
    else if (work->policy->team_count > 1)
        entry_add(work, incident->number, ENTRY_POLICY, NULL,
                  "%s names no team and there are no routes: %s has it", alert->integration,
                  incident->team);
}

/* Its first page: now, or when what belongs to it has come. */
static void incident_begin(struct work *work, struct incident *incident,
                           const struct storm_place *place)
{
    const struct grouping *rule = &work->policy->group;
    msec group_at = work->now.steady_at + (incident->group_key != NULL ? rule->wait_ms : 0);
    msec storm_at = place->verdict == STORM_WAITS ? place->due_at : work->now.steady_at;
    if (canary_is(incident))
        escalation_start(work, incident, NULL);
    else if (severity_is_silent(&work->policy->severities[incident->severity]))
        incident_suppress(work, incident);
    else if (mute_hold(work, incident))
        return;
    else if (group_at <= work->now.steady_at && storm_at <= work->now.steady_at)
        escalation_start(work, incident, NULL);
    else if (group_at > storm_at)
        gather_wait(work, incident, group_at, "waits for others of its group before it pages");
    else
        gather_wait(work, incident, storm_at,
                    "others of its service came just now: waits for more before it pages");
}

/* The route that brought it to its team, for who asks what became of it. */
static void route_keep(struct alert_record *record, const struct routing *routing)
{
    CLEANUP(text_clear) struct text words = {0};
    if (routing->route == NULL)
        return;
    route_add_words(&words, routing);
    (void)set_name(&record->route, text_string(&words));
}

/* What a new incident is made of, beside the alert. */
struct opening {
    const struct team *team;
    const struct routing *routing;
    const char *actor;
    struct incident *previous; /* episode of the key, or NULL */
    struct span group;         /* key of the group, or empty */
    struct storm_place place;
};

static void incident_open(struct work *work, const struct alert *alert,
                          const struct opening *opening, struct answer *answer)
{
    struct engine *engine = work->engine;
    const struct team *team = opening->team;
    struct incident *incident = incident_new(work, alert, team);
    if (opening->group.size > 0)
        incident->group_key = shared_copy_span(opening->group);
    dedup_take(engine, incident);
    group_remember(engine, incident);
    struct alert_record *record = alert_add(work, incident, alert);
    alert_explain(record, record->is_flapping ? "flapping" : "new");
    route_keep(record, opening->routing);
    entry_add(work, incident->number, ENTRY_TRIGGERED, opening->actor, "%s: %s",
              severity_name(incident->severity), incident->summary);
    routing_tell(work, incident, alert, opening->routing);
    link_previous(work, incident, opening->previous);
    incident_arm_promotion(work, incident);
    save_incident(work, incident);
    storm_opened(work, &opening->place, incident);
    incident_begin(work, incident, &opening->place);
    bool is_silent = incident->state == INCIDENT_SUPPRESSED;
    if (is_silent)
        alert_explain(record, "new, suppressed: %s", incident->reason);
    ledger_end(engine, is_silent ? ALERT_SUPPRESSED : ALERT_OPENED);
    answer->incident = incident->number;
    answer->is_new = true;
}

/* What saving repeats has of the disk is used up for as much longer as `rows` more take. */
static void repeats_book(struct work *work, size_t rows)
{
    msec *until_at = &work->engine->repeats_until_at;
    msec max_at = work->now.steady_at + DEDUP_SAVE_MAX_MS;
    if (*until_at < work->now.steady_at)
        *until_at = work->now.steady_at;
    *until_at += (msec)rows * SECOND_MS / DEDUP_SAVE_ROWS;
    if (*until_at > max_at)
        *until_at = max_at;
}

void dedup_save(struct work *work, struct incident *incident)
{
    size_t before = work->effects->count;
    save_incident(work, incident);
    repeats_book(work, work->effects->count - before);
}

/* When a repeat that says nothing new is saved. An alert that would soon be over by itself must not
 * be found so after a crash, only because that it was repeated was not yet saved. */
static msec repeat_due_at(const struct work *work, const struct incident *incident,
                          const struct alert_record *record)
{
    msec now_at = work->now.steady_at;
    msec due_at = work->engine->repeats_until_at;
    if (record->due_at != MSEC_NEVER && record->due_at - now_at < 8 * (due_at - now_at))
        due_at = now_at + (record->due_at - now_at) / 8;
    msec soon_at = incident->saved_at + DEDUP_SAVE_MS;
    return due_at > soon_at ? due_at : soon_at;
}

/* Counts one more alert; saved at `due_at`, with others, which may be now. */
static void incident_count(struct work *work, struct incident *incident, enum alert_end end,
                           msec due_at)
{
    incident->occurrences++;
    incident->last_alert_at = work->now.wall_at;
    work->engine->counts.merged++;
    ledger_merge(work->engine, incident, end);
    if (due_at >= incident->save_due_at)
        return;
    if (due_at <= work->now.steady_at) {
        dedup_save(work, incident);
        return;
    }
    incident->save_due_at = due_at;
    incident_schedule(work->engine, incident);
}

/* Why nothing comes of it: told once after each resolve. */
static void grace_tell(struct work *work, const struct incident *incident)
{
    if (incident_is_open(incident) || incident->last_alert_at > incident->handling->resolved_at)
        return;
    entry_add(work, incident->number, ENTRY_LATE, incident->integration,
              "its source still says so: after a resolve by hand that opens nothing for a while");
}

static void incident_merge(struct work *work, struct incident *incident,
                           struct alert_record *record, const struct alert *alert)
{
    grace_tell(work, incident);
    bool was_source_firing = incident->is_source_firing;
    bool is_back = !record->is_firing;
    if (incident->alert_count > 1)
        gather_hear(work, incident, alert);
    bool is_news = !incident_is_open(incident);
    if (alert_is_lead(incident, record))
        is_news |= texts_update(incident, alert);
    else
        mute_repeat(work, incident, alert);
    is_news |= alert_repeat(work, incident, record, alert);
    if (!incident_is_open(incident))
        grace_count(work, incident, record, alert);
    if (!was_source_firing)
        save_incident(work, incident);
    incident_count(work, incident, ALERT_MERGED,
                   is_news ? incident->saved_at + DEDUP_SAVE_MS
                           : repeat_due_at(work, incident, record));
    if (incident_is_open(incident) && alert_worst(incident) != incident->severity)
        incident_worsen(work, incident, alert_worst(incident));
    mute_refit(work, incident);
    recall_repeat(work, incident);
    if (is_back && !record->is_flapping)
        gather_grow(work, incident);
}

/* Of the very firing that its source has ended just now: a second sender's, or a retry's. */
static bool is_late_copy(const struct work *work, const struct alert_record *record,
                         const struct alert *alert)
{
    msec since_ms = work->now.steady_at - record->ended_at;
    return !record->is_firing && !record->is_expired && record->started_at != 0 &&
           record->started_at == alert->started_at && since_ms >= 0 && since_ms <= DEDUP_LATE_MS;
}

static void incident_count_late(struct work *work, struct incident *incident,
                                struct alert_record *record)
{
    entry_add(work, incident->number, ENTRY_LATE, record->integration,
              "a late copy of what is over: it began at the same time, and opens nothing");
    record->occurrences++;
    save_alert_with(incident, record);
    incident_count(work, incident, ALERT_MERGED, incident->saved_at + DEDUP_SAVE_MS);
}

static uint64_t open_count(const struct engine *engine)
{
    return numbered_count(engine->incidents) - engine->counts.open[INCIDENT_RESOLVED];
}

struct incident *dedup_find(const struct engine *engine, const struct alert *alert)
{
    return alert_incident(engine, alert_find(engine, alert->integration, alert_key_of(alert)));
}

void dedup_take(struct engine *engine, struct incident *incident)
{
    numbered_put(engine->incidents, incident->number, incident);
    engine->counts.open[incident->state]++;
    if (incident_is_open(incident))
        limit_count(engine, incident->integration, 1);
    if (incident->number > engine->incident_number)
        engine->incident_number = incident->number;
}

static enum alert_end source_resolve(struct work *work, const struct event *event,
                                     struct answer *answer)
{
    struct alert_record *record =
        alert_find(work->engine, event->alert->integration, alert_key_of(event->alert));
    answer->kind = ANSWER_ALREADY;
    if (record == NULL)
        return ALERT_IDLE;
    answer->incident = record->incident;
    enum alert_end end = alert_over(work, record, event->alert->summary);
    if (end == ALERT_RESOLVED || end == ALERT_CLEARED)
        answer->kind = ANSWER_DONE;
    return end;
}

static void join(struct work *work, struct incident *incident, const struct alert *alert,
                 const struct routing *routing, const char *rule, struct answer *answer)
{
    answer->incident = incident->number;
    route_keep(gather_join(work, incident, alert, rule), routing);
    incident_count(work, incident, ALERT_JOINED, incident->saved_at + DEDUP_SAVE_MS);
}

/* A new episode of its key: part of an open incident by a rule, or an incident of its own. */
static void alert_place(struct work *work, const struct event *event, const struct alert *alert,
                        const struct routing *routing, struct incident *previous,
                        struct answer *answer)
{
    const struct team *team = team_find(work->engine, alert->team);
    struct opening opening = {.team = team != NULL ? team : &work->policy->teams[0],
                              .routing = routing,
                              .actor = event->actor != NULL ? event->actor : alert->integration,
                              .previous = previous};
    CLEANUP(text_clear) struct text key = {0};
    CLEANUP(text_clear) struct text rule = {0};
    if (canary_has_key(alert->integration, alert_key_of(alert))) {
        incident_open(work, alert, &opening, answer);
        return;
    }
    if (group_add_key(&key, work, opening.team, alert)) {
        opening.group = text_span(&key);
        struct incident *group = group_find(work, opening.group);
        group_add_rule(&rule, opening.group);
        if (group != NULL && mute_may_join(work->engine, group, alert)) {
            join(work, group, alert, routing, text_string(&rule), answer);
            return;
        }
    }
    opening.place = storm_judge(work, opening.team, alert);
    if (opening.place.verdict == STORM_JOINS)
        join(work, opening.place.incident, alert, routing, "storm", answer);
    else
        incident_open(work, alert, &opening, answer);
}

/* No room for one more; the sender is told so. */
static bool is_full(struct engine *engine, struct answer *answer)
{
    if (open_count(engine) < ENGINE_INCIDENTS_MAX && map_count(engine->keys) < ALERTS_MAX)
        return false;
    ledger_end(engine, ALERT_REFUSED);
    (void)answer_set(answer, ANSWER_FULL, "%d open incidents are the limit", ENGINE_INCIDENTS_MAX);
    return true;
}

/* One more than the limits of its key allow: it joins the incident that stands for all of these. */
static void overflow_take(struct work *work, const struct alert *alert,
                          const struct alert *overflow, const struct routing *routing,
                          struct answer *answer)
{
    struct alert_record *record =
        alert_find(work->engine, overflow->integration, overflow->dedup_key);
    struct incident *incident = alert_incident(work->engine, record);
    enum severity before = incident != NULL ? incident->severity : SEVERITY_COUNT;
    if (incident != NULL && incident_is_open(incident)) {
        answer->incident = incident->number;
        incident_merge(work, incident, record, overflow);
    } else {
        const struct team *team = team_find(work->engine, overflow->team);
        struct opening opening = {.team = team != NULL ? team : &work->policy->teams[0],
                                  .routing = routing,
                                  .actor = alert->integration,
                                  .previous = incident};
        incident_open(work, overflow, &opening, answer);
    }
    limit_tell(work, incident_find(work->engine, answer->incident), alert, before);
}

void dedup_trigger(struct work *work, const struct event *event, struct answer *answer)
{
    if (event->alert == NULL || event->alert->integration == NULL ||
        event->alert->severity >= SEVERITY_COUNT) {
        ledger_end(work->engine, ALERT_REFUSED);
        (void)answer_set(answer, ANSWER_INVALID, "no alert");
        return;
    }
    struct alert settled;
    struct routing routing = route_settle(work->policy, event->alert, &settled);
    const struct alert *alert = &settled;
    struct alert_record *record = alert_find(work->engine, alert->integration, alert_key_of(alert));
    struct incident *incident = alert_incident(work->engine, record);
    if (expiry_is_past(work, alert, record)) {
        ledger_end(work->engine, source_resolve(work, event, answer));
        return;
    }
    bool is_late = record != NULL && is_late_copy(work, record, alert);
    bool is_merged = incident != NULL && (is_late || incident_is_open(incident) ||
                                          grace_holds(work, incident, record, alert));
    if (!is_merged && is_full(work->engine, answer))
        return;
    work->engine->counts.alerts++;
    answer->kind = ANSWER_DONE;
    struct alert overflow;
    if (!is_merged && !alert->has_no_limit && limit_is_met(work, alert, &overflow)) {
        overflow_take(work, alert, &overflow, &routing, answer);
        return;
    }
    if (!is_merged) {
        alert_place(work, event, alert, &routing, incident, answer);
        return;
    }
    answer->incident = incident->number;
    if (is_late)
        incident_count_late(work, incident, record);
    else
        incident_merge(work, incident, record, alert);
}

void dedup_resolve(struct work *work, const struct event *event, struct answer *answer)
{
    if (event->alert == NULL || event->alert->integration == NULL) {
        ledger_end(work->engine, ALERT_REFUSED);
        (void)answer_set(answer, ANSWER_INVALID, "no alert");
        return;
    }
    ledger_end(work->engine, source_resolve(work, event, answer));
}

static enum alert_end source_note(struct work *work, const struct event *event,
                                  struct answer *answer)
{
    const struct incident *incident =
        event->alert != NULL ? dedup_find(work->engine, event->alert) : NULL;
    answer->kind = ANSWER_ALREADY;
    if (incident == NULL)
        return ALERT_IDLE;
    answer->incident = incident->number;
    if (!incident_is_open(incident))
        return ALERT_IDLE;
    const char *text = event->text != NULL ? event->text : event->alert->summary;
    entry_add(work, incident->number, ENTRY_NOTE, incident->integration, "%s",
              text != NULL ? text : "");
    answer->kind = ANSWER_DONE;
    return ALERT_NOTED;
}

void dedup_note(struct work *work, const struct event *event, struct answer *answer)
{
    ledger_end(work->engine, source_note(work, event, answer));
}
