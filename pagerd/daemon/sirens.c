/* SPDX-License-Identifier: MIT */
#include "daemon/sirens.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/letters.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "notify/notify.h"

#define SCAN_MS SECOND_MS

/* One of them. Its page may leave memory before it. */
struct siren_watch {
    struct sirens *sirens;
    uint64_t page;
    char reference[REFERENCE_SIZE];
    bool is_asking;
    bool is_hurried;
    bool is_cancelling;
    bool is_over;  /* acknowledged there, cancelled, or not to be stopped */
    msec asked_at; /* tick; 0: never */
    unsigned cancels;
};

struct sirens {
    struct daemon *daemon;
    struct map *watches; /* page -> siren_watch */
    msec scan_at;        /* tick */
};

struct sirens *sirens_new(struct daemon *daemon)
{
    struct sirens *sirens = memory_new(1, sizeof(*sirens));
    sirens->daemon = daemon;
    sirens->watches = map_new();
    return sirens;
}

void sirens_free(struct sirens *sirens)
{
    if (sirens == NULL)
        return;
    size_t cursor = 0;
    struct siren_watch *watch;
    while ((watch = map_each(sirens->watches, &cursor, NULL)) != NULL)
        free(watch);
    map_free(sirens->watches);
    free(sirens);
}

static struct span id_span(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

/* The channel of a page that may sound; NULL: it cannot. */
static const struct channel *siren_channel(const struct sirens *sirens, const struct page *page,
                                           struct channel_settings *settings)
{
    const struct config *config = reload_config(sirens->daemon->reload);
    const struct channel *channel =
        channel_configured(config, page->channel, page->is_second, settings);
    return channel != NULL && channel->siren != NULL ? channel : NULL;
}

static bool is_calling(const struct sirens *sirens, const struct page *page)
{
    const struct incident *incident = view_incident(sirens->daemon->engine, page->incident);
    return incident != NULL && incident->state == INCIDENT_TRIGGERED;
}

/* What it was acknowledged by there counts here: of the person who was paged. */
static void ack_take(struct sirens *sirens, const struct page *page)
{
    struct event told = {.kind = EVENT_PAGE_OUTCOME,
                         .actor = "pagerd",
                         .via = page->channel,
                         .id = page->id,
                         .attempt = page->attempt,
                         .outcome = OUTCOME_DELIVERED,
                         .reference = page->reference,
                         .text = ""};
    struct event ack = {.kind = EVENT_ACKNOWLEDGE,
                        .actor = page->user,
                        .via = page->channel,
                        .incident = page->incident,
                        .target = {.kind = TARGET_COUNT}};
    log_info("acknowledged on the phone page=%" PRIu64 " incident=%" PRIu64 " user=%s", page->id,
             page->incident, page->user);
    turn_step(sirens->daemon->turns, &told, NULL);
    turn_step(sirens->daemon->turns, &ack, NULL);
}

static void ask_answered(void *context, const struct fetched *fetched)
{
    struct siren_watch *watch = context;
    struct sirens *sirens = watch->sirens;
    struct channel_settings settings;
    struct letter letter;
    msec at = 0;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    watch->is_asking = false;
    const struct page *page = view_page(sirens->daemon->engine, watch->page);
    const struct channel *channel = page != NULL ? siren_channel(sirens, page, &settings) : NULL;
    if (channel == NULL || fetched->status != 200 || !is_calling(sirens, page))
        return;
    letter_fill(sirens->daemon, page, "", arena, &letter);
    struct span body = {fetched->size > 0 ? fetched->bytes : "", fetched->size};
    if (!channel->siren->is_acked(body, letter.address, &at))
        return;
    watch->is_over = true;
    bool is_fresh = sirens->daemon->now.wall_at - at < SIREN_FRESH_MS;
    if (is_fresh && string_is(settings.acks, "true"))
        ack_take(sirens, page);
}

static void cancel_answered(void *context, const struct fetched *fetched)
{
    struct siren_watch *watch = context;
    watch->is_cancelling = false;
    /* 4xx: it is not there, or has ended by itself. */
    bool is_final = fetched->status >= 200 && fetched->status < 500 && fetched->status != 429;
    watch->is_over = is_final || ++watch->cancels >= SIREN_CANCELS_MAX;
    if (watch->is_over && !is_final)
        log_warning("a siren could not be cancelled page=%" PRIu64 ": %s", watch->page,
                    fetched->status == 0 ? fetched->problem : "it is refused for now");
}

static void watch_step(struct sirens *sirens, struct siren_watch *watch, const struct page *page,
                       const struct channel *channel, const struct channel_settings *settings)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct fetch_order order;
    struct fault fault = {0};
    msec now = sirens->daemon->tick_at;
    msec apart_ms =
        watch->is_hurried || !is_calling(sirens, page) ? SIREN_ASK_MIN_MS : SIREN_ASK_MS;
    bool is_due = watch->asked_at == 0 || now - watch->asked_at >= apart_ms;
    if (watch->is_over || watch->is_asking || watch->is_cancelling)
        return;
    if (is_calling(sirens, page)) {
        if (!is_due || !string_is(settings->acks, "true") ||
            !channel->siren->ask(page->reference, settings, arena, &order, &fault))
            return;
        watch->is_asking = true;
        watch->is_hurried = false;
        watch->asked_at = now;
        post_fetch(sirens->daemon->post, &order, ask_answered, watch);
        return;
    }
    /* The first try at once, whenever it was asked about. */
    if ((!is_due && watch->cancels > 0) ||
        !channel->siren->cancel(page->reference, settings, arena, &order, &fault))
        return;
    watch->is_cancelling = true;
    watch->asked_at = now;
    post_fetch(sirens->daemon->post, &order, cancel_answered, watch);
}

static struct siren_watch *watch_get(struct sirens *sirens, const struct page *page)
{
    struct siren_watch *watch = map_find(sirens->watches, id_span(&page->id));
    if (watch == NULL && map_count(sirens->watches) < SIRENS_MAX) {
        watch = memory_new(1, sizeof(*watch));
        watch->sirens = sirens;
        watch->page = page->id;
        map_put(sirens->watches, id_span(&watch->page), watch);
    }
    /* Sent again, it is another one. */
    if (watch != NULL && !watch->is_asking && !watch->is_cancelling &&
        strcmp(watch->reference, page->reference) != 0) {
        watch->is_over = false;
        watch->cancels = 0;
        strncpy(watch->reference, page->reference, sizeof(watch->reference) - 1);
    }
    return watch;
}

/* Those whose siren has ended by itself, or whose page is forgotten. */
static void watches_sweep(struct sirens *sirens)
{
    size_t cursor = 0;
    struct siren_watch *watch;
    struct siren_watch **gone = memory_new(map_count(sirens->watches) + 1, sizeof(*gone));
    size_t count = 0;
    while ((watch = map_each(sirens->watches, &cursor, NULL)) != NULL) {
        const struct page *page = view_page(sirens->daemon->engine, watch->page);
        bool is_past =
            page == NULL || sirens->daemon->now.wall_at - page->sent_at > SIREN_LENGTH_MS;
        if (is_past && !watch->is_asking && !watch->is_cancelling)
            gone[count++] = watch;
    }
    for (size_t i = 0; i < count; i++) {
        (void)map_remove(sirens->watches, id_span(&gone[i]->page));
        free(gone[i]);
    }
    free(gone);
}

/* Is there a siren of it that may still sound? */
static bool may_sound(const struct sirens *sirens, const struct page *page)
{
    return page->state == PAGE_SENT && page->incident != 0 && page->reference[0] != '\0' &&
           sirens->daemon->now.wall_at - page->sent_at <= SIREN_LENGTH_MS;
}

void sirens_tick(struct sirens *sirens)
{
    struct daemon *daemon = sirens->daemon;
    struct channel_settings settings;
    size_t cursor = 0;
    const struct page *page;
    if (sirens_next_due(sirens) > 0)
        return;
    sirens->scan_at = daemon->tick_at + SCAN_MS;
    while ((page = view_each_page(daemon->engine, &cursor)) != NULL) {
        const struct channel *channel =
            may_sound(sirens, page) ? siren_channel(sirens, page, &settings) : NULL;
        if (channel == NULL || !channel->siren->is_one(page->reference))
            continue;
        struct siren_watch *watch = watch_get(sirens, page);
        if (watch != NULL)
            watch_step(sirens, watch, page, channel, &settings);
    }
    watches_sweep(sirens);
}

void sirens_hurry(struct sirens *sirens, uint64_t page)
{
    struct siren_watch *watch = map_find(sirens->watches, id_span(&page));
    if (watch != NULL)
        watch->is_hurried = true;
}

static bool has_sirens(const struct config *config)
{
    for (size_t i = 0; i < config->channel_count; i++) {
        const struct channel *channel =
            channel_find(config->channels[i].name, config->channels[i].driver);
        if (channel != NULL && channel->siren != NULL)
            return true;
    }
    return false;
}

msec sirens_next_due(const struct sirens *sirens)
{
    const struct config *config = reload_config(sirens->daemon->reload);
    if (!sirens->daemon->is_restored || config == NULL ||
        (!has_sirens(config) && map_count(sirens->watches) == 0))
        return MSEC_NEVER;
    msec wait_ms = sirens->scan_at - sirens->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}
