/* SPDX-License-Identifier: MIT */
#include "http/render.h"

#include <assert.h>

#include "base/text.h"

/* Fields that a record keeps as "" are null in JSON when they say nothing. */
static void put_name(struct json_writer *writer, const char *key, const char *value)
{
    json_put_string(writer, key, value && *value ? value : NULL);
}

static void put_labels(struct json_writer *writer, const struct incident *incident)
{
    json_begin_object(writer, "labels");
    for (size_t i = 0; i < incident->label_count; i++)
        json_put_string(writer, incident->labels[i].name, incident->labels[i].value);
    json_end_object(writer);
}

static void put_next(struct json_writer *writer, const struct incident *incident,
                     const struct engine *engine, struct now now)
{
    struct next_page next;
    if (!view_next(engine, incident, now, &next)) {
        json_put_null(writer, "next");
        return;
    }
    json_begin_object(writer, "next");
    json_put_instant(writer, "at", next.at);
    json_begin_array(writer, "users");
    for (size_t i = 0; i < next.user_count; i++)
        json_put_string(writer, NULL, next.users[i]->id);
    json_end_array(writer);
    json_put_bool(writer, "last_resort", next.is_last_resort);
    json_end_object(writer);
}

static void put_live(struct json_writer *writer, const struct incident *incident,
                     const struct engine *engine, struct now now)
{
    bool is_paging = incident->state == INCIDENT_TRIGGERED;
    json_begin_array(writer, "paging");
    for (size_t i = 0; is_paging && i < incident->paged_count; i++)
        json_put_string(writer, NULL, incident->paged[i]);
    json_end_array(writer);
    put_next(writer, incident, engine, now);
}

void incident_write_members(struct json_writer *writer, const struct incident *incident,
                            const struct engine *engine, struct now now)
{
    assert(incident);
    json_put_integer(writer, "number", (int64_t)incident->number);
    json_put_string(writer, "uuid", incident->uuid);
    json_put_string(writer, "state", incident_state_name(incident->state));
    json_put_string(writer, "severity", severity_name(incident->severity));
    json_put_string(writer, "team", incident->team);
    put_name(writer, "service", incident->service);
    json_put_string(writer, "summary", incident->summary);
    json_put_string(writer, "dedup_key", incident->dedup_key);
    put_name(writer, "integration", incident->integration);
    json_put_integer(writer, "occurrences", (int64_t)incident->occurrences);
    json_put_instant(writer, "opened_at", incident->opened_at);
    put_name(writer, "acknowledged_by", incident->handling->acknowledged_by);
    put_name(writer, "acknowledged_via", incident->handling->acknowledged_via);
    json_put_instant(writer, "acknowledged_at", incident->handling->acknowledged_at);
    json_put_instant(writer, "resolved_at", incident->handling->resolved_at);
    put_name(writer, "resolved_by", incident->handling->resolved_by);
    json_put_instant(writer, "snoozed_until", incident->handling->snoozed_until_at);
    bool is_held = view_is_held_till_morning(incident);
    json_put_instant(writer, "held_until", is_held ? incident->handling->hold_until_at : 0);
    put_name(writer, "held_for", is_held ? incident->handling->hold_user : "");
    put_name(writer, "source", incident->source);
    put_labels(writer, incident);
    put_name(writer, "details", incident->details);
    put_name(writer, "runbook", incident->runbook);
    put_name(writer, "link", incident->link);
    put_name(writer, "reason", incident->reason);
    json_put_instant(writer, "last_alert_at", incident->last_alert_at);
    if (incident->previous)
        json_put_integer(writer, "previous", (int64_t)incident->previous);
    else
        json_put_null(writer, "previous");
    if (incident->handling->merged_into)
        json_put_integer(writer, "merged_into", (int64_t)incident->handling->merged_into);
    else
        json_put_null(writer, "merged_into");
    if (incident->alert_count > 0)
        json_put_integer(writer, "alert_count", incident->alert_count);
    if (engine && incident->state != INCIDENT_RESOLVED)
        put_live(writer, incident, engine, now);
}

void incident_write(struct json_writer *writer, const struct incident *incident,
                    const struct engine *engine, struct now now)
{
    json_begin_object(writer, NULL);
    incident_write_members(writer, incident, engine, now);
    json_end_object(writer);
}

void entry_write(struct json_writer *writer, const struct entry *entry)
{
    json_begin_object(writer, NULL);
    json_put_instant(writer, "at", entry->at);
    json_put_string(writer, "event", entry->event);
    json_put_string(writer, "actor", entry->actor);
    json_put_string(writer, "text", entry->text);
    json_end_object(writer);
}

void page_write(struct json_writer *writer, const struct page *page)
{
    json_begin_object(writer, NULL);
    json_put_integer(writer, "id", (int64_t)page->id);
    json_put_string(writer, "user", page->user);
    json_put_string(writer, "channel", page->channel);
    json_put_string(writer, "address", page->address);
    json_put_string(writer, "kind", page_kind_name(page->kind));
    json_put_string(writer, "state", page_state_name(page->state));
    json_put_instant(writer, "at", page->sent_at ? page->sent_at : page->created_at);
    json_put_integer(writer, "attempt", page->attempt);
    json_put_bool(writer, "repeat", page->is_repeat);
    json_put_bool(writer, "late", page->is_late);
    put_name(writer, "error", page->error);
    json_end_object(writer);
}

void alert_write(struct json_writer *writer, const struct alert_record *alert)
{
    json_begin_object(writer, NULL);
    json_put_integer(writer, "id", (int64_t)alert->id);
    json_put_integer(writer, "incident", (int64_t)alert->incident);
    put_name(writer, "integration", alert->integration);
    json_put_string(writer, "dedup_key", alert->dedup_key);
    json_put_string(writer, "severity", severity_name(alert->severity));
    put_name(writer, "summary", alert->summary);
    put_name(writer, "service", alert->service);
    json_put_string(writer, "state",
                    alert->is_firing     ? "firing"
                    : alert->is_flapping ? "held"
                    : alert->is_expired  ? "expired"
                                         : "over");
    put_name(writer, "rule", alert->rule);
    put_name(writer, "route", alert->route);
    json_put_integer(writer, "occurrences", (int64_t)alert->occurrences);
    json_put_instant(writer, "first_at", alert->first_at);
    json_put_instant(writer, "last_at", alert->last_at);
    json_put_instant(writer, "started_at", alert->started_at);
    json_end_object(writer);
}

void heartbeat_write_members(struct json_writer *writer, const struct engine *engine,
                             const struct heartbeat *heartbeat, struct now now)
{
    const struct incident *incident = view_open_by_key(engine, "heartbeat", heartbeat->name);
    bool is_down = heartbeat->state == HEARTBEAT_DOWN;
    msec left_ms = heartbeat->due_at - now.steady_at;
    json_put_string(writer, "name", heartbeat->name);
    json_put_string(writer, "state", heartbeat_state_name(heartbeat->state));
    json_put_string(writer, "team", heartbeat->team);
    json_put_string(writer, "severity", severity_name(heartbeat->severity));
    json_put_integer(writer, "every_ms", heartbeat->every_ms);
    json_put_integer(writer, "grace_ms", heartbeat->grace_ms);
    json_put_instant(writer, "last_seen_at", heartbeat->last_seen_at);
    json_put_instant(writer, "due_at", is_down ? 0 : now.wall_at + (left_ms > 0 ? left_ms : 0));
    json_put_instant(writer, "created_at", heartbeat->created_at);
    json_put_string(writer, "created_by", heartbeat->created_by);
    if (incident)
        json_put_integer(writer, "incident", (int64_t)incident->number);
    else
        json_put_null(writer, "incident");
}
