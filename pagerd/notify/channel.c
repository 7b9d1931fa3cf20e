/* SPDX-License-Identifier: MIT */
/* channel.c - the table of channels, and what they have in common. */
#include "notify/channel.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

#define SECRET_MIN 8  /* bytes of a word that may be a key */
#define QUOTE_MAX 120 /* bytes of an answer that an error repeats */

static const struct channel *const channels[] = {
    &channel_ntfy,
    &channel_gotify,
    &channel_pushover,
    &channel_exec,
    &channel_email,
    &channel_sms_kannel,
    &channel_sms_http,
    &channel_sms_twilio,
    &channel_sms_vonage,
    &channel_voice_twilio,
    &channel_sms_smstools,
    &channel_sms_gammu,
    &channel_inbox,
    /* rooms: */
    &channel_slack,
    &channel_mattermost,
    &channel_teams,
    &channel_discord,
    &channel_matrix,
    &channel_telegram,
};

#define CHANNEL_COUNT (sizeof channels / sizeof *channels)

bool has_text(const char *string)
{
    return string != NULL && string[0] != '\0';
}

bool has_part(struct span whole, struct span part)
{
    if (part.size == 0 || part.size > whole.size)
        return false;
    return memmem(whole.bytes, whole.size, part.bytes, part.size) != NULL;
}

bool request_url_check(const char *url, struct fault *fault)
{
    struct span span = span_of(url);
    if (!span_has_prefix(span, "http://") && !span_has_prefix(span, "https://"))
        return fault_set(fault, FAULT_INPUT, "the url must start with https:// or http://");
    if (span.size >= REQUEST_URL_SIZE)
        return fault_set(fault, FAULT_LIMIT, "the url is too long");
    for (size_t i = 0; i < span.size; i++)
        if ((unsigned char)url[i] <= ' ' || url[i] == 0x7F)
            return fault_set(fault, FAULT_INPUT, "the url has a space or control in it");
    const char *host = strstr(url, "://") + 3;
    if (memchr(host, '@', strcspn(host, "/?#")) != NULL)
        return fault_set(fault, FAULT_INPUT, "the url has a user in it: use user and password");
    return true;
}

/* What the end of a transfer means; ANSWERED is for the channel. */
static const enum page_outcome outcomes[TRANSFER_COUNT] = {
    [TRANSFER_ANSWERED] = OUTCOME_COUNT, [TRANSFER_UNREACHED] = OUTCOME_RETRY,
    [TRANSFER_BROKEN] = OUTCOME_RETRY,   [TRANSFER_UNCERTAIN] = OUTCOME_UNKNOWN,
    [TRANSFER_LOGIN] = OUTCOME_FAILED,   [TRANSFER_UNTRUSTED] = OUTCOME_FAILED,
    [TRANSFER_INVALID] = OUTCOME_FAILED, [TRANSFER_TOO_LARGE] = OUTCOME_FAILED,
    [TRANSFER_LATE] = OUTCOME_RETRY,     [TRANSFER_GOES_ON] = OUTCOME_UNKNOWN,
};

void verdict_set_error(struct verdict *verdict, const char *reason)
{
    CLEANUP(text_clear) struct text clean = {0};
    text_add_terminal(&clean, reason);
    struct span cut = utf8_cut(text_span(&clean), sizeof verdict->error - 1);
    memcpy(verdict->error, text_string(&clean), cut.size);
    verdict->error[cut.size] = '\0';
}

bool judge_transfer(const struct result *result, struct verdict *verdict)
{
    assert(result->end < TRANSFER_COUNT);
    *verdict = (struct verdict){0};
    if (result->end == TRANSFER_ANSWERED)
        return false;
    verdict->outcome = outcomes[result->end];
    verdict->is_provider_fault = result->end != TRANSFER_INVALID;
    verdict_set_error(verdict, has_text(result->error) ? result->error : "the transfer failed");
    return true;
}

/* Any word of a setting that is long enough to be a key may be one. */
static bool has_word_of(struct span body, const char *setting)
{
    for (const char *at = has_text(setting) ? setting : ""; *at != '\0';) {
        size_t size = strcspn(at, " \t\"'{}[]<>:;,&=?");
        if (size >= SECRET_MIN && at[0] != '$' && has_part(body, (struct span){at, size}))
            return true;
        at += size > 0 ? size : 1;
    }
    return false;
}

/* Some gateways repeat in their errors what they were sent. */
static bool has_secret(struct span body, const struct channel_settings *settings)
{
    for (size_t i = 0; i < settings->header_count; i++)
        if (has_word_of(body, settings->headers[i]))
            return true;
    const char *const secrets[] = {settings->password, settings->token, settings->key,
                                   settings->secret};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (has_part(body, span_of(secrets[i])))
            return true;
    return has_word_of(body, settings->body) || has_word_of(body, settings->url);
}

/* Login, credit, an address of the provider that is gone, quota: not about this page. */
static bool is_of_provider(uint32_t code)
{
    return code >= 500 || code == 401 || code == 402 || code == 403 || code == 404 || code == 405 ||
           code == 408 || code == 425 || code == 429 || code < 400;
}

void judge_refusal(const struct result *result, const struct channel_settings *settings,
                   struct verdict *verdict)
{
    CLEANUP(text_clear) struct text reason = {0};
    CLEANUP(text_clear) struct text quote = {0};
    text_addf(&reason, "answered %u", (unsigned)result->code);
    utf8_add_clean(&quote, span_trim(utf8_cut(result->body, QUOTE_MAX)));
    /* Also as it would be shown: a secret may have had controls in it that are gone now. */
    if (quote.size > 0 && !has_secret(result->body, settings) &&
        !has_secret(text_span(&quote), settings))
        text_addf(&reason, ": %s", text_string(&quote));
    verdict_set_error(verdict, text_string(&reason));
    bool is_for_now = result->code == 408 || result->code == 425 || result->code == 429;
    bool is_for_good = result->code >= 300 && result->code < 500 && !is_for_now;
    verdict->outcome = is_for_good ? OUTCOME_FAILED : OUTCOME_RETRY;
    verdict->is_provider_fault = is_of_provider(result->code);
}

bool probe_connect(const struct channel_settings *settings, struct arena *arena,
                   struct request *request, struct fault *fault)
{
    if (!request_url_check(settings->url, fault))
        return false;
    const char *host = strstr(settings->url, "://") + 3;
    size_t size = (size_t)(host - settings->url) + strcspn(host, "/?#");
    *request = (struct request){
        .kind = REQUEST_HTTP,
        .url = arena_copy_span(arena, (struct span){settings->url, size}),
        .method = "GET",
        .is_probe = true,
        .ca_file = settings->ca_file,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
    };
    return true;
}

void judge_connect(const struct result *result, const struct channel_settings *settings,
                   struct verdict *verdict)
{
    (void)settings;
    if (!judge_transfer(result, verdict))
        verdict->outcome = OUTCOME_DELIVERED;
}

void judge_reference(const struct result *result, const char *key, struct verdict *verdict)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *json = NULL;
    struct fault fault;
    const char *id = json_parse(arena, result->body, &json, &fault) ? json_text(json, key) : NULL;
    if (!has_text(id)) {
        verdict->outcome = OUTCOME_RETRY;
        verdict->is_provider_fault = true;
        verdict_set_error(verdict, "answered, but without the id of a message");
        return;
    }
    verdict->outcome = OUTCOME_SENT;
    CLEANUP(text_clear) struct text clean = {0};
    text_add_terminal(&clean, id);
    struct span cut = utf8_cut(text_span(&clean), sizeof verdict->reference - 1);
    memcpy(verdict->reference, text_string(&clean), cut.size);
    verdict->reference[cut.size] = '\0';
}

const struct channel *channel_find(const char *channel, const char *driver)
{
    const struct channel *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < CHANNEL_COUNT; i++) {
        if (!string_is(channels[i]->channel, channel))
            continue;
        if (has_text(driver) && channels[i]->driver != NULL &&
            !string_is(channels[i]->driver, driver))
            continue;
        found = channels[i];
        count++;
    }
    return count == 1 ? found : NULL;
}

const struct channel *channel_each(size_t *cursor)
{
    return *cursor < CHANNEL_COUNT ? channels[(*cursor)++] : NULL;
}
