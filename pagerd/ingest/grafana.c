/* SPDX-License-Identifier: MIT */
/*
 * grafana.c - Grafana's unified alerting, webhook contact point, version "1".
 *
 * Alertmanager's form with more links and the values of the rule
 * (https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/).
 * Grafana repeats a refused message only after group_interval, so whatever a custom payload
 * template makes of it is taken too: as words, like /v1/ingest/text.
 */
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"
#include "ingest/labelled.h"
#include "ingest/mail_subject.h"
#include "ingest/words.h"

/* Names of the alerts that Grafana makes itself when a rule cannot be evaluated
 * (https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/stale-alert-instances/).
 */
static const struct {
    const char *name;
    const char *says;
} states[] = {
    {"DatasourceNoData", "No data"},
    {"DatasourceError", "Query failed"},
};

/* "No data: CPU high": the rule's own summary speaks of what could not be measured. */
static const char *summary_make(struct arena *arena, const struct json *json, const char *summary)
{
    const struct json *labels = json_find(json, "labels");
    const char *name = json_text(labels, "alertname");
    const char *rule = json_text(labels, "rulename");
    for (size_t i = 0; name && i < sizeof(states) / sizeof(*states); i++) {
        if (!string_is(states[i].name, name))
            continue;
        bool is_named = json_text(json_find(json, "annotations"), "summary") != NULL;
        return field_line(arena,
                          arena_format(arena, "%s: %s", states[i].says,
                                       !is_named && rule && *rule ? rule : summary),
                          SUMMARY_MAX);
    }
    return summary;
}

static const char *details_make(struct arena *arena, const struct json *json)
{
    const struct json *annotations = json_find(json, "annotations");
    const struct json *values = json_find(json, "values");
    const char *description = json_text(annotations, "description");
    CLEANUP(text_clear) struct text text = {0};
    if (description && *description)
        text_addf(&text, "%s\n", description);
    field_detail_add(&text, "Error", json_text(annotations, "Error"));
    bool is_object = values && values->kind == JSON_OBJECT;
    for (const struct json *one = is_object ? values->first : NULL; one; one = one->next)
        field_detail_add(&text, one->key, one->text);
    return field_block(arena, text_string(&text), DETAILS_MAX);
}

static void alert_read(struct arena *arena, const struct json *json, struct alert *alert)
{
    static const char *const links[] = {"panelURL", "dashboardURL", "generatorURL", NULL};
    labelled_read(arena, json, alert);
    alert->summary = summary_make(arena, json, alert->summary);
    alert->details = details_make(arena, json);
    alert->link = field_url(arena, field_first(json, links));
}

static bool is_over(const struct json *json)
{
    static const char *const words[] = {"resolved", "ok", "normal"};
    static const char *const names[] = {"status", "state", NULL};
    const char *said = field_first(json, names);
    for (size_t i = 0; said && i < sizeof(words) / sizeof(*words); i++) {
        if (string_same(said, words[i]))
            return true;
    }
    return false;
}

/* A message that says by itself that it is over ends what one of the same title began, but for
 * "[FIRING:1]" and "[RESOLVED]" in it. */
static void state_read(const struct ingest_request *request, struct ingest_item *item)
{
    static const char *const names[] = {"status", "state", NULL};
    struct mail_subject subject;
    if (ingest_header(request, "x-key") || !field_first(request->json, names))
        return;
    mail_subject_read(span_of(item->alert.summary), &subject);
    item->alert.dedup_key = field_key(request->arena, text_string(&subject.rest));
    text_clear(&subject.rest);
    if (is_over(request->json))
        item->event.kind = EVENT_RESOLVE_SOURCE;
}

/* A template's own JSON: its title in front, all of it behind. Grafana before version 9 speaks like
 * that, too. */
static bool custom_parse(const struct ingest_request *request, struct ingest_batch *batch,
                         struct fault *fault)
{
    static const char *const titles[] = {"title", "summary", "message", "text", NULL};
    const char *title = field_first(request->json, titles);
    struct ingest_request read = *request;
    CLEANUP(text_clear) struct text text = {0};
    if (title) {
        text_addf(&text, "%s\n", field_line(request->arena, title, SUMMARY_MAX));
        text_add_span(&text, request->body);
        read.body = text_span(&text);
    }
    if (!words_parse(&read, "grafana", batch, fault))
        return false;
    if (title)
        state_read(request, batch->items);
    return true;
}

static bool grafana_parse(const struct ingest_request *request, struct ingest_batch *batch,
                          struct fault *fault)
{
    static const struct labelled family = {
        .via = "grafana",
        .program = "Grafana",
        .limit = "Max alerts",
        .read = alert_read,
    };
    struct ingest_request read = *request;
    struct fault ignored;
    if (!json_parse(request->arena, request->body, &read.json, &ignored))
        return words_parse(request, "grafana", batch, fault);
    if (!json_find(read.json, "alerts"))
        return custom_parse(&read, batch, fault);
    return labelled_parse(&read, &family, batch, fault);
}

const struct ingest_format format_grafana = {
    .name = "grafana",
    .body = INGEST_TEXT,
    .parse = grafana_parse,
};
