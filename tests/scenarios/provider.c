/* SPDX-License-Identifier: MIT */
#include "scenarios/provider.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "notify/notify.h"

#define LINK "https://pager.example.org/a/0123456789ABCDEFGHJK"
#define SMS_SEPTETS_MAX 160

struct provider {
    struct arena *arena; /* of one text */
};

static const struct {
    const char *channel; /* NULL: every other */
    const char *row;     /* of notify/'s table of channels */
    const char *driver;
    struct channel_settings settings;
} gateways[] = {
    {"sms",
     "sms",
     "kannel",
     {.url = "http://127.0.0.1:13013/cgi-bin/sendsms", .user = "pagerd", .password = "secret"}},
    {"email", "email", NULL, {.smtp = "127.0.0.1:25", .from = "pager@example.org"}},
    {NULL, "sms", "http", {.url = "https://sms.example.org/send", .body = "to=$to&text=$text"}},
};

/* What the other side says, and how far the transfer came. */
static const struct {
    const char *mode;
    const char *row; /* of the channel, NULL: any */
    enum transfer_end end;
    uint32_t code;
    const char *body;
} answers[] = {
    {"sends", "email", TRANSFER_ANSWERED, 250, "250 2.0.0 Ok: queued as 4B2C"},
    {"sends", NULL, TRANSFER_ANSWERED, 202, "0: Accepted for delivery"},
    {"retries", "email", TRANSFER_ANSWERED, 451, "451 4.3.0 try again later"},
    {"retries", NULL, TRANSFER_ANSWERED, 503, "temporal failure"},
    {"fails", "email", TRANSFER_ANSWERED, 550, "550 5.1.1 no such user"},
    {"fails", NULL, TRANSFER_ANSWERED, 400, "unknown number"},
    {"refuses", "email", TRANSFER_LOGIN, 535, "535 5.7.8 authentication failed"},
    {"refuses", NULL, TRANSFER_ANSWERED, 402, "no credit"},
    {"loses", NULL, TRANSFER_UNCERTAIN, 0, ""},
};

/* Of what is told in two words: a receipt is not judged by the row of an answer. */
static const struct {
    const char *mode;
    struct provider_word words[PROVIDER_WORDS_MAX];
} receipts[] = {
    {"arrives", {{.outcome = OUTCOME_SENT}, {.outcome = OUTCOME_DELIVERED, .is_later = true}}},
    {"bounces", {{.outcome = OUTCOME_SENT}, {.outcome = OUTCOME_FAILED, .is_later = true}}},
    {"swaps", {{.outcome = OUTCOME_DELIVERED}, {.outcome = OUTCOME_SENT, .is_later = true}}},
};

struct provider *provider_new(void)
{
    struct provider *provider = memory_new(1, sizeof *provider);
    provider->arena = arena_new();
    return provider;
}

void provider_free(struct provider *provider)
{
    if (provider == NULL)
        return;
    arena_free(provider->arena);
    free(provider);
}

static size_t gateway_of(const char *channel)
{
    size_t i = 0;
    while (gateways[i].channel != NULL && !string_is(gateways[i].channel, channel))
        i++;
    return i;
}

static const struct channel *channel_of(size_t gateway)
{
    return channel_find(gateways[gateway].row, gateways[gateway].driver);
}

static void fill_incident(const struct incident *incident, struct letter *letter)
{
    letter->severity = incident->severity;
    letter->team = incident->team;
    letter->service = incident->service;
    letter->object = incident->source;
    letter->summary = incident->summary;
    letter->details = incident->details;
    letter->opened_at = incident->opened_at;
    letter->labels = incident->labels;
    letter->label_count = incident->label_count;
    letter->occurrences = incident->occurrences;
    letter->actor = incident->handling->acknowledged_by;
    letter->actor_via = incident->handling->acknowledged_via;
    letter->acted_at = incident->handling->acknowledged_at;
    letter->previous = incident->previous;
    letter->is_reopened = incident->is_reopened;
}

static struct letter letter_of(const struct engine *engine, struct now now, const struct page *page)
{
    const struct policy *policy = view_policy(engine);
    const struct user *user = policy_find_user(policy, page->user);
    const struct incident *incident = view_incident(engine, page->incident);
    struct letter letter = {.kind = page->kind,
                            .page = page->id,
                            .incident = page->incident,
                            .severity = SEVERITY_INFO,
                            .now_at = now.wall_at,
                            .user_id = page->user,
                            .user_name = user != NULL ? user->name : page->user,
                            .address = page->address,
                            .zone = user != NULL ? user->zone : policy->zone,
                            .team_zone = policy->zone,
                            .remark = page->text,
                            .ack_link = page_is_alarm(page->kind) ? LINK : NULL,
                            .host = "pager.example.org",
                            .call = page->attempt,
                            .is_repeat = page->is_repeat,
                            .is_late = page->is_late};
    if (incident != NULL)
        fill_incident(incident, &letter);
    return letter;
}

/* An SMS is one segment, and an alarm has its link, whole. */
static bool sms_is_good(const struct letter *letter, struct arena *arena, struct fault *fault)
{
    const char *text = letter_sms(letter, arena);
    if (strlen(text) > SMS_SEPTETS_MAX)
        return fault_set(fault, FAULT_CONFLICT, "an SMS of %zu characters: %s", strlen(text), text);
    return letter->ack_link == NULL || strstr(text, letter->ack_link) != NULL ||
           fault_set(fault, FAULT_CONFLICT, "an alarm without its link: %s", text);
}

bool provider_render(struct provider *provider, const struct engine *engine, struct now now,
                     const struct page *page, struct fault *fault)
{
    size_t gateway = gateway_of(page->channel);
    struct letter letter = letter_of(engine, now, page);
    struct request request = {0};
    arena_reset(provider->arena);
    return channel_of(gateway)->render(&letter, &gateways[gateway].settings, provider->arena,
                                       &request, fault) &&
           sms_is_good(&letter, provider->arena, fault);
}

size_t provider_answer(const char *mode, const char *channel,
                       struct provider_word words[PROVIDER_WORDS_MAX])
{
    size_t gateway = gateway_of(channel);
    for (size_t i = 0; i < sizeof receipts / sizeof *receipts; i++) {
        if (!string_is(receipts[i].mode, mode))
            continue;
        memcpy(words, receipts[i].words, sizeof receipts[i].words);
        return PROVIDER_WORDS_MAX;
    }
    words[0] = (struct provider_word){.outcome = OUTCOME_DELIVERED, .is_later = true};
    if (string_is(mode, "delivers"))
        return 1;
    if (string_is(mode, "filters")) {
        words[0].outcome = OUTCOME_FAILED;
        words[0].is_link_refused = true;
        return 1;
    }
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (!string_is(answers[i].mode, mode) ||
            (answers[i].row != NULL && !string_is(answers[i].row, gateways[gateway].row)))
            continue;
        struct result result = {.end = answers[i].end,
                                .code = answers[i].code,
                                .body = span_of(answers[i].body),
                                .error = "",
                                .etag = "",
                                .last_modified = ""};
        struct verdict verdict = {0};
        channel_of(gateway)->judge(&result, &gateways[gateway].settings, &verdict);
        words[0].outcome = verdict.outcome;
        words[0].is_fault = verdict.is_provider_fault;
        return 1;
    }
    return 0;
}
