/* SPDX-License-Identifier: MIT */
/*
 * callbacks.c - the addresses at which the providers of channels tell what became of a page, and
 * what people answered: /v1/callbacks/CHANNEL.N/WHAT/[PAGE.ATTEMPT.]CODE.
 *
 * N is 1 for the first provider of the channel and 2 for the second. The code shows that the
 * address was made here; a provider that can sign must have signed besides.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/utf8.h"
#include "http/call.h"
#include "http/request.h"
#include "http/route.h"
#include "notify/notify.h"

#define UNKNOWN_CALLBACKS_MAX 60 /* per address and minute answered with 404, then 429 */
#define FORM_TYPE "application/x-www-form-urlencoded"

static void answer_unknown(struct call *call)
{
    bool has_budget = !call->guard || budget_spend(&call->guard->links, call->peer.address,
                                                   UNKNOWN_CALLBACKS_MAX, call->arrived_at);
    if (!has_budget)
        call->retry_after_s = 60;
    call_answer_error(
        call, has_budget ? 404 : 429, "not_found",
        "No callback has this address. What they are is shown by pagerd --callbacks.");
}

/* "sms.1" */
static bool channel_read(struct call *call, struct callback_door *door)
{
    struct span number = span_of(call->parts[0]);
    struct span name = span_cut(&number, '.');
    door->channel = arena_copy_span(call->arena, name);
    door->is_second = span_is(number, "2");
    return name.size > 0 && (span_is(number, "1") || span_is(number, "2"));
}

static bool number_read(struct span digits, uint64_t max, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.bytes[i] < '0' || digits.bytes[i] > '9' || *number > max / 10)
            return false;
        *number = *number * 10 + (uint64_t)(digits.bytes[i] - '0');
    }
    return digits.size > 0 && *number > 0 && *number <= max;
}

/* "41.1.CODE" or "CODE" */
static bool reference_read(struct call *call, struct callback_door *door)
{
    const char *whole = call->parts[call->route->method == METHOD_GET ? 1 : 2];
    const char *dot = strrchr(whole, '.');
    uint64_t page = 0;
    uint64_t attempt = 0;
    door->reference = "";
    door->code = dot ? dot + 1 : whole;
    if (!dot)
        return true;
    struct span rest = {whole, (size_t)(dot - whole)};
    door->reference = arena_copy_span(call->arena, rest);
    struct span first = span_cut(&rest, '.');
    if (!number_read(first, INT64_MAX, &page) || !number_read(rest, UINT16_MAX, &attempt))
        return false;
    door->callback->page = page;
    door->callback->attempt = (uint16_t)attempt;
    return true;
}

static const char *field_clean(struct call *call, struct span span, bool is_encoded)
{
    CLEANUP(text_clear) struct text decoded = {0};
    CLEANUP(text_clear) struct text clean = {0};
    if (is_encoded)
        text_add_decoded(&decoded, span, true);
    else
        text_add_span(&decoded, span);
    utf8_add_clean(&clean, text_span(&decoded));
    return arena_copy_span(call->arena, text_span(&clean));
}

/* False: there are more than fit. */
static bool fields_read(struct call *call, struct callback *callback)
{
    for (size_t i = 0; i < call->query_count; i++) {
        callback->names[i] = field_clean(call, span_of(call->query[i].name), false);
        callback->values[i] = field_clean(call, span_of(call->query[i].value), false);
    }
    callback->field_count = call->query_count;
    if (strncasecmp(call_content_type(call), FORM_TYPE, strlen(FORM_TYPE)) != 0)
        return true;
    struct span rest = text_span(&call->body);
    while (rest.size > 0) {
        struct span value = span_cut(&rest, '&');
        struct span name = span_cut(&value, '=');
        if (callback->field_count == CALLBACK_FIELDS_MAX)
            return false;
        callback->names[callback->field_count] = field_clean(call, name, true);
        callback->values[callback->field_count++] = field_clean(call, value, true);
    }
    return true;
}

enum call_wait route_callback(struct call *call, struct house *house)
{
    bool is_get = call->route->method == METHOD_GET;
    struct callback *callback = arena_take(call->arena, sizeof(*callback));
    *callback = (struct callback){
        .what = is_get ? "status" : call->parts[1],
        .method = is_get ? "GET" : "POST",
        .url = arena_format(call->arena, "%s%s", house->public_url, call->path),
        .body = text_span(&call->body),
        .now_at = house->now(house->context).wall_at,
    };
    struct callback_door door = {.callback = callback,
                                 .headers = call->headers,
                                 .header_count = call->header_count,
                                 .arena = call->arena,
                                 .body = &call->answer};
    struct fault fault = {0};
    if (!channel_read(call, &door) || !reference_read(call, &door)) {
        answer_unknown(call);
        return CALL_ANSWER_NOW;
    }
    if (!fields_read(call, callback)) {
        call_answer_errorf(call, 400, "invalid", "More than %d fields.", CALLBACK_FIELDS_MAX);
        return CALL_ANSWER_NOW;
    }
    switch (house->callback(house->context, &door, &fault)) {
    case CALLBACK_TAKEN:
        call->status = door.content_type ? 200 : 204;
        call->content_type = door.content_type;
        return door.is_lost ? CALL_ANSWER_NOW : CALL_AFTER_COMMIT;
    case CALLBACK_UNKNOWN:
    case CALLBACK_END_COUNT:
        answer_unknown(call);
        break;
    case CALLBACK_UNSIGNED:
        call_answer_errorf(call, door.refusal != 0 ? door.refusal : 403, "forbidden",
                           "Nothing was recorded: %s.", fault.text);
        break;
    case CALLBACK_INVALID:
        call_answer_errorf(call, 400, "invalid", "Nothing was recorded: %s.", fault.text);
        break;
    }
    return CALL_ANSWER_NOW;
}
