/* SPDX-License-Identifier: MIT */
/*
 * feed.c - the duties of one person or one team as iCalendar, behind a secret address.
 *
 * The token in the path is the identity, and it opens nothing else. It is found by its hash, like
 * an ack link; what is unknown, revoked or another kind of secret gets the same page.
 */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "http/call.h"
#include "http/request.h"
#include "http/route.h"
#include "http/ui/page.h"

#define FEED_SUFFIX ".ics"
#define FEED_TYPE "text/calendar; charset=utf-8"
#define FEED_KEPT_S 900
#define ETAG_SIZE 32            /* hex digits of the hash */
#define ALARM_MINUTES_MAX 10080 /* a week */
#define UNKNOWN_FEEDS_MAX 10    /* per address and minute answered with 404, then 429 */

static void answer_unknown(struct call *call)
{
    bool has_budget = !call->guard || budget_spend(&call->guard->links, call->peer.address,
                                                   UNKNOWN_FEEDS_MAX, call->arrived_at);
    if (!has_budget)
        call->retry_after_s = 60;
    page_message(call, has_budget ? 404 : 429, "This address leads nowhere",
                 "It was never made, or it was revoked. A new one is made with "
                 "pagectl calendar export.");
}

/* The hash of the token in "TOKEN.ics". */
static bool hash_read(struct call *call, char hash[HASH_TEXT_SIZE])
{
    struct span name = span_of(call->parts[0]);
    size_t suffix = strlen(FEED_SUFFIX);
    char token[TOKEN_TEXT_SIZE];
    if (name.size <= suffix || memcmp(name.bytes + name.size - suffix, FEED_SUFFIX, suffix) != 0)
        return false;
    name.size -= suffix;
    if (!token_normalize(name, token))
        return false;
    hash_text(span_of(token), hash);
    return true;
}

/* ?alarm=15; false: answered with 400. */
static bool alarm_read(struct call *call, struct feed_request *request)
{
    const char *text = call_query(call, "alarm");
    if (!text)
        return true;
    size_t size = strlen(text);
    unsigned long minutes = strtoul(text, NULL, 10);
    bool is_number = size > 0 && size <= 5 && strspn(text, "0123456789") == size;
    if (!is_number || minutes > ALARM_MINUTES_MAX) {
        call_answer_errorf(call, 400, "invalid", "\"alarm\" is 0 to %d minutes.",
                           ALARM_MINUTES_MAX);
        return false;
    }
    request->has_alarm = true;
    request->alarm_minutes = (uint32_t)minutes;
    return true;
}

enum call_wait route_feed_show(struct call *call, struct house *house)
{
    char hash[HASH_TEXT_SIZE];
    struct feed_request request = {.hash = hash};
    if (!hash_read(call, hash) || !house->feed_has(house->context, hash)) {
        answer_unknown(call);
        return CALL_ANSWER_NOW;
    }
    if (!alarm_read(call, &request))
        return CALL_ANSWER_NOW;
    return house->feed_serve(house->context, call, &request);
}

static bool has_it_already(const struct call *call)
{
    const char *known = call->if_none_match;
    return known && (string_is(known, "*") || strstr(known, call->etag));
}

void call_answer_feed(struct call *call, const struct feed_body *feed)
{
    text_reset(&call->answer);
    call->etag = arena_format(call->arena, "\"%.*s\"", ETAG_SIZE, feed->hash);
    call->max_age_s = FEED_KEPT_S;
    call->modified_at = feed->modified_at;
    if (has_it_already(call)) {
        call->status = 304;
        return;
    }
    call->status = 200;
    call->content_type = FEED_TYPE;
    call->file_name = arena_copy(call->arena, feed->file_name);
    text_add_span(&call->answer, feed->bytes);
}
