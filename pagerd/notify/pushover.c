/* SPDX-License-Identifier: MIT */
/*
 * pushover.c - push by Pushover (https://pushover.net/api), with a siren for critical alarms.
 *
 * An emergency message (priority 2) is repeated on the phone every `retry` seconds, until the
 * person presses "acknowledge" in the app, for `expire` seconds at most
 * (https://pushover.net/api#priority). Its receipt can be asked about, not more often than every 5
 * s, and cancelled (https://pushover.net/api/receipts). What Pushover posts to a callback is not
 * signed: it is only a reason to ask. Text has 1024 characters, a title 250, a link 512, its title
 * 100 (https://pushover.net/api#limits). There is no idempotency key among the parameters
 * (https://pushover.net/api#messages): what is sent twice rings twice.
 */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "notify/channel.h"
#include "notify/push.h"

#define MESSAGE_MAX 1024
#define LINK_MAX 512
#define KEY_SIZE 30
#define DEVICE_MAX 25
#define RECEIPT_SIZE 30
#define EMERGENCY 2
#define RETRY_S 30
#define EXPIRE_S (SIREN_LENGTH_MS / SECOND_MS)

static const char alphanumeric[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/* 2: until acknowledged; 1: loud, also in the quiet hours of the app; -1: no sound. */
static const int priorities[PUSH_LEVEL_COUNT] = {
    [PUSH_SILENT] = -1, [PUSH_NOTICE] = 0, [PUSH_LOW] = 0, [PUSH_HIGH] = 1, [PUSH_URGENT] = 2,
};

static bool is_key(const char *key, size_t size)
{
    return strspn(key, alphanumeric) >= size && size == KEY_SIZE;
}

static bool pushover_check(const struct channel_settings *settings, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *url;
    if (!push_url(settings->server, "/", arena, &url, fault))
        return false;
    if (!has_text(settings->token) || !is_key(settings->token, strlen(settings->token)))
        return fault_set(fault, FAULT_INPUT, "token is not 30 letters and digits");
    return true;
}

static void field_add(struct text *form, const char *name, const char *value)
{
    text_addf(form, "%s%s=", form->size > 0 ? "&" : "", name);
    text_add_url(form, value);
}

/* "KEY" or "KEY/DEVICE" */
static bool address_add(struct text *form, const char *address, struct arena *arena,
                        struct fault *fault)
{
    const char *slash = has_text(address) ? strchr(address, '/') : NULL;
    size_t size = !has_text(address) ? 0
                  : slash != NULL    ? (size_t)(slash - address)
                                     : strlen(address);
    const char *device = slash != NULL ? slash + 1 : "";
    bool is_device = strspn(device, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789_-") == strlen(device) &&
                     strlen(device) <= DEVICE_MAX;
    if (size == 0 || !is_key(address, size) || !is_device || (slash != NULL && *device == '\0'))
        return fault_set(fault, FAULT_INPUT,
                         "the user key of Pushover cannot be used: 30 letters and digits");
    field_add(form, "user", arena_copy_span(arena, (struct span){address, size}));
    if (slash != NULL)
        field_add(form, "device", device);
    return true;
}

static void form_add(struct text *form, const struct push *push, const struct letter *letter,
                     struct arena *arena)
{
    /* A siren without an incident could be stopped by nobody here. */
    bool has_link = push->ack_link != NULL && strlen(push->ack_link) <= LINK_MAX;
    int priority = priorities[push->level];
    if (priority == EMERGENCY && push->ack_link == NULL)
        priority--;
    field_add(form, "title", push->title);
    field_add(form, "message", push->body);
    field_add(form, "priority", arena_format(arena, "%d", priority));
    if (has_link) {
        field_add(form, "url", push->ack_link);
        field_add(form, "url_title", push->link_label);
    }
    if (priority != EMERGENCY)
        return;
    field_add(form, "retry", arena_format(arena, "%d", RETRY_S));
    field_add(form, "expire", arena_format(arena, "%d", (int)EXPIRE_S));
    if (has_text(letter->callback)) {
        const char *what = strstr(letter->callback, "%s");
        if (what != NULL)
            field_add(form, "callback",
                      arena_format(arena, "%.*sstatus%s", (int)(what - letter->callback),
                                   letter->callback, what + 2));
    }
}

static bool pushover_render(const struct letter *letter, const struct channel_settings *settings,
                            struct arena *arena, struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text form = {0};
    struct request made = {.kind = REQUEST_HTTP,
                           .method = "POST",
                           .ca_file = settings->ca_file,
                           .tls = REQUEST_TLS_REQUIRED,
                           .connect_ms = CONNECT_MS,
                           .total_ms = HTTP_TOTAL_MS};
    if (!pushover_check(settings, fault) ||
        !push_url(settings->server, "/1/messages.json", arena, &made.url, fault))
        return false;
    field_add(&form, "token", settings->token);
    if (!address_add(&form, letter->address, arena, fault))
        return false;
    struct push push = push_new(letter, MESSAGE_MAX, arena);
    form_add(&form, &push, letter, arena);
    made.headers[made.header_count++] = "Content-Type: application/x-www-form-urlencoded";
    made.body = span_of(arena_copy_span(arena, text_span(&form)));
    made.text = arena_format(arena, "%s\n%s", push.title, push.body);
    explicit_bzero(form.bytes, form.size);
    *request = made;
    return true;
}

static const struct json *answer_of(struct span body, struct arena *arena)
{
    const struct json *json = NULL;
    struct fault fault;
    return json_parse(arena, body, &json, &fault) ? json : NULL;
}

static bool is_receipt(const char *reference)
{
    return strlen(reference) == RECEIPT_SIZE && strspn(reference, alphanumeric) == RECEIPT_SIZE;
}

/* "application token is invalid" is about us, "user identifier is invalid" about that person. */
static void pushover_judge(const struct result *result, const struct channel_settings *settings,
                           struct verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    if (judge_transfer(result, verdict))
        return;
    const struct json *json = answer_of(result->body, arena);
    if (result->code == 200 && json_integer(json, "status", 0) == 1) {
        judge_reference(result, json_string(json, "receipt") != NULL ? "receipt" : "request",
                        verdict);
        return;
    }
    judge_refusal(result, settings, verdict);
    if (result->code == 429) /* the month's messages are used up */
        verdict->outcome = OUTCOME_FAILED;
    if (result->code == 400)
        verdict->is_provider_fault = json_string(json, "token") != NULL;
    if (result->code == 200)
        verdict->is_provider_fault = true;
}

/* How many messages are left this month: with a wrong token it says so, and it pages nobody. The
 * token is in the address because there is no other way to ask. */
static bool pushover_probe(const struct channel_settings *settings, struct arena *arena,
                           struct request *request, struct fault *fault)
{
    struct request made = {.kind = REQUEST_HTTP,
                           .method = "GET",
                           .ca_file = settings->ca_file,
                           .tls = REQUEST_TLS_REQUIRED,
                           .connect_ms = CONNECT_MS,
                           .total_ms = HTTP_TOTAL_MS};
    if (!pushover_check(settings, fault))
        return false;
    const char *path = arena_format(arena, "/1/apps/limits.json?token=%s", settings->token);
    if (!push_url(settings->server, path, arena, &made.url, fault))
        return false;
    *request = made;
    return true;
}

static void pushover_judge_probe(const struct result *result,
                                 const struct channel_settings *settings, struct verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    if (judge_transfer(result, verdict))
        return;
    const struct json *json = answer_of(result->body, arena);
    if (result->code != 200 || json_integer(json, "status", 0) != 1) {
        judge_refusal(result, settings, verdict);
        verdict->outcome = OUTCOME_FAILED;
        return;
    }
    int64_t left = json_integer(json, "remaining", 0);
    verdict->outcome = left > 0 ? OUTCOME_DELIVERED : OUTCOME_FAILED;
    verdict_set_error(verdict,
                      arena_format(arena, "%" PRId64 " of %" PRId64 " messages left this month",
                                   left, json_integer(json, "limit", 0)));
}

/* Whoever knows the address may have sent it: nothing is believed, but it is asked now. */
static bool pushover_receive(const struct callback *callback,
                             const struct channel_settings *settings, struct arena *arena,
                             struct news *news, struct fault *fault)
{
    (void)settings;
    (void)arena;
    if (callback->page == 0 || !string_is(callback->what, "status"))
        return fault_set(fault, FAULT_INPUT, "it is about no message");
    news->kind = NEWS_LOOK;
    return true;
}

static bool siren_ask(const char *reference, const struct channel_settings *settings,
                      struct arena *arena, struct fetch_order *order, struct fault *fault)
{
    const char *path =
        arena_format(arena, "/1/receipts/%s.json?token=%s", reference, settings->token);
    *order = (struct fetch_order){.channel = "sirens",
                                  .accept = "application/json",
                                  .is_direct = true,
                                  .is_guarded = true,
                                  .ca_file = settings->ca_file};
    return push_url(settings->server, path, arena, &order->url, fault);
}

/* In a group another person's device may have been first: that is nobody's ack but theirs. */
static bool siren_is_acked(struct span body, const char *address, msec *at)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = answer_of(body, arena);
    const char *by = json_string(json, "acknowledged_by");
    if (json_integer(json, "status", 0) != 1 || json_integer(json, "acknowledged", 0) != 1 ||
        !has_text(by) || strncmp(address, by, KEY_SIZE) != 0 || strlen(by) != KEY_SIZE)
        return false;
    *at = json_integer(json, "acknowledged_at", 0) * SECOND_MS;
    return true;
}

static bool siren_cancel(const char *reference, const struct channel_settings *settings,
                         struct arena *arena, struct fetch_order *order, struct fault *fault)
{
    if (!siren_ask(reference, settings, arena, order, fault))
        return false;
    const char *path = arena_format(arena, "/1/receipts/%s/cancel.json", reference);
    order->method = "POST";
    order->type = "application/x-www-form-urlencoded";
    order->body = span_of(arena_format(arena, "token=%s", settings->token));
    return push_url(settings->server, path, arena, &order->url, fault);
}

static const struct siren siren = {
    .is_one = is_receipt,
    .ask = siren_ask,
    .is_acked = siren_is_acked,
    .cancel = siren_cancel,
};

const struct channel channel_pushover = {
    .channel = "pushover",
    .driver = NULL,
    .is_quiet = false,
    .siren = &siren,
    .render = pushover_render,
    .judge = pushover_judge,
    .check = pushover_check,
    .receive = pushover_receive,
    .probe = pushover_probe,
    .judge_probe = pushover_judge_probe,
};
