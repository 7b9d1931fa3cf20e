/* SPDX-License-Identifier: MIT */
#include "http/dialect.h"

#include <assert.h>
#include <string.h>

#include "http/opsgenie.h"
#include "http/request.h"
#include "http/route.h"
#include "ingest/form.h"

static void own_refuse(struct call *call, const struct problem *problem)
{
    struct json_writer writer = call_begin_json(call, problem->status);
    json_begin_object(&writer, NULL);
    json_begin_object(&writer, "error");
    json_put_string(&writer, "code", problem->code);
    json_put_string(&writer, "text", problem->text);
    if (problem->hint)
        json_put_string(&writer, "hint", problem->hint);
    if (problem->user)
        json_put_string(&writer, "user", problem->user);
    if (problem->at)
        json_put_instant(&writer, "at", problem->at);
    json_end_object(&writer);
    json_end_object(&writer);
}

/* ---- PagerDuty ---- */

/*
 * "errors" is what clients quote in their logs; they decide by the status alone. 400 is dropped by
 * all, `throttle_status` and 5xx are sent again, and no other status is in the contract: an
 * unknown key is a 400 too.
 */
static void pagerduty_refuse(struct call *call, const struct problem *problem,
                             unsigned throttle_status)
{
    bool is_theirs = problem->status < 500;
    bool is_throttled = problem->status == 429;
    unsigned status = is_throttled ? throttle_status : is_theirs ? 400 : problem->status;
    struct json_writer writer = call_begin_json(call, status);
    json_begin_object(&writer, NULL);
    if (is_throttled) {
        json_put_string(&writer, "status", "throttle exceeded");
        json_put_string(&writer, "message",
                        "Requests for this service are arriving too quickly.  Please retry later.");
    } else {
        json_put_string(&writer, "status", is_theirs ? "invalid event" : "error");
        json_put_string(&writer, "message",
                        is_theirs ? "Event object is invalid" : "Event was not recorded");
    }
    json_begin_array(&writer, "errors");
    json_put_string(&writer, NULL, problem->text);
    json_end_array(&writer);
    json_end_object(&writer);
}

static void pagerduty_v2_refuse(struct call *call, const struct problem *problem)
{
    pagerduty_refuse(call, problem, 429);
}

static void pagerduty_v1_refuse(struct call *call, const struct problem *problem)
{
    pagerduty_refuse(call, problem, 403);
}

/* The key as it was sent, for clients send it again to resolve; of an alert without one, the
 * uuid that it was given. */
static void pagerduty_accept(struct call *call, unsigned status, const char *key_name)
{
    const struct ingest_item *item = call->batch.items;
    const char *sent = call->batch.dedup_key;
    struct json_writer writer = call_begin_json(call, status);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", "success");
    json_put_string(&writer, "message", "Event processed");
    json_put_string(&writer, key_name, sent && *sent ? sent : item->alert.uuid);
    json_end_object(&writer);
}

static void pagerduty_v2_accept(struct call *call, const struct house *house,
                                const struct answer *first)
{
    (void)house;
    (void)first;
    pagerduty_accept(call, 202, "dedup_key");
}

static void pagerduty_v1_accept(struct call *call, const struct house *house,
                                const struct answer *first)
{
    (void)house;
    (void)first;
    pagerduty_accept(call, 200, "incident_key");
}

static void pagerduty_change_accept(struct call *call, const struct house *house,
                                    const struct answer *first)
{
    (void)house;
    (void)first;
    struct json_writer writer = call_begin_json(call, 202);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", "success");
    json_put_string(&writer, "message", "Change event processed");
    json_end_object(&writer);
}

/* ---- Alertmanager ---- */

/* A JSON string, but for the wrong media type: as Alertmanager 0.25 answers. */
static void alertmanager_v2_refuse(struct call *call, const struct problem *problem)
{
    struct json_writer writer = call_begin_json(call, problem->status);
    if (problem->status != 415) {
        json_put_string(&writer, NULL, problem->text);
        return;
    }
    json_begin_object(&writer, NULL);
    json_put_integer(&writer, "code", problem->status);
    json_put_string(&writer, "message", problem->text);
    json_end_object(&writer);
}

static void alertmanager_v1_refuse(struct call *call, const struct problem *problem)
{
    struct json_writer writer = call_begin_json(call, problem->status);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", "error");
    json_put_string(&writer, "errorType", problem->status < 500 ? "bad_data" : "server_error");
    json_put_string(&writer, "error", problem->text);
    json_end_object(&writer);
}

/* Good alerts are taken although one beside them is not: Prometheus sends nothing again because of
 * an answer, but writes it into its log. */
static bool refuse_any(struct call *call)
{
    for (size_t i = 0; i < call->batch.count; i++) {
        if (call->batch.items[i].error) {
            call_answer_error(call, 400, "invalid", call->batch.items[i].error);
            return true;
        }
    }
    return false;
}

static void alertmanager_v2_accept(struct call *call, const struct house *house,
                                   const struct answer *first)
{
    (void)house;
    (void)first;
    if (refuse_any(call))
        return;
    text_reset(&call->answer);
    call->status = 200;
    call->content_type = "text/plain; charset=utf-8";
}

static void alertmanager_v1_accept(struct call *call, const struct house *house,
                                   const struct answer *first)
{
    (void)house;
    (void)first;
    if (refuse_any(call))
        return;
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", "success");
    json_end_object(&writer);
}

/* ---- GoAlert ---- */

/* Plain words; its clients decide by the status. */
static void goalert_refuse(struct call *call, const struct problem *problem)
{
    text_reset(&call->answer);
    text_add(&call->answer, problem->text);
    text_add_char(&call->answer, '\n');
    call->status = problem->status;
    call->content_type = "text/plain; charset=utf-8";
}

static bool wants_json(const struct call *call)
{
    for (size_t i = 0; i < call->header_count; i++) {
        if (string_is(call->headers[i].name, "accept"))
            return strstr(call->headers[i].value, "application/json") != NULL;
    }
    return false;
}

/* Nothing, or who asks for JSON gets the number; the service is the team. */
static void goalert_accept(struct call *call, const struct house *house, const struct answer *first)
{
    const struct incident *incident =
        first->incident ? view_incident(house->engine, first->incident) : NULL;
    if (!incident || !wants_json(call)) {
        text_reset(&call->answer);
        call->status = 204;
        call->content_type = "text/plain; charset=utf-8";
        return;
    }
    struct json_writer writer = call_begin_json(call, 200);
    json_begin_object(&writer, NULL);
    json_put_integer(&writer, "AlertID", (int64_t)first->incident);
    json_put_string(&writer, "ServiceID", incident->team);
    json_put_bool(&writer, "IsNew", first->is_new);
    json_end_object(&writer);
}

/* ---- the table ---- */

static const struct dialect dialects[DIALECT_COUNT] = {
    /* Its routes write their answers themselves. */
    [DIALECT_OWN] = {.name = "pagerd", .refuse = own_refuse},
    /* developer.pagerduty.com/docs/events-api-v2; Zabbix' stock media type and go-pagerduty take
     * exactly 202 with "status":"success". */
    [DIALECT_PAGERDUTY_V2] = {.name = "PagerDuty Events v2",
                              .key_name = "routing_key",
                              .refuse = pagerduty_v2_refuse,
                              .accept = pagerduty_v2_accept},
    /* developer.pagerduty.com/docs/send-change-events */
    [DIALECT_PAGERDUTY_CHANGE] = {.name = "PagerDuty change events",
                                  .key_name = "routing_key",
                                  .refuse = pagerduty_v2_refuse,
                                  .accept = pagerduty_change_accept},
    /* developer.pagerduty.com/docs/events-api-v1: success is 200, too fast is 403. */
    [DIALECT_PAGERDUTY_V1] = {.name = "PagerDuty Events v1",
                              .key_name = "service_key",
                              .refuse = pagerduty_v1_refuse,
                              .accept = pagerduty_v1_accept},
    /* PagerDuty's pagerduty_nagios.pl: the contact's pager is the key. It drops what is answered
     * with 4xx, unless the body has the words "retry later" as that of a 403 above. */
    [DIALECT_PAGERDUTY_NAGIOS] = {.name = "PagerDuty's agent for Nagios",
                                  .key_name = "CONTACTPAGER",
                                  .is_form = true,
                                  .refuse = pagerduty_v1_refuse,
                                  .accept = pagerduty_v1_accept},
    /* docs.opsgenie.com/docs/alert-api: all writes are 202, what makes no sense is 422. */
    [DIALECT_OPSGENIE] = {.name = "Opsgenie Alert API",
                          .refuse = opsgenie_refuse,
                          .accept = opsgenie_created},
    /* Prometheus as the sender: prometheus.io/docs/alerting/latest/clients and Alertmanager's
     * api/v2/openapi.yaml. */
    [DIALECT_ALERTMANAGER_V2] = {.name = "Alertmanager API v2",
                                 .media_type = "application/json",
                                 .refuse = alertmanager_v2_refuse,
                                 .accept = alertmanager_v2_accept},
    [DIALECT_ALERTMANAGER_V1] = {.name = "Alertmanager API v1",
                                 .refuse = alertmanager_v1_refuse,
                                 .accept = alertmanager_v1_accept},
    /* GoAlert's integration keys (target/goalert, genericapi/handler.go): "token" in the query or
     * the form; success is 204, or 200 with JSON. */
    [DIALECT_GOALERT] = {.name = "GoAlert",
                         .key_name = "token",
                         .is_form = true,
                         .is_query = true,
                         .refuse = goalert_refuse,
                         .accept = goalert_accept},
};

const struct dialect *dialect_get(enum dialect_kind kind)
{
    assert(kind < DIALECT_COUNT);
    return &dialects[kind];
}

const struct dialect *dialect_of(const struct call *call)
{
    return dialect_get(call->route ? call->route->dialect : DIALECT_OWN);
}

struct span dialect_key(const struct dialect *dialect, const struct call *call)
{
    if (!dialect->key_name)
        return (struct span){0};
    const char *in_query = dialect->is_query ? call_query(call, dialect->key_name) : NULL;
    const char *type = call_content_type(call);
    if (in_query)
        return span_of(in_query);
    if (dialect->is_form && form_is_multipart(type))
        return span_of(form_part(call->arena, text_span(&call->body), type, dialect->key_name));
    if (dialect->is_form)
        return span_of(form_value(call->arena, text_span(&call->body), dialect->key_name));
    return span_of(json_text(call->json, dialect->key_name));
}
