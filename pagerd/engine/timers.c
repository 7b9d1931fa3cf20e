/* SPDX-License-Identifier: MIT */
#include "engine/timers.h"

#include <assert.h>

#include "engine/alert.h"
#include "engine/clock.h"
#include "engine/code.h"
#include "engine/handoff.h"
#include "engine/heartbeat.h"
#include "engine/incident.h"
#include "engine/leave.h"
#include "engine/page.h"
#include "engine/pause.h"
#include "engine/proof.h"
#include "engine/provider.h"
#include "engine/recovery.h"
#include "engine/run.h"
#include "engine/silence.h"
#include "engine/swap.h"

static void fire_incident(struct work *work, void *owner)
{
    incident_due(work, owner);
}

static void fire_alert(struct work *work, void *owner)
{
    alert_due(work, owner);
}

static void fire_run(struct work *work, void *owner)
{
    run_due(work, owner);
}

static void fire_page(struct work *work, void *owner)
{
    page_due(work, owner);
}

static void fire_provider(struct work *work, void *owner)
{
    provider_due(work, owner);
}

static void fire_snooze(struct work *work, void *owner)
{
    const struct handling *handling = owner;
    incident_wall_due(work, handling->incident);
}

static void fire_rest(struct work *work, void *owner)
{
    recovery_due(work, owner);
}

static void fire_pause(struct work *work, void *owner)
{
    pause_due(work, owner);
}

static void fire_heartbeat(struct work *work, void *owner)
{
    heartbeat_due(work, owner);
}

static void fire_silence(struct work *work, void *owner)
{
    silence_due(work, owner);
}

static void fire_leave(struct work *work, void *owner)
{
    (void)owner;
    leave_due(work);
}

static void fire_handoff(struct work *work, void *owner)
{
    handoff_due(work, owner);
}

static void fire_swap(struct work *work, void *owner)
{
    swap_due(work, owner);
}

static void fire_proof(struct work *work, void *owner)
{
    proof_due(work, owner);
}

static void fire_code(struct work *work, void *owner)
{
    (void)owner;
    codes_due(work);
}

/* A record that is listed in this turn must outlive it: later. */
static void fire_drop(struct work *work, void *owner)
{
    const struct handling *handling = owner;
    struct incident *incident = handling->incident;
    bool is_in_use = is_listed(work, incident->listed);
    for (const struct page *page = incident->pages; page != NULL; page = page->older)
        is_in_use = is_in_use || is_listed(work, page->listed);
    for (const struct alert_record *alert = incident->alerts; alert != NULL; alert = alert->next)
        is_in_use = is_in_use || is_listed(work, alert->listed);
    if (is_in_use)
        heap_put(&work->engine->timers[TIMER_DROP], &incident_handle(incident)->wall_timer,
                 work->now.wall_at + MINUTE_MS);
    else
        incident_drop(work->engine, incident);
}

/* One row for each kind of timer; equally overdue ones fire in this order. */
static const struct {
    bool is_wall;
    void (*fire)(struct work *work, void *owner);
    size_t offset; /* of the timer in its owner */
} kinds[TIMER_COUNT] = {
    [TIMER_INCIDENT] = {false, fire_incident, offsetof(struct incident, timer)},
    [TIMER_ALERT] = {false, fire_alert, offsetof(struct alert_record, timer)},
    [TIMER_RUN] = {false, fire_run, offsetof(struct person, run_timer)},
    [TIMER_HEARTBEAT] = {false, fire_heartbeat, offsetof(struct heartbeat, timer)},
    [TIMER_PAGE] = {false, fire_page, offsetof(struct page, timer)},
    [TIMER_SNOOZE] = {true, fire_snooze, offsetof(struct handling, wall_timer)},
    [TIMER_REST] = {true, fire_rest, offsetof(struct person, rest_timer)},
    [TIMER_SILENCE] = {true, fire_silence, offsetof(struct silence, timer)},
    [TIMER_SWAP] = {true, fire_swap, offsetof(struct swap, timer)},
    [TIMER_HANDOFF] = {true, fire_handoff, offsetof(struct handoff, timer)},
    [TIMER_LEAVE] = {true, fire_leave, offsetof(struct engine, leave_timer)},
    [TIMER_DROP] = {true, fire_drop, offsetof(struct handling, wall_timer)},
    [TIMER_PAUSE] = {true, fire_pause, offsetof(struct person, pause_timer)},
    [TIMER_PROVIDER] = {false, fire_provider, offsetof(struct provider, timer)},
    [TIMER_PROOF] = {false, fire_proof, offsetof(struct proof, timer)},
    [TIMER_CODE] = {false, fire_code, offsetof(struct engine, code_timer)},
};

/* Milliseconds until the first timer of that kind; negative when overdue. */
static msec kind_due_in(const struct engine *engine, struct now now, int kind)
{
    const struct heap_item *first = heap_first(&engine->timers[kind]);
    if (first == NULL)
        return MSEC_NEVER;
    return first->due_at - (kinds[kind].is_wall ? now.wall_at : now.steady_at);
}

/* The kind whose first timer is due first, or TIMER_COUNT. */
static int kind_first(const struct engine *engine, struct now now, msec *due_in_ms)
{
    int first = TIMER_COUNT;
    *due_in_ms = MSEC_NEVER;
    for (int kind = 0; kind < TIMER_COUNT; kind++) {
        msec due_in = kind_due_in(engine, now, kind);
        if (due_in < *due_in_ms) {
            *due_in_ms = due_in;
            first = kind;
        }
    }
    return first;
}

static void resolved_trim(struct work *work)
{
    struct engine *engine = work->engine;
    while (engine->counts.open[INCIDENT_RESOLVED] > RESOLVED_MAX) {
        struct handling *oldest =
            heap_owner(heap_first(&engine->timers[TIMER_DROP]), struct handling, wall_timer);
        uint64_t before = engine->counts.open[INCIDENT_RESOLVED];
        fire_drop(work, oldest);
        if (engine->counts.open[INCIDENT_RESOLVED] == before)
            return;
    }
}

void timers_fire(struct work *work)
{
    struct engine *engine = work->engine;
    if (engine->policy == NULL)
        return;
    clock_watch(work);
    for (; work->effects->fired < TIMERS_FIRED_MAX; work->effects->fired++) {
        msec due_in_ms = 0;
        int kind = kind_first(engine, work->now, &due_in_ms);
        if (kind == TIMER_COUNT || due_in_ms > 0)
            break;
        struct heap_item *item = heap_first(&engine->timers[kind]);
        void *owner = heap_owner_at(item, kinds[kind].offset);
        bool is_duty = kind != TIMER_DROP && kind != TIMER_PAGE && kind != TIMER_PROVIDER;
        if (is_duty && (uint64_t)-due_in_ms > engine->counts.late_ms_max)
            engine->counts.late_ms_max = (uint64_t)-due_in_ms;
        work->is_late = -due_in_ms > TIMERS_LATE_MS;
        heap_remove(&engine->timers[kind], item);
        kinds[kind].fire(work, owner);
    }
    work->is_late = false;
    resolved_trim(work);
}

msec timers_next(const struct engine *engine, struct now now)
{
    msec due_in_ms = 0;
    (void)kind_first(engine, now, &due_in_ms);
    return due_in_ms < 0 ? 0 : due_in_ms;
}

msec timers_overdue(const struct engine *engine, struct now now)
{
    msec due_in_ms = 0;
    (void)kind_first(engine, now, &due_in_ms);
    return due_in_ms < 0 ? -due_in_ms : 0;
}
