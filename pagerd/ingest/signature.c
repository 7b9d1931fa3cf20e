/* SPDX-License-Identifier: MIT */
#include "ingest/signature.h"

#include <assert.h>
#include <string.h>

#include "base/id.h"
#include "base/sign.h"
#include "base/text.h"

#define SECRET_SIZE_MAX 512

/* How a scheme writes what it signs, and where the code stands. */
struct scheme {
    const char *name;
    const char *header;
    const char *prefix;      /* in front of each code */
    char separator;          /* between codes; NUL: there is one */
    bool is_base64;          /* else hex */
    const char *time_header; /* in seconds since 1970; NULL: none is signed */
    bool is_time_needed;
    const char *id_header; /* signed in front of the time; NULL: none */
    char joint;            /* between id, time and body */
};

static const struct scheme schemes[SIGNATURE_COUNT] = {
    [SIGNATURE_NONE] = {.name = "none"},
    /* https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
    [SIGNATURE_GITHUB] = {.name = "github", .header = "x-hub-signature-256", .prefix = "sha256="},
    /* https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
    [SIGNATURE_STANDARD] = {.name = "standard",
                            .header = "webhook-signature",
                            .prefix = "v1,",
                            .separator = ' ',
                            .is_base64 = true,
                            .time_header = "webhook-timestamp",
                            .is_time_needed = true,
                            .id_header = "webhook-id",
                            .joint = '.'},
    /* https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
     * The name of the header for the time is free there; docs/integrations says which to take. */
    [SIGNATURE_GRAFANA] = {.name = "grafana",
                           .header = "x-grafana-alerting-signature",
                           .prefix = "",
                           .time_header = "x-grafana-alerting-timestamp",
                           .joint = ':'},
    /* https://docs.sentry.io/integrations/integration-platform/webhooks/ */
    [SIGNATURE_SENTRY] = {.name = "sentry", .header = "sentry-hook-signature", .prefix = ""},
    /* https://developer.pagerduty.com/docs/verifying-webhook-signatures */
    [SIGNATURE_PAGERDUTY] =
        {.name = "pagerduty", .header = "x-pagerduty-signature", .prefix = "v1=", .separator = ','},
    [SIGNATURE_SNS] = {.name = "sns"},
};

enum signature_kind signature_find(const char *name)
{
    for (int i = SIGNATURE_NONE + 1; i < SIGNATURE_COUNT; i++) {
        if (string_is(schemes[i].name, name))
            return (enum signature_kind)i;
    }
    return SIGNATURE_NONE;
}

const char *signature_name(enum signature_kind kind)
{
    assert(kind < SIGNATURE_COUNT);
    return schemes[kind].name;
}

/* The bytes of "whsec_<base64>" or "<base64>"; other schemes take the secret as it is. */
static bool secret_read(const struct scheme *scheme, const char *secret,
                        char bytes[SECRET_SIZE_MAX], size_t *size, struct fault *fault)
{
    struct span span = span_of(secret);
    if (!scheme->is_base64) {
        if (span.size == 0 || span.size > SECRET_SIZE_MAX)
            return fault_set(fault, FAULT_INPUT, "a secret has 1 to %d bytes", SECRET_SIZE_MAX);
        memcpy(bytes, span.bytes, span.size);
        *size = span.size;
        return true;
    }
    static const char start[] = "whsec_";
    if (span_has_prefix(span, start)) {
        span.bytes += strlen(start);
        span.size -= strlen(start);
    }
    if (!base64_decode(span, bytes, SECRET_SIZE_MAX, size) || *size == 0)
        return fault_set(fault, FAULT_INPUT, "the secret is not \"whsec_\" and base64");
    return true;
}

bool signature_check_secret(enum signature_kind kind, const char *secret, struct fault *fault)
{
    char bytes[SECRET_SIZE_MAX];
    size_t size = 0;
    assert(kind < SIGNATURE_COUNT);
    return kind == SIGNATURE_NONE || kind == SIGNATURE_SNS ||
           secret_read(&schemes[kind], secret, bytes, &size, fault);
}

static int hex_value(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool hex_decode(struct span text, unsigned char bytes[HASH_SIZE])
{
    if (text.size != 2 * HASH_SIZE)
        return false;
    for (size_t i = 0; i < HASH_SIZE; i++) {
        int high = hex_value(text.bytes[2 * i]);
        int low = hex_value(text.bytes[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static bool code_is(const struct scheme *scheme, struct span text,
                    const unsigned char wanted[HASH_SIZE])
{
    unsigned char given[HASH_SIZE];
    size_t size = HASH_SIZE;
    if (!span_has_prefix(text, scheme->prefix))
        return false;
    text.bytes += strlen(scheme->prefix);
    text.size -= strlen(scheme->prefix);
    bool is_read = scheme->is_base64 ? base64_decode(text, given, sizeof(given), &size)
                                     : hex_decode(text, given);
    return is_read && size == HASH_SIZE &&
           secret_equal((struct span){(const char *)given, HASH_SIZE},
                        (struct span){(const char *)wanted, HASH_SIZE});
}

/* Seconds since 1970, digits only. */
static bool time_read(const char *text, msec *at)
{
    int64_t seconds = 0;
    size_t size = strlen(text);
    if (size == 0 || size > 12)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        seconds = 10 * seconds + (*text - '0');
    }
    *at = seconds * SECOND_MS;
    return true;
}

/* Appends what stands in front of the body: id and time, as the scheme has them. */
static bool head_add(const struct scheme *scheme, const struct ingest_request *request,
                     struct text *text, msec *signed_at, struct fault *fault)
{
    const char *id = scheme->id_header ? ingest_header(request, scheme->id_header) : NULL;
    const char *time = scheme->time_header ? ingest_header(request, scheme->time_header) : NULL;
    *signed_at = 0;
    if (scheme->id_header && !id)
        return fault_set(fault, FAULT_INPUT, "the header %s is missing", scheme->id_header);
    if (scheme->is_time_needed && !time)
        return fault_set(fault, FAULT_INPUT, "the header %s is missing", scheme->time_header);
    if (time && !time_read(time, signed_at))
        return fault_set(fault, FAULT_INPUT, "the header %s is not seconds since 1970",
                         scheme->time_header);
    if (id) {
        text_add(text, id);
        text_add_char(text, scheme->joint);
    }
    if (time) {
        text_add(text, time);
        text_add_char(text, scheme->joint);
    }
    return true;
}

bool signature_check(enum signature_kind kind, const char *secret,
                     const struct ingest_request *request, msec *signed_at, struct fault *fault)
{
    assert(kind > SIGNATURE_NONE && kind < SIGNATURE_SNS);
    const struct scheme *scheme = &schemes[kind];
    char bytes[SECRET_SIZE_MAX];
    size_t size = 0;
    unsigned char wanted[HASH_SIZE];
    CLEANUP(text_clear) struct text message = {0};
    const char *header = ingest_header(request, scheme->header);
    if (!header || !*header)
        return fault_set(fault, FAULT_INPUT, "the header %s is missing", scheme->header);
    if (!secret_read(scheme, secret, bytes, &size, fault) ||
        !head_add(scheme, request, &message, signed_at, fault))
        return false;
    text_add_span(&message, request->body);
    hmac_sha256((struct span){bytes, size}, text_span(&message), wanted);

    struct span rest = span_of(header);
    for (size_t i = 0; rest.size > 0 && i < SIGNATURES_MAX; i++) {
        struct span code = rest;
        if (scheme->separator)
            code = span_cut(&rest, scheme->separator);
        else
            rest.size = 0;
        if (code_is(scheme, span_trim(code), wanted))
            return true;
    }
    return fault_set(fault, FAULT_INPUT, "the header %s was not made with the secret of this key",
                     scheme->header);
}
