/* SPDX-License-Identifier: MIT */
#include "daemon/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "daemon/canary.h"
#include "daemon/daemon.h"
#include "daemon/feedback.h"
#include "daemon/keyring.h"
#include "daemon/lookahead.h"
#include "daemon/rooms.h"
#include "daemon/stops.h"
#include "daemon/webhooks.h"
#include "daemon/writeback.h"
#include "engine/engine.h"
#include "store/store.h"

struct restoring {
    struct daemon *daemon;
    struct clock_mark *mark;
    bool has_mark;
};

static void restore_incident(void *context, const struct incident *incident)
{
    struct restoring *restoring = context;
    engine_restore_incident(restoring->daemon->engine, incident);
}

static void restore_alert(void *context, const struct alert_record *alert)
{
    struct restoring *restoring = context;
    engine_restore_alert(restoring->daemon->engine, alert);
}

static void restore_page(void *context, const struct page *page)
{
    struct restoring *restoring = context;
    engine_restore_page(restoring->daemon->engine, page);
}

static void restore_person(void *context, const struct person *person)
{
    struct restoring *restoring = context;
    engine_restore_person(restoring->daemon->engine, person);
}

static void restore_override(void *context, const struct override *override)
{
    struct restoring *restoring = context;
    engine_restore_override(restoring->daemon->engine, override);
}

static void restore_silence(void *context, const struct silence *silence)
{
    struct restoring *restoring = context;
    engine_restore_silence(restoring->daemon->engine, silence);
}

static void restore_heartbeat(void *context, const struct heartbeat *heartbeat)
{
    struct restoring *restoring = context;
    engine_restore_heartbeat(restoring->daemon->engine, heartbeat);
}

static void restore_handoff(void *context, const struct handoff *handoff)
{
    struct restoring *restoring = context;
    engine_restore_handoff(restoring->daemon->engine, handoff);
}

static void restore_swap(void *context, const struct swap *swap)
{
    struct restoring *restoring = context;
    engine_restore_swap(restoring->daemon->engine, swap);
}

static void restore_proof(void *context, const struct proof *proof)
{
    struct restoring *restoring = context;
    engine_restore_proof(restoring->daemon->engine, proof);
}

static void restore_key(void *context, const struct key_record *key)
{
    struct restoring *restoring = context;
    keyring_restore_key(restoring->daemon->keyring, key);
}

static void restore_token(void *context, const struct token_record *token)
{
    struct restoring *restoring = context;
    keyring_restore_token(restoring->daemon->keyring, token);
}

/* "steady wall boot boot-id", as turn_end() writes it with every commit. */
static void restore_meta(void *context, const struct meta_record *meta)
{
    struct restoring *restoring = context;
    if (string_is(meta->name, "instance"))
        writeback_restore(restoring->daemon->writeback, meta->value);
    if (string_is(meta->name, CANARY_META))
        canary_restore(restoring->daemon->canary, meta->value);
    if (string_is(meta->name, FEEDBACK_META))
        feedbacks_restore(restoring->daemon->feedbacks, meta->value);
    if (string_is(meta->name, STOPS_META))
        stops_restore(restoring->daemon->stops, meta->value);
    if (string_is(meta->name, ROOMS_META))
        rooms_restore(restoring->daemon->rooms, meta->value);
    lookahead_restore(restoring->daemon->lookahead, meta->name, meta->value);
    webhooks_restore(restoring->daemon->webhooks, meta->name, meta->value);
    if (!string_is(meta->name, "clock"))
        return;
    struct clock_mark *mark = restoring->mark;
    int count = sscanf(meta->value, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %39s", &mark->steady_at,
                       &mark->wall_at, &mark->boot_ms, mark->boot_id);
    restoring->has_mark = count == 4;
}

static void restore_counter(void *context UNUSED, const char *name UNUSED, int64_t value UNUSED)
{
}

bool restore_all(struct daemon *daemon, struct clock_mark *mark, bool *has_mark,
                 struct fault *fault)
{
    struct restoring restoring = {.daemon = daemon, .mark = mark};
    struct store_loader loader = {.context = &restoring,
                                  .incident = restore_incident,
                                  .alert = restore_alert,
                                  .page = restore_page,
                                  .person = restore_person,
                                  .override = restore_override,
                                  .silence = restore_silence,
                                  .heartbeat = restore_heartbeat,
                                  .handoff = restore_handoff,
                                  .swap = restore_swap,
                                  .proof = restore_proof,
                                  .key = restore_key,
                                  .token = restore_token,
                                  .meta = restore_meta,
                                  .counter = restore_counter};
    struct store_maxima maxima = {0};
    if (!store_load(daemon->store, daemon->now.wall_at, &loader, &maxima, fault))
        return false;
    engine_restore_counters(daemon->engine, maxima.incident, maxima.alert, maxima.page,
                            maxima.override);
    engine_restore_quiet_counters(daemon->engine, maxima.silence, maxima.heartbeat);
    engine_restore_swap_counter(daemon->engine, maxima.swap);
    *has_mark = restoring.has_mark;
    if (restoring.has_mark)
        engine_restore_clock(daemon->engine, mark->wall_at - mark->steady_at);
    return true;
}
