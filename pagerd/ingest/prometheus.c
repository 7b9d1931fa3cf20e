/* SPDX-License-Identifier: MIT */
/*
 * prometheus.c - alerts as Prometheus itself sends them to an Alertmanager: an array, without any
 * status (prometheus.io/docs/alerting/latest/clients). What is over has its end in the past; what
 * fires has one a little ahead, moved on each time it is said again. So an alert is always a
 * trigger with its end, and the engine knows the time.
 *
 * Grafana's contact point "Alertmanager" sends the same, with the members of its own that it did
 * not mean to ("UpdatedAt", "Timeout"). It tells what fires once, and again after hours at best,
 * though the end lies some minutes ahead: nobody may take that for over.
 *
 * One array may hold the same alert firing and then over: the order counts. The dedup key is
 * Alertmanager's fingerprint of the labels, the same as by its webhook.
 */
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"
#include "ingest/labelled.h"

/* In Alertmanager's words, which its users search for; NULL when the alert can be used. */
static const char *alert_complaint(const struct json *json, const struct alert *alert)
{
    const struct json *labels = json_find(json, "labels");
    bool has_label = false;
    for (const struct json *one = labels ? labels->first : NULL; one; one = one->next)
        has_label = has_label || (one->text && one->text_size > 0);
    if (!has_label)
        return "at least one label pair required";
    if (alert->ends_at != 0 && alert->ends_at < alert->started_at)
        return "start time must be before end time";
    return NULL;
}

static bool prometheus_parse(const struct ingest_request *request, struct ingest_batch *batch,
                             struct fault *fault)
{
    const struct json *json = request->json;
    if (json->kind != JSON_ARRAY)
        return fault_set(fault, FAULT_INPUT, "the body is no array of alerts");
    if (!batch_begin(request->arena, batch, json->count, fault))
        return false;

    const struct json *one = json->first;
    for (size_t i = 0; i < batch->count; i++, one = one->next) {
        struct ingest_item *item = &batch->items[i];
        item_begin(item, request->integration, "prometheus");
        item->event.kind = EVENT_TRIGGER;
        if (one->kind != JSON_OBJECT) {
            item->error = "an alert is an object";
            continue;
        }
        labelled_read(request->arena, one, &item->alert);
        /* "0001-01-01T00:00:00Z" is how Go says none: it stays until it is resolved. */
        item->alert.ends_at = field_instant(json_text(one, "endsAt"));
        item->alert.is_told_once = json_find(one, "UpdatedAt") != NULL;
        item->error = alert_complaint(one, &item->alert);
    }
    return true;
}

const struct ingest_format format_prometheus = {.name = "prometheus", .parse = prometheus_parse};
