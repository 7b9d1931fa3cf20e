/* SPDX-License-Identifier: MIT */
/*
 * uptimekuma.c - Uptime Kuma's webhook notification (server/notification-providers/webhook.js of
 * louislam/uptime-kuma): {"heartbeat", "monitor", "msg"}, as JSON, as the field "data" of a
 * multipart form, or (its method GET) as three fields of the query, each of them JSON but "msg".
 *
 * The test button and notices of the program itself (an expiring certificate, a new version) come
 * with "msg" alone.
 */
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/form.h"
#include "ingest/format.h"

/* heartbeat.status (src/util.ts: DOWN, UP, PENDING, MAINTENANCE). Pending is a failed try that
 * will be repeated: Kuma itself does not notify of it, so it changes nothing here. */
static const struct {
    int64_t status;
    enum event_kind kind;
    const char *says;
} states[] = {
    {0, EVENT_TRIGGER, "is down"},
    {1, EVENT_RESOLVE_SOURCE, "is up"},
    {2, EVENT_NOTE_SOURCE, "is pending"},
    {3, EVENT_NOTE_SOURCE, "is in maintenance"},
    {-1, EVENT_TRIGGER, "is in an unknown state"}, /* the last: any other number */
};

#define STATE_LAST (sizeof(states) / sizeof(*states) - 1)

/* Words without a monitor. Certificates and tests want to be seen, not to wake anybody. */
static void notice_read(struct arena *arena, const char *message, struct ingest_item *item)
{
    item->event.kind = EVENT_TRIGGER;
    item->alert.severity = SEVERITY_INFO;
    item->alert.summary = field_line(arena, message, SUMMARY_MAX);
    item->alert.details = field_block(arena, message, DETAILS_MAX);
    item->alert.dedup_key = field_key(arena, item->alert.summary);
    item->alert.service = "Uptime Kuma";
}

static void tags_read(struct arena *arena, const struct json *tags, struct alert *alert)
{
    bool is_array = tags && tags->kind == JSON_ARRAY;
    for (const struct json *one = is_array ? tags->first : NULL; one; one = one->next) {
        const char *value = json_text(one, "value");
        const char *name = json_text(one, "name");
        if (name && *name)
            field_label_add(arena, alert, name, value && *value ? value : "true");
    }
}

static void monitor_read(struct arena *arena, const struct json *monitor,
                         const struct json *heartbeat, size_t state, struct ingest_item *item)
{
    static const char *const reasons[] = {"msg", NULL};
    const char *name = json_text(monitor, "name");
    const char *id = json_text(monitor, "id");
    const char *host = json_text(monitor, "hostname");
    const char *reason = field_first(heartbeat, reasons);
    struct alert *alert = &item->alert;
    id = id ? id : json_text(heartbeat, "monitorID");
    name = name && *name ? name : "a monitor without a name";
    item->event.kind = states[state].kind;
    alert->dedup_key = field_key(arena, arena_format(arena, "monitor/%s", id ? id : name));
    alert->summary = field_line(arena,
                                arena_format(arena, "%s %s%s%s", name, states[state].says,
                                             reason ? ": " : "", reason ? reason : ""),
                                SUMMARY_MAX);
    alert->link = field_url(arena, json_text(monitor, "url"));
    alert->source = field_line(arena, host && *host ? host : alert->link, LABEL_VALUE_MAX);
    alert->service = field_line(arena, name, LABEL_VALUE_MAX);
    field_label_add(arena, alert, "monitor", name);
    field_label_add(arena, alert, "type", json_text(monitor, "type"));
    tags_read(arena, json_find(monitor, "tags"), alert);
    field_weigh_label(arena, alert); /* Kuma itself has no word for how bad it is */
    if (item->event.kind == EVENT_NOTE_SOURCE)
        item->event.text = alert->summary;
}

static void body_read(struct arena *arena, const struct json *json, struct ingest_item *item)
{
    const struct json *monitor = json_find(json, "monitor");
    const struct json *heartbeat = json_find(json, "heartbeat");
    const char *message = json_text(json, "msg");
    /* Words of a certificate name their monitor, but say nothing of its state. */
    bool has_state = heartbeat && heartbeat->kind == JSON_OBJECT;
    if (!has_state && message && *message) {
        notice_read(arena, message, item);
        return;
    }
    if (!has_state) {
        item->error = "neither \"heartbeat\" nor \"msg\" says anything";
        return;
    }
    size_t state = 0;
    int64_t status = json_integer(heartbeat, "status", -1);
    while (state < STATE_LAST && states[state].status != status)
        state++;
    monitor_read(arena, monitor, heartbeat, state, item);
}

/* A field of the query as a member: "msg" is words, the others are JSON. */
static bool member_add(const struct ingest_request *request, struct json_writer *writer,
                       const char *name, struct fault *fault)
{
    const struct json *member = NULL;
    const char *value = form_value(request->arena, request->body, name);
    if (!value || !*value)
        return true;
    if (string_is(name, "msg")) {
        json_put_string(writer, name, value);
        return true;
    }
    if (!json_parse(request->arena, span_of(value), &member, fault))
        return fault_prefix(fault, "%s", name);
    json_put_raw(writer, name, value);
    return true;
}

static bool query_parse(const struct ingest_request *request, const struct json **json,
                        struct fault *fault)
{
    static const char *const names[] = {"heartbeat", "monitor", "msg"};
    CLEANUP(text_clear) struct text text = {0};
    struct json_writer writer = {.text = &text};
    json_begin_object(&writer, NULL);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (!member_add(request, &writer, names[i], fault))
            return false;
    }
    json_end_object(&writer);
    return json_parse(request->arena, text_span(&text), json, fault);
}

/* The three ways in which the same comes. */
static bool document_find(const struct ingest_request *request, const struct json **json,
                          struct fault *fault)
{
    struct span body = span_trim(request->body);
    if (form_is_multipart(request->content_type)) {
        const char *data = form_part(request->arena, request->body, request->content_type, "data");
        if (!data)
            return fault_set(fault, FAULT_INPUT, "the form has no field \"data\"");
        return json_parse(request->arena, span_of(data), json, fault);
    }
    bool is_query = !span_has_prefix(body, "{") && (form_value(request->arena, body, "msg") ||
                                                    form_value(request->arena, body, "heartbeat"));
    return is_query ? query_parse(request, json, fault)
                    : json_parse(request->arena, body, json, fault);
}

static bool uptimekuma_parse(const struct ingest_request *request, struct ingest_batch *batch,
                             struct fault *fault)
{
    const struct json *json = NULL;
    if (!document_find(request, &json, fault))
        return fault_prefix(fault, "the body is not what Uptime Kuma sends");
    if (json->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT,
                         "the body is not an object: choose the preset \"application/json\"");
    if (!batch_begin(request->arena, batch, 1, fault))
        return false;
    item_begin(batch->items, request->integration, "uptimekuma");
    batch->items->alert.is_severity_guessed = true; /* Kuma has no such word */
    body_read(request->arena, json, batch->items);
    return true;
}

const struct ingest_format format_uptimekuma = {
    .name = "uptimekuma",
    .body = INGEST_TEXT,
    .parse = uptimekuma_parse,
};
