/* SPDX-License-Identifier: MIT */
#include "ingest/ingest.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

static const struct ingest_format *const formats[] = {
    &format_generic,          /* pagerd's own JSON */
    &format_alertmanager,     /* Prometheus Alertmanager */
    &format_pagerduty,        /* Events API v2 */
    &format_pagerduty_v1,     /* Events API v1 */
    &format_pagerduty_nagios, /* PagerDuty's agent for Nagios */
    &format_nagios,           /* pagectl nagios */
    &format_icinga,           /* pagectl icinga */
    &format_grafana,          /* unified alerting */
    &format_text,             /* curl -d */
    &format_json,             /* by a map of the configuration */
    &format_uptimekuma,       /* webhook */
    &format_cloudevents,      /* 1.0 */
    &format_sentry,           /* integration webhooks */
    &format_datadog,          /* webhook with our payload */
    &format_sns,              /* AWS SNS, CloudWatch */
    &format_email,            /* a mail */
    &format_opsgenie,         /* Alert API */
    &format_prometheus,       /* Prometheus itself */
    &format_pagerduty_change, /* change events */
    &format_goalert,          /* generic API */
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
    item->alert.severity_word = "";
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

const char *ingest_header(const struct ingest_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (string_is(request->headers[i].name, name))
            return request->headers[i].value;
    }
    return NULL;
}

/* A text of nothing but control characters is empty once it is cleaned. */
static void summaries_mend(struct ingest_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct ingest_item *item = &batch->items[i];
        if (!item->error && item->event.kind == EVENT_TRIGGER && !*item->alert.summary)
            item->alert.summary = "alert without words";
    }
}

static bool has_key(struct span body)
{
    struct span rest = body;
    while (rest.size > 0) {
        struct span part = span_cut(&rest, '_');
        const char *end = part.bytes + part.size;
        bool is_cut = end < body.bytes + body.size;
        if (is_cut && part.size >= 3 &&
            (memcmp(end - 3, "pgk", 3) == 0 || memcmp(end - 3, "pgu", 3) == 0))
            return true;
    }
    return false;
}

/* Zabbix' media types, for one, put all their parameters into the details. */
static void keys_hide(struct arena *arena, struct ingest_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        struct alert *alert = &batch->items[i].alert;
        struct event *event = &batch->items[i].event;
        const char **texts[] = {&alert->summary, &alert->details, &alert->source,
                                &alert->service, &alert->link,    &alert->runbook};
        for (size_t j = 0; j < sizeof(texts) / sizeof(*texts); j++)
            *texts[j] = field_without_keys(arena, *texts[j]);
        if (event->text)
            event->text = field_without_keys(arena, event->text);
        for (size_t j = 0; j < alert->label_count; j++) {
            const char **value = &((struct label *)alert->labels)[j].value;
            *value = field_without_keys(arena, *value);
        }
    }
}

bool ingest_parse(const struct ingest_format *format, const struct ingest_request *request,
                  struct ingest_batch *batch, struct fault *fault)
{
    assert(format);
    assert(request->integration);

    struct ingest_batch found = {0};
    struct ingest_request whole = *request;
    if (!whole.content_type)
        whole.content_type = "";
    if (format->body == INGEST_JSON && !whole.json &&
        !json_parse(whole.arena, whole.body, &whole.json, fault))
        return false;
    if (!format->parse(&whole, &found, fault))
        return false;
    summaries_mend(&found);
    if (has_key(whole.body))
        keys_hide(whole.arena, &found);

    *batch = found;
    return true;
}
