/* SPDX-License-Identifier: MIT */
/* feedback_send.c - tells one source of one incident, and what comes of it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/feedback_item.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "daemon/worker.h"
#include "engine/engine.h"
#include "notify/notify.h"
#include "store/batch.h"

/* One thing that is being told. */
struct flight {
    struct feedbacks *feedbacks;
    struct feedback_place *place;
    uint64_t number;
    uint64_t alert;
    bool is_lead;  /* of the incident: the timeline has what becomes of that one */
    char *by;      /* who has it here */
    bool is_taken; /* somebody has it here */
    enum feedback_action action;
    /* Nagios: */
    char *path;
    struct text line;
    enum feedback_outcome outcome;
    char why[FEEDBACK_WHY_SIZE];
};

static const struct {
    const char *done;
    const char *what;
} words[FEEDBACK_ACTION_COUNT] = {
    [FEEDBACK_ACKNOWLEDGE] = {"it is acknowledged there, too", "the acknowledgement"},
    [FEEDBACK_UNACKNOWLEDGE] = {"it is no longer acknowledged there", "the end of the ack"},
    [FEEDBACK_COMMENT] = {"a comment there says that it was resolved here", "the resolve"},
};

static void flight_free(struct flight *flight)
{
    text_clear(&flight->line);
    free(flight->by);
    free(flight->path);
    free(flight);
}

/* A line of the timeline, by the name of the source. */
static void incident_note(struct feedbacks *feedbacks, const struct flight *flight,
                          const char *text)
{
    struct daemon *daemon = feedbacks->daemon;
    struct fault fault = {0};
    struct entry entry = {.incident = flight->number,
                          .at = daemon->now.wall_at,
                          .event = "note",
                          .actor = flight->place->name,
                          .text = text};
    if (turns_are_ready(daemon->turns, &fault))
        batch_add_entry(turn_batch(daemon->turns), &entry);
}

static void place_well(struct feedback_place *place)
{
    if (place->problem[0] != '\0')
        log_info("source is told again integration=%s", place->name);
    place->problem[0] = '\0';
    place->failing_at = 0;
    place->told_at = 0;
}

static void place_fail(struct feedbacks *feedbacks, struct feedback_place *place, const char *why,
                       bool is_final)
{
    msec now = feedbacks->daemon->tick_at;
    if (strcmp(place->problem, why) != 0)
        log_warning("source not told integration=%s: %s", place->name, why);
    snprintf(place->problem, sizeof(place->problem), "%.*s", FEEDBACK_WHY_SIZE - 1, why);
    if (place->failing_at == 0)
        place->failing_at = now;
    bool is_long = now - place->failing_at >= FEEDBACK_TELL_MS;
    bool is_quiet = place->told_at != 0 && now - place->told_at < HOUR_MS;
    if (is_quiet || !(is_final || is_long))
        return;
    place->told_at = now;
    char *said = string_format("WARN pagerd: \"%s\" cannot be told of acks: %s. They count in "
                               "pagerd all the same",
                               place->name, why);
    daemon_tell(feedbacks->daemon, NULL, said);
    free(said);
}

/* It is as wished there, or nobody can make it so. */
static void item_settle(struct feedback_item *item, const struct flight *flight)
{
    enum feedback_action action = flight->action;
    item->failures = 0;
    item->retry_at = 0;
    item->is_noted = false;
    if (action == FEEDBACK_COMMENT)
        item->is_commented = true;
    else
        item->is_told = action == FEEDBACK_ACKNOWLEDGE && !item->is_doubted;
    /* What was refused is told by nobody: nothing follows from what is there. */
    bool is_named = item->is_told && flight->outcome != FEEDBACK_REFUSED;
    if (action != FEEDBACK_COMMENT)
        (void)feedback_item_name(item, is_named ? flight->by : "",
                                 flight->feedbacks->daemon->tick_at);
}

static void item_wait(struct feedbacks *feedbacks, struct feedback_item *item)
{
    msec wait_ms = FEEDBACK_RETRY_MS << (item->failures < 10 ? item->failures : 10);
    if (wait_ms > FEEDBACK_RETRY_MAX_MS)
        wait_ms = FEEDBACK_RETRY_MAX_MS;
    item->failures++;
    item->retry_at = feedbacks->daemon->tick_at + wait_ms;
}

static void flight_later(struct flight *flight, struct feedback_item *item)
{
    item_wait(flight->feedbacks, item);
    place_fail(flight->feedbacks, flight->place, flight->why, false);
    if (item->is_noted || !flight->is_lead)
        return;
    item->is_noted = true;
    char *said = string_format("it cannot be told of %s yet, and that is tried again: %s",
                               words[flight->action].what, flight->why);
    incident_note(flight->feedbacks, flight, said);
    free(said);
}

static void flight_refused(struct flight *flight, struct feedback_item *item)
{
    flight->place->refused_count++;
    item_settle(item, flight);
    place_fail(flight->feedbacks, flight->place, flight->why, true);
    char *said =
        string_format("it cannot be told of %s: %s", words[flight->action].what, flight->why);
    incident_note(flight->feedbacks, flight, said);
    free(said);
}

static void flight_done(struct flight *flight, struct feedback_item *item)
{
    flight->place->told_count++;
    item_settle(item, flight);
    place_well(flight->place);
    /* Removed to be set in another name: what counts is what comes next. */
    bool is_half = flight->action == FEEDBACK_UNACKNOWLEDGE && flight->is_taken;
    if (!flight->is_lead || is_half)
        return;
    if (flight->outcome == FEEDBACK_DONE) {
        incident_note(flight->feedbacks, flight, words[flight->action].done);
        return;
    }
    char *said =
        string_format("it need not be told of %s: %s", words[flight->action].what, flight->why);
    incident_note(flight->feedbacks, flight, said);
    free(said);
}

static void flight_end(struct flight *flight)
{
    struct feedbacks *feedbacks = flight->feedbacks;
    struct feedback_item *item = feedback_item_find(feedbacks, flight->alert);
    flight->place->flights--;
    feedbacks->is_stirred = true;
    feedbacks->is_dirty = true;
    item->is_asking = false;
    switch (flight->outcome) {
    case FEEDBACK_DONE:
    case FEEDBACK_ALREADY:
        flight_done(flight, item);
        break;
    case FEEDBACK_LATER:
        flight_later(flight, item);
        break;
    case FEEDBACK_REFUSED:
    case FEEDBACK_OUTCOME_COUNT:
        flight_refused(flight, item);
        break;
    }
    item->is_doubted = false;
    flight_free(flight);
}

static void icinga_answered(void *context, const struct fetched *fetched)
{
    struct flight *flight = context;
    struct span body = {fetched->size > 0 ? fetched->bytes : "", fetched->size};
    flight->outcome = FEEDBACK_LATER;
    if (fetched->status == 0)
        snprintf(flight->why, sizeof(flight->why), "%.*s", FEEDBACK_WHY_SIZE - 1, fetched->problem);
    else
        flight->outcome = feedback_icinga_judge(fetched->status, body, flight->why);
    flight_end(flight);
}

static void icinga_send(struct flight *flight, const struct config_icinga *icinga,
                        const struct feedback *feedback)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *body = feedback_icinga_body(feedback, arena);
    struct fetch_order order = {
        .channel = "icinga",
        .accept = "application/json", /* without it Icinga answers 400 to all but GET */
        .url = arena_format(arena, "%s%s", icinga->url, feedback_icinga_path(feedback, arena)),
        .method = "POST",
        .type = "application/json",
        .body = span_of(body),
        .user = icinga->user,
        .password = icinga->password,
        .ca_file = icinga->ca_file};
    post_fetch(flight->feedbacks->daemon->post, &order, icinga_answered, flight);
}

static void flight_fail(struct flight *flight, enum feedback_outcome outcome, const char *why)
{
    flight->outcome = outcome;
    snprintf(flight->why, sizeof(flight->why), "%.*s", FEEDBACK_WHY_SIZE - 1, why);
}

/* On the worker's thread. Nobody at the other end of the pipe: Nagios is down, and makes it anew
 * when it comes back. Never a file, which would only grow. */
static void nagios_work(void *item)
{
    struct flight *flight = item;
    struct stat status;
    int pipe = open(flight->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
    if (pipe < 0) {
        bool is_down = errno == ENXIO || errno == ENOENT;
        flight_fail(flight, is_down ? FEEDBACK_LATER : FEEDBACK_REFUSED,
                    is_down ? "Nagios does not run" : "its command file cannot be opened");
        return;
    }
    if (fstat(pipe, &status) != 0 || !S_ISFIFO(status.st_mode)) {
        flight_fail(flight, FEEDBACK_REFUSED, "its command file is not a named pipe");
    } else {
        ssize_t written = write(pipe, flight->line.bytes, flight->line.size);
        flight->outcome = FEEDBACK_DONE;
        if (written != (ssize_t)flight->line.size)
            flight_fail(flight, FEEDBACK_LATER, "Nagios does not read its command file");
    }
    (void)close(pipe);
}

static void nagios_written(void *context UNUSED, void *item)
{
    flight_end(item);
}

static void nagios_send(struct flight *flight, const char *path, const struct feedback *feedback)
{
    struct daemon *daemon = flight->feedbacks->daemon;
    struct fault fault = {0};
    flight->path = string_copy(path);
    if (!feedback_nagios_line(feedback, daemon->now.wall_at, &flight->line, &fault)) {
        flight_fail(flight, FEEDBACK_REFUSED, fault.text);
        flight_end(flight);
    } else if (!worker_post(daemon->worker, nagios_work, nagios_written, daemon, flight)) {
        flight_fail(flight, FEEDBACK_LATER, "too much waits for the disk");
        flight_end(flight);
    }
}

/* The object of an alert that is not the incident's first, from its key: "icinga2/HOST!SERVICE",
 * "nagios/INSTANCE/HOST;SERVICE". */
static void object_read(struct feedback *feedback, const char *dedup_key, struct arena *arena)
{
    struct span rest = span_of(strchr(dedup_key, '/') + 1);
    bool is_icinga = dedup_key[0] == 'i';
    struct span host = span_cut(&rest, is_icinga ? '!' : ';');
    const char *slash = memrchr(host.bytes, '/', host.size);
    if (slash != NULL)
        host = (struct span){slash + 1, (size_t)(host.bytes + host.size - slash - 1)};
    feedback->host = arena_copy_span(arena, host);
    feedback->service = arena_copy_span(arena, rest);
}

void feedback_send(struct feedbacks *feedbacks, struct feedback_item *item,
                   enum feedback_action action)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct daemon *daemon = feedbacks->daemon;
    const struct incident *incident = view_incident(daemon->engine, item->number);
    const struct alert_record *record = feedback_record(incident, item->alert);
    const struct config_integration *integration =
        config_find_integration(reload_config(daemon->reload), record->integration);
    struct feedback_place *place = feedback_place_get(feedbacks, record->integration);
    if (place->flights >= FEEDBACK_FLIGHTS_MAX)
        return; /* the next one that lands stirs all */

    const char *actor = feedback_actor(incident);
    const struct user *user = policy_find_user(view_policy(daemon->engine), actor);
    bool has_name = user != NULL && user->name != NULL && user->name[0] != '\0';
    bool is_lead = string_is(record->dedup_key, incident->dedup_key) &&
                   string_is(record->integration, incident->integration);
    struct feedback feedback = {
        .action = action,
        .host = incident->source,
        .service = incident->service,
        .author = has_name           ? user->name
                  : actor[0] != '\0' ? actor
                                     : "pagerd",
        .comment = arena_format(arena, FEEDBACK_COMMENT_HEAD "%" PRIu64 "%s", incident->number,
                                action == FEEDBACK_COMMENT ? " was resolved by hand" : ""),
        /* What is worse is heard all the same. */
        .is_sticky = integration->icinga.has_events};
    if (!is_lead || incident->source[0] == '\0')
        object_read(&feedback, record->dedup_key, arena);
    struct flight *flight = memory_new(1, sizeof(*flight));
    *flight = (struct flight){.feedbacks = feedbacks,
                              .place = place,
                              .number = item->number,
                              .alert = item->alert,
                              .is_lead = is_lead,
                              .is_taken = incident->state == INCIDENT_ACKNOWLEDGED ||
                                          incident->state == INCIDENT_SNOOZED,
                              .by = string_copy(actor),
                              .action = action};
    item->is_asking = true;
    place->flights++;
    if (integration->icinga.url != NULL)
        icinga_send(flight, &integration->icinga, &feedback);
    else
        nagios_send(flight, integration->command_file, &feedback);
}
