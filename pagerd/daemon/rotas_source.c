/* SPDX-License-Identifier: MIT */
/* Where calendars come from: files that the worker looks at, URLs that the courier fetches. */
#include "daemon/rotas.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "calendar/judge.h"
#include "calendar/layers.h"
#include "calendar/shift.h"
#include "daemon/daemon.h"
#include "daemon/post.h"
#include "daemon/reading.h"
#include "daemon/rotas_slot.h"
#include "engine/engine.h"

#define FETCH_RETRY_MAX_MS HOUR_MS

/* A look at files, on the worker. */
struct look {
    struct slot *slot;
    char *path;
    char *old_signature;
    struct text signature;
    struct version *version; /* NULL: nothing has changed */
    struct fault fault;
    bool is_well;
};

static void look_work(void *item)
{
    struct look *look = item;
    look->is_well = version_sign(look->path, &look->signature, &look->fault);
    if (!look->is_well || strcmp(text_string(&look->signature), look->old_signature) == 0)
        return;
    look->version = version_new();
    look->is_well = version_read(look->version, look->path, &look->fault);
}

static void look_free(struct look *look)
{
    text_clear(&look->signature);
    free(look->path);
    free(look->old_signature);
    free(look);
}

static void slot_unread(struct slot *slot, const char *problem)
{
    char reason[JUDGE_REASON_MAX];
    calendar_judge_unread(slot->shown, problem, reason);
    slot_blame(slot, reason);
}

/* One that left the configuration while somebody still worked for it. */
static bool slot_was_dropped(struct slot *slot)
{
    bool is_dropped = slot->is_dropped;
    if (is_dropped)
        slot_free(slot);
    return is_dropped;
}

static void look_done(void *context UNUSED, void *item)
{
    struct look *look = item;
    struct slot *slot = look->slot;
    slot->stage = SLOT_IDLE;
    if (slot_was_dropped(slot)) {
        version_drop(look->version);
    } else if (!look->is_well) {
        version_drop(look->version);
        text_reset(&slot->signature);
        slot_unread(slot, look->fault.text);
    } else if (look->version != NULL) {
        text_reset(&slot->signature);
        text_add_span(&slot->signature, text_span(&look->signature));
        look->version->read_at = slot->rotas->daemon->now.wall_at;
        slot_offer(slot, look->version);
    } else if (slot->version != NULL && slot->problem[0] == '\0') {
        slot->version->read_at = slot->rotas->daemon->now.wall_at;
    }
    look_free(look);
}

static void slot_look(struct slot *slot)
{
    struct look *look = memory_new(1, sizeof(*look));
    *look = (struct look){.slot = slot,
                          .path = string_copy(slot->ics),
                          .old_signature = string_copy(text_string(&slot->signature))};
    if (worker_post(slot->rotas->daemon->worker, look_work, look_done, NULL, look))
        slot->stage = SLOT_LOOKING;
    else
        look_free(look);
}

static void slot_fetch_failed(struct slot *slot, const char *problem)
{
    msec wait_ms = slot->refresh_ms << (slot->failures < 6 ? slot->failures : 6);
    slot->failures++;
    slot->due_at = slot->rotas->daemon->tick_at +
                   (wait_ms < FETCH_RETRY_MAX_MS ? wait_ms : FETCH_RETRY_MAX_MS);
    slot_unread(slot, problem);
}

static void slot_fetched(void *context, const struct fetched *fetched)
{
    struct slot *slot = context;
    slot->stage = SLOT_IDLE;
    if (slot_was_dropped(slot))
        return;
    struct daemon *daemon = slot->rotas->daemon;
    if (fetched->status == 304 && slot->version != NULL) {
        slot->failures = 0;
        slot->version->read_at = daemon->now.wall_at;
        slot_blame(slot, "");
        return;
    }
    if (fetched->status != 200) {
        char problem[256];
        snprintf(problem, sizeof(problem), "the server answered HTTP %" PRIu32, fetched->status);
        slot_fetch_failed(slot, fetched->status == 0 ? fetched->problem : problem);
        return;
    }
    slot->failures = 0;
    struct version *version = version_new();
    version_set(version, slot->shown, (struct span){fetched->bytes, fetched->size});
    version->etag = arena_copy(version->arena, fetched->etag);
    version->last_modified = arena_copy(version->arena, fetched->last_modified);
    version->read_at = daemon->now.wall_at;
    slot_offer(slot, version);
}

/* Validators are sent only when the version that they name is in force and well. */
static void slot_fetch(struct slot *slot)
{
    bool is_well = slot->version != NULL && slot->good != NULL && slot->problem[0] == '\0';
    slot->stage = SLOT_FETCHING;
    post_fetch(slot->rotas->daemon->post, slot->ics, is_well ? slot->version->etag : NULL,
               is_well ? slot->version->last_modified : NULL, slot_fetched, slot);
}

static msec slot_interval_ms(const struct slot *slot)
{
    if (slot->is_url || slot->refresh_ms < ROTAS_FILE_POLL_MS)
        return slot->refresh_ms;
    return ROTAS_FILE_POLL_MS;
}

static void slot_tick(struct slot *slot)
{
    struct daemon *daemon = slot->rotas->daemon;
    msec now = daemon->tick_at;
    if (slot->stage == SLOT_WAITING)
        slot_start_reading(slot, slot->purpose);
    if (slot->stage == SLOT_READING && reading_deadline_at(slot->reading) <= now)
        reading_expire(slot->reading);
    if (slot->stage != SLOT_IDLE)
        return;
    if (slot->good != NULL && now - slot->expanded_at >= ROTAS_EXPAND_MS) {
        slot->expanded_at = now;
        slot_start_reading(slot, PURPOSE_HORIZON);
        return;
    }
    if (slot->due_at > now)
        return;
    slot->due_at = now + slot_interval_ms(slot);
    if (slot->is_url)
        slot_fetch(slot);
    else
        slot_look(slot);
}

void rotas_tick(struct rotas *rotas)
{
    for (size_t i = 0; i < rotas->count; i++)
        slot_tick(rotas->slots[i]);
}

msec rotas_next_due(const struct rotas *rotas)
{
    msec due_at = MSEC_NEVER;
    for (size_t i = 0; i < rotas->count; i++) {
        const struct slot *slot = rotas->slots[i];
        msec slot_at = MSEC_NEVER;
        if (slot->stage == SLOT_IDLE)
            slot_at = slot->due_at;
        else if (slot->stage == SLOT_READING)
            slot_at = reading_deadline_at(slot->reading);
        else if (slot->stage == SLOT_WAITING && rotas->reading_count < ROTAS_READERS_MAX)
            return 0;
        if (slot_at < due_at)
            due_at = slot_at;
    }
    if (due_at == MSEC_NEVER)
        return MSEC_NEVER;
    msec wait_ms = due_at - rotas->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

static void slot_status_warnings(const struct slot *slot, struct json_writer *writer)
{
    json_begin_array(writer, "warnings");
    const struct shift_warning *lists[] = {slot->good == NULL ? NULL : slot->good->warnings,
                                           slot->rota == NULL ? NULL : slot->rota->warnings};
    const size_t counts[] = {slot->good == NULL ? 0 : slot->good->warning_count,
                             slot->rota == NULL ? 0 : slot->rota->warning_count};
    for (size_t list = 0; list < 2; list++) {
        for (size_t i = 0; i < counts[list] && i < 100; i++) {
            const struct shift_warning *warning = &lists[list][i];
            CLEANUP(text_clear) struct text text = {0};
            text_addf(&text, "%s:%" PRIu32 ": %s %s", warning->file, warning->line, warning->code,
                      warning->text);
            json_put_string(writer, NULL, text_string(&text));
        }
    }
    json_end_array(writer);
}

static void slot_status_uses(const struct slot *slot, struct json_writer *writer)
{
    const struct policy *policy = view_policy(slot->rotas->daemon->engine);
    json_begin_array(writer, "used_by");
    for (size_t i = 0; i < policy->team_count; i++) {
        for (int role = 0; role < ROLE_COUNT; role++) {
            if (!string_is(policy->teams[i].roles[role].calendar, slot->name))
                continue;
            char use[256];
            snprintf(use, sizeof(use), "%s %s", policy->teams[i].id, role_name((enum role)role));
            json_put_string(writer, NULL, use);
        }
    }
    json_end_array(writer);
}

void rotas_status(const struct rotas *rotas, struct json_writer *writer)
{
    json_begin_object(writer, NULL);
    json_begin_array(writer, "calendars");
    for (size_t i = 0; i < rotas->count; i++) {
        const struct slot *slot = rotas->slots[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "name", slot->name);
        json_put_string(writer, "source", slot->shown);
        json_put_instant(writer, "read_at", slot->version == NULL ? 0 : slot->version->read_at);
        json_put_instant(writer, "until", slot->good == NULL ? 0 : slot->good->until_at);
        json_put_integer(writer, "events",
                         slot->good == NULL ? 0 : (int64_t)slot->good->event_count);
        json_put_bool(writer, "stale", slot->problem[0] != '\0');
        json_put_bool(writer, "held", slot->is_held);
        json_put_string(writer, "problem", slot->problem[0] == '\0' ? NULL : slot->problem);
        slot_status_warnings(slot, writer);
        slot_status_uses(slot, writer);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_end_object(writer);
}

size_t rotas_problems(const struct rotas *rotas, struct json_writer *writer)
{
    size_t count = 0;
    for (size_t i = 0; i < rotas->count; i++) {
        const struct slot *slot = rotas->slots[i];
        if (slot->problem[0] == '\0')
            continue;
        CLEANUP(text_clear) struct text text = {0};
        text_addf(&text, "calendar \"%s\": %s", slot->name, slot->problem);
        json_put_string(writer, NULL, text_string(&text));
        count++;
    }
    return count;
}
