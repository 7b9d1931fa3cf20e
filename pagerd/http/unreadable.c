/* SPDX-License-Identifier: MIT */
#include "http/unreadable.h"

#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/utf8.h"
#include "http/alerts.h"
#include "http/route.h"
#include "ingest/field.h"

#define WHY_MAX 300 /* bytes of the reason in the summary */

/* What must come from SNS proves that in the body itself: one that cannot be read is nobody's. */
bool unreadable_is_kept(const struct call *call)
{
    return call->caller.kind == CALLER_SOURCE && !call->check.topic;
}

const char *unreadable_code(unsigned status)
{
    return status == 404 ? "not_found" : status == 415 ? "media_type" : "invalid";
}

/* "why" and then the beginning of the body, as readable text within `max`. */
static const char *body_tell(const struct call *call, const char *why, size_t max)
{
    CLEANUP(text_clear) struct text clean = {0};
    CLEANUP(text_clear) struct text text = {0};
    struct span body = text_span(&call->body);
    struct span head = {body.bytes, body.size < UNREADABLE_KEEP ? body.size : UNREADABLE_KEEP};
    utf8_add_clean(&clean, head);
    text_add(&text, why);
    if (body.size == 0) {
        text_add(&text, "Nothing of the body was kept.");
    } else {
        text_addf(&text, "The body has %zu bytes%s:\n", body.size,
                  head.size < body.size ? " and begins" : "");
        text_add(&text, field_without_keys(call->arena, text_string(&clean)));
    }
    return arena_copy_span(call->arena, utf8_cut(text_span(&text), max));
}

/* The details are those of the latest body: the timeline keeps the first ones too, each once. */
static void body_keep(struct call *call, struct house *house, const struct event *event,
                      const char *why, uint64_t number)
{
    const struct incident *incident = view_incident(house->engine, number);
    if (call->is_unreadable_told || !incident || incident->occurrences > UNREADABLE_TOLD_MAX)
        return;
    struct event note = *event;
    struct answer ignored = {0};
    note.kind = EVENT_NOTE_SOURCE;
    const char *told = body_tell(call, arena_format(call->arena, "%s ", why), DETAILS_MAX);
    note.text = field_line(call->arena, told, NOTE_MAX);
    house->step(house->context, &note, &ignored);
    call->is_unreadable_told = true;
}

bool unreadable_step(struct call *call, struct house *house, const char *why, struct answer *answer)
{
    const char *key = call->caller.key;
    const char *named = call->route->format ? call->route->format : call->parts[0];
    const struct ingest_format *format = ingest_find(named);
    struct span said = utf8_cut(span_of(why), WHY_MAX);
    if (said.size > 0 && said.bytes[said.size - 1] == '.')
        said.size--;
    struct alert alert = {
        .integration = key,
        .team = call->caller.team,
        .dedup_key = arena_format(call->arena, OWN_KEY "unreadable/%s",
                                  format ? format->name : "no-such-format"),
        .severity = SEVERITY_ERROR,
        .summary = arena_format(call->arena, "unreadable alert from %s: %.*s", key, (int)said.size,
                                said.bytes),
        .details = body_tell(call, "", DETAILS_MAX),
        .source = key,
        .grace_ms = HOUR_MS,
        .has_no_limit = true,
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
    body_keep(call, house, &event, why, answer->incident);
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
    unsigned status = call->unreadable_status;
    size_t size = strlen(call->unreadable);
    bool is_sentence = size > 0 && call->unreadable[size - 1] == '.';
    call_answer_errorf(call, status, unreadable_code(status),
                       "%s%s It is kept as incident #%" PRIu64 ".", call->unreadable,
                       is_sentence ? "" : ".", answer.incident);
    return CALL_AFTER_COMMIT;
}
