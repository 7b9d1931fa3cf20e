/* SPDX-License-Identifier: MIT */
#include "http/response.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "base/api.h"
#include "base/text.h"
#include "http/request.h"

#define DATE_SIZE 64
#define COPIED_MAX 4096 /* bytes of an answer */
#define SHARED_MAX 256

struct header {
    const char *name;
    const char *value;
};

static void headers_add(struct MHD_Response *response, const struct header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (headers[i].value &&
            MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
            memory_out();
    }
}

/* RFC 9110 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT" */
static void date_render(msec at, char date[DATE_SIZE])
{
    static const char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil civil = civil_from_msec(at);
    int weekday = civil_weekday(civil_days(civil.year, civil.month, civil.day));
    snprintf(date, DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[weekday], civil.day,
             months[civil.month - 1], civil.year, civil.hour, civil.minute, civil.second);
}

/* What may be kept by who asked, and how it is asked for again. */
static void response_keep(struct MHD_Response *response, const struct call *call)
{
    char date[DATE_SIZE];
    char file[128];
    char keep[48] = "no-store";
    if (call->max_age_s != 0)
        snprintf(keep, sizeof(keep), "private, max-age=%u", call->max_age_s);
    if (call->modified_at != 0)
        date_render(call->modified_at, date);
    if (call->file_name)
        snprintf(file, sizeof(file), "inline; filename=\"%.90s\"", call->file_name);
    const struct header headers[] = {
        {"Cache-Control", keep},
        {"ETag", call->etag},
        {"Last-Modified", call->modified_at != 0 ? date : NULL},
        {"Content-Disposition", call->file_name ? file : NULL},
    };
    headers_add(response, headers, sizeof(headers) / sizeof(*headers));
}

static void response_head(struct MHD_Response *response, const struct call *call)
{
    char retry[16] = "";
    char policy[256];
    char now[INSTANT_TEXT_SIZE];
    if (call->retry_after_s)
        snprintf(retry, sizeof(retry), "%u", call->retry_after_s);
    if (call->nonce)
        snprintf(policy, sizeof(policy),
                 "default-src 'none'; style-src 'nonce-%s'; form-action 'self'; "
                 "frame-ancestors 'none'; base-uri 'none'",
                 call->nonce);
    const struct header headers[] = {
        {"Content-Type", call->content_type},
        {"X-Content-Type-Options", "nosniff"},
        {"Location", call->location},
        {"Allow", call->allow},
        {"WWW-Authenticate", call->challenge},
        {"WebHook-Allowed-Origin", call->is_welcome ? "*" : NULL},
        {"WebHook-Allowed-Rate", call->is_welcome ? "*" : NULL},
        {API_NOW_HEADER, call->now_at != 0 ? instant_render(call->now_at, now) : NULL},
        {"Retry-After", call->retry_after_s ? retry : NULL},
        {"Content-Security-Policy", call->nonce ? policy : NULL},
        {"Referrer-Policy", call->nonce || call->location ? "no-referrer" : NULL},
        {"X-Robots-Tag", call->nonce || call->location ? "noindex, nofollow" : NULL},
        {"X-Frame-Options", call->nonce ? "DENY" : NULL},
    };
    headers_add(response, headers, sizeof(headers) / sizeof(*headers));
    response_keep(response, call);
}

/* A short one is copied, so that the call has its memory for the next answer. */
static struct MHD_Response *body_make(struct call *call)
{
    size_t size = call->answer.size;
    if (call->has_file)
        return MHD_create_response_from_fd64(call->file_size, call->file);
    if (size <= COPIED_MAX)
        return MHD_create_response_from_buffer(size, call->answer.bytes, MHD_RESPMEM_MUST_COPY);
    return MHD_create_response_from_buffer(size, text_take(&call->answer), MHD_RESPMEM_MUST_FREE);
}

struct MHD_Response *response_make(struct call *call)
{
    assert(call->status != 0);
    struct MHD_Response *response = body_make(call);
    if (!response)
        memory_out();
    call->file = -1; /* the response closes it */
    response_head(response, call);
    return response;
}

/* Has it nothing but its body, the type of that, and the time? */
static bool is_common(const struct call *call)
{
    bool has_more = call->has_file || call->location || call->allow || call->challenge ||
                    call->is_welcome || call->nonce || call->etag || call->file_name ||
                    call->max_age_s != 0 || call->modified_at != 0 || call->retry_after_s != 0;
    return !has_more && call->answer.size <= SHARED_MAX && call->content_type &&
           strlen(call->content_type) < RESPONSE_TYPE_SIZE;
}

static bool is_kept(const struct response_kept *kept, const struct call *call)
{
    size_t size = call->answer.size;
    return kept->response && kept->now_at == call->now_at && kept->body.size == size &&
           memcmp(text_string(&kept->body), text_string(&call->answer), size) == 0 &&
           string_is(kept->type, call->content_type);
}

struct MHD_Response *response_share(struct response_kept *kept, struct call *call)
{
    if (!is_common(call))
        return NULL;
    if (is_kept(kept, call))
        return kept->response;
    if (kept->response)
        MHD_destroy_response(kept->response);
    kept->response = response_make(call);
    kept->now_at = call->now_at;
    snprintf(kept->type, sizeof(kept->type), "%s", call->content_type);
    text_reset(&kept->body);
    text_add_span(&kept->body, text_span(&call->answer));
    return kept->response;
}

void response_clear(struct response_kept *kept)
{
    if (kept->response)
        MHD_destroy_response(kept->response);
    text_clear(&kept->body);
    *kept = (struct response_kept){0};
}
