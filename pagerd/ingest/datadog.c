/* SPDX-License-Identifier: MIT */
/*
 * datadog.c - Datadog's webhooks with the payload of etc/integrations/datadog/payload.json.
 *
 * Datadog's body is what its user makes of variables
 * (https://docs.datadoghq.com/integrations/webhooks/); the payload names each variable as it is
 * called, in small letters. A variable without a value is
 * "", "null" or its own name.
 */
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

static bool datadog_parse(const struct ingest_request *request, struct ingest_batch *batch,
                          struct fault *fault)
{
    const struct json *json = request->json;
    if (json->kind != JSON_OBJECT ||
        !(json_find(json, "alert_transition") || json_find(json, "alert_type")))
        return fault_set(fault, FAULT_INPUT,
                         "\"alert_transition\" is missing: use the payload of "
                         "docs/integrations/datadog.md");
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
