/* SPDX-License-Identifier: MIT */
#include "engine/storm.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "engine/entry.h"
#include "engine/gather.h"
#include "engine/incident.h"
#include "engine/mute.h"

/* What came of one service of a team, or (without a service) of the first ones of its services. */
struct burst {
    msec last_at;                        /* steady; the last new alert */
    msec paged_at;                       /* steady; the last that paged at once */
    enum severity worst;                 /* that has paged; SEVERITY_COUNT: none has */
    uint64_t storm;                      /* number of its incident, or 0 */
    uint64_t waiting[STORM_WAITING_MAX]; /* numbers of incidents that were opened to wait */
    size_t waiting_count;
    msec *times; /* of the last `room` new alerts, steady, a ring */
    size_t room;
    size_t count; /* ever put into the ring */
};

static void burst_free(struct burst *burst)
{
    free(burst->times);
    free(burst);
}

/* Forgets services that are quiet; seldom, for it looks at all of them. */
static void bursts_prune(struct work *work)
{
    if (work->now.steady_at < work->engine->bursts_prune_at)
        return;
    work->engine->bursts_prune_at = work->now.steady_at + STORM_PRUNE_MS;
    size_t cursor = 0;
    struct span key;
    struct burst *burst = NULL;
    while ((burst = map_each(work->engine->bursts, &cursor, &key)) != NULL) {
        if (work->now.steady_at - burst->last_at <= work->policy->group.storm_within_ms)
            continue;
        (void)map_remove(work->engine->bursts, key);
        burst_free(burst);
    }
}

/* `service` NULL: the team's own. What a silence holds back is counted for itself. */
static struct burst *burst_get(struct work *work, const struct team *team, uint64_t holder,
                               const char *service)
{
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, team->id);
    text_add_char(&text, '\n');
    text_add_bytes(&text, &holder, sizeof holder);
    if (service != NULL) {
        text_add_char(&text, '\n');
        text_add(&text, service);
    }
    struct burst *burst = map_find(work->engine->bursts, text_span(&text));
    if (burst == NULL && map_count(work->engine->bursts) >= STORM_BURSTS_MAX)
        bursts_prune(work);
    if (burst == NULL && service != NULL && map_count(work->engine->bursts) >= STORM_BURSTS_MAX)
        return burst_get(work, team, holder, NULL);
    if (burst == NULL) {
        burst = memory_new(1, sizeof *burst);
        burst->worst = SEVERITY_COUNT;
        map_put(work->engine->bursts, text_span(&text), burst);
    }
    return burst;
}

/* Was it quiet long enough? Then nothing of what was counts any more. */
static void burst_refresh(const struct work *work, struct burst *burst, size_t room)
{
    bool is_over = work->now.steady_at - burst->last_at > work->policy->group.storm_within_ms;
    if (!is_over && burst->room == room)
        return;
    burst->count = 0;
    if (burst->room != room) {
        burst->times = memory_grow(burst->times, room, sizeof *burst->times);
        burst->room = room;
    }
    if (!is_over)
        return;
    burst->worst = SEVERITY_COUNT;
    burst->storm = 0;
    burst->waiting_count = 0;
}

/* Counts one more; true: there were more than `room` within the time of a storm. */
static bool burst_count(const struct work *work, struct burst *burst)
{
    msec now_at = work->now.steady_at;
    msec *place = &burst->times[burst->count % burst->room];
    bool is_many =
        burst->count >= burst->room && now_at - *place <= work->policy->group.storm_within_ms;
    *place = now_at;
    burst->count++;
    burst->last_at = now_at;
    return is_many;
}

static struct incident *storm_find(const struct work *work, const struct burst *burst,
                                   const struct alert *alert)
{
    struct incident *incident = incident_find(work->engine, burst->storm);
    if (incident == NULL || !incident_is_open(incident))
        return NULL;
    return mute_may_join(work->engine, incident, alert) ? incident : NULL;
}

/* The first that still waits takes the others; NULL: none waits. */
static struct incident *storm_begin(struct work *work, struct burst *burst)
{
    struct incident *into = NULL;
    for (size_t i = 0; i < burst->waiting_count; i++) {
        struct incident *one = incident_find(work->engine, burst->waiting[i]);
        if (one == NULL || !gather_is_waiting(one))
            continue;
        if (into == NULL)
            into = one;
        else
            gather_merge(work, one, into);
    }
    burst->waiting_count = 0;
    if (into == NULL)
        return NULL;
    burst->storm = into->number;
    entry_add(work, into->number, ENTRY_STORM, NULL,
              "more than %" PRIu32 " new alerts of this service: a storm, paged as one",
              work->policy->group.storm_more);
    return into;
}

static struct storm_place joins(struct incident *incident)
{
    return (struct storm_place){.verdict = STORM_JOINS, .incident = incident};
}

static struct storm_place waits(struct burst *burst, msec due_at, bool is_storm)
{
    return (struct storm_place){
        .verdict = STORM_WAITS, .due_at = due_at, .is_storm = is_storm, .burst = burst};
}

/* One more of a service that has paged already, and not worse. */
static struct storm_place judge_further(struct work *work, struct burst *burst,
                                        const struct alert *alert, bool is_many, msec before_at)
{
    msec now_at = work->now.steady_at;
    struct incident *storm = storm_find(work, burst, alert);
    if (storm == NULL && is_many)
        storm = storm_begin(work, burst);
    if (storm != NULL)
        return joins(storm);
    if (is_many)
        return waits(burst, now_at + STORM_GATHER_MS, true);
    bool is_close = now_at - before_at <= STORM_GATHER_MS;
    if (is_close && now_at - burst->paged_at < STORM_GATHER_MS)
        return waits(burst, burst->paged_at + STORM_GATHER_MS, false);
    burst->paged_at = now_at;
    return (struct storm_place){.verdict = STORM_PAGES};
}

/* The storm of many services of the team, when there is one: what a service has more of then, after
 * the first that paged, is part of that. */
static struct incident *storm_of_team(struct work *work, const struct team *team, uint64_t holder,
                                      struct burst *burst, const struct alert *alert)
{
    struct burst *all = burst_get(work, team, holder, NULL);
    bool is_over = work->now.steady_at - all->last_at > work->policy->group.storm_within_ms;
    struct incident *storm = is_over ? NULL : storm_find(work, all, alert);
    if (storm == NULL || burst == all || storm_find(work, burst, alert) != NULL)
        return NULL;
    for (size_t i = 0; i < burst->waiting_count; i++) {
        struct incident *one = incident_find(work->engine, burst->waiting[i]);
        if (one != NULL && gather_is_waiting(one) && one != storm)
            gather_merge(work, one, storm);
    }
    burst->waiting_count = 0;
    burst->storm = storm->number;
    return storm;
}

/* The first of a service: pages, unless too many services of the team have just done so. */
static struct storm_place judge_first(struct work *work, const struct team *team, uint64_t holder,
                                      struct burst *burst, const struct alert *alert)
{
    enum severity severity = alert->severity;
    struct burst *all = burst_get(work, team, holder, NULL);
    burst_refresh(work, all, STORM_SERVICES);
    bool is_many = burst_count(work, all);
    burst->paged_at = work->now.steady_at;
    burst->worst = severity;
    if (!is_many || severity < all->worst) {
        if (severity < all->worst)
            all->worst = severity;
        return (struct storm_place){.verdict = STORM_PAGES};
    }
    struct incident *storm = storm_find(work, all, alert);
    if (storm == NULL)
        return waits(all, work->now.steady_at + STORM_GATHER_MS, true);
    burst->storm = storm->number;
    return joins(storm);
}

struct storm_place storm_judge(struct work *work, const struct team *team,
                               const struct alert *alert)
{
    const struct grouping *rule = &work->policy->group;
    if (rule->storm_more == 0)
        return (struct storm_place){.verdict = STORM_PAGES};
    uint64_t holder = mute_of_alert(work->engine, team->id, alert);
    const char *service = alert->service != NULL ? alert->service : "";
    struct burst *burst = burst_get(work, team, holder, service);
    msec before_at = burst->last_at;
    burst_refresh(work, burst, rule->storm_more);
    bool is_first = burst->worst == SEVERITY_COUNT;
    bool is_many = burst_count(work, burst);
    if (is_first)
        return judge_first(work, team, holder, burst, alert);
    if (alert->severity < burst->worst) {
        burst->worst = alert->severity;
        return (struct storm_place){.verdict = STORM_PAGES};
    }
    struct incident *storm = storm_of_team(work, team, holder, burst, alert);
    return storm != NULL ? joins(storm) : judge_further(work, burst, alert, is_many, before_at);
}

void storm_opened(struct work *work, const struct storm_place *place, struct incident *incident)
{
    struct burst *burst = place->burst;
    if (place->verdict != STORM_WAITS)
        return;
    if (place->is_storm)
        burst->storm = incident->number;
    else if (burst->waiting_count < STORM_WAITING_MAX)
        burst->waiting[burst->waiting_count++] = incident->number;
    if (place->is_storm)
        entry_add(work, incident->number, ENTRY_STORM, NULL,
                  "too many new alerts at once: a storm, further ones join here");
}

void storm_free(struct engine *engine)
{
    size_t cursor = 0;
    struct burst *burst = NULL;
    while ((burst = map_each(engine->bursts, &cursor, NULL)) != NULL)
        burst_free(burst);
    map_free(engine->bursts);
}
