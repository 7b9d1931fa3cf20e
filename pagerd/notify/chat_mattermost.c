/* SPDX-License-Identifier: MIT */
/*
 * chat_mattermost.c - rooms of Mattermost, by a bot account of its REST API.
 *
 *   https://developers.mattermost.com/api-documentation/#/operations/CreatePost (201)
 *   https://developers.mattermost.com/api-documentation/#/operations/PatchPost (200)
 *   https://developers.mattermost.com/integrate/plugins/interactive-messages/
 *   https://developers.mattermost.com/integrate/slash-commands/custom/
 *
 * A press is not signed. What shows that it comes from the server is the context of the button,
 * which the server keeps from its clients: there is a code in it, made of the bot's token.
 *
 * What has a pending_post_id that was posted half a minute ago at most is answered with that post
 * (deduplicateCreatePost() in mattermost/server, channels/app/post.go).
 */
#include <string.h>

#include "base/id.h"
#include "base/sign.h"
#include "notify/chat_parts.h"

#define MARKUP "\\`*_{}[]()#+-.!~|" /* what its Markdown lets a backslash take the meaning of */

/* What its errors mean, by the start of their id; the others by their status. */
static const struct {
    const char *id;
    enum chat_outcome outcome;
} errors[] = {
    {"api.post.create_post.can_not_post_to_deleted", CHAT_REFUSED}, /* the channel is archived */
    {"api.post.create_post.town_square_read_only", CHAT_REFUSED},
    {"api.post.create_post.root_id", CHAT_GONE},
    {"api.post.create_post.parent_id", CHAT_GONE},
    {"api.post.patch_post.can_not_update_post_in_deleted", CHAT_REFUSED},
    {"api.post.update_post.find", CHAT_GONE},
    {"api.post.update_post.permissions_details", CHAT_GONE}, /* it has been deleted */
    {"api.post.update_post.permissions_time_limit", CHAT_GONE},
    {"app.post.get.app_error", CHAT_GONE},
};

static void press_code(const char *token, const char *press, const char *room,
                       char code[2 * HASH_SIZE + 1])
{
    CLEANUP(text_clear) struct text about = {0};
    unsigned char hash[HASH_SIZE];
    static const char digits[] = "0123456789abcdef";
    text_addf(&about, "mattermost\n%s\n%s", press, room);
    hmac_sha256(span_of(token), text_span(&about), hash);
    for (size_t i = 0; i < HASH_SIZE; i++) {
        code[2 * i] = digits[hash[i] >> 4];
        code[2 * i + 1] = digits[hash[i] & 15];
    }
    code[2 * HASH_SIZE] = '\0';
}

static void button_put(struct json_writer *writer, const struct chat_post *post,
                       const struct chat_button *button, const char *token, struct arena *arena)
{
    char code[2 * HASH_SIZE + 1];
    const char *press = chat_code(post, button, arena);
    const char *gap = strstr(post->callback, "%s");
    press_code(token, press, post->room, code);
    json_begin_object(writer, NULL);
    json_put_string(writer, "id", button->action);
    json_put_string(writer, "type", "button");
    json_put_string(writer, "name", button->label);
    json_begin_object(writer, "integration");
    json_put_string(
        writer, "url",
        arena_format(arena, "%.*sbutton%s", (int)(gap - post->callback), post->callback, gap + 2));
    json_begin_object(writer, "context");
    json_put_string(writer, "press", press);
    json_put_string(writer, "code", code);
    json_end_object(writer);
    json_end_object(writer);
    json_end_object(writer);
}

static void message_put(struct json_writer *writer, const struct chat_post *post, const char *token,
                        struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "%s **", post->mark);
    chat_add_words(&text, post->title, MARKUP);
    text_add(&text, "**\n");
    chat_add_words(&text, post->status, MARKUP);
    for (size_t i = 0; i < post->link_count; i++) {
        text_addf(&text, "%s[%s](", i == 0 ? "\n" : "  ", post->links[i].label);
        chat_add_url(&text, post->links[i].url, "()<> \\");
        text_add(&text, ")");
    }
    json_put_string(writer, "message", text_string(&text));
    json_begin_object(writer, "props");
    json_begin_array(writer, "attachments");
    if (post->button_count > 0 && post->callback != NULL) {
        json_begin_object(writer, NULL);
        json_begin_array(writer, "actions");
        for (size_t i = 0; i < post->button_count; i++)
            button_put(writer, post, &post->buttons[i], token, arena);
        json_end_array(writer);
        json_end_object(writer);
    }
    json_end_array(writer);
    json_end_object(writer);
}

static bool mattermost_render(enum chat_errand errand, const struct chat_post *post,
                              const struct channel_settings *settings, struct arena *arena,
                              struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text words = {0};
    struct json_writer writer = {.text = &body};
    const char *server = chat_server(settings, "", arena);
    const char *url = arena_format(arena, "%s/api/v4/posts", server);
    if (errand == CHAT_THREAD || errand == CHAT_WHISPER)
        return fault_set(fault, FAULT_INPUT, "Mattermost needs no such request");
    json_begin_object(&writer, NULL);
    if (errand == CHAT_EDIT) {
        url = arena_format(arena, "%s/%s/patch", url, post->reference);
    } else {
        json_put_string(&writer, "channel_id", post->room);
        json_put_string(&writer, "pending_post_id", post->nonce);
    }
    if (errand == CHAT_NOTE) {
        chat_add_words(&words, post->text, MARKUP);
        json_put_string(&writer, "root_id", post->reference);
        json_put_string(&writer, "message", text_string(&words));
    } else {
        message_put(&writer, post, settings->token, arena);
    }
    json_end_object(&writer);
    chat_request_json(errand == CHAT_EDIT ? "PUT" : "POST", url, "Bearer", settings->token, &body,
                      arena, request);
    request->ca_file = settings->ca_file;
    return request_url_check(url, fault);
}

static void mattermost_judge(enum chat_errand errand, const struct result *result,
                             const struct channel_settings *settings UNUSED,
                             struct chat_verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = chat_answer(result, arena);
    const char *id = json_string(answer, "id");
    enum chat_outcome outcome = chat_class(result->code);
    if (outcome == CHAT_DONE && id == NULL) {
        chat_set(verdict, CHAT_LATER, NULL, "what answers is not Mattermost");
        return;
    }
    if (outcome == CHAT_DONE) {
        if (errand == CHAT_POST)
            chat_set_reference(verdict, id);
        return;
    }
    if (result->code == 404 && errand == CHAT_EDIT)
        outcome = CHAT_GONE;
    for (size_t i = 0; id != NULL && i < sizeof errors / sizeof *errors; i++)
        if (span_has_prefix(span_of(id), errors[i].id))
            outcome = errors[i].outcome;
    const char *words = json_string(answer, "message");
    chat_set(verdict, outcome,
             arena_format(arena, "Mattermost answered %u", (unsigned)result->code),
             words != NULL ? words : id);
}

static bool mattermost_can_press(const struct channel_settings *settings)
{
    return has_text(settings->token);
}

static bool mattermost_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->token) || !has_text(settings->server))
        return fault_set(fault, FAULT_INPUT, "Mattermost needs server and token");
    return request_url_check(settings->server, fault);
}

static bool command_receive(const struct callback *callback,
                            const struct channel_settings *settings, struct news *news,
                            struct fault *fault)
{
    if (!has_text(settings->secret))
        return fault_set(fault, FAULT_DENIED,
                         "channels.mattermost has no secret: commands cannot be believed");
    if (!secret_equal(span_of(chat_field(callback, "token")), span_of(settings->secret)))
        return fault_set(fault, FAULT_DENIED, "its token is wrong");
    news->kind = NEWS_COMMAND;
    news->from = chat_field(callback, "user_id");
    news->room = chat_field(callback, "channel_id");
    news->text = chat_field(callback, "text");
    return true;
}

/* {"user_id","channel_id","post_id","trigger_id","context":{"press","code"}} */
static bool mattermost_receive(const struct callback *callback,
                               const struct channel_settings *settings, struct arena *arena,
                               struct news *news, struct fault *fault)
{
    char code[2 * HASH_SIZE + 1];
    const struct json *json = NULL;
    if (chat_field(callback, "command") != NULL)
        return command_receive(callback, settings, news, fault);
    if (!json_parse(arena, callback->body, &json, fault))
        return false;
    const struct json *context = json_find(json, "context");
    const char *press = json_string(context, "press");
    const char *room = json_string(json, "channel_id");
    if (press == NULL || room == NULL)
        return fault_set(fault, FAULT_DENIED, "it is no press of a button of ours");
    press_code(settings->token, press, room, code);
    if (!secret_equal(span_of(json_string(context, "code")), span_of(code)))
        return fault_set(fault, FAULT_DENIED, "its code is wrong");
    if (!chat_code_read(press, arena, news))
        return true;
    news->kind = NEWS_BUTTON;
    news->from = json_string(json, "user_id");
    news->room = room;
    news->reference = json_string(json, "post_id");
    return true;
}

/* To who pressed or wrote, alone. */
static const char *mattermost_respond(const struct callback *callback, const char *text,
                                      struct text *body)
{
    CLEANUP(text_clear) struct text words = {0};
    struct json_writer writer = {.text = body};
    bool is_command = chat_field(callback, "command") != NULL;
    chat_add_words(&words, text, MARKUP);
    json_begin_object(&writer, NULL);
    if (is_command)
        json_put_string(&writer, "response_type", "ephemeral");
    if (words.size > 0)
        json_put_string(&writer, is_command ? "text" : "ephemeral_text", text_string(&words));
    json_end_object(&writer);
    return "application/json";
}

static bool mattermost_probe(const struct channel_settings *settings, struct arena *arena,
                             struct request *request, struct fault *fault)
{
    const char *url = arena_format(arena, "%s/api/v4/users/me", chat_server(settings, "", arena));
    chat_request_json("GET", url, "Bearer", settings->token, NULL, arena, request);
    request->ca_file = settings->ca_file;
    return request_url_check(url, fault);
}

static const struct chat chat_mattermost = {
    .name = "mattermost",
    .can_edit = true,
    .has_notes = true,
    .gap_ms = 200,
    .can_press = mattermost_can_press,
    .render = mattermost_render,
    .judge = mattermost_judge,
};

static void mattermost_judge_probe(const struct result *result,
                                   const struct channel_settings *settings, struct verdict *verdict)
{
    chat_judge_probe(&chat_mattermost, result, settings, verdict);
}

const struct channel channel_mattermost = {
    .channel = "mattermost",
    .is_quiet = true,
    .key_use = KEY_ONCE,
    .key_name = "pending_post_id",
    .chat = &chat_mattermost,
    .check = mattermost_check,
    .receive = mattermost_receive,
    .respond = mattermost_respond,
    .probe = mattermost_probe,
    .judge_probe = mattermost_judge_probe,
};
