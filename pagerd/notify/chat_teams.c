/* SPDX-License-Identifier: MIT */
/*
 * chat_teams.c - channels of Microsoft Teams, by the address of a workflow ("When a Teams webhook
 * request is received"): it posts, and can neither edit nor say where the message is.
 *
 *   https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 *   https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 *     (28 KB, 4 requests a second; an error of Teams may come with status 200, in the text)
 *   https://adaptivecards.io/explorer/RichTextBlock.html (a TextRun has no markup)
 *
 * A press of Action.Submit or Action.Execute goes to a bot that is registered with Microsoft, and
 * to nobody else: the only button that works in such a card opens a page.
 */
#include <string.h>

#include "notify/chat_parts.h"

static void run_put(struct json_writer *writer, const char *text, bool is_bold)
{
    json_begin_object(writer, NULL);
    json_put_string(writer, "type", "RichTextBlock");
    json_begin_array(writer, "inlines");
    json_begin_object(writer, NULL);
    json_put_string(writer, "type", "TextRun");
    json_put_string(writer, "text", text);
    if (is_bold)
        json_put_string(writer, "weight", "Bolder");
    json_end_object(writer);
    json_end_array(writer);
    json_end_object(writer);
}

static void card_put(struct json_writer *writer, const struct chat_post *post)
{
    CLEANUP(text_clear) struct text status = {0};
    CLEANUP(text_clear) struct text title = {0};
    text_addf(&title, "%s ", post->mark);
    chat_add_words(&title, post->title, "");
    chat_add_words(&status, post->status, "");
    json_put_string(writer, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    json_put_string(writer, "type", "AdaptiveCard");
    json_put_string(writer, "version", "1.4");
    json_begin_array(writer, "body");
    run_put(writer, text_string(&title), true);
    run_put(writer, text_string(&status), false);
    json_end_array(writer);
    json_begin_array(writer, "actions");
    for (size_t i = 0; i < post->link_count; i++) {
        json_begin_object(writer, NULL);
        json_put_string(writer, "type", "Action.OpenUrl");
        json_put_string(writer, "title", post->links[i].label);
        json_put_string(writer, "url", post->links[i].url);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static bool teams_render(enum chat_errand errand, const struct chat_post *post,
                         const struct channel_settings *settings, struct arena *arena,
                         struct request *request, struct fault *fault)
{
    CLEANUP(text_clear) struct text body = {0};
    struct json_writer writer = {.text = &body};
    if (errand != CHAT_POST)
        return fault_set(fault, FAULT_INPUT, "Teams has no such request");
    if (!has_text(settings->url))
        return fault_set(fault, FAULT_INPUT, "the room has no url in channels.teams.rooms");
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "type", "message");
    json_begin_array(&writer, "attachments");
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "contentType", "application/vnd.microsoft.card.adaptive");
    json_put_null(&writer, "contentUrl");
    json_begin_object(&writer, "content");
    card_put(&writer, post);
    json_end_object(&writer);
    json_end_object(&writer);
    json_end_array(&writer);
    json_end_object(&writer);
    chat_request_json("POST", settings->url, NULL, NULL, &body, arena, request);
    return request_url_check(settings->url, fault);
}

/* The address holds a signature: nothing that could repeat it is told. */
static void teams_judge(enum chat_errand errand UNUSED, const struct result *result,
                        const struct channel_settings *settings UNUSED,
                        struct chat_verdict *verdict)
{
    static const char failed[] = "delivery failed";
    CLEANUP(arena_free) struct arena *arena = arena_new();
    enum chat_outcome outcome = chat_class(result->code);
    bool is_failed = has_part(result->body, span_of(failed));
    if (outcome == CHAT_DONE && !is_failed)
        return;
    const char *code = json_string(json_find(chat_answer(result, arena), "error"), "code");
    if (outcome == CHAT_DONE)
        outcome = CHAT_LATER;
    chat_set(verdict, outcome, arena_format(arena, "Teams answered %u", (unsigned)result->code),
             is_failed ? "it could not deliver the message" : code);
}

static bool teams_check(const struct channel_settings *settings UNUSED, struct fault *fault UNUSED)
{
    return true;
}

static const struct chat chat_teams = {
    .name = "teams",
    .gap_ms = 1 * SECOND_MS,
    .render = teams_render,
    .judge = teams_judge,
};

const struct channel channel_teams = {
    .channel = "teams",
    .is_quiet = true,
    .chat = &chat_teams,
    .check = teams_check,
};
