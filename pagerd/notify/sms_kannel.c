/* SPDX-License-Identifier: MIT */
/*
 * sms_kannel.c - SMS by the sendsms interface of a Kannel gateway.
 *
 * The form with X-Kannel- headers is used, because with the other one the password would be part
 * of the URL, and URLs are logged. A form-encoded POST is refused by Kannel.
 *
 * Delivery reports and replies: Kannel 1.4.5 User's Guide, chapters "Delivery reports" (its
 * escapes and types) and "SMS services" (post-url). Kannel signs nothing: what it tells comes to an
 * address with a code that only it and pagerd know.
 *
 * sendsms takes no idempotency key (the same guide, "Using sendsms service"): what is sent twice
 * goes out twice.
 */
#include <string.h>

#include "base/utf8.h"
#include "notify/sms.h"

#define SENDSMS_PATH "/cgi-bin/sendsms"
#define DLR_MASK 31 /* all of 1, 2, 4, 8 and 16 */
#define DLR_FIELDS "type=%d&answer=%A&smsc=%i"

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
    const char *text = sms_text(letter, phone, arena);
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
    *header++ = arena_format(arena, "X-Kannel-Validity: %u", sms_validity_s(letter) / 60);
    const char *callback = sms_callback(letter, "status", arena);
    if (callback != NULL) {
        *header++ = arena_format(arena, "X-Kannel-DLR-Mask: %d", DLR_MASK);
        *header++ = arena_format(arena, "X-Kannel-DLR-Url: %s?%s", callback, DLR_FIELDS);
    }
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

/* What a type of report means; they come in any order. */
static const struct {
    const char *type;
    enum page_outcome outcome;
    bool is_provider_fault;
    const char *text;
} reports[] = {
    {"1", OUTCOME_DELIVERED, false, ""},
    {"2", OUTCOME_FAILED, false, "not delivered to the phone"},
    {"4", OUTCOME_SENT, false, ""}, /* queued at the operator's centre */
    {"8", OUTCOME_SENT, false, ""}, /* taken by the centre */
    {"16", OUTCOME_FAILED, true, "refused by the operator's centre"},
};

static const char *field_find(const struct callback *callback, const char *name)
{
    for (size_t i = 0; i < callback->field_count; i++)
        if (string_is(callback->names[i], name))
            return callback->values[i];
    return NULL;
}

static bool report_receive(const struct callback *callback, struct arena *arena, struct news *news,
                           struct fault *fault)
{
    const char *type = field_find(callback, "type");
    const char *answer = field_find(callback, "answer");
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
        if (!string_is(type, reports[i].type))
            continue;
        bool has_answer = reports[i].outcome == OUTCOME_FAILED && has_text(answer);
        *news = (struct news){
            .kind = NEWS_RECEIPT,
            .outcome = reports[i].outcome,
            .is_provider_fault = reports[i].is_provider_fault,
            .error = has_answer ? arena_format(arena, "%s: %.*s", reports[i].text,
                                               (int)utf8_cut(span_of(answer), 100).size, answer)
                                : reports[i].text};
        return true;
    }
    return fault_set(fault, FAULT_INPUT, "it has no type of 1, 2, 4, 8 or 16");
}

/* What the phone wrote: UTF-8, or UTF-16 with the high byte first where letters are in it that the
 * GSM alphabet lacks (coding 2). */
static const char *body_copy(const struct callback *callback, struct arena *arena)
{
    CLEANUP(text_clear) struct text text = {0};
    CLEANUP(text_clear) struct text clean = {0};
    struct span body = callback->body;
    bool is_wide = string_is(field_find(callback, "coding"), "2") ||
                   (body.size > 0 && memchr(body.bytes, '\0', body.size) != NULL);
    if (is_wide)
        for (size_t i = 0; i + 1 < body.size; i += 2)
            utf8_add(&text, (uint32_t)(unsigned char)body.bytes[i] << 8 |
                                (unsigned char)body.bytes[i + 1]);
    else
        text_add_span(&text, body);
    utf8_add_clean(&clean, text_span(&text));
    return arena_copy_span(arena, span_trim(text_span(&clean)));
}

static bool kannel_receive(const struct callback *callback, const struct channel_settings *settings,
                           struct arena *arena, struct news *news, struct fault *fault)
{
    (void)settings; /* the code in the address is all that Kannel can show */
    if (string_is(callback->what, "status"))
        return report_receive(callback, arena, news, fault);
    if (!string_is(callback->what, "reply"))
        return fault_set(fault, FAULT_INPUT, "nothing is known of what it tells");
    *news = (struct news){.kind = NEWS_REPLY,
                          .from = field_find(callback, "from"),
                          .text = body_copy(callback, arena),
                          .reference = field_find(callback, "id")};
    if (!has_text(news->from))
        return fault_set(fault, FAULT_INPUT,
                         "the post-url has no from=%%p: copy it as pagerd --callbacks prints it");
    return true;
}

/* Anything but 200 makes Kannel text an error to the phone. */
static const char *kannel_respond(const struct callback *callback, const char *text,
                                  struct text *body)
{
    if (string_is(callback->what, "reply"))
        text_add(body, text);
    return "text/plain; charset=UTF-8";
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
    .has_replies = true,
    .receive = kannel_receive,
    .respond = kannel_respond,
    .probe = kannel_probe,
    .judge_probe = kannel_judge_probe,
};
