/* SPDX-License-Identifier: MIT */
/*
 * ntfy.c - push by ntfy.sh or a server of one's own.
 *
 * Published as JSON (https://docs.ntfy.sh/publish/#publish-as-json): in headers a title would have
 * to be ASCII. The message is at most 4096 bytes (more becomes an attachment, which nobody opens at
 * night), the whole 16384 (https://docs.ntfy.sh/publish/#limitations; server/server.go), which
 * title, text and links with every letter escaped do not reach. Of three buttons, which is the
 * most, two press the ack page's own by POST (https://docs.ntfy.sh/publish/#send-http-request).
 * Error codes: server/errors.go.
 *
 * A message with the sequence_id of an earlier one takes its place on the phone, and makes no sound
 * where that one is still shown (https://docs.ntfy.sh/publish/#updating-notifications, from server
 * 2.16 and Android app 1.22 on; older ones pass it over and show both).
 */
#include <string.h>

#include "base/json.h"
#include "notify/channel.h"
#include "notify/push.h"

#define MESSAGE_MAX 4096
#define TOPIC_MAX 64
#define CODE_DAY_BANDWIDTH 42905
#define CODE_DAY_MESSAGES 42908

static const struct {
    int priority; /* 5: as loud as the phone can; 2: no sound */
    const char *tag;
} levels[PUSH_LEVEL_COUNT] = {
    [PUSH_SILENT] = {2, "white_check_mark"},
    [PUSH_NOTICE] = {3, "information_source"},
    [PUSH_LOW] = {3, "warning"},
    [PUSH_HIGH] = {4, "warning"},
    [PUSH_URGENT] = {5, "rotating_light"},
};

static bool is_secret_line(const char *secret)
{
    for (const char *at = secret; *at != '\0'; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F)
            return false;
    return true;
}

static bool ntfy_check(const struct channel_settings *settings, struct fault *fault)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *url;
    if (!push_url(settings->server, "/", arena, &url, fault))
        return false;
    if (has_text(settings->user) != has_text(settings->password))
        return fault_set(fault, FAULT_INPUT, "user and password belong together");
    if (has_text(settings->user) && has_text(settings->token))
        return fault_set(fault, FAULT_INPUT, "use either token or user and password");
    if (has_text(settings->token) && !is_secret_line(settings->token))
        return fault_set(fault, FAULT_INPUT, "token has a space or control in it");
    return true;
}

/* ^[-_A-Za-z0-9]{1,64}$ (server/server.go) */
static bool is_topic(const char *topic)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_";
    size_t size = has_text(topic) ? strlen(topic) : 0;
    return size > 0 && size <= TOPIC_MAX && strspn(topic, letters) == size;
}

/* A button that presses one of the ack page. `clear`: the notification goes away when it worked. */
static void put_press(struct json_writer *writer, const char *label, const char *link,
                      const char *body, bool clear)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "action", "http");
    json_put_string(writer, "label", label);
    json_put_string(writer, "url", link);
    json_put_string(writer, "method", "POST");
    json_begin_object(writer, "headers");
    json_put_string(writer, "Content-Type", "application/x-www-form-urlencoded");
    json_end_object(writer);
    json_put_string(writer, "body", body);
    json_put_bool(writer, "clear", clear);
    json_end_object(writer);
}

static void put_actions(struct json_writer *writer, const struct push *push)
{
    json_begin_array(writer, "actions");
    if (push->ack_link != NULL)
        put_press(writer, push->ack_label, push->ack_link, "do=ack", true);
    if (push->runbook != NULL) {
        json_begin_object(writer, NULL);
        json_put_string(writer, "action", "view");
        json_put_string(writer, "label", push->runbook_label);
        json_put_string(writer, "url", push->runbook);
        json_end_object(writer);
    }
    if (push->ack_link != NULL)
        put_press(writer, push->pass_label, push->ack_link, "do=pass", true);
    json_end_array(writer);
}

static const char *ntfy_body(const struct push *push, const char *topic, const char *key,
                             struct arena *arena)
{
    CLEANUP(text_clear) struct text body = {0};
    struct json_writer writer = {.text = &body};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "topic", topic);
    json_put_string(&writer, "title", push->title);
    json_put_string(&writer, "message", push->body);
    if (has_text(key))
        json_put_string(&writer, "sequence_id", key);
    json_put_integer(&writer, "priority", levels[push->level].priority);
    json_begin_array(&writer, "tags");
    json_put_string(&writer, NULL, levels[push->level].tag);
    json_end_array(&writer);
    if (push->ack_link != NULL)
        json_put_string(&writer, "click", push->ack_link);
    put_actions(&writer, push);
    json_end_object(&writer);
    return arena_copy_span(arena, text_span(&body));
}

static void request_begin(const struct channel_settings *settings, struct arena *arena,
                          struct request *request)
{
    request->kind = REQUEST_HTTP;
    request->ca_file = settings->ca_file;
    request->tls = REQUEST_TLS_REQUIRED;
    request->connect_ms = CONNECT_MS;
    request->total_ms = HTTP_TOTAL_MS;
    if (has_text(settings->token))
        request->headers[request->header_count++] =
            arena_format(arena, "Authorization: Bearer %s", settings->token);
    if (has_text(settings->user)) {
        request->user = settings->user;
        request->password = settings->password;
    }
}

static bool ntfy_render(const struct letter *letter, const struct channel_settings *settings,
                        struct arena *arena, struct request *request, struct fault *fault)
{
    if (!ntfy_check(settings, fault))
        return false;
    if (!is_topic(letter->address))
        return fault_set(fault, FAULT_INPUT,
                         "the topic cannot be used: it is 1 to 64 of letters, digits, - and _");
    struct push push = push_new(letter, MESSAGE_MAX, arena);
    struct request made = {.method = "POST"};
    request_begin(settings, arena, &made);
    if (!push_url(settings->server, "/", arena, &made.url, fault))
        return false;
    made.headers[made.header_count++] = "Content-Type: application/json";
    made.body = span_of(ntfy_body(&push, letter->address, letter->key, arena));
    made.text = arena_format(arena, "%s\n%s", push.title, push.body);
    *request = made;
    return true;
}

static int64_t error_code(const struct result *result)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json;
    struct fault fault;
    return json_parse(arena, result->body, &json, &fault) ? json_integer(json, "code", 0) : 0;
}

static void ntfy_refused(const struct result *result, const struct channel_settings *settings,
                         struct verdict *verdict)
{
    judge_refusal(result, settings, verdict);
    int64_t code = error_code(result);
    /* The day's quota comes back at midnight: no use in trying it again until then. */
    if (code == CODE_DAY_MESSAGES || code == CODE_DAY_BANDWIDTH)
        verdict->outcome = OUTCOME_FAILED;
    /* 507: nobody is subscribed to this topic of UnifiedPush. */
    if (result->code == 507)
        verdict->is_provider_fault = false;
}

static void ntfy_judge(const struct result *result, const struct channel_settings *settings,
                       struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    if (result->code != 200)
        ntfy_refused(result, settings, verdict);
    else
        judge_reference(result, "id", verdict);
}

/* Who are we? With a login it is refused when that is wrong; else only whether it is well. */
static bool ntfy_probe(const struct channel_settings *settings, struct arena *arena,
                       struct request *request, struct fault *fault)
{
    if (!ntfy_check(settings, fault))
        return false;
    bool has_login = has_text(settings->token) || has_text(settings->user);
    struct request made = {.method = "GET"};
    request_begin(settings, arena, &made);
    if (!push_url(settings->server, has_login ? "/v1/account" : "/v1/health", arena, &made.url,
                  fault))
        return false;
    *request = made;
    return true;
}

static void ntfy_judge_probe(const struct result *result, const struct channel_settings *settings,
                             struct verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = push_health(result, settings, arena, verdict);
    if (json == NULL)
        return;
    bool is_well = (json_bool(json, "healthy", false) || has_text(json_string(json, "username")));
    verdict->outcome = is_well ? OUTCOME_DELIVERED : OUTCOME_FAILED;
    if (!is_well)
        verdict_set_error(verdict, "it does not answer as an ntfy server does");
}

const struct channel channel_ntfy = {
    .channel = "ntfy",
    .driver = NULL,
    .is_quiet = false,
    .key_use = KEY_SHOWN,
    .key_name = "sequence_id",
    .render = ntfy_render,
    .judge = ntfy_judge,
    .check = ntfy_check,
    .probe = ntfy_probe,
    .judge_probe = ntfy_judge_probe,
};
