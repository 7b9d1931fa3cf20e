/* SPDX-License-Identifier: MIT */
/*
 * pagerduty.c - PagerDuty's Events API: v2 as sent to /v2/enqueue, and v1 as sent to
 * /generic/2010-04-15/create_event.json. They differ in names, and v1 knows no severity.
 *
 * Their "acknowledge" names nobody, and nobody may acknowledge: it becomes a note. The caller takes
 * routing_key or service_key as the integration's key.
 */
#include <string.h>

#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

/* What the members of an event are called. */
struct shape {
    const char *action;
    const char *dedup_key;
    const char *payload; /* the object that the names below are in; NULL: the event itself */
    const char *summary;
    const char *summary_path; /* as it is told in errors */
    const char *details;
    const char *links;    /* array of what has an href */
    enum severity unsaid; /* severity of an event that has none */
};

static bool is_runbook(const struct json *link)
{
    const char *text = json_string(link, "text");
    return text && strcasestr(text, "runbook") != NULL;
}

/* The first link is where to look, one that says so is the runbook. */
static void links_read(struct arena *arena, const struct json *json, const struct json *details,
                       const struct shape *shape, struct alert *alert)
{
    static const char *const runbooks[] = {"runbook_url", "runbook", NULL};
    const struct json *links = json_find(json, shape->links);
    bool is_array = links && links->kind == JSON_ARRAY;
    alert->runbook = field_url(arena, field_first(details, runbooks));
    for (const struct json *one = is_array ? links->first : NULL; one; one = one->next) {
        const char **place = is_runbook(one) ? &alert->runbook : &alert->link;
        if (**place == '\0')
            *place = field_url(arena, json_string(one, "href"));
    }
    if (*alert->link == '\0')
        alert->link = field_url(arena, json_string(json, "client_url"));
}

static void labels_make(struct arena *arena, const struct json *payload, struct alert *alert)
{
    static const char *const names[] = {"source", "component", "group", "class"};
    struct label *labels = arena_take(arena, 4 * sizeof(*labels));
    size_t count = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = json_text(payload, names[i]);
        if (!value || !*value || field_is_macro(value))
            continue;
        labels[count].name = (char *)names[i];
        labels[count++].value = (char *)field_line(arena, value, LABEL_VALUE_MAX);
    }
    alert->labels = labels;
    alert->label_count = count;
}

static bool action_read(const struct json *json, const char *name, enum event_kind *kind,
                        struct fault *fault)
{
    const char *action = json_text(json, name);
    if (!action || !*action)
        return fault_set(fault, FAULT_INPUT, "'%s' is missing or blank", name);
    if (string_is(action, "trigger"))
        *kind = EVENT_TRIGGER;
    else if (string_is(action, "resolve"))
        *kind = EVENT_RESOLVE_SOURCE;
    else if (string_is(action, "acknowledge"))
        *kind = EVENT_NOTE_SOURCE;
    else
        return fault_set(fault, FAULT_INPUT,
                         "'%s' must be one of 'trigger', 'acknowledge' or 'resolve'", name);
    return true;
}

static void alert_fill(struct arena *arena, const struct json *json, const struct json *payload,
                       const struct shape *shape, struct alert *alert)
{
    static const char *const services[] = {"component", "group", NULL};
    alert->dedup_key = field_key(arena, json_text(json, shape->dedup_key));
    field_weigh(arena, json_text(payload, "severity"), shape->unsaid, shape->unsaid, alert);
    alert->summary = field_line(arena, json_text(payload, shape->summary), SUMMARY_MAX);
    const struct json *details = json_find(payload, shape->details);
    const char *source = json_text(payload, "source");
    alert->details = field_details(arena, details);
    alert->source = field_line(arena, field_is_macro(source) ? NULL : source, LABEL_VALUE_MAX);
    alert->service = field_line(arena, field_first(payload, services), LABEL_VALUE_MAX);
    links_read(arena, json, details, shape, alert);
    labels_make(arena, payload, alert);
}

static bool event_parse(const struct ingest_request *request, const struct shape *shape,
                        struct ingest_batch *batch, struct fault *fault)
{
    struct arena *arena = request->arena;
    const struct json *json = request->json;
    enum event_kind kind = EVENT_TRIGGER;
    if (json->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT, "the event is not a JSON object");
    if (!action_read(json, shape->action, &kind, fault))
        return false;

    /* Alertmanager sends "payload":null with what it does not mean for v2. */
    const struct json *payload = shape->payload ? json_find(json, shape->payload) : json;
    const char *summary = json_text(payload, shape->summary);
    const char *dedup_key = json_text(json, shape->dedup_key);
    if (kind == EVENT_TRIGGER && !(summary && *summary))
        return fault_set(fault, FAULT_INPUT, "'%s' is missing or blank", shape->summary_path);
    if (kind != EVENT_TRIGGER && !(dedup_key && *dedup_key))
        return fault_set(fault, FAULT_INPUT, "'%s' is missing or blank", shape->dedup_key);
    if (!batch_begin(arena, batch, 1, fault))
        return false;

    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, "pagerduty");
    item->event.kind = kind;
    if (kind == EVENT_NOTE_SOURCE)
        item->event.text = "the source says acknowledged, but names nobody: not acknowledged";
    alert_fill(arena, json, payload, shape, &item->alert);
    batch->dedup_key = dedup_key ? dedup_key : "";
    return true;
}

static bool pagerduty_v2_parse(const struct ingest_request *request, struct ingest_batch *batch,
                               struct fault *fault)
{
    static const struct shape v2 = {
        .action = "event_action",
        .dedup_key = "dedup_key",
        .payload = "payload",
        .summary = "summary",
        .summary_path = "payload.summary",
        .details = "custom_details",
        .links = "links",
        .unsaid = SEVERITY_ERROR,
    };
    return event_parse(request, &v2, batch, fault);
}

/* PagerDuty takes every event of v1 for critical. */
static bool pagerduty_v1_parse(const struct ingest_request *request, struct ingest_batch *batch,
                               struct fault *fault)
{
    static const struct shape v1 = {
        .action = "event_type",
        .dedup_key = "incident_key",
        .summary = "description",
        .summary_path = "description",
        .details = "details",
        .links = "contexts",
        .unsaid = SEVERITY_CRITICAL,
    };
    return event_parse(request, &v1, batch, fault);
}

const struct ingest_format format_pagerduty = {.name = "pagerduty_v2", .parse = pagerduty_v2_parse};
const struct ingest_format format_pagerduty_v1 = {.name = "pagerduty_v1",
                                                  .parse = pagerduty_v1_parse};
