/* SPDX-License-Identifier: MIT */
#include "ingest/words.h"

#include <string.h>

#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

/*
 * curl -d sends raw words under the type of a form, curl --data-urlencode escaped ones. Escaped
 * is what has no white space and nothing but whole escapes after its percent signs.
 */
static bool is_escaped(const struct ingest_request *request, struct span words)
{
    if (!span_has_prefix(span_of(request->content_type), "application/x-www-form-urlencoded"))
        return false;
    for (size_t i = 0; i < words.size; i++) {
        if ((unsigned char)words.bytes[i] <= ' ')
            return false;
    }
    return memchr(words.bytes, '%', words.size) != NULL && field_is_escaped(words);
}

/* The body as a string; a NUL in it would hide the rest. */
static const char *words_find(const struct ingest_request *request)
{
    struct span words = span_trim(request->body);
    if (words.size > 0 && is_escaped(request, words))
        return field_unescape(request->arena, words, true);
    char *copy = arena_copy_span(request->arena, words);
    for (size_t i = 0; i < words.size; i++) {
        if (copy[i] == '\0')
            copy[i] = ' ';
    }
    return copy;
}

static bool action_read(const struct ingest_request *request, enum event_kind *kind,
                        struct fault *fault)
{
    const char *action = ingest_header(request, "x-action");
    if (!action || !*action || string_same(action, "trigger"))
        *kind = EVENT_TRIGGER;
    else if (string_same(action, "resolve"))
        *kind = EVENT_RESOLVE_SOURCE;
    else
        return fault_set(fault, FAULT_INPUT, "X-Action is \"%.40s\"; there are trigger and resolve",
                         field_line(request->arena, action, 40));
    return true;
}

static void labels_read(const struct ingest_request *request, struct alert *alert)
{
    struct span rest = span_of(ingest_header(request, "x-label"));
    while (rest.size > 0) {
        struct span value = span_trim(span_cut(&rest, ','));
        struct span name = span_trim(span_cut(&value, '='));
        value = span_trim(value);
        if (name.size > 0 && value.size > 0)
            field_label_add(request->arena, alert, arena_copy_span(request->arena, name),
                            arena_copy_span(request->arena, value));
    }
}

bool words_parse(const struct ingest_request *request, const char *via, struct ingest_batch *batch,
                 struct fault *fault)
{
    struct arena *arena = request->arena;
    enum event_kind kind = EVENT_TRIGGER;
    const char *words = words_find(request);
    const char *key = ingest_header(request, "x-key");
    if (!action_read(request, &kind, fault))
        return false;

    struct span rest = span_of(words);
    const char *first = arena_copy_span(arena, span_cut(&rest, '\n'));
    const char *summary = field_line(arena, first, SUMMARY_MAX);
    if (!*summary && kind == EVENT_TRIGGER)
        return fault_set(fault, FAULT_INPUT, "the body is empty: say in a line what is wrong");
    key = field_key(arena, key && *key ? key : summary);
    if (!*key)
        return fault_set(fault, FAULT_INPUT,
                         "nothing says what is resolved: send X-Key, or the words of the trigger");
    if (!batch_begin(arena, batch, 1, fault))
        return false;

    struct ingest_item *item = batch->items;
    struct alert *alert = &item->alert;
    item_begin(item, request->integration, via);
    item->event.kind = kind;
    alert->dedup_key = key;
    field_weigh(arena, ingest_header(request, "x-severity"), SEVERITY_CRITICAL, SEVERITY_ERROR,
                alert);
    alert->summary = summary;
    alert->details = field_block(arena, arena_copy_span(arena, rest), DETAILS_MAX);
    alert->source = field_line(arena, ingest_header(request, "x-source"), LABEL_VALUE_MAX);
    alert->service = field_line(arena, ingest_header(request, "x-service"), LABEL_VALUE_MAX);
    alert->link = field_url(arena, ingest_header(request, "x-link"));
    alert->runbook = field_url(arena, ingest_header(request, "x-runbook"));
    labels_read(request, alert);
    return true;
}

static bool text_parse(const struct ingest_request *request, struct ingest_batch *batch,
                       struct fault *fault)
{
    return words_parse(request, "text", batch, fault);
}

const struct ingest_format format_text = {
    .name = "text",
    .body = INGEST_TEXT,
    .parse = text_parse,
};
