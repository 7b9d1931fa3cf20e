/* SPDX-License-Identifier: MIT */
/*
 * datadog.c - Datadog's webhooks with the payload of etc/integrations/datadog/payload.json.
 *
 * Datadog's body is what its user makes of variables
 * (https://docs.datadoghq.com/integrations/webhooks/); the payload names each variable as it is
 * called, in small letters. A variable without a value is
 * "", "null" or its own name.
 *
 * Who sets no payload sends Datadog's own: {"title", "body", "event_type", ...}. All that it says
 * of the state stands in the title, "[P1] [Triggered on {host:db1}] CPU is high".
 */
#include <string.h>

#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

/* $ALERT_TRANSITION; "Re-" in front of the first four is the same again. An unknown word pages. */
static const struct {
    const char *word;
    enum event_kind kind;
    enum severity severity;
} transitions[] = {
    {"Triggered", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"No Data", EVENT_TRIGGER, SEVERITY_ERROR},
    {"Warn", EVENT_TRIGGER, SEVERITY_WARNING},
    {"Renotify", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"Recovered", EVENT_RESOLVE_SOURCE, SEVERITY_INFO},
};

/* $ALERT_TYPE, where there is no transition. */
static const struct {
    const char *word;
    enum event_kind kind;
    enum severity severity;
} types[] = {
    {"error", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"warning", EVENT_TRIGGER, SEVERITY_WARNING},
    {"info", EVENT_TRIGGER, SEVERITY_INFO},
    {"success", EVENT_RESOLVE_SOURCE, SEVERITY_CRITICAL},
};

/* $ALERT_PRIORITY */
static const struct {
    const char *word;
    enum severity severity;
} priorities[] = {
    {"P1", SEVERITY_CRITICAL}, {"P2", SEVERITY_ERROR}, {"P3", SEVERITY_WARNING},
    {"P4", SEVERITY_INFO},     {"P5", SEVERITY_INFO},
};

/* NULL where Datadog had nothing to say. */
static const char *variable_find(const struct json *json, const char *name)
{
    const char *value = json_text(json, name);
    return value && *value && *value != '$' && !string_is(value, "null") ? value : NULL;
}

static void type_read(const struct json *json, struct ingest_item *item)
{
    const char *word = variable_find(json, "alert_type");
    item->event.kind = EVENT_TRIGGER;
    item->alert.is_severity_guessed = true;
    for (size_t i = 0; word && i < sizeof(types) / sizeof(*types); i++) {
        if (!string_same(types[i].word, word))
            continue;
        item->event.kind = types[i].kind;
        item->alert.severity = types[i].severity;
        item->alert.severity_word = types[i].word;
        item->alert.is_severity_guessed = false;
    }
}

/* Comes before the type. An unknown one pages, and has the type's severity. */
static void transition_read(struct arena *arena, const struct json *json, struct ingest_item *item)
{
    const char *word = variable_find(json, "alert_transition");
    if (!word)
        return;
    if (span_has_prefix(span_of(word), "Re-"))
        word += 3;
    item->event.kind = EVENT_TRIGGER;
    if (item->alert.is_severity_guessed)
        item->alert.severity_word = field_line(arena, word, LABEL_NAME_MAX);
    for (size_t i = 0; i < sizeof(transitions) / sizeof(*transitions); i++) {
        if (!string_same(transitions[i].word, word))
            continue;
        item->event.kind = transitions[i].kind;
        item->alert.severity = transitions[i].severity;
        item->alert.severity_word = transitions[i].word;
        item->alert.is_severity_guessed = false;
    }
}

/* The monitor's priority says how bad it is; a warning of it is never more than a warning. The
 * word is that of the two which decides, so that a mapping of it cannot make more of it. */
static void priority_read(const struct json *json, struct alert *alert)
{
    const char *word = variable_find(json, "alert_priority");
    for (size_t i = 0; word && i < sizeof(priorities) / sizeof(*priorities); i++) {
        if (!string_same(priorities[i].word, word))
            continue;
        if (alert->severity == SEVERITY_WARNING && priorities[i].severity != SEVERITY_INFO)
            continue;
        alert->severity = priorities[i].severity;
        alert->severity_word = priorities[i].word;
        alert->is_severity_guessed = false;
    }
}

static const char *key_make(struct arena *arena, const struct json *json)
{
    const char *cycle = variable_find(json, "alert_cycle_key");
    const char *aggregate = variable_find(json, "aggreg_key");
    const char *monitor = variable_find(json, "alert_id");
    const char *scope = variable_find(json, "alert_scope");
    if (cycle || aggregate)
        return field_key(arena, cycle ? cycle : aggregate);
    if (!monitor)
        return "";
    return field_key(arena, arena_format(arena, "%s/%s", monitor, scope ? scope : ""));
}

/* "env:prod,host:db1": each tag is a label. */
static void tags_read(struct arena *arena, const char *tags, struct alert *alert)
{
    struct span rest = span_of(tags);
    while (rest.size > 0) {
        struct span value = span_trim(span_cut(&rest, ','));
        struct span name = span_cut(&value, ':');
        if (name.size > 0 && value.size > 0)
            field_label_add(arena, alert, arena_copy_span(arena, name),
                            arena_copy_span(arena, value));
    }
}

static const char *label_find(const struct alert *alert, const char *name)
{
    for (size_t i = 0; i < alert->label_count; i++) {
        if (string_is(alert->labels[i].name, name))
            return alert->labels[i].value;
    }
    return NULL;
}

static void alert_read(struct arena *arena, const struct json *json, struct alert *alert)
{
    const char *title = variable_find(json, "event_title");
    const char *monitor = variable_find(json, "alert_title");
    const char *host = variable_find(json, "hostname");
    title = title ? title : monitor;
    alert->dedup_key = key_make(arena, json);
    alert->summary =
        field_line(arena, title ? title : variable_find(json, "alert_status"), SUMMARY_MAX);
    CLEANUP(text_clear) struct text details = {0};
    const char *message = variable_find(json, "text_only_msg");
    if (message)
        text_addf(&details, "%s\n", message);
    field_detail_add(&details, "Status", variable_find(json, "alert_status"));
    field_detail_add(&details, "Snapshot", variable_find(json, "snapshot"));
    alert->details = field_block(arena, text_string(&details), DETAILS_MAX);
    alert->link = field_url(arena, variable_find(json, "link"));
    tags_read(arena, variable_find(json, "tags"), alert);
    tags_read(arena, variable_find(json, "alert_scope"), alert);
    field_label_add(arena, alert, "monitor_id", variable_find(json, "alert_id"));
    field_label_add(arena, alert, "org", variable_find(json, "org_name"));
    const char *service = label_find(alert, "service");
    alert->service = service ? service : "";
    alert->source = field_line(arena, host ? host : label_find(alert, "host"), LABEL_VALUE_MAX);
    if (!*alert->summary)
        alert->summary = "Datadog monitor without a title";
}

static bool is_priority(const char *word)
{
    for (size_t i = 0; i < sizeof(priorities) / sizeof(*priorities); i++) {
        if (string_is(priorities[i].word, word))
            return true;
    }
    return false;
}

static bool is_transition(const char *word)
{
    if (strncasecmp(word, "Re-", 3) == 0)
        word += 3;
    for (size_t i = 0; i < sizeof(transitions) / sizeof(*transitions); i++) {
        if (string_same(transitions[i].word, word))
            return true;
    }
    return false;
}

/* What the brackets at the start of a title say; NULL where they do not. */
struct title {
    const char *transition;
    const char *priority;
    const char *scope;
    struct span name; /* without them */
};

/* "[Triggered on {host:db1}]" or "[P1]"; any other bracket is part of the name. */
static bool bracket_read(struct arena *arena, struct title *title)
{
    struct span rest = title->name;
    if (!span_has_prefix(rest, "[") || memchr(rest.bytes, ']', rest.size) == NULL)
        return false;
    struct span inside = span_cut(&rest, ']');
    char *word = arena_copy_span(arena, (struct span){inside.bytes + 1, inside.size - 1});
    char *scope = strstr(word, " on {");
    if (scope) {
        *scope = '\0';
        scope += strlen(" on {");
        scope[strcspn(scope, "}")] = '\0';
    }
    if (is_transition(word)) {
        title->transition = word;
        title->scope = scope;
    } else if (is_priority(word)) {
        title->priority = word;
    } else {
        return false;
    }
    title->name = span_trim(rest);
    return true;
}

/* Without the "%%%" in which Datadog wraps its Markdown. */
static const char *body_read(struct arena *arena, const struct json *json)
{
    static const char fence[] = "%%%";
    size_t size = strlen(fence);
    struct span body = span_trim(span_of(json_text(json, "body")));
    if (body.size < 2 * size || !span_has_prefix(body, fence) ||
        memcmp(body.bytes + body.size - size, fence, size) != 0)
        return arena_copy_span(arena, body);
    return arena_copy_span(arena, (struct span){body.bytes + size, body.size - 2 * size});
}

/* Datadog's own payload, as the one that this file reads. */
static bool own_read(struct arena *arena, const struct json *json, const struct json **read,
                     struct fault *fault)
{
    struct title title = {.name = span_trim(span_of(json_text(json, "title")))};
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    while (bracket_read(arena, &title))
        continue;
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "event_title", json_text(json, "title"));
    json_put_string(&writer, "alert_transition", title.transition);
    json_put_string(&writer, "alert_priority", title.priority);
    json_put_string(&writer, "alert_scope", title.scope);
    json_put_string(&writer, "aggreg_key",
                    arena_format(arena, "%s|%.*s", title.scope ? title.scope : "",
                                 (int)title.name.size, title.name.bytes));
    json_put_string(&writer, "text_only_msg", body_read(arena, json));
    json_put_string(&writer, "org_name", json_text(json_find(json, "org"), "name"));
    json_end_object(&writer);
    return json_parse(arena, text_span(&text), read, fault);
}

static bool datadog_parse(const struct ingest_request *request, struct ingest_batch *batch,
                          struct fault *fault)
{
    const struct json *json = request->json;
    bool is_ours = json_find(json, "alert_transition") || json_find(json, "alert_type");
    bool is_own = !is_ours && json_text(json, "title") && json_find(json, "event_type");
    if (!is_ours && !is_own)
        return fault_set(fault, FAULT_INPUT,
                         "\"alert_transition\" is missing: use the payload of "
                         "docs/integrations/datadog.md");
    if (is_own && !own_read(request->arena, json, &json, fault))
        return false;
    if (!batch_begin(request->arena, batch, 1, fault))
        return false;

    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, "datadog");
    type_read(json, item);
    transition_read(request->arena, json, item);
    priority_read(json, &item->alert);
    alert_read(request->arena, json, &item->alert);
    if (item->event.kind != EVENT_TRIGGER && !*item->alert.dedup_key)
        item->error = "none of alert_cycle_key, aggreg_key, alert_id has a value";
    return true;
}

const struct ingest_format format_datadog = {.name = "datadog", .parse = datadog_parse};
