/* SPDX-License-Identifier: MIT */
/*
 * gotify.c - push by a Gotify server (https://gotify.net/docs/pushmsg).
 *
 * Each person makes an application there; its token is the address. A touch on the notification
 * opens the ack page (https://gotify.net/docs/msgextras); there are no buttons, so the link also
 * stands in the text. The server has no limits and no quota (gotify/server api/message.go), and no
 * idempotency key (https://gotify.net/api-docs): what is sent twice is shown twice.
 */
#include <string.h>

#include "base/json.h"
#include "notify/channel.h"
#include "notify/push.h"

#define MESSAGE_MAX 4096
#define TOKEN_MAX 128

/* In the app 0 is not shown, 1 to 3 make no sound, from 8 on it vibrates too. */
static const int priorities[PUSH_LEVEL_COUNT] = {
    [PUSH_SILENT] = 2, [PUSH_NOTICE] = 5, [PUSH_LOW] = 5, [PUSH_HIGH] = 7, [PUSH_URGENT] = 10,
};

static bool gotify_check(const struct channel_settings *settings, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *url;
    return push_url(settings->server, "/message", arena, &url, fault);
}

static bool is_token(const char *token)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789.-_";
    size_t size = has_text(token) ? strlen(token) : 0;
    return size > 0 && size <= TOKEN_MAX && strspn(token, letters) == size;
}

static void put_extras(struct json_writer *writer, const struct push *push)
{
    json_begin_object(writer, "extras");
    json_begin_object(writer, "client::display");
    json_put_string(writer, "contentType", "text/plain");
    json_end_object(writer);
    if (push->ack_link != NULL) {
        json_begin_object(writer, "client::notification");
        json_begin_object(writer, "click");
        json_put_string(writer, "url", push->ack_link);
        json_end_object(writer);
        json_end_object(writer);
    }
    json_end_object(writer);
}

static const char *gotify_body(const struct push *push, struct arena *arena)
{
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text message = {0};
    text_add(&message, push->body);
    if (push->ack_link != NULL)
        text_addf(&message, "\n%s: %s", push->ack_word, push->ack_link);
    if (push->runbook != NULL)
        text_addf(&message, "\n%s: %s", push->runbook_label, push->runbook);
    struct json_writer writer = {.text = &body};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "title", push->title);
    json_put_string(&writer, "message", text_string(&message));
    json_put_integer(&writer, "priority", priorities[push->level]);
    put_extras(&writer, push);
    json_end_object(&writer);
    return arena_copy_span(arena, text_span(&body));
}

static bool gotify_request(const struct channel_settings *settings, const char *path,
                           struct arena *arena, struct request *request, struct fault *fault)
{
    *request = (struct request){
        .kind = REQUEST_HTTP,
        .method = "GET",
        .ca_file = settings->ca_file,
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
    };
    return push_url(settings->server, path, arena, &request->url, fault);
}

static bool gotify_render(const struct letter *letter, const struct channel_settings *settings,
                          struct arena *arena, struct request *request, struct fault *fault)
{
    struct request made;
    if (!gotify_request(settings, "/message", arena, &made, fault))
        return false;
    if (!is_token(letter->address))
        return fault_set(fault, FAULT_INPUT, "the application token of Gotify cannot be used");
    struct push push = push_new(letter, MESSAGE_MAX, arena);
    made.method = "POST";
    made.headers[made.header_count++] = "Content-Type: application/json";
    made.headers[made.header_count++] = arena_format(arena, "X-Gotify-Key: %s", letter->address);
    made.body = span_of(gotify_body(&push, arena));
    made.text = arena_format(arena, "%s\n%s", push.title, push.body);
    *request = made;
    return true;
}

static void gotify_judge(const struct result *result, const struct channel_settings *settings,
                         struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    if (result->code == 200) {
        judge_reference(result, "id", verdict);
        return;
    }
    judge_refusal(result, settings, verdict);
    /* The token is the person's own, so its refusal says nothing of the others'. */
    if (result->code == 401 || result->code == 403)
        verdict->is_provider_fault = false;
}

static bool gotify_probe(const struct channel_settings *settings, struct arena *arena,
                         struct request *request, struct fault *fault)
{
    struct request made;
    if (!gotify_request(settings, "/health", arena, &made, fault))
        return false;
    *request = made;
    return true;
}

/* {"health":"green","database":"green"}: orange when the database is away. */
static void gotify_judge_probe(const struct result *result, const struct channel_settings *settings,
                               struct verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = push_health(result, settings, arena, verdict);
    if (json == NULL)
        return;
    bool is_well = string_is(json_string(json, "health"), "green");
    verdict->outcome = is_well ? OUTCOME_DELIVERED : OUTCOME_FAILED;
    if (!is_well)
        verdict_set_error(verdict, "it does not answer as a healthy Gotify server does");
}

const struct channel channel_gotify = {
    .channel = "gotify",
    .driver = NULL,
    .is_quiet = false,
    .render = gotify_render,
    .judge = gotify_judge,
    .check = gotify_check,
    .probe = gotify_probe,
    .judge_probe = gotify_judge_probe,
};
