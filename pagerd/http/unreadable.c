/* SPDX-License-Identifier: MIT */
#include "http/unreadable.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/utf8.h"
#include "http/alerts.h"
#include "http/route.h"

#define WHY_MAX 300 /* bytes of the reason in the summary */

/* What must come from SNS proves that in the body itself: one that cannot be read is nobody's. */
bool unreadable_is_kept(const struct call *call)
{
    return call->caller.kind == CALLER_SOURCE && !call->check.topic;
}

/* Appends the text without what looks like a key of ours: a body may hold the one it came by. */
static void text_add_without_keys(struct text *text, struct span span)
{
    while (span.size > 0) {
        if (!span_has_prefix(span, "pgk_") && !span_has_prefix(span, "pgu_")) {
            text_add_char(text, *span.bytes++);
            span.size--;
            continue;
        }
        text_add(text, "pg*_***");
        span.bytes += 4;
        span.size -= 4;
        while (span.size > 0 && isalnum((unsigned char)*span.bytes)) {
            span.bytes++;
            span.size--;
        }
    }
}

static const char *details_make(const struct call *call)
{
    CLEANUP(text_clear) struct text clean = {0};
    CLEANUP(text_clear) struct text text = {0};
    struct span body = text_span(&call->body);
    struct span head = {body.bytes, body.size < UNREADABLE_KEEP ? body.size : UNREADABLE_KEEP};
    utf8_add_clean(&clean, head);
    if (body.size == 0) {
        text_add(&text, "Nothing of the body was kept.");
    } else {
        text_addf(&text, "The body has %zu bytes%s:\n", body.size,
                  head.size < body.size ? " and begins" : "");
        text_add_without_keys(&text, text_span(&clean));
    }
    return arena_copy_span(call->arena, utf8_cut(text_span(&text), DETAILS_MAX));
}

bool unreadable_step(struct call *call, struct house *house, const char *why, struct answer *answer)
{
    const char *key = call->caller.key;
    const char *format = call->route->format ? call->route->format : call->parts[0];
    struct span said = utf8_cut(span_of(why), WHY_MAX);
    struct alert alert = {
        .integration = key,
        .team = call->caller.team,
        .dedup_key = arena_format(call->arena, "pagerd/unreadable/%.64s", format ? format : ""),
        .severity = SEVERITY_ERROR,
        .summary = arena_format(call->arena, "unreadable alert from %s: %.*s", key, (int)said.size,
                                said.bytes),
        .details = details_make(call),
        .source = key,
        .grace_ms = HOUR_MS,
    };
    struct event event = {.kind = EVENT_TRIGGER,
                          .actor = key,
                          .via = "http",
                          .alert = &alert,
                          .target.kind = TARGET_COUNT};
    uuid_new(alert.uuid);
    house->step(house->context, &event, answer);
    if (answer->kind == ANSWER_FULL)
        return false;
    house->unreadable(house->context, key, why);
    return true;
}

enum call_wait unreadable_run(struct call *call, struct house *house)
{
    struct answer answer = {0};
    if (!view_policy(house->engine)) {
        call_fail_unavailable(call, "pagerd has no configuration yet");
        return CALL_ANSWER_NOW;
    }
    if (!unreadable_step(call, house, call->unreadable, &answer)) {
        call_fail_unavailable(call, *answer.text ? answer.text : "a limit is met");
        return CALL_ANSWER_NOW;
    }
    call_answer_errorf(call, 400, "invalid", "%s It is kept as incident #%" PRIu64 ".",
                       call->unreadable, answer.incident);
    return CALL_AFTER_COMMIT;
}
