/* SPDX-License-Identifier: MIT */
#include "engine/ledger.h"

#include "engine/state.h"

static const char *const names[ALERT_END_COUNT] = {
    [ALERT_OPENED] = "opened",     [ALERT_SUPPRESSED] = "suppressed", [ALERT_MERGED] = "merged",
    [ALERT_RESOLVED] = "resolved", [ALERT_NOTED] = "noted",           [ALERT_IDLE] = "idle",
    [ALERT_REFUSED] = "refused",   [ALERT_CLEARED] = "cleared",       [ALERT_JOINED] = "joined",
};

const char *alert_end_name(enum alert_end end)
{
    return names[end];
}

static uint64_t difference(uint64_t left, uint64_t right)
{
    return left > right ? left - right : right - left;
}

static bool is_behind(const struct engine *engine, const struct incident *incident)
{
    return engine->ledger.is_walking && incident->number <= engine->ledger.walked;
}

void ledger_receive(struct engine *engine)
{
    engine->counts.alerts_received++;
}

void ledger_end(struct engine *engine, enum alert_end end)
{
    engine->counts.alerts_ended[end]++;
}

void ledger_merge(struct engine *engine, const struct incident *incident, enum alert_end end)
{
    ledger_end(engine, end);
    if (is_behind(engine, incident))
        engine->ledger.sum++;
}

void ledger_move(struct engine *engine, struct incident *from, struct incident *into)
{
    if (is_behind(engine, from))
        engine->ledger.sum -= from->occurrences;
    if (is_behind(engine, into))
        engine->ledger.sum += from->occurrences;
    into->occurrences += from->occurrences;
    from->occurrences = 0;
}

void ledger_restore(struct engine *engine, const struct incident *incident)
{
    engine->counts.restored++;
    engine->ledger.restored += incident->occurrences;
}

void ledger_drop(struct engine *engine, const struct incident *incident)
{
    engine->counts.dropped++;
    engine->ledger.dropped += incident->occurrences;
    if (is_behind(engine, incident))
        engine->ledger.sum -= incident->occurrences;
}

uint64_t ledger_imbalance(const struct engine *engine)
{
    const struct engine_counts *counts = &engine->counts;
    uint64_t ended = 0;
    uint64_t held = counts->dropped;
    for (int end = 0; end < ALERT_END_COUNT; end++)
        ended += counts->alerts_ended[end];
    for (int state = 0; state < INCIDENT_STATE_COUNT; state++)
        held += counts->open[state];
    uint64_t made = counts->alerts_ended[ALERT_OPENED] + counts->alerts_ended[ALERT_SUPPRESSED];
    return difference(counts->alerts_received, ended) +
           difference(counts->alerts, made + counts->alerts_ended[ALERT_MERGED] +
                                          counts->alerts_ended[ALERT_JOINED]) +
           difference(counts->restored + made, held) +
           difference(held - counts->dropped, numbered_count(engine->incidents));
}

void ledger_walk_begin(struct engine *engine)
{
    engine->ledger.is_walking = true;
    engine->ledger.walked = 0;
    engine->ledger.sum = 0;
}

void ledger_walk_add(struct engine *engine, const struct incident *incident)
{
    engine->ledger.walked = incident->number;
    engine->ledger.sum += incident->occurrences;
}

uint64_t ledger_walk_end(struct engine *engine)
{
    struct ledger *ledger = &engine->ledger;
    ledger->is_walking = false;
    return difference(ledger->sum + ledger->dropped, ledger->restored + engine->counts.alerts);
}
