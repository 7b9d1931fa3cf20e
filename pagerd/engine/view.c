/* SPDX-License-Identifier: MIT */
#include "engine/view.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "engine/alert.h"
#include "engine/canary.h"
#include "engine/crowd.h"
#include "engine/duty.h"
#include "engine/escalation.h"
#include "engine/heartbeat.h"
#include "engine/hold.h"
#include "engine/incident.h"
#include "engine/limit.h"
#include "engine/mute.h"
#include "engine/page.h"
#include "engine/pause.h"
#include "engine/rest.h"
#include "engine/silence.h"

static const char *const state_names[INCIDENT_STATE_COUNT] = {
    [INCIDENT_TRIGGERED] = "triggered", [INCIDENT_ACKNOWLEDGED] = "acknowledged",
    [INCIDENT_SNOOZED] = "snoozed",     [INCIDENT_SUPPRESSED] = "suppressed",
    [INCIDENT_RESOLVED] = "resolved",
};

static const char *const silence_state_names[SILENCE_STATE_COUNT] = {
    [SILENCE_PLANNED] = "planned",
    [SILENCE_ACTIVE] = "active",
    [SILENCE_OVER] = "over",
};

static const char *const page_state_names[PAGE_STATE_COUNT] = {
    [PAGE_QUEUED] = "queued",       [PAGE_SENDING] = "sending", [PAGE_SENT] = "sent",
    [PAGE_DELIVERED] = "delivered", [PAGE_FAILED] = "failed",   [PAGE_UNKNOWN] = "unknown",
    [PAGE_CANCELLED] = "failed",
};

static const char *const page_kind_names[PAGE_KIND_COUNT] = {
    [PAGE_ALERT] = "alert",
    [PAGE_AGAIN] = "again",
    [PAGE_ESCALATED] = "escalated",
    [PAGE_BY_HAND] = "by-hand",
    [PAGE_STILL] = "still",
    [PAGE_WOKEN] = "woken",
    [PAGE_LAST_RESORT] = "last-resort",
    [PAGE_ACKED] = "acked",
    [PAGE_RESOLVED] = "resolved",
    [PAGE_CLEARED] = "cleared",
    [PAGE_REST] = "rest",
    [PAGE_COVER] = "cover",
    [PAGE_OVERRIDE] = "override",
    [PAGE_NOTICE] = "notice",
    [PAGE_SHIFT_SOON] = "soon",
    [PAGE_SHIFT_STARTS] = "on-call",
    [PAGE_SHIFT_ENDS] = "off-call",
    [PAGE_SWAP] = "swap",
    [PAGE_SWAPPED] = "swapped",
    [PAGE_TEST] = "test",
    [PAGE_VERIFY] = "verify",
    [PAGE_GROWN] = "grown",
    [PAGE_BUNDLE] = "bundle",
    [PAGE_DIGEST] = "digest",
};

static void next_add_crowd(struct next_page *next, const struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count && next->user_count < SEGMENT_USERS_MAX; i++)
        next->users[next->user_count++] = crowd->users[i];
}

/* The people of the first step from `step` on at which there are any. */
static void next_add_steps(const struct engine *engine, const struct team *team, size_t step,
                           struct next_page *next)
{
    struct crowd crowd = {0};
    for (; step < team->step_count && crowd.count == 0; step++)
        crowd_add_step(&crowd, engine, team, step, next->at);
    if (crowd.count == 0) {
        next->is_last_resort = true;
        crowd_add_step(&crowd, engine, team, team->step_count, next->at);
    }
    next_add_crowd(next, &crowd);
}

/* Who comes at the walk's next due time. */
static bool next_of_walk(const struct engine *engine, const struct incident *incident,
                         struct now now, struct next_page *next)
{
    const struct escalation *walk = &incident->walk;
    if (walk->due_at == MSEC_NEVER)
        return false;
    const struct team *team = team_of(engine, incident);
    next->at = now.wall_at + (walk->due_at - now.steady_at);
    size_t step = walk->step;
    bool is_same =
        step < team->step_count && (walk->round == 0 || walk->round < team->steps[step].repeat);
    if (!is_same)
        step++;
    next_add_steps(engine, team, step, next);
    return true;
}

/* Who comes when the morning lets it go. */
static bool next_of_morning(const struct engine *engine, const struct incident *incident,
                            struct next_page *next)
{
    next->at = incident->handling->hold_until_at;
    next_add_steps(engine, team_of(engine, incident), 0, next);
    return true;
}

static void next_add_user(const struct engine *engine, struct next_page *next, const char *id)
{
    const struct user *user = policy_find_user(engine->policy, id);
    if (user != NULL)
        next->users[next->user_count++] = user;
}

static int compare_numbers(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return *a < *b ? -1 : *a > *b;
}

const struct policy *view_policy(const struct engine *engine)
{
    return engine->policy;
}

const struct team *view_team(const struct engine *engine, const char *id)
{
    return team_find(engine, id);
}

const struct roster *view_roster(const struct engine *engine)
{
    return engine->roster;
}

const struct incident *view_incident(const struct engine *engine, uint64_t number)
{
    return incident_find(engine, number);
}

const struct incident *view_each_incident(const struct engine *engine, uint64_t *cursor)
{
    size_t place = (size_t)*cursor;
    const struct incident *incident = numbered_each(engine->incidents, &place);
    *cursor = place;
    return incident;
}

const struct incident *view_open_by_key(const struct engine *engine, const char *integration,
                                        const char *dedup_key)
{
    const struct incident *incident =
        alert_incident(engine, alert_find(engine, integration, dedup_key));
    return incident != NULL && incident_is_open(incident) ? incident : NULL;
}

void view_numbers(const struct engine *engine, struct view_numbers *numbers)
{
    *numbers = (struct view_numbers){.incident = engine->incident_number,
                                     .alert = engine->alert_id,
                                     .page = engine->page_id,
                                     .override = engine->override_id};
}

const struct page *view_page(const struct engine *engine, uint64_t id)
{
    return page_find(engine, id);
}

const struct page *view_each_page(const struct engine *engine, size_t *cursor)
{
    return numbered_each(engine->pages, cursor);
}

bool view_page_is_wanted(const struct engine *engine, const struct page *page)
{
    bool is_waiting = page->state == PAGE_QUEUED || page->state == PAGE_SENDING;
    if (!is_waiting || page->is_unasked || policy_find_user(engine->policy, page->user) == NULL)
        return false;
    const struct incident *incident = incident_find(engine, page->incident);
    return !page_is_alarm(page->kind) || (incident != NULL && incident_is_waiting(incident));
}

const struct person *view_person(const struct engine *engine, const char *user)
{
    return person_find(engine, user);
}

const struct person *view_each_person(const struct engine *engine, size_t *cursor)
{
    return map_each(engine->people, cursor, NULL);
}

const struct override *view_each_override(const struct engine *engine, size_t *cursor)
{
    return *cursor < engine->override_count ? engine->overrides[(*cursor)++] : NULL;
}

const struct silence *view_each_silence(const struct engine *engine, size_t *cursor)
{
    return *cursor < engine->silence_count ? engine->silences[(*cursor)++] : NULL;
}

const struct silence *view_silence(const struct engine *engine, uint64_t id)
{
    return silence_find(engine, id);
}

const struct heartbeat *view_each_heartbeat(const struct engine *engine, size_t *cursor)
{
    const struct heartbeat *heartbeat = NULL;
    do
        heartbeat = map_each(engine->heartbeats, cursor, NULL);
    while (heartbeat != NULL && heartbeat->state == HEARTBEAT_REMOVED);
    return heartbeat;
}

const struct heartbeat *view_heartbeat(const struct engine *engine, const char *name)
{
    return heartbeat_find(engine, name);
}

const struct heartbeat *view_heartbeat_of(const struct engine *engine, const char *hash)
{
    size_t cursor = 0;
    const struct heartbeat *heartbeat = NULL;
    while ((heartbeat = view_each_heartbeat(engine, &cursor)) != NULL) {
        if (string_is(heartbeat->hash, hash))
            return heartbeat;
    }
    return NULL;
}

const char *heartbeat_state_name(enum heartbeat_state state)
{
    static const char *const names[HEARTBEAT_STATE_COUNT] = {
        [HEARTBEAT_NEW] = "new",   [HEARTBEAT_UP] = "up",           [HEARTBEAT_RUNNING] = "running",
        [HEARTBEAT_DOWN] = "down", [HEARTBEAT_REMOVED] = "removed",
    };
    assert(state < HEARTBEAT_STATE_COUNT);
    return names[state];
}

bool view_silence_fits(const struct silence *silence, const struct incident *incident)
{
    return mute_fits(silence, incident);
}

bool view_is_held(const struct incident *incident)
{
    return mute_holds(incident);
}

bool view_is_held_till_morning(const struct incident *incident)
{
    return hold_has(incident);
}

const char *silence_state_name(enum silence_state state)
{
    assert(state < SILENCE_STATE_COUNT);
    return silence_state_names[state];
}

bool view_oncall(const struct engine *engine, const struct team *team, enum role role, msec at,
                 struct duty *duty)
{
    return duty_find(engine, team, role, at, duty);
}

bool view_cover(const struct engine *engine, const char *user, msec at, const struct team **team,
                enum role *role, const struct user **cover)
{
    const struct person *person = person_find(engine, user);
    const struct user *resting = policy_find_user(engine->policy, user);
    if (resting == NULL || !person_is_resting(person, at))
        return false;
    for (size_t i = 0; i < engine->policy->team_count; i++) {
        const struct team *candidate = &engine->policy->teams[i];
        for (int r = 0; r < ROLE_COUNT; r++) {
            struct duty duty;
            msec from_at = 0;
            if (!rest_covered_duty(engine, candidate, (enum role)r, resting, at,
                                   person->rest_until_at, &duty, &from_at) ||
                duty.user_count == 0 || duty.users[0] == resting)
                continue;
            *team = candidate;
            *role = (enum role)r;
            *cover = duty.users[0];
            return true;
        }
    }
    return false;
}

bool person_is_paused(const struct person *person, msec at)
{
    return person != NULL && person->pause_from_at <= at && at < person->pause_until_at;
}

bool person_is_awake(const struct person *person, msec at)
{
    return person != NULL && at < person->awake_until_at;
}

bool view_pause_cover(const struct engine *engine, const char *user, msec at,
                      const struct team **team, enum role *role, const struct user **cover)
{
    const struct user *paused = policy_find_user(engine->policy, user);
    return paused != NULL && person_is_paused(person_find(engine, user), at) &&
           pause_covered(engine, paused, at, team, role, cover);
}

bool view_next(const struct engine *engine, const struct incident *incident, struct now now,
               struct next_page *next)
{
    *next = (struct next_page){0};
    if (canary_is(incident))
        return false;
    switch (incident->state) {
    case INCIDENT_TRIGGERED:
        return next_of_walk(engine, incident, now, next);
    case INCIDENT_ACKNOWLEDGED:
        if (next_of_walk(engine, incident, now, next))
            return true;
        if (incident->handling->acknowledge_due_at == MSEC_NEVER)
            return false;
        next->at = now.wall_at + (incident->handling->acknowledge_due_at - now.steady_at);
        next_add_user(engine, next, incident->handling->acknowledged_by);
        return true;
    case INCIDENT_SNOOZED:
        next->at = incident->handling->snoozed_until_at;
        if (incident->handling->snooze_due_at != MSEC_NEVER)
            next->at = now.wall_at + (incident->handling->snooze_due_at - now.steady_at);
        next_add_user(engine, next, incident->handling->snoozed_by);
        return true;
    case INCIDENT_SUPPRESSED:
        return hold_has(incident) && next_of_morning(engine, incident, next);
    case INCIDENT_RESOLVED:
    case INCIDENT_STATE_COUNT:
        break;
    }
    return false;
}

size_t view_paging(const struct engine *engine, const char *user, uint64_t *numbers, size_t max)
{
    const struct person *person = person_find(engine, user);
    uint64_t all[PERSON_RUNS_MAX];
    size_t count = 0;
    for (size_t i = 0; person != NULL && i < person->run_count; i++) {
        const struct incident *incident = incident_find(engine, person->runs[i].incident);
        if (incident != NULL && incident_is_waiting(incident))
            all[count++] = incident->number;
    }
    if (count > 1)
        qsort(all, count, sizeof all[0], compare_numbers);
    if (count > max)
        count = max;
    for (size_t i = 0; i < count; i++)
        numbers[i] = all[i];
    return count;
}

void view_add_count(struct text *text, const struct incident *incident)
{
    static const char *const names[SEVERITY_COUNT] = {"crit", "err", "warn", "info"};
    const char *before = "(";
    if (incident->alert_count < 2)
        return;
    text_addf(text, "x%" PRIu32 " ", incident->alert_count);
    for (int severity = 0; severity < SEVERITY_COUNT; severity++) {
        if (incident->firing[severity] == 0)
            continue;
        text_addf(text, "%s%" PRIu32 " %s", before, incident->firing[severity], names[severity]);
        before = " ";
    }
    text_add(text, before[0] == '(' ? "" : ") ");
}

const char *incident_state_name(enum incident_state state)
{
    assert(state < INCIDENT_STATE_COUNT);
    return state_names[state];
}

const char *page_state_name(enum page_state state)
{
    assert(state < PAGE_STATE_COUNT);
    return page_state_names[state];
}

bool page_is_alarm(enum page_kind kind)
{
    return kind <= PAGE_LAST_RESORT || kind == PAGE_BUNDLE || kind == PAGE_DIGEST;
}

const char *page_kind_name(enum page_kind kind)
{
    assert(kind < PAGE_KIND_COUNT);
    return page_kind_names[kind];
}

struct source_view view_source(const struct engine *engine, const char *name, msec steady_at)
{
    const struct tally *tally = map_find(engine->tallies, span_of(name));
    struct source_view view = {.name = name, .rule = policy_source(engine->policy, name)};
    if (tally == NULL)
        return view;
    view.open = tally->open;
    view.rate = limit_rate(tally, steady_at);
    view.rate_met_count = tally->rate_met_count;
    view.open_met_count = tally->open_met_count;
    return view;
}

bool view_each_source(const struct engine *engine, size_t *cursor, msec steady_at,
                      struct source_view *source)
{
    const struct tally *tally = map_each(engine->tallies, cursor, NULL);
    if (tally == NULL)
        return false;
    *source = view_source(engine, tally->name, steady_at);
    return true;
}

struct engine_counts view_counts(const struct engine *engine)
{
    return engine->counts;
}
