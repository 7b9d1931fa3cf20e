/* SPDX-License-Identifier: MIT */
#include "daemon/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "engine/engine.h"
#include "engine/entry.h"
#include "http/call.h"
#include "http/render.h"
#include "store/store.h"

#define ALERTS_SHOWN_MAX 1000 /* of one incident */

/* One question on its way. */
struct inquiry {
    struct call *call;
    uint64_t number;
    struct now now;
    const struct history_filter *filter; /* of changes; in the call's arena */
    struct text live; /* members of the incident as the engine has it; empty when it has not */
};

static void inquiry_end(struct inquiry *inquiry, struct result *result)
{
    call_finish(inquiry->call);
    result_free(result);
    text_clear(&inquiry->live);
    free(inquiry);
}

/* True: the store could not say, and the caller has been told so. */
static bool inquiry_has_failed(struct inquiry *inquiry, struct result *result)
{
    if (result->fault.kind == FAULT_NONE)
        return false;
    call_answer_error(inquiry->call, 503, "unavailable", result->fault.text);
    inquiry_end(inquiry, result);
    return true;
}

/* Ends the list that is open, and its object, and answers with that. */
static void list_answer(struct inquiry *inquiry, struct result *result, struct json_writer *writer,
                        bool is_more)
{
    json_end_array(writer);
    json_put_bool(writer, "more", is_more);
    json_end_object(writer);
    call_answer_json(inquiry->call, 200, writer->text);
    inquiry_end(inquiry, result);
}

static void incidents_answer(void *context, struct result *result)
{
    struct inquiry *inquiry = context;
    if (inquiry_has_failed(inquiry, result))
        return;
    struct text body = {0};
    struct json_writer writer = {.text = &body};
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "incidents");
    for (size_t i = 0; i < result->incident_count; i++)
        incident_write(&writer, &result->incidents[i], NULL, inquiry->now);
    list_answer(inquiry, result, &writer, result->is_cut);
}

static void incident_answer_lists(struct json_writer *writer, const struct result *result)
{
    json_begin_array(writer, "timeline");
    for (size_t i = 0; i < result->entry_count; i++)
        entry_write(writer, &result->entries[i]);
    json_end_array(writer);
    json_begin_array(writer, "alerts");
    for (size_t i = 0; i < result->alert_count && i < ALERTS_SHOWN_MAX; i++)
        alert_write(writer, &result->alerts[i]);
    json_end_array(writer);
    json_begin_array(writer, "pages");
    for (size_t i = 0; i < result->page_count; i++)
        page_write(writer, &result->pages[i]);
    json_end_array(writer);
}

static void incident_answer(void *context, struct result *result)
{
    struct inquiry *inquiry = context;
    if (inquiry_has_failed(inquiry, result))
        return;
    if (result->incident_count == 0 && inquiry->live.size == 0) {
        char text[128];
        snprintf(text, sizeof(text), "There is no incident #%" PRIu64 ".", inquiry->number);
        call_answer_error(inquiry->call, 404, "not_found", text);
        inquiry_end(inquiry, result);
        return;
    }
    struct text body = {0};
    if (inquiry->live.size > 0) {
        text_add_span(&body, text_span(&inquiry->live));
    } else {
        struct json_writer writer = {.text = &body};
        json_begin_object(&writer, NULL);
        incident_write_members(&writer, &result->incidents[0], NULL, inquiry->now);
    }
    struct json_writer rest = {.text = &body, .depth = 1, .has_item = UINT64_C(3)};
    incident_answer_lists(&rest, result);
    json_end_object(&rest);
    call_answer_json(inquiry->call, 200, &body);
    inquiry_end(inquiry, result);
}

static void alerts_answer(void *context, struct result *result)
{
    struct inquiry *inquiry = context;
    if (inquiry_has_failed(inquiry, result))
        return;
    struct text body = {0};
    struct json_writer writer = {.text = &body};
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "alerts");
    for (size_t i = 0; i < result->alert_count; i++)
        alert_write(&writer, &result->alerts[i]);
    list_answer(inquiry, result, &writer, result->is_cut);
}

static void history_ask(struct daemon *daemon, struct inquiry *inquiry, const struct query *query,
                        store_answer *answer)
{
    struct fault fault = {0};
    if (store_read(daemon->store, query, answer, inquiry, &fault))
        return;
    call_answer_error(inquiry->call, 503, "unavailable", fault.text);
    inquiry_end(inquiry, NULL);
}

static struct inquiry *inquiry_new(struct daemon *daemon, struct call *call)
{
    struct inquiry *inquiry = memory_new(1, sizeof(*inquiry));
    inquiry->call = call;
    inquiry->now = daemon->now;
    return inquiry;
}

void history_incidents(struct daemon *daemon, struct call *call,
                       const struct history_filter *filter)
{
    struct query query = {.kind = QUERY_INCIDENTS,
                          .is_all = filter->is_all,
                          .team = filter->team,
                          .user = filter->user,
                          .since_at = filter->since_at,
                          .before = filter->before,
                          .limit = filter->limit};
    history_ask(daemon, inquiry_new(daemon, call), &query, incidents_answer);
}

/* "ops/web: deployed 1.4": of that team, and of that service or the whole team. */
static bool change_is_of(const struct history_filter *filter, const struct entry *entry)
{
    struct span rest = span_of(entry->text);
    if (filter->team == NULL)
        return true;
    if (!span_has_prefix(rest, filter->team))
        return false;
    rest.bytes += strlen(filter->team);
    rest.size -= strlen(filter->team);
    if (span_has_prefix(rest, ": "))
        return true;
    if (!span_has_prefix(rest, "/"))
        return false;
    rest.bytes++;
    rest.size--;
    if (filter->service == NULL)
        return true;
    size_t size = strlen(filter->service);
    return span_has_prefix(rest, filter->service) && rest.size > size && rest.bytes[size] == ':';
}

static void changes_answer(void *context, struct result *result)
{
    struct inquiry *inquiry = context;
    if (inquiry_has_failed(inquiry, result))
        return;
    struct text body = {0};
    struct json_writer writer = {.text = &body};
    json_begin_object(&writer, NULL);
    json_begin_array(&writer, "changes");
    size_t count = 0;
    for (size_t i = 0; i < result->entry_count; i++) {
        if (change_is_of(inquiry->filter, &result->entries[i]) && count++ < inquiry->filter->limit)
            entry_write(&writer, &result->entries[i]);
    }
    bool is_more = result->is_cut || count > inquiry->filter->limit;
    list_answer(inquiry, result, &writer, is_more);
}

void history_changes(struct daemon *daemon, struct call *call, const struct history_filter *filter)
{
    struct query query = {.kind = QUERY_AUDIT,
                          .event = entry_name(ENTRY_CHANGE),
                          .since_at = filter->since_at,
                          .until_at = filter->until_at};
    struct inquiry *inquiry = inquiry_new(daemon, call);
    inquiry->filter = filter;
    history_ask(daemon, inquiry, &query, changes_answer);
}

/* While the database is away: what the engine has of it. Its earlier timeline is not at hand. */
static struct result *result_of_memory(const struct daemon *daemon, const struct incident *incident)
{
    static const struct entry gap = {
        .event = "away",
        .actor = "pagerd",
        .text = "the database is away: the timeline is shown when it is back"};
    struct result *result = memory_new(1, sizeof(*result));
    struct entry *entry = arena_take((result->arena = arena_new()), sizeof(*entry));
    size_t page_count = 0;
    for (const struct page *page = incident->pages; page != NULL; page = page->older)
        page_count++;
    struct page *pages = arena_take(result->arena, (page_count + 1) * sizeof(*pages));
    struct alert_record *alerts =
        arena_take(result->arena, (incident->alert_count + 1) * sizeof(*alerts));
    *entry = gap;
    entry->incident = incident->number;
    entry->at = daemon->now.wall_at;
    result->entries = entry;
    result->entry_count = 1;
    result->pages = pages;
    result->page_count = page_count;
    for (const struct page *page = incident->pages; page != NULL; page = page->older)
        pages[--page_count] = *page;
    result->alerts = alerts;
    for (const struct alert_record *alert = incident->alerts; alert != NULL; alert = alert->next)
        alerts[result->alert_count++] = *alert;
    return result;
}

void history_incident(struct daemon *daemon, struct call *call, uint64_t number)
{
    struct inquiry *inquiry = inquiry_new(daemon, call);
    inquiry->number = number;
    const struct incident *incident = view_incident(daemon->engine, number);
    if (incident != NULL) {
        struct json_writer writer = {.text = &inquiry->live};
        json_begin_object(&writer, NULL);
        incident_write_members(&writer, incident, daemon->engine, daemon->now);
    }
    if (incident != NULL && away_mode(daemon->away) == AWAY_MEMORY) {
        incident_answer(inquiry, result_of_memory(daemon, incident));
        return;
    }
    history_ask(daemon, inquiry, &(struct query){.kind = QUERY_INCIDENT, .number = number},
                incident_answer);
}

void history_alerts(struct daemon *daemon, struct call *call, const struct history_filter *filter)
{
    struct query query = {
        .kind = QUERY_ALERTS, .since_at = filter->since_at, .limit = filter->limit};
    history_ask(daemon, inquiry_new(daemon, call), &query, alerts_answer);
}

static void heartbeat_answer(void *context, struct result *result)
{
    struct inquiry *inquiry = context;
    if (inquiry_has_failed(inquiry, result))
        return;
    struct text body = {0};
    text_add_span(&body, text_span(&inquiry->live));
    struct json_writer writer = {.text = &body, .depth = 1, .has_item = UINT64_C(3)};
    json_begin_array(&writer, "history");
    for (size_t i = 0; i < result->alert_count; i++)
        alert_write(&writer, &result->alerts[i]);
    list_answer(inquiry, result, &writer, result->is_cut);
}

void history_heartbeat(struct daemon *daemon, struct call *call, const struct heartbeat *heartbeat,
                       msec since_at)
{
    struct inquiry *inquiry = inquiry_new(daemon, call);
    struct query query = {.kind = QUERY_ALERTS,
                          .integration = "heartbeat",
                          .dedup_key = heartbeat->name,
                          .since_at = since_at,
                          .limit = HEARTBEAT_HISTORY_MAX};
    struct json_writer writer = {.text = &inquiry->live};
    json_begin_object(&writer, NULL);
    heartbeat_write_members(&writer, daemon->engine, heartbeat, daemon->now);
    history_ask(daemon, inquiry, &query, heartbeat_answer);
}
