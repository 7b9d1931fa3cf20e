/* SPDX-License-Identifier: MIT */
/* opsgenie.c - what Opsgenie's clients do to an alert that is there. */
#include "http/opsgenie.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "http/alerts.h"
#include "http/route.h"
#include "ingest/field.h"
#include "ingest/format.h"
#include "ingest/opsgenie.h"

/* What only a person here may do is taken and told in the timeline. */
static const struct opsgenie_action actions[] = {
    {NULL, METHOD_POST, 'c', "Create", "Created alert", EVENT_TRIGGER},
    {NULL, METHOD_DELETE, 'd', "Delete", "Closed alert", EVENT_RESOLVE_SOURCE},
    {"close", METHOD_POST, 'x', "Close", "Closed alert", EVENT_RESOLVE_SOURCE},
    {"acknowledge", METHOD_POST, 'a', "Acknowledge", "Acknowledged alert", EVENT_ACKNOWLEDGE},
    {"unacknowledge", METHOD_POST, 'u', "UnAcknowledge", "Unacknowledged alert",
     EVENT_UNACKNOWLEDGE},
    {"notes", METHOD_POST, 'n', "AddNote", "Added note", EVENT_NOTE_SOURCE},
    {"snooze", METHOD_POST, 's', "Snooze", "Noted", EVENT_NOTE_SOURCE},
    {"escalate", METHOD_POST, 'e', "EscalateToNext", "Noted", EVENT_NOTE_SOURCE},
    {"assign", METHOD_POST, 'o', "AssignOwnership", "Noted", EVENT_NOTE_SOURCE},
    {"tags", METHOD_POST, 't', "AddTags", "Noted", EVENT_NOTE_SOURCE},
    {"details", METHOD_POST, 'p', "AddDetails", "Noted", EVENT_NOTE_SOURCE},
    {"responders", METHOD_POST, 'r', "AddResponder", "Noted", EVENT_NOTE_SOURCE},
    {"message", METHOD_PUT, 'm', "UpdateMessage", "Updated message", EVENT_TRIGGER},
    {"description", METHOD_PUT, 'l', "UpdateDescription", "Updated description", EVENT_TRIGGER},
    {"priority", METHOD_PUT, 'y', "UpdatePriority", "Updated priority", EVENT_TRIGGER},
};

const struct opsgenie_action *opsgenie_action_at(size_t index)
{
    return index < sizeof(actions) / sizeof(*actions) ? &actions[index] : NULL;
}

static const struct opsgenie_action *action_find(enum method method, const char *segment)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        if (actions[i].method == method && string_is(actions[i].segment, segment))
            return &actions[i];
    }
    return NULL;
}

void opsgenie_id(const struct incident *incident, char id[OPSGENIE_ID_SIZE])
{
    snprintf(id, OPSGENIE_ID_SIZE, "%s-%" PRIu64, incident->uuid, incident->number);
}

static uint64_t number_read(const char *text)
{
    uint64_t number = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits] != '\0')
        return 0;
    for (; *text; text++)
        number = number * 10 + (uint64_t)(*text - '0');
    return number;
}

static bool id_is_of(const struct incident *incident, const char *text)
{
    char id[OPSGENIE_ID_SIZE];
    opsgenie_id(incident, id);
    return string_is(id, text);
}

static bool is_by_alias(const struct call *call)
{
    const char *type = call_query(call, "identifierType");
    return type && string_same(type, "alias");
}

const struct incident *opsgenie_find(const struct call *call, const struct house *house)
{
    const char *named = call->parts[0];
    const char *type = call_query(call, "identifierType");
    const char *integration = alert_integration(call);
    if (is_by_alias(call))
        return view_open_by_key(house->engine, integration, field_key(call->arena, named));

    bool is_tiny = type && string_same(type, "tiny");
    bool is_id = strlen(named) > UUID_TEXT_SIZE;
    uint64_t number = is_tiny ? number_read(named)
                      : is_id ? number_read(named + UUID_TEXT_SIZE)
                              : 0;
    const struct incident *incident = number ? view_incident(house->engine, number) : NULL;
    if (!incident || !string_is(incident->integration, integration))
        return NULL;
    return is_tiny || id_is_of(incident, named) ? incident : NULL;
}

/* ---- answers ---- */

static void answer_end(struct json_writer *writer, const char *request_id)
{
    /* Nothing is measured: all is done before the answer. */
    json_put_raw(writer, "took", "0.001");
    json_put_string(writer, "requestId", request_id);
    json_end_object(writer);
}

void opsgenie_accept(struct call *call, const struct opsgenie_action *action,
                     enum opsgenie_outcome outcome, const struct incident *incident)
{
    char uuid[UUID_TEXT_SIZE];
    char id[OPSGENIE_ID_SIZE];
    char request[OPSGENIE_REQUEST_SIZE];
    uuid_new(uuid);
    if (incident)
        opsgenie_id(incident, id);
    else
        snprintf(id, sizeof(id), "%s-0", uuid);
    snprintf(request, sizeof(request), "%s-%c%d-%" PRId64, id, action->letter, (int)outcome,
             call->now_at);
    struct json_writer writer = call_begin_json(call, 202);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "result", "Request will be processed");
    answer_end(&writer, request);
}

/* 422 is theirs for what makes no sense; 401, 403, 404, 429 and 5xx are as everywhere. */
void opsgenie_refuse(struct call *call, const struct problem *problem)
{
    char uuid[UUID_TEXT_SIZE];
    uuid_new(uuid);
    struct json_writer writer =
        call_begin_json(call, problem->status == 400 ? 422 : problem->status);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "message", problem->text);
    answer_end(&writer, uuid);
}

/* ---- actions ---- */

static const char *user_of(const struct call *call)
{
    const char *user = json_text(call->json, "user");
    if (call->caller.kind == CALLER_PERSON)
        return call->caller.user;
    return user && *user ? user : NULL;
}

/* The name as one of ours may be found by: Zabbix calls its users "Ann Ops (ann)". */
static const char *author_of(const struct call *call, const struct house *house)
{
    const char *name = user_of(call);
    const struct policy *policy = view_policy(house->engine);
    const char *open = name ? strrchr(name, '(') : NULL;
    if (!open || policy_match_user(policy, name) || name[strlen(name) - 1] != ')')
        return name;
    return arena_copy_span(call->arena, (struct span){open + 1, strlen(open) - 2});
}

/* "Ann asked there for "escalate": not done, only people here do that: text of the note" */
static const char *note_make(const struct call *call, const struct opsgenie_action *action)
{
    const char *user = user_of(call);
    const char *note = json_text(call->json, "note");
    const char *source = json_text(call->json, "source");
    CLEANUP(text_clear) struct text text = {0};
    text_add(&text, user ? user : source && *source ? source : "the source");
    if (action->kind == EVENT_NOTE_SOURCE && !string_is(action->segment, "notes"))
        text_addf(&text, " asked there for \"%s\": not done, only people here do that",
                  action->segment);
    else if (action->kind == EVENT_ACKNOWLEDGE)
        text_add(&text, " acknowledged there");
    else if (action->kind == EVENT_UNACKNOWLEDGE)
        text_add(&text, " took an acknowledgement back there");
    if (note && *note)
        text_addf(&text, ": %s", note);
    return field_block(call->arena, text_string(&text), NOTE_MAX);
}

/* The alert as it is, so that an event about it changes nothing else. An alias is one alert of an
 * incident, which may have others; an id is the one that opened it. */
static struct ingest_item item_make(struct call *call, const struct incident *incident,
                                    enum event_kind kind)
{
    struct ingest_item item = {0};
    item_begin(&item, alert_integration(call), "opsgenie");
    item.event.kind = kind;
    item.alert.dedup_key = is_by_alias(call) ? field_key(call->arena, call->parts[0])
                                             : arena_copy(call->arena, incident->dedup_key);
    if (!incident)
        return item;
    item.alert.summary = arena_copy(call->arena, incident->summary);
    item.alert.severity = incident->severity;
    return item;
}

/* Steps the item: false, answered with 503, when nothing was recorded. */
static bool step(struct call *call, struct house *house, const struct opsgenie_action *action,
                 struct ingest_item *item)
{
    struct answer answer = {0};
    if (!item_step(call, house, item, &answer)) {
        call_fail_unavailable(call, *answer.text ? answer.text : "a limit is met");
        return false;
    }
    if (item->error) {
        call_answer_error(call, 422, "invalid", item->error);
        return false;
    }
    const struct incident *incident =
        answer.incident ? view_incident(house->engine, answer.incident) : NULL;
    bool is_told = item->event.kind == EVENT_NOTE_SOURCE && action->kind != EVENT_NOTE_SOURCE;
    enum opsgenie_outcome outcome = !incident                    ? OPSGENIE_MISSING
                                    : is_told                    ? OPSGENIE_NOTED
                                    : answer.kind == ANSWER_DONE ? OPSGENIE_DONE
                                                                 : OPSGENIE_ALREADY;
    opsgenie_accept(call, action, outcome, incident);
    return true;
}

/* PUT: one field of an open alert. Said again it changes nothing, and is not counted. */
static enum call_wait field_put(struct call *call, struct house *house,
                                const struct opsgenie_action *action,
                                const struct incident *incident)
{
    const char *value = json_text(call->json, action->segment);
    if (!value || !*value) {
        call_answer_errorf(call, 422, "invalid", "%s can not be empty", action->segment);
        return CALL_ANSWER_NOW;
    }
    if (!incident || incident->state == INCIDENT_RESOLVED) {
        opsgenie_accept(call, action, OPSGENIE_MISSING, incident);
        return CALL_ANSWER_NOW;
    }
    struct ingest_item item = item_make(call, incident, EVENT_TRIGGER);
    bool is_same = false;
    if (string_is(action->segment, "priority")) {
        if (!opsgenie_priority(value, &item.alert.severity)) {
            call_answer_error(call, 422, "invalid", "priority is one of P1, P2, P3, P4 and P5");
            return CALL_ANSWER_NOW;
        }
        item.alert.severity_word = value;
        is_same = item.alert.severity == incident->severity;
    } else if (string_is(action->segment, "message")) {
        item.alert.summary = field_line(call->arena, value, SUMMARY_MAX);
        is_same = string_is(item.alert.summary, incident->summary);
    } else {
        item.alert.details = field_block(call->arena, value, DETAILS_MAX);
        is_same = string_is(item.alert.details, incident->details);
    }
    if (is_same) {
        opsgenie_accept(call, action, OPSGENIE_ALREADY, incident);
        return CALL_ANSWER_NOW;
    }
    return step(call, house, action, &item) ? CALL_AFTER_COMMIT : CALL_ANSWER_NOW;
}

/* By one of ours who may; else it is told. */
static bool unacknowledge(const struct call *call, struct house *house,
                          const struct incident *incident, struct answer *answer)
{
    const char *name = author_of(call, house);
    const struct user *user = name ? policy_match_user(view_policy(house->engine), name) : NULL;
    if (!user || !incident)
        return false;
    struct event event = {.kind = EVENT_UNACKNOWLEDGE,
                          .actor = user->id,
                          .via = "opsgenie",
                          .incident = incident->number,
                          .target = {.kind = TARGET_COUNT}};
    house->step(house->context, &event, answer);
    return answer->kind == ANSWER_DONE || answer->kind == ANSWER_ALREADY;
}

static enum call_wait act(struct call *call, struct house *house,
                          const struct opsgenie_action *action)
{
    if (!view_policy(house->engine)) {
        call_fail_unavailable(call, "pagerd has no configuration yet");
        return CALL_ANSWER_NOW;
    }
    const struct incident *incident = opsgenie_find(call, house);
    if (action->method == METHOD_PUT)
        return field_put(call, house, action, incident);
    if (!is_by_alias(call) && !incident) {
        opsgenie_accept(call, action, OPSGENIE_MISSING, NULL);
        return CALL_ANSWER_NOW;
    }
    /* An id is one episode: what came after it under the same key is not meant. */
    if (incident && incident->state == INCIDENT_RESOLVED) {
        opsgenie_accept(call, action, OPSGENIE_ALREADY, incident);
        return CALL_ANSWER_NOW;
    }
    struct answer answer = {0};
    if (action->kind == EVENT_UNACKNOWLEDGE && unacknowledge(call, house, incident, &answer)) {
        bool is_done = answer.kind == ANSWER_DONE;
        opsgenie_accept(call, action, is_done ? OPSGENIE_DONE : OPSGENIE_ALREADY,
                        view_incident(house->engine, answer.incident));
        return CALL_AFTER_COMMIT;
    }
    bool is_unack = action->kind == EVENT_UNACKNOWLEDGE;
    struct ingest_item item =
        item_make(call, incident, is_unack ? EVENT_NOTE_SOURCE : action->kind);
    item.author = author_of(call, house);
    item.event.text = note_make(call, action);
    return step(call, house, action, &item) ? CALL_AFTER_COMMIT : CALL_ANSWER_NOW;
}

enum call_wait route_opsgenie_act(struct call *call, struct house *house)
{
    const struct opsgenie_action *action = action_find(call->route->method, call->parts[1]);
    if (!action) {
        call_answer_errorf(call, 404, "not_found", "There is no action \"%.40s\".", call->parts[1]);
        return CALL_ANSWER_NOW;
    }
    return act(call, house, action);
}

enum call_wait route_opsgenie_delete(struct call *call, struct house *house)
{
    return act(call, house, action_find(METHOD_DELETE, NULL));
}

void opsgenie_created(struct call *call, const struct house *house, const struct answer *first)
{
    opsgenie_accept(call, action_find(METHOD_POST, NULL), OPSGENIE_DONE,
                    view_incident(house->engine, first->incident));
}
