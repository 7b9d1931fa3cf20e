/* SPDX-License-Identifier: MIT */
#include "daemon/receipts.h"

#include <stdlib.h>

#include "base/text.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/engine.h"

#define LANE "receipts" /* of the courier */
#define FIRST_PART 3    /* of the time for a receipt */
#define NEXT_PART 6

/* One message that is asked about. */
struct watched {
    struct receipts *receipts;
    struct watched *next;
    uint64_t page;
    char *reference;
    msec ask_at; /* tick */
    unsigned asked;
    uint16_t attempt;
    bool is_second;
    bool is_asking;
};

struct receipts {
    struct daemon *daemon;
    struct arena *arena;
    struct watched *first;
    size_t count;
    msec look_at;    /* tick */
    bool is_resumed; /* what was taken before the start is watched, too */
};

struct receipts *receipts_new(struct daemon *daemon)
{
    struct receipts *receipts = memory_new(1, sizeof(*receipts));
    receipts->daemon = daemon;
    receipts->arena = arena_new();
    return receipts;
}

static void watched_free(struct watched *watched)
{
    free(watched->reference);
    free(watched);
}

void receipts_free(struct receipts *receipts)
{
    if (receipts == NULL)
        return;
    while (receipts->first != NULL) {
        struct watched *watched = receipts->first;
        receipts->first = watched->next;
        watched_free(watched);
    }
    arena_free(receipts->arena);
    free(receipts);
}

/* The provider that has it, or NULL when it cannot be asked (any more). */
static const struct channel *channel_of(const struct receipts *receipts, const char *name,
                                        bool is_second, struct channel_settings *settings)
{
    const struct config *config = reload_config(receipts->daemon->reload);
    const struct channel *channel = channel_configured(config, name, is_second, settings);
    return channel != NULL && channel->poll != NULL ? channel : NULL;
}

static msec wait_of(const struct receipts *receipts, const struct page *page, bool is_second,
                    int part)
{
    const struct config *config = reload_config(receipts->daemon->reload);
    const struct config_channel *channel = config_find_channel(config, page->channel, is_second);
    msec wait_ms = channel != NULL ? channel->receipt_ms / part : 0;
    return wait_ms > RECEIPTS_APART_MS ? wait_ms : RECEIPTS_APART_MS;
}

void receipts_watch(struct receipts *receipts, uint64_t id, uint16_t attempt, bool is_second,
                    const char *reference)
{
    struct channel_settings settings;
    const struct page *page = view_page(receipts->daemon->engine, id);
    if (page == NULL || page->state != PAGE_SENT || reference[0] == '\0' ||
        receipts->count == RECEIPTS_MAX ||
        channel_of(receipts, page->channel, is_second, &settings) == NULL)
        return;
    struct watched *watched = memory_new(1, sizeof(*watched));
    *watched = (struct watched){.receipts = receipts,
                                .next = receipts->first,
                                .page = id,
                                .reference = string_copy(reference),
                                .attempt = attempt,
                                .is_second = is_second,
                                .ask_at = receipts->daemon->tick_at +
                                          wait_of(receipts, page, is_second, FIRST_PART)};
    receipts->first = watched;
    receipts->count++;
}

/* Only what is known for certain becomes news of the page. */
static void take_answer(void *context, const struct result *result)
{
    struct watched *watched = context;
    struct daemon *daemon = watched->receipts->daemon;
    struct channel_settings settings;
    struct verdict verdict = {0};
    const struct page *page = view_page(daemon->engine, watched->page);
    watched->is_asking = false;
    const struct channel *channel =
        page == NULL ? NULL
                     : channel_of(watched->receipts, page->channel, watched->is_second, &settings);
    if (channel == NULL)
        return;
    channel->judge_poll(result, &settings, &verdict);
    if (verdict.outcome != OUTCOME_DELIVERED && verdict.outcome != OUTCOME_FAILED)
        return;
    struct event event = {.kind = EVENT_PAGE_OUTCOME,
                          .actor = "pagerd",
                          .via = "poll",
                          .id = watched->page,
                          .attempt = watched->attempt,
                          .outcome = verdict.outcome,
                          .is_provider_fault = verdict.is_provider_fault,
                          .is_link_refused = verdict.is_link_refused,
                          .provider = watched->is_second ? 2 : 1,
                          .reference = watched->reference,
                          .text = verdict.error};
    turn_step(daemon->turns, &event, NULL);
}

static void ask(struct receipts *receipts, struct watched *watched, const struct page *page)
{
    struct channel_settings settings;
    struct request request = {0};
    struct fault fault = {0};
    const struct channel *channel =
        channel_of(receipts, page->channel, watched->is_second, &settings);
    watched->ask_at =
        receipts->daemon->tick_at + wait_of(receipts, page, watched->is_second, NEXT_PART);
    watched->asked++;
    arena_reset(receipts->arena);
    if (channel == NULL ||
        !channel->poll(watched->reference, &settings, receipts->arena, &request, &fault))
        return;
    watched->is_asking = true;
    post_carry(receipts->daemon->post, LANE, &request, take_answer, watched);
}

/* Is nothing more to be learned by asking? */
static bool is_over(const struct watched *watched, const struct page *page)
{
    return page == NULL || page->state != PAGE_SENT || watched->asked >= RECEIPTS_ASKED_MAX;
}

/* What a provider took before pagerd was started. */
static void resume(struct receipts *receipts)
{
    size_t cursor = 0;
    const struct page *page;
    if (receipts->is_resumed || !receipts->daemon->is_restored)
        return;
    receipts->is_resumed = true;
    while ((page = view_each_page(receipts->daemon->engine, &cursor)) != NULL)
        if (page->state == PAGE_SENT && page->retry_at != MSEC_NEVER)
            receipts_watch(receipts, page->id, page->attempt, page->is_second, page->reference);
}

msec receipts_next_due(const struct receipts *receipts)
{
    msec wait_ms = receipts->look_at - receipts->daemon->tick_at;
    if (receipts->count == 0 && receipts->is_resumed)
        return MSEC_NEVER;
    return wait_ms > 0 ? wait_ms : 0;
}

void receipts_tick(struct receipts *receipts)
{
    unsigned asked = 0;
    if (receipts->look_at > receipts->daemon->tick_at)
        return;
    receipts->look_at = receipts->daemon->tick_at + SECOND_MS;
    resume(receipts);
    for (struct watched **place = &receipts->first; *place != NULL;) {
        struct watched *watched = *place;
        const struct page *page = view_page(receipts->daemon->engine, watched->page);
        bool is_due = watched->ask_at <= receipts->daemon->tick_at && !watched->is_asking;
        if (is_due && is_over(watched, page)) {
            *place = watched->next;
            receipts->count--;
            watched_free(watched);
            continue;
        }
        if (is_due && asked++ < RECEIPTS_RATE_MAX)
            ask(receipts, watched, page);
        place = &watched->next;
    }
}
