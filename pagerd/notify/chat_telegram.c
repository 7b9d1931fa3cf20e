/* SPDX-License-Identifier: MIT */
/*
 * chat_telegram.c - groups of Telegram, by a bot.
 *
 *   https://core.telegram.org/bots/api#sendmessage, #editmessagetext, #answercallbackquery
 *   https://core.telegram.org/bots/api#making-requests (the token is a part of the address)
 *   https://core.telegram.org/bots/api#setwebhook (secret_token comes back in a header)
 *   https://core.telegram.org/bots/api#making-requests-when-getting-updates (the answer to an
 *     update may be a request itself)
 *   https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this (20 messages a
 *     minute in a group)
 */
#include <string.h>

#include "base/id.h"
#include "base/utf8.h"
#include "notify/chat_parts.h"

#define TELEGRAM_API "https://api.telegram.org"
#define ALERT_MAX 190 /* bytes; answerCallbackQuery takes 200 characters */

/* What its descriptions mean, by a part of them: they have no codes of their own. */
static const struct {
    const char *part;
    enum chat_outcome outcome;
} errors[] = {
    {"message is not modified", CHAT_DONE},
    {"can't parse entities", CHAT_MARKUP},
    {"message to edit not found", CHAT_GONE},
    {"message can't be edited", CHAT_GONE},
    {"MESSAGE_ID_INVALID", CHAT_GONE},
    {"chat not found", CHAT_REFUSED},
    {"upgraded to a supergroup", CHAT_REFUSED},
    {"not enough rights", CHAT_REFUSED},
    {"have no rights", CHAT_REFUSED},
    {"CHAT_WRITE_FORBIDDEN", CHAT_REFUSED},
    {"TOPIC_CLOSED", CHAT_REFUSED},
};

static void words_add(struct text *text, const char *words, bool is_plain)
{
    CLEANUP(text_clear) struct text unmentioned = {0};
    chat_add_words(&unmentioned, words, "");
    if (is_plain)
        text_add_span(text, text_span(&unmentioned));
    else
        text_add_html(text, text_string(&unmentioned));
}

static void text_put(struct json_writer *writer, const struct chat_post *post)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s %s", post->mark, post->is_plain ? "" : "<b>");
    words_add(&text, post->title, post->is_plain);
    text_addf(&text, "%s\n", post->is_plain ? "" : "</b>");
    words_add(&text, post->status, post->is_plain);
    for (size_t i = 0; i < post->link_count && !post->is_plain; i++) {
        text_addf(&text, "%s<a href=\"", i == 0 ? "\n" : "  ");
        text_add_html(&text, post->links[i].url);
        text_addf(&text, "\">%s</a>", post->links[i].label);
    }
    json_put_string(writer, "text", text_string(&text));
    if (!post->is_plain)
        json_put_string(writer, "parse_mode", "HTML");
}

static void buttons_put(struct json_writer *writer, const struct chat_post *post,
                        struct arena *arena)
{
    json_begin_object(writer, "reply_markup");
    json_begin_array(writer, "inline_keyboard");
    if (post->button_count > 0)
        json_begin_array(writer, NULL);
    for (size_t i = 0; i < post->button_count; i++) {
        json_begin_object(writer, NULL);
        json_put_string(writer, "text", post->buttons[i].label);
        json_put_string(writer, "callback_data", chat_code(post, &post->buttons[i], arena));
        json_end_object(writer);
    }
    if (post->button_count > 0)
        json_end_array(writer);
    json_end_array(writer);
    json_end_object(writer);
}

static const char *method_url(const struct channel_settings *settings, const char *method,
                              struct arena *arena)
{
    return arena_format(arena, "%s/bot%s/%s", chat_server(settings, TELEGRAM_API, arena),
                        settings->token, method);
}

static bool telegram_render(enum chat_errand errand, const struct chat_post *post,
                            const struct channel_settings *settings, struct arena *arena,
                            struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text body = {0};
    struct json_writer writer = {.text = &body};
    if (errand != CHAT_POST && errand != CHAT_EDIT)
        return fault_set(fault, FAULT_INPUT, "Telegram needs no such request");
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "chat_id", post->room);
    if (errand == CHAT_EDIT)
        json_put_raw(&writer, "message_id", post->reference);
    text_put(&writer, post);
    json_begin_object(&writer, "link_preview_options");
    json_put_bool(&writer, "is_disabled", true);
    json_end_object(&writer);
    buttons_put(&writer, post, arena);
    json_end_object(&writer);
    const char *url =
        method_url(settings, errand == CHAT_EDIT ? "editMessageText" : "sendMessage", arena);
    chat_request_json("POST", url, NULL, NULL, &body, arena, request);
    return request_url_check(url, fault);
}

static void refusal_judge(const struct json *answer, const struct result *result,
                          struct arena *arena, struct chat_verdict *verdict)
{
    const struct json *parameters = json_find(answer, "parameters");
    const char *words = json_string(answer, "description");
    const char *moved = json_text(parameters, "migrate_to_chat_id");
    enum chat_outcome outcome = chat_class(result->code);
    if (outcome == CHAT_DONE)
        outcome = CHAT_LATER; /* "ok" is missing: it is not Telegram that answers */
    verdict->retry_after_ms =
        json_integer(parameters, "retry_after", verdict->retry_after_ms / SECOND_MS) * SECOND_MS;
    if (verdict->retry_after_ms < 0)
        verdict->retry_after_ms = 0;
    for (size_t i = 0; words != NULL && i < sizeof errors / sizeof *errors; i++)
        if (strstr(words, errors[i].part) != NULL)
            outcome = errors[i].outcome;
    if (outcome == CHAT_DONE) {
        verdict->outcome = CHAT_DONE;
        return;
    }
    if (moved != NULL)
        words = arena_format(arena, "%s; write \"telegram:%s\"", words, moved);
    chat_set(verdict, outcome, arena_format(arena, "Telegram answered %u", (unsigned)result->code),
             words);
}

static void telegram_judge(enum chat_errand errand, const struct result *result,
                           const struct channel_settings *settings UNUSED,
                           struct chat_verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = chat_answer(result, arena);
    if (answer == NULL || !json_bool(answer, "ok", false)) {
        refusal_judge(answer, result, arena, verdict);
        return;
    }
    const char *id = json_text(json_find(answer, "result"), "message_id");
    if (errand == CHAT_POST)
        chat_set_reference(verdict,
                           id != NULL && chat_is_made_of(id, CHAT_DIGITS, 1, 18) ? id : "");
}

static bool telegram_can_press(const struct channel_settings *settings)
{
    return has_text(settings->secret);
}

static bool telegram_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->token) ||
        !chat_is_made_of(settings->token, CHAT_LETTERS CHAT_DIGITS ":_-", 10, 100))
        return fault_set(fault, FAULT_INPUT, "Telegram needs token, as BotFather gives it");
    return true;
}

static void press_read(const struct json *query, struct arena *arena, struct news *news)
{
    const struct json *message = json_find(query, "message");
    const struct json *from = json_find(query, "from");
    if (json_bool(from, "is_bot", false) ||
        !chat_code_read(json_string(query, "data"), arena, news))
        return;
    news->kind = NEWS_BUTTON;
    news->from = json_text(from, "id");
    news->room = json_text(json_find(message, "chat"), "id");
    news->reference = json_text(message, "message_id");
}

/* "/ack@ops_pager_bot 412": what is written long ago counts no more, for Telegram keeps it for a
 * day when pagerd is away. */
static void command_read(const struct json *message, msec now_at, struct arena *arena,
                         struct news *news)
{
    const struct json *from = json_find(message, "from");
    const char *text = json_string(message, "text");
    const char *date = json_text(message, "date");
    if (json_bool(from, "is_bot", false) || text == NULL || text[0] != '/' ||
        !chat_is_recent(date, now_at))
        return;
    size_t size = strcspn(text + 1, "@ \n");
    const char *rest = text + 1 + size;
    news->kind = NEWS_COMMAND;
    news->from = json_text(from, "id");
    news->room = json_text(json_find(message, "chat"), "id");
    news->text = arena_format(arena, "%.*s%s", (int)size, text + 1, rest + strcspn(rest, " \n"));
}

static bool telegram_receive(const struct callback *callback,
                             const struct channel_settings *settings, struct arena *arena,
                             struct news *news, struct fault *fault)
{
    const struct json *json = NULL;
    if (!has_text(settings->secret))
        return fault_set(fault, FAULT_DENIED,
                         "channels.telegram has no secret: nothing can be believed");
    if (callback->signature == NULL ||
        !secret_equal(span_of(callback->signature), span_of(settings->secret)))
        return fault_set(fault, FAULT_DENIED, "its secret token is wrong or missing");
    if (!json_parse(arena, callback->body, &json, fault))
        return false;
    if (json_find(json, "callback_query") != NULL)
        press_read(json_find(json, "callback_query"), arena, news);
    else
        command_read(json_find(json, "message"), callback->now_at, arena, news);
    return true;
}

static void command_answer(struct json_writer *writer, const struct json *message, const char *text)
{
    const char *room = json_text(json_find(message, "chat"), "id");
    json_put_string(writer, "method", "sendMessage");
    json_put_string(writer, "chat_id", room != NULL ? room : "");
    json_begin_object(writer, "reply_parameters");
    json_put_integer(writer, "message_id", json_integer(message, "message_id", 0));
    json_put_bool(writer, "allow_sending_without_reply", true);
    json_end_object(writer);
    json_put_string(writer, "text", text);
}

static const char *telegram_respond(const struct callback *callback, const char *text,
                                    struct text *body)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct json_writer writer = {.text = body};
    const struct json *json = NULL;
    if (!json_parse(arena, callback->body, &json, NULL))
        return NULL;
    const struct json *query = json_find(json, "callback_query");
    const char *id = json_string(query, "id");
    if (id == NULL && !has_text(text))
        return NULL;
    json_begin_object(&writer, NULL);
    if (id != NULL) {
        json_put_string(&writer, "method", "answerCallbackQuery");
        json_put_string(&writer, "callback_query_id", id);
        if (has_text(text))
            json_put_string(&writer, "text",
                            arena_copy_span(arena, utf8_cut(span_of(text), ALERT_MAX)));
        json_put_bool(&writer, "show_alert", has_text(text));
    } else {
        command_answer(&writer, json_find(json, "message"), text);
    }
    json_end_object(&writer);
    return "application/json";
}

static bool telegram_probe(const struct channel_settings *settings, struct arena *arena,
                           struct request *request, struct fault *fault)
{
    const char *url = method_url(settings, "getMe", arena);
    chat_request_json("POST", url, NULL, NULL, NULL, arena, request);
    return request_url_check(url, fault);
}

static const struct chat chat_telegram = {
    .name = "telegram",
    .can_edit = true,
    .gap_ms = 3 * SECOND_MS,
    .can_press = telegram_can_press,
    .render = telegram_render,
    .judge = telegram_judge,
};

static void telegram_judge_probe(const struct result *result,
                                 const struct channel_settings *settings, struct verdict *verdict)
{
    chat_judge_probe(&chat_telegram, result, settings, verdict);
}

const struct channel channel_telegram = {
    .channel = "telegram",
    .is_quiet = true,
    .chat = &chat_telegram,
    .check = telegram_check,
    .signature_header = "x-telegram-bot-api-secret-token",
    .receive = telegram_receive,
    .respond = telegram_respond,
    .probe = telegram_probe,
    .judge_probe = telegram_judge_probe,
};
