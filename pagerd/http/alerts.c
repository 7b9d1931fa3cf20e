/* SPDX-License-Identifier: MIT */
/* alerts.c - alerts in: each item of the batch becomes one step of the engine. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"
#include "base/utf8.h"
#include "http/act.h"
#include "http/alerts.h"
#include "http/route.h"
#include "http/say.h"
#include "http/unreadable.h"

/* The team whose incidents these are: the key's, or the one a person names. NULL without an error:
 * the routes say. */
static const char *item_team(const struct call *call, const struct policy *policy,
                             const struct ingest_item *item, const char **error)
{
    if (call->caller.kind == CALLER_SOURCE)
        return call->caller.team;
    if (item->team && policy_find_team(policy, item->team))
        return item->team;
    if (item->team) {
        *error = arena_format(call->arena, "there is no team \"%.80s\"", item->team);
        return NULL;
    }
    if (policy->team_count == 1)
        return policy->teams[0].id;
    if (policy->route_count > 0)
        return NULL;
    *error = "\"team\" is missing, and there are several";
    return NULL;
}

/*
 * An acknowledgement in a monitoring system counts when its author is one of ours; else it is only
 * told. A person who posts may name nobody but themselves.
 */
static void item_settle_author(const struct call *call, const struct policy *policy,
                               struct ingest_item *item)
{
    struct event *event = &item->event;
    if (call->caller.kind == CALLER_PERSON)
        event->actor = call->caller.user;
    if (event->kind != EVENT_ACKNOWLEDGE)
        return;
    const struct user *user = item->author ? policy_match_user(policy, item->author) : NULL;
    if (call->caller.kind == CALLER_PERSON && user && !string_is(user->id, call->caller.user))
        user = NULL;
    if (user) {
        event->actor = user->id;
        return;
    }
    const char *text = event->text ? event->text : "acknowledged at the source";
    const char *author = item->author && *item->author ? item->author : "the author";
    struct span said = utf8_cut(span_of(text), 200);
    struct span who = utf8_cut(span_of(author), 80);
    event->kind = EVENT_NOTE_SOURCE;
    event->text = arena_format(call->arena, "%.*s (%.*s is nobody here: not acknowledged)",
                               (int)said.size, said.bytes, (int)who.size, who.bytes);
}

static void item_put(struct json_writer *writer, const struct house *house,
                     const struct ingest_item *item, const struct answer *answer)
{
    const struct incident *incident =
        answer->incident ? view_incident(house->engine, answer->incident) : NULL;
    json_begin_object(writer, NULL);
    if (item->error) {
        json_put_string(writer, "error", item->error);
        if (answer->incident)
            json_put_integer(writer, "incident", (int64_t)answer->incident);
        json_end_object(writer);
        return;
    }
    if (answer->incident)
        json_put_integer(writer, "incident", (int64_t)answer->incident);
    else
        json_put_null(writer, "incident");
    json_put_string(writer, "state", incident ? incident_state_name(incident->state) : NULL);
    json_put_string(writer, "dedup_key",
                    incident ? incident->dedup_key
                             : (*item->alert.dedup_key ? item->alert.dedup_key : NULL));
    json_put_bool(writer, "new", answer->is_new);
    json_put_string(writer, "text", answer->text);
    if (item->ignored)
        json_put_string(writer, "ignored", item->ignored);
    json_end_object(writer);
}

/* "#410 opened in ops. Paging Ann now, Bob at 03:07." */
static void answer_say(const struct call *call, const struct house *house, struct answer *answer)
{
    const struct incident *incident =
        answer->incident ? view_incident(house->engine, answer->incident) : NULL;
    if (!incident || !answer->is_new)
        return;

    const struct policy *policy = view_policy(house->engine);
    struct now now = house->now(house->context);
    CLEANUP(text_clear) struct text text = {0};
    text_addf(&text, "#%" PRIu64 " opened in %s.", incident->number, incident->team);
    for (size_t i = 0; i < incident->paged_count && i < SEGMENT_USERS_MAX; i++) {
        text_add(&text, i == 0 ? " Paging " : ", ");
        say_user(&text, policy, incident->paged[i]);
    }
    struct next_page next;
    bool has_next = view_next(house->engine, incident, now, &next) && next.user_count > 0;
    if (incident->paged_count > 0)
        text_add(&text, has_next ? " now, " : " now.");
    else if (has_next)
        text_add_char(&text, ' ');
    if (has_next) {
        say_users(&text, next.users, next.user_count);
        text_add(&text, " at ");
        say_time(&text, say_zone(policy, call->caller.user), next.at, now.wall_at);
        text_add_char(&text, '.');
    }
    struct span cut = utf8_cut(text_span(&text), sizeof(answer->text) - 1);
    memcpy(answer->text, cut.bytes, cut.size);
    answer->text[cut.size] = '\0';
}

const char *alert_integration(const struct call *call)
{
    return call->caller.kind == CALLER_SOURCE ? call->caller.key : "pagectl";
}

static void add_part(struct text *text, const char *part)
{
    text_add(text, part ? part : "");
    text_add_char(text, '\x1f');
}

/* Monitoring that knows of several nodes says everything to each of them: said once is once. The
 * hash is of all that the source said, times included. */
static void item_hash(const struct ingest_item *item, unsigned char hash[HASH_SIZE])
{
    const struct alert *alert = &item->alert;
    const struct event *event = &item->event;
    const char *const parts[] = {alert->integration, alert->team,    alert->dedup_key,
                                 alert->summary,     alert->details, alert->source,
                                 alert->service,     alert->runbook, alert->link,
                                 alert->group,       event->actor,   event->text};
    CLEANUP(text_clear) struct text text = {0};
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        add_part(&text, parts[i]);
    for (size_t i = 0; i < alert->label_count; i++) {
        add_part(&text, alert->labels[i].name);
        add_part(&text, alert->labels[i].value);
    }
    text_addf(&text, "%d %d %" PRId64 " %" PRId64, (int)event->kind, (int)alert->severity,
              alert->started_at, alert->ends_at);
    hash_bytes(text_span(&text), hash);
}

static bool item_is_copy(const struct call *call, const struct house *house,
                         const struct ingest_item *item, const unsigned char hash[HASH_SIZE],
                         struct answer *answer)
{
    const struct alert *alert = &item->alert;
    if (!house->is_copy(house->context, call->node, hash))
        return false;
    const struct incident *incident =
        view_open_by_key(house->engine, alert->integration, alert->dedup_key);
    *answer = (struct answer){.kind = ANSWER_ALREADY, .incident = incident ? incident->number : 0};
    snprintf(answer->text, sizeof(answer->text), "Taken already, by another node.");
    return true;
}

/* A call of another node may be run again, by a third one: its alerts are the same ones then. */
static void item_identify(struct call *call, struct ingest_item *item)
{
    const uint64_t numbers[2] = {call->shipped, call->uuids++};
    if (call->shipped == 0)
        uuid_new(item->alert.uuid);
    else
        uuid_derive((struct span){(const char *)numbers, sizeof(numbers)}, item->alert.uuid);
}

bool item_step(struct call *call, struct house *house, struct ingest_item *item,
               struct answer *answer)
{
    const struct policy *policy = view_policy(house->engine);
    const char *error = NULL;
    if (item->error && unreadable_is_kept(call))
        return unreadable_step(call, house, item->error, answer);
    const char *team = item_team(call, policy, item, &error);
    if (!item->error)
        item->error = error;
    if (item->error)
        return true;

    item->alert.team = team;
    item->event.alert = &item->alert;
    item_settle_author(call, policy, item);
    unsigned char hash[HASH_SIZE];
    if (house->has_nodes)
        item_hash(item, hash);
    if (house->has_nodes && item_is_copy(call, house, item, hash, answer))
        return true;
    item_identify(call, item);
    house->step(house->context, &item->event, answer);
    bool is_refused = answer->kind == ANSWER_INVALID || answer->kind == ANSWER_REFUSED;
    if (house->has_nodes && (is_refused || answer->kind == ANSWER_FULL))
        house->not_taken(house->context, call->node, hash);
    if (answer->kind == ANSWER_FULL)
        return false;
    if (item->ignored)
        house->ignored(house->context, item->alert.integration, item->ignored, item->event.text);
    if (is_refused)
        item->error = arena_copy(call->arena, answer->text);
    return true;
}

/* Steps all of the batch and writes "alerts"; false: answered with 503. */
static bool batch_step(struct call *call, struct house *house, struct json_writer *writer,
                       const char **first_error, size_t *error_count)
{
    if (!view_policy(house->engine)) {
        call_fail_unavailable(call, "pagerd has no configuration yet");
        return false;
    }
    json_begin_array(writer, "alerts");
    for (size_t i = 0; i < call->batch.count; i++) {
        struct ingest_item *item = &call->batch.items[i];
        struct answer answer = {0};
        if (!item_step(call, house, item, &answer)) {
            call_fail_unavailable(call, *answer.text ? answer.text : "a limit is met");
            return false;
        }
        if (item->error && (*error_count)++ == 0)
            *first_error = item->error;
        if (!item->error)
            answer_say(call, house, &answer);
        item_put(writer, house, item, &answer);
    }
    json_end_array(writer);
    return true;
}

enum call_wait route_alerts_post(struct call *call, struct house *house)
{
    const char *first_error = NULL;
    size_t error_count = 0;
    struct json_writer writer = call_begin_json(call, 202);
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "status", "accepted");
    if (!batch_step(call, house, &writer, &first_error, &error_count))
        return CALL_ANSWER_NOW;
    json_end_object(&writer);
    if (error_count > 0 && error_count == call->batch.count) {
        call_answer_errorf(call, 400, "invalid", "No alert of this body can be used: %s.",
                           first_error);
        return CALL_AFTER_COMMIT;
    }
    return CALL_AFTER_COMMIT;
}

/* Whoever has the key may send, from wherever and as fast as it wants to
 * (github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md section 4). */
enum call_wait route_alerts_welcome(struct call *call, struct house *house)
{
    (void)house;
    text_reset(&call->answer);
    call->status = 200;
    call->content_type = "text/plain; charset=utf-8";
    call->allow = "OPTIONS, POST, PUT";
    call->is_welcome = true;
    return CALL_ANSWER_NOW;
}

enum call_wait route_alerts_compatible(struct call *call, struct house *house)
{
    size_t error_count = 0;
    struct answer first = {0};
    if (!view_policy(house->engine)) {
        call_fail_unavailable(call, "pagerd has no configuration yet");
        return CALL_ANSWER_NOW;
    }
    for (size_t i = 0; i < call->batch.count; i++) {
        struct ingest_item *item = &call->batch.items[i];
        struct answer answer = {0};
        if (!item_step(call, house, item, &answer)) {
            call_fail_unavailable(call, *answer.text ? answer.text : "a limit is met");
            return CALL_ANSWER_NOW;
        }
        error_count += item->error != NULL;
        if (i == 0)
            first = answer;
    }
    if (call->batch.count > 0 && error_count == call->batch.count) {
        call_answer_error(call, 400, "invalid", call->batch.items[0].error);
        return CALL_AFTER_COMMIT;
    }
    dialect_of(call)->accept(call, house, &first);
    return CALL_AFTER_COMMIT;
}
