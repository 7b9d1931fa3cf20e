/* SPDX-License-Identifier: MIT */
/*
 * fuzz_chat.c - what chat services answer, what comes to their callbacks, and what alerts say in
 * their rooms.
 *
 * Bytes choose the service. An answer always has an outcome, with a reason of one clean line unless
 * it is done. Nothing that was not signed is believed. Whatever an alert says, the request that is
 * made of it is JSON, and no words of it stand where the service would take them for a mention.
 */
#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "input.h"
#include "notify/chat.h"
#include "notify/chat_matrix.h"

static const struct channel_settings settings_of_tests = {
    .token = "Zq9tokenOfTheBot",
    .secret = "Zq9secretOfTheService",
    .key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    .server = "https://chat.example.org",
    .url = "https://chat.example.org/hook/Zq9",
};

static const struct channel *channel_choose(uint8_t byte)
{
    const struct channel *services[16];
    const struct channel *channel;
    size_t cursor = 0;
    size_t count = 0;
    while ((channel = channel_each(&cursor)) != NULL && count < 16)
        if (channel->chat != NULL)
            services[count++] = channel;
    return services[byte % count];
}

static void check_answer(const struct channel *channel, struct span bytes, uint8_t choice)
{
    static const uint32_t codes[] = {200, 201, 202, 204, 302, 400, 401, 403, 404, 429, 500, 503};
    struct chat_verdict verdict;
    struct result result = {.end = choice % 5 == 0 ? choice % TRANSFER_COUNT : TRANSFER_ANSWERED,
                            .code = codes[choice % (sizeof codes / sizeof *codes)],
                            .body = bytes,
                            .error = "the transfer failed"};
    chat_judge(channel->chat, choice % CHAT_ERRAND_COUNT, &result, &settings_of_tests, &verdict);
    assert(verdict.outcome < CHAT_OUTCOME_COUNT && verdict.retry_after_ms >= 0);
    assert(memchr(verdict.reference, '\0', sizeof verdict.reference) != NULL);
    assert((verdict.outcome == CHAT_DONE) == (verdict.error[0] == '\0'));
    output_check_line("reason", verdict.error, JUDGE_ERROR_SIZE - 1);
}

static void check_callback(const struct channel *channel, struct span bytes, struct arena *arena)
{
    struct news news = {0};
    struct fault fault = {0};
    const char *text = arena_copy_span(arena, bytes);
    struct callback callback = {.what = "button",
                                .method = "POST",
                                .body = bytes,
                                .names = {"payload", "command", "text", "token"},
                                .values = {text, "/pagerd", text, text},
                                .field_count = 4,
                                .signature = text,
                                .timestamp = "1795312927",
                                .now_at = INT64_C(1795312927000)};
    if (channel->receive == NULL)
        return;
    bool is_believed = channel->receive(&callback, &settings_of_tests, arena, &news, &fault);
    assert(!is_believed || news.kind == NEWS_NOTHING || strstr(text, "Zq9secret") != NULL);
}

static void check_words(const struct channel *channel, const char *text, uint8_t choice,
                        struct arena *arena)
{
    struct letter letter = {.incident = 412,
                            .team = "ops",
                            .object = text,
                            .summary = text,
                            .runbook = text,
                            .remark = text,
                            .actor = text,
                            .opened_at = INT64_C(1795312927000)};
    struct chat_post post;
    struct request request = {0};
    struct fault fault = {0};
    const struct json *json = NULL;
    chat_compose(&letter, choice % CHAT_MOOD_COUNT, "https://p.example.org/", arena, &post);
    post.room = "room";
    post.reference = "17.1";
    post.thread = "18.1";
    post.text = text;
    post.to = "U0123";
    post.nonce = "412.1";
    post.callback = "https://p.example.org/v1/callbacks/x.1/%s/00";
    if (!channel->chat->render(choice / 16 % CHAT_ERRAND_COUNT, &post, &settings_of_tests, arena,
                               &request, &fault))
        return;
    assert(request.kind == REQUEST_HTTP && request.body.size < REQUEST_BODY_MAX);
    if (request.body.size == 0)
        return;
    assert(json_parse(arena, request.body, &json, &fault));
    const char *body = arena_copy_span(arena, request.body);
    /* Slack reads plain text as it stands, unless it is asked to look for names; in Matrix and
     * Teams what mentions somebody is said apart from the text. */
    if (string_is(channel->channel, "slack"))
        assert(strstr(body, "<!") == NULL && strstr(body, "<@") == NULL);
    else if (!string_is(channel->channel, "matrix"))
        assert(strstr(body, "@here") == NULL && strstr(body, "@everyone") == NULL);
}

static void check_talk(struct span bytes, struct arena *arena)
{
    struct matrix_command commands[MATRIX_COMMANDS_MAX];
    const char *since = NULL;
    size_t count = 0;
    struct fault fault = {0};
    if (!matrix_sync_read(bytes, INT64_C(1795312927000), arena, &since, commands, &count, &fault))
        return;
    assert(since[0] != '\0' && strlen(since) <= MATRIX_SINCE_MAX && count <= MATRIX_COMMANDS_MAX);
    for (size_t i = 0; i < count; i++)
        assert(commands[i].room && commands[i].from && commands[i].event && commands[i].text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    const struct channel *channel = channel_choose(input_byte(&input));
    uint8_t choice = input_byte(&input);
    CLEANUP(text_clear) struct text text = {0};
    utf8_add_clean(&text, input.rest);
    check_answer(channel, input.rest, choice);
    check_callback(channel, input.rest, arena);
    check_talk(input.rest, arena);
    check_words(channel, text_string(&text), choice, arena);
    return 0;
}
