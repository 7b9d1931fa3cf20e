/* SPDX-License-Identifier: MIT */
/*
 * twilio.c - requests, signatures and error codes of Twilio.
 *
 * Requests and answers: https://www.twilio.com/docs/usage/requests-to-twilio and
 * https://www.twilio.com/docs/usage/twilios-response
 * Signatures: https://www.twilio.com/docs/usage/webhooks/webhooks-security
 * Codes: https://www.twilio.com/docs/api/errors
 */
#include "notify/twilio.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/sign.h"
#include "notify/form.h"

#define TWILIO_SERVER "https://api.twilio.com"
#define TWILIO_VERSION "/2010-04-01/Accounts/"
#define FILTERED_CODE 30007
#define SID_SIZE 34 /* two letters and 32 hexadecimal digits */

static bool is_sid(const char *text, const char *letters)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    return strlen(text) == SID_SIZE && strncmp(text, letters, 2) == 0 &&
           strspn(text + 2, digits) == SID_SIZE - 2;
}

bool twilio_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->account) || !is_sid(settings->account, "AC"))
        return fault_set(fault, FAULT_INPUT,
                         "account must be the account's SID: AC and 32 hexadecimal digits");
    if (!has_text(settings->token))
        return fault_set(fault, FAULT_INPUT,
                         "token is missing: the account's auth token, which also proves what "
                         "Twilio tells");
    if (has_text(settings->user) != has_text(settings->password))
        return fault_set(fault, FAULT_INPUT,
                         "user and password (an API key and its secret) need each other");
    return !has_text(settings->server) || request_url_check(settings->server, fault);
}

void twilio_add_field(struct text *form, const char *name, const char *value)
{
    if (!has_text(value))
        return;
    if (form->size > 0)
        text_add_char(form, '&');
    text_add_url(form, name);
    text_add_char(form, '=');
    text_add_url(form, value);
}

void twilio_request(const struct channel_settings *settings, const char *resource, struct span form,
                    struct arena *arena, struct request *request)
{
    const char *server = has_text(settings->server) ? settings->server : TWILIO_SERVER;
    size_t size = strlen(server);
    bool has_slash = server[size - 1] == '/';
    bool is_post = form.size > 0;
    *request = (struct request){
        .kind = REQUEST_HTTP,
        .url = arena_format(arena, "%.*s" TWILIO_VERSION "%s%s%s", (int)(size - has_slash), server,
                            settings->account, resource[0] != '\0' ? "/" : ".json", resource),
        .method = is_post ? "POST" : "GET",
        .body = form,
        .user = has_text(settings->user) ? settings->user : settings->account,
        .password = has_text(settings->user) ? settings->password : settings->token,
        .ca_file = settings->ca_file,
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
    };
    if (is_post)
        request->headers[request->header_count++] =
            "Content-Type: application/x-www-form-urlencoded";
}

/* The fields sorted by their names, name and value without anything between; one that comes twice
 * with the same value counts once, as in Twilio's own libraries. */
static void fields_add(struct text *text, const struct form *sorted)
{
    for (size_t i = 0; i < sorted->count; i++) {
        const struct form_field *field = &sorted->fields[i];
        if (i > 0 && string_is(field[-1].name, field->name) &&
            string_is(field[-1].value, field->value))
            continue;
        text_add(text, field->name);
        text_add(text, field->value);
    }
}

/* The address as each of the forms that Twilio may have signed: as it is; without its port; with
 * the usual port of its scheme. */
enum url_form { URL_AS_IT_IS, URL_WITHOUT_PORT, URL_WITH_PORT, URL_FORM_COUNT };

static void url_add(struct text *text, const char *url, enum url_form form)
{
    const char *mark = strstr(url, "://");
    const char *host = mark != NULL ? mark + 3 : url;
    size_t host_size = strcspn(host, "/?#");
    size_t bracket = host[0] == '[' ? strcspn(host, "]") : 0; /* of an IPv6 address */
    size_t name_size = bracket + strcspn(host + bracket, ":/?#");
    bool is_https = strncmp(url, "https:", 6) == 0;
    switch (form) {
    case URL_AS_IT_IS:
    case URL_FORM_COUNT:
        text_add(text, url);
        return;
    case URL_WITHOUT_PORT:
        text_add_bytes(text, url, (size_t)(host - url) + name_size);
        break;
    case URL_WITH_PORT:
        text_add_bytes(text, url, (size_t)(host - url) + name_size);
        text_add(text, is_https ? ":443" : ":80");
        break;
    }
    text_add(text, host + host_size);
}

static bool is_signed_by(const struct callback *callback, const char *token, struct span fields)
{
    bool is_signed = false;
    for (int form = 0; form < URL_FORM_COUNT; form++) {
        CLEANUP(text_clear) struct text message = {0};
        CLEANUP(text_clear) struct text expected = {0};
        unsigned char code[SHA1_SIZE];
        url_add(&message, callback->url, (enum url_form)form);
        text_add_span(&message, fields);
        hmac_sha1(span_of(token), text_span(&message), code);
        base64_add(&expected, (struct span){(const char *)code, sizeof code});
        if (secret_equal(text_span(&expected), span_of(callback->signature)))
            is_signed = true;
    }
    return is_signed;
}

bool twilio_verify(const struct callback *callback, const struct channel_settings *settings,
                   struct fault *fault)
{
    CLEANUP(text_clear) struct text fields = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct form form = {.count = 0};
    if (!has_text(callback->signature))
        return fault_set(fault, FAULT_DENIED, "it has no X-Twilio-Signature");
    if (!form_read(&form, callback->body, arena))
        return fault_set(fault, FAULT_INPUT, "it has more than %d fields", CALLBACK_FIELDS_MAX);
    form_sort(&form);
    fields_add(&fields, &form);
    const char *const tokens[] = {settings->token, settings->key};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++)
        if (has_text(tokens[i]) && is_signed_by(callback, tokens[i], text_span(&fields)))
            return true;
    return fault_set(fault, FAULT_DENIED,
                     "its X-Twilio-Signature is not of the account's token and this address; is "
                     "url the address that Twilio calls, and token the primary one?");
}

const char *twilio_field(const struct callback *callback, const char *name, struct arena *arena)
{
    struct form form = {.count = 0};
    return form_read(&form, callback->body, arena) ? form_find(&form, name, arena) : NULL;
}

#define FAILED OUTCOME_FAILED
#define RETRY OUTCOME_RETRY

/* `is_ours` is true where another provider might carry the page: the account, its numbers or
 * Twilio itself are at fault, not the phone or the text. Sorted by code. */
static const struct code_row {
    int64_t code;
    enum page_outcome outcome;
    bool is_ours;
    const char *text;
} codes[] = {
    {10001, FAILED, true, "the account is not active"},
    {10002, FAILED, true, "a trial account cannot do this"},
    {20003, FAILED, true, "account or token is refused"},
    {20005, FAILED, true, "the account is not active"},
    {20006, FAILED, true, "access to the account is refused"},
    {20008, FAILED, true, "test credentials cannot do this"},
    {20403, FAILED, true, "the account may not do this"},
    {20404, FAILED, true, "there is no such account or message"},
    {20429, RETRY, true, "too many requests at once"},
    {20500, RETRY, true, "Twilio has an inner fault"},
    {20503, RETRY, true, "Twilio is out of service"},
    {21205, FAILED, true, "the url of pagerd cannot be used"},
    {21210, FAILED, true, "from is not a verified number of the account"},
    {21211, FAILED, false, "the phone number is not valid"},
    {21212, FAILED, true, "from is not a valid number"},
    {21214, FAILED, false, "the phone number cannot be reached"},
    {21215, FAILED, true, "the account may not call that country: see its geographic permissions"},
    {21216, FAILED, true, "the account may not call that number"},
    {21217, FAILED, false, "the phone number does not seem valid"},
    {21219, FAILED, true, "a trial account calls verified numbers only"},
    {21264, FAILED, true, "from is not a valid number"},
    {21401, FAILED, false, "the phone number is not valid"},
    {21407, FAILED, false, "the phone number cannot take this"},
    {21408, FAILED, true,
     "the account may not send to that country: see its geographic permissions"},
    {21421, FAILED, false, "the phone number is not valid"},
    {21601, FAILED, true, "from cannot send text messages"},
    {21602, FAILED, false, "the message has no text"},
    {21603, FAILED, true, "from is missing"},
    {21604, FAILED, false, "the phone number is missing"},
    {21605, FAILED, false, "the text is too long"},
    {21606, FAILED, true, "from is not a number of the account that can send text messages"},
    {21608, FAILED, true, "a trial account sends to verified numbers only"},
    {21609, FAILED, true, "the url of pagerd cannot be used for receipts"},
    {21610, FAILED, false,
     "this person wrote STOP to the pager's number; to be paged again they text START to it"},
    {21611, RETRY, true, "the sender's queue is full"},
    {21612, FAILED, true, "from cannot reach that number"},
    {21614, FAILED, false, "the number is not a mobile phone"},
    {21617, FAILED, false, "the text is too long"},
    {21635, FAILED, false, "the number is a landline"},
    {21654, FAILED, true, "the content of the messaging service cannot be used"},
    {21659, FAILED, true, "from is not a number of Twilio"},
    {21660, FAILED, true, "from is not a number of this account"},
    {21661, FAILED, true, "from cannot send text messages"},
    {21701, FAILED, true, "there is no such messaging service"},
    {21703, FAILED, true, "the messaging service has no number that can send this"},
    {21704, FAILED, true, "the messaging service has no numbers"},
    {21705, FAILED, true, "there is no such messaging service"},
    {30001, RETRY, true, "the sender's queue is full"},
    {30002, FAILED, true, "the account is suspended"},
    {30003, FAILED, false, "the phone is off or out of reach"},
    {30004, FAILED, false, "the phone or its carrier blocks this"},
    {30005, FAILED, false, "the number is unknown or no longer in service"},
    {30006, FAILED, false, "the number is a landline, or its carrier cannot be reached"},
    {30007, FAILED, false, "a carrier filtered the text"},
    {30008, FAILED, true, "the carrier did not say why"},
    {30009, FAILED, true, "a part of the text was lost"},
    {30010, FAILED, true, "the price is above the account's limit"},
    {30017, RETRY, true, "the carrier's network is congested"},
    {30018, FAILED, true, "that country wants a registered sender"},
    {30022, RETRY, true, "the rate of the sender's campaign is exceeded"},
    {30023, FAILED, true, "the daily limit of the sender's brand is reached"},
    {30024, FAILED, true, "from is not provisioned for that carrier"},
    {30032, FAILED, true, "the toll-free number that sends is not verified"},
    {30034, FAILED, true, "from is not registered for US carriers (A2P 10DLC)"},
    {30036, FAILED, true, "it waited too long to be sent and has expired"},
    {30038, FAILED, true, "the carrier takes no one-time passwords"},
    {30039, FAILED, true, "it was taken for a loop of messages"},
    {30041, FAILED, true, "from is not registered for British carriers"},
    {30410, RETRY, true, "the carrier did not answer in time"},
    {30450, FAILED, true, "Twilio's own protection blocked it"},
    {30453, FAILED, true, "Twilio's protection against toll fraud blocked it"},
    {30454, FAILED, true, "the account's daily limit for that country is reached"},
    {30500, RETRY, true, "Twilio has an inner fault"},
    {32203, FAILED, true, "the call was blocked by Twilio's permissions"},
};

static int compare_code(const void *key, const void *row)
{
    int64_t code = *(const int64_t *)key;
    int64_t other = ((const struct code_row *)row)->code;
    return code < other ? -1 : code > other;
}

bool twilio_judge_code(int64_t code, struct verdict *verdict)
{
    if (code == 0)
        return false;
    const struct code_row *row =
        bsearch(&code, codes, sizeof codes / sizeof *codes, sizeof *codes, compare_code);
    verdict->outcome = row != NULL ? row->outcome : OUTCOME_FAILED;
    verdict->is_provider_fault = row == NULL || row->is_ours;
    verdict->is_link_refused = code == FILTERED_CODE;
    CLEANUP(text_clear) struct text error = {0};
    text_addf(&error, "Twilio %" PRId64, code);
    if (row != NULL)
        text_addf(&error, ": %s", row->text);
    verdict_set_error(verdict, text_string(&error));
    return true;
}

static const struct json *answer_parse(const struct result *result, struct arena *arena)
{
    const struct json *json = NULL;
    struct fault fault;
    return json_parse(arena, result->body, &json, &fault) && json->kind == JSON_OBJECT ? json
                                                                                       : NULL;
}

/* What is no success: by its own code, unless the status says that it is for now. */
static void judge_failure(const struct result *result, const struct json *answer,
                          const struct channel_settings *settings, struct verdict *verdict)
{
    if (!twilio_judge_code(json_integer(answer, "code", 0), verdict)) {
        judge_refusal(result, settings, verdict);
        return;
    }
    if (result->code == 429 || result->code >= 500)
        verdict->outcome = OUTCOME_RETRY;
    if (result->code == 429 || result->code >= 500 || result->code == 401 || result->code == 403)
        verdict->is_provider_fault = true;
}

void twilio_judge(const struct result *result, const struct channel_settings *settings,
                  struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = answer_parse(result, arena);
    if (result->code < 200 || result->code >= 300) {
        judge_failure(result, answer, settings, verdict);
        return;
    }
    const char *sid = json_string(answer, "sid");
    if (!has_text(sid) || strlen(sid) >= sizeof verdict->reference) {
        /* It may have been taken all the same: no error of Twilio's looks like this. */
        verdict->outcome = OUTCOME_UNKNOWN;
        verdict->is_provider_fault = true;
        verdict_set_error(verdict, "answered with success, but without the sid of a message");
        return;
    }
    strcpy(verdict->reference, sid);
    verdict->outcome = OUTCOME_SENT;
}

/* https://www.twilio.com/docs/messaging/api/message-resource: values of its status */
static const struct {
    const char *word;
    enum page_outcome outcome;
} states[] = {
    {"accepted", OUTCOME_SENT},   {"scheduled", OUTCOME_SENT}, {"queued", OUTCOME_SENT},
    {"sending", OUTCOME_SENT},    {"sent", OUTCOME_SENT},      {"delivered", OUTCOME_DELIVERED},
    {"read", OUTCOME_DELIVERED},  {"failed", OUTCOME_FAILED},  {"undelivered", OUTCOME_FAILED},
    {"canceled", OUTCOME_FAILED},
};

void twilio_judge_message(const char *status, int64_t code, struct verdict *verdict)
{
    verdict->outcome = OUTCOME_SENT; /* of a word that is not known nothing follows */
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (string_is(states[i].word, status))
            verdict->outcome = states[i].outcome;
    if (verdict->outcome == OUTCOME_FAILED && !twilio_judge_code(code, verdict)) {
        verdict->is_provider_fault = true;
        verdict_set_error(verdict, "Twilio gave it up without saying why");
    }
}

bool twilio_probe(const struct channel_settings *settings, struct arena *arena,
                  struct request *request, struct fault *fault)
{
    if (!twilio_check(settings, fault))
        return false;
    twilio_request(settings, "", (struct span){"", 0}, arena, request);
    return true;
}

void twilio_judge_probe(const struct result *result, const struct channel_settings *settings,
                        struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = answer_parse(result, arena);
    if (result->code != 200) {
        judge_failure(result, answer, settings, verdict);
        return;
    }
    const char *status = json_string(answer, "status");
    verdict->outcome = string_is(status, "active") ? OUTCOME_DELIVERED : OUTCOME_FAILED;
    verdict->is_provider_fault = verdict->outcome != OUTCOME_DELIVERED;
    if (verdict->is_provider_fault)
        verdict_set_error(verdict, status != NULL ? "the account is suspended or closed"
                                                  : "that is not Twilio that answers");
}
