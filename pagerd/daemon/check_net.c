/* SPDX-License-Identifier: MIT */
#include "daemon/check_net.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "daemon/channels.h"
#include "daemon/child.h"
#include "daemon/storeroom.h"
#include "notify/courier/courier.h"
#include "notify/webhook.h"

#define ROUND_MS 500
#define ROUNDS_MAX 90 /* a little more than the longest time-out of a request */

/* One question, and what came of it. */
struct asking {
    const char *name; /* "channels.sms" */
    const char *kind; /* driver, or "calendar" */
    const struct channel *channel;
    struct channel_settings settings;
    bool is_webhook;
    bool is_answered;
    bool is_good;
    uint32_t elapsed_ms;
    char why[JUDGE_ERROR_SIZE];
};

struct check_of_net {
    struct arena *arena;
    struct courier_link *link;
    struct asking *askings;
    size_t count;
    size_t waiting;
};

static void asking_end(struct asking *asking, bool is_good, const char *why)
{
    asking->is_answered = true;
    asking->is_good = is_good;
    struct span cut = utf8_cut(span_of(why), sizeof(asking->why) - 1);
    memcpy(asking->why, cut.bytes, cut.size);
    asking->why[cut.size] = '\0';
}

static void send_question(struct check_of_net *check, struct asking *asking,
                          const struct request *request)
{
    struct fault fault;
    /* Each in a lane of its own: one that hangs must not hold the others. */
    struct job job = {
        .id = (uint64_t)(asking - check->askings) + 1,
        .channel = arena_format(check->arena, "probe%zu",
                                (size_t)(asking - check->askings) % (COURIER_CHANNELS_MAX - 1)),
        .request = *request};
    if (courier_link_send(check->link, &job, &fault))
        check->waiting++;
    else
        asking_end(asking, false, fault.text);
}

static void ask_channel(struct check_of_net *check, const struct config *config,
                        const struct config_channel *configured)
{
    struct asking *asking = &check->askings[check->count++];
    struct request request = {0};
    struct fault fault = {0};
    asking->channel =
        channel_configured(config, configured->name, configured->is_second, &asking->settings);
    asking->name = arena_format(check->arena, "channels.%s%s", configured->name,
                                configured->is_second ? ".second" : "");
    asking->kind = configured->driver != NULL ? configured->driver : configured->name;
    if (asking->channel == NULL || asking->channel->probe == NULL) {
        asking_end(asking, true, "there is nobody to ask");
        return;
    }
    if (!asking->channel->probe(&asking->settings, check->arena, &request, &fault)) {
        asking_end(asking, false, fault.text);
        return;
    }
    request.allow = config->private_networks;
    send_question(check, asking, &request);
}

/* Reads it as the daemon would; of a collection only that it is there (RFC 4918 9.1). */
static void ask_calendar(struct check_of_net *check, const struct config_calendar *calendar)
{
    struct asking *asking = &check->askings[check->count++];
    struct request request = {0};
    struct fault fault = {0};
    struct fetch_order order = {.url = calendar->ics,
                                .method = calendar->is_caldav ? "PROPFIND" : NULL,
                                .depth = calendar->is_caldav ? "0" : NULL,
                                .user = calendar->user,
                                .password = calendar->password,
                                .ca_file = calendar->ca_file};
    asking->name = arena_format(check->arena, "calendars.%s", calendar->name);
    asking->kind = calendar->is_caldav ? "caldav" : "ics";
    if (request_fetch(&order, check->arena, &request, &fault))
        send_question(check, asking, &request);
    else
        asking_end(asking, false, fault.text);
}

static void ask_webhook(struct check_of_net *check, const struct config *config,
                        const struct config_webhook *webhook)
{
    struct asking *asking = &check->askings[check->count++];
    struct request request = {0};
    struct fault fault = {0};
    asking->name = arena_format(check->arena, "webhooks.%s", webhook->name);
    asking->kind = "connect";
    asking->is_webhook = true;
    if (!webhook_probe(webhook->url, webhook->ca_file, check->arena, &request, &fault)) {
        asking_end(asking, false, fault.text);
        return;
    }
    request.allow = config->private_networks;
    send_question(check, asking, &request);
}

static void take_answer(void *context, uint64_t id, const struct result *result)
{
    struct check_of_net *check = context;
    if (id == 0 || id > check->count || check->askings[id - 1].is_answered)
        return;
    struct asking *asking = &check->askings[id - 1];
    struct verdict verdict = {0};
    check->waiting--;
    asking->elapsed_ms = result->elapsed_ms;
    if (asking->channel != NULL || asking->is_webhook) {
        if (asking->is_webhook)
            webhook_judge_probe(result, &verdict);
        else
            asking->channel->judge_probe(result, &asking->settings, &verdict);
        asking_end(asking, verdict.outcome == OUTCOME_DELIVERED, verdict.error);
        return;
    }
    bool is_good = result->end == TRANSFER_ANSWERED && result->code >= 200 && result->code < 300;
    if (result->end != TRANSFER_ANSWERED)
        asking_end(asking, false, result->error);
    else
        asking_end(asking, is_good,
                   is_good ? "" : arena_format(check->arena, "answered %u", result->code));
}

static void wait_for_answers(struct check_of_net *check)
{
    struct fault fault = {0};
    for (int round = 0; round < ROUNDS_MAX && check->waiting > 0; round++) {
        bool wants_write = courier_link_wants_write(check->link);
        struct pollfd polled = {.fd = courier_link_fd(check->link),
                                .events = wants_write ? POLLIN | POLLOUT : POLLIN};
        if (poll(&polled, 1, ROUND_MS) > 0)
            round--;
        bool is_well = true;
        if ((polled.revents & POLLOUT) != 0)
            is_well = courier_link_flush(check->link, &fault);
        if (is_well && (polled.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
            is_well = courier_link_receive(check->link, take_answer, check, &fault);
        if (!is_well)
            break;
    }
    for (size_t i = 0; i < check->count; i++)
        if (!check->askings[i].is_answered)
            asking_end(&check->askings[i], false, "no answer");
}

static void tell(const struct check_of_net *check, struct text *text, size_t *failures)
{
    for (size_t i = 0; i < check->count; i++) {
        const struct asking *asking = &check->askings[i];
        text_addf(text, "%-5s %-24s %-10s", asking->is_good ? "ok" : "FAIL", asking->name,
                  asking->kind);
        if (asking->why[0] != '\0')
            text_addf(text, " %s\n", asking->why);
        else
            text_addf(text, " %u ms\n", (unsigned)asking->elapsed_ms);
        *failures += asking->is_good ? 0 : 1;
    }
}

/* Of this very process, as it is in the daemon. */
static void ask_store(const struct config *config, struct text *text, size_t *failures)
{
    CLEANUP(text_clear) struct text said = {0};
    struct fault fault = {0};
    bool is_good = storeroom_check(config, true, &said, &fault);
    text_addf(text, "%-5s %-24s %-10s %s\n", is_good ? "ok" : "FAIL", "store", "postgres",
              is_good ? text_string(&said) : fault.text);
    *failures += is_good ? 0 : 1;
}

bool check_net(const struct config *config, struct text *text, size_t *failures,
               struct fault *fault)
{
    struct child child;
    if (!child_start("--courier", &child, fault))
        return false;
    struct check_of_net check = {.arena = arena_new(), .link = courier_link_new(child.fd)};
    check.askings =
        memory_new(config->channel_count + config->webhook_count + config->calendar_count + 1,
                   sizeof(*check.askings));
    for (size_t i = 0; i < config->channel_count; i++)
        ask_channel(&check, config, &config->channels[i]);
    for (size_t i = 0; i < config->webhook_count; i++)
        ask_webhook(&check, config, &config->webhooks[i]);
    for (size_t i = 0; i < config->calendar_count; i++)
        if (config->calendars[i].ics[0] != '/')
            ask_calendar(&check, &config->calendars[i]);
    wait_for_answers(&check);
    tell(&check, text, failures);
    if (config->store != NULL)
        ask_store(config, text, failures);
    courier_link_free(check.link);
    child.fd = -1;
    child_end(&child);
    free(check.askings);
    arena_free(check.arena);
    return true;
}
