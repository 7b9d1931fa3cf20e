/* SPDX-License-Identifier: MIT */
/* Where calendars come from: files that the worker looks at, URLs that the courier fetches. */
#include "daemon/rotas.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/judge.h"
#include "calendar/shift.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/dav_sync.h"
#include "daemon/post.h"
#include "daemon/reading.h"
#include "daemon/rotas_slot.h"
#include "notify/notify.h"

#define FETCH_RETRY_MAX_MS HOUR_MS
#define FETCH_AFTER_MAX_MS DAY_MS /* of a server that asks for patience */

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

static void slot_set_login(struct slot *slot, const struct config_calendar *calendar)
{
    slot->is_writable = calendar->is_writable;
    slot->user = string_copy(calendar->user);
    slot->password = string_copy(calendar->password);
    slot->ca_file = string_copy(calendar->ca_file);
}

void slot_set_source(struct slot *slot, const struct config_calendar *calendar)
{
    slot->ics = string_copy(calendar->ics);
    slot->shown = string_copy(calendar->ics_name);
    slot->is_url = calendar->ics[0] != '/';
    slot->is_caldav = calendar->is_caldav;
    slot_set_login(slot, calendar);
    slot->dav = calendar->is_caldav ? dav_sync_new(slot) : NULL;
}

bool slot_has_source(const struct slot *slot, const struct config_calendar *calendar)
{
    return string_is(slot->ics, calendar->ics) && slot->is_caldav == calendar->is_caldav;
}

static void slot_clear_login(struct slot *slot)
{
    if (slot->password != NULL)
        explicit_bzero(slot->password, strlen(slot->password));
    free(slot->user);
    free(slot->password);
    free(slot->ca_file);
}

void slot_update_login(struct slot *slot, const struct config_calendar *calendar)
{
    bool is_same = string_is(slot->user, calendar->user) &&
                   string_is(slot->password, calendar->password) &&
                   string_is(slot->ca_file, calendar->ca_file);
    slot_clear_login(slot);
    slot_set_login(slot, calendar);
    if (!is_same)
        slot->due_at = slot->rotas->daemon->tick_at;
}

void slot_clear_source(struct slot *slot)
{
    dav_sync_free(slot->dav);
    slot_clear_login(slot);
    free(slot->ics);
    free(slot->shown);
}

static void slot_unread(struct slot *slot, const char *problem)
{
    char reason[JUDGE_REASON_MAX];
    calendar_judge_unread(slot->shown, problem, reason);
    slot_blame(slot, reason);
}

/* One that left the configuration while somebody still worked for it. */
bool slot_was_dropped(struct slot *slot)
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

/* A tenth more or less, so that those who started together do not ask together for ever. */
static msec wait_spread(msec wait_ms)
{
    uint32_t chance;
    random_bytes(&chance, sizeof(chance));
    return wait_ms - wait_ms / 10 + (msec)(chance % (uint64_t)(wait_ms / 5 + 1));
}

/* Longer with every failure, and as long as the server asks for. */
void slot_fetch_failed(struct slot *slot, const char *problem, msec retry_after_ms)
{
    msec wait_ms = slot->refresh_ms << (slot->failures < 6 ? slot->failures : 6);
    slot->failures++;
    if (wait_ms > FETCH_RETRY_MAX_MS)
        wait_ms = slot->refresh_ms > FETCH_RETRY_MAX_MS ? slot->refresh_ms : FETCH_RETRY_MAX_MS;
    if (wait_ms < retry_after_ms)
        wait_ms = retry_after_ms < FETCH_AFTER_MAX_MS ? retry_after_ms : FETCH_AFTER_MAX_MS;
    slot->stage = SLOT_IDLE;
    slot->due_at = slot->rotas->daemon->tick_at + wait_spread(wait_ms);
    slot_unread(slot, problem);
}

void slot_fetch_unchanged(struct slot *slot)
{
    slot->stage = SLOT_IDLE;
    slot->failures = 0;
    slot->is_settled = true;
    slot->version->read_at = slot->rotas->daemon->now.wall_at;
    slot_blame(slot, "");
}

static void slot_fetched(void *context, const struct fetched *fetched)
{
    struct slot *slot = context;
    if (slot_was_dropped(slot))
        return;
    struct daemon *daemon = slot->rotas->daemon;
    if (fetched->status == 304 && slot->version != NULL) {
        slot_fetch_unchanged(slot);
        return;
    }
    if (fetched->status != 200) {
        char problem[FETCH_PROBLEM_SIZE];
        fetched_problem(fetched, problem);
        slot_fetch_failed(slot, problem, fetched->retry_after_ms);
        return;
    }
    slot->failures = 0;
    struct version *version = version_new();
    struct calendar_file file = {slot->shown, {fetched->bytes, fetched->size}};
    version_set(version, &file, 1);
    version->etag = arena_copy(version->arena, fetched->etag);
    version->last_modified = arena_copy(version->arena, fetched->last_modified);
    version->read_at = daemon->now.wall_at;
    slot_offer(slot, version);
}

/* What a server says that does not give the calendar, in a sentence. */
void fetched_problem(const struct fetched *fetched, char problem[FETCH_PROBLEM_SIZE])
{
    static const struct {
        uint32_t status;
        const char *text;
    } rows[] = {
        {401, ": user or password is refused"},
        {403, ": this user may not do that"},
        {404, ": there is nothing at this address"},
        {410, ": the calendar is gone"},
        {429, ": it is asked too often"},
    };
    const char *text = "";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].status == fetched->status)
            text = rows[i].text;
    if (fetched->status == 0)
        snprintf(problem, FETCH_PROBLEM_SIZE, "%s", fetched->problem);
    else
        snprintf(problem, FETCH_PROBLEM_SIZE, "the server answered HTTP %" PRIu32 "%s",
                 fetched->status, text);
}

/* Validators are sent only when the version that they name is in force and well. */
static void slot_fetch(struct slot *slot)
{
    bool is_well = slot->version != NULL && slot->good != NULL && slot->problem[0] == '\0';
    struct fetch_order order = {.url = slot->ics,
                                .etag = is_well ? slot->version->etag : NULL,
                                .last_modified = is_well ? slot->version->last_modified : NULL,
                                .user = slot->user,
                                .password = slot->password,
                                .ca_file = slot->ca_file};
    slot->stage = SLOT_FETCHING;
    post_fetch(slot->rotas->daemon->post, &order, slot_fetched, slot);
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
    if (slot->dav != NULL)
        dav_sync_tick(slot->dav);
    if (slot->stage != SLOT_IDLE)
        return;
    if (slot->is_confirmed) {
        slot_start_reading(slot, PURPOSE_FRESH);
        return;
    }
    if (slot_is_outgrown(slot)) {
        slot->expanded_at = now;
        slot->expanded_for_at = daemon->now.wall_at; /* one that fails is not tried at once */
        slot_start_reading(slot, PURPOSE_HORIZON);
        return;
    }
    if (slot->due_at > now)
        return;
    msec interval_ms = slot_interval_ms(slot);
    slot->due_at = now + (slot->is_url ? wait_spread(interval_ms) : interval_ms);
    if (slot->is_caldav)
        dav_sync_start(slot->dav);
    else if (slot->is_url)
        slot_fetch(slot);
    else
        slot_look(slot);
}

void rotas_tick(struct rotas *rotas)
{
    for (size_t i = 0; i < rotas->count; i++) {
        slot_tick(rotas->slots[i]);
        slot_watch_age(rotas->slots[i]);
    }
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
        else if (slot->dav != NULL && slot->stage == SLOT_FETCHING)
            slot_at = dav_sync_due_at(slot->dav);
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
