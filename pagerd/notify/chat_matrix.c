/* SPDX-License-Identifier: MIT */
/*
 * chat_matrix.c - rooms of Matrix, by an ordinary account (client-server API v1.11).
 *
 *   https://spec.matrix.org/v1.11/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
 *   https://spec.matrix.org/v1.11/client-server-api/#event-replacements
 *   https://spec.matrix.org/v1.11/client-server-api/#threading
 *   https://spec.matrix.org/v1.11/client-server-api/#user-and-room-mentions (an empty m.mentions:
 *     nobody's device rings by the words)
 *   https://spec.matrix.org/v1.11/client-server-api/#standard-error-response, #rate-limiting
 *   https://spec.matrix.org/v1.11/client-server-api/#get_matrixclientv3sync
 *
 * The id of a transaction is the same when a request is repeated: the only service here that then
 * takes a message once for certain.
 */
#include "notify/chat_matrix.h"

#include <string.h>

#include "notify/chat_parts.h"

static const struct {
    const char *code;
    enum chat_outcome outcome;
} errors[] = {
    {"M_LIMIT_EXCEEDED", CHAT_LATER},     {"M_UNKNOWN_TOKEN", CHAT_REFUSED},
    {"M_MISSING_TOKEN", CHAT_REFUSED},    {"M_FORBIDDEN", CHAT_REFUSED},
    {"M_USER_LOCKED", CHAT_REFUSED},      {"M_USER_SUSPENDED", CHAT_REFUSED},
    {"M_USER_DEACTIVATED", CHAT_REFUSED}, {"M_NOT_FOUND", CHAT_REFUSED},
    {"M_UNRECOGNIZED", CHAT_REFUSED},     {"M_TOO_LARGE", CHAT_UNFIT},
};

static void content_put(struct json_writer *writer, const struct chat_post *post)
{
    CLEANUP(text_clear) struct text plain = {0};
    CLEANUP(text_clear) struct text html = {0};
    text_addf(&plain, "%s %s\n%s", post->mark, post->title, post->status);
    text_addf(&html, "%s <b>", post->mark);
    text_add_html(&html, post->title);
    text_add(&html, "</b><br>");
    text_add_html(&html, post->status);
    for (size_t i = 0; i < post->link_count; i++) {
        text_addf(&html, "%s<a href=\"", i == 0 ? "<br>" : "  ");
        text_add_html(&html, post->links[i].url);
        text_addf(&html, "\">%s</a>", post->links[i].label);
    }
    if (post->button_count > 0) {
        text_addf(&plain, "\n!ack %llu", (unsigned long long)post->incident);
        text_addf(&html, "<br><code>!ack %llu</code>", (unsigned long long)post->incident);
    }
    json_put_string(writer, "msgtype", "m.text");
    json_put_string(writer, "body", text_string(&plain));
    json_put_string(writer, "format", "org.matrix.custom.html");
    json_put_string(writer, "formatted_body", text_string(&html));
    json_begin_object(writer, "m.mentions");
    json_end_object(writer);
}

static void words_put(struct json_writer *writer, const char *words)
{
    json_put_string(writer, "msgtype", "m.notice");
    json_put_string(writer, "body", words);
    json_begin_object(writer, "m.mentions");
    json_end_object(writer);
}

/* What clients that know no edits show is the new text, too. */
static void edit_put(struct json_writer *writer, const struct chat_post *post)
{
    content_put(writer, post);
    json_begin_object(writer, "m.new_content");
    content_put(writer, post);
    json_end_object(writer);
    json_begin_object(writer, "m.relates_to");
    json_put_string(writer, "rel_type", "m.replace");
    json_put_string(writer, "event_id", post->reference);
    json_end_object(writer);
}

static void note_put(struct json_writer *writer, const struct chat_post *post)
{
    words_put(writer, post->text);
    json_begin_object(writer, "m.relates_to");
    json_put_string(writer, "rel_type", "m.thread");
    json_put_string(writer, "event_id", post->reference);
    json_put_bool(writer, "is_falling_back", true);
    json_begin_object(writer, "m.in_reply_to");
    json_put_string(writer, "event_id", post->reference);
    json_end_object(writer);
    json_end_object(writer);
}

/* To everybody in the room, for there is no other way: by the name of who wrote. */
static void whisper_put(struct json_writer *writer, const struct chat_post *post,
                        struct arena *arena)
{
    words_put(writer, arena_format(arena, "%s: %s", post->to, post->text));
}

static bool matrix_render(enum chat_errand errand, const struct chat_post *post,
                          const struct channel_settings *settings, struct arena *arena,
                          struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(text_clear) struct text url = {0};
    struct json_writer writer = {.text = &body};
    json_begin_object(&writer, NULL);
    switch (errand) {
    case CHAT_POST:
        content_put(&writer, post);
        break;
    case CHAT_EDIT:
        edit_put(&writer, post);
        break;
    case CHAT_NOTE:
        note_put(&writer, post);
        break;
    case CHAT_WHISPER:
        whisper_put(&writer, post, arena);
        break;
    case CHAT_THREAD:
    case CHAT_ERRAND_COUNT:
        return fault_set(fault, FAULT_INPUT, "Matrix needs no such request");
    }
    json_end_object(&writer);
    text_addf(&url, "%s/_matrix/client/v3/rooms/", chat_server(settings, "", arena));
    text_add_url(&url, post->room);
    text_add(&url, "/send/m.room.message/");
    text_add_url(&url, post->nonce);
    const char *address = arena_copy(arena, text_string(&url));
    chat_request_json("PUT", address, "Bearer", settings->token, &body, arena, request);
    request->ca_file = settings->ca_file;
    return request_url_check(address, fault);
}

static void matrix_judge(enum chat_errand errand, const struct result *result,
                         const struct channel_settings *settings UNUSED,
                         struct chat_verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = chat_answer(result, arena);
    const char *code = json_string(answer, "errcode");
    enum chat_outcome outcome = chat_class(result->code);
    if (outcome == CHAT_DONE && answer != NULL) {
        if (errand == CHAT_POST)
            chat_set_reference(verdict, json_string(answer, "event_id"));
        return;
    }
    if (outcome == CHAT_DONE)
        outcome = CHAT_LATER; /* what answers is not Matrix */
    for (size_t i = 0; code != NULL && i < sizeof errors / sizeof *errors; i++)
        if (string_is(errors[i].code, code))
            outcome = errors[i].outcome;
    msec wait_ms = json_integer(answer, "retry_after_ms", 0); /* of older servers */
    if (verdict->retry_after_ms == 0 && wait_ms > 0)
        verdict->retry_after_ms = wait_ms;
    const char *words = json_string(answer, "error");
    if (code == NULL)
        code = arena_format(arena, "the server answered %u", (unsigned)result->code);
    chat_set(verdict, outcome, code, words);
}

static bool matrix_can_press(const struct channel_settings *settings)
{
    return has_text(settings->token);
}

static bool matrix_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->token) || !has_text(settings->server))
        return fault_set(fault, FAULT_INPUT, "Matrix needs server and token");
    return request_url_check(settings->server, fault);
}

static bool matrix_probe(const struct channel_settings *settings, struct arena *arena,
                         struct request *request, struct fault *fault)
{
    const char *url = arena_format(arena, "%s/_matrix/client/v3/account/whoami",
                                   chat_server(settings, "", arena));
    chat_request_json("GET", url, "Bearer", settings->token, NULL, arena, request);
    request->ca_file = settings->ca_file;
    return request_url_check(url, fault);
}

/* Messages alone, and none of what was said before the first time that is asked. */
static const char *filter_of(bool is_first)
{
    return is_first ? "{\"presence\":{\"types\":[]},\"account_data\":{\"types\":[]},"
                      "\"room\":{\"timeline\":{\"limit\":1},\"state\":{\"types\":[]},"
                      "\"ephemeral\":{\"types\":[]},\"account_data\":{\"types\":[]}}}"
                    : "{\"presence\":{\"types\":[]},\"account_data\":{\"types\":[]},"
                      "\"room\":{\"timeline\":{\"types\":[\"m.room.message\"],\"limit\":50},"
                      "\"state\":{\"types\":[]},\"ephemeral\":{\"types\":[]},"
                      "\"account_data\":{\"types\":[]}}}";
}

bool matrix_sync_render(const char *since, const struct channel_settings *settings,
                        struct arena *arena, struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text url = {0};
    text_addf(&url, "%s/_matrix/client/v3/sync?timeout=%d&set_presence=offline&filter=",
              chat_server(settings, "", arena), since != NULL ? (int)MATRIX_WAIT_MS : 0);
    text_add_url(&url, filter_of(since == NULL));
    if (since != NULL) {
        text_add(&url, "&since=");
        text_add_url(&url, since);
    }
    const char *address = arena_copy(arena, text_string(&url));
    chat_request_json("GET", address, "Bearer", settings->token, NULL, arena, request);
    request->kind = REQUEST_FETCH;
    request->total_ms = FETCH_TOTAL_MS;
    request->ca_file = settings->ca_file;
    return request_url_check(address, fault);
}

/* False: it is no command, or an old one. An edit repeats what was said: it does not count. */
static bool command_read(const struct json *event, const char *room, msec now_at,
                         struct matrix_command *command)
{
    const struct json *content = json_find(event, "content");
    const struct json *relation = json_find(content, "m.relates_to");
    const char *body = json_string(content, "body");
    msec age_ms = now_at - json_integer(event, "origin_server_ts", 0);
    bool is_edit = string_is(json_string(relation, "rel_type"), "m.replace");
    *command = (struct matrix_command){.room = room,
                                       .from = json_string(event, "sender"),
                                       .event = json_string(event, "event_id"),
                                       .text = body != NULL && body[0] == '!' ? body + 1 : NULL};
    return string_is(json_string(event, "type"), "m.room.message") &&
           string_is(json_string(content, "msgtype"), "m.text") && !is_edit &&
           command->text != NULL && command->from != NULL && command->event != NULL &&
           age_ms <= CHAT_SEEN_MS && age_ms >= -CHAT_SEEN_MS;
}

bool matrix_sync_read(struct span body, msec now_at, struct arena *arena, const char **ret_since,
                      struct matrix_command commands[MATRIX_COMMANDS_MAX], size_t *ret_count,
                      struct fault *fault)
{
    const struct json *json = NULL;
    size_t count = 0;
    if (!json_parse(arena, body, &json, fault))
        return false;
    const char *since = json_string(json, "next_batch");
    if (since == NULL || since[0] == '\0' || strlen(since) > MATRIX_SINCE_MAX ||
        strpbrk(since, " \t\r\n") != NULL)
        return fault_set(fault, FAULT_PEER, "the answer to /sync has no next_batch");
    const struct json *join = json_find(json_find(json, "rooms"), "join");
    const struct json *room = join != NULL && join->kind == JSON_OBJECT ? join->first : NULL;
    for (; room != NULL; room = room->next) {
        const struct json *events = json_find(json_find(room, "timeline"), "events");
        const struct json *event =
            events != NULL && events->kind == JSON_ARRAY ? events->first : NULL;
        for (; event != NULL && count < MATRIX_COMMANDS_MAX; event = event->next)
            count += command_read(event, room->key, now_at, &commands[count]);
    }
    *ret_since = since;
    *ret_count = count;
    return true;
}

static const struct chat chat_matrix = {
    .name = "matrix",
    .can_edit = true,
    .has_notes = true,
    .has_whisper = true,
    .gap_ms = 300,
    .can_press = matrix_can_press,
    .render = matrix_render,
    .judge = matrix_judge,
};

static void matrix_judge_probe(const struct result *result, const struct channel_settings *settings,
                               struct verdict *verdict)
{
    chat_judge_probe(&chat_matrix, result, settings, verdict);
}

const struct channel channel_matrix = {
    .channel = "matrix",
    .is_quiet = true,
    .key_use = KEY_ONCE,
    .key_name = "transaction id",
    .chat = &chat_matrix,
    .check = matrix_check,
    .probe = matrix_probe,
    .judge_probe = matrix_judge_probe,
};
