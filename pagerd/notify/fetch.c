/* SPDX-License-Identifier: MIT */
/* fetch.c - what is asked of a server, mostly a calendar's, as a request for the courier. */
#include <assert.h>
#include <string.h>

#include "notify/channel.h"

static int hex_value(char digit)
{
    const char *digits = "0123456789abcdef";
    char lower = digit >= 'A' && digit <= 'F' ? (char)(digit - 'A' + 'a') : digit;
    const char *at = lower != '\0' ? strchr(digits, lower) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

static const char *percent_decode(struct arena *arena, struct span span)
{
    char *text = arena_take(arena, span.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < span.size; i++) {
        bool is_code = span.bytes[i] == '%' && i + 2 < span.size &&
                       hex_value(span.bytes[i + 1]) >= 0 && hex_value(span.bytes[i + 2]) >= 0;
        if (!is_code) {
            text[size++] = span.bytes[i];
            continue;
        }
        text[size++] = (char)(hex_value(span.bytes[i + 1]) * 16 + hex_value(span.bytes[i + 2]));
        i += 2;
    }
    return text;
}

/* webcal is what calendar programs write for a feed; today these are served by https. */
static const char *web_url(struct arena *arena, const char *url)
{
    struct span span = span_of(url);
    if (span_has_prefix(span, "webcal://"))
        return arena_format(arena, "https://%s", url + strlen("webcal://"));
    if (span_has_prefix(span, "webcals://"))
        return arena_format(arena, "https://%s", url + strlen("webcals://"));
    return url;
}

/* "https://user:secret@host/" is a usual address of a calendar: the user goes out of it. */
static const char *take_user(struct arena *arena, const char *url, struct request *request)
{
    const char *scheme_end = strstr(url, "://");
    const char *host = scheme_end != NULL ? scheme_end + 3 : url;
    const char *at = memrchr(host, '@', strcspn(host, "/?#"));
    if (at == NULL)
        return url;
    struct span password = {host, (size_t)(at - host)};
    struct span user = span_cut(&password, ':');
    request->user = percent_decode(arena, user);
    request->password = percent_decode(arena, password);
    return arena_format(arena, "%.*s%s", (int)(host - url), url, at + 1);
}

static void header_put(struct request *request, struct arena *arena, const char *name,
                       const char *value)
{
    if (value != NULL && value[0] != '\0')
        request->headers[request->header_count++] = arena_format(arena, "%s: %s", name, value);
}

static enum request_kind kind_of(const struct fetch_order *order)
{
    if (order->is_direct)
        return REQUEST_HTTP;
    return order->is_stream ? REQUEST_STREAM : REQUEST_FETCH;
}

static uint32_t total_ms_of(enum request_kind kind)
{
    if (kind == REQUEST_HTTP)
        return DIRECT_TOTAL_MS;
    return kind == REQUEST_STREAM ? STREAM_TOTAL_MS : FETCH_TOTAL_MS;
}

bool request_fetch(const struct fetch_order *order, struct arena *arena, struct request *request,
                   struct fault *fault)
{
    if (order->header_count > REQUEST_HEADERS_MAX - 4)
        return fault_set(fault, FAULT_LIMIT, "more than %d headers", REQUEST_HEADERS_MAX - 4);
    struct request made = {
        .kind = kind_of(order),
        .method = order->method == NULL ? "GET" : arena_copy(arena, order->method),
        .body = {arena_copy_span(arena, order->body), order->body.size},
        .etag = arena_copy(arena, order->etag),
        .last_modified = arena_copy(arena, order->last_modified),
        .tls = REQUEST_TLS_REQUIRED,
        .ca_file = arena_copy(arena, order->ca_file),
        .connect_ms = CONNECT_MS,
        .total_ms = total_ms_of(kind_of(order)),
    };
    made.url = arena_copy(arena, take_user(arena, web_url(arena, order->url), &made));
    if (!request_url_check(made.url, fault))
        return false;
    if (order->user != NULL) {
        made.user = arena_copy(arena, order->user);
        made.password = arena_copy(arena, order->password == NULL ? "" : order->password);
    }
    const char *accept = order->method == NULL ? "text/calendar, */*;q=0.5" : "*/*";
    header_put(&made, arena, "Accept", order->accept != NULL ? order->accept : accept);
    header_put(&made, arena, "Depth", order->depth);
    header_put(&made, arena, "Content-Type", order->type);
    header_put(&made, arena, "If-Match", order->match);
    for (size_t i = 0; i < order->header_count; i++)
        made.headers[made.header_count++] = arena_copy(arena, order->headers[i]);
    *request = made;
    return true;
}

const char *fetch_problem(enum transfer_end end)
{
    static const char *const ends[TRANSFER_COUNT] = {
        [TRANSFER_ANSWERED] = "",
        [TRANSFER_UNREACHED] = "it cannot be reached: ",
        [TRANSFER_BROKEN] = "the answer did not come: ",
        [TRANSFER_UNCERTAIN] = "the answer did not come: ",
        [TRANSFER_LOGIN] = "user or password is refused: ",
        [TRANSFER_UNTRUSTED] = "TLS: its certificate is not trusted: ",
        [TRANSFER_INVALID] = "",
        [TRANSFER_TOO_LARGE] = "the answer is larger than allowed: ",
        [TRANSFER_LATE] = "",
        [TRANSFER_GOES_ON] = "",
    };
    assert(end < TRANSFER_COUNT);
    return ends[end];
}
