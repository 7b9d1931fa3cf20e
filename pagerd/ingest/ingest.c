/* SPDX-License-Identifier: MIT */
#include "ingest/ingest.h"

#include <assert.h>

#include "base/text.h"
#include "ingest/format.h"

static const struct ingest_format *const formats[] = {
    &format_generic, &format_alertmanager, &format_pagerduty, &format_nagios, &format_icinga,
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(*formats))

void item_begin(struct ingest_item *item, const char *integration, const char *via)
{
    item->event.actor = integration;
    item->event.via = via;
    item->event.target.kind = TARGET_COUNT;
    item->event.alert = &item->alert;
    item->alert.integration = integration;
    item->alert.team = "";
    item->alert.dedup_key = "";
    item->alert.severity = SEVERITY_CRITICAL;
    item->alert.summary = "";
    item->alert.details = "";
    item->alert.source = "";
    item->alert.service = "";
    item->alert.runbook = "";
    item->alert.link = "";
}

bool batch_begin(struct arena *arena, struct ingest_batch *batch, size_t count, struct fault *fault)
{
    if (count > INGEST_ALERTS_MAX)
        return fault_set(fault, FAULT_LIMIT, "%zu alerts in one body; at most %d are taken", count,
                         INGEST_ALERTS_MAX);
    batch->items = count ? arena_take(arena, count * sizeof(*batch->items)) : NULL;
    batch->count = count;
    batch->dedup_key = NULL;
    return true;
}

const struct ingest_format *ingest_find(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (string_is(formats[i]->name, name))
            return formats[i];
    }
    return NULL;
}

const struct ingest_format *ingest_at(size_t index)
{
    return index < FORMAT_COUNT ? formats[index] : NULL;
}

bool ingest_parse(const struct ingest_format *format, struct arena *arena, struct span bytes,
                  const char *integration, struct ingest_batch *batch, struct fault *fault)
{
    const struct json *json = NULL;
    if (!json_parse(arena, bytes, &json, fault))
        return false;

    return ingest_read(format, arena, json, integration, batch, fault);
}

bool ingest_read(const struct ingest_format *format, struct arena *arena, const struct json *json,
                 const char *integration, struct ingest_batch *batch, struct fault *fault)
{
    assert(format);
    assert(integration);

    struct ingest_batch found = {0};
    if (!format->parse(arena, json, integration, &found, fault))
        return false;

    *batch = found;
    return true;
}
