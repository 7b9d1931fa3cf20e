/* SPDX-License-Identifier: MIT */
#include "notify/webhook.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/sign.h"
#include "base/text.h"
#include "notify/channel.h"

#define SECRET_PREFIX "whsec_"

/* Which lines of a timeline are told, and as what. */
static const struct {
    const char *event;
    const char *type;
} types[] = {
    {"triggered", "incident.opened"},
    {"reopened", "incident.reopened"},
    {"acknowledged", "incident.acknowledged"},
    {"unacknowledged", "incident.unacknowledged"},
    {"ack-timeout", "incident.unacknowledged"},
    {"escalated", "incident.escalated"},
    {"last-resort", "incident.escalated"},
    {"reassigned", "incident.reassigned"},
    {"snoozed", "incident.snoozed"},
    {"woken", "incident.unsnoozed"},
    {"resolved", "incident.resolved"},
};

#define TYPE_COUNT (sizeof types / sizeof *types)

const char *webhook_type(const char *entry_event)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (string_is(types[i].event, entry_event))
            return types[i].type;
    return NULL;
}

static bool key_of(const char *secret, unsigned char key[WEBHOOK_KEY_MAX], size_t *size)
{
    struct span span = span_of(secret);
    if (!span_has_prefix(span, SECRET_PREFIX))
        return false;
    span.bytes += strlen(SECRET_PREFIX);
    span.size -= strlen(SECRET_PREFIX);
    return base64_decode(span, key, WEBHOOK_KEY_MAX, size) && *size >= WEBHOOK_KEY_MIN;
}

const char *webhook_signature(const char *id, int64_t timestamp, struct span body,
                              const char *const *secrets, size_t secret_count, struct arena *arena)
{
    CLEANUP(text_clear) struct text message = {0};
    CLEANUP(text_clear) struct text signature = {0};
    text_addf(&message, "%s.%" PRId64 ".", id, timestamp);
    text_add_span(&message, body);
    for (size_t i = 0; i < secret_count; i++) {
        unsigned char key[WEBHOOK_KEY_MAX];
        unsigned char code[HASH_SIZE];
        size_t size = 0;
        if (!key_of(secrets[i], key, &size))
            continue;
        hmac_sha256((struct span){(const char *)key, size}, text_span(&message), code);
        explicit_bzero(key, sizeof key);
        text_add(&signature, signature.size > 0 ? " v1," : "v1,");
        base64_add(&signature, (struct span){(const char *)code, sizeof code});
    }
    return arena_copy_span(arena, text_span(&signature));
}

msec webhook_wait_ms(unsigned failures)
{
    static const msec waits[] = {5 * SECOND_MS,  30 * SECOND_MS, 2 * MINUTE_MS, 5 * MINUTE_MS,
                                 15 * MINUTE_MS, 30 * MINUTE_MS, 1 * HOUR_MS};
    size_t last = sizeof waits / sizeof *waits - 1;
    return waits[failures == 0 ? 0 : failures - 1 < last ? failures - 1 : last];
}

bool webhook_probe(const char *url, const char *ca_file, struct arena *arena,
                   struct request *request, struct fault *fault)
{
    struct channel_settings settings = {.url = url, .ca_file = ca_file};
    return probe_connect(&settings, arena, request, fault);
}

void webhook_judge_probe(const struct result *result, struct verdict *verdict)
{
    struct channel_settings settings = {0};
    judge_connect(result, &settings, verdict);
}
