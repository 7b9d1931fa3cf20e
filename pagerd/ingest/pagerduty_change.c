/* SPDX-License-Identifier: MIT */
/*
 * pagerduty_change.c - PagerDuty's change events: a deployment, a new setting. Nobody is paged; it
 * is kept, for whoever asks later what was done just before.
 */
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

static const char *link_find(const struct json *json)
{
    const struct json *links = json_find(json, "links");
    for (const struct json *one = links && links->kind == JSON_ARRAY ? links->first : NULL; one;
         one = one->next) {
        if (json_string(one, "href"))
            return json_string(one, "href");
    }
    return NULL;
}

static bool pagerduty_change_parse(const struct ingest_request *request, struct ingest_batch *batch,
                                   struct fault *fault)
{
    static const char *const services[] = {"service", "component", NULL};
    struct arena *arena = request->arena;
    const struct json *payload = json_find(request->json, "payload");
    const char *summary = field_line(arena, json_text(payload, "summary"), SUMMARY_MAX);
    if (request->json->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT, "the event is not a JSON object");
    if (!*summary)
        return fault_set(fault, FAULT_INPUT, "'payload.summary' is missing or blank");
    if (!batch_begin(arena, batch, 1, fault))
        return false;

    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, "pagerduty");
    item->event.kind = EVENT_CHANGE;
    item->alert.severity = SEVERITY_INFO;
    item->alert.summary = summary;
    item->alert.source = field_line(arena, json_text(payload, "source"), LABEL_VALUE_MAX);
    const struct json *details = json_find(payload, "custom_details");
    const char *service = field_first(details, services);
    service = service ? service : field_first(payload, services);
    item->alert.service = field_line(arena, service, LABEL_VALUE_MAX);
    struct label *labels = NULL;
    item->alert.label_count = field_labels(arena, details, &labels);
    item->alert.labels = labels;
    item->alert.link = field_url(arena, link_find(request->json));
    return true;
}

const struct ingest_format format_pagerduty_change = {
    .name = "pagerduty_change",
    .parse = pagerduty_change_parse,
};
