/* SPDX-License-Identifier: MIT */
#include "daemon/spools.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/links.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/replies.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "notify/spool.h"

#define LOOK_MS (2 * SECOND_MS)
#define COMPLAIN_MS (10 * MINUTE_MS) /* how often a spool that cannot be read is spoken of */

/* What is said to somebody who wrote; sent in a later turn, after the commit of what was done. */
struct said {
    char *to;
    char *text;
};

/* The spool of the first or of the second provider of text messages. */
struct spool {
    struct spools *spools;
    bool is_second;
    bool is_asked; /* the courier is at it */
    msec due_at;   /* tick */
    msec complained_at;
    char *taken[SPOOL_FILES_MAX]; /* to be removed with the next look */
    size_t taken_count;
    struct said said[SPOOL_FILES_MAX];
    size_t said_count;
};

struct spools {
    struct daemon *daemon;
    struct arena *arena;
    struct spool list[2];
};

struct spools *spools_new(struct daemon *daemon)
{
    struct spools *spools = memory_new(1, sizeof(*spools));
    spools->daemon = daemon;
    spools->arena = arena_new();
    for (size_t i = 0; i < 2; i++)
        spools->list[i] = (struct spool){.spools = spools, .is_second = i == 1};
    return spools;
}

static void taken_clear(struct spool *spool)
{
    for (size_t i = 0; i < spool->taken_count; i++)
        free(spool->taken[i]);
    spool->taken_count = 0;
}

static void said_clear(struct spool *spool)
{
    for (size_t i = 0; i < spool->said_count; i++) {
        free(spool->said[i].to);
        free(spool->said[i].text);
    }
    spool->said_count = 0;
}

void spools_free(struct spools *spools)
{
    if (spools == NULL)
        return;
    for (size_t i = 0; i < 2; i++) {
        taken_clear(&spools->list[i]);
        said_clear(&spools->list[i]);
    }
    arena_free(spools->arena);
    free(spools);
}

static const struct channel *spool_channel(const struct spool *spool,
                                           struct channel_settings *settings)
{
    const struct config *config = reload_config(spool->spools->daemon->reload);
    const struct channel *channel = channel_configured(config, "sms", spool->is_second, settings);
    return channel != NULL && channel->collect != NULL ? channel : NULL;
}

/* The page that a report is about: that reference, or else the newest that went to that number. */
static const struct page *page_find(const struct spool *spool, const struct news *news)
{
    const struct page *found = NULL;
    const struct page *page;
    size_t cursor = 0;
    while ((page = view_each_page(spool->spools->daemon->engine, &cursor)) != NULL) {
        bool is_it = news->reference != NULL ? string_is(page->reference, news->reference)
                                             : string_is(page->address, news->from);
        if (is_it && page->state == PAGE_SENT && string_is(page->channel, "sms") &&
            (found == NULL || page->id > found->id))
            found = page;
    }
    return found;
}

static void report_take(struct spool *spool, const struct news *news)
{
    struct daemon *daemon = spool->spools->daemon;
    const struct page *page = page_find(spool, news);
    if (page == NULL)
        return; /* of another program's message, or nobody waits for it any more */
    struct event event = {.kind = EVENT_PAGE_OUTCOME,
                          .actor = "pagerd",
                          .via = "spool",
                          .id = page->id,
                          .attempt = page->attempt,
                          .outcome = news->outcome,
                          .is_provider_fault = news->is_provider_fault,
                          .text = news->error};
    turn_step(daemon->turns, &event, NULL);
}

static void reply_take(struct spool *spool, const struct news *news)
{
    CLEANUP(text_clear) struct text answer = {0};
    const struct reply_in in = {
        .channel = "sms", .via = "SMS reply", .address = news->from, .text = span_of(news->text)};
    replies_take(spool->spools->daemon, &in, &answer, NULL);
    if (answer.size == 0 || spool->said_count == SPOOL_FILES_MAX)
        return;
    spool->said[spool->said_count++] =
        (struct said){string_copy(news->from), string_copy(text_string(&answer))};
}

static bool is_taken(const struct spool *spool, const char *place)
{
    for (size_t i = 0; i < spool->taken_count; i++)
        if (string_is(spool->taken[i], place))
            return true;
    return false;
}

static void file_take(struct spool *spool, const struct channel *channel,
                      const struct spool_file *file)
{
    struct news news = {.kind = NEWS_NOTHING};
    channel->read_file(file, spool->spools->arena, &news);
    if (news.kind == NEWS_RECEIPT)
        report_take(spool, &news);
    if (news.kind == NEWS_REPLY)
        reply_take(spool, &news);
}

/* Takes what is new. What was taken before and is still there could not be removed: true. */
static bool files_take(struct spool *spool, const struct channel *channel, struct span rest)
{
    char *taken[SPOOL_FILES_MAX];
    size_t count = 0;
    struct spool_file file;
    bool has_stayed = false;
    while (count < SPOOL_FILES_MAX && spool_next(&rest, &file, spool->spools->arena)) {
        bool is_old = is_taken(spool, file.place);
        has_stayed = has_stayed || is_old;
        taken[count++] = string_copy(file.place);
        if (!is_old)
            file_take(spool, channel, &file);
    }
    taken_clear(spool);
    for (size_t i = 0; i < count; i++)
        spool->taken[spool->taken_count++] = taken[i];
    if (count > 0 && !has_stayed)
        spool->due_at = spool->spools->daemon->tick_at;
    return has_stayed;
}

static void spool_asked(void *context, const struct result *result)
{
    struct spool *spool = context;
    struct spools *spools = spool->spools;
    struct channel_settings settings;
    const struct channel *channel = spool_channel(spool, &settings);
    msec now = spools->daemon->tick_at;
    spool->is_asked = false;
    spool->due_at = now + LOOK_MS;
    if (result->end != TRANSFER_ANSWERED) {
        if (spool->complained_at == 0 || now - spool->complained_at > COMPLAIN_MS)
            log_warning("the modem's spool cannot be read: %s", result->error);
        spool->complained_at = now;
        return;
    }
    arena_reset(spools->arena);
    bool has_stayed = channel != NULL && files_take(spool, channel, result->body);
    if (has_stayed && (spool->complained_at == 0 || now - spool->complained_at > COMPLAIN_MS))
        log_warning("what comes in cannot be removed from the modem's spool, where it would be "
                    "taken again by the next pagerd: give it the right to (chmod -t)");
    if (has_stayed && spool->complained_at == 0)
        spool->complained_at = now;
    if (!has_stayed)
        spool->complained_at = 0;
}

/* An answer that cannot be sent is lost: who wrote sees in the texts to come how things stand. */
static void said_carried(void *context, const struct result *result)
{
    (void)context;
    if (result->end != TRANSFER_ANSWERED)
        log_warning("an answer by the modem did not go out: %s", result->error);
}

static void said_send(struct spool *spool, const struct channel *channel,
                      const struct channel_settings *settings)
{
    struct spools *spools = spool->spools;
    for (size_t i = 0; i < spool->said_count; i++) {
        struct request request = {0};
        struct fault fault = {0};
        struct letter letter = {.kind = PAGE_NOTICE,
                                .now_at = spools->daemon->now.wall_at + (msec)i,
                                .address = spool->said[i].to,
                                .remark = spool->said[i].text};
        if (channel->render(&letter, settings, spools->arena, &request, &fault))
            post_carry(spools->daemon->post, "sms", &request, said_carried, NULL);
    }
    said_clear(spool);
}

static void spool_tick(struct spool *spool)
{
    struct spools *spools = spool->spools;
    struct channel_settings settings;
    struct request request = {0};
    struct fault fault = {0};
    if (spool->is_asked || spool->due_at > spools->daemon->tick_at)
        return;
    const struct channel *channel = spool_channel(spool, &settings);
    spool->due_at = spools->daemon->tick_at + LOOK_MS;
    if (channel == NULL || !post_has_courier(spools->daemon->post))
        return;
    arena_reset(spools->arena);
    said_send(spool, channel, &settings);
    if (!channel->collect(&settings, (const char *const *)spool->taken, spool->taken_count,
                          spools->arena, &request, &fault))
        return;
    spool->is_asked = true;
    post_carry(spools->daemon->post, "sms", &request, spool_asked, spool);
}

void spools_tick(struct spools *spools)
{
    for (size_t i = 0; i < 2; i++)
        spool_tick(&spools->list[i]);
}

msec spools_next_due(const struct spools *spools)
{
    msec wait_ms = MSEC_NEVER;
    for (size_t i = 0; i < 2; i++) {
        const struct spool *spool = &spools->list[i];
        struct channel_settings settings;
        if (spool->is_asked || spool_channel(spool, &settings) == NULL)
            continue;
        msec left_ms = spool->due_at - spools->daemon->tick_at;
        left_ms = left_ms > 0 ? left_ms : 0;
        wait_ms = left_ms < wait_ms ? left_ms : wait_ms;
    }
    return wait_ms;
}
