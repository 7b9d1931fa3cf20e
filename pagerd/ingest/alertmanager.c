/* SPDX-License-Identifier: MIT */
/*
 * alertmanager.c - Prometheus Alertmanager's webhook, version "4".
 *
 * Each alert of the body stands for itself: the body's own status says "resolved" even while an
 * alert that was left out of it still fires, so it is never read.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

#define FNV_OFFSET UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

static uint64_t fnv_add(uint64_t hash, const char *text)
{
    /* The terminator separates the parts. */
    size_t size = strlen(text) + 1;
    for (size_t i = 0; i < size; i++) {
        hash ^= (unsigned char)text[i];
        hash *= FNV_PRIME;
    }
    return hash;
}

/* Of the labels alone, whatever their order: each pair is hashed, the sums are mixed. */
static const char *fingerprint_make(struct arena *arena, const struct json *labels)
{
    uint64_t sum = 0;
    for (const struct json *one = labels ? labels->first : NULL; one; one = one->next)
        sum += fnv_add(fnv_add(FNV_OFFSET, one->key), one->text ? one->text : "");
    return arena_format(arena, "%016" PRIx64, sum);
}

static const char *summary_make(struct arena *arena, const struct json *labels,
                                const struct json *annotations)
{
    static const char *const said[] = {"summary", "title", "message", "description", NULL};
    const char *text = field_first(annotations, said);
    if (text)
        return field_line(arena, text, SUMMARY_MAX);

    const char *name = json_text(labels, "alertname");
    const char *instance = json_text(labels, "instance");
    if (!name && !instance)
        return "alert without a name";
    if (!instance)
        return field_line(arena, name, SUMMARY_MAX);
    return field_line(arena, arena_format(arena, "%s %s", name ? name : "alert on", instance),
                      SUMMARY_MAX);
}

static void alert_read(struct arena *arena, const struct json *json, const char *integration,
                       struct ingest_item *item)
{
    static const char *const services[] = {"service", "job", NULL};
    static const char *const objects[] = {"instance", "host", "node", "pod", NULL};
    static const char *const runbooks[] = {"runbook_url", "runbook", NULL};

    item_begin(item, integration, "alertmanager");
    if (json->kind != JSON_OBJECT) {
        item->error = "an alert is an object";
        return;
    }
    const char *status = json_string(json, "status");
    bool is_resolved = status && string_same(status, "resolved");
    if (!is_resolved && !(status && string_same(status, "firing"))) {
        item->error = "\"status\" of the alert is neither firing nor resolved";
        return;
    }
    const struct json *labels = json_find(json, "labels");
    const struct json *annotations = json_find(json, "annotations");
    const char *fingerprint = json_string(json, "fingerprint");
    struct alert *alert = &item->alert;
    item->event.kind = is_resolved ? EVENT_RESOLVE_SOURCE : EVENT_TRIGGER;
    alert->dedup_key = fingerprint && *fingerprint ? field_key(arena, fingerprint)
                                                   : fingerprint_make(arena, labels);
    alert->severity = field_severity(json_text(labels, "severity"), SEVERITY_ERROR);
    alert->summary = summary_make(arena, labels, annotations);
    alert->details = field_block(arena, json_text(annotations, "description"), DETAILS_MAX);
    alert->source = field_line(arena, field_first(labels, objects), LABEL_VALUE_MAX);
    alert->service = field_line(arena, field_first(labels, services), LABEL_VALUE_MAX);
    alert->runbook = field_url(arena, field_first(annotations, runbooks));
    alert->link = field_url(arena, json_text(json, "generatorURL"));
    struct label *list = NULL;
    alert->label_count = field_labels(arena, labels, &list);
    alert->labels = list;
}

static bool alertmanager_parse(const struct ingest_request *request, struct ingest_batch *batch,
                               struct fault *fault)
{
    struct arena *arena = request->arena;
    const struct json *json = request->json;
    const struct json *alerts = json_find(json, "alerts");
    if (!alerts || alerts->kind != JSON_ARRAY)
        return fault_set(fault, FAULT_INPUT,
                         "\"alerts\" is missing: this is not Alertmanager's webhook, version 4");
    if (!batch_begin(arena, batch, alerts->count, fault))
        return false;

    const struct json *one = alerts->first;
    for (size_t i = 0; i < batch->count; i++, one = one->next)
        alert_read(arena, one, request->integration, &batch->items[i]);
    return true;
}

const struct ingest_format format_alertmanager = {
    .name = "alertmanager",
    .parse = alertmanager_parse,
};
