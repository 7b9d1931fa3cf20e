/* SPDX-License-Identifier: MIT */
#include "engine/limit.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/alert.h"
#include "engine/entry.h"
#include "engine/incident.h"

#define MINUTE_US (MINUTE_MS * 1000)

static struct tally *tally_get(struct engine *engine, const char *name)
{
    struct tally *tally = map_find(engine->tallies, span_of(name));
    if (tally != NULL)
        return tally;
    tally = memory_new(1, sizeof *tally);
    tally->name = string_copy(name);
    map_put(engine->tallies, span_of(name), tally);
    return tally;
}

void limit_count(struct engine *engine, const char *integration, int change)
{
    struct tally *tally = tally_get(engine, integration);
    assert(change > 0 || tally->open > 0);
    tally->open += change > 0 ? 1 : (uint64_t)-1;
}

static void minute_move(struct tally *tally, msec steady_at)
{
    if (steady_at - tally->minute_at < MINUTE_MS)
        return;
    bool is_next = steady_at - tally->minute_at < 2 * MINUTE_MS;
    tally->before_count = is_next ? tally->minute_count : 0;
    tally->minute_count = 0;
    tally->minute_at = steady_at - steady_at % MINUTE_MS;
}

uint32_t limit_rate(const struct tally *tally, msec steady_at)
{
    struct tally moved = *tally;
    minute_move(&moved, steady_at);
    msec passed_ms = steady_at - moved.minute_at;
    return moved.minute_count +
           (uint32_t)((uint64_t)moved.before_count * (uint64_t)(MINUTE_MS - passed_ms) / MINUTE_MS);
}

/* Is there room in the bucket? Then it is taken. */
static bool rate_spend(struct tally *tally, const struct source_rule *rule, msec steady_at)
{
    if (rule->rate_max == 0)
        return true;
    int64_t now_us = steady_at * 1000;
    int64_t one_us = MINUTE_US / rule->rate_max;
    int64_t from_us = tally->drained_at_us > now_us ? tally->drained_at_us : now_us;
    int64_t room = rule->burst_max > 0 ? rule->burst_max : rule->rate_max;
    if (from_us + one_us - now_us > room * one_us)
        return false;
    tally->drained_at_us = from_us + one_us;
    return true;
}

/* "more than 6000 new alerts a minute from prometheus: 412 more; the worst: db1 is down" */
static const char *overflow_summary(struct work *work, const struct source_rule *rule, bool is_rate,
                                    const struct alert *alert, uint64_t count, const char *worst)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "more than %" PRIu32 " %s %s: %" PRIu64 " more; the worst: %s",
              is_rate ? rule->rate_max : rule->open_max,
              is_rate ? "new alerts a minute from" : "open incidents of", alert->integration, count,
              worst);
    struct span cut = utf8_cut(text_span(&text), SUMMARY_MAX);
    return arena_copy_span(work->effects->arena, cut);
}

static void overflow_make(struct work *work, const struct source_rule *rule, bool is_rate,
                          const struct alert *alert, struct alert *overflow)
{
    const char *key = arena_format(work->effects->arena, LIMIT_KEY "%.64s",
                                   alert->team != NULL ? alert->team : "");
    const struct incident *incident =
        alert_incident(work->engine, alert_find(work->engine, alert->integration, key));
    bool is_open = incident != NULL && incident_is_open(incident);
    bool is_worst = !is_open || alert->severity < incident->severity;
    const char *worst = is_worst ? alert->summary : incident->details;
    *overflow = (struct alert){
        .integration = alert->integration,
        .team = alert->team,
        .dedup_key = key,
        .severity = is_worst ? alert->severity : incident->severity,
        .summary = overflow_summary(work, rule, is_rate, alert,
                                    is_open ? incident->occurrences + 1 : 1, worst),
        .details = is_worst ? alert->summary : NULL,
    };
    memcpy(overflow->uuid, alert->uuid, sizeof overflow->uuid);
}

bool limit_is_met(struct work *work, const struct alert *alert, struct alert *overflow)
{
    struct tally *tally = tally_get(work->engine, alert->integration);
    const struct source_rule *rule = policy_source(work->policy, alert->integration);
    minute_move(tally, work->now.steady_at);
    tally->minute_count++;
    bool is_open_met = rule->open_max > 0 && tally->open >= rule->open_max;
    bool is_rate_met = !is_open_met && !rate_spend(tally, rule, work->now.steady_at);
    if (!is_open_met && !is_rate_met)
        return false;
    tally->open_met_count += is_open_met;
    tally->rate_met_count += is_rate_met;
    overflow_make(work, rule, is_rate_met, alert, overflow);
    return true;
}

void limit_tell(struct work *work, const struct incident *incident, const struct alert *alert,
                enum severity before)
{
    if (incident->occurrences > LIMIT_TOLD_MAX && alert->severity >= before)
        return;
    bool has_service = alert->service != NULL && alert->service[0] != '\0';
    entry_add(work, incident->number, ENTRY_OVERFLOW, alert->integration, "%s: %s%s%s%s",
              severity_name(alert->severity), alert->summary != NULL ? alert->summary : "",
              has_service ? " (" : "", has_service ? alert->service : "", has_service ? ")" : "");
}

void limits_free(struct engine *engine)
{
    size_t cursor = 0;
    struct tally *tally = NULL;
    while ((tally = map_each(engine->tallies, &cursor, NULL)) != NULL) {
        free(tally->name);
        free(tally);
    }
    map_free(engine->tallies);
}
