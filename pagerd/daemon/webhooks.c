/* SPDX-License-Identifier: MIT */
#include "daemon/webhooks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/metric.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "daemon/webhooks_item.h"
#include "engine/canary.h"
#include "engine/engine.h"
#include "http/render.h"
#include "notify/webhook.h"
#include "store/batch.h"

#define PLACE_NAME_SIZE 32

struct webhooks *webhooks_new(struct daemon *daemon)
{
    struct webhooks *webhooks = memory_new(1, sizeof(*webhooks));
    webhooks->daemon = daemon;
    webhooks->items = memory_new(WEBHOOK_ITEMS_MAX, sizeof(struct webhook_item *));
    webhooks->due_at = MSEC_NEVER;
    return webhooks;
}

static void item_free(struct webhook_item *item)
{
    free(item->receiver);
    free(item->body);
    free(item);
}

void webhooks_free(struct webhooks *webhooks)
{
    if (webhooks == NULL)
        return;
    for (size_t i = 0; i < webhooks->item_count; i++)
        item_free(webhooks->items[i]);
    for (size_t i = 0; i < webhooks->receiver_count; i++) {
        free(webhooks->receivers[i]->name);
        free(webhooks->receivers[i]);
    }
    free(webhooks->receivers);
    free(webhooks->items);
    free(webhooks);
}

struct webhook_receiver *webhook_receiver_get(struct webhooks *webhooks, const char *name)
{
    for (size_t i = 0; i < webhooks->receiver_count; i++)
        if (string_is(webhooks->receivers[i]->name, name))
            return webhooks->receivers[i];
    struct webhook_receiver *receiver = memory_new(1, sizeof(*receiver));
    receiver->name = string_copy(name);
    webhooks->receivers = memory_grow(webhooks->receivers, webhooks->receiver_count + 1,
                                      sizeof(*webhooks->receivers));
    webhooks->receivers[webhooks->receiver_count++] = receiver;
    return receiver;
}

void webhook_tell(struct webhooks *webhooks, msec *told_at, const char *text)
{
    msec now = webhooks->daemon->tick_at;
    if (*told_at != 0 && now - *told_at < HOUR_MS)
        return;
    *told_at = now;
    daemon_tell(webhooks->daemon, NULL, text);
}

/* ---- what the store has ---- */

static void place_name(size_t place, char name[PLACE_NAME_SIZE])
{
    snprintf(name, PLACE_NAME_SIZE, WEBHOOK_META_PREFIX "%zu", place);
}

/* "ID RECEIVER INCIDENT MADE-AT UUID BODY" */
static void item_save(const struct webhook_item *item, struct batch *batch)
{
    char name[PLACE_NAME_SIZE];
    CLEANUP(text_clear) struct text value = {0};
    place_name(item->place, name);
    if (!item->is_over) {
        text_addf(&value, "%" PRIu64 " %s %" PRIu64 " %" PRId64 " %s ", item->id, item->receiver,
                  item->incident, item->made_at, item->uuid);
        text_add_bytes(&value, item->body, item->size);
    }
    struct meta_record record = {.name = name, .value = text_string(&value)};
    batch_save_meta(batch, &record, NEED_NONE);
}

static void stops_restore(struct webhooks *webhooks, const char *value)
{
    struct span rest = span_of(value);
    while (rest.size > 0) {
        struct span name = span_cut(&rest, ' ');
        struct span hash = span_cut(&rest, ' ');
        if (hash.size != HASH_TEXT_SIZE - 1)
            return;
        char *copy = string_copy_span(name);
        struct webhook_receiver *receiver = webhook_receiver_get(webhooks, copy);
        memcpy(receiver->stopped_hash, hash.bytes, hash.size);
        snprintf(receiver->problem, sizeof(receiver->problem), WEBHOOK_GONE);
        free(copy);
    }
}

static void stops_save(struct webhooks *webhooks)
{
    CLEANUP(text_clear) struct text value = {0};
    for (size_t i = 0; i < webhooks->receiver_count; i++)
        if (webhooks->receivers[i]->stopped_hash[0] != '\0')
            text_addf(&value, "%s%s %s", value.size > 0 ? " " : "", webhooks->receivers[i]->name,
                      webhooks->receivers[i]->stopped_hash);
    struct meta_record record = {.name = WEBHOOK_STOP_META, .value = text_string(&value)};
    batch_save_meta(turn_batch(webhooks->daemon->turns), &record, NEED_NONE);
    webhooks->are_stops_dirty = false;
}

/* Of what is no message of this form nothing is told; the place is used again. */
static struct webhook_item *item_parse(const char *value)
{
    struct webhook_item *item = memory_new(1, sizeof(*item));
    char receiver[65] = "";
    int at = 0;
    int count = sscanf(value, "%" SCNu64 " %64s %" SCNu64 " %" SCNd64 " %36s %n", &item->id,
                       receiver, &item->incident, &item->made_at, item->uuid, &at);
    item->receiver = string_copy(receiver);
    if (count == 5 && at > 0 && value[at] == '{' && item->id > 0) {
        item->body = string_copy(value + at);
        item->size = strlen(item->body);
        return item;
    }
    item_free(item);
    return NULL;
}

void webhooks_restore(struct webhooks *webhooks, const char *name, const char *value)
{
    if (string_is(name, WEBHOOK_STOP_META))
        stops_restore(webhooks, value);
    if (strncmp(name, WEBHOOK_META_PREFIX, strlen(WEBHOOK_META_PREFIX)) != 0 || value[0] == '\0')
        return;
    size_t place = strtoul(name + strlen(WEBHOOK_META_PREFIX), NULL, 10);
    struct webhook_item *item =
        place < WEBHOOK_ITEMS_MAX && !webhooks->is_used[place] ? item_parse(value) : NULL;
    if (item == NULL)
        return;
    item->place = place;
    webhooks->is_used[place] = true;
    size_t at = webhooks->item_count++;
    for (; at > 0 && webhooks->items[at - 1]->id > item->id; at--)
        webhooks->items[at] = webhooks->items[at - 1];
    webhooks->items[at] = item;
    if (item->id > webhooks->last)
        webhooks->last = webhooks->landed = item->id;
}

void webhooks_recall(struct webhooks *webhooks, struct batch *batch)
{
    for (size_t i = 0; i < webhooks->item_count; i++) {
        struct webhook_item *item = webhooks->items[i];
        char *name = string_format(WEBHOOK_META_PREFIX "%zu", item->place);
        batch_save_meta(batch, &(struct meta_record){.name = name, .value = ""}, NEED_NONE);
        free(name);
        webhooks->is_used[item->place] = false;
        item_free(item);
    }
    webhooks->item_count = 0;
}

void webhooks_open(struct webhooks *webhooks, bool is_reload)
{
    webhooks->is_open = true;
    webhooks->is_stirred = true;
    for (size_t i = 0; is_reload && i < webhooks->receiver_count; i++) {
        struct webhook_receiver *receiver = webhooks->receivers[i];
        webhooks->are_stops_dirty |= receiver->stopped_hash[0] != '\0';
        memset(receiver->stopped_hash, 0, sizeof(receiver->stopped_hash));
        receiver->problem[0] = '\0';
    }
}

/* ---- what is to be told ---- */

static bool is_stopped(struct webhooks *webhooks, const struct config_webhook *config)
{
    char hash[HASH_TEXT_SIZE];
    const struct webhook_receiver *receiver = webhook_receiver_get(webhooks, config->name);
    if (receiver->stopped_hash[0] == '\0')
        return false;
    hash_text(span_of(config->url), hash);
    return string_is(receiver->stopped_hash, hash);
}

static bool is_wanted(const struct config_webhook *config, const struct incident *incident,
                      const char *type)
{
    bool is_named = config->event_count == 0;
    for (size_t i = 0; i < config->event_count; i++)
        is_named = is_named || string_is(config->events[i], type);
    return is_named && (config->team == NULL || string_is(config->team, incident->team));
}

static void body_write(const struct daemon *daemon, const struct entry *entry, const char *type,
                       const struct incident *incident, struct text *body)
{
    struct json_writer writer = {.text = body};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "type", type);
    json_put_instant(&writer, "timestamp", entry->at);
    json_begin_object(&writer, "data");
    json_put_string(&writer, "actor", entry->actor);
    json_put_string(&writer, "text", entry->text);
    json_begin_object(&writer, "incident");
    incident_write_members(&writer, incident, daemon->engine, daemon->now);
    json_end_object(&writer);
    json_end_object(&writer);
    json_end_object(&writer);
}

static struct webhook_item *item_new(struct webhooks *webhooks, const char *receiver,
                                     const struct incident *incident, const struct text *body)
{
    size_t place = 0;
    while (place < WEBHOOK_ITEMS_MAX && webhooks->is_used[place])
        place++;
    if (place == WEBHOOK_ITEMS_MAX) {
        if (webhooks->passed_up++ == 0)
            log_error("webhooks: more than %d messages wait, others are not told",
                      WEBHOOK_ITEMS_MAX);
        webhook_tell(webhooks, &webhooks->full_told_at,
                     "WARN pagerd: too many messages wait for webhooks, newer ones are lost. Pages "
                     "are not concerned");
        return NULL;
    }
    struct webhook_item *item = memory_new(1, sizeof(*item));
    item->id = ++webhooks->last;
    item->place = place;
    item->receiver = string_copy(receiver);
    item->incident = incident->number;
    item->made_at = webhooks->daemon->now.wall_at;
    item->body = string_copy_span(text_span(body));
    item->size = body->size;
    uuid_new(item->uuid);
    webhooks->is_used[place] = true;
    webhooks->items[webhooks->item_count++] = item;
    return item;
}

static void entry_gather(struct webhooks *webhooks, const struct entry *entry, struct batch *batch)
{
    struct daemon *daemon = webhooks->daemon;
    const struct config *config = reload_config(daemon->reload);
    const char *type = webhook_type(entry->event);
    const struct incident *incident = type != NULL && entry->incident != 0
                                          ? view_incident(daemon->engine, entry->incident)
                                          : NULL;
    /* What was opened as one that is back is told as that; a canary is nobody's incident. */
    if (incident == NULL || canary_is(incident) ||
        (incident->is_reopened && string_is(entry->event, "triggered")))
        return;
    CLEANUP(text_clear) struct text body = {0};
    for (size_t i = 0; i < config->webhook_count; i++) {
        const struct config_webhook *webhook = &config->webhooks[i];
        if (!is_wanted(webhook, incident, type) || is_stopped(webhooks, webhook))
            continue;
        if (body.size == 0)
            body_write(daemon, entry, type, incident, &body);
        if (body.size > WEBHOOK_BODY_MAX) { /* labels and details of a source that says much */
            struct incident shorter = *incident;
            shorter.details = NULL;
            shorter.label_count = 0;
            text_reset(&body);
            body_write(daemon, entry, type, &shorter, &body);
        }
        struct webhook_item *item = item_new(webhooks, webhook->name, incident, &body);
        if (item != NULL)
            item_save(item, batch);
    }
}

uint64_t webhooks_gather(struct webhooks *webhooks, const struct effects *effects,
                         struct batch *batch)
{
    if (!webhooks->is_open || reload_config(webhooks->daemon->reload)->webhook_count == 0)
        return webhooks->last;
    for (size_t i = 0; i < effects->count; i++)
        if (effects->list[i].kind == EFFECT_ENTRY)
            entry_gather(webhooks, effects->list[i].entry, batch);
    return webhooks->last;
}

void webhooks_landed(struct webhooks *webhooks, uint64_t last)
{
    if (last <= webhooks->landed)
        return;
    webhooks->landed = last;
    webhooks->is_stirred = true;
}

/* ---- telling it ---- */

void webhook_end(struct webhooks *webhooks, struct webhook_item *item, const char *why)
{
    struct webhook_receiver *receiver = webhook_receiver_get(webhooks, item->receiver);
    item->is_over = true;
    webhooks->is_stirred = true;
    if (why == NULL) {
        receiver->taken_count++;
        return;
    }
    receiver->given_up_count++;
    log_warning("webhook not told webhook=%s incident=%" PRIu64 " id=%s: %s", item->receiver,
                item->incident, item->uuid, why);
}

static void item_give_up(struct webhooks *webhooks, struct webhook_item *item)
{
    struct webhook_receiver *receiver = webhook_receiver_get(webhooks, item->receiver);
    char *said = string_format("WARN pagerd: webhook \"%s\" could not be told of #%" PRIu64
                               ", and that is given up: %s",
                               item->receiver, item->incident, receiver->problem);
    webhook_end(webhooks, item, "given up");
    webhook_tell(webhooks, &receiver->told_at, said);
    free(said);
}

static void item_step(struct webhooks *webhooks, struct webhook_item *item, struct map *before)
{
    struct daemon *daemon = webhooks->daemon;
    const struct config_webhook *config =
        config_find_webhook(reload_config(daemon->reload), item->receiver);
    struct webhook_receiver *receiver = webhook_receiver_get(webhooks, item->receiver);
    CLEANUP(text_clear) struct text key = {0};
    text_addf(&key, "%s %" PRIu64, item->receiver, item->incident);
    if (item->is_over || item->id > webhooks->landed)
        return;
    bool is_first = map_find(before, text_span(&key)) == NULL;
    map_put(before, text_span(&key), item);
    if (item->is_asking || !is_first)
        return;
    if (config == NULL || is_stopped(webhooks, config)) {
        webhook_end(webhooks, item, config == NULL ? "it is not configured any more" : "410 Gone");
        return;
    }
    if (item->failures > 0 && daemon->now.wall_at - item->made_at >= config->retry_for_ms) {
        item_give_up(webhooks, item);
        return;
    }
    if (item->retry_at > daemon->tick_at) {
        if (item->retry_at < webhooks->due_at)
            webhooks->due_at = item->retry_at;
        return;
    }
    if (receiver->flights < (receiver->is_failing ? 1 : WEBHOOK_FLIGHTS_MAX))
        webhook_send(webhooks, item, config);
}

/* Empties the places of what is over, where the disk takes it. */
static void items_sweep(struct webhooks *webhooks)
{
    struct fault fault = {0};
    size_t kept = 0;
    bool is_ready = turns_are_ready(webhooks->daemon->turns, &fault);
    for (size_t i = 0; i < webhooks->item_count; i++) {
        struct webhook_item *item = webhooks->items[i];
        /* What is not on disk yet must not be emptied before it is. */
        if (!item->is_over || !is_ready || item->id > webhooks->landed) {
            webhooks->items[kept++] = item;
            continue;
        }
        item_save(item, turn_batch(webhooks->daemon->turns));
        webhooks->is_used[item->place] = false;
        item_free(item);
    }
    webhooks->item_count = kept;
    if (webhooks->are_stops_dirty && is_ready)
        stops_save(webhooks);
}

void webhooks_tick(struct webhooks *webhooks)
{
    if (!webhooks->is_open)
        return;
    if (webhooks->is_stirred || webhooks->due_at <= webhooks->daemon->tick_at) {
        struct map *before = map_new();
        webhooks->is_stirred = false;
        webhooks->due_at = MSEC_NEVER;
        for (size_t i = 0; i < webhooks->item_count; i++)
            item_step(webhooks, webhooks->items[i], before);
        map_free(before);
        items_sweep(webhooks);
    }
}

msec webhooks_next_due(const struct webhooks *webhooks)
{
    if (!webhooks->is_open)
        return MSEC_NEVER;
    if (webhooks->is_stirred)
        return 0;
    if (webhooks->due_at == MSEC_NEVER)
        return MSEC_NEVER;
    msec wait_ms = webhooks->due_at - webhooks->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

void webhooks_problems(const struct webhooks *webhooks, struct json_writer *writer)
{
    for (size_t i = 0; i < webhooks->receiver_count; i++) {
        const struct webhook_receiver *receiver = webhooks->receivers[i];
        if (receiver->problem[0] == '\0')
            continue;
        char *text =
            string_format("webhook \"%s\" cannot be told: %s", receiver->name, receiver->problem);
        json_put_string(writer, NULL, text);
        free(text);
    }
}

static void metrics_add(const struct webhooks *webhooks, struct text *text, const char *name,
                        size_t offset, const char *says)
{
    metric_head(text, name, "counter", says);
    for (size_t i = 0; i < webhooks->receiver_count; i++) {
        uint64_t value;
        memcpy(&value, (const char *)webhooks->receivers[i] + offset, sizeof(value));
        metric_labelled(text, name, &(struct metric_label){"webhook", webhooks->receivers[i]->name},
                        1, (int64_t)value);
    }
}

void webhooks_metrics(const struct webhooks *webhooks, struct text *text)
{
    metric_head(text, "webhook_waiting", "gauge", "Messages that webhooks are still to be told.");
    metric_labelled(text, "webhook_waiting", NULL, 0, (int64_t)webhooks->item_count);
    metric_head(text, "webhook_passed_up_total", "counter",
                "Messages that found no room in the queue, since start.");
    metric_labelled(text, "webhook_passed_up_total", NULL, 0, (int64_t)webhooks->passed_up);
    metrics_add(webhooks, text, "webhook_taken_total",
                offsetof(struct webhook_receiver, taken_count),
                "Messages that a webhook has taken, since start.");
    metrics_add(webhooks, text, "webhook_retried_total",
                offsetof(struct webhook_receiver, retried_count),
                "How often a webhook did not take a message at once, since start.");
    metrics_add(webhooks, text, "webhook_given_up_total",
                offsetof(struct webhook_receiver, given_up_count),
                "Messages that a webhook was never told, since start.");
}
