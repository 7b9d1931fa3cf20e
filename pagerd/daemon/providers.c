/* SPDX-License-Identifier: MIT */
#include "daemon/providers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/callbacks.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/metric.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "engine/provider.h"

#define LANE "probes" /* of the courier */
#define ASKED_MAX 64  /* providers asked at once; each channel has two at most */

/* A provider that is being asked. */
struct asked {
    struct providers *providers;
    const char *channel; /* of the engine's record, which stays */
    bool is_second;
    bool is_asking;
};

struct providers {
    struct daemon *daemon;
    struct arena *arena;
    struct asked asked[ASKED_MAX];
    msec ask_at; /* tick */
};

static const char *const outcome_names[OUTCOME_COUNT] = {
    [OUTCOME_SENT] = "sent",     [OUTCOME_DELIVERED] = "delivered", [OUTCOME_RETRY] = "retry",
    [OUTCOME_FAILED] = "failed", [OUTCOME_UNKNOWN] = "unknown",
};

struct providers *providers_new(struct daemon *daemon)
{
    struct providers *providers = memory_new(1, sizeof(*providers));
    providers->daemon = daemon;
    providers->arena = arena_new();
    return providers;
}

void providers_free(struct providers *providers)
{
    if (providers == NULL)
        return;
    arena_free(providers->arena);
    free(providers);
}

static const struct channel *channel_of(const struct providers *providers,
                                        const struct asked *asked,
                                        struct channel_settings *settings)
{
    const struct config *config = reload_config(providers->daemon->reload);
    const struct channel *channel =
        channel_configured(config, asked->channel, asked->is_second, settings);
    bool is_telling = channel != NULL && channel->probe != NULL && !channel->is_probe_shallow;
    return is_telling ? channel : NULL; /* who only listens is not back: a page has to show it */
}

static void take_answer(void *context, const struct result *result)
{
    struct asked *asked = context;
    struct channel_settings settings;
    struct verdict verdict = {0};
    const struct channel *channel = channel_of(asked->providers, asked, &settings);
    asked->is_asking = false;
    if (channel == NULL)
        return;
    channel->judge_probe(result, &settings, &verdict);
    turn_step(asked->providers->daemon->turns,
              &(struct event){.kind = EVENT_PROVIDER,
                              .actor = "pagerd",
                              .via = "probe",
                              .channel = asked->channel,
                              .provider = asked->is_second ? 2 : 1,
                              .outcome = verdict.outcome,
                              .text = verdict.error},
              NULL);
}

/* A place for it; NULL: it is being asked already, or there is none left. */
static struct asked *asked_take(struct providers *providers, const struct provider *provider)
{
    struct asked *place = NULL;
    for (size_t i = 0; i < ASKED_MAX; i++) {
        struct asked *asked = &providers->asked[i];
        bool is_same =
            asked->channel == provider->channel && asked->is_second == provider->is_second;
        if (asked->is_asking && is_same)
            return NULL;
        if (!asked->is_asking && (is_same || place == NULL))
            place = asked;
    }
    return place;
}

static void ask(struct providers *providers, const struct provider *provider)
{
    struct channel_settings settings;
    struct request request = {0};
    struct fault fault = {0};
    struct asked *asked = asked_take(providers, provider);
    if (asked == NULL)
        return;
    *asked = (struct asked){
        .providers = providers, .channel = provider->channel, .is_second = provider->is_second};
    const struct channel *channel = channel_of(providers, asked, &settings);
    arena_reset(providers->arena);
    if (channel == NULL || !channel->probe(&settings, providers->arena, &request, &fault))
        return;
    asked->is_asking = true;
    post_carry(providers->daemon->post, LANE, &request, take_answer, asked);
}

static bool is_any_down(const struct engine *engine)
{
    size_t cursor = 0;
    const struct provider *provider;
    while ((provider = provider_each(engine, &cursor)) != NULL)
        if (provider->is_down)
            return true;
    return false;
}

msec providers_next_due(const struct providers *providers)
{
    if (!is_any_down(providers->daemon->engine))
        return MSEC_NEVER;
    msec wait_ms = providers->ask_at - providers->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

void providers_tick(struct providers *providers)
{
    size_t cursor = 0;
    const struct provider *provider;
    if (providers->ask_at > providers->daemon->tick_at || !is_any_down(providers->daemon->engine))
        return;
    providers->ask_at = providers->daemon->tick_at + PROVIDERS_ASK_MS;
    while ((provider = provider_each(providers->daemon->engine, &cursor)) != NULL)
        if (provider->is_down)
            ask(providers, provider);
}

static uint64_t failures_of(const struct provider *provider)
{
    return provider->outcomes[OUTCOME_RETRY] + provider->outcomes[OUTCOME_FAILED] +
           provider->outcomes[OUTCOME_UNKNOWN];
}

static void put_counts(struct json_writer *writer, const struct provider *provider)
{
    static const struct provider unused = {0};
    const struct provider *counted = provider != NULL ? provider : &unused;
    json_put_integer(writer, "sent", (int64_t)counted->outcomes[OUTCOME_SENT]);
    json_put_integer(writer, "delivered", (int64_t)counted->outcomes[OUTCOME_DELIVERED]);
    json_put_integer(writer, "failed", (int64_t)failures_of(counted));
    json_put_integer(writer, "doubt", (int64_t)counted->doubts);
}

/* Where the provider may tell of replies and the like; NULL where it tells nothing. */
static void put_callbacks(struct daemon *daemon, struct json_writer *writer,
                          const struct config_channel *channel)
{
    static const char *const whats[] = {"status", "reply", "button"};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct config *config = reload_config(daemon->reload);
    const char *pattern =
        callback_is_general(config, channel)
            ? callback_address(config, channel->name, channel->is_second, 0, 0, arena)
            : NULL;
    if (pattern == NULL) {
        json_put_null(writer, "callbacks");
        return;
    }
    const char *hole = strstr(pattern, "%s");
    json_begin_object(writer, "callbacks");
    for (size_t i = 0; hole != NULL && i < sizeof(whats) / sizeof(*whats); i++)
        json_put_string(
            writer, whats[i],
            arena_format(arena, "%.*s%s%s", (int)(hole - pattern), pattern, whats[i], hole + 2));
    json_end_object(writer);
}

static void write_channel(struct daemon *daemon, bool is_admin, struct json_writer *writer,
                          const struct config_channel *channel)
{
    const struct provider *provider =
        provider_find(daemon->engine, channel->name, channel->is_second);
    bool is_used = provider != NULL && (provider->heard_at != 0 || provider->error_at != 0);
    json_begin_object(writer, NULL);
    json_put_string(writer, "name", channel->name);
    json_put_integer(writer, "provider", channel->is_second ? 2 : 1);
    json_put_string(writer, "driver", channel->driver != NULL ? channel->driver : channel->name);
    json_put_string(writer, "state", !is_used ? "unused" : provider->is_down ? "down" : "up");
    json_put_instant(writer, "since", is_used ? provider->since_at : 0);
    json_put_instant(writer, "used_at", is_used ? provider->heard_at : 0);
    json_put_string(writer, "error", is_used ? provider->error : "");
    json_put_instant(writer, "error_at", is_used ? provider->error_at : 0);
    put_counts(writer, provider);
    json_put_integer(writer, "receipt_ms", channel->receipt_ms);
    if (is_admin)
        put_callbacks(daemon, writer, channel);
    json_end_object(writer);
}

void providers_write(struct daemon *daemon, bool is_admin, struct json_writer *writer)
{
    const struct config *config = reload_config(daemon->reload);
    json_begin_object(writer, NULL);
    json_begin_array(writer, "channels");
    for (size_t i = 0; config != NULL && i < config->channel_count; i++)
        write_channel(daemon, is_admin, writer, &config->channels[i]);
    json_end_array(writer);
    json_end_object(writer);
}

void providers_problems(struct daemon *daemon, struct json_writer *writer)
{
    size_t cursor = 0;
    const struct provider *provider;
    while ((provider = provider_each(daemon->engine, &cursor)) != NULL) {
        char since[INSTANT_TEXT_SIZE];
        CLEANUP(text_clear) struct text text = {0};
        if (!provider->is_down)
            continue;
        text_addf(&text, "%s by provider %d fails since %s: %s", provider->channel,
                  provider->is_second ? 2 : 1, instant_render(provider->since_at, since),
                  provider->error);
        json_put_string(writer, NULL, text_string(&text));
    }
}

static void metrics_pages(const struct engine *engine, struct text *text)
{
    size_t cursor = 0;
    const struct provider *provider;
    metric_head(text, "channel_pages_total", "counter",
                "What became of pages, by channel and provider, since start.");
    while ((provider = provider_each(engine, &cursor)) != NULL)
        for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++) {
            const struct metric_label labels[] = {{"channel", provider->channel},
                                                  {"provider", provider->is_second ? "2" : "1"},
                                                  {"outcome", outcome_names[outcome]}};
            metric_labelled(text, "channel_pages_total", labels, 3,
                            (int64_t)provider->outcomes[outcome]);
        }
}

/* One number of each provider. */
static void metrics_number(const struct engine *engine, struct text *text, const char *name,
                           int64_t (*value)(const struct provider *provider))
{
    size_t cursor = 0;
    const struct provider *provider;
    while ((provider = provider_each(engine, &cursor)) != NULL) {
        const struct metric_label labels[] = {{"channel", provider->channel},
                                              {"provider", provider->is_second ? "2" : "1"}};
        metric_labelled(text, name, labels, 2, value(provider));
    }
}

static int64_t is_up(const struct provider *provider)
{
    return !provider->is_down;
}

static int64_t doubts_of(const struct provider *provider)
{
    return (int64_t)provider->doubts;
}

static void metrics_latency(struct text *text, const struct provider *provider, const char *stage,
                            const struct latency *latency)
{
    uint64_t count = 0;
    struct metric_label labels[] = {{"channel", provider->channel},
                                    {"provider", provider->is_second ? "2" : "1"},
                                    {"stage", stage},
                                    {"le", NULL}};
    for (size_t i = 0; i < LATENCY_BUCKETS; i++) {
        char limit[24] = "+Inf";
        count += latency->counts[i];
        if (i < LATENCY_BUCKETS - 1)
            snprintf(limit, sizeof(limit), "%" PRId64, latency_limits_ms[i] / SECOND_MS);
        labels[3].value = limit;
        metric_labelled(text, "page_latency_seconds_bucket", labels, 4, (int64_t)count);
    }
    metric_labelled(text, "page_latency_seconds_sum", labels, 3,
                    (int64_t)(latency->total_ms / SECOND_MS));
    metric_labelled(text, "page_latency_seconds_count", labels, 3, (int64_t)count);
}

void providers_metrics(struct daemon *daemon, struct text *text)
{
    size_t cursor = 0;
    const struct provider *provider;
    metrics_pages(daemon->engine, text);
    metric_head(text, "provider_up", "gauge", "Pages go to this provider.");
    metrics_number(daemon->engine, text, "provider_up", is_up);
    metric_head(text, "receipts_missing_total", "counter",
                "Pages that a provider took, and whose receipt did not come in time, since start.");
    metrics_number(daemon->engine, text, "receipts_missing_total", doubts_of);
    metric_head(text, "page_latency_seconds", "histogram",
                "From the making of a page until a provider took it (sent), and from there until "
                "its receipt (delivered).");
    while ((provider = provider_each(daemon->engine, &cursor)) != NULL) {
        metrics_latency(text, provider, "sent", &provider->sending);
        metrics_latency(text, provider, "delivered", &provider->delivering);
    }
}
