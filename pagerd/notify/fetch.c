/* SPDX-License-Identifier: MIT */
/* fetch.c - a calendar's address as a request for the courier. */
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

bool request_fetch(const char *url, const char *etag, const char *last_modified,
                   struct arena *arena, struct request *request, struct fault *fault)
{
    struct request made = {
        .kind = REQUEST_FETCH,
        .method = "GET",
        .etag = arena_copy(arena, etag),
        .last_modified = arena_copy(arena, last_modified),
        .tls = REQUEST_TLS_REQUIRED,
        .connect_ms = CONNECT_MS,
        .total_ms = FETCH_TOTAL_MS,
    };
    made.url = arena_copy(arena, take_user(arena, web_url(arena, url), &made));
    if (!request_url_check(made.url, fault))
        return false;
    *request = made;
    return true;
}
