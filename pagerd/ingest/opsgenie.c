/* SPDX-License-Identifier: MIT */
/*
 * opsgenie.c - a new alert as sent to Opsgenie's Alert API, POST /v2/alerts
 * (docs.opsgenie.com/docs/alert-api#create-alert). What its clients do to an alert later is no
 * body of alerts and lies in http/opsgenie.c.
 *
 * Responders are not looked at: the key says whose alert it is.
 */
#include "ingest/opsgenie.h"
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

static const struct {
    const char *name;
    enum severity severity;
} priorities[] = {
    {"P1", SEVERITY_CRITICAL}, {"P2", SEVERITY_ERROR}, {"P3", SEVERITY_WARNING},
    {"P4", SEVERITY_INFO},     {"P5", SEVERITY_INFO},
};

bool opsgenie_priority(const char *name, enum severity *severity)
{
    for (size_t i = 0; i < sizeof(priorities) / sizeof(*priorities); i++) {
        if (string_same(priorities[i].name, name)) {
            *severity = priorities[i].severity;
            return true;
        }
    }
    return false;
}

static const char *details_make(struct arena *arena, const struct json *json)
{
    const char *description = json_text(json, "description");
    const char *note = json_text(json, "note");
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, description ? description : "");
    if (note && *note)
        text_addf(&text, "%sNote: %s", text.size > 0 ? "\n\n" : "", note);
    return field_block(arena, text_string(&text), DETAILS_MAX);
}

/* The details, and behind them the tags as one label: a detail of that name makes room for it. */
static void labels_make(struct arena *arena, const struct json *json, struct alert *alert)
{
    struct label *details = NULL;
    size_t detail_count = field_labels(arena, json_find(json, "details"), &details);
    struct label *labels = arena_take(arena, (detail_count + 1) * sizeof(*labels));
    size_t count = 0;

    CLEANUP(text_clear) struct text tags = {0};
    const struct json *list = json_find(json, "tags");
    for (const struct json *one = list && list->kind == JSON_ARRAY ? list->first : NULL; one;
         one = one->next) {
        if (one->text && one->text_size > 0)
            text_addf(&tags, "%s%s", tags.size > 0 ? "," : "", one->text);
    }
    for (size_t i = 0; i < detail_count; i++) {
        if (tags.size == 0 || !string_is(details[i].name, "tags"))
            labels[count++] = details[i];
    }
    if (tags.size > 0 && count < LABELS_MAX) {
        labels[count].name = (char *)"tags";
        labels[count++].value = (char *)field_line(arena, text_string(&tags), LABEL_VALUE_MAX);
    }
    alert->labels = labels;
    alert->label_count = count;
}

static bool opsgenie_parse(const struct ingest_request *request, struct ingest_batch *batch,
                           struct fault *fault)
{
    static const char *const objects[] = {"entity", "source", NULL};
    static const char *const services[] = {"service", "job", NULL};
    static const char *const runbooks[] = {"runbook_url", "runbook", NULL};
    struct arena *arena = request->arena;
    const struct json *json = request->json;
    if (json->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT, "the alert is not a JSON object");
    const char *message = field_line(arena, json_text(json, "message"), SUMMARY_MAX);
    if (!*message)
        return fault_set(fault, FAULT_INPUT, "Message can not be empty");
    if (!batch_begin(arena, batch, 1, fault))
        return false;

    const struct json *details = json_find(json, "details");
    const char *alias = json_text(json, "alias");
    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, "opsgenie");
    item->event.kind = EVENT_TRIGGER;
    struct alert *alert = &item->alert;
    /* Opsgenie takes a missing one for P3; a page too many is better than one too few. */
    alert->severity = SEVERITY_ERROR;
    const char *priority = json_text(json, "priority");
    alert->severity_word = field_line(arena, priority, LABEL_NAME_MAX);
    alert->is_severity_guessed = !opsgenie_priority(priority, &alert->severity);
    alert->dedup_key = field_key(arena, alias);
    alert->summary = message;
    alert->details = details_make(arena, json);
    alert->source = field_line(arena, field_first(json, objects), LABEL_VALUE_MAX);
    alert->service = field_line(arena, field_first(details, services), LABEL_VALUE_MAX);
    alert->runbook = field_url(arena, field_first(details, runbooks));
    alert->link = field_url(arena, json_text(json, "source"));
    if (!*alert->link) /* Zabbix */
        alert->link = field_url(arena, json_text(details, "Problem"));
    labels_make(arena, json, alert);
    batch->dedup_key = alias ? alias : "";
    return true;
}

const struct ingest_format format_opsgenie = {.name = "opsgenie", .parse = opsgenie_parse};
