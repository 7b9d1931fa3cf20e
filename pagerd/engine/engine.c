/* SPDX-License-Identifier: MIT */
#include "engine/engine.h"

#include <assert.h>
#include <stdlib.h>

#include "base/text.h"
#include "engine/ack_link.h"
#include "engine/alert.h"
#include "engine/answer.h"
#include "engine/awake.h"
#include "engine/clock.h"
#include "engine/code.h"
#include "engine/dedup.h"
#include "engine/entry.h"
#include "engine/escalation.h"
#include "engine/expiry.h"
#include "engine/gather.h"
#include "engine/group.h"
#include "engine/handoff.h"
#include "engine/heartbeat.h"
#include "engine/incident.h"
#include "engine/keep.h"
#include "engine/ledger.h"
#include "engine/limit.h"
#include "engine/maintenance.h"
#include "engine/notice.h"
#include "engine/override.h"
#include "engine/page.h"
#include "engine/pass_on.h"
#include "engine/pause.h"
#include "engine/proof.h"
#include "engine/provider.h"
#include "engine/recall.h"
#include "engine/recovery.h"
#include "engine/route.h"
#include "engine/run.h"
#include "engine/settings.h"
#include "engine/silence.h"
#include "engine/spend.h"
#include "engine/state.h"
#include "engine/storm.h"
#include "engine/stretch.h"
#include "engine/swap.h"
#include "engine/throttle.h"
#include "engine/timers.h"

typedef void handler(struct work *work, const struct event *event, struct answer *answer);

static void on_courier_lost(struct work *work, const struct event *event, struct answer *answer)
{
    (void)event;
    page_courier_lost(work);
    answer->kind = ANSWER_DONE;
}

static void on_hurry(struct work *work, const struct event *event, struct answer *answer)
{
    (void)event;
    gather_hurry(work);
    answer->kind = ANSWER_DONE;
}

/* Told to nobody; who looks for a cause finds it (GET /v1/changes). */
static void on_change(struct work *work, const struct event *event, struct answer *answer)
{
    const struct alert *alert = event->alert;
    if (alert == NULL || alert->integration == NULL || alert->summary == NULL) {
        (void)answer_set(answer, ANSWER_INVALID, "no change");
        return;
    }
    struct alert settled;
    (void)route_settle(work->policy, alert, &settled);
    bool has_service = alert->service != NULL && alert->service[0] != '\0';
    bool has_source = alert->source != NULL && alert->source[0] != '\0';
    bool has_link = alert->link != NULL && alert->link[0] != '\0';
    entry_add(work, 0, ENTRY_CHANGE, alert->integration, "%s%s%s: %s%s%s%s%s",
              settled.team != NULL ? settled.team : "", has_service ? "/" : "",
              has_service ? alert->service : "", alert->summary, has_source ? ", by " : "",
              has_source ? alert->source : "", has_link ? ", " : "", has_link ? alert->link : "");
    answer->kind = ANSWER_DONE;
}

static void on_tick(struct work *work, const struct event *event, struct answer *answer)
{
    (void)work;
    (void)event;
    answer->kind = ANSWER_DONE;
}

/* What every event does. */
static const struct {
    handler *apply;
    bool needs_policy;
    bool is_of_source; /* an alert: the ledger has it */
} handlers[EVENT_COUNT] = {
    [EVENT_TRIGGER] = {dedup_trigger, true, true},
    [EVENT_RESOLVE_SOURCE] = {dedup_resolve, true, true},
    [EVENT_CHANGE] = {on_change, true, false},
    [EVENT_NOTE_SOURCE] = {dedup_note, true, true},
    [EVENT_ACKNOWLEDGE] = {incident_acknowledge, true, false},
    [EVENT_UNACKNOWLEDGE] = {incident_unacknowledge, true, false},
    [EVENT_RESOLVE] = {incident_resolve, true, false},
    [EVENT_SNOOZE] = {incident_snooze, true, false},
    [EVENT_UNSNOOZE] = {incident_unsnooze, true, false},
    [EVENT_ESCALATE] = {pass_on_escalate, true, false},
    [EVENT_REASSIGN] = {pass_on_reassign, true, false},
    [EVENT_NOTE] = {incident_note, true, false},
    [EVENT_LINK] = {ack_link_event, true, false},
    [EVENT_OVERRIDE_ADD] = {override_add, true, false},
    [EVENT_OVERRIDE_END] = {override_end, true, false},
    [EVENT_TEST_PAGE] = {proof_test, true, false},
    [EVENT_TEST_ANSWER] = {proof_answer, true, false},
    [EVENT_CODE_MADE] = {code_made, true, false},
    [EVENT_CODE] = {code_entered, true, false},
    [EVENT_SWAP_ASK] = {swap_ask, true, false},
    [EVENT_SWAP_ANSWER] = {swap_answer, true, false},
    [EVENT_SWAP_CANCEL] = {swap_cancel, true, false},
    [EVENT_SILENCE_ADD] = {silence_add, true, false},
    [EVENT_SILENCE_END] = {silence_end, true, false},
    [EVENT_HEARTBEAT_ADD] = {heartbeat_add, true, false},
    [EVENT_HEARTBEAT_REMOVE] = {heartbeat_remove, true, false},
    [EVENT_HEARTBEAT_PING] = {heartbeat_ping, true, false},
    [EVENT_RECOVERY_START] = {recovery_start, true, false},
    [EVENT_RECOVERY_END] = {recovery_end, true, false},
    [EVENT_RECOVERY_WAIVE] = {recovery_waive, true, false},
    [EVENT_PAUSE] = {pause_begin, true, false},
    [EVENT_PAUSE_END] = {pause_end, true, false},
    [EVENT_AWAKE] = {awake_begin, true, false},
    [EVENT_AWAKE_END] = {awake_end, true, false},
    [EVENT_PAGE_OUTCOME] = {page_outcome, true, false},
    [EVENT_COURIER_LOST] = {on_courier_lost, true, false},
    [EVENT_PROVIDER] = {provider_event, true, false},
    [EVENT_HURRY] = {on_hurry, true, false},
    [EVENT_TICK] = {on_tick, false, false},
    [EVENT_NOTICE] = {notice_event, true, false},
    [EVENT_RESTORED] = {recall_event, true, false},
    [EVENT_POLICY] = {settings_policy, false, false},
    [EVENT_ROSTER] = {settings_roster, false, false},
};

static void records_free(struct map *map, void (*record_free)(void *))
{
    size_t cursor = 0;
    void *record = NULL;
    while ((record = map_each(map, &cursor, NULL)) != NULL)
        record_free(record);
    map_free(map);
}

static void numbers_free(struct numbered *numbered, void (*record_free)(void *))
{
    size_t cursor = 0;
    void *record = NULL;
    while ((record = numbered_each(numbered, &cursor)) != NULL)
        record_free(record);
    numbered_free(numbered);
}

static void free_incident(void *record)
{
    struct incident *incident = record;
    for (struct alert_record *alert = incident->alerts; alert != NULL;) {
        struct alert_record *next = alert->next;
        alert_record_free(alert);
        alert = next;
    }
    incident_free(incident);
}

static void free_page(void *record)
{
    page_free(record);
}

static void free_person(void *record)
{
    person_free(record);
}

static void free_heartbeat(void *record)
{
    heartbeat_free(record);
}

static void free_handoff(void *record)
{
    handoff_free(record);
}

static void free_swap(void *record)
{
    swap_free(record);
}

static void free_proof(void *record)
{
    proof_free(record);
}

static void groups_restored(struct engine *engine)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL)
        group_remember(engine, incident);
}

/* Puts the pages into the lists of their incidents. */
static void pages_link(struct engine *engine)
{
    size_t cursor = 0;
    struct page *page = NULL;
    while ((page = numbered_each(engine->pages, &cursor)) != NULL)
        page_take(engine, page);
}

/* A deadline that the state knows nothing of would be due for ever, and hold the engine there. */
static void deadlines_fit(struct incident *incident)
{
    enum incident_state state = incident->state;
    if (state != INCIDENT_TRIGGERED && state != INCIDENT_ACKNOWLEDGED)
        incident->walk.due_at = MSEC_NEVER;
    if (state == INCIDENT_RESOLVED)
        incident->promote_due_at = MSEC_NEVER;
    if (!incident_has_handling(incident))
        return;
    struct handling *handling = incident_handle(incident);
    if (state != INCIDENT_ACKNOWLEDGED)
        handling->acknowledge_due_at = handling->grow_due_at = MSEC_NEVER;
    if (state != INCIDENT_SNOOZED)
        handling->snooze_due_at = MSEC_NEVER;
}

/* Steady time of the resolve; where it was not kept, by what has passed on the wall clock, and when
 * that was set back meanwhile, it was long ago. */
static msec ended_before(const struct work *work, const struct incident *incident)
{
    if (incident->handling->ended_at > 0 && incident->handling->ended_at <= work->now.steady_at)
        return incident->handling->ended_at;
    msec passed_ms = work->now.wall_at - incident->handling->resolved_at;
    return work->now.steady_at - (passed_ms >= 0 ? passed_ms : DAY_MS);
}

/* Since when the people of the step were silent is not stored: counted back from its end. */
static void incident_restored(struct work *work, struct incident *incident)
{
    struct escalation *walk = &incident->walk;
    deadlines_fit(incident);
    if (incident->state == INCIDENT_RESOLVED)
        incident_handle(incident)->ended_at = ended_before(work, incident);
    /* Whatever was stored: nothing may be silently at its end. */
    if (incident->state == INCIDENT_TRIGGERED && walk->due_at == MSEC_NEVER)
        walk->due_at = work->now.steady_at;
    if (incident->state == INCIDENT_SNOOZED && incident->handling->snoozed_until_at == 0)
        incident_handle(incident)->snoozed_until_at = work->now.wall_at;
    if (walk->due_at != MSEC_NEVER) {
        msec wait_ms = escalation_wait(team_of(work->engine, incident), walk->step);
        incident->step_entered_at = walk->due_at - wait_ms * (walk->round > 0 ? walk->round : 1);
    }
    incident_schedule(work->engine, incident);
}

struct engine *engine_new(void)
{
    struct engine *engine = memory_new(1, sizeof *engine);
    engine->teams = map_new();
    for (size_t i = 0; i <= ROLE_COUNT; i++)
        engine->rotas[i] = map_new();
    engine->incidents = numbered_new();
    engine->keys = map_new_lent();
    engine->ends = map_new();
    engine->groups = map_new();
    engine->bursts = map_new();
    engine->pages = numbered_new();
    engine->providers = map_new();
    engine->throttles = map_new();
    engine->people = map_new();
    engine->notices = map_new();
    engine->spends = map_new();
    engine->heartbeats = map_new();
    engine->handoffs = map_new();
    engine->swaps = map_new();
    engine->proofs = map_new();
    engine->tallies = map_new();
    return engine;
}

void engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    for (int i = 0; i < TIMER_COUNT; i++)
        heap_clear(&engine->timers[i]);
    notices_free(engine);
    provider_free_all(engine);
    throttles_free(engine);
    spend_free(engine);
    limits_free(engine);
    numbers_free(engine->incidents, free_incident);
    numbers_free(engine->pages, free_page);
    records_free(engine->people, free_person);
    records_free(engine->heartbeats, free_heartbeat);
    records_free(engine->handoffs, free_handoff);
    records_free(engine->swaps, free_swap);
    records_free(engine->proofs, free_proof);
    map_free(engine->keys);
    expiry_free(engine);
    storm_free(engine);
    map_free(engine->groups);
    alerts_free_restored(engine);
    map_free(engine->teams);
    for (size_t i = 0; i <= ROLE_COUNT; i++)
        map_free(engine->rotas[i]);
    stretches_free(engine);
    for (size_t i = 0; i < engine->override_count; i++)
        override_free(engine->overrides[i]);
    free(engine->overrides);
    for (size_t i = 0; i < engine->silence_count; i++)
        silence_free(engine->silences[i]);
    free(engine->silences);
    free(engine);
}

void engine_step(struct engine *engine, struct now now, const struct event *event,
                 struct effects *effects, struct answer *answer)
{
    struct work work = {.engine = engine, .policy = engine->policy, .now = now, .effects = effects};
    struct answer ignored;
    if (answer == NULL)
        answer = &ignored;
    *answer = (struct answer){.kind = ANSWER_DONE};
    timers_fire(&work);
    if (event->kind >= EVENT_COUNT) {
        (void)answer_set(answer, ANSWER_INVALID, "no such event");
        return;
    }
    if (handlers[event->kind].needs_policy && engine->policy == NULL) {
        (void)answer_set(answer, ANSWER_REFUSED, "there is no configuration yet");
        return;
    }
    if (handlers[event->kind].is_of_source)
        ledger_receive(engine);
    handlers[event->kind].apply(&work, event, answer);
    work.policy = engine->policy;
    if (engine->policy != NULL)
        keeps_heard(&work, event, answer);
    if (engine->is_cover_in_doubt)
        pauses_look(&work);
}

msec engine_next_due(const struct engine *engine, struct now now)
{
    if (engine->policy == NULL)
        return MSEC_NEVER;
    return clock_is_back(engine, now) ? 0 : timers_next(engine, now);
}

msec engine_overdue_ms(const struct engine *engine, struct now now)
{
    return engine->policy == NULL ? 0 : timers_overdue(engine, now);
}

void engine_restore_incident(struct engine *engine, const struct incident *incident)
{
    dedup_take(engine, incident_copy(incident));
}

void engine_restore_alert(struct engine *engine, const struct alert_record *record)
{
    alert_restore(engine, record);
}

void engine_restore_page(struct engine *engine, const struct page *page)
{
    struct page *copy = page_copy(page);
    numbered_put(engine->pages, copy->id, copy);
}

void engine_restore_person(struct engine *engine, const struct person *person)
{
    struct person *copy = person_copy(person);
    map_put(engine->people, span_of(copy->user), copy);
}

void engine_restore_override(struct engine *engine, const struct override *override)
{
    override_take(engine, override_copy(override));
}

void engine_restore_silence(struct engine *engine, const struct silence *silence)
{
    silence_take(engine, silence_copy(silence));
}

void engine_restore_heartbeat(struct engine *engine, const struct heartbeat *heartbeat)
{
    heartbeat_take(engine, heartbeat_copy(heartbeat));
}

void engine_restore_handoff(struct engine *engine, const struct handoff *handoff)
{
    handoff_take(engine, handoff_copy(handoff));
}

void engine_restore_swap(struct engine *engine, const struct swap *swap)
{
    swap_take(engine, swap_copy(swap));
}

void engine_restore_counters(struct engine *engine, uint64_t incident, uint64_t alert,
                             uint64_t page, uint64_t override)
{
    engine_skip_numbers(engine, incident, alert, page, override);
    engine->incident_floor = engine->incident_number;
}

void engine_skip_numbers(struct engine *engine, uint64_t incident, uint64_t alert, uint64_t page,
                         uint64_t override)
{
    if (alert > engine->alert_id)
        engine->alert_id = alert;
    if (incident > engine->incident_number)
        engine->incident_number = incident;
    if (page > engine->page_id)
        engine->page_id = page;
    if (override > engine->override_id)
        engine->override_id = override;
}

void engine_restore_quiet_counters(struct engine *engine, uint64_t silence, uint64_t heartbeat)
{
    if (silence > engine->silence_id)
        engine->silence_id = silence;
    if (heartbeat > engine->heartbeat_id)
        engine->heartbeat_id = heartbeat;
}

void engine_restore_proof(struct engine *engine, const struct proof *proof)
{
    proof_take(engine, proof_copy(proof));
}

void engine_restore_swap_counter(struct engine *engine, uint64_t swap)
{
    if (swap > engine->swap_id)
        engine->swap_id = swap;
}

/* Steps before this one had another steady clock: that of the last life is not known to them. */
void engine_restore_clock(struct engine *engine, msec ahead_ms)
{
    engine->has_clock = true;
    engine->ahead_ms = ahead_ms;
}

void engine_recall(struct engine *engine, struct now now, struct effects *effects)
{
    struct work work = {.engine = engine, .policy = engine->policy, .now = now, .effects = effects};
    assert(engine->policy != NULL);
    recall_all(&work);
    engine_restored(engine, now, effects);
}

void engine_restored(struct engine *engine, struct now now, struct effects *effects)
{
    struct work work = {.engine = engine, .policy = engine->policy, .now = now, .effects = effects};
    groups_restored(engine);
    alerts_restored(engine);
    pages_link(engine);
    engine->is_restored = engine->policy == NULL;
    if (engine->policy == NULL)
        return;
    size_t cursor = 0;
    struct incident *incident = NULL;
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL)
        incident_restored(&work, incident);
    alerts_restart(&work);
    clock_watch(&work);
    silences_restored(&work);
    heartbeats_restored(&work);
    cursor = 0;
    struct person *person = NULL;
    while ((person = map_each(engine->people, &cursor, NULL)) != NULL) {
        recovery_schedule(engine, person);
        pause_schedule(engine, person, now.wall_at);
        run_restored(&work, person);
    }
    uint64_t last = engine->page_id; /* pages made from here on are not restored ones */
    settings_refit(&work);
    cursor = 0;
    struct page *page = NULL;
    while ((page = numbered_each(engine->pages, &cursor)) != NULL && page->id <= last)
        page_restored(&work, page);
    engine->is_restored = true;
    pauses_look(&work);
    maintenance_plan(&work);
    handoffs_plan(&work);
    codes_plan(&work);
}
