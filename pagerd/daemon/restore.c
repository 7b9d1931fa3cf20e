/* SPDX-License-Identifier: MIT */
#include "daemon/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/backup.h"
#include "daemon/canary.h"
#include "daemon/daemon.h"
#include "daemon/feedback.h"
#include "daemon/keyring.h"
#include "daemon/lookahead.h"
#include "daemon/move.h"
#include "daemon/rooms.h"
#include "daemon/stops.h"
#include "daemon/turn.h"
#include "daemon/webhooks.h"
#include "daemon/writeback.h"
#include "engine/engine.h"
#include "store/copy.h"

#define RECALL_NUMBERS 10000 /* of what people read: more than are given out between backups */
#define RECALL_IDS 1000000   /* of what they do not */
#define TAKEN_NUMBERS 100    /* the same that a node may have in memory that has lost its place, */
#define TAKEN_IDS 10000      /* until it knows that */

struct restoring {
    struct daemon *daemon;
    struct clock_mark *mark;
    bool has_mark;
    bool is_half;               /* a copy into this store has not ended */
    struct store_maxima floors; /* numbers that a restored backup keeps free; 0: none */
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

/* What was sent before a backup that was restored is history only: no reply answers it. */
static void restore_page(void *context, const struct page *page)
{
    struct restoring *restoring = context;
    if (page->id > restoring->floors.page)
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

/* "pending MADE_AT" as move.c writes it, "done MADE_AT FLOORS" as floors_save() does. */
static void restore_recalled(struct restoring *restoring, const char *value)
{
    struct store_maxima *floors = &restoring->floors;
    msec made_at = 0;
    if (sscanf(value, "pending %" SCNd64, &made_at) == 1)
        restoring->daemon->backup_at = made_at;
    else if (sscanf(value,
                    "done %" SCNd64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                    " %" SCNu64 " %" SCNu64,
                    &made_at, &floors->incident, &floors->alert, &floors->page, &floors->override,
                    &floors->silence, &floors->heartbeat, &floors->swap) != 8)
        log_error("it cannot be read from which backup this state was restored: '%s'", value);
}

/* "steady wall boot boot-id", as turn_end() writes it with a commit. */
static void restore_meta(void *context, const struct meta_record *meta)
{
    struct restoring *restoring = context;
    if (string_is(meta->name, RESTORED_META))
        restore_recalled(restoring, meta->value);
    if (string_is(meta->name, COPY_META))
        restoring->is_half = copy_is_under_way(meta->value);
    if (string_is(meta->name, "instance"))
        writeback_restore(restoring->daemon->writeback, meta->value);
    if (string_is(meta->name, BACKUP_META))
        backups_restore(restoring->daemon->backups, meta->value);
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

/*
 * Numbers that may have been given out since the backup are not given again: what people and other
 * programs remember under them would be something else. Those that people read go on with the next
 * round one.
 */
static void floors_make(struct daemon *daemon, const struct store_maxima *maxima,
                        struct store_maxima *floors)
{
    *floors = (struct store_maxima){
        .incident = (maxima->incident / RECALL_NUMBERS + 2) * RECALL_NUMBERS,
        .alert = maxima->alert + RECALL_IDS,
        .page = maxima->page + RECALL_IDS,
        .override = (maxima->override / RECALL_NUMBERS + 2) * RECALL_NUMBERS,
        .silence = (maxima->silence / RECALL_NUMBERS + 2) * RECALL_NUMBERS,
        .heartbeat = (maxima->heartbeat / RECALL_NUMBERS + 2) * RECALL_NUMBERS,
        .swap = (maxima->swap / RECALL_NUMBERS + 2) * RECALL_NUMBERS,
    };
    char *value = string_format("done %" PRId64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
                                " %" PRIu64 " %" PRIu64 " %" PRIu64,
                                daemon->backup_at, floors->incident, floors->alert, floors->page,
                                floors->override, floors->silence, floors->heartbeat, floors->swap);
    struct batch *batch = turn_batch(daemon->turns);
    batch_save_meta(batch, &(struct meta_record){.name = RESTORED_META, .value = value}, NEED_NONE);
    free(value);
    keyring_void_tokens(daemon->keyring, batch);
    webhooks_recall(daemon->webhooks, batch);
}

static uint64_t larger(uint64_t left, uint64_t right)
{
    return left > right ? left : right;
}

static void maxima_raise(struct store_maxima *maxima, const struct store_maxima *floors)
{
    maxima->incident = larger(maxima->incident, floors->incident);
    maxima->alert = larger(maxima->alert, floors->alert);
    maxima->page = larger(maxima->page, floors->page);
    maxima->override = larger(maxima->override, floors->override);
    maxima->silence = larger(maxima->silence, floors->silence);
    maxima->heartbeat = larger(maxima->heartbeat, floors->heartbeat);
    maxima->swap = larger(maxima->swap, floors->swap);
}

/* Who had the place may still be there, and have told people numbers that are not in the database.
 */
static void maxima_pass(const struct daemon *daemon, struct store_maxima *maxima)
{
    struct store_health health;
    store_health(daemon->store, &health);
    if (!health.is_taken_over)
        return;
    maxima->incident += TAKEN_NUMBERS;
    maxima->alert += TAKEN_IDS;
    maxima->page += TAKEN_IDS;
    maxima->override += TAKEN_NUMBERS;
}

void restore_finish(struct daemon *daemon)
{
    if (daemon->backup_at == 0) {
        engine_restored(daemon->engine, daemon->now, turn_effects(daemon->turns));
        return;
    }
    engine_recall(daemon->engine, daemon->now, turn_effects(daemon->turns));
    turn_step(daemon->turns,
              &(struct event){.kind = EVENT_RESTORED,
                              .actor = "pagerd",
                              .via = "pagerd",
                              .from_at = daemon->backup_at},
              NULL);
    log_warning("this state was restored from a backup: what was open then waits for its sources");
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
    keyring_forget_keys(daemon->keyring);
    if (!store_load(daemon->store, daemon->now.wall_at, &loader, &maxima, fault))
        return false;
    if (restoring.is_half)
        return fault_set(fault, FAULT_CONFLICT,
                         "the state in '%s' is not whole: a copy or a restore into it was not "
                         "finished; run it again, it goes on where it was",
                         daemon->state);
    if (daemon->backup_at != 0)
        floors_make(daemon, &maxima, &restoring.floors);
    maxima_raise(&maxima, &restoring.floors);
    maxima_pass(daemon, &maxima);
    engine_restore_counters(daemon->engine, maxima.incident, maxima.alert, maxima.page,
                            maxima.override);
    engine_restore_quiet_counters(daemon->engine, maxima.silence, maxima.heartbeat);
    engine_restore_swap_counter(daemon->engine, maxima.swap);
    *has_mark = restoring.has_mark;
    if (restoring.has_mark)
        engine_restore_clock(daemon->engine, mark->wall_at - mark->steady_at);
    return true;
}
