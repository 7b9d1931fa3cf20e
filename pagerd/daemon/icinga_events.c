/* SPDX-License-Identifier: MIT */
#include "daemon/icinga_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/icinga_stream.h"
#include "daemon/metric.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "engine/answer.h"
#include "engine/event.h"
#include "ingest/icinga_stream.h"
#include "notify/notify.h"

struct icinga_events {
    struct daemon *daemon;
    struct stream **streams;
    size_t count;
};

enum question { ASK_STREAM, ASK_HOSTS, ASK_SERVICES };

/* One question to an Icinga. */
struct asking {
    struct stream *stream;
    uint64_t generation;
    enum question question;
};

struct icinga_events *icinga_events_new(struct daemon *daemon)
{
    struct icinga_events *events = memory_new(1, sizeof(*events));
    events->daemon = daemon;
    return events;
}

void icinga_events_free(struct icinga_events *events)
{
    if (events == NULL)
        return;
    for (size_t i = 0; i < events->count; i++) {
        struct stream *stream = events->streams[i];
        map_free(stream->touched);
        map_free(stream->seen);
        map_free(stream->over);
        free(stream->name);
        free(stream->url);
        free(stream);
    }
    free(events->streams);
    free(events);
}

static const struct config_icinga *stream_config(const struct stream *stream)
{
    const struct config_integration *integration =
        config_find_integration(reload_config(stream->daemon->reload), stream->name);
    return integration != NULL && integration->icinga.has_events ? &integration->icinga : NULL;
}

void stream_fail(struct stream *stream, const char *why, bool is_final)
{
    msec now = stream->daemon->tick_at;
    if (strcmp(stream->problem, why) != 0)
        log_warning("Icinga's events are not heard integration=%s: %s", stream->name, why);
    snprintf(stream->problem, sizeof(stream->problem), "%.*s", (int)sizeof(stream->problem) - 1,
             why);
    if (stream->failing_at == 0)
        stream->failing_at = now;
    bool is_long = now - stream->failing_at >= STREAM_TELL_MS;
    bool is_quiet = stream->told_at != 0 && now - stream->told_at < HOUR_MS;
    if (is_quiet || !(is_final || is_long))
        return;
    stream->told_at = now;
    char *said =
        string_format("CRIT pagerd: the events of \"%s\" are not heard: %s", stream->name, why);
    daemon_tell(stream->daemon, NULL, said);
    free(said);
}

static void stream_well(struct stream *stream)
{
    if (stream->problem[0] != '\0')
        log_info("Icinga's events are heard again integration=%s", stream->name);
    stream->problem[0] = '\0';
    stream->failing_at = 0;
    stream->told_at = 0;
    stream->failures = 0;
}

static void stream_wait(struct stream *stream)
{
    msec wait_ms = STREAM_RETRY_MS << (stream->failures < 8 ? stream->failures : 8);
    if (wait_ms > STREAM_RETRY_MAX_MS)
        wait_ms = STREAM_RETRY_MAX_MS;
    stream->failures++;
    stream->retry_at = stream->daemon->tick_at + wait_ms;
}

/* Nothing that waiting would mend. In 2.13 it is 404 to ask for a type without the permission. */
static bool status_is_final(uint32_t status)
{
    return status == 400 || status == 401 || status == 403 || status == 404;
}

static void problem_of(const struct fetched *fetched, char problem[200])
{
    if (fetched->status == 0)
        snprintf(problem, 200, "%.*s", 199, fetched->problem);
    else
        snprintf(problem, 200, "Icinga answers with status %u%s", fetched->status,
                 fetched->status == 404   ? ": has its user the permissions?"
                 : fetched->status == 401 ? ": user or password is wrong"
                                          : "");
}

static void ask(struct stream *stream, enum question question);

/* The connection is over; it ends by itself once in a while. */
static void stream_ended(struct stream *stream, const struct fetched *fetched)
{
    char problem[200];
    bool was_live = stream->is_live;
    stream->is_asking = false;
    stream->is_live = false;
    stream->is_reading = false;
    stream->reread_at = MSEC_NEVER;
    stream_wait(stream);
    problem_of(fetched, problem);
    if (was_live)
        log_info("Icinga has ended its stream integration=%s: %s", stream->name, problem);
    else
        stream_fail(stream, problem, status_is_final(fetched->status));
}

static void stream_heard(struct stream *stream, const struct fetched *fetched)
{
    if (!stream->is_live) {
        stream->is_live = true;
        log_info("Icinga's events are heard integration=%s", stream->name);
        stream_want_reread(stream, 0);
    }
    stream_apply_lines(stream,
                       (struct span){fetched->size > 0 ? fetched->bytes : "", fetched->size});
}

static void list_heard(struct stream *stream, enum question question, const struct fetched *fetched)
{
    char problem[200];
    stream->is_reading = false;
    if (fetched->status != 200) {
        problem_of(fetched, problem);
        stream_fail(stream, problem, status_is_final(fetched->status));
        stream_want_reread(stream, STREAM_LATER_MS);
        return;
    }
    if (!stream_merge_part(stream, (struct span){fetched->bytes, fetched->size})) {
        stream_want_reread(stream, MINUTE_MS);
        return;
    }
    if (question == ASK_HOSTS) {
        ask(stream, ASK_SERVICES);
        return;
    }
    stream_merge_end(stream);
    if (stream->reread_at == MSEC_NEVER) /* all of it was kept */
        stream_well(stream);
}

static void answered(void *context, const struct fetched *fetched)
{
    struct asking *asking = context;
    struct stream *stream = asking->stream;
    bool is_current = asking->generation == stream->generation && stream->is_wanted;
    if (is_current && fetched->goes_on)
        stream_heard(stream, fetched);
    else if (is_current && asking->question == ASK_STREAM)
        stream_ended(stream, fetched);
    else if (is_current && stream->is_live)
        list_heard(stream, asking->question, fetched);
    if (!fetched->goes_on)
        free(asking);
}

static void ask(struct stream *stream, enum question question)
{
    static const char *const paths[] = {
        [ASK_STREAM] = "/v1/events",
        [ASK_HOSTS] = "/v1/objects/hosts?attrs=name&attrs=state&attrs=state_type"
                      "&attrs=acknowledgement&attrs=downtime_depth&attrs=last_check_result"
                      "&filter=host.state%21%3D0",
        [ASK_SERVICES] = "/v1/objects/services?attrs=name&attrs=host_name&attrs=state"
                         "&attrs=state_type&attrs=acknowledgement&attrs=downtime_depth"
                         "&attrs=last_check_result&filter=service.state%21%3D0",
    };
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct config_icinga *config = stream_config(stream);
    bool is_stream = question == ASK_STREAM;
    struct asking *asking = memory_new(1, sizeof(*asking));
    if (is_stream)
        stream->generation++;
    *asking = (struct asking){stream, stream->generation, question};
    stream->is_asking = true;
    stream->is_reading = !is_stream;
    struct fetch_order order = {
        .channel = is_stream ? "icinga-events" : "icinga",
        .accept = "application/json",
        .is_stream = is_stream,
        .url = arena_format(arena, "%s%s", config->url, paths[question]),
        .method = is_stream ? "POST" : NULL,
        .type = is_stream ? "application/json" : NULL,
        .body =
            is_stream ? SPAN("{\"queue\":\"pagerd\",\"types\":" ICINGA_STREAM_TYPES "}") : SPAN(""),
        .user = config->user,
        .password = config->password,
        .ca_file = config->ca_file};
    post_fetch(stream->daemon->post, &order, answered, asking);
}

static struct stream *stream_get(struct icinga_events *events, const char *name)
{
    for (size_t i = 0; i < events->count; i++)
        if (string_is(events->streams[i]->name, name))
            return events->streams[i];
    struct stream *stream = memory_new(1, sizeof(*stream));
    *stream = (struct stream){.events = events,
                              .daemon = events->daemon,
                              .name = string_copy(name),
                              .url = string_copy(""),
                              .reread_at = MSEC_NEVER,
                              .touched = map_new(),
                              .seen = map_new(),
                              .over = map_new()};
    events->streams = memory_grow(events->streams, events->count + 1, sizeof(*events->streams));
    events->streams[events->count++] = stream;
    return stream;
}

/* Another address: what the one before says is of no use, until it ends by itself. */
static void stream_follow(struct stream *stream)
{
    const struct config_icinga *config = stream_config(stream);
    bool is_other = config != NULL && !string_is(config->url, stream->url);
    if (config != NULL && !is_other && stream->is_wanted)
        return;
    stream->generation++;
    stream->is_wanted = config != NULL;
    stream->is_asking = false;
    stream->is_live = false;
    stream->is_reading = false;
    stream->reread_at = MSEC_NEVER;
    stream->retry_at = 0;
    stream_well(stream);
    free(stream->url);
    stream->url = string_copy(config != NULL ? config->url : "");
}

static void events_follow(struct icinga_events *events)
{
    const struct config *config = reload_config(events->daemon->reload);
    for (size_t i = 0; i < config->integration_count; i++)
        if (config->integrations[i].icinga.has_events)
            (void)stream_get(events, config->integrations[i].name);
    for (size_t i = 0; i < events->count; i++) {
        bool is_kept = stream_config(events->streams[i]) != NULL;
        if (is_kept || events->streams[i]->is_wanted)
            stream_follow(events->streams[i]);
    }
}

void icinga_events_tick(struct icinga_events *events)
{
    msec now = events->daemon->tick_at;
    events_follow(events);
    for (size_t i = 0; i < events->count; i++) {
        struct stream *stream = events->streams[i];
        if (!stream->is_wanted)
            continue;
        if (!stream->is_asking && stream->retry_at <= now)
            ask(stream, ASK_STREAM);
        if (!stream->is_live || stream->is_reading || stream->reread_at > now)
            continue;
        stream->reread_at = MSEC_NEVER;
        stream_merge_begin(stream);
        ask(stream, ASK_HOSTS);
    }
}

/* Is a stream configured that is not followed yet? */
static bool has_news(const struct icinga_events *events)
{
    const struct config *config = reload_config(events->daemon->reload);
    size_t wanted = 0;
    size_t followed = 0;
    for (size_t i = 0; i < config->integration_count; i++)
        wanted += config->integrations[i].icinga.has_events;
    for (size_t i = 0; i < events->count; i++)
        followed += events->streams[i]->is_wanted;
    return wanted != followed;
}

msec icinga_events_next_due(const struct icinga_events *events)
{
    msec due_at = has_news(events) ? events->daemon->tick_at : MSEC_NEVER;
    for (size_t i = 0; i < events->count; i++) {
        const struct stream *stream = events->streams[i];
        if (!stream->is_wanted)
            continue;
        if (!stream->is_asking && stream->retry_at < due_at)
            due_at = stream->retry_at;
        if (stream->is_live && !stream->is_reading && stream->reread_at < due_at)
            due_at = stream->reread_at;
    }
    if (due_at == MSEC_NEVER)
        return MSEC_NEVER;
    msec wait_ms = due_at - events->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

bool icinga_events_cover(const struct icinga_events *events, const struct event *event,
                         struct answer *answer)
{
    bool is_note = event->kind == EVENT_NOTE_SOURCE;
    bool may_be = event->alert != NULL && event->via != NULL && string_is(event->via, "icinga") &&
                  (is_note || event->kind == EVENT_TRIGGER);
    for (size_t i = 0; may_be && i < events->count; i++) {
        const struct stream *stream = events->streams[i];
        uint64_t number = 0;
        if (!stream->is_live || !string_is(stream->name, event->alert->integration))
            continue;
        if (!is_note && !stream_has_said(stream, event->alert, &number))
            return false;
        *answer = (struct answer){.kind = ANSWER_ALREADY, .incident = number};
        return true;
    }
    return false;
}

void icinga_events_problems(const struct icinga_events *events, struct json_writer *writer)
{
    for (size_t i = 0; i < events->count; i++) {
        if (events->streams[i]->problem[0] == '\0')
            continue;
        char *text = string_format("the events of \"%s\" are not heard: %s",
                                   events->streams[i]->name, events->streams[i]->problem);
        json_put_string(writer, NULL, text);
        free(text);
    }
}

void icinga_events_metrics(const struct icinga_events *events, struct text *text)
{
    metric_head(text, "icinga_events_heard", "gauge", "Icinga's event stream is listened to.");
    for (size_t i = 0; i < events->count; i++)
        if (events->streams[i]->is_wanted)
            metric_labelled(text, "icinga_events_heard",
                            &(struct metric_label){"integration", events->streams[i]->name}, 1,
                            events->streams[i]->is_live ? 1 : 0);
}
