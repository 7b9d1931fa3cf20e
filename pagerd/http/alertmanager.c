/* SPDX-License-Identifier: MIT */
/*
 * alertmanager.c - what is read of an Alertmanager that pagerd stands in for: by amtool, by
 * Grafana, by probes (Alertmanager's api/v2/openapi.yaml).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/match.h"
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

/* Which alerts are asked for. */
struct wanted {
    struct filter filters[FILTERS_MAX];
    size_t filter_count;
    const char *receiver; /* a team, or NULL */
    bool has_active;
    bool has_silenced;
};

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

/* Absent is true, as in Alertmanager's openapi.yaml. */
static bool is_asked_for(const struct call *call, const char *name)
{
    const char *value = call_query(call, name);
    return !value || !string_is(value, "false");
}

static bool wanted_read(struct call *call, struct wanted *wanted)
{
    *wanted = (struct wanted){
        .receiver = call_query(call, "receiver"),
        .has_active = is_asked_for(call, "active"),
        .has_silenced = is_asked_for(call, "silenced"),
    };
    if (wanted->receiver && strpbrk(wanted->receiver, "\\^$.|?*+()[]{}")) {
        call_answer_errorf(
            call, 400, "invalid",
            "bad receiver \"%.80s\": it is the name of a team, no regular expression",
            wanted->receiver);
        return false;
    }
    return filters_read(call, wanted->filters, &wanted->filter_count);
}

static const char *label_value(const struct incident *incident, const char *name)
{
    for (size_t i = 0; i < incident->label_count; i++) {
        if (string_is(incident->labels[i].name, name))
            return incident->labels[i].value;
    }
    return "";
}

/* A key sees what is its own; a person sees everything. */
static bool is_own(const struct call *call, const struct incident *incident)
{
    return incident->state != INCIDENT_RESOLVED &&
           (call->caller.kind != CALLER_SOURCE ||
            string_is(incident->integration, alert_integration(call)));
}

static bool is_listed(const struct call *call, const struct incident *incident,
                      const struct wanted *wanted)
{
    bool is_held = incident->state == INCIDENT_SUPPRESSED;
    if (!is_own(call, incident) || !(is_held ? wanted->has_silenced : wanted->has_active))
        return false;
    if (wanted->receiver && !string_is(incident->team, wanted->receiver))
        return false;
    for (size_t i = 0; i < wanted->filter_count; i++) {
        const struct filter *filter = &wanted->filters[i];
        bool is_same = string_is(label_value(incident, filter->name), filter->value);
        if (is_same == filter->is_negated)
            return false;
    }
    return true;
}

static void put_annotation(struct json_writer *writer, const char *name, const char *value)
{
    if (*value)
        json_put_string(writer, name, value);
}

static void put_receiver(struct json_writer *writer, const char *key, const char *team)
{
    json_begin_object(writer, key);
    json_put_string(writer, "name", team);
    json_end_object(writer);
}

static void put_status(struct json_writer *writer, const struct incident *incident)
{
    char id[24];
    bool is_suppressed = incident->state == INCIDENT_SUPPRESSED;
    json_begin_object(writer, "status");
    json_begin_array(writer, "inhibitedBy");
    json_end_array(writer);
    json_begin_array(writer, "silencedBy");
    if (view_is_held(incident)) {
        (void)snprintf(id, sizeof(id), "%" PRIu64, incident->handling->held_by);
        json_put_string(writer, NULL, id);
    }
    json_end_array(writer);
    json_put_string(writer, "state", is_suppressed ? "suppressed" : "active");
    json_end_object(writer);
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
    put_receiver(writer, NULL, incident->team);
    json_end_array(writer);
    json_put_instant(writer, "startsAt", incident->opened_at);
    put_status(writer, incident);
    json_put_instant(writer, "updatedAt", incident->last_alert_at);
    json_put_string(writer, "generatorURL", incident->link);
    json_begin_object(writer, "labels");
    for (size_t i = 0; i < incident->label_count; i++)
        json_put_string(writer, incident->labels[i].name, incident->labels[i].value);
    json_end_object(writer);
    json_end_object(writer);
}

/* Open incidents, as an array; those of one team, or NULL. */
static void alerts_write(struct json_writer *writer, const char *key, const struct call *call,
                         const struct house *house, const struct wanted *wanted, const char *team)
{
    uint64_t cursor = 0;
    size_t count = 0;
    const struct incident *incident;
    json_begin_array(writer, key);
    while (count < LIST_MAX && (incident = view_each_incident(house->engine, &cursor))) {
        if (!is_listed(call, incident, wanted) || (team && !string_is(incident->team, team)))
            continue;
        alert_write(writer, incident, call->now_at);
        count++;
    }
    json_end_array(writer);
}

enum call_wait route_alertmanager_list(struct call *call, struct house *house)
{
    struct wanted wanted;
    if (!wanted_read(call, &wanted))
        return CALL_ANSWER_NOW;
    struct json_writer writer = call_begin_json(call, 200);
    alerts_write(&writer, NULL, call, house, &wanted, NULL);
    return CALL_ANSWER_NOW;
}

/* The teams that the caller's alerts may go to, one after the other; NULL at the end. */
static const char *team_each(const struct call *call, const struct house *house, size_t *cursor)
{
    const struct policy *policy = view_policy(house->engine);
    while (policy && *cursor < policy->team_count) {
        const char *team = policy->teams[(*cursor)++].id;
        if (!call->caller.team || string_is(call->caller.team, team))
            return team;
    }
    return NULL;
}

/* A receiver is a team. */
enum call_wait route_alertmanager_receivers(struct call *call, struct house *house)
{
    struct json_writer writer = call_begin_json(call, 200);
    size_t cursor = 0;
    const char *team;
    json_begin_array(&writer, NULL);
    while ((team = team_each(call, house, &cursor)))
        put_receiver(&writer, NULL, team);
    json_end_array(&writer);
    return CALL_ANSWER_NOW;
}

/* A team that has any is one group. */
enum call_wait route_alertmanager_groups(struct call *call, struct house *house)
{
    struct wanted wanted;
    if (!wanted_read(call, &wanted))
        return CALL_ANSWER_NOW;
    struct json_writer writer = call_begin_json(call, 200);
    size_t teams = 0;
    const char *team;
    json_begin_array(&writer, NULL);
    while ((team = team_each(call, house, &teams))) {
        uint64_t cursor = 0;
        const struct incident *incident;
        while ((incident = view_each_incident(house->engine, &cursor)) &&
               !(is_listed(call, incident, &wanted) && string_is(incident->team, team)))
            ;
        if (!incident)
            continue;
        json_begin_object(&writer, NULL);
        alerts_write(&writer, "alerts", call, house, &wanted, team);
        json_begin_object(&writer, "labels");
        json_end_object(&writer);
        put_receiver(&writer, "receiver", team);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    return CALL_ANSWER_NOW;
}

/* "redis*" is "redis.*" there. */
static void put_matcher(struct json_writer *writer, const struct matcher *matcher)
{
    bool is_regex = strchr(matcher->pattern, '*') != NULL;
    CLEANUP(text_clear) struct text value = {0};
    for (const char *at = matcher->pattern; *at; at++) {
        if (*at == '*')
            text_add_char(&value, '.');
        else if (is_regex && strchr("\\^$.|?+()[]{}", *at))
            text_add_char(&value, '\\');
        text_add_char(&value, *at);
    }
    json_begin_object(writer, NULL);
    json_put_bool(writer, "isEqual", !matcher->is_negated);
    json_put_bool(writer, "isRegex", is_regex);
    json_put_string(writer, "name", matcher->label);
    json_put_string(writer, "value", text_string(&value));
    json_end_object(writer);
}

static void silence_write(struct json_writer *writer, const struct silence *silence)
{
    static const char *const states[SILENCE_STATE_COUNT] = {
        [SILENCE_PLANNED] = "pending", [SILENCE_ACTIVE] = "active", [SILENCE_OVER] = "expired"};
    char id[24];
    (void)snprintf(id, sizeof(id), "%" PRIu64, silence->id);
    json_begin_object(writer, NULL);
    json_put_string(writer, "id", id);
    json_begin_object(writer, "status");
    json_put_string(writer, "state", states[silence->state]);
    json_end_object(writer);
    json_put_instant(writer, "updatedAt", silence->from_at);
    json_put_string(writer, "comment", silence->note);
    bool is_of_window = silence->maintenance[0] != '\0';
    CLEANUP(text_clear) struct text maker = {0};
    text_addf(&maker, "%s%s", is_of_window ? "maintenance " : "",
              is_of_window ? silence->maintenance : silence->by);
    json_put_string(writer, "createdBy", text_string(&maker));
    json_put_instant(writer, "endsAt", silence->until_at);
    json_begin_array(writer, "matchers");
    for (size_t i = 0; i < silence->matcher_count; i++)
        put_matcher(writer, &silence->matchers[i]);
    json_end_array(writer);
    json_put_instant(writer, "startsAt", silence->from_at);
    json_end_object(writer);
}

/* A key sees those that hold back something of its own: what "silencedBy" names. */
static bool silence_is_shown(const struct call *call, const struct house *house,
                             const struct silence *silence)
{
    uint64_t cursor = 0;
    const struct incident *incident;
    if (call->caller.kind != CALLER_SOURCE)
        return true;
    while ((incident = view_each_incident(house->engine, &cursor))) {
        if (is_own(call, incident) && view_is_held(incident) &&
            incident->handling->held_by == silence->id)
            return true;
    }
    return false;
}

enum call_wait route_alertmanager_silence(struct call *call, struct house *house)
{
    size_t cursor = 0;
    const struct silence *silence;
    while ((silence = view_each_silence(house->engine, &cursor))) {
        const char *id = arena_format(call->arena, "%" PRIu64, silence->id);
        if (!string_is(id, call->parts[0]) || !silence_is_shown(call, house, silence))
            continue;
        struct json_writer writer = call_begin_json(call, 200);
        silence_write(&writer, silence);
        return CALL_ANSWER_NOW;
    }
    call_answer_error(call, 404, "not_found", "there is no such silence");
    return CALL_ANSWER_NOW;
}

enum call_wait route_alertmanager_silences(struct call *call, struct house *house)
{
    struct json_writer writer = call_begin_json(call, 200);
    size_t cursor = 0;
    const struct silence *silence;
    json_begin_array(&writer, NULL);
    while ((silence = view_each_silence(house->engine, &cursor))) {
        if (silence_is_shown(call, house, silence))
            silence_write(&writer, silence);
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
