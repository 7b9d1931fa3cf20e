/* SPDX-License-Identifier: MIT */
#include "daemon/canary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/metric.h"
#include "daemon/office.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/canary.h"
#include "engine/duty.h"
#include "engine/view.h"
#include "store/batch.h"

/* All instants are wall times; 0: not yet. */
struct canary {
    struct daemon *daemon;
    uint64_t incident; /* that is judged; 0: none */
    msec begun_at;     /* the latest one */
    msec sent_at;      /* when a page of it was taken */
    msec success_at;   /* when one was acked last */
    int is_told;       /* the admins know of the latest one */
    char *problem;     /* of the latest one that was judged; "": none */
};

struct canary *canary_new(struct daemon *daemon)
{
    struct canary *canary = memory_new(1, sizeof(*canary));
    canary->daemon = daemon;
    canary->problem = string_copy("");
    return canary;
}

void canary_free(struct canary *canary)
{
    if (canary == NULL)
        return;
    free(canary->problem);
    free(canary);
}

/* "INCIDENT BEGUN SENT SUCCESS TOLD PROBLEM" */
void canary_restore(struct canary *canary, const char *value)
{
    struct canary kept = {0};
    int size = 0;
    if (sscanf(value, "%" SCNu64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %d%n", &kept.incident,
               &kept.begun_at, &kept.sent_at, &kept.success_at, &kept.is_told, &size) != 5)
        return;
    canary->incident = kept.incident;
    canary->begun_at = kept.begun_at;
    canary->sent_at = kept.sent_at;
    canary->success_at = kept.success_at;
    canary->is_told = kept.is_told;
    (void)string_set(&canary->problem, value[size] == ' ' ? value + size + 1 : "");
}

static void canary_save(const struct canary *canary)
{
    char *value = string_format("%" PRIu64 " %" PRId64 " %" PRId64 " %" PRId64 " %d %s",
                                canary->incident, canary->begun_at, canary->sent_at,
                                canary->success_at, canary->is_told, canary->problem);
    struct meta_record record = {.name = CANARY_META, .value = value};
    batch_save_meta(turn_batch(canary->daemon->turns), &record, NEED_NONE);
    free(value);
}

static const struct config_canary *settings_of(const struct canary *canary)
{
    const struct config *config = reload_config(canary->daemon->reload);
    return config != NULL && config->canary.user != NULL ? &config->canary : NULL;
}

/* It did not arrive: the admins hear of it, once for each canary. */
static void canary_fail(struct canary *canary, const char *user, const char *why)
{
    char *text = string_format("the canary page to %s did not arrive: %s", user, why);
    bool is_new = canary->is_told == 0;
    (void)string_set(&canary->problem, text);
    canary->is_told = 1;
    canary_save(canary);
    if (is_new) {
        log_warning("%s", text);
        char *said = string_format("WARN pagerd: %s", text);
        daemon_tell(canary->daemon, NULL, said);
        free(said);
    }
    free(text);
}

static msec sent_limit(const struct config_canary *settings)
{
    return settings->every_ms < CANARY_SENT_MS ? settings->every_ms : CANARY_SENT_MS;
}

/* It is over: by an ack, or because nobody gave one. */
static void judge_end(struct canary *canary, const struct incident *incident, const char *user)
{
    canary->incident = 0;
    if (!canary_is_answered(incident)) {
        if (canary->sent_at != 0)
            canary_fail(canary, user, "nobody has acked it in 30 minutes");
        canary_save(canary);
        return;
    }
    canary->success_at = canary->daemon->now.wall_at;
    (void)string_set(&canary->problem, "");
    log_info("the canary page to %s has arrived", user);
    canary_save(canary);
}

static void canary_judge(struct canary *canary, const struct config_canary *settings)
{
    const struct incident *incident = view_incident(canary->daemon->engine, canary->incident);
    const char *error = "no provider has taken it";
    if (incident == NULL) { /* pagerd was down for days */
        canary->incident = 0;
        canary_save(canary);
        return;
    }
    if (canary->sent_at == 0 && (canary->sent_at = canary_sent_at(incident, &error)) != 0)
        canary_save(canary);
    msec passed_ms = canary->daemon->now.wall_at - canary->begun_at;
    if (canary->sent_at == 0 && passed_ms >= sent_limit(settings) && canary->is_told == 0)
        canary_fail(canary, settings->user, error);
    if (incident->state == INCIDENT_RESOLVED)
        judge_end(canary, incident, settings->user);
}

/* The first instant from `at` on at which that person may get one; MSEC_NEVER: not now. */
static msec fitting_at(const struct canary *canary, const struct config_canary *settings, msec at)
{
    const struct engine *engine = canary->daemon->engine;
    const struct user *user = policy_find_user(view_policy(engine), settings->user);
    if (user == NULL || duty_is_out(engine, user, canary->daemon->now.wall_at))
        return MSEC_NEVER;
    struct office office = {.zone = user->zone != NULL ? user->zone : view_policy(engine)->zone,
                            .roster = view_roster(engine)};
    return settings->is_any_time ? at : office_next(&office, at);
}

static msec due_at(const struct canary *canary, const struct config_canary *settings)
{
    msec now = canary->daemon->now.wall_at;
    msec at = canary->begun_at + settings->every_ms;
    /* A clock that was set back does not put it off for years. */
    bool is_first = canary->begun_at == 0 || canary->begun_at > now;
    return fitting_at(canary, settings, is_first || at < now ? now : at);
}

static void canary_send(struct canary *canary, const struct config_canary *settings)
{
    struct label label = {(char *)(uintptr_t) "user", (char *)(uintptr_t)settings->user};
    struct alert alert = {.integration = CANARY_INTEGRATION,
                          .team = settings->team,
                          .dedup_key = CANARY_KEY,
                          .severity = SEVERITY_CRITICAL,
                          .summary = CANARY_TEXT,
                          .service = CANARY_KEY,
                          .labels = &label,
                          .label_count = 1,
                          .has_no_limit = true};
    uuid_new(alert.uuid);
    struct event event = {
        .kind = EVENT_TRIGGER, .actor = CANARY_INTEGRATION, .via = "canary", .alert = &alert};
    struct answer answer = {.kind = ANSWER_DONE};
    turn_step(canary->daemon->turns, &event, &answer);
    canary->incident = answer.incident;
    canary->begun_at = canary->daemon->now.wall_at;
    canary->sent_at = 0;
    canary->is_told = 0;
    if (canary->incident == 0)
        canary_fail(canary, settings->user, "its incident could not be opened");
    canary_save(canary);
}

void canary_tick(struct canary *canary)
{
    const struct config_canary *settings = settings_of(canary);
    struct fault why_not = {0};
    if (settings == NULL || !canary->daemon->is_restored)
        return;
    if (canary->incident != 0)
        canary_judge(canary, settings);
    else if (due_at(canary, settings) <= canary->daemon->now.wall_at &&
             turns_are_ready(canary->daemon->turns, &why_not))
        canary_send(canary, settings);
}

msec canary_next_due(const struct canary *canary)
{
    const struct config_canary *settings = settings_of(canary);
    if (settings == NULL || !canary->daemon->is_restored)
        return MSEC_NEVER;
    msec now = canary->daemon->now.wall_at;
    struct fault why_not = {0};
    bool is_judged = canary->sent_at != 0 || canary->is_told != 0;
    if (canary->incident != 0)
        return is_judged ? MSEC_NEVER
               : canary->begun_at + sent_limit(settings) > now
                   ? canary->begun_at + sent_limit(settings) - now
                   : 0;
    if (!turns_are_ready(canary->daemon->turns, &why_not))
        return MSEC_NEVER; /* looked at again with the next turn */
    msec at = due_at(canary, settings);
    return at == MSEC_NEVER ? MSEC_NEVER : at > now ? at - now : 0;
}

void canary_problems(const struct canary *canary, struct json_writer *writer)
{
    if (settings_of(canary) != NULL && canary->problem[0] != '\0')
        json_put_string(writer, NULL, canary->problem);
}

void canary_metrics(const struct canary *canary, struct text *text)
{
    if (settings_of(canary) == NULL)
        return;
    metric_head(text, "canary_last_success_timestamp_seconds", "gauge",
                "When a canary page was acked last; 0: not yet.");
    metric_labelled(text, "canary_last_success_timestamp_seconds", NULL, 0,
                    canary->success_at / SECOND_MS);
    if (canary->sent_at == 0)
        return;
    metric_head(text, "canary_seconds", "gauge",
                "From the alert of the latest canary until a provider took a page of it.");
    msec took_ms = canary->sent_at > canary->begun_at ? canary->sent_at - canary->begun_at : 0;
    text_addf(text, "pagerd_canary_seconds %" PRId64 ".%03" PRId64 "\n", took_ms / SECOND_MS,
              took_ms % SECOND_MS);
}
