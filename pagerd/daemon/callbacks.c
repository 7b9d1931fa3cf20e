/* SPDX-License-Identifier: MIT */
#include "daemon/callbacks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/sign.h"
#include "config/config.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/letters.h"
#include "daemon/links.h"
#include "daemon/options.h"
#include "daemon/reload.h"
#include "daemon/replies.h"
#include "daemon/rooms.h"
#include "daemon/sirens.h"
#include "daemon/turn.h"
#include "engine/engine.h"

#define CODE_BYTES 16
#define CODE_TEXT_SIZE (2 * CODE_BYTES + 1)
#define KEYS_REACH_MS (15 * MINUTE_MS) /* a call is over by then: later keys are a replay */

/* The code of "sms.1/41.1". False: there is no secret that it could be made of. */
static bool code_make(const struct channel_settings *settings, const char *about,
                      char code[CODE_TEXT_SIZE])
{
    const char *const secrets[] = {settings->password, settings->token, settings->key,
                                   settings->secret};
    CLEANUP(text_clear) struct text joined = {0};
    bool has_secret = false;
    for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
        const char *secret = secrets[i] != NULL ? secrets[i] : "";
        has_secret = has_secret || *secret != '\0';
        text_addf(&joined, "%zu:%s", strlen(secret), secret);
    }
    unsigned char hash[HASH_SIZE];
    hmac_sha256(text_span(&joined), span_of(about), hash);
    explicit_bzero(joined.bytes, joined.size);
    for (size_t i = 0; i < CODE_BYTES; i++)
        snprintf(code + 2 * i, 3, "%02x", hash[i]);
    return has_secret;
}

const char *callback_address(const struct config *config, const char *channel, bool is_second,
                             uint64_t page, uint16_t attempt, struct arena *arena)
{
    struct channel_settings settings;
    const struct channel *found = channel_configured(config, channel, is_second, &settings);
    char code[CODE_TEXT_SIZE];
    if (found == NULL || found->receive == NULL)
        return NULL;
    const char *reference =
        page != 0 ? arena_format(arena, "%" PRIu64 ".%u", page, (unsigned)attempt) : "";
    const char *provider = arena_format(arena, "%s.%d", channel, is_second ? 2 : 1);
    if (!code_make(&settings, arena_format(arena, "%s/%s", provider, reference), code))
        return NULL;
    return arena_format(arena, "%s/v1/callbacks/%s/%%s/%s%s%s", config->url, provider, reference,
                        page != 0 ? "." : "", code);
}

bool callback_is_general(const struct config *config, const struct config_channel *configured)
{
    struct channel_settings settings;
    const struct channel *channel =
        channel_configured(config, configured->name, configured->is_second, &settings);
    return channel != NULL && (configured->is_room || channel->has_replies);
}

/* "channels.slack button https://.../button/CODE" for each kind of thing that it takes. */
static void callbacks_print(const struct config *config, const struct config_channel *configured)
{
    static const char *const of_rooms[] = {"button", "reply"};
    static const char *const of_people[] = {"reply"};
    if (!callback_is_general(config, configured))
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *address =
        callback_address(config, configured->name, configured->is_second, 0, 0, arena);
    const char *const *whats = configured->is_room ? of_rooms : of_people;
    for (int i = 0; address != NULL && i < (configured->is_room ? 2 : 1); i++) {
        const char *gap = strstr(address, "%s");
        printf("channels.%s%s %s %.*s%s%s\n", configured->name,
               configured->is_second ? ".second" : "", whats[i], (int)(gap - address), address,
               whats[i], gap + 2);
    }
}

int callbacks_command(const struct options *options)
{
    CLEANUP(report_free) struct report *report = report_new();
    CLEANUP(text_clear) struct text text = {0};
    struct config_options how = {.tzdir = options->tzdir,
                                 .credentials_dir = getenv("CREDENTIALS_DIRECTORY")};
    struct config *config = NULL;
    const char *path = options->config != NULL ? options->config : CONFIG_FILE_DEFAULT;
    if (!config_load(path, &how, &config, report)) {
        report_render(report, &text);
        fprintf(stderr, "%s", text_string(&text));
        return 1;
    }
    for (size_t i = 0; i < config->channel_count; i++)
        callbacks_print(config, &config->channels[i]);
    config_free(config);
    return 0;
}

static const char *header_find(const struct callback_door *door, const char *name)
{
    for (size_t i = 0; name != NULL && i < door->header_count; i++)
        if (string_is(door->headers[i].name, name))
            return door->headers[i].value;
    return NULL;
}

/* Nothing follows from a receipt for a page that nobody waits for any more. */
static void receipt_take(struct daemon *daemon, const struct callback *callback, bool is_second,
                         const struct news *news)
{
    struct event event = {.kind = EVENT_PAGE_OUTCOME,
                          .actor = "pagerd",
                          .via = "callback",
                          .id = callback->page,
                          .attempt = callback->attempt,
                          .outcome = news->outcome,
                          .is_provider_fault = news->is_provider_fault,
                          .is_link_refused = news->is_link_refused,
                          .provider = is_second ? 2 : 1,
                          .reference = news->reference,
                          .text = news->error};
    if (callback->page == 0)
        return;
    links_note(daemon, &event);
    turn_step(daemon->turns, &event, NULL);
}

/* What the page says that the callback is about, for answers that say it again. */
static void callback_fill(struct daemon *daemon, struct callback *callback, struct arena *arena)
{
    const struct page *page = view_page(daemon->engine, callback->page);
    if (page == NULL || string_is(callback->what, "status"))
        return;
    struct letter *letter = arena_take(arena, sizeof(*letter));
    const struct user *user = policy_find_user(view_policy(daemon->engine), page->user);
    msec at = page->sent_at != 0 ? page->sent_at : page->created_at;
    letter_fill(daemon, page, "", arena, letter);
    callback->letter = letter;
    callback->pin = user != NULL ? user->pin : NULL;
    callback->is_over = page->state == PAGE_DELIVERED || callback->now_at - at > KEYS_REACH_MS;
    const struct incident *incident = view_incident(daemon->engine, page->incident);
    for (page = incident != NULL ? incident->pages : NULL; page != NULL; page = page->older) {
        bool is_text = string_is(page->channel, "sms") && string_is(page->user, letter->user_id);
        callback->has_text = callback->has_text || (is_text && page->state != PAGE_FAILED);
    }
}

/* "SMS reply", "voice key": how the timeline says that somebody acted. */
static const char *via_of(const char *channel, enum news_kind kind, struct arena *arena)
{
    const char *name = string_is(channel, "sms") ? "SMS" : channel;
    return arena_format(arena, "%s %s", name, kind == NEWS_KEYS ? "key" : "reply");
}

/* A key that means something was pressed by somebody: that call has reached a person. */
static void keys_receipt(struct daemon *daemon, const struct callback *callback)
{
    struct event event = {.kind = EVENT_PAGE_OUTCOME,
                          .actor = "pagerd",
                          .via = "callback",
                          .id = callback->page,
                          .attempt = callback->attempt,
                          .outcome = OUTCOME_DELIVERED};
    turn_step(daemon->turns, &event, NULL);
}

/* What somebody wrote or pressed becomes an event; `answer` is for that person. */
static void answer_take(struct daemon *daemon, struct callback_door *door, const struct news *news,
                        struct text *answer, struct reply_out *out)
{
    const struct callback *callback = door->callback;
    struct reply_in in = {.channel = door->channel,
                          .via = via_of(door->channel, news->kind, door->arena),
                          .address = news->from,
                          .page = callback->page,
                          .incident = news->incident,
                          .text = span_of(news->text)};
    if (news->kind == NEWS_KEYS) {
        const struct page *page = view_page(daemon->engine, callback->page);
        if (page == NULL || callback->is_over || news->action == NULL)
            return;
        in.user = page->user;
        in.incident = page->incident;
        keys_receipt(daemon, callback);
    }
    if (news->action != NULL)
        in.verb = reply_verb_parse(span_of(news->action));
    if (news->action != NULL && in.verb == REPLY_UNKNOWN)
        in.text = span_of(news->action);
    replies_take(daemon, &in, answer, out);
    door->is_lost = retort_is_lost(out->said.kind);
}

static enum callback_end callback_end_of(const struct fault *fault)
{
    return fault->kind == FAULT_DENIED ? CALLBACK_UNSIGNED : CALLBACK_INVALID;
}

enum callback_end callback_take(struct daemon *daemon, struct callback_door *door,
                                struct fault *fault)
{
    const struct config *config = reload_config(daemon->reload);
    struct callback *callback = door->callback;
    struct channel_settings settings;
    struct news news = {0};
    char code[CODE_TEXT_SIZE];
    const struct channel *channel =
        channel_configured(config, door->channel, door->is_second, &settings);
    if (channel == NULL || channel->receive == NULL)
        return CALLBACK_UNKNOWN;
    const char *about = arena_format(door->arena, "%s.%d/%s", door->channel,
                                     door->is_second ? 2 : 1, door->reference);
    if (!code_make(&settings, about, code) || !secret_equal(span_of(code), span_of(door->code)))
        return CALLBACK_UNKNOWN;
    callback->signature = header_find(door, channel->signature_header);
    callback->timestamp = header_find(door, channel->timestamp_header);
    callback->settings = &settings;
    callback->words = reload_words(daemon->reload);
    callback_fill(daemon, callback, door->arena);
    door->refusal = channel->refusal;
    if (!channel->receive(callback, &settings, door->arena, &news, fault)) {
        log_warning("callback refused channel=%s.%d what=%s: %s", door->channel,
                    door->is_second ? 2 : 1, callback->what, fault->text);
        return callback_end_of(fault);
    }
    CLEANUP(text_clear) struct text answer = {0};
    if (news.kind == NEWS_RECEIPT)
        receipt_take(daemon, callback, door->is_second, &news);
    if (news.kind == NEWS_LOOK)
        sirens_hurry(daemon->sirens, callback->page);
    struct reply_out out = {0};
    if (channel->chat != NULL && (news.kind == NEWS_BUTTON || news.kind == NEWS_COMMAND))
        door->is_lost = !rooms_take(daemon->rooms, channel, callback, &news, &answer);
    if (channel->chat == NULL && (news.kind == NEWS_REPLY || news.kind == NEWS_KEYS))
        answer_take(daemon, door, &news, &answer, &out);
    callback->said = out.user != NULL ? &out.said : NULL;
    if (channel->respond != NULL)
        door->content_type = channel->respond(callback, text_string(&answer), door->body);
    callback->words = NULL;
    callback->settings = NULL; /* both lived here */
    callback->said = NULL;
    return CALLBACK_TAKEN;
}
