/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <microhttpd.h>

#include "base/api.h"
#include "http/request.h"

struct header {
    const char *name;
    const char *value;
};

static void response_head(struct MHD_Response *response, const struct call *call)
{
    char retry[16];
    char policy[256];
    char now[INSTANT_TEXT_SIZE];
    snprintf(retry, sizeof(retry), "%u", call->retry_after_s);
    if (call->nonce)
        snprintf(policy, sizeof(policy),
                 "default-src 'none'; style-src 'nonce-%s'; form-action 'self'; "
                 "frame-ancestors 'none'; base-uri 'none'",
                 call->nonce);
    const struct header headers[] = {
        {"Content-Type", call->content_type},
        {"Cache-Control", "no-store"},
        {"X-Content-Type-Options", "nosniff"},
        {"Location", call->location},
        {"Allow", call->allow},
        {"WWW-Authenticate", call->challenge},
        {API_NOW_HEADER, call->now_at != 0 ? instant_render(call->now_at, now) : NULL},
        {"Retry-After", call->retry_after_s ? retry : NULL},
        {"Content-Security-Policy", call->nonce ? policy : NULL},
        {"Referrer-Policy", call->nonce || call->location ? "no-referrer" : NULL},
        {"X-Robots-Tag", call->nonce || call->location ? "noindex, nofollow" : NULL},
        {"X-Frame-Options", call->nonce ? "DENY" : NULL},
    };
    for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
        if (headers[i].value &&
            MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
            abort();
    }
}

struct MHD_Response *response_make(struct call *call)
{
    assert(call->status != 0);
    size_t size = call->answer.size;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(size, text_take(&call->answer), MHD_RESPMEM_MUST_FREE);
    if (!response)
        abort();
    response_head(response, call);
    return response;
}
