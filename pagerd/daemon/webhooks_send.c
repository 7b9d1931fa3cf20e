/* SPDX-License-Identifier: MIT */
/* webhooks_send.c - tells one receiver one thing, and what comes of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/post.h"
#include "daemon/webhooks_item.h"
#include "notify/notify.h"
#include "notify/webhook.h"

/* The item is not held by its address: it may have left meanwhile. */
struct flight {
    struct webhooks *webhooks;
    struct webhook_receiver *receiver;
    uint64_t id;
    char hash[HASH_TEXT_SIZE]; /* of the address that is asked */
};

static struct webhook_item *item_find(const struct webhooks *webhooks, uint64_t id)
{
    for (size_t i = 0; i < webhooks->item_count; i++)
        if (webhooks->items[i]->id == id)
            return webhooks->items[i];
    return NULL;
}

static void receiver_well(struct webhook_receiver *receiver)
{
    if (receiver->is_failing)
        log_info("webhook takes messages again webhook=%s", receiver->name);
    receiver->is_failing = false;
    receiver->problem[0] = '\0';
}

static void receiver_stop(struct webhooks *webhooks, struct flight *flight)
{
    struct webhook_receiver *receiver = flight->receiver;
    memcpy(receiver->stopped_hash, flight->hash, sizeof(receiver->stopped_hash));
    webhooks->are_stops_dirty = true;
    webhooks->is_stirred = true;
    snprintf(receiver->problem, sizeof(receiver->problem), WEBHOOK_GONE);
    log_warning("webhook stopped webhook=%s: %s", receiver->name, receiver->problem);
    char *said =
        string_format("WARN pagerd: webhook \"%s\": %s", receiver->name, receiver->problem);
    daemon_tell(webhooks->daemon, NULL, said);
    free(said);
}

static void item_later(struct webhooks *webhooks, struct webhook_receiver *receiver,
                       struct webhook_item *item, const struct fetched *fetched)
{
    char why[WEBHOOK_WHY_SIZE];
    if (fetched->status == 0)
        snprintf(why, sizeof(why), "%.*s", WEBHOOK_WHY_SIZE - 1, fetched->problem);
    else
        snprintf(why, sizeof(why), "it answered %u", fetched->status);
    if (!string_is(why, receiver->problem))
        log_warning("webhook not told yet webhook=%s: %s", receiver->name, why);
    memcpy(receiver->problem, why, sizeof(why));
    receiver->is_failing = true;
    receiver->retried_count++;
    msec wait_ms = webhook_wait_ms(++item->failures);
    if (fetched->retry_after_ms > wait_ms)
        wait_ms = fetched->retry_after_ms < HOUR_MS ? fetched->retry_after_ms : HOUR_MS;
    item->retry_at = webhooks->daemon->tick_at + wait_ms;
}

static void flight_answered(void *context, const struct fetched *fetched)
{
    struct flight *flight = context;
    struct webhooks *webhooks = flight->webhooks;
    struct webhook_item *item = item_find(webhooks, flight->id);
    flight->receiver->flights--;
    webhooks->is_stirred = true;
    if (item != NULL)
        item->is_asking = false;
    if (fetched->status == 410) {
        receiver_stop(webhooks, flight);
    } else if (fetched->status >= 200 && fetched->status < 300) {
        receiver_well(flight->receiver);
        if (item != NULL)
            webhook_end(webhooks, item, NULL);
    } else if (item != NULL) {
        item_later(webhooks, flight->receiver, item, fetched);
    }
    free(flight);
}

void webhook_send(struct webhooks *webhooks, struct webhook_item *item,
                  const struct config_webhook *config)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct span body = {item->body, item->size};
    int64_t timestamp = webhooks->daemon->now.wall_at / SECOND_MS;
    const char *headers[] = {
        arena_format(arena, "webhook-id: %s", item->uuid),
        arena_format(arena, "webhook-timestamp: %" PRId64, timestamp),
        arena_format(arena, "webhook-signature: %s",
                     webhook_signature(item->uuid, timestamp, body, config->secrets,
                                       config->secret_count, arena)),
    };
    struct fetch_order order = {.channel = "webhooks",
                                .accept = "*/*",
                                .is_direct = true,
                                .is_guarded = true,
                                .url = config->url,
                                .method = "POST",
                                .type = "application/json",
                                .body = body,
                                .headers = headers,
                                .header_count = sizeof(headers) / sizeof(*headers),
                                .ca_file = config->ca_file};
    struct flight *flight = memory_new(1, sizeof(*flight));
    flight->webhooks = webhooks;
    flight->receiver = webhook_receiver_get(webhooks, item->receiver);
    flight->id = item->id;
    hash_text(span_of(config->url), flight->hash);
    flight->receiver->flights++;
    item->is_asking = true;
    post_fetch(webhooks->daemon->post, &order, flight_answered, flight);
}
