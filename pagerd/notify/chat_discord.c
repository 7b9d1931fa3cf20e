/* SPDX-License-Identifier: MIT */
/*
 * chat_discord.c - channels of Discord, by a bot: webhooks of a channel cannot have buttons.
 *
 *   https://docs.discord.com/developers/resources/message#create-message (nonce, allowed_mentions)
 *   https://docs.discord.com/developers/resources/channel#start-thread-from-message (the thread has
 *     the id of its message)
 *   https://docs.discord.com/developers/topics/rate-limits (retry_after is a float of seconds)
 *   https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
 *   https://docs.discord.com/developers/interactions/overview (Ed25519 over timestamp and body; a
 *     wrong signature has to be answered with 401, and Discord tries that)
 *   https://docs.discord.com/developers/interactions/receiving-and-responding
 */
#include <string.h>

#include "base/sign.h"
#include "base/utf8.h"
#include "notify/chat_parts.h"

#define DISCORD_API "https://discord.com/api/v10"
#define MARKUP "\\`*_~|>#-[]()<:" /* what its Markdown lets a backslash take the meaning of */
#define NONCE_MAX 25
#define THREAD_NAME_MAX 90
#define COMMAND_OPTIONS_MAX 4

enum { SUPPRESS_EMBEDS = 4, EPHEMERAL = 64 };
enum { INTERACTION_PING = 1, INTERACTION_COMMAND = 2, INTERACTION_COMPONENT = 3 };
enum { RESPONSE_PONG = 1, RESPONSE_MESSAGE = 4, RESPONSE_NOTHING = 6 };

/* What its codes mean; the others by their status. */
static const struct {
    int64_t code;
    enum chat_outcome outcome;
} errors[] = {
    {10003, CHAT_REFUSED}, /* unknown channel */
    {10004, CHAT_REFUSED}, /* unknown guild */
    {10008, CHAT_GONE},    /* unknown message */
    {30046, CHAT_GONE},    /* too many edits of an old message */
    {40001, CHAT_REFUSED}, /* unauthorized */
    {50001, CHAT_REFUSED}, /* missing access */
    {50005, CHAT_GONE},    /* a message of somebody else */
    {50013, CHAT_REFUSED}, /* missing permissions */
    {50035, CHAT_UNFIT},   /* invalid form */
    {50083, CHAT_GONE},    /* the thread is archived */
};

#define THREAD_EXISTS 160004

static void text_put(struct json_writer *writer, const struct chat_post *post)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s **", post->mark);
    chat_add_words(&text, post->title, MARKUP);
    text_add(&text, "**\n");
    chat_add_words(&text, post->status, MARKUP);
    for (size_t i = 0; i < post->link_count; i++) {
        text_addf(&text, "%s[%s](<", i == 0 ? "\n" : "  ", post->links[i].label);
        chat_add_url(&text, post->links[i].url, "()<> \\");
        text_add(&text, ">)");
    }
    json_put_string(writer, "content", text_string(&text));
}

static void buttons_put(struct json_writer *writer, const struct chat_post *post,
                        struct arena *arena)
{
    json_begin_array(writer, "components");
    if (post->button_count > 0) {
        json_begin_object(writer, NULL);
        json_put_integer(writer, "type", 1);
        json_begin_array(writer, "components");
        for (size_t i = 0; i < post->button_count; i++) {
            json_begin_object(writer, NULL);
            json_put_integer(writer, "type", 2);
            json_put_integer(writer, "style", i == 0 ? 1 : 2);
            json_put_string(writer, "label", post->buttons[i].label);
            json_put_string(writer, "custom_id", chat_code(post, &post->buttons[i], arena));
            json_end_object(writer);
        }
        json_end_array(writer);
        json_end_object(writer);
    }
    json_end_array(writer);
}

/* Nobody is mentioned, whatever the words; and what was taken with this nonce is not taken again.
 */
static void frame_put(struct json_writer *writer, const struct chat_post *post, bool is_new)
{
    size_t size = strlen(post->nonce);
    json_begin_object(writer, "allowed_mentions");
    json_begin_array(writer, "parse");
    json_end_array(writer);
    json_end_object(writer);
    json_put_integer(writer, "flags", SUPPRESS_EMBEDS);
    if (!is_new)
        return;
    json_put_string(writer, "nonce", post->nonce + (size > NONCE_MAX ? size - NONCE_MAX : 0));
    json_put_bool(writer, "enforce_nonce", true);
}

static void body_put(struct json_writer *writer, enum chat_errand errand,
                     const struct chat_post *post, struct arena *arena)
{
    CLEANUP(text_clear) struct text words = {0};
    json_begin_object(writer, NULL);
    if (errand == CHAT_THREAD) {
        chat_add_words(&words, post->title, "");
        json_put_string(writer, "name",
                        arena_copy_span(arena, utf8_cut(text_span(&words), THREAD_NAME_MAX)));
        json_put_integer(writer, "auto_archive_duration", 1440);
    } else if (errand == CHAT_NOTE) {
        chat_add_words(&words, post->text, MARKUP);
        json_put_string(writer, "content", text_string(&words));
        frame_put(writer, post, true);
    } else {
        text_put(writer, post);
        buttons_put(writer, post, arena);
        frame_put(writer, post, errand == CHAT_POST);
    }
    json_end_object(writer);
}

static bool discord_render(enum chat_errand errand, const struct chat_post *post,
                           const struct channel_settings *settings, struct arena *arena,
                           struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text body = {0};
    struct json_writer writer = {.text = &body};
    const char *channels =
        arena_format(arena, "%s/channels", chat_server(settings, DISCORD_API, arena));
    const char *const urls[CHAT_ERRAND_COUNT] = {
        [CHAT_POST] = arena_format(arena, "%s/%s/messages", channels, post->room),
        [CHAT_EDIT] =
            arena_format(arena, "%s/%s/messages/%s", channels, post->room, post->reference),
        [CHAT_THREAD] =
            arena_format(arena, "%s/%s/messages/%s/threads", channels, post->room, post->reference),
        [CHAT_NOTE] = arena_format(arena, "%s/%s/messages", channels, post->reference),
    };
    if (urls[errand] == NULL)
        return fault_set(fault, FAULT_INPUT, "Discord needs no such request");
    body_put(&writer, errand, post, arena);
    chat_request_json(errand == CHAT_EDIT ? "PATCH" : "POST", urls[errand], "Bot", settings->token,
                      &body, arena, request);
    return request_url_check(urls[errand], fault);
}

static void refusal_judge(enum chat_errand errand, const struct json *answer,
                          const struct result *result, struct arena *arena,
                          struct chat_verdict *verdict)
{
    int64_t code = json_integer(answer, "code", 0);
    const struct json *wait = json_find(answer, "retry_after");
    enum chat_outcome outcome = chat_class(result->code);
    if (outcome == CHAT_DONE)
        outcome = CHAT_LATER; /* what answers is not Discord */
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == code)
            outcome = errors[i].outcome;
    /* Of the thread alone: people delete and close threads. */
    if (errand == CHAT_NOTE && (code == 10003 || code == 50001))
        outcome = CHAT_GONE;
    if (wait != NULL && wait->kind == JSON_NUMBER && wait->number >= 0 && wait->number < 86400)
        verdict->retry_after_ms = (msec)(wait->number * (double)SECOND_MS) + 1;
    chat_set(verdict, outcome, arena_format(arena, "Discord answered %u", (unsigned)result->code),
             json_string(answer, "message"));
}

static void discord_judge(enum chat_errand errand, const struct result *result,
                          const struct channel_settings *settings UNUSED,
                          struct chat_verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = chat_answer(result, arena);
    const char *id = json_string(answer, "id");
    bool is_done = result->code >= 200 && result->code < 300 && id != NULL;
    if (errand == CHAT_THREAD && json_integer(answer, "code", 0) == THREAD_EXISTS)
        chat_set_reference(verdict, "made");
    else if (!is_done)
        refusal_judge(errand, answer, result, arena, verdict);
    else if (errand == CHAT_POST || errand == CHAT_THREAD)
        chat_set_reference(verdict, chat_is_made_of(id, CHAT_DIGITS, 1, 20) ? id : "");
}

static bool hex_read(const char *hex, char *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    if (hex == NULL || strlen(hex) != 2 * size)
        return false;
    for (size_t i = 0; i < 2 * size; i++) {
        const char *digit = strchr(digits, hex[i] | 0x20);
        if (digit == NULL || *digit == '\0')
            return false;
        size_t value = (size_t)(digit - digits);
        bytes[i / 2] =
            (char)(i % 2 == 0 ? value << 4 : (size_t)(unsigned char)bytes[i / 2] | value);
    }
    return true;
}

static bool discord_can_press(const struct channel_settings *settings)
{
    return has_text(settings->key);
}

static bool discord_check(const struct channel_settings *settings, struct fault *fault)
{
    char key[ED25519_KEY_SIZE];
    if (!has_text(settings->token))
        return fault_set(fault, FAULT_INPUT, "Discord needs token, the bot's");
    if (has_text(settings->key) && !hex_read(settings->key, key, sizeof key))
        return fault_set(fault, FAULT_INPUT,
                         "key is the application's Public Key: 64 digits of hexadecimal");
    return true;
}

static bool signature_verify(const struct callback *callback,
                             const struct channel_settings *settings, struct fault *fault)
{
    char key[ED25519_KEY_SIZE];
    char signature[ED25519_SIGNATURE_SIZE];
    CLEANUP(text_clear) struct text message = {0};
    if (!hex_read(settings->key, key, sizeof key))
        return fault_set(fault, FAULT_DENIED,
                         "channels.discord has no key: nothing can be believed");
    if (!hex_read(callback->signature, signature, sizeof signature))
        return fault_set(fault, FAULT_DENIED, "it is not signed");
    if (!chat_is_recent(callback->timestamp, callback->now_at))
        return fault_set(fault, FAULT_DENIED, "it was signed more than five minutes ago");
    text_add(&message, callback->timestamp);
    text_add_span(&message, callback->body);
    if (!ed25519_verify((struct span){key, sizeof key}, text_span(&message),
                        (struct span){signature, sizeof signature}))
        return fault_set(fault, FAULT_DENIED, "its signature is wrong");
    return true;
}

/* The options of "/pagerd" joined: "ack 412". */
static const char *command_text(const struct json *data, struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct json *options = json_find(data, "options");
    const struct json *option =
        options != NULL && options->kind == JSON_ARRAY ? options->first : NULL;
    for (size_t i = 0; option != NULL && i < COMMAND_OPTIONS_MAX; option = option->next, i++) {
        const char *value = json_text(option, "value");
        text_addf(&text, "%s%s", text.size > 0 ? " " : "", value != NULL ? value : "");
    }
    return arena_copy(arena, text_string(&text));
}

/* {"type":3,"channel_id","member":{"user":{"id"}},"message":{"id"},"data":{"custom_id"}} */
static bool discord_receive(const struct callback *callback,
                            const struct channel_settings *settings, struct arena *arena,
                            struct news *news, struct fault *fault)
{
    const struct json *json = NULL;
    if (!signature_verify(callback, settings, fault) ||
        !json_parse(arena, callback->body, &json, fault))
        return false;
    const struct json *data = json_find(json, "data");
    const struct json *user = json_find(json_find(json, "member"), "user");
    int64_t type = json_integer(json, "type", 0);
    if (json_bool(user, "bot", false))
        return true;
    if (type == INTERACTION_COMPONENT &&
        chat_code_read(json_string(data, "custom_id"), arena, news))
        news->kind = NEWS_BUTTON;
    else if (type == INTERACTION_COMMAND)
        news->kind = NEWS_COMMAND;
    else
        return true;
    news->from = json_string(user, "id");
    news->room = json_string(json, "channel_id");
    news->reference = json_string(json_find(json, "message"), "id");
    news->text = command_text(data, arena);
    return true;
}

static const char *discord_respond(const struct callback *callback, const char *text,
                                   struct text *body)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text words = {0};
    struct json_writer writer = {.text = body};
    const struct json *json = NULL;
    if (!json_parse(arena, callback->body, &json, NULL))
        return NULL;
    bool is_ping = json_integer(json, "type", 0) == INTERACTION_PING;
    bool is_said = has_text(text) && !is_ping;
    json_begin_object(&writer, NULL);
    json_put_integer(&writer, "type",
                     is_ping   ? RESPONSE_PONG
                     : is_said ? RESPONSE_MESSAGE
                               : RESPONSE_NOTHING);
    if (is_said) {
        chat_add_words(&words, text, MARKUP);
        json_begin_object(&writer, "data");
        json_put_string(&writer, "content", text_string(&words));
        json_put_integer(&writer, "flags", EPHEMERAL);
        json_end_object(&writer);
    }
    json_end_object(&writer);
    return "application/json";
}

static bool discord_probe(const struct channel_settings *settings, struct arena *arena,
                          struct request *request, struct fault *fault)
{
    const char *url =
        arena_format(arena, "%s/users/@me", chat_server(settings, DISCORD_API, arena));
    chat_request_json("GET", url, "Bot", settings->token, NULL, arena, request);
    return request_url_check(url, fault);
}

static const struct chat chat_discord = {
    .name = "discord",
    .can_edit = true,
    .has_notes = true,
    .makes_thread = true,
    .gap_ms = 1 * SECOND_MS,
    .can_press = discord_can_press,
    .render = discord_render,
    .judge = discord_judge,
};

static void discord_judge_probe(const struct result *result,
                                const struct channel_settings *settings, struct verdict *verdict)
{
    chat_judge_probe(&chat_discord, result, settings, verdict);
}

const struct channel channel_discord = {
    .channel = "discord",
    .is_quiet = true,
    .key_use = KEY_ONCE,
    .key_name = "nonce",
    .chat = &chat_discord,
    .check = discord_check,
    .signature_header = "x-signature-ed25519",
    .timestamp_header = "x-signature-timestamp",
    .refusal = 401,
    .receive = discord_receive,
    .respond = discord_respond,
    .probe = discord_probe,
    .judge_probe = discord_judge_probe,
};
