/* SPDX-License-Identifier: MIT */
/*
 * sms_vonage.c - text messages by Vonage's SMS API, with receipts and replies.
 *
 * The SMS API rather than the Messages API: it takes the receipt's address with each message and
 * signs receipts and replies over all their fields and the time; the other tells of messages only
 * where there is an application with an RSA key besides.
 *
 * There is no idempotency key: client-ref only comes back in receipts.
 *
 * https://developer.vonage.com/en/api/sms
 * https://developer.vonage.com/en/messaging/sms/guides/troubleshooting-sms
 * https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts
 * https://developer.vonage.com/en/getting-started/concepts/signing-messages
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/sign.h"
#include "notify/form.h"
#include "notify/sms.h"

#define VONAGE_SERVER "https://rest.nexmo.com"
#define AGE_MAX_MS (1 * HOUR_MS) /* of what it signed: news that old is of no use, or a replay */
#define AHEAD_MAX_MS (5 * MINUTE_MS) /* by which its clock may go before ours */
#define SIGNATURE_SIZE (2 * HASH_SIZE)

static bool vonage_check(const struct channel_settings *settings, struct fault *fault)
{
    if (!has_text(settings->account) || !has_text(settings->token))
        return fault_set(fault, FAULT_INPUT,
                         "account and token are needed: the API key and the API secret");
    if (!has_text(settings->from))
        return fault_set(fault, FAULT_INPUT, "from is missing: a number or a sender's name");
    if (!has_text(settings->secret))
        return fault_set(fault, FAULT_INPUT,
                         "secret is missing: the signature secret, which proves what Vonage tells "
                         "(signature method SHA-256 HMAC in its dashboard)");
    return !has_text(settings->server) || request_url_check(settings->server, fault);
}

/* "+4915550100001" without its plus. */
static const char *msisdn_of(const char *phone)
{
    return phone[0] == '+' ? phone + 1 : phone;
}

static void field_add(struct text *form, const char *name, const char *value)
{
    if (!has_text(value))
        return;
    text_addf(form, "%s%s=", form->size > 0 ? "&" : "", name);
    text_add_url(form, value);
}

static const char *vonage_url(const struct channel_settings *settings, const char *path,
                              struct arena *arena)
{
    const char *server = has_text(settings->server) ? settings->server : VONAGE_SERVER;
    size_t size = strlen(server);
    return arena_format(arena, "%.*s%s", (int)(size - (server[size - 1] == '/')), server, path);
}

static bool vonage_render(const struct letter *letter, const struct channel_settings *settings,
                          struct arena *arena, struct request *request, struct fault *fault)
{
    const char *phone;
    if (!vonage_check(settings, fault) || !phone_normalize(letter->address, arena, &phone, fault))
        return false;
    const char *text = sms_text(letter, phone, arena);
    CLEANUP(text_clear) struct text form = {0};
    field_add(&form, "api_key", settings->account);
    field_add(&form, "api_secret", settings->token);
    field_add(&form, "to", msisdn_of(phone));
    field_add(&form, "from", msisdn_of(settings->from));
    field_add(&form, "text", text);
    field_add(&form, "type", "text");
    field_add(&form, "ttl", arena_format(arena, "%u000", sms_validity_s(letter)));
    field_add(&form, "client-ref", arena_format(arena, "%" PRIu64, letter->page));
    const char *callback = sms_callback(letter, "status", arena);
    field_add(&form, "callback", callback);
    field_add(&form, "status-report-req", callback != NULL ? "1" : "0");
    *request = (struct request){
        .kind = REQUEST_HTTP,
        .url = vonage_url(settings, "/sms/json", arena),
        .method = "POST",
        .headers = {"Content-Type: application/x-www-form-urlencoded"},
        .header_count = 1,
        .body = {arena_copy_span(arena, text_span(&form)), form.size},
        .ca_file = settings->ca_file,
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
        .text = text,
    };
    explicit_bzero(form.bytes, form.size);
    return true;
}

#define FAILED OUTCOME_FAILED
#define RETRY OUTCOME_RETRY

/* `is_ours`: another provider might carry the page. */
struct code_row {
    const char *code;
    enum page_outcome outcome;
    bool is_ours;
    const char *text;
};

/* Of the answer to a message; all of them come with HTTP 200. */
static const struct code_row answers[] = {
    {"1", RETRY, true, "more messages at once than the account may send"},
    {"2", FAILED, true, "a parameter is missing"},
    {"3", FAILED, true, "a parameter is not valid"},
    {"4", FAILED, true, "API key or secret is refused"},
    {"5", RETRY, true, "Vonage has an inner fault"},
    {"6", FAILED, false, "the number cannot be sent to"},
    {"7", FAILED, false, "the number is barred"},
    {"8", FAILED, true, "the account is suspended"},
    {"9", FAILED, true, "the account has no credit left"},
    {"10", RETRY, true, "too many connections at once"},
    {"11", FAILED, true, "the account may not use the SMS API"},
    {"12", FAILED, false, "the text is too long"},
    {"14", FAILED, true, "the signature is refused"},
    {"15", FAILED, true, "from may not be used as a sender there"},
    {"22", FAILED, true, "the network code is not known"},
    {"23", FAILED, true, "the url of pagerd cannot be used for receipts"},
    {"29", FAILED, true, "a trial account sends to listed numbers only"},
    {"32", FAILED, true, "the account wants signed requests only"},
    {"33", FAILED, false, "the number is deactivated"},
};

/* Of a receipt (err-code). */
static const struct code_row receipts[] = {
    {"1", FAILED, true, "the carrier did not say why"},
    {"2", FAILED, false, "the phone is off or out of reach"},
    {"3", FAILED, false, "the number is no longer in service"},
    {"4", FAILED, false, "the phone bars messages"},
    {"5", FAILED, true, "the number's carrier is not known"},
    {"6", FAILED, false, "a carrier filtered the text"},
    {"7", FAILED, false, "the phone was busy"},
    {"8", FAILED, true, "the carrier's network failed"},
    {"9", FAILED, false, "the number is not valid"},
    {"10", FAILED, false, "the text is not valid"},
    {"11", FAILED, true, "there is no route to that carrier"},
    {"12", FAILED, true, "the carrier cannot be reached"},
    {"13", FAILED, false, "the carrier wants the subscriber's age"},
    {"14", FAILED, false, "the carrier blocks the number"},
    {"15", FAILED, false, "the subscriber has no credit left"},
    {"16", FAILED, true, "the gateway's quota is used up"},
    {"50", FAILED, true, "the sender is not registered there"},
    {"51", FAILED, true, "the sender's name is not registered there"},
    {"52", FAILED, false, "a carrier filtered the text"},
    {"53", FAILED, false, "the subscriber has not agreed to messages"},
    {"54", FAILED, true, "a regulation of that country forbids it"},
    {"99", FAILED, true, "the carrier did not say why"},
};

static void code_judge(const struct code_row *rows, size_t count, const char *code,
                       struct verdict *verdict)
{
    CLEANUP(text_clear) struct text error = {0};
    verdict->outcome = OUTCOME_FAILED;
    verdict->is_provider_fault = true;
    text_addf(&error, "Vonage %s", has_text(code) ? code : "gave no code");
    for (size_t i = 0; i < count; i++)
        if (string_is(rows[i].code, code)) {
            verdict->outcome = rows[i].outcome;
            verdict->is_provider_fault = rows[i].is_ours;
            text_addf(&error, ": %s", rows[i].text);
        }
    verdict_set_error(verdict, text_string(&error));
}

/* More than one part would be judged by its first: pagerd's texts have one. */
static void vonage_judge(const struct result *result, const struct channel_settings *settings,
                         struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    if (result->code < 200 || result->code >= 300) {
        judge_refusal(result, settings, verdict);
        return;
    }
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = NULL;
    struct fault fault;
    const struct json *messages =
        json_parse(arena, result->body, &answer, &fault) ? json_find(answer, "messages") : NULL;
    const struct json *message = messages != NULL ? messages->first : NULL;
    const char *status = json_text(message, "status");
    const char *id = json_string(message, "message-id");
    if (status == NULL) {
        verdict->outcome = OUTCOME_UNKNOWN;
        verdict->is_provider_fault = true;
        verdict_set_error(verdict, "answered with success, but not of a message");
        return;
    }
    if (!string_is(status, "0")) {
        code_judge(answers, sizeof answers / sizeof *answers, status, verdict);
        return;
    }
    verdict->outcome = OUTCOME_SENT;
    if (has_text(id) && strlen(id) < sizeof verdict->reference)
        strcpy(verdict->reference, id);
}

/* The fields of a form, of the members of a JSON object, or of a query: as they were signed. */
static bool fields_read(const struct callback *callback, struct arena *arena, struct form *form,
                        struct fault *fault)
{
    const struct json *json = NULL;
    bool is_json = callback->body.size > 0 && callback->body.bytes[0] == '{';
    bool is_all = true;
    if (is_json && !json_parse(arena, callback->body, &json, fault))
        return fault_prefix(fault, "its body");
    if (is_json) {
        for (const struct json *at = json->first; at != NULL && is_all; at = at->next)
            is_all = form_add(form, at->key, at->text != NULL ? at->text : "");
    } else if (callback->body.size > 0) {
        is_all = form_read(form, callback->body, arena);
    } else {
        for (size_t i = 0; i < callback->field_count && is_all; i++)
            is_all = form_add(form, callback->names[i], callback->values[i]);
    }
    return is_all ||
           fault_set(fault, FAULT_INPUT, "it has more than %d fields", CALLBACK_FIELDS_MAX);
}

/* "&name=value" of all fields but the signature, sorted by name, with _ for & and = in values. */
static void signed_add(struct text *text, const struct form *sorted)
{
    for (size_t i = 0; i < sorted->count; i++) {
        const struct form_field *field = &sorted->fields[i];
        if (string_is(field->name, "sig"))
            continue;
        text_addf(text, "&%s=", field->name);
        for (const char *at = field->value; *at != '\0'; at++)
            text_add_char(text, *at == '&' || *at == '=' ? '_' : *at);
    }
}

static bool vonage_verify(struct form *form, const struct channel_settings *settings, msec now_at,
                          struct arena *arena, struct fault *fault)
{
    CLEANUP(text_clear) struct text message = {0};
    CLEANUP(text_clear) struct text given = {0};
    CLEANUP(text_clear) struct text expected = {0};
    unsigned char code[HASH_SIZE];
    const char *sig = form_find(form, "sig", arena);
    if (!has_text(sig))
        return fault_set(fault, FAULT_DENIED,
                         "it is not signed: signed webhooks (SHA-256 HMAC) are switched on in the "
                         "settings of Vonage's dashboard");
    form_sort(form);
    signed_add(&message, form);
    hmac_sha256(span_of(settings->secret), text_span(&message), code);
    for (size_t i = 0; i < HASH_SIZE; i++)
        text_addf(&expected, "%02x", code[i]);
    for (const char *at = sig; *at != '\0' && given.size <= SIGNATURE_SIZE; at++)
        text_add_char(&given, (char)tolower((unsigned char)*at));
    if (!secret_equal(text_span(&given), text_span(&expected)))
        return fault_set(fault, FAULT_DENIED,
                         "its signature is not of the secret (the method must be SHA-256 HMAC)");
    const char *timestamp = form_find(form, "timestamp", arena);
    msec at = timestamp != NULL ? (msec)strtoll(timestamp, NULL, 10) * SECOND_MS : 0;
    if (at < now_at - AGE_MAX_MS || at > now_at + AHEAD_MAX_MS)
        return fault_set(fault, FAULT_DENIED,
                         "it was signed too long ago, or by a clock that "
                         "differs from ours");
    return true;
}

/* https://developer.vonage.com/en/messaging/sms/guides/delivery-receipts: values of its status */
static bool status_receive(const struct form *form, struct arena *arena, struct news *news,
                           struct fault *fault)
{
    static const char *const on_the_way[] = {"accepted", "buffered"};
    const char *status = form_find(form, "status", arena);
    struct verdict verdict = {.outcome = OUTCOME_SENT};
    if (!has_text(status))
        return fault_set(fault, FAULT_INPUT, "it has no status");
    bool is_on_the_way = false;
    for (size_t i = 0; i < sizeof on_the_way / sizeof *on_the_way; i++)
        is_on_the_way = is_on_the_way || string_is(status, on_the_way[i]);
    const char *code = form_find(form, "err-code", arena);
    if (string_is(status, "delivered"))
        verdict.outcome = OUTCOME_DELIVERED;
    else if (!is_on_the_way)
        code_judge(receipts, sizeof receipts / sizeof *receipts, code, &verdict);
    *news = (struct news){.kind = NEWS_RECEIPT,
                          .outcome = verdict.outcome,
                          .is_provider_fault = verdict.is_provider_fault,
                          .is_link_refused = verdict.outcome == OUTCOME_FAILED &&
                                             (string_is(code, "6") || string_is(code, "52")),
                          .error = arena_copy(arena, verdict.error),
                          .reference = form_find(form, "messageId", arena)};
    return true;
}

static bool reply_receive(const struct form *form, struct arena *arena, struct news *news,
                          struct fault *fault)
{
    const char *from = form_find(form, "msisdn", arena);
    *news = (struct news){.kind = NEWS_REPLY,
                          .from = has_text(from) ? arena_format(arena, "+%s", msisdn_of(from)) : "",
                          .text = form_find(form, "text", arena),
                          .reference = form_find(form, "messageId", arena)};
    if (!has_text(news->from) || news->text == NULL)
        return fault_set(fault, FAULT_INPUT, "it has no msisdn or no text");
    return true;
}

static bool vonage_receive(const struct callback *callback, const struct channel_settings *settings,
                           struct arena *arena, struct news *news, struct fault *fault)
{
    struct form form = {.count = 0};
    if (!has_text(settings->secret))
        return fault_set(fault, FAULT_DENIED, "there is no signature secret to check it by");
    if (!fields_read(callback, arena, &form, fault) ||
        !vonage_verify(&form, settings, callback->now_at, arena, fault))
        return false;
    if (string_is(callback->what, "status"))
        return status_receive(&form, arena, news, fault);
    if (string_is(callback->what, "reply"))
        return reply_receive(&form, arena, news, fault);
    return fault_set(fault, FAULT_INPUT, "nothing is known of what it tells");
}

/* https://developer.vonage.com/en/api/account: the balance, which every key may ask for. */
static bool vonage_probe(const struct channel_settings *settings, struct arena *arena,
                         struct request *request, struct fault *fault)
{
    if (!vonage_check(settings, fault))
        return false;
    *request = (struct request){
        .kind = REQUEST_HTTP,
        .url = vonage_url(settings, "/account/get-balance", arena),
        .method = "GET",
        .user = settings->account,
        .password = settings->token,
        .ca_file = settings->ca_file,
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = HTTP_TOTAL_MS,
    };
    return true;
}

static void vonage_judge_probe(const struct result *result, const struct channel_settings *settings,
                               struct verdict *verdict)
{
    if (judge_transfer(result, verdict))
        return;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct json *answer = NULL;
    struct fault fault;
    if (result->code != 200) {
        judge_refusal(result, settings, verdict);
        return;
    }
    const struct json *value =
        json_parse(arena, result->body, &answer, &fault) ? json_find(answer, "value") : NULL;
    bool has_credit = value != NULL && value->kind == JSON_NUMBER && value->number > 0;
    verdict->outcome = has_credit ? OUTCOME_DELIVERED : OUTCOME_FAILED;
    verdict->is_provider_fault = !has_credit;
    if (!has_credit)
        verdict_set_error(verdict, value != NULL ? "the account has no credit left"
                                                 : "that is not Vonage that answers");
}

const struct channel channel_sms_vonage = {
    .channel = "sms",
    .driver = "vonage",
    .is_quiet = false,
    .render = vonage_render,
    .judge = vonage_judge,
    .check = vonage_check,
    .has_replies = true,
    .receive = vonage_receive,
    .probe = vonage_probe,
    .judge_probe = vonage_judge_probe,
};
