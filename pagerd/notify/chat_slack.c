/* SPDX-License-Identifier: MIT */
/*
 * chat_slack.c - rooms of Slack, by a bot of the Web API.
 *
 * Errors come with status 200 and "ok":false; 429 has Retry-After.
 *   https://docs.slack.dev/reference/methods/chat.postMessage (1 message a second and channel)
 *   https://docs.slack.dev/reference/methods/chat.update
 *   https://docs.slack.dev/reference/methods/chat.postEphemeral
 *   https://docs.slack.dev/messaging/formatting-message-text (& < > alone are escaped)
 *   https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 *   https://docs.slack.dev/interactivity/implementing-slash-commands
 *   https://docs.slack.dev/authentication/verifying-requests-from-slack
 *
 * An app has no idempotency key: client_msg_id is for Slack's own clients
 * (https://github.com/slackapi/java-slack-sdk/issues/852).
 */
#include <string.h>

#include "base/id.h"
#include "base/sign.h"
#include "notify/chat_parts.h"

#define SLACK_API "https://slack.com/api"

/* What its errors mean; every other one is CHAT_UNFIT, for it says what is wrong with a message. */
static const struct {
    const char *code;
    enum chat_outcome outcome;
} errors[] = {
    {"ratelimited", CHAT_LATER},
    {"rate_limited", CHAT_LATER},
    {"internal_error", CHAT_LATER},
    {"fatal_error", CHAT_LATER},
    {"request_timeout", CHAT_LATER},
    {"service_unavailable", CHAT_LATER},
    {"team_added_to_org", CHAT_LATER},
    {"message_limit_exceeded", CHAT_LATER},
    {"message_not_found", CHAT_GONE},
    {"thread_not_found", CHAT_GONE},
    {"cant_update_message", CHAT_GONE},
    {"edit_window_closed", CHAT_GONE},
    {"invalid_auth", CHAT_REFUSED},
    {"not_authed", CHAT_REFUSED},
    {"account_inactive", CHAT_REFUSED},
    {"token_revoked", CHAT_REFUSED},
    {"token_expired", CHAT_REFUSED},
    {"no_permission", CHAT_REFUSED},
    {"missing_scope", CHAT_REFUSED},
    {"org_login_required", CHAT_REFUSED},
    {"ekm_access_denied", CHAT_REFUSED},
    {"access_denied", CHAT_REFUSED},
    {"team_access_not_granted", CHAT_REFUSED},
    {"channel_not_found", CHAT_REFUSED},
    {"not_in_channel", CHAT_REFUSED},
    {"is_archived", CHAT_REFUSED},
    {"restricted_action", CHAT_REFUSED},
    {"restricted_action_read_only_channel", CHAT_REFUSED},
};

static void escape_add(struct text *text, const char *string)
{
    for (const char *at = string; *at != '\0'; at++) {
        if (*at == '&')
            text_add(text, "&amp;");
        else if (*at == '<')
            text_add(text, "&lt;");
        else if (*at == '>')
            text_add(text, "&gt;");
        else
            text_add_char(text, *at);
    }
}

/* A link is "<url|label>": what could end the url is percent-encoded. */
static void link_add(struct text *text, const struct chat_link *link)
{
    text_add_char(text, '<');
    for (const char *at = link->url; *at != '\0'; at++) {
        if (*at == '|' || *at == '<' || *at == '>')
            text_addf(text, "%%%02X", (unsigned)*at);
        else if (*at == '&')
            text_add(text, "&amp;");
        else
            text_add_char(text, *at);
    }
    text_addf(text, "|%s>", link->label);
}

static void section_put(struct json_writer *writer, const struct chat_post *post)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s ", post->mark);
    escape_add(&text, post->title);
    text_add_char(&text, '\n');
    escape_add(&text, post->status);
    for (size_t i = 0; i < post->link_count; i++) {
        text_add(&text, i == 0 ? "\n" : "  ");
        link_add(&text, &post->links[i]);
    }
    json_begin_object(writer, NULL);
    json_put_string(writer, "type", "section");
    json_begin_object(writer, "text");
    json_put_string(writer, "type", "mrkdwn");
    json_put_bool(writer, "verbatim", true); /* names of channels and the like are no links */
    json_put_string(writer, "text", text_string(&text));
    json_end_object(writer);
    json_end_object(writer);
}

static void buttons_put(struct json_writer *writer, const struct chat_post *post,
                        struct arena *arena)
{
    if (post->button_count == 0)
        return;
    json_begin_object(writer, NULL);
    json_put_string(writer, "type", "actions");
    json_begin_array(writer, "elements");
    for (size_t i = 0; i < post->button_count; i++) {
        const struct chat_button *button = &post->buttons[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "type", "button");
        json_put_string(writer, "action_id", button->action);
        json_put_string(writer, "value", chat_code(post, button, arena));
        if (i == 0)
            json_put_string(writer, "style", "primary");
        json_begin_object(writer, "text");
        json_put_string(writer, "type", "plain_text");
        json_put_string(writer, "text", button->label);
        json_end_object(writer);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_end_object(writer);
}

/* `text` beside blocks is what a notification shows. */
static void message_put(struct json_writer *writer, const struct chat_post *post,
                        struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    escape_add(&text, post->title);
    text_add(&text, " \u2014 ");
    escape_add(&text, post->status);
    json_put_string(writer, "text", text_string(&text));
    json_begin_array(writer, "blocks");
    section_put(writer, post);
    buttons_put(writer, post, arena);
    json_end_array(writer);
}

static void words_put(struct json_writer *writer, const char *words)
{
    CLEANUP(text_clear) struct text text = {0};
    escape_add(&text, words);
    json_put_string(writer, "text", text_string(&text));
}

static const char *const methods[CHAT_ERRAND_COUNT] = {
    [CHAT_POST] = "chat.postMessage",
    [CHAT_EDIT] = "chat.update",
    [CHAT_NOTE] = "chat.postMessage",
    [CHAT_WHISPER] = "chat.postEphemeral",
};

static bool slack_render(enum chat_errand errand, const struct chat_post *post,
                         const struct channel_settings *settings, struct arena *arena,
                         struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text body = {0};
    struct json_writer writer = {.text = &body};
    if (methods[errand] == NULL)
        return fault_set(fault, FAULT_INPUT, "Slack has no such request");
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "channel", post->room);
    if (errand == CHAT_POST || errand == CHAT_NOTE)
        json_put_bool(&writer, "unfurl_links", false);
    switch (errand) {
    case CHAT_EDIT:
        json_put_string(&writer, "ts", post->reference);
        message_put(&writer, post, arena);
        break;
    case CHAT_NOTE:
        json_put_string(&writer, "thread_ts", post->reference);
        words_put(&writer, post->text);
        break;
    case CHAT_WHISPER:
        json_put_string(&writer, "user", post->to);
        words_put(&writer, post->text);
        break;
    case CHAT_POST:
    case CHAT_THREAD:
    case CHAT_ERRAND_COUNT:
        message_put(&writer, post, arena);
        break;
    }
    json_end_object(&writer);
    const char *url =
        arena_format(arena, "%s/%s", chat_server(settings, SLACK_API, arena), methods[errand]);
    chat_request_json("POST", url, "Bearer", settings->token, &body, arena, request);
    return request_url_check(url, fault);
}

static void slack_judge(enum chat_errand errand, const struct result *result,
                        const struct channel_settings *settings UNUSED,
                        struct chat_verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = chat_answer(result, arena);
    if (answer != NULL && json_bool(answer, "ok", false)) {
        if (errand == CHAT_POST)
            chat_set_reference(verdict, json_string(answer, "ts"));
        return;
    }
    const char *code = json_string(answer, "error");
    if (code == NULL || result->code != 200) {
        enum chat_outcome outcome = chat_class(result->code);
        /* 200 without an answer of Slack's: a proxy in between. */
        chat_set(verdict, outcome == CHAT_DONE ? CHAT_LATER : outcome, code,
                 arena_format(arena, "Slack answered %u", (unsigned)result->code));
        return;
    }
    enum chat_outcome outcome = CHAT_UNFIT;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (string_is(errors[i].code, code))
            outcome = errors[i].outcome;
    chat_set(verdict, outcome, code, json_string(answer, "needed"));
}

static bool slack_can_press(const struct channel_settings *settings)
{
    return has_text(settings->secret);
}

static bool slack_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->token))
        return fault_set(fault, FAULT_INPUT, "Slack needs token, the Bot User OAuth Token");
    return true;
}

/* v0 = HMAC-SHA256 by the signing secret of "v0:TIMESTAMP:BODY", in hex. */
static bool signature_verify(const struct callback *callback,
                             const struct channel_settings *settings, struct fault *fault)
{
    static const char start[] = "v0=";
    unsigned char code[HASH_SIZE];
    CLEANUP(text_clear) struct text message = {0};
    CLEANUP(text_clear) struct text wanted = {0};
    if (!has_text(settings->secret))
        return fault_set(fault, FAULT_DENIED,
                         "channels.slack has no secret: presses cannot be believed");
    if (callback->signature == NULL)
        return fault_set(fault, FAULT_DENIED, "it is not signed");
    if (!chat_is_recent(callback->timestamp, callback->now_at))
        return fault_set(fault, FAULT_DENIED, "it was signed more than five minutes ago");
    text_addf(&message, "v0:%s:", callback->timestamp);
    text_add_span(&message, callback->body);
    hmac_sha256(span_of(settings->secret), text_span(&message), code);
    text_add(&wanted, start);
    for (size_t i = 0; i < sizeof code; i++)
        text_addf(&wanted, "%02x", code[i]);
    if (!secret_equal(text_span(&wanted), span_of(callback->signature)))
        return fault_set(fault, FAULT_DENIED, "its signature is wrong");
    return true;
}

/* {"type":"block_actions","user":{"id"},"container":{"message_ts","channel_id"},"actions":[…]} */
static bool press_read(const char *payload, struct arena *arena, struct news *news,
                       struct fault *fault)
{
    const struct json *json = NULL;
    if (!json_parse(arena, span_of(payload), &json, fault))
        return false;
    if (!string_is(json_string(json, "type"), "block_actions"))
        return true;
    const struct json *actions = json_find(json, "actions");
    const struct json *container = json_find(json, "container");
    const struct json *action =
        actions != NULL && actions->kind == JSON_ARRAY ? actions->first : NULL;
    if (!chat_code_read(json_string(action, "value"), arena, news))
        return true;
    news->kind = NEWS_BUTTON;
    news->from = json_string(json_find(json, "user"), "id");
    news->room = json_string(container, "channel_id");
    news->reference = json_string(container, "message_ts");
    return true;
}

static bool slack_receive(const struct callback *callback, const struct channel_settings *settings,
                          struct arena *arena, struct news *news, struct fault *fault)
{
    if (!signature_verify(callback, settings, fault))
        return false;
    const char *payload = chat_field(callback, "payload");
    if (payload != NULL)
        return press_read(payload, arena, news, fault);
    if (chat_field(callback, "command") == NULL)
        return true;
    news->kind = NEWS_COMMAND;
    news->from = chat_field(callback, "user_id");
    news->room = chat_field(callback, "channel_id");
    news->text = chat_field(callback, "text");
    return true;
}

/* To a command the answer is a message for who wrote it; to a press it has to be empty. */
static const char *slack_respond(const struct callback *callback, const char *text,
                                 struct text *body)
{
    struct json_writer writer = {.text = body};
    if (!has_text(text) || chat_field(callback, "command") == NULL)
        return NULL;
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "response_type", "ephemeral");
    words_put(&writer, text);
    json_end_object(&writer);
    return "application/json";
}

static bool slack_probe(const struct channel_settings *settings, struct arena *arena,
                        struct request *request, struct fault *fault)
{
    const char *url = arena_format(arena, "%s/auth.test", chat_server(settings, SLACK_API, arena));
    chat_request_json("POST", url, "Bearer", settings->token, NULL, arena, request);
    return request_url_check(url, fault);
}

static const struct chat chat_slack;

static void slack_judge_probe(const struct result *result, const struct channel_settings *settings,
                              struct verdict *verdict)
{
    chat_judge_probe(&chat_slack, result, settings, verdict);
}

static const struct chat chat_slack = {
    .name = "slack",
    .can_edit = true,
    .has_notes = true,
    .has_whisper = true,
    .gap_ms = 1 * SECOND_MS,
    .can_press = slack_can_press,
    .render = slack_render,
    .judge = slack_judge,
};

const struct channel channel_slack = {
    .channel = "slack",
    .is_quiet = true,
    .chat = &chat_slack,
    .check = slack_check,
    .signature_header = "x-slack-signature",
    .timestamp_header = "x-slack-request-timestamp",
    .receive = slack_receive,
    .respond = slack_respond,
    .probe = slack_probe,
    .judge_probe = slack_judge_probe,
};
