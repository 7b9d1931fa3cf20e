/* SPDX-License-Identifier: MIT */
/*
 * cloudevents.c - CloudEvents 1.0 over HTTP: binary, structured and batched content mode
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md).
 *
 * The specification says how an event is wrapped, not what an alert is. Data that is pagerd's own
 * JSON (docs/api.md) is read as such; of anything else the usual names are taken. An event is a
 * resolve when its type ends in a word for that ("com.example.disk.resolved"), or its data says
 * so; without a key, source and subject (or the type without that word) say what it is about.
 */
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

/* The attributes of one event; NULL where there is none. */
struct cloud_event {
    const char *type;
    const char *source;
    const char *subject;
    const char *time;
    const char *severity;    /* an extension attribute */
    const struct json *data; /* NULL when it is not JSON */
    const char *words;       /* data as text, or NULL */
};

/* Words that end an alert, and their opposites: neither is part of what an event is about. */
static const struct {
    const char *word;
    bool is_end;
} states[] = {
    {"resolved", true}, {"recovered", true},  {"recovery", true}, {"closed", true},
    {"cleared", true},  {"ok", true},         {"up", true},       {"inactive", true},
    {"normal", true},   {"triggered", false}, {"fired", false},   {"firing", false},
    {"alert", false},   {"alarm", false},     {"opened", false},  {"raised", false},
    {"created", false}, {"active", false},    {"down", false},    {"problem", false},
    {"failed", false},
};

#define STATE_COUNT (sizeof(states) / sizeof(*states))

/* Index into states, or STATE_COUNT. */
static size_t state_find(const char *word)
{
    for (size_t i = 0; word && i < STATE_COUNT; i++) {
        if (string_same(states[i].word, word))
            return i;
    }
    return STATE_COUNT;
}

static bool is_end(size_t state)
{
    return state < STATE_COUNT && states[state].is_end;
}

/* "source|subject"; without a subject the type, less its last word when that is a state. */
static const char *key_make(struct arena *arena, const struct cloud_event *event)
{
    const char *source = event->source ? event->source : "";
    if (event->subject && *event->subject)
        return field_key(arena, arena_format(arena, "%s|%s", source, event->subject));
    const char *type = event->type ? event->type : "";
    const char *dot = strrchr(type, '.');
    int size = (int)strlen(type);
    if (dot && state_find(dot + 1) < STATE_COUNT)
        size = (int)(dot - type);
    return field_key(arena, arena_format(arena, "%s|%.*s", source, size, type));
}

static enum event_kind kind_find(const struct cloud_event *event)
{
    static const char *const names[] = {"action", "status", "state", NULL};
    const char *dot = event->type ? strrchr(event->type, '.') : NULL;
    if (dot && is_end(state_find(dot + 1)))
        return EVENT_RESOLVE_SOURCE;
    const char *word = field_first(event->data, names);
    return is_end(state_find(word)) || (word && string_same(word, "resolve")) ? EVENT_RESOLVE_SOURCE
                                                                              : EVENT_TRIGGER;
}

static const char *summary_make(struct arena *arena, const struct cloud_event *event)
{
    static const char *const names[] = {"summary", "title", "message", "description", "name", NULL};
    const char *said = field_first(event->data, names);
    struct span words = span_trim(span_of(event->words));
    if (!said && words.size > 0)
        said = arena_copy_span(arena, span_cut(&words, '\n'));
    if (said && *said)
        return field_line(arena, said, SUMMARY_MAX);
    const char *type = event->type && *event->type ? event->type : "event without a type";
    const char *about = event->subject && *event->subject ? event->subject : event->source;
    return field_line(arena, arena_format(arena, "%s %s", type, about ? about : ""), SUMMARY_MAX);
}

static const char *details_make(struct arena *arena, const struct cloud_event *event)
{
    const char *said = json_text(event->data, "details");
    if (!said)
        said = json_text(event->data, "description");
    if (said || event->words)
        return field_block(arena, said ? said : event->words, DETAILS_MAX);
    if (!event->data)
        return "";
    CLEANUP(text_clear) struct text text = {0};
    json_render(&text, event->data);
    return field_block(arena, text_string(&text), DETAILS_MAX);
}

static void event_read(struct arena *arena, const struct cloud_event *event,
                       struct ingest_item *item)
{
    static const char *const links[] = {"link", "url", NULL};
    const struct json *data = event->data;
    struct alert *alert = &item->alert;
    const char *key = json_text(data, "dedup_key");
    const char *severity = json_text(data, "severity");
    const char *source = json_text(data, "source");
    severity = severity && *severity ? severity : event->severity;
    item->event.kind = kind_find(event);
    alert->dedup_key = key && *key ? field_key(arena, key) : key_make(arena, event);
    field_weigh(arena, severity, SEVERITY_CRITICAL, SEVERITY_ERROR, alert);
    alert->summary = summary_make(arena, event);
    alert->details = details_make(arena, event);
    alert->source = field_line(arena, source ? source : event->subject, LABEL_VALUE_MAX);
    alert->service = field_line(arena, json_text(data, "service"), LABEL_VALUE_MAX);
    alert->link = field_url(arena, field_first(data, links));
    alert->runbook = field_url(arena, json_text(data, "runbook"));
    alert->started_at = field_instant(event->time);
    field_label_add(arena, alert, "type", event->type);
    field_label_add(arena, alert, "source", event->source);
    field_label_add(arena, alert, "subject", event->subject);
    const struct json *labels = json_find(data, "labels");
    bool is_object = labels && labels->kind == JSON_OBJECT;
    for (const struct json *one = is_object ? labels->first : NULL; one; one = one->next)
        field_label_add(arena, alert, one->key, one->text);
    if (!*alert->dedup_key || string_is(alert->dedup_key, "|"))
        item->error =
            "neither \"source\" nor \"type\" nor \"subject\" says what the event is about";
}

/* What data of bytes say: JSON if they are that, else words. */
static void data_read(struct arena *arena, struct span bytes, struct cloud_event *event)
{
    struct fault ignored;
    if (span_trim(bytes).size == 0 || json_parse(arena, bytes, &event->data, &ignored))
        return;
    char *words = arena_copy_span(arena, bytes);
    for (size_t i = 0; i < bytes.size; i++) {
        if (words[i] == '\0')
            words[i] = ' ';
    }
    event->words = words;
}

static void structured_read(const struct ingest_request *request, const struct json *json,
                            struct ingest_item *item)
{
    struct arena *arena = request->arena;
    item_begin(item, request->integration, "cloudevents");
    const char *version = json_text(json, "specversion");
    if (!version || *version != '1') {
        item->error = "\"specversion\" is not 1.0: this is not a CloudEvent";
        return;
    }
    struct cloud_event event = {
        .type = json_text(json, "type"),
        .source = json_text(json, "source"),
        .subject = json_text(json, "subject"),
        .time = json_text(json, "time"),
        .severity = json_text(json, "severity"),
        .data = json_find(json, "data"),
    };
    struct span encoded = span_of(json_string(json, "data_base64"));
    if (event.data && event.data->kind == JSON_STRING) {
        event.words = event.data->text;
        event.data = NULL;
    } else if (!event.data && encoded.size > 0) {
        size_t size = 0;
        char *bytes = arena_take(arena, encoded.size + 1);
        if (!base64_decode(encoded, bytes, encoded.size, &size)) {
            item->error = "\"data_base64\" is not base64";
            return;
        }
        data_read(arena, (struct span){bytes, size}, &event);
    }
    event_read(arena, &event, item);
}

/* Section 3.1.3.2: values of headers are percent-encoded. */
static const char *attribute_find(const struct ingest_request *request, const char *name)
{
    const char *value = ingest_header(request, name);
    return value ? field_unescape(request->arena, span_of(value), false) : NULL;
}

static bool binary_parse(const struct ingest_request *request, struct ingest_batch *batch,
                         struct fault *fault)
{
    struct cloud_event event = {
        .type = attribute_find(request, "ce-type"),
        .source = attribute_find(request, "ce-source"),
        .subject = attribute_find(request, "ce-subject"),
        .time = attribute_find(request, "ce-time"),
        .severity = attribute_find(request, "ce-severity"),
    };
    if (!batch_begin(request->arena, batch, 1, fault))
        return false;
    data_read(request->arena, request->body, &event);
    item_begin(batch->items, request->integration, "cloudevents");
    event_read(request->arena, &event, batch->items);
    return true;
}

static bool cloudevents_parse(const struct ingest_request *request, struct ingest_batch *batch,
                              struct fault *fault)
{
    bool is_structured = span_has_prefix(span_of(request->content_type), "application/cloudevents");
    if (!is_structured && ingest_header(request, "ce-specversion"))
        return binary_parse(request, batch, fault);

    const struct json *json = NULL;
    if (!json_parse(request->arena, request->body, &json, fault))
        return fault_prefix(fault, "a CloudEvent without ce- headers is JSON");
    if (json->kind != JSON_ARRAY && json->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT, "the body is a CloudEvent or an array of them");
    bool is_array = json->kind == JSON_ARRAY;
    if (!batch_begin(request->arena, batch, is_array ? json->count : 1, fault))
        return false;
    const struct json *one = is_array ? json->first : json;
    for (size_t i = 0; i < batch->count; i++, one = one->next)
        structured_read(request, one, &batch->items[i]);
    return true;
}

const struct ingest_format format_cloudevents = {
    .name = "cloudevents",
    .body = INGEST_TEXT,
    .parse = cloudevents_parse,
};
