/* SPDX-License-Identifier: MIT */
/* icinga_apply.c - what Icinga says, by its stream or by its list of problems, to the engine. */
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/utf8.h"
#include "daemon/daemon.h"
#include "daemon/feedback.h"
#include "daemon/icinga_events.h"
#include "daemon/icinga_stream.h"
#include "daemon/keyring.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "engine/route.h"
#include "http/house.h"
#include "ingest/icinga_stream.h"

#define KEY_PREFIX "icinga2/"

static char present; /* what the maps of keys hold */

void stream_want_reread(struct stream *stream, msec wait_ms)
{
    msec at = stream->daemon->tick_at + wait_ms;
    if (at < stream->reread_at)
        stream->reread_at = at;
}

/* The key of that name; NULL: there is none. */
static const struct credential *stream_key(const struct stream *stream)
{
    size_t cursor = 0;
    const struct credential *credential;
    while ((credential = keyring_each(stream->daemon->keyring, &cursor)) != NULL)
        if (credential->user == NULL && !credential->is_feed && credential->revoked_at == 0 &&
            string_is(credential->name, stream->name))
            return credential;
    return NULL;
}

/* False: it could not be kept now. Then the list is read again, which has it. */
static bool item_step(struct stream *stream, struct ingest_item *item, struct answer *answer)
{
    struct fault fault = {0};
    const struct credential *key = stream_key(stream);
    item->event.alert = &item->alert;
    uuid_new(item->alert.uuid);
    if (key == NULL) {
        stream_fail(stream, "there is no key of that name: pagectl key add", true);
        stream_want_reread(stream, MINUTE_MS);
        return false;
    }
    item->alert.team = key->team;
    if (!turns_are_ready(stream->daemon->turns, &fault)) {
        stream_want_reread(stream, STREAM_LATER_MS);
        return false;
    }
    turn_step(stream->daemon->turns, &item->event, answer);
    if (answer->kind == ANSWER_FULL)
        stream_want_reread(stream, STREAM_LATER_MS);
    return answer->kind != ANSWER_FULL;
}

/* What fires of this key in that incident, which may have others. */
static const struct alert_record *
firing_record(const struct stream *stream, const struct incident *incident, const char *dedup_key)
{
    const struct alert_record *record = incident != NULL ? incident->alerts : NULL;
    for (; record != NULL; record = record->next)
        if (record->is_firing && string_is(record->dedup_key, dedup_key) &&
            string_is(record->integration, stream->name))
            return record;
    return NULL;
}

/* Open, and this key of it still fires. */
static const struct incident *firing_find(const struct stream *stream, const char *dedup_key)
{
    const struct incident *incident =
        view_open_by_key(stream->daemon->engine, stream->name, dedup_key);
    return firing_record(stream, incident, dedup_key) != NULL ? incident : NULL;
}

bool stream_has_said(const struct stream *stream, const struct alert *alert, uint64_t *number)
{
    const struct incident *incident =
        view_open_by_key(stream->daemon->engine, stream->name, alert->dedup_key);
    const struct alert_record *record = firing_record(stream, incident, alert->dedup_key);
    if (record == NULL)
        return false;
    *number = incident->number;
    return string_is(record->summary != NULL ? record->summary : incident->summary, alert->summary);
}

static bool is_taken(const struct incident *incident)
{
    return incident->state == INCIDENT_ACKNOWLEDGED || incident->state == INCIDENT_SNOOZED;
}

/* Our own ack comes back, and late: who it names may have undone it by then. */
static bool is_echo(const struct ingest_item *item)
{
    const char *head = strstr(item->event.text, ": " FEEDBACK_COMMENT_HEAD);
    const char *number = head != NULL ? head + strlen(": " FEEDBACK_COMMENT_HEAD) : "";
    return number[0] != '\0' && number[strspn(number, "0123456789")] == '\0';
}

/* Set there by one of ours it counts here, unless somebody has it. */
static void ack_apply(struct stream *stream, struct arena *arena, struct ingest_item *item,
                      const struct incident *incident)
{
    struct answer answer = {0};
    const struct policy *policy = view_policy(stream->daemon->engine);
    const struct user *user = item->author != NULL ? policy_match_user(policy, item->author) : NULL;
    if (incident == NULL || is_echo(item))
        return;
    uint64_t number = incident->number;
    if (is_taken(incident)) {
        feedbacks_know(stream->daemon->feedbacks, number, item->alert.dedup_key, true,
                       user != NULL ? user->id : NULL, stream->daemon->tick_at);
        return;
    }
    if (user != NULL) {
        item->event.actor = user->id;
        if (item_step(stream, item, &answer) && answer.kind == ANSWER_DONE)
            feedbacks_know(stream->daemon->feedbacks, number, item->alert.dedup_key, true, user->id,
                           stream->daemon->tick_at);
        return;
    }
    struct span who = utf8_cut(span_of(item->author != NULL ? item->author : "the author"), 80);
    item->event.kind = EVENT_NOTE_SOURCE;
    item->event.text = arena_format(arena, "%s (%.*s is nobody here: not acknowledged)",
                                    item->event.text, (int)who.size, who.bytes);
    (void)item_step(stream, item, &answer);
}

/* Taken back there: it pages again here. Our own end of an ack comes back as well, and late: an ack
 * that is told since `before_at` may be newer than what is said, and the list has to decide. */
static void clear_apply(struct stream *stream, struct ingest_item *item,
                        const struct incident *incident, msec before_at)
{
    struct answer answer = {0};
    if (incident == NULL || !is_taken(incident))
        return;
    if (!feedbacks_believe(stream->daemon->feedbacks, incident->number, item->alert.dedup_key,
                           before_at)) {
        if (before_at != stream->merged_at)
            stream_want_reread(stream, STREAM_REREAD_MS);
        return;
    }
    uint64_t number = incident->number;
    item->event.kind = EVENT_UNACKNOWLEDGE;
    item->event.incident = number;
    if (item_step(stream, item, &answer))
        feedbacks_know(stream->daemon->feedbacks, number, item->alert.dedup_key, false, NULL,
                       stream->daemon->tick_at);
}

/* The host is down and somebody is paged for that: its services say no more. Once it is well the
 * list is read, which has those that are not. */
static bool is_host_open(const struct stream *stream, const struct alert *alert)
{
    CLEANUP(text_clear) struct text key = {0};
    if (alert->service == NULL || alert->service[0] == '\0')
        return false;
    text_addf(&key, KEY_PREFIX "%s", alert->source);
    return firing_find(stream, text_string(&key)) != NULL;
}

static void state_apply(struct stream *stream, struct icinga_line *line,
                        const struct incident *incident)
{
    struct answer answer = {0};
    uint64_t number = 0;
    struct alert *alert = &line->item.alert;
    bool is_host = alert->service == NULL || alert->service[0] == '\0';
    map_put(stream->touched, span_of(alert->dedup_key), &present);
    if (line->is_problem && incident == NULL &&
        (line->is_in_downtime || is_host_open(stream, alert)))
        return;
    if (line->is_problem && stream_has_said(stream, alert, &number))
        return; /* a notification of it was quicker */
    (void)item_step(stream, &line->item, &answer);
    if (is_host && !line->is_problem)
        stream_want_reread(stream, STREAM_REREAD_MS);
}

static void line_apply(struct stream *stream, struct arena *arena, struct icinga_line *line)
{
    struct answer answer = {0};
    struct ingest_item *item = &line->item;
    const struct incident *incident =
        line->word != ICINGA_NOTHING ? firing_find(stream, item->alert.dedup_key) : NULL;
    switch (line->word) {
    case ICINGA_NOTHING:
        return;
    case ICINGA_STATE:
        state_apply(stream, line, incident);
        return;
    case ICINGA_ACK_SET:
        ack_apply(stream, arena, item, incident);
        stream_want_reread(stream, STREAM_LAG_MS); /* its end may have crossed it, unheard */
        return;
    case ICINGA_ACK_CLEARED:
        clear_apply(stream, item, incident, stream->daemon->tick_at - STREAM_LAG_MS);
        return;
    case ICINGA_NOTE:
        (void)item_step(stream, item, &answer);
        return;
    case ICINGA_DOWNTIME_OVER:
        (void)item_step(stream, item, &answer);
        stream_want_reread(stream, STREAM_REREAD_MS);
        return;
    }
}

void stream_apply_lines(struct stream *stream, struct span lines)
{
    while (lines.size > 0) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        struct span line = span_trim(span_cut(&lines, '\n'));
        struct icinga_line read;
        struct fault fault = {0};
        if (line.size == 0)
            continue;
        if (icinga_line_read(arena, stream->name, line, &read, &fault)) {
            line_apply(stream, arena, &read);
            continue;
        }
        log_warning("a line of Icinga's stream cannot be read integration=%s: %s", stream->name,
                    fault.text);
        stream_want_reread(stream, STREAM_REREAD_MS);
    }
}

/* The keys of this source that still fire in an incident. */
static void keys_put(const struct stream *stream, struct map *keys, const struct incident *incident)
{
    for (const struct alert_record *record = incident->alerts; record != NULL;
         record = record->next)
        if (record->is_firing && string_is(record->integration, stream->name))
            map_put(keys, span_of(record->dedup_key), &present);
}

void stream_merge_begin(struct stream *stream)
{
    const struct engine *engine = stream->daemon->engine;
    uint64_t cursor = 0;
    const struct incident *incident;
    map_free(stream->touched);
    map_free(stream->seen);
    map_free(stream->over);
    stream->touched = map_new();
    stream->seen = map_new();
    stream->over = map_new();
    stream->merged_at = stream->daemon->tick_at;
    while ((incident = view_each_incident(engine, &cursor)) != NULL)
        if (incident->state == INCIDENT_RESOLVED && incident->handling->resolved_by[0] != '\0' &&
            incident->is_source_firing)
            keys_put(stream, stream->over, incident);
}

/* It has become worse, or better, while nobody listened. */
static bool has_changed(const struct stream *stream, const struct icinga_problem *problem,
                        const struct incident *incident)
{
    struct alert settled;
    const struct alert *alert = &problem->item.alert;
    const struct policy *policy = view_policy(stream->daemon->engine);
    const struct alert_record *record = firing_record(stream, incident, alert->dedup_key);
    (void)route_settle(policy, alert, &settled);
    return record != NULL && settled.severity != record->severity;
}

/* Somebody has it here; there it is acknowledged, or not any more. */
static void ack_compare(struct stream *stream, struct icinga_problem *problem,
                        const struct incident *incident)
{
    uint64_t number = incident->number;
    if (!problem->is_acked)
        clear_apply(stream, &problem->item, incident, stream->merged_at);
    incident = firing_find(stream, problem->item.alert.dedup_key);
    if (incident != NULL && is_taken(incident))
        feedbacks_know(stream->daemon->feedbacks, number, problem->item.alert.dedup_key,
                       problem->is_acked, NULL, stream->merged_at);
}

static void problem_apply(struct stream *stream, struct icinga_problem *problem)
{
    struct answer answer = {0};
    struct span key = span_of(problem->item.alert.dedup_key);
    const struct credential *credential = stream_key(stream);
    const struct incident *incident = firing_find(stream, problem->item.alert.dedup_key);
    map_put(stream->seen, key, &present);
    if (map_find(stream->touched, key) != NULL || !problem->is_hard)
        return;
    problem->item.alert.team = credential != NULL ? credential->team : NULL;
    bool is_news = incident == NULL
                       ? !problem->is_in_downtime && map_find(stream->over, key) == NULL &&
                             !is_host_open(stream, &problem->item.alert)
                       : has_changed(stream, problem, incident);
    if (is_news)
        (void)item_step(stream, &problem->item, &answer);
    else if (incident != NULL && is_taken(incident))
        ack_compare(stream, problem, incident);
}

bool stream_merge_part(struct stream *stream, struct span body)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct icinga_problem *problems = NULL;
    size_t count = 0;
    struct fault fault = {0};
    if (!icinga_problems_read(arena, stream->name, body, &problems, &count, &fault)) {
        stream_fail(stream, fault.text, false);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        problem_apply(stream, &problems[i]);
    return true;
}

/* Of this Icinga, not of another instance by the same key, whose name comes before the host's. */
static bool is_of_stream(const char *dedup_key)
{
    if (!span_has_prefix(span_of(dedup_key), KEY_PREFIX))
        return false;
    const char *host = dedup_key + strlen(KEY_PREFIX);
    return memchr(host, '/', strcspn(host, "!")) == NULL;
}

/* What is not in the list is over. */
void stream_merge_end(struct stream *stream)
{
    CLEANUP(map_free) struct map *firing = map_new();
    uint64_t number = 0;
    const struct incident *incident;
    while ((incident = view_each_incident(stream->daemon->engine, &number)) != NULL)
        if (incident->state != INCIDENT_RESOLVED)
            keys_put(stream, firing, incident);

    size_t cursor = 0;
    struct span key;
    while (map_each(firing, &cursor, &key) != NULL) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        const char *dedup_key = arena_copy_span(arena, key);
        struct answer answer = {0};
        if (!is_of_stream(dedup_key) || map_find(stream->seen, key) != NULL ||
            map_find(stream->touched, key) != NULL)
            continue;
        struct ingest_item item = {
            .event = {.kind = EVENT_RESOLVE_SOURCE, .actor = stream->name, .via = "icinga"},
            .alert = {.integration = stream->name,
                      .dedup_key = dedup_key,
                      .severity = SEVERITY_INFO,
                      .summary = "it is not in Icinga's list of problems any more"}};
        (void)item_step(stream, &item, &answer);
    }
}
