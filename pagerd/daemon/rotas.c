/* SPDX-License-Identifier: MIT */
#include "daemon/rotas.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "calendar/calendar.h"
#include "calendar/good.h"
#include "calendar/judge.h"
#include "calendar/reader.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/dav_sync.h"
#include "daemon/post.h"
#include "daemon/reading.h"
#include "daemon/reload.h"
#include "daemon/rotas_publish.h"
#include "daemon/rotas_slot.h"
#include "engine/engine.h"

struct rotas *rotas_new(struct daemon *daemon)
{
    struct rotas *rotas = memory_new(1, sizeof(*rotas));
    rotas->daemon = daemon;
    return rotas;
}

void slot_free(struct slot *slot)
{
    if (slot->reading != NULL)
        slot->rotas->reading_count--;
    reading_cancel(slot->reading);
    version_drop(slot->version);
    version_drop(slot->candidate);
    shift_list_free(slot->good);
    products_free(slot->products);
    text_clear(&slot->signature);
    text_clear(&slot->held_changes);
    slot_clear_source(slot);
    free(slot->name);
    free(slot->zone);
    free(slot->team);
    free(slot);
}

/* A slot that the worker or the courier still knows is freed when they come back. */
static void slot_drop(struct slot *slot)
{
    bool is_fetching =
        slot->stage == SLOT_FETCHING && (slot->dav == NULL || !dav_sync_may_end(slot->dav));
    if (slot->stage == SLOT_LOOKING || is_fetching)
        slot->is_dropped = true;
    else
        slot_free(slot);
}

void rotas_free(struct rotas *rotas)
{
    if (rotas == NULL)
        return;
    for (size_t i = 0; i < rotas->count; i++)
        slot_free(rotas->slots[i]);
    free(rotas->slots);
    published_free(rotas->published);
    free(rotas);
}

/* The word to the manager; what is held back comes with who loses and gains what. */
static void slot_tell(struct slot *slot, const char *what)
{
    CLEANUP(text_clear) struct text said = {0};
    text_addf(&said, "WARN pagerd: calendar \"%s\": %s", slot->name, what);
    if (slot->is_held && slot->held_changes.size > 0) {
        struct span lines = text_span(&slot->held_changes);
        text_add_char(&said, '\n');
        text_add_span(&said, (struct span){lines.bytes, lines.size - 1});
    }
    daemon_tell(slot->rotas->daemon, slot->team, text_string(&said));
}

/* Sets what is wrong with the newest version, and tells the manager when that is news. */
void slot_blame(struct slot *slot, const char *problem)
{
    slot->is_looked_at = true;
    slot->is_settled = true;
    if (strcmp(slot->problem, problem) == 0)
        return;
    snprintf(slot->problem, sizeof(slot->problem), "%s", problem);
    if (problem[0] == '\0') {
        log_info("calendar well again calendar=%s", slot->name);
    } else {
        log_warning("calendar refused calendar=%s: %s", slot->name, problem);
        slot_tell(slot, problem);
    }
    slot_publish(slot);
}

/* Events that name nobody are gaps: their manager has to know, once per wording. */
static void slot_tell_unknown(struct slot *slot)
{
    CLEANUP(text_clear) struct text text = {0};
    size_t told = 0;
    for (size_t i = 0; i < slot->products->warning_count && told < 3; i++) {
        const struct shift_warning *warning = slot->products->warnings[i];
        if (warning->code[0] != 'E')
            continue;
        text_addf(&text, "%s%s:%" PRIu32 ": %s", told++ == 0 ? "" : "; ", warning->file,
                  warning->line, warning->text);
    }
    char hash[HASH_TEXT_SIZE];
    hash_text(text_span(&text), hash);
    if (strcmp(hash, slot->told_hash) == 0)
        return;
    memcpy(slot->told_hash, hash, sizeof(hash));
    if (told == 0)
        return;
    log_warning("calendar names nobody calendar=%s: %s", slot->name, text_string(&text));
    slot_tell(slot, text_string(&text));
}

struct keeping {
    struct version *version; /* its files; the loop's thread changes when it was read */
    msec read_at;
    char *state;
    char *name;
    char *source;
    struct fault fault;
    bool is_kept;
};

static void keeping_work(void *item)
{
    struct keeping *keeping = item;
    struct good_copy copy = {.source = keeping->source,
                             .etag = keeping->version->etag,
                             .last_modified = keeping->version->last_modified,
                             .read_at = keeping->read_at,
                             .files = keeping->version->files,
                             .file_count = keeping->version->file_count};
    keeping->is_kept = good_write(keeping->state, keeping->name, &copy, &keeping->fault);
}

static void keeping_done(void *context UNUSED, void *item)
{
    struct keeping *keeping = item;
    if (!keeping->is_kept)
        log_error("cannot keep a copy of calendar \"%s\": %s", keeping->name, keeping->fault.text);
    version_drop(keeping->version);
    free(keeping->state);
    free(keeping->name);
    free(keeping->source);
    free(keeping);
}

void slot_keep(struct slot *slot)
{
    struct keeping *keeping = memory_new(1, sizeof(*keeping));
    keeping->version = version_take(slot->version);
    keeping->read_at = slot->kept_at = slot->version->read_at;
    keeping->state = string_copy(slot->rotas->daemon->state);
    keeping->name = string_copy(slot->name);
    keeping->source = string_copy(slot->shown);
    if (!worker_post(slot->rotas->daemon->worker, keeping_work, keeping_done, NULL, keeping)) {
        fault_set(&keeping->fault, FAULT_LIMIT, "too much is waiting for the disk");
        keeping_done(NULL, keeping);
    }
}

/* A version that nobody waits for any more. */
static void slot_let_go(struct slot *slot)
{
    version_drop(slot->candidate);
    slot->candidate = NULL;
    slot->is_held = false;
    slot->is_confirmed = false;
    text_reset(&slot->held_changes);
}

/* Puts a list in force. `version` is taken over. */
static void slot_accept(struct slot *slot, struct version *version, struct shift_list *list)
{
    bool is_new = version != slot->version;
    shift_list_free(slot->good);
    slot->good = list;
    if (is_new) {
        version_drop(slot->version);
        slot->version = version;
    }
    if (is_new || slot->has_failed_horizon)
        snprintf(slot->problem, sizeof(slot->problem), "%s",
                 slot->is_held ? slot->seen_problem : "");
    slot->has_failed_horizon = false;
    slot->is_settled = true;
    slot->expanded_at = slot->rotas->daemon->tick_at;
    slot->expanded_for_at = slot->reading_for_at;
    slot_publish(slot);
    slot_tell_unknown(slot);
    log_info("calendar in force calendar=%s events=%zu shifts=%zu", slot->name, list->event_count,
             list->shift_count);
}

/* What the reader made of the candidate. */
static void slot_judge(struct slot *slot, struct shift_list *list)
{
    struct version *candidate = slot->candidate;
    char reason[JUDGE_REASON_MAX] = "";
    CLEANUP(products_free) struct products *fresh = products_new(slot, list);
    enum version_verdict verdict = slot_weigh(slot, list, fresh, reason);
    memcpy(slot->seen_hash, candidate->hash, sizeof(slot->seen_hash));
    memcpy(slot->seen_problem, reason, sizeof(reason));
    slot->candidate = NULL;
    slot_let_go(slot);
    if (verdict == VERDICT_ACCEPT) {
        slot->is_looked_at = true;
        slot_accept(slot, candidate, list);
        slot_keep(slot);
        return;
    }
    slot->is_held = verdict == VERDICT_SUSPICIOUS;
    if (slot->is_held) {
        slot->candidate = candidate;
        slot_changes(slot, fresh, &slot->held_changes);
    } else {
        version_drop(candidate);
    }
    shift_list_free(list);
    slot_blame(slot, reason);
}

static void slot_read(void *context, struct span bytes, const char *problem)
{
    struct slot *slot = context;
    enum slot_purpose purpose = slot->purpose;
    struct shift_list *list = NULL;
    struct fault fault = {0};
    slot->reading = NULL;
    slot->stage = SLOT_IDLE;
    slot->rotas->reading_count--;
    if (problem == NULL && !reader_result_parse(bytes, &list, &fault))
        problem = fault.text;
    bool may_pass = problem != NULL && !reading_blames_bytes(problem);
    if (may_pass && !slot->is_second_try) {
        slot->is_second_try = true;
        slot_start_reading(slot, purpose);
        return;
    }
    slot->is_second_try = false;

    if (problem == NULL && purpose != PURPOSE_FRESH && list->problem == NULL) {
        slot_accept(slot, slot->version, list);
    } else if (problem == NULL && purpose == PURPOSE_FRESH) {
        slot_judge(slot, list);
    } else {
        char reason[JUDGE_REASON_MAX];
        calendar_judge_unread(slot->shown, problem != NULL ? problem : list->problem, reason);
        shift_list_free(list);
        if (purpose == PURPOSE_FRESH && may_pass) {
            text_reset(&slot->signature); /* the next look reads it again */
            slot_let_go(slot);
        } else if (purpose == PURPOSE_FRESH) {
            memcpy(slot->seen_hash, slot->candidate->hash, sizeof(slot->seen_hash));
            memcpy(slot->seen_problem, reason, sizeof(reason));
            slot_let_go(slot);
        }
        slot->has_failed_horizon = purpose != PURPOSE_FRESH;
        slot_blame(slot, reason);
        if (purpose == PURPOSE_BASELINE)
            slot->is_settled = false; /* the source is looked at next */
    }
}

/* Gives bytes to the reader child; when all children are busy, slot_tick tries again. */
void slot_start_reading(struct slot *slot, enum slot_purpose purpose)
{
    struct daemon *daemon = slot->rotas->daemon;
    const struct version *version = purpose == PURPOSE_FRESH ? slot->candidate : slot->version;
    slot->purpose = purpose;
    slot->stage = SLOT_WAITING;
    slot->reading_for_at = daemon->now.wall_at;
    if (slot->rotas->reading_count >= ROTAS_READERS_MAX)
        return;
    struct calendar_request request = {
        .files = version->files,
        .file_count = version->file_count,
        .zone_name = slot->zone,
        .is_zone_forced = slot->has_own_zone,
        .is_floating_told = policy_spans_zones(view_policy(daemon->engine), slot->name),
        .tzdir = daemon->options->tzdir,
        .from_at = daemon->now.wall_at - READER_PAST_MS,
        .until_at = daemon->now.wall_at + READER_AHEAD_MS,
        .now_at = daemon->now.wall_at};
    struct fault fault = {0};
    struct text text = {0};
    slot->reading = NULL;
    if (reader_request_render(&text, &request, &fault))
        slot->reading = reading_start(daemon, &text, slot_read, slot, &fault);
    text_clear(&text);
    if (slot->reading != NULL) {
        slot->stage = SLOT_READING;
        slot->rotas->reading_count++;
        return;
    }
    slot->rotas->reading_count++; /* slot_read takes it off again */
    slot_read(slot, (struct span){0}, fault.text);
}

void slot_offer(struct slot *slot, struct version *version)
{
    bool is_good = slot->version != NULL && slot->good != NULL &&
                   strcmp(version->hash, slot->version->hash) == 0;
    bool is_seen = strcmp(version->hash, slot->seen_hash) == 0 && slot->seen_problem[0] != '\0';
    slot->stage = SLOT_IDLE;
    if (!is_good && !is_seen) {
        slot_let_go(slot);
        slot->candidate = version;
        slot_start_reading(slot, PURPOSE_FRESH);
        return;
    }
    if (is_good) { /* what was held back is not what the source says any more */
        slot->version->read_at = version->read_at;
        slot_let_go(slot);
    }
    version_drop(version);
    slot_blame(slot, is_good ? "" : slot->seen_problem);
    slot->is_settled = true;
}

bool rotas_are_settled(const struct rotas *rotas)
{
    for (size_t i = 0; i < rotas->count; i++)
        if (!rotas->slots[i]->is_settled)
            return false;
    return true;
}

bool slot_is_outgrown(const struct slot *slot)
{
    const struct daemon *daemon = slot->rotas->daemon;
    msec off_ms = daemon->now.wall_at - slot->expanded_for_at;
    return slot->good != NULL && (daemon->tick_at - slot->expanded_at >= ROTAS_EXPAND_MS ||
                                  off_ms >= ROTAS_EXPAND_MS || off_ms <= -ROTAS_EXPAND_MS);
}

bool rotas_are_current(const struct rotas *rotas)
{
    for (size_t i = 0; i < rotas->count; i++) {
        const struct slot *slot = rotas->slots[i];
        bool is_at_work = slot->stage == SLOT_WAITING || slot->stage == SLOT_READING;
        if (slot_is_outgrown(slot) || (is_at_work && slot->purpose == PURPOSE_HORIZON))
            return false;
    }
    return true;
}

static struct slot *slot_find(const struct rotas *rotas, const char *name)
{
    for (size_t i = 0; i < rotas->count; i++)
        if (string_is(rotas->slots[i]->name, name))
            return rotas->slots[i];
    return NULL;
}

/* The last good copy, so that a restart has it before the first look at the source. */
static void slot_load_good(struct slot *slot)
{
    struct version *version = version_new();
    const struct good_copy *copy = NULL;
    struct fault fault = {0};
    if (!good_load(version->arena, slot->rotas->daemon->state, slot->name, &copy, &fault))
        log_error("cannot load the copy of calendar \"%s\": %s", slot->name, fault.text);
    if (copy == NULL) {
        version_drop(version);
        return;
    }
    version->files = (struct calendar_file *)copy->files;
    version->file_count = copy->file_count;
    version->etag = copy->etag;
    version->last_modified = copy->last_modified;
    version->read_at = copy->read_at;
    calendar_hash(version->files, version->file_count, version->hash);
    slot->version = version;
    slot->kept_at = version->read_at;
    slot_start_reading(slot, PURPOSE_BASELINE);
}

/* What may change while the calendar stays the same. */
static void slot_set_rules(struct slot *slot, const struct config_calendar *calendar)
{
    free(slot->team);
    slot->team =
        string_copy(calendar_team(view_policy(slot->rotas->daemon->engine), calendar->name));
    slot->pages_all = calendar->pages_all;
    slot->max_loss = calendar->max_loss;
    slot->stale_ms = calendar->stale_ms;
    slot->refresh_ms = calendar->refresh_ms;
}

static struct slot *slot_new(struct rotas *rotas, const struct config_calendar *calendar)
{
    const struct policy *policy = view_policy(rotas->daemon->engine);
    struct slot *slot = memory_new(1, sizeof(*slot));
    slot->rotas = rotas;
    slot->name = string_copy(calendar->name);
    slot_set_source(slot, calendar);
    slot->zone = string_copy(zone_name(calendar->zone != NULL ? calendar->zone : policy->zone));
    slot->has_own_zone = (calendar->zone != NULL);
    slot->due_at = rotas->daemon->tick_at;
    slot->since_at = rotas->daemon->now.wall_at;
    slot_set_rules(slot, calendar);
    return slot;
}

/* New rules or people may make a version welcome that was held back: it is judged again. */
static void slot_judge_anew(struct slot *slot)
{
    if (!slot->is_held)
        return;
    slot->seen_hash[0] = '\0';
    slot->due_at = slot->rotas->daemon->tick_at;
    text_reset(&slot->signature);
}

static bool slot_is_of(const struct slot *slot, const struct config_calendar *calendar)
{
    const struct policy *policy = view_policy(slot->rotas->daemon->engine);
    const struct zone *zone = calendar->zone != NULL ? calendar->zone : policy->zone;
    return slot_has_source(slot, calendar) && string_is(slot->zone, zone_name(zone)) &&
           slot->has_own_zone == (calendar->zone != NULL);
}

void rotas_configure(struct rotas *rotas, const struct config *config)
{
    struct slot **old = rotas->slots;
    size_t old_count = rotas->count;
    rotas->slots = memory_new(config->calendar_count + 1, sizeof(*rotas->slots));
    rotas->count = config->calendar_count;
    size_t fresh_from = 0;
    struct slot **fresh = memory_new(config->calendar_count + 1, sizeof(*fresh));
    for (size_t i = 0; i < rotas->count; i++) {
        const struct config_calendar *calendar = &config->calendars[i];
        for (size_t j = 0; j < old_count && rotas->slots[i] == NULL; j++) {
            if (old[j] == NULL || !string_is(old[j]->name, calendar->name) ||
                !slot_is_of(old[j], calendar))
                continue;
            rotas->slots[i] = old[j];
            old[j] = NULL;
            slot_set_rules(rotas->slots[i], calendar);
            slot_update_login(rotas->slots[i], calendar);
            slot_judge_anew(rotas->slots[i]);
        }
        if (rotas->slots[i] == NULL)
            fresh[fresh_from++] = rotas->slots[i] = slot_new(rotas, calendar);
    }
    rotas_publish(rotas); /* before the old ones go: the engine must not know them any more */
    for (size_t j = 0; j < old_count; j++)
        if (old[j] != NULL)
            slot_drop(old[j]);
    free(old);
    for (size_t i = 0; i < fresh_from; i++)
        slot_load_good(fresh[i]);
    free(fresh);
}

void rotas_expand(struct rotas *rotas)
{
    for (size_t i = 0; i < rotas->count; i++)
        rotas->slots[i]->expanded_at = rotas->daemon->tick_at - ROTAS_EXPAND_MS;
}

bool rotas_refresh(struct rotas *rotas, const char *name, struct fault *fault)
{
    struct slot *slot = slot_find(rotas, name);
    if (slot == NULL)
        return fault_set(fault, FAULT_INPUT, "there is no calendar \"%s\"", name);
    slot->due_at = rotas->daemon->tick_at;
    text_reset(&slot->signature);
    return true;
}

bool rotas_accept(struct rotas *rotas, const char *name, const char *actor, struct fault *fault)
{
    struct slot *slot = slot_find(rotas, name);
    if (slot == NULL)
        return fault_set(fault, FAULT_INPUT, "there is no calendar \"%s\"", name);
    if (!slot->is_held || slot->candidate == NULL)
        return fault_set(fault, FAULT_CONFLICT,
                         "nothing of calendar \"%s\" is held back to be accepted", name);
    log_info("calendar accepted by hand calendar=%s by=%s", name, actor);
    slot->is_confirmed = true;
    if (slot->stage == SLOT_IDLE) /* else the tick does it: what comes meanwhile may be newer */
        slot_start_reading(slot, PURPOSE_FRESH);
    return true;
}
