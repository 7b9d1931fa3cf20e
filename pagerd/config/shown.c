/* SPDX-License-Identifier: MIT */
#include "config/shown.h"

#include <string.h>

#define ELLIPSIS "\u2026"
#define OPAQUE                   \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
    "abcdefghijklmnopqrstuvwxyz" \
    "0123456789_-"

/* One part of a path, between slashes. */
static void segment_add(struct text *text, struct span segment)
{
    if (span_has_prefix(segment, "private-")) {
        text_add(text, ELLIPSIS);
        return;
    }
    for (size_t i = 0; i < segment.size;) {
        size_t run = 0;
        while (i + run < segment.size && strchr(OPAQUE, segment.bytes[i + run]) != NULL)
            run++;
        if (run >= SHOWN_RUN_MAX)
            text_add(text, ELLIPSIS);
        else
            text_add_bytes(text, segment.bytes + i, run > 0 ? run : 1);
        i += run > 0 ? run : 1;
    }
}

void shown_add_address(struct text *text, const char *address)
{
    const char *scheme_end = strstr(address, "://");
    if (scheme_end == NULL) {
        text_add(text, address);
        return;
    }
    struct span scheme = {address, (size_t)(scheme_end - address) + 3};
    struct span rest = span_of(scheme_end + 3);
    rest.size = strcspn(rest.bytes, "?#");
    struct span path = rest;
    struct span host = span_cut(&path, '/');
    while (memchr(host.bytes, '@', host.size) != NULL)
        (void)span_cut(&host, '@');
    text_add_span(text, scheme);
    text_add_span(text, host);
    for (bool has_slash = host.bytes + host.size < rest.bytes + rest.size; has_slash;) {
        struct span segment = path;
        void *slash = memchr(path.bytes, '/', path.size);
        has_slash = slash != NULL;
        segment = span_cut(&path, '/');
        text_add_char(text, '/');
        segment_add(text, segment);
    }
}
