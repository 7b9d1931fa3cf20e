/* SPDX-License-Identifier: MIT */
/*
 * sms_kannel.c - SMS by the sendsms interface of a Kannel gateway.
 *
 * The form with X-Kannel- headers is used, because with the other one the password would be part
 * of the URL, and URLs are logged. A form-encoded POST is refused by Kannel.
 */
#include <string.h>

#include "notify/channel.h"

#define SENDSMS_PATH "/cgi-bin/sendsms"

/* The setting may be the gateway's root only. */
static const char *sendsms_url(struct arena *arena, const char *url)
{
    const char *host = strstr(url, "://") + 3;
    size_t size = strcspn(host, "/?#");
    if (host[size] == '\0')
        return arena_format(arena, "%s" SENDSMS_PATH, url);
    if (string_is(host + size, "/"))
        return arena_format(arena, "%.*s" SENDSMS_PATH, (int)(host + size - url), url);
    return arena_copy(arena, url);
}

static bool has_control(const char *string)
{
    for (const char *at = string; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F)
            return true;
    return false;
}

static bool kannel_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->url))
        return fault_set(fault, FAULT_INPUT, "url is missing");
    if (!has_text(settings->user) || !has_text(settings->password))
        return fault_set(fault, FAULT_INPUT, "user and password are needed");
    if (has_control(settings->user) || has_control(settings->password) ||
        has_control(settings->from))
        return fault_set(fault, FAULT_INPUT, "user, password or from has a control in it");
    return request_url_check(settings->url, fault);
}

static bool kannel_render(const struct letter *letter, const struct channel_settings *settings,
                          struct arena *arena, struct request *request, struct fault *fault)
{
    const char *phone;
    if (!kannel_check(settings, fault) || !phone_normalize(letter->address, arena, &phone, fault))
        return false;
    const char *text = letter_sms(letter, arena);
    *request = (struct request){
        .kind = REQUEST_HTTP,
        .url = sendsms_url(arena, settings->url),
        .method = "POST",
        .body = span_of(text),
        .ca_file = settings->ca_file,
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
        .text = text,
    };
    const char **header = request->headers;
    *header++ = "Content-Type: text/plain; charset=UTF-8";
    *header++ = arena_format(arena, "X-Kannel-Username: %s", settings->user);
    *header++ = arena_format(arena, "X-Kannel-Password: %s", settings->password);
    *header++ = arena_format(arena, "X-Kannel-To: %s", phone);
    if (has_text(settings->from))
        *header++ = arena_format(arena, "X-Kannel-From: %s", settings->from);
    request->header_count = (size_t)(header - request->headers);
    return true;
}

/* 202 "0: Accepted for delivery" and "3: Queued for later delivery" (the operator's centre is
 * away): both are in Kannel's hands, and escalation goes on by its own clock. */
static void kannel_judge(const struct result *result, const struct channel_settings *settings,
                         struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    bool is_good = result->code >= 200 && result->code < 300;
    struct span body = span_trim(result->body);
    bool is_told = body.size >= 2 && body.bytes[0] >= '0' && body.bytes[0] <= '9';
    if (is_good && is_told && !span_has_prefix(body, "0:") && !span_has_prefix(body, "3:"))
        is_good = false;
    verdict->outcome = OUTCOME_SENT;
    if (!is_good)
        judge_refusal(result, settings, verdict);
}

/* The same without a number: who is let in is told that it is missing (Kannel user guide, sendsms).
 */
static bool kannel_probe(const struct channel_settings *settings, struct arena *arena,
                         struct request *request, struct fault *fault)
{
    if (!kannel_check(settings, fault))
        return false;
    *request = (struct request){
        .kind = REQUEST_HTTP,
        .url = sendsms_url(arena, settings->url),
        .method = "POST",
        .body = SPAN("probe"),
        .ca_file = settings->ca_file,
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
        .headers = {"Content-Type: text/plain; charset=UTF-8",
                    arena_format(arena, "X-Kannel-Username: %s", settings->user),
                    arena_format(arena, "X-Kannel-Password: %s", settings->password)},
        .header_count = 3,
    };
    return true;
}

static void kannel_judge_probe(const struct result *result, const struct channel_settings *settings,
                               struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    if (result->code == 400 && has_part(result->body, SPAN("receiver")))
        verdict->outcome = OUTCOME_DELIVERED;
    else
        judge_refusal(result, settings, verdict);
}

const struct channel channel_sms_kannel = {
    .channel = "sms",
    .driver = "kannel",
    .is_quiet = false,
    .render = kannel_render,
    .judge = kannel_judge,
    .check = kannel_check,
    .probe = kannel_probe,
    .judge_probe = kannel_judge_probe,
};
