/* SPDX-License-Identifier: MIT */
/*
 * alertmanager.c - what is read of an Alertmanager that pagerd stands in for: by amtool, by
 * Grafana, by probes (Alertmanager's api/v2/openapi.yaml).
 */
#include <string.h>

#include "base/text.h"
#include "http/alerts.h"
#include "http/route.h"

#define LIST_MAX 20000
#define FILTERS_MAX 16
#define FIRES_ON_MS (5 * MINUTE_MS) /* an end that is not known is said to be so far ahead */

/* name="value" or name!="value" */
struct filter {
    const char *name;
    const char *value;
    bool is_negated;
};

static const char *unquote(struct arena *arena, struct span span)
{
    CLEANUP(text_clear) struct text text = {0};
    bool is_quoted = span.size >= 2 && span.bytes[0] == '"' && span.bytes[span.size - 1] == '"';
    if (!is_quoted)
        return arena_copy_span(arena, span);
    for (size_t i = 1; i < span.size - 1; i++) {
        if (span.bytes[i] == '\\' && i + 2 < span.size)
            i++;
        text_add_char(&text, span.bytes[i]);
    }
    return arena_copy_span(arena, text_span(&text));
}

static bool filter_parse(struct arena *arena, const char *text, struct filter *filter)
{
    struct span value = span_of(text);
    struct span name = span_cut(&value, '=');
    if (name.size == strlen(text) || (value.size > 0 && value.bytes[0] == '~'))
        return false;
    filter->is_negated = name.size > 0 && name.bytes[name.size - 1] == '!';
    name.size -= filter->is_negated;
    filter->name = arena_copy_span(arena, span_trim(name));
    filter->value = unquote(arena, span_trim(value));
    return *filter->name != '\0';
}

static bool filters_read(struct call *call, struct filter filters[FILTERS_MAX], size_t *count)
{
    for (size_t i = 0; i < call->query_count; i++) {
        const struct pair *pair = &call->query[i];
        if (!string_is(pair->name, "filter"))
            continue;
        if (*count == FILTERS_MAX || !filter_parse(call->arena, pair->value, &filters[*count])) {
            call_answer_errorf(call, 400, "invalid",
                               "bad filter \"%.80s\": at most %d are taken, with = or != and no "
                               "regular expression",
                               pair->value, FILTERS_MAX);
            return false;
        }
        (*count)++;
    }
    return true;
}

static const char *label_value(const struct incident *incident, const char *name)
{
    for (size_t i = 0; i < incident->label_count; i++) {
        if (string_is(incident->labels[i].name, name))
            return incident->labels[i].value;
    }
    return "";
}

static bool is_listed(const struct call *call, const struct incident *incident,
                      const struct filter *filters, size_t count)
{
    if (incident->state == INCIDENT_RESOLVED ||
        !string_is(incident->integration, alert_integration(call)))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool is_same = string_is(label_value(incident, filters[i].name), filters[i].value);
        if (is_same == filters[i].is_negated)
            return false;
    }
    return true;
}

static void put_annotation(struct json_writer *writer, const char *name, const char *value)
{
    if (*value)
        json_put_string(writer, name, value);
}

static void alert_write(struct json_writer *writer, const struct incident *incident, msec now)
{
    json_begin_object(writer, NULL);
    json_begin_object(writer, "annotations");
    put_annotation(writer, "summary", incident->summary);
    put_annotation(writer, "description", incident->details);
    put_annotation(writer, "runbook_url", incident->runbook);
    json_end_object(writer);
    json_put_instant(writer, "endsAt", now + FIRES_ON_MS);
    json_put_string(writer, "fingerprint", incident->dedup_key);
    json_begin_array(writer, "receivers");
    json_begin_object(writer, NULL);
    json_put_string(writer, "name", incident->team);
    json_end_object(writer);
    json_end_array(writer);
    json_put_instant(writer, "startsAt", incident->opened_at);
    json_begin_object(writer, "status");
    json_begin_array(writer, "inhibitedBy");
    json_end_array(writer);
    json_begin_array(writer, "silencedBy");
    json_end_array(writer);
    json_put_string(writer, "state", "active");
    json_end_object(writer);
    json_put_instant(writer, "updatedAt", incident->last_alert_at);
    json_put_string(writer, "generatorURL", incident->link);
    json_begin_object(writer, "labels");
    for (size_t i = 0; i < incident->label_count; i++)
        json_put_string(writer, incident->labels[i].name, incident->labels[i].value);
    json_end_object(writer);
    json_end_object(writer);
}

/* Open incidents of the key's own integration. */
enum call_wait route_alertmanager_list(struct call *call, struct house *house)
{
    struct filter filters[FILTERS_MAX];
    size_t filter_count = 0;
    if (!filters_read(call, filters, &filter_count))
        return CALL_ANSWER_NOW;
    const char *active = call_query(call, "active");
    bool is_wanted = !active || !string_is(active, "false");
    struct json_writer writer = call_begin_json(call, 200);
    uint64_t cursor = 0;
    size_t count = 0;
    const struct incident *incident;
    json_begin_array(&writer, NULL);
    while (is_wanted && count < LIST_MAX &&
           (incident = view_each_incident(house->engine, &cursor))) {
        if (!is_listed(call, incident, filters, filter_count))
            continue;
        alert_write(&writer, incident, call->now_at);
        count++;
    }
    json_end_array(&writer);
    return CALL_ANSWER_NOW;
}

enum call_wait route_alertmanager_status(struct call *call, struct house *house)
{
    static const char *const unknown[] = {"branch", "buildDate", "buildUser", "goVersion",
                                          "revision"};
    CLEANUP(text_clear) struct text said = {0};
    struct json_writer own = {.text = &said};
    const struct json *status = NULL;
    struct fault fault;
    house->status(house->context, &own);
    if (!json_parse(call->arena, text_span(&said), &status, &fault))
        status = NULL;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_object(&writer, "cluster");
    json_put_string(&writer, "status", "disabled");
    json_end_object(&writer);
    json_begin_object(&writer, "config");
    json_put_string(&writer, "original", "");
    json_end_object(&writer);
    json_put_string(&writer, "uptime", json_string(status, "started_at"));
    json_begin_object(&writer, "versionInfo");
    for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
        json_put_string(&writer, unknown[i], "");
    json_put_string(&writer, "version", json_string(status, "version"));
    json_end_object(&writer);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}

static enum call_wait answer_ok(struct call *call)
{
    text_reset(&call->answer);
    text_add(&call->answer, "OK");
    call->status = 200;
    call->content_type = "text/plain; charset=utf-8";
    return CALL_ANSWER_NOW;
}

enum call_wait route_alertmanager_health(struct call *call, struct house *house)
{
    (void)house;
    return answer_ok(call);
}

enum call_wait route_alertmanager_ready(struct call *call, struct house *house)
{
    struct fault fault = {0};
    if (house->is_ready(house->context, &fault))
        return answer_ok(call);
    call_fail_unavailable(call, fault.text);
    return CALL_ANSWER_NOW;
}
