/* SPDX-License-Identifier: MIT */
#include "http/sns.h"

#include <assert.h>

#include "base/id.h"
#include "base/sign.h"
#include "base/text.h"
#include "http/route.h"
#include "ingest/sns.h"

#define SIGNATURE_SIZE_MAX 1024 /* of RSA with 8192 bits */

/* Where a call stands that has been handed over. */
enum sns_stage { SNS_NEW, SNS_CERTIFICATE_ASKED, SNS_CONFIRMATION_ASKED };

struct sns_proof {
    enum sns_stage stage;
    bool is_fetched; /* the address that was asked answered with 200 */
    const char *certificate_url;
    const char *confirm_url; /* of a subscription that waits for it, or NULL */
    enum rsa_hash hash;
    const char *message; /* what is signed */
    char signature[SIGNATURE_SIZE_MAX];
    size_t signature_size;
};

void call_set_fetched(struct call *call, bool is_good)
{
    assert(call->sns);
    call->sns->is_fetched = is_good;
}

static bool signature_read(const struct json *json, struct sns_proof *proof, struct fault *fault)
{
    const char *version = json_text(json, "SignatureVersion");
    struct span code = span_of(json_string(json, "Signature"));
    if (string_is(version, "1"))
        proof->hash = RSA_SHA1;
    else if (string_is(version, "2"))
        proof->hash = RSA_SHA256;
    else
        return fault_set(fault, FAULT_INPUT, "\"SignatureVersion\" is neither 1 nor 2");
    if (code.size == 0 ||
        !base64_decode(code, proof->signature, sizeof(proof->signature), &proof->signature_size))
        return fault_set(fault, FAULT_INPUT, "\"Signature\" is missing or not base64");
    return true;
}

bool sns_prepare(struct call *call, struct fault *fault)
{
    const struct json *json = call->json;
    const char *topic = json_string(json, "TopicArn");
    struct sns_proof *proof = arena_take(call->arena, sizeof(*proof));
    CLEANUP(text_clear) struct text message = {0};
    if (!topic || !string_is(topic, call->check.topic))
        return fault_set(fault, FAULT_INPUT, "it is not of the topic in integrations.%.64s.topic",
                         call->caller.key);
    proof->certificate_url = json_string(json, "SigningCertURL");
    if (!sns_is_certificate(proof->certificate_url))
        return fault_set(fault, FAULT_INPUT,
                         "\"SigningCertURL\" is not a certificate of SNS itself");
    if (!signature_read(json, proof, fault))
        return false;
    if (!sns_add_signed(&message, json))
        return fault_set(fault, FAULT_INPUT, "a member that is signed is missing");
    proof->message = arena_copy_span(call->arena, text_span(&message));
    if (string_is(json_string(json, "Type"), "SubscriptionConfirmation"))
        proof->confirm_url = json_string(json, "SubscribeURL");
    if (proof->confirm_url && !sns_is_amazon(proof->confirm_url))
        return fault_set(fault, FAULT_INPUT, "\"SubscribeURL\" is not an address of SNS itself");
    call->sns = proof;
    return true;
}

static enum call_wait ask(struct call *call, struct house *house, enum sns_stage stage,
                          const char *url)
{
    call->sns->stage = stage;
    call->sns->is_fetched = false;
    if (house->sns_fetch(house->context, call, url, stage == SNS_CERTIFICATE_ASKED))
        return CALL_HANDED_OVER;
    call_fail_unavailable(call, "too many messages wait for an answer of SNS");
    return CALL_ANSWER_NOW;
}

static enum call_wait proved_run(struct call *call, struct house *house)
{
    struct sns_proof *proof = call->sns;
    if (proof->confirm_url && proof->stage != SNS_CONFIRMATION_ASKED)
        return ask(call, house, SNS_CONFIRMATION_ASKED, proof->confirm_url);
    /* Confirmed: nobody needs to hear of it. Else the alert has the link. */
    if (proof->stage == SNS_CONFIRMATION_ASKED && proof->is_fetched)
        call->batch.count = 0;
    return call->route->run(call, house);
}

enum call_wait sns_run(struct call *call, struct house *house)
{
    struct sns_proof *proof = call->sns;
    struct fault fault;
    if (proof->stage == SNS_CONFIRMATION_ASKED)
        return proved_run(call, house);
    const char *certificate = house->sns_certificate(house->context, proof->certificate_url);
    bool is_current = certificate && certificate_is_current(span_of(certificate), call->now_at);
    if (!is_current && proof->stage == SNS_NEW)
        return ask(call, house, SNS_CERTIFICATE_ASKED, proof->certificate_url);
    if (!certificate || (!is_current && !proof->is_fetched)) {
        call_fail_unavailable(call, "the certificate of SNS could not be fetched");
        return CALL_ANSWER_NOW;
    }
    if (!rsa_verify(span_of(certificate), proof->hash, span_of(proof->message),
                    (struct span){proof->signature, proof->signature_size}, call->now_at, &fault)) {
        (void)call_refuse_signature(call, fault.text);
        return CALL_ANSWER_NOW;
    }
    return proved_run(call, house);
}
