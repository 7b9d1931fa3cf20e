/* SPDX-License-Identifier: MIT */
#include "daemon/status.h"

#include <inttypes.h>

#include "base/version.h"
#include "daemon/audit.h"
#include "daemon/backup.h"
#include "daemon/canary.h"
#include "daemon/codes.h"
#include "daemon/daemon.h"
#include "daemon/dead_man.h"
#include "daemon/feedback.h"
#include "daemon/icinga_events.h"
#include "daemon/intake.h"
#include "daemon/keyring.h"
#include "daemon/lookahead.h"
#include "daemon/mailroom.h"
#include "daemon/metric.h"
#include "daemon/nodes.h"
#include "daemon/post.h"
#include "daemon/providers.h"
#include "daemon/reload.h"
#include "daemon/rooms.h"
#include "daemon/rotas.h"
#include "daemon/stops.h"
#include "daemon/turn.h"
#include "daemon/tzdata.h"
#include "daemon/webhooks.h"
#include "engine/engine.h"
#include "http/server.h"
#include "store/store.h"

static void status_write_store(struct daemon *daemon, struct json_writer *writer)
{
    struct store_health health;
    store_health(daemon->store, &health);
    json_begin_object(writer, "store");
    json_put_bool(writer, "broken", health.is_broken);
    json_put_bool(writer, "full", health.is_full);
    json_put_bool(writer, "away", health.is_away);
    json_put_integer(writer, "waiting", (int64_t)health.queue_count);
    json_put_instant(writer, "last_commit_at", health.last_commit_at);
    json_put_integer(writer, "last_commit_ms", health.last_commit_ms);
    json_put_integer(writer, "worst_commit_ms", health.worst_commit_ms);
    json_put_integer(writer, "file_size", (int64_t)health.file_size);
    json_end_object(writer);
}

static void status_write_problems(struct daemon *daemon, struct json_writer *writer)
{
    struct fault fault = {0};
    json_begin_array(writer, "problems");
    if (!turns_are_ready(daemon->turns, &fault))
        json_put_string(writer, NULL, fault.text);
    struct store_health health;
    store_health(daemon->store, &health);
    if (health.is_away)
        json_put_string(writer, NULL, health.problem);
    if (health.warning[0] != '\0')
        json_put_string(writer, NULL, health.warning);
    if (reload_problem(daemon->reload) != NULL)
        json_put_string(writer, NULL, reload_problem(daemon->reload));
    intake_problems(daemon->intake, writer);
    audits_problems(daemon->audits, writer);
    rotas_problems(daemon->rotas, writer);
    lookahead_problems(daemon->lookahead, writer);
    tzdata_problems(daemon->tzdata, writer);
    feedbacks_problems(daemon->feedbacks, writer);
    rooms_problems(daemon->rooms, writer);
    stops_problems(daemon, writer);
    canary_problems(daemon->canary, writer);
    codes_problems(daemon, writer);
    webhooks_problems(daemon->webhooks, writer);
    providers_problems(daemon, writer);
    icinga_events_problems(daemon->icinga_events, writer);
    json_end_array(writer);
}

/* The outage of a window that is on, or the next one: the silence that it is. */
static void put_window_silence(struct json_writer *writer, const struct engine *engine,
                               const struct maintenance *window, enum silence_state state)
{
    const char *name = state == SILENCE_ACTIVE ? "now" : "next";
    size_t cursor = 0;
    const struct silence *silence = NULL;
    while ((silence = view_each_silence(engine, &cursor)) != NULL)
        if (silence->state == state && string_is(silence->maintenance, window->id))
            break;
    if (silence == NULL) {
        json_put_null(writer, name);
        return;
    }
    json_begin_object(writer, name);
    json_put_integer(writer, "silence", (int64_t)silence->id);
    json_put_instant(writer, "from", silence->from_at);
    json_put_instant(writer, "until", silence->until_at);
    json_put_string(writer, "note", silence->note);
    json_end_object(writer);
}

static void status_write_maintenance(const struct daemon *daemon, struct json_writer *writer)
{
    const struct policy *policy = view_policy(daemon->engine);
    json_begin_array(writer, "maintenance");
    for (size_t i = 0; policy != NULL && i < policy->maintenance_count; i++) {
        const struct maintenance *window = &policy->maintenances[i];
        json_begin_object(writer, NULL);
        json_put_string(writer, "name", window->id);
        json_put_string(writer, "calendar", window->calendar);
        put_window_silence(writer, daemon->engine, window, SILENCE_ACTIVE);
        put_window_silence(writer, daemon->engine, window, SILENCE_PLANNED);
        json_end_object(writer);
    }
    json_end_array(writer);
}

static uint64_t count_paging(const struct daemon *daemon)
{
    return view_counts(daemon->engine).open[INCIDENT_TRIGGERED];
}

static uint64_t count_open(const struct engine_counts *counts)
{
    uint64_t open = 0;
    for (int state = 0; state < INCIDENT_RESOLVED; state++)
        open += counts->open[state];
    return open;
}

void status_write(struct daemon *daemon, struct json_writer *writer)
{
    struct engine_counts counts = view_counts(daemon->engine);
    json_begin_object(writer, NULL);
    json_put_string(writer, "version", program_version());
    json_put_instant(writer, "started_at", daemon->started_at);
    json_put_instant(writer, "now", daemon->now.wall_at);
    json_put_integer(writer, "open", (int64_t)count_open(&counts));
    json_put_integer(writer, "paging", (int64_t)count_paging(daemon));
    json_put_integer(writer, "queue", (int64_t)turns_in_flight(daemon->turns));
    intake_write(daemon->intake, writer);
    status_write_store(daemon, writer);
    CLEANUP(text_clear) struct text courier = {0};
    struct json_writer inner = {.text = &courier};
    post_status(daemon->post, &inner);
    json_put_raw(writer, "courier", text_string(&courier));
    status_write_maintenance(daemon, writer);
    status_write_problems(daemon, writer);
    json_end_object(writer);
}

/* How right the answers to "who is on call" are going to be. */
static void status_metrics_rotas(struct daemon *daemon, struct text *text)
{
    lookahead_metrics(daemon->lookahead, text);
    rotas_metrics(daemon->rotas, text);
    metric(text, "tzdata_age_seconds", "gauge", "Age of the time zone data in use; 0: not known.",
           (uint64_t)(tzdata_age_ms(daemon->tzdata) / SECOND_MS));
}

static void put_heartbeats(const struct engine *engine, struct text *text)
{
    int64_t counts[HEARTBEAT_STATE_COUNT] = {0};
    size_t cursor = 0;
    const struct heartbeat *heartbeat = NULL;
    while ((heartbeat = view_each_heartbeat(engine, &cursor)) != NULL)
        counts[heartbeat->state]++;
    metric_head(text, "heartbeats", "gauge", "Heartbeats by state.");
    for (int state = 0; state < HEARTBEAT_REMOVED; state++) {
        struct metric_label label = {"state", heartbeat_state_name((enum heartbeat_state)state)};
        metric_labelled(text, "heartbeats", &label, 1, counts[state]);
    }
}

static void put_pages(const struct daemon *daemon, struct text *text)
{
    struct engine_counts counts = view_counts(daemon->engine);
    metric(text, "pages_queued_total", "counter", "Pages decided since start.",
           counts.pages_queued);
    metric(text, "pages_sent_total", "counter", "Pages that a provider took.", counts.pages_sent);
    metric(text, "pages_failed_total", "counter", "Pages that failed for good.",
           counts.pages_failed);
    metric_head(text, "pages_repeated_total", "counter",
                "Attempts at pages that may have arrived before, by why that is not known.");
    for (int reason = 0; reason < REPEAT_REASON_COUNT; reason++) {
        struct metric_label label = {"reason", repeat_reason_name((enum repeat_reason)reason)};
        metric_labelled(text, "pages_repeated_total", &label, 1,
                        (int64_t)counts.pages_repeated[reason]);
    }
    metric(text, "pages_not_begun_total", "counter",
           "Pages that the courier gave back: their node may not have been on duty any more.",
           post_late_count(daemon->post));
}

static uint64_t silences_active(const struct engine *engine)
{
    uint64_t count = 0;
    size_t cursor = 0;
    const struct silence *silence = NULL;
    while ((silence = view_each_silence(engine, &cursor)) != NULL)
        count += silence->state == SILENCE_ACTIVE;
    return count;
}

/* What each key has met of its limits; only those that have. */
static void status_metrics_keys(struct daemon *daemon, struct text *text)
{
    struct source_view source;
    size_t cursor = 0;
    metric_head(text, "alerts_over_limit_total", "counter",
                "New alerts beyond the limits of their key, which joined one incident of it.");
    while (view_each_source(daemon->engine, &cursor, daemon->now.steady_at, &source)) {
        const struct metric_label rate[] = {{"integration", source.name}, {"limit", "rate"}};
        const struct metric_label open[] = {{"integration", source.name}, {"limit", "open"}};
        if (source.rate_met_count > 0)
            metric_labelled(text, "alerts_over_limit_total", rate, 2,
                            (int64_t)source.rate_met_count);
        if (source.open_met_count > 0)
            metric_labelled(text, "alerts_over_limit_total", open, 2,
                            (int64_t)source.open_met_count);
    }
    metric_head(text, "alerts_unreadable_total", "counter",
                "Bodies of sources, and alerts in them, that could not be read.");
    const struct credential *credential;
    cursor = 0;
    while ((credential = keyring_each(daemon->keyring, &cursor)) != NULL) {
        const struct metric_label label = {"integration", credential->name};
        if (credential->unreadable_count > 0 && credential->revoked_at == 0)
            metric_labelled(text, "alerts_unreadable_total", &label, 1,
                            (int64_t)credential->unreadable_count);
    }
}

void status_metrics(struct daemon *daemon, struct text *text)
{
    struct engine_counts counts = view_counts(daemon->engine);
    struct store_health health;
    nodes_metrics(daemon->nodes, text);
    if (daemon->is_standing_by)
        return;
    store_health(daemon->store, &health);
    text_add(text, "# HELP pagerd_incidents Open incidents by state.\n"
                   "# TYPE pagerd_incidents gauge\n");
    for (int state = 0; state < INCIDENT_RESOLVED; state++)
        text_addf(text, "pagerd_incidents{state=\"%s\"} %" PRIu64 "\n",
                  incident_state_name((enum incident_state)state), counts.open[state]);
    put_pages(daemon, text);
    put_heartbeats(daemon->engine, text);
    struct server_counts server = {0};
    if (daemon->server != NULL)
        server = server_counts(daemon->server);
    struct fault fault = {0};
    const struct {
        const char *name;
        const char *kind;
        const char *help;
        uint64_t value;
    } rows[] = {
        {"ready", "gauge", "Alerts can be taken durably.",
         turns_are_ready(daemon->turns, &fault) ? 1 : 0},
        {"alerts_total", "counter", "Alerts accepted since start.", counts.alerts},
        {"alerts_merged_total", "counter", "Alerts counted into an open incident.", counts.merged},
        {"held_total", "counter", "Times that a silence held an incident back.", counts.held},
        {"silences_active", "gauge", "Silences that hold now.", silences_active(daemon->engine)},
        {"alerts_ignored_total", "counter",
         "No alerts, since start: mails that bounce or reply, pagerd's own pages, Sentry's other "
         "news.",
         daemon->ignored_count},
        {"timer_late_max_ms", "gauge", "Worst lateness of a timer since start.",
         counts.late_ms_max},
        {"commits_total", "counter", "Transactions since start.", health.commits},
        {"commit_queue", "gauge", "Batches not yet on disk.", health.queue_count},
        {"commit_worst_ms", "gauge", "Longest commit since start.",
         (uint64_t)health.worst_commit_ms},
        {"store_bytes", "gauge", "Size of the database file.", health.file_size},
        {"connections_shed_total", "counter",
         "Connections ended to make room for new ones since start.", server.shed},
        {"bodies_shed_total", "counter",
         "Requests of who has shown no key that made room for others of these since start.",
         server.bodies_shed},
        {"connections_expired_total", "counter",
         "Connections ended because a request took too long since start.", server.expired},
        {"requests_unsigned_total", "counter",
         "Requests refused for a missing or wrong signature since start.",
         server.without_signature},
        {"backup_last_timestamp_seconds", "gauge", "When the last backup was handed out; 0: never.",
         (uint64_t)(backups_made_at(daemon->backups) / SECOND_MS)},
        {"checks_failed_total", "counter", "Audits that found something since start; must be 0.",
         audits_failed(daemon->audits)},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        metric(text, rows[i].name, rows[i].kind, rows[i].help, rows[i].value);
    intake_metrics(daemon->intake, text);
    audits_metrics(daemon->audits, text);
    dead_man_metrics(daemon->dead_man, text);
    canary_metrics(daemon->canary, text);
    mailroom_metrics(daemon->mailroom, text);
    status_metrics_rotas(daemon, text);
    if (view_policy(daemon->engine) != NULL)
        status_metrics_keys(daemon, text);
    feedbacks_metrics(daemon->feedbacks, text);
    rooms_metrics(daemon->rooms, text);
    webhooks_metrics(daemon->webhooks, text);
    providers_metrics(daemon, text);
    icinga_events_metrics(daemon->icinga_events, text);
}
