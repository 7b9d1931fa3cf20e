/* SPDX-License-Identifier: MIT */
/* generic.c - pagerd's own JSON: one object or an array of them (docs/api.md, "Alerts in"). */
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

static const struct {
    const char *name;
    enum event_kind kind;
} actions[] = {
    {"trigger", EVENT_TRIGGER},
    {"resolve", EVENT_RESOLVE_SOURCE},
    {"acknowledge", EVENT_ACKNOWLEDGE},
    {"note", EVENT_NOTE_SOURCE},
};

static bool action_parse(const char *name, enum event_kind *kind)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        if (string_same(actions[i].name, name)) {
            *kind = actions[i].kind;
            return true;
        }
    }
    return false;
}

/* NULL when the alert can be used. */
static const char *alert_complaint(const struct ingest_item *item, const struct json *json)
{
    if (item->event.kind == EVENT_TRIGGER)
        return *item->alert.summary ? NULL : "\"summary\" is missing: say in a line what is wrong";
    if (!*item->alert.dedup_key)
        return "\"dedup_key\" is missing: it says which incident is meant";
    if (item->event.kind == EVENT_ACKNOWLEDGE && !item->author)
        return "\"user\" is missing: only a named person acknowledges";
    if (item->event.kind == EVENT_NOTE_SOURCE && !json_text(json, "text"))
        return "\"text\" is missing: a note needs one";
    return NULL;
}

static void alert_read(struct arena *arena, const struct json *json, const char *integration,
                       struct ingest_item *item)
{
    item_begin(item, integration, "http");
    if (json->kind != JSON_OBJECT) {
        item->error = "an alert is an object such as {\"summary\":\"db1: disk full\"}";
        return;
    }
    const char *action = json_text(json, "action");
    item->event.kind = EVENT_TRIGGER;
    if (action && !action_parse(action, &item->event.kind)) {
        item->error = arena_format(
            arena, "action \"%s\" is unknown; there are trigger, resolve, acknowledge and note",
            field_line(arena, action, 60));
        return;
    }
    struct alert *alert = &item->alert;
    /* Whoever says nothing about its weight may mean the worst; an unknown word is an error. */
    field_weigh(arena, json_text(json, "severity"), SEVERITY_CRITICAL, SEVERITY_ERROR, alert);
    alert->dedup_key = field_key(arena, json_text(json, "dedup_key"));
    alert->summary = field_line(arena, json_text(json, "summary"), SUMMARY_MAX);
    alert->details = field_details(arena, json_find(json, "details"));
    alert->source = field_line(arena, json_text(json, "source"), LABEL_VALUE_MAX);
    alert->service = field_line(arena, json_text(json, "service"), LABEL_VALUE_MAX);
    alert->runbook = field_url(arena, json_text(json, "runbook"));
    alert->link = field_url(arena, json_text(json, "link"));
    struct label *labels = NULL;
    alert->label_count = field_labels(arena, json_find(json, "labels"), &labels);
    alert->labels = labels;
    item->event.text =
        json_text(json, "text") ? field_block(arena, json_text(json, "text"), NOTE_MAX) : NULL;
    item->author = json_text(json, "user");
    item->team = json_text(json, "team");
    item->error = alert_complaint(item, json);
}

static bool generic_parse(const struct ingest_request *request, struct ingest_batch *batch,
                          struct fault *fault)
{
    struct arena *arena = request->arena;
    const struct json *json = request->json;
    if (json->kind != JSON_OBJECT && json->kind != JSON_ARRAY)
        return fault_set(fault, FAULT_INPUT, "the body is an alert or an array of alerts");

    bool is_array = json->kind == JSON_ARRAY;
    if (!batch_begin(arena, batch, is_array ? json->count : 1, fault))
        return false;

    const struct json *one = is_array ? json->first : json;
    for (size_t i = 0; i < batch->count; i++, one = one->next)
        alert_read(arena, one, request->integration, &batch->items[i]);
    return true;
}

const struct ingest_format format_generic = {.name = "generic", .parse = generic_parse};
