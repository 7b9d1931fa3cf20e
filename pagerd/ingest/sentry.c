/* SPDX-License-Identifier: MIT */
/*
 * sentry.c - webhooks of a Sentry integration
 * (https://docs.sentry.io/integrations/integration-platform/webhooks/).
 *
 * The header Sentry-Hook-Resource says what the body is about. Alerts, issues and errors of one
 * problem share the id of its issue as key, so that "resolved" ends what an alert began. Sentry
 * does not say that it repeats anything: what is not about a problem is answered with success.
 */
#include "base/text.h"
#include "ingest/field.h"
#include "ingest/format.h"

/* What "action" of a resource means; "" is any other action. A person who archives an issue says
 * that it is no problem, but not that it is over: told, not ended. */
static const struct meaning {
    const char *resource;
    const char *action;
    enum event_kind kind;
    enum severity severity; /* of a trigger that does not say */
} meanings[] = {
    {"event_alert", "", EVENT_TRIGGER, SEVERITY_ERROR},
    {"activity_alert", "", EVENT_TRIGGER, SEVERITY_ERROR},
    {"metric_alert", "resolved", EVENT_RESOLVE_SOURCE, SEVERITY_ERROR},
    {"metric_alert", "warning", EVENT_TRIGGER, SEVERITY_WARNING},
    {"metric_alert", "", EVENT_TRIGGER, SEVERITY_CRITICAL},
    {"issue", "created", EVENT_TRIGGER, SEVERITY_ERROR},
    {"issue", "unresolved", EVENT_TRIGGER, SEVERITY_ERROR},
    {"issue", "resolved", EVENT_RESOLVE_SOURCE, SEVERITY_ERROR},
    {"issue", "", EVENT_NOTE_SOURCE, SEVERITY_ERROR},
    {"error", "", EVENT_TRIGGER, SEVERITY_ERROR},
    {"comment", "created", EVENT_NOTE_SOURCE, SEVERITY_ERROR},
};

/* Sentry's levels, in its own words. */
static const struct {
    const char *level;
    enum severity severity;
} levels[] = {
    {"fatal", SEVERITY_CRITICAL}, {"error", SEVERITY_ERROR}, {"warning", SEVERITY_WARNING},
    {"info", SEVERITY_INFO},      {"debug", SEVERITY_INFO},
};

/* The header, or what the data look like where something in between dropped it. */
static const char *resource_find(const struct ingest_request *request, const struct json *data)
{
    static const struct {
        const char *member;
        const char *resource;
    } shapes[] = {
        {"metric_alert", "metric_alert"}, {"event", "event_alert"}, {"error", "error"},
        {"comment", "comment"},           {"issue", "issue"},
    };
    const char *named = ingest_header(request, "sentry-hook-resource");
    if (named && *named)
        return named;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++) {
        if (json_find(data, shapes[i].member))
            return shapes[i].resource;
    }
    return "";
}

static const struct meaning *meaning_find(const char *resource, const char *action)
{
    for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
        const struct meaning *row = &meanings[i];
        if (string_is(row->resource, resource) && (!*row->action || string_is(row->action, action)))
            return row;
    }
    return NULL;
}

static void level_read(struct arena *arena, const char *level, struct alert *alert)
{
    alert->severity_word = field_line(arena, level, LABEL_NAME_MAX);
    alert->is_severity_guessed = true;
    for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
        if (!string_same(levels[i].level, alert->severity_word))
            continue;
        alert->severity = levels[i].severity;
        alert->is_severity_guessed = false;
    }
}

/* An alert about a metric; its key is the alert's own id, and its action says how bad it is. */
static void metric_read(struct arena *arena, const struct json *data, const char *action,
                        struct alert *alert)
{
    enum severity known;
    static const char *const ids[] = {"id", "identifier", NULL};
    const struct json *metric = json_find(data, "metric_alert");
    const struct json *rule = json_find(metric, "alert_rule");
    const char *id = field_first(metric, ids);
    const char *name = json_text(rule, "name");
    const char *title = json_text(data, "description_title");
    alert->severity_word = field_line(arena, action, LABEL_NAME_MAX);
    alert->is_severity_guessed = !severity_parse(alert->severity_word, &known);
    if (id)
        alert->dedup_key = field_key(arena, arena_format(arena, "metric/%s", id));
    title = title && *title ? title : name;
    alert->summary = field_line(arena, title && *title ? title : "metric alert", SUMMARY_MAX);
    alert->details = field_block(arena, json_text(data, "description_text"), DETAILS_MAX);
    alert->service = field_line(arena, name, LABEL_VALUE_MAX);
    alert->link = field_url(arena, json_text(data, "web_url"));
    alert->started_at = field_instant(json_text(metric, "date_started"));
    field_label_add(arena, alert, "alert_rule", name);
}

static void event_tags_read(struct arena *arena, const struct json *tags, struct alert *alert)
{
    bool is_array = tags && tags->kind == JSON_ARRAY;
    for (const struct json *one = is_array ? tags->first : NULL; one; one = one->next) {
        /* Pairs, as [["browser", "Chrome"], ...]. */
        if (one->kind == JSON_ARRAY && one->count == 2 && one->first->text)
            field_label_add(arena, alert, one->first->text, one->first->next->text);
    }
}

/* An event or an issue; its key is the issue's id. "firstSeen" stays the same when an issue comes
 * back, so it is not when this began. */
static void problem_read(struct arena *arena, const struct json *data, struct alert *alert)
{
    static const char *const titles[] = {"title", "message", "culprit", NULL};
    static const char *const links[] = {"web_url", "permalink", NULL};
    const struct json *issue = json_find(data, "issue");
    const struct json *event = json_find(data, "event");
    event = event ? event : json_find(data, "error");
    const struct json *problem = event ? event : issue;
    const struct json *project = json_find(problem, "project");
    const char *id = json_text(event, "issue_id");
    const char *slug = json_text(project, "slug");
    const char *title = field_first(problem, titles);
    id = id ? id : json_text(issue, "id");
    id = id ? id : json_text(data, "issue_id");
    if (id && *id)
        alert->dedup_key = field_key(arena, arena_format(arena, "issue/%s", id));
    alert->summary = field_line(arena, title ? title : "problem without a title", SUMMARY_MAX);
    level_read(arena, json_text(problem, "level"), alert);
    alert->link = field_url(arena, field_first(problem, links));
    alert->service =
        field_line(arena, slug ? slug : json_text(data, "project_slug"), LABEL_VALUE_MAX);

    CLEANUP(text_clear) struct text details = {0};
    field_detail_add(&details, "Alert rule", json_text(data, "triggered_rule"));
    field_detail_add(&details, "Culprit", json_text(problem, "culprit"));
    field_detail_add(&details, "Issue", json_text(issue, "shortId"));
    field_detail_add(&details, "Platform", json_text(problem, "platform"));
    field_detail_add(&details, "Comment", json_text(data, "comment"));
    alert->details = field_block(arena, text_string(&details), DETAILS_MAX);
    field_label_add(arena, alert, "project", slug);
    field_label_add(arena, alert, "alert_rule", json_text(data, "triggered_rule"));
    event_tags_read(arena, json_find(event, "tags"), alert);
}

static const char *note_make(struct arena *arena, const struct json *json, const char *resource,
                             const char *action)
{
    const char *who = json_text(json_find(json, "actor"), "name");
    const char *comment = json_text(json_find(json, "data"), "comment");
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "sentry: %s %s", resource, action);
    if (who && *who)
        text_addf(&text, " by %s", who);
    if (comment && *comment)
        text_addf(&text, ": %s", comment);
    return field_block(arena, text_string(&text), NOTE_MAX);
}

/* Installations and whatever Sentry invents: nothing to be paged for, nothing to repeat; told. */
static bool ignore(const struct ingest_request *request, const char *resource, const char *action,
                   struct ingest_batch *batch, struct fault *fault)
{
    if (!batch_begin(request->arena, batch, 1, fault))
        return false;
    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, "sentry");
    item->event.kind = EVENT_NOTE_SOURCE;
    item->event.text = field_block(
        request->arena, arena_format(request->arena, "sentry: %s %s", resource, action), NOTE_MAX);
    item->ignored = "not about a problem";
    return true;
}

static bool sentry_parse(const struct ingest_request *request, struct ingest_batch *batch,
                         struct fault *fault)
{
    struct arena *arena = request->arena;
    const struct json *json = request->json;
    const struct json *data = json_find(json, "data");
    const char *action = json_text(json, "action");
    const char *resource = resource_find(request, data);
    action = action ? action : "";
    if (json->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT,
                         "the body is not an object: Sentry sends {\"action\"…");
    if (!*resource)
        return fault_set(fault, FAULT_INPUT,
                         "neither Sentry-Hook-Resource nor \"data\" says what the body is about");
    const struct meaning *meaning = meaning_find(resource, action);
    if (!meaning)
        return ignore(request, resource, action, batch, fault);
    if (!data || data->kind != JSON_OBJECT)
        return fault_set(fault, FAULT_INPUT,
                         "\"data\" is missing: it says what the alert is about");
    if (!batch_begin(arena, batch, 1, fault))
        return false;

    struct ingest_item *item = batch->items;
    item_begin(item, request->integration, "sentry");
    item->event.kind = meaning->kind;
    item->alert.severity = meaning->severity;
    if (string_is(resource, "metric_alert"))
        metric_read(arena, data, action, &item->alert);
    else
        problem_read(arena, data, &item->alert);
    if (meaning->kind == EVENT_NOTE_SOURCE)
        item->event.text = note_make(arena, json, resource, action);
    if (meaning->kind != EVENT_TRIGGER && !*item->alert.dedup_key)
        item->error = "no id of an issue or a metric alert: nothing says which incident is meant";
    return true;
}

const struct ingest_format format_sentry = {.name = "sentry", .parse = sentry_parse};
