/* SPDX-License-Identifier: MIT */
/* opsgenie_show.c - what Opsgenie's clients read: requests, one alert, the list of the open ones.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/act.h"
#include "http/alerts.h"
#include "http/opsgenie.h"
#include "http/route.h"
#include "ingest/field.h"

#define LIST_DEFAULT 20
#define LIST_MAX 100 /* as theirs */

static void answer_end(struct json_writer *writer)
{
    char uuid[UUID_TEXT_SIZE];
    uuid_new(uuid);
    json_put_raw(writer, "took", "0.001");
    json_put_string(writer, "requestId", uuid);
    json_end_object(writer);
}

static const char *priority_of(enum severity severity)
{
    static const char *const names[SEVERITY_COUNT] = {
        [SEVERITY_CRITICAL] = "P1",
        [SEVERITY_ERROR] = "P2",
        [SEVERITY_WARNING] = "P3",
        [SEVERITY_INFO] = "P5",
    };
    return names[severity];
}

static void alert_write(struct json_writer *writer, const char *key,
                        const struct incident *incident)
{
    char id[OPSGENIE_ID_SIZE];
    opsgenie_id(incident, id);
    bool is_open = incident->state != INCIDENT_RESOLVED;
    json_begin_object(writer, key);
    json_put_string(writer, "id", id);
    json_put_string(writer, "tinyId", strrchr(id, '-') + 1);
    json_put_string(writer, "alias", incident->dedup_key);
    json_put_string(writer, "message", incident->summary);
    json_put_string(writer, "description", incident->details);
    json_put_string(writer, "status", is_open ? "open" : "closed");
    json_put_bool(writer, "acknowledged", *incident->handling->acknowledged_by != '\0');
    json_put_bool(writer, "snoozed", incident->state == INCIDENT_SNOOZED);
    json_put_string(writer, "owner", incident->handling->acknowledged_by);
    json_put_integer(writer, "count", (int64_t)incident->occurrences);
    json_put_instant(writer, "createdAt", incident->opened_at);
    json_put_instant(writer, "lastOccurredAt", incident->last_alert_at);
    json_put_string(writer, "source", incident->source);
    json_put_string(writer, "priority", priority_of(incident->severity));
    json_begin_object(writer, "integration");
    json_put_string(writer, "name", incident->integration);
    json_put_string(writer, "type", "API");
    json_end_object(writer);
    json_begin_object(writer, "details");
    for (size_t i = 0; i < incident->label_count; i++)
        json_put_string(writer, incident->labels[i].name, incident->labels[i].value);
    json_end_object(writer);
    json_end_object(writer);
}

enum call_wait route_opsgenie_show(struct call *call, struct house *house)
{
    const struct incident *incident = opsgenie_find(call, house);
    if (!incident) {
        call_answer_error(call, 404, "not_found", "Alert does not exist");
        return CALL_ANSWER_NOW;
    }
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    alert_write(&writer, "data", incident);
    answer_end(&writer);
    return CALL_ANSWER_NOW;
}

/* What a list is asked for; NULL: any. */
struct wish {
    const char *alias;
    const char *priority;
    bool is_closed; /* and these are not listed */
};

/* The value of a term, with or without quotation marks, cut off `rest`. */
static const char *term_value(struct arena *arena, struct span *rest)
{
    *rest = span_trim(*rest);
    bool is_quoted = span_has_prefix(*rest, "\"");
    if (is_quoted) {
        rest->bytes++;
        rest->size--;
    }
    return arena_copy_span(arena, span_cut(rest, is_quoted ? '"' : ' '));
}

/* "status: open AND alias: disk-7" (docs.opsgenie.com/docs/alerts-search-query-help), of which
 * scripts look before they create. Anything else is not understood: false. */
static bool wish_read(struct arena *arena, const char *query, struct wish *wish)
{
    struct span rest = span_trim(span_of(query));
    while (rest.size > 0) {
        if (span_has_prefix(rest, "AND "))
            (void)span_cut(&rest, ' ');
        size_t size = 0;
        while (size < rest.size && rest.bytes[size] != ':' && rest.bytes[size] != '=')
            size++;
        if (size == rest.size)
            return false;
        struct span name = span_trim((struct span){rest.bytes, size});
        rest = (struct span){rest.bytes + size + 1, rest.size - size - 1};
        const char *value = term_value(arena, &rest);
        rest = span_trim(rest);
        if (span_is(name, "alias"))
            wish->alias = field_key(arena, value);
        else if (span_is(name, "priority"))
            wish->priority = value;
        else if (span_is(name, "status") && string_same(value, "closed"))
            wish->is_closed = true;
        else if (!span_is(name, "status") || !string_same(value, "open"))
            return false;
    }
    return true;
}

static bool is_wished(const struct house *house, const struct wish *wish,
                      const struct incident *incident, const char *integration)
{
    if (wish->is_closed || incident->state == INCIDENT_RESOLVED ||
        !string_is(incident->integration, integration))
        return false;
    if (wish->priority && !string_same(wish->priority, priority_of(incident->severity)))
        return false;
    return !wish->alias || view_open_by_key(house->engine, integration, wish->alias) == incident;
}

/* Newest first, as theirs; numbers that two nodes gave out do not follow time. */
static int by_age(const void *left, const void *right)
{
    const struct incident *a = *(const struct incident *const *)left;
    const struct incident *b = *(const struct incident *const *)right;
    if (a->opened_at != b->opened_at)
        return a->opened_at > b->opened_at ? -1 : 1;
    return a->number > b->number ? -1 : a->number < b->number;
}

/* The newest `limit` of those that are wished for, in their order. */
static size_t list_gather(const struct house *house, const struct wish *wish,
                          const char *integration, size_t limit,
                          const struct incident *list[2 * LIST_MAX])
{
    uint64_t cursor = 0;
    size_t count = 0;
    const struct incident *incident;
    while ((incident = view_each_incident(house->engine, &cursor))) {
        if (!is_wished(house, wish, incident, integration))
            continue;
        if (count == 2 * limit) {
            qsort(list, count, sizeof(*list), by_age);
            count = limit;
        }
        list[count++] = incident;
    }
    qsort(list, count, sizeof(*list), by_age);
    return count < limit ? count : limit;
}

enum call_wait route_opsgenie_list(struct call *call, struct house *house)
{
    uint64_t limit = LIST_DEFAULT;
    struct wish wish = {0};
    if (!act_count(call, "limit", &limit))
        return CALL_ANSWER_NOW;
    if (!wish_read(call->arena, call_query(call, "query"), &wish)) {
        call_answer_error(call, 422, "invalid",
                          "\"query\" is not understood: alias, status and priority are, with AND "
                          "between them, such as alias: disk-7 AND status: open.");
        return CALL_ANSWER_NOW;
    }
    const struct incident *list[2 * LIST_MAX];
    size_t count = list_gather(house, &wish, alert_integration(call),
                               limit < LIST_MAX ? (size_t)limit : LIST_MAX, list);
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "data");
    for (size_t i = 0; i < count; i++)
        alert_write(&writer, NULL, list[i]);
    json_end_array(&writer);
    answer_end(&writer);
    return CALL_ANSWER_NOW;
}

/* ---- requests ---- */

struct parsed_request {
    const struct opsgenie_action *action;
    enum opsgenie_outcome outcome;
    char id[OPSGENIE_ID_SIZE]; /* of the alert */
    uint64_t number;           /* 0: there was no such alert */
    msec at;
};

static const struct opsgenie_action *action_by_letter(char letter)
{
    const struct opsgenie_action *action;
    for (size_t i = 0; (action = opsgenie_action_at(i)); i++) {
        if (action->letter == letter)
            return action;
    }
    return NULL;
}

/* UUID-NUMBER-LETTER OUTCOME-MSEC, as opsgenie_accept() writes it. */
static bool request_parse(const char *text, struct parsed_request *request)
{
    char letter = 0;
    unsigned outcome = 0;
    char uuid[UUID_TEXT_SIZE] = "";
    int used = 0;
    if (strlen(text) >= OPSGENIE_REQUEST_SIZE || strspn(text, "0123456789abcdef-") < UUID_TEXT_SIZE)
        return false;
    if (sscanf(text, "%36[0-9a-f-]-%18" SCNu64 "-%c%1u-%18" SCNd64 "%n", uuid, &request->number,
               &letter, &outcome, &request->at, &used) != 5 ||
        text[used] != '\0' || outcome >= OPSGENIE_OUTCOME_COUNT)
        return false;
    request->outcome = (enum opsgenie_outcome)outcome;
    request->action = action_by_letter(letter);
    snprintf(request->id, sizeof(request->id), "%s-%" PRIu64, uuid, request->number);
    return request->action != NULL;
}

/* What was asked for and is so already is a success: nobody has to send it again. "There is no
 * open alert" are words that Zabbix knows, and it does not ask again either. */
static const char *status_of(const struct parsed_request *request)
{
    switch (request->outcome) {
    case OPSGENIE_DONE:
        return request->action->said;
    case OPSGENIE_ALREADY:
        return "Nothing to do: it was so before";
    case OPSGENIE_NOTED:
        return "Noted only: the user is nobody here";
    case OPSGENIE_MISSING:
    case OPSGENIE_OUTCOME_COUNT:
        break;
    }
    return "There is no open alert of that name";
}

enum call_wait route_opsgenie_request(struct call *call, struct house *house)
{
    struct parsed_request request = {0};
    const char *integration = alert_integration(call);
    bool is_read = request_parse(call->parts[0], &request);
    const struct incident *incident =
        is_read && request.number ? view_incident(house->engine, request.number) : NULL;
    if (!is_read || (incident && !string_is(incident->integration, integration)) ||
        (request.number && !incident)) {
        call_answer_error(call, 404, "not_found", "Request not found");
        return CALL_ANSWER_NOW;
    }
    bool is_done = request.outcome != OPSGENIE_MISSING;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_begin_object(&writer, "data");
    json_put_bool(&writer, "success", is_done);
    json_put_bool(&writer, "isSuccess", is_done);
    json_put_string(&writer, "action", request.action->name);
    json_put_instant(&writer, "processedAt", request.at);
    json_put_string(&writer, "integrationId", integration);
    json_put_string(&writer, "status", status_of(&request));
    json_put_string(&writer, "alertId", incident ? request.id : "");
    json_put_string(&writer, "alias", incident ? incident->dedup_key : "");
    json_end_object(&writer);
    json_put_raw(&writer, "took", "0.001");
    json_put_string(&writer, "requestId", call->parts[0]);
    json_end_object(&writer);
    return CALL_ANSWER_NOW;
}
