/* SPDX-License-Identifier: MIT */
/*
 * sms_twilio.c - text messages by Twilio, with receipts and replies.
 *
 * https://www.twilio.com/docs/messaging/api/message-resource
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status
 * https://www.twilio.com/docs/messaging/twiml
 *
 * A message takes no idempotency key: none of the first page's parameters is one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "notify/sms.h"
#include "notify/twilio.h"

#define SERVICE_SID_SIZE 34 /* MG and 32 hexadecimal digits */

static bool is_service(const char *from)
{
    return strncmp(from, "MG", 2) == 0 && strlen(from) == SERVICE_SID_SIZE;
}

static bool twilio_sms_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!twilio_check(settings, fault))
        return false;
    if (!has_text(settings->from))
        return fault_set(fault, FAULT_INPUT,
                         "from is missing: a number of the account, a sender's name, or the SID "
                         "of a messaging service (MG...)");
    return true;
}

static bool twilio_sms_render(const struct letter *letter, const struct channel_settings *settings,
                              struct arena *arena, struct request *request, struct fault *fault)
{
    const char *phone;
    if (!twilio_sms_check(settings, fault) ||
        !phone_normalize(letter->address, arena, &phone, fault))
        return false;
    const char *text = sms_text(letter, phone, arena);
    CLEANUP(text_clear) struct text form = {0};
    twilio_add_field(&form, "To", phone);
    twilio_add_field(&form, is_service(settings->from) ? "MessagingServiceSid" : "From",
                     settings->from);
    twilio_add_field(&form, "Body", text);
    /* By default it would be kept for ten hours. */
    twilio_add_field(&form, "ValidityPeriod", arena_format(arena, "%u", sms_validity_s(letter)));
    twilio_add_field(&form, "StatusCallback", sms_callback(letter, "status", arena));
    struct span body = {arena_copy_span(arena, text_span(&form)), form.size};
    twilio_request(settings, "Messages.json", body, arena, request);
    request->text = text;
    return true;
}

/* A message that was refused at once says so in a status of its own. */
static void twilio_sms_judge(const struct result *result, const struct channel_settings *settings,
                             struct verdict *verdict)
{
    twilio_judge(result, settings, verdict);
    if (verdict->outcome != OUTCOME_SENT)
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = NULL;
    struct fault fault;
    if (json_parse(arena, result->body, &answer, &fault))
        twilio_judge_message(json_string(answer, "status"), json_integer(answer, "error_code", 0),
                             verdict);
}

static bool twilio_sms_poll(const char *reference, const struct channel_settings *settings,
                            struct arena *arena, struct request *request, struct fault *fault)
{
    if (!twilio_sms_check(settings, fault))
        return false;
    CLEANUP(text_clear) struct text sid = {0};
    text_add_url(&sid, reference);
    const char *resource = arena_format(arena, "Messages/%s.json", text_string(&sid));
    twilio_request(settings, resource, (struct span){"", 0}, arena, request);
    return true;
}

/* Of an answer that says nothing of the message nothing follows: it is asked again. */
static void twilio_sms_judge_poll(const struct result *result,
                                  const struct channel_settings *settings, struct verdict *verdict)
{
    (void)settings;
    *verdict = (struct verdict){.outcome = OUTCOME_SENT};
    if (result->end != TRANSFER_ANSWERED || result->code != 200)
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = NULL;
    struct fault fault;
    if (json_parse(arena, result->body, &answer, &fault))
        twilio_judge_message(json_string(answer, "status"), json_integer(answer, "error_code", 0),
                             verdict);
}

static bool status_receive(const struct callback *callback, struct arena *arena, struct news *news,
                           struct fault *fault)
{
    const char *status = twilio_field(callback, "MessageStatus", arena);
    const char *code = twilio_field(callback, "ErrorCode", arena);
    struct verdict verdict = {0};
    if (!has_text(status))
        return fault_set(fault, FAULT_INPUT, "it has no MessageStatus");
    twilio_judge_message(status, code != NULL ? strtol(code, NULL, 10) : 0, &verdict);
    *news = (struct news){.kind = NEWS_RECEIPT,
                          .outcome = verdict.outcome,
                          .is_provider_fault = verdict.is_provider_fault,
                          .is_link_refused = verdict.is_link_refused,
                          .error = arena_copy(arena, verdict.error),
                          .reference = twilio_field(callback, "MessageSid", arena)};
    return true;
}

static bool reply_receive(const struct callback *callback, struct arena *arena, struct news *news,
                          struct fault *fault)
{
    *news = (struct news){.kind = NEWS_REPLY,
                          .from = twilio_field(callback, "From", arena),
                          .text = twilio_field(callback, "Body", arena),
                          .reference = twilio_field(callback, "MessageSid", arena)};
    if (!has_text(news->from) || news->text == NULL)
        return fault_set(fault, FAULT_INPUT, "it has no From or no Body");
    return true;
}

static bool twilio_sms_receive(const struct callback *callback,
                               const struct channel_settings *settings, struct arena *arena,
                               struct news *news, struct fault *fault)
{
    if (!twilio_verify(callback, settings, fault))
        return false;
    if (string_is(callback->what, "status"))
        return status_receive(callback, arena, news, fault);
    if (string_is(callback->what, "reply"))
        return reply_receive(callback, arena, news, fault);
    return fault_set(fault, FAULT_INPUT, "nothing is known of what it tells");
}

static const char *twilio_sms_respond(const struct callback *callback, const char *text,
                                      struct text *body)
{
    if (!string_is(callback->what, "reply"))
        return NULL;
    text_add(body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>");
    if (has_text(text)) {
        text_add(body, "<Message>");
        text_add_html(body, text);
        text_add(body, "</Message>");
    }
    text_add(body, "</Response>\n");
    return "text/xml; charset=utf-8";
}

const struct channel channel_sms_twilio = {
    .channel = "sms",
    .driver = "twilio",
    .is_quiet = false,
    .render = twilio_sms_render,
    .judge = twilio_sms_judge,
    .check = twilio_sms_check,
    .signature_header = TWILIO_SIGNATURE,
    .has_replies = true,
    .receive = twilio_sms_receive,
    .respond = twilio_sms_respond,
    .poll = twilio_sms_poll,
    .judge_poll = twilio_sms_judge_poll,
    .probe = twilio_probe,
    .judge_probe = twilio_judge_probe,
};
