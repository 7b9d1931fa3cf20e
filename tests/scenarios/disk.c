/* SPDX-License-Identifier: MIT */
#include "scenarios/disk.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/text.h"
#include "store/backend.h"

bool disk_init(struct disk *disk, struct fault *fault)
{
    *disk = (struct disk){.mode = DISK_WELL};
    disk->last = &disk->first;
    return store_memory.open("", NULL, &disk->backend, fault);
}

void disk_turn_free(struct disk_turn *turn)
{
    batch_free(turn->batch);
    free(turn->sends);
    free(turn->entry);
    free(turn);
}

void disk_drop(struct disk *disk)
{
    while (disk->first != NULL) {
        struct disk_turn *turn = disk->first;
        disk->first = turn->next;
        disk_turn_free(turn);
    }
    disk->last = &disk->first;
}

void disk_clear(struct disk *disk)
{
    disk_drop(disk);
    disk_close(disk->backend);
}

static void digest_add(struct disk *disk, const void *bytes, size_t size)
{
    disk->digest = disk->digest * UINT64_C(0x9E3779B97F4A7C15) ^ map_hash(bytes, size);
}

struct disk_turn *disk_begin(struct disk *disk, const struct effects *effects, struct now now)
{
    struct disk_turn *turn = memory_new(1, sizeof *turn);
    turn->id = ++disk->turns;
    turn->ahead_ms = now.wall_at - now.steady_at;
    turn->batch = batch_new();
    batch_add_effects(turn->batch, effects);
    digest_add(disk, turn->batch->bytes.bytes, turn->batch->bytes.size);
    for (size_t i = 0; i < effects->count; i++) {
        if (effects->list[i].kind != EFFECT_SEND)
            continue;
        turn->sends = memory_grow(turn->sends, turn->send_count + 1, sizeof *turn->sends);
        turn->sends[turn->send_count++] =
            (struct disk_send){effects->list[i].page->id, effects->list[i].page->attempt};
    }
    digest_add(disk, turn->sends, turn->send_count * sizeof *turn->sends);
    *disk->last = turn;
    disk->last = &turn->next;
    return turn;
}

static bool copy_row(void *context, enum record_kind kind, const struct cell *cells,
                     struct fault *fault)
{
    (void)fault;
    if (kind != RECORD_ENTRY)
        batch_add_row(context, kind, cells);
    return true;
}

static bool copy_counter(void *context, const char *name, int64_t value, struct fault *fault)
{
    (void)fault;
    batch_bump(context, name, value);
    return true;
}

bool disk_copy(void *backend, void **copy, struct fault *fault)
{
    struct batch *batch = batch_new();
    const struct store_taker taker = {.context = batch, .row = copy_row, .counter = copy_counter};
    bool is_good = store_memory.open("", NULL, copy, fault) &&
                   store_memory.dump(backend, &taker, fault) &&
                   store_memory.commit(*copy, batch, fault) == COMMIT_DONE;
    batch_free(batch);
    return is_good;
}

void disk_close(void *backend)
{
    if (backend != NULL)
        store_memory.close(backend);
}

bool disk_write(struct disk *disk, struct disk_turn *turn, struct fault *fault)
{
    if (store_memory.commit(disk->backend, turn->batch, fault) != COMMIT_DONE)
        return false;
    disk->ahead_ms = turn->ahead_ms;
    if (turn->batch->fault.kind == FAULT_NONE)
        return true;
    *fault = turn->batch->fault;
    return false;
}

bool disk_land(struct disk *disk, struct disk_turn **turn, struct fault *fault)
{
    *turn = disk->first;
    disk->first = (*turn)->next;
    if (disk->first == NULL)
        disk->last = &disk->first;
    (*turn)->next = NULL;
    return (*turn)->is_landed || disk_write(disk, *turn, fault);
}

static void load_incident(void *engine, const struct incident *incident)
{
    engine_restore_incident(engine, incident);
}

static void load_alert(void *engine, const struct alert_record *alert)
{
    engine_restore_alert(engine, alert);
}

static void load_page(void *engine, const struct page *page)
{
    engine_restore_page(engine, page);
}

static void load_person(void *engine, const struct person *person)
{
    engine_restore_person(engine, person);
}

static void load_override(void *engine, const struct override *override)
{
    engine_restore_override(engine, override);
}

static void load_silence(void *engine, const struct silence *silence)
{
    engine_restore_silence(engine, silence);
}

static void load_heartbeat(void *engine, const struct heartbeat *heartbeat)
{
    engine_restore_heartbeat(engine, heartbeat);
}

static void load_handoff(void *engine, const struct handoff *handoff)
{
    engine_restore_handoff(engine, handoff);
}

static void load_swap(void *engine, const struct swap *swap)
{
    engine_restore_swap(engine, swap);
}

static void load_proof(void *engine, const struct proof *proof)
{
    engine_restore_proof(engine, proof);
}

static void load_key(void *engine, const struct key_record *key)
{
    (void)engine;
    (void)key;
}

static void load_token(void *engine, const struct token_record *token)
{
    (void)engine;
    (void)token;
}

static void load_meta(void *engine, const struct meta_record *meta)
{
    (void)engine;
    (void)meta;
}

static void load_counter(void *engine, const char *name, int64_t value)
{
    (void)engine;
    (void)name;
    (void)value;
}

bool disk_restore(struct disk *disk, struct engine *engine, msec now, struct fault *fault)
{
    const struct store_loader loader = {.context = engine,
                                        .incident = load_incident,
                                        .alert = load_alert,
                                        .page = load_page,
                                        .person = load_person,
                                        .override = load_override,
                                        .silence = load_silence,
                                        .heartbeat = load_heartbeat,
                                        .handoff = load_handoff,
                                        .swap = load_swap,
                                        .proof = load_proof,
                                        .key = load_key,
                                        .token = load_token,
                                        .meta = load_meta,
                                        .counter = load_counter};
    struct store_maxima maxima = {0};
    if (!store_memory.load(disk->backend, now, &loader, &maxima, fault))
        return false;
    engine_restore_counters(engine, maxima.incident, maxima.alert, maxima.page, maxima.override);
    engine_restore_quiet_counters(engine, maxima.silence, maxima.heartbeat);
    engine_restore_swap_counter(engine, maxima.swap);
    engine_restore_clock(engine, disk->ahead_ms);
    return true;
}
