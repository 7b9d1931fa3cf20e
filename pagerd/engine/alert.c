/* SPDX-License-Identifier: MIT */
#include "engine/alert.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/shared.h"
#include "base/utf8.h"
#include "engine/entry.h"
#include "engine/expiry.h"
#include "engine/flap.h"
#include "engine/grace.h"
#include "engine/incident.h"
#include "engine/ledger.h"
#include "engine/worsen.h"

#define OCCURRENCES_MAX (UINT64_C(1) << 40) /* of one alert; beyond, a store lies */

const char *alert_key_of(const struct alert *alert)
{
    bool has_key = alert->dedup_key != NULL && alert->dedup_key[0] != '\0';
    return has_key ? alert->dedup_key : alert->uuid;
}

struct span alert_key(struct text *text, const char *integration, const char *dedup_key)
{
    text_add(text, integration);
    text_add_char(text, '\0');
    text_add(text, dedup_key);
    return text_span(text);
}

struct alert_record *alert_find(const struct engine *engine, const char *integration,
                                const char *dedup_key)
{
    CLEANUP(text_clear) struct text text = {0};
    return map_find(engine->keys, alert_key(&text, integration, dedup_key));
}

struct incident *alert_incident(const struct engine *engine, const struct alert_record *record)
{
    return record != NULL ? incident_find(engine, record->incident) : NULL;
}

bool alert_is_lead(const struct incident *incident, const struct alert_record *record)
{
    return string_is(incident->dedup_key, record->dedup_key) &&
           string_is(incident->integration, record->integration);
}

const char *alert_name(const struct incident *incident, const struct alert_record *record)
{
    return record->summary != NULL ? record->summary : incident->summary;
}

uint32_t alert_firing_count(const struct incident *incident)
{
    uint32_t count = 0;
    for (int severity = 0; severity < SEVERITY_COUNT; severity++)
        count += incident->firing[severity];
    return count;
}

enum severity alert_worst(const struct incident *incident)
{
    for (int severity = 0; severity < SEVERITY_COUNT; severity++) {
        if (incident->firing[severity] > 0)
            return (enum severity)severity;
    }
    return incident->severity;
}

/* As the last of the incident's list, and among those that fire. */
static void alert_link(struct incident *incident, struct alert_record *record)
{
    record->incident = incident->number;
    record->next = NULL;
    if (incident->newest_alert != NULL)
        incident->newest_alert->next = record;
    else
        incident->alerts = record;
    incident->newest_alert = record;
    incident->alert_count++;
    if (record->is_firing)
        incident->firing[record->severity]++;
    else if (record->is_flapping)
        incident->held++;
}

/* The same of a record, whose own bytes are the key: shared_pair() has made them. */
static struct span record_key(const struct alert_record *record)
{
    const char *end = record->dedup_key + strlen(record->dedup_key);
    assert(record->dedup_key == record->integration + strlen(record->integration) + 1);
    return (struct span){record->integration, (size_t)(end - record->integration)};
}

/* Makes it the latest episode of its key; what an older one was waiting for is void. */
static void alert_remember(struct engine *engine, struct alert_record *record)
{
    struct span key = record_key(record);
    struct alert_record *older = map_find(engine->keys, key);
    if (older != NULL)
        heap_remove(&engine->timers[TIMER_ALERT], &older->timer);
    map_put(engine->keys, key, record);
}

/* Keeps a text where it is not what the incident says already. Returns whether it is another than
 * before. */
static bool text_keep(const char **place, const char *text, const char *own, size_t max)
{
    if (text == NULL || text[0] == '\0' || string_is(*place, text))
        return false;
    if (*place == NULL && string_is(text, own))
        return false;
    shared_drop(*place);
    *place = string_is(text, own) ? NULL : shared_copy_span(utf8_cut(span_of(text), max));
    return true;
}

static bool texts_keep(const struct incident *incident, struct alert_record *record,
                       const struct alert *alert)
{
    if (alert_is_lead(incident, record))
        return false;
    bool is_changed =
        text_keep(&record->summary, alert->summary, incident->summary, ALERT_SUMMARY_MAX);
    return text_keep(&record->service, alert->service, incident->service, ALERT_SUMMARY_MAX) ||
           is_changed;
}

/* Of the lead it is the incident's own. */
static void key_take(const struct incident *incident, struct alert_record *record,
                     const char *integration, const char *dedup_key)
{
    if (string_is(incident->dedup_key, dedup_key) &&
        string_is(incident->integration, integration)) {
        record->integration = shared_again(incident->integration);
        record->dedup_key = incident->dedup_key;
    } else {
        record->integration = shared_pair(integration, dedup_key, &record->dedup_key);
    }
}

struct alert_record *alert_add(struct work *work, struct incident *incident,
                               const struct alert *alert)
{
    struct engine *engine = work->engine;
    struct alert_record *record = memory_new(1, sizeof *record);
    record->id = ++engine->alert_id;
    key_take(incident, record, alert->integration, alert_key_of(alert));
    record->occurrences = 1;
    record->first_at = work->now.wall_at;
    record->last_at = work->now.wall_at;
    record->started_at = alert->started_at;
    record->severity = alert->severity;
    record->is_firing = true;
    record->due_at = MSEC_NEVER;
    (void)texts_keep(incident, record, alert);
    alert_link(incident, record);
    flap_count(work, record, alert_find(engine, record->integration, record->dedup_key));
    alert_remember(engine, record);
    expiry_set(work, record, alert);
    save_alert(work, record);
    return record;
}

bool alert_repeat(struct work *work, struct incident *incident, struct alert_record *record,
                  const struct alert *alert)
{
    bool is_news = !record->is_firing || record->severity != alert->severity ||
                   record->started_at != alert->started_at;
    bool was_skewed = record->is_skewed;
    bool was_to_end = record->due_at != MSEC_NEVER;
    if (record->is_firing) {
        incident->firing[record->severity]--;
    } else {
        flap_release(incident, record);
        flap_count(work, record, record);
    }
    incident->firing[alert->severity]++;
    record->severity = alert->severity;
    record->is_firing = true;
    record->is_expired = false;
    record->ended_at = 0;
    record->started_at = alert->started_at;
    record->occurrences++;
    record->last_at = work->now.wall_at;
    incident->is_source_firing = true;
    is_news |= texts_keep(incident, record, alert);
    expiry_set(work, record, alert);
    save_alert_with(incident, record);
    return is_news || record->is_skewed != was_skewed ||
           (record->due_at != MSEC_NEVER) != was_to_end;
}

void alert_move(struct alert_record *record, const struct incident *from, struct incident *into)
{
    if (alert_is_lead(from, record) && record->summary == NULL) {
        (void)text_keep(&record->summary, from->summary, into->summary, ALERT_SUMMARY_MAX);
        (void)text_keep(&record->service, from->service, into->service, ALERT_SUMMARY_MAX);
    }
    alert_link(into, record);
}

void alert_explain(struct alert_record *record, const char *format, ...)
{
    CLEANUP(text_clear) struct text text = {0};
    va_list list;
    va_start(list, format);
    text_addv(&text, format, list);
    va_end(list);
    struct span cut = utf8_cut(text_span(&text), ALERT_RULE_MAX);
    if (cut.size < text.size) {
        text.size = cut.size;
        text.bytes[text.size] = '\0';
    }
    (void)set_name(&record->rule, text_string(&text));
}

static void alert_end(struct work *work, struct incident *incident, struct alert_record *record)
{
    incident->firing[record->severity]--;
    incident->is_source_firing = alert_firing_count(incident) > 0;
    record->is_firing = false;
    record->is_skewed = false;
    record->is_insisting = false;
    record->ended_at = work->now.steady_at;
    record->due_at = MSEC_NEVER;
    heap_remove(&work->engine->timers[TIMER_ALERT], &record->timer);
    flap_hold(work, incident, record);
    save_alert_with(incident, record);
}

/* Neither does any of it fire, nor is any held. */
static bool is_over(const struct incident *incident)
{
    return !incident->is_source_firing && incident->held == 0;
}

/* What becomes of an incident of which one alert is over, but not all. */
static void tell_rest(struct work *work, const struct incident *incident,
                      const struct alert_record *record)
{
    if (record->is_flapping)
        entry_add(work, incident->number, ENTRY_FLAPPING, record->integration,
                  "over for now: held until it stays so");
    else if (incident->alert_count <= ALERTS_TOLD_MAX)
        entry_add(work, incident->number, ENTRY_ALERT, record->integration,
                  "over: %s; %" PRIu32 " of %" PRIu32 " still fire", alert_name(incident, record),
                  alert_firing_count(incident), incident->alert_count);
}

enum alert_end alert_over(struct work *work, struct alert_record *record, const char *note)
{
    struct incident *incident = alert_incident(work->engine, record);
    bool was_firing = record->is_firing;
    bool is_open = incident_is_open(incident);
    if (was_firing)
        alert_end(work, incident, record);
    if (is_open && is_over(incident)) {
        incident_close(work, incident, NULL, record->integration, note);
        return ALERT_RESOLVED;
    }
    if (!was_firing)
        return ALERT_IDLE;
    if (is_open)
        tell_rest(work, incident, record);
    else if (!incident->is_source_firing)
        entry_add(work, incident->number, ENTRY_SOURCE_RESOLVED, record->integration,
                  "the source says that it is over");
    save_incident(work, incident);
    if (is_open && alert_worst(incident) != incident->severity)
        incident_worsen(work, incident, alert_worst(incident));
    return is_open ? ALERT_CLEARED : ALERT_NOTED;
}

/* A flapping one that was over for as long as it takes. */
static void quiet_due(struct work *work, struct alert_record *record)
{
    struct incident *incident = alert_incident(work->engine, record);
    flap_end(work, incident, record);
    if (incident_is_open(incident) && is_over(incident))
        incident_close(work, incident, NULL, record->integration, "it stayed quiet");
}

void alert_due(struct work *work, struct alert_record *record)
{
    if (record->due_at > work->now.steady_at) {
        alert_schedule(work->engine, record);
        return;
    }
    if (record->is_insisting) {
        grace_due(work, record);
        return;
    }
    if (work->is_late) { /* pagerd stood still: its source could not be heard */
        record->due_at = work->now.steady_at + EXPIRY_GRACE_MS;
        alert_schedule(work->engine, record);
        return;
    }
    if (!record->is_firing) {
        quiet_due(work, record);
        return;
    }
    entry_add(work, record->incident, ENTRY_EXPIRED, NULL,
              "%s has not repeated it for as long as it said: it is taken as over",
              record->integration);
    record->is_expired = true;
    (void)alert_over(work, record, "not repeated by its source");
}

void alert_schedule(struct engine *engine, struct alert_record *record)
{
    struct heap_item *timer = &record->timer;
    if (timer->place == 0 || record->due_at == MSEC_NEVER || record->due_at < timer->due_at)
        heap_put(&engine->timers[TIMER_ALERT], timer, record->due_at);
}

void alert_restore(struct engine *engine, const struct alert_record *saved)
{
    const struct incident *incident = incident_find(engine, saved->incident);
    bool is_lead = incident != NULL && alert_is_lead(incident, saved);
    struct alert_record *record = alert_record_copy(saved, is_lead ? incident : NULL);
    if (record->id > engine->alert_id)
        engine->alert_id = record->id;
    if (engine->restored_count == engine->restored_room) {
        engine->restored_room = engine->restored_room == 0 ? 64 : engine->restored_room * 2;
        engine->restored =
            memory_grow(engine->restored, engine->restored_room, sizeof(struct alert_record *));
    }
    engine->restored[engine->restored_count++] = record;
}

void alerts_free_restored(struct engine *engine)
{
    for (size_t i = 0; i < engine->restored_count; i++)
        alert_record_free(engine->restored[i]);
    free(engine->restored);
}

static int by_id(const void *left, const void *right)
{
    const struct alert_record *const *a = left;
    const struct alert_record *const *b = right;
    return (*a)->id < (*b)->id ? -1 : (*a)->id > (*b)->id;
}

/* It has come before its incident, with a copy of the key: one is enough. */
static void key_share(const struct incident *incident, struct alert_record *record)
{
    shared_drop(record->integration);
    record->integration = shared_again(incident->integration);
    record->dedup_key = incident->dedup_key;
}

/* Those that came from the store, by id. */
static void restored_link(struct engine *engine)
{
    struct alert_record **list = engine->restored;
    bool is_in_order = true;
    for (size_t i = 1; i < engine->restored_count; i++)
        is_in_order = is_in_order && list[i - 1]->id < list[i]->id;
    if (!is_in_order)
        qsort(list, engine->restored_count, sizeof(struct alert_record *), by_id);
    for (size_t i = 0; i < engine->restored_count; i++) {
        struct incident *incident = incident_find(engine, list[i]->incident);
        if (incident == NULL) {
            alert_record_free(list[i]);
            continue;
        }
        if (alert_is_lead(incident, list[i]))
            key_share(incident, list[i]);
        alert_link(incident, list[i]);
        alert_remember(engine, list[i]);
    }
    free(list);
    engine->restored = NULL;
    engine->restored_count = engine->restored_room = 0;
}

/* The one alert of an incident that is older than alerts have records of their own. */
static void alert_make(struct engine *engine, struct incident *incident)
{
    struct alert_record *record = memory_new(1, sizeof *record);
    record->id = ++engine->alert_id;
    key_take(incident, record, incident->integration, incident->dedup_key);
    record->first_at = incident->opened_at;
    record->last_at = incident->last_alert_at;
    record->severity = incident->severity;
    record->is_firing = incident->is_source_firing || incident_is_open(incident);
    record->ended_at = record->is_firing ? 0 : incident->handling->ended_at;
    record->due_at = MSEC_NEVER;
    alert_link(incident, record);
    alert_remember(engine, record);
}

/* Duplicates are saved now and then, so that a crash may have cut off some of either. */
static void occurrences_fit(struct incident *incident)
{
    uint64_t sum = 0;
    for (struct alert_record *record = incident->alerts; record != NULL; record = record->next) {
        if (record->occurrences > OCCURRENCES_MAX)
            record->occurrences = 1; /* no such number is true */
        sum += record->occurrences;
    }
    if (incident->occurrences > OCCURRENCES_MAX)
        incident->occurrences = sum;
    if (sum > incident->occurrences)
        incident->occurrences = sum;
    else
        incident->alerts->occurrences += incident->occurrences - sum;
}

/* Whatever was stored: what is open fires, or nobody could ever say that it is over; and it is
 * found by its key. */
static void firing_fit(struct engine *engine, struct incident *incident)
{
    struct alert_record *lead = incident->alerts;
    if (!incident_is_open(incident) || alert_firing_count(incident) > 0 || incident->held > 0)
        return;
    lead->is_firing = true;
    lead->ended_at = 0;
    incident->firing[lead->severity]++;
    alert_remember(engine, lead);
}

void alerts_restored(struct engine *engine)
{
    size_t cursor = 0;
    struct incident *incident = NULL;
    restored_link(engine);
    while ((incident = numbered_each(engine->incidents, &cursor)) != NULL) {
        bool is_moved = incident->handling->merged_into != 0 && !incident_is_open(incident);
        if (incident->alerts == NULL && !is_moved)
            alert_make(engine, incident);
        if (incident->alerts != NULL)
            occurrences_fit(incident);
        firing_fit(engine, incident);
        incident->is_source_firing = alert_firing_count(incident) > 0;
        incident->told_count = incident->alert_count;
        ledger_restore(engine, incident);
    }
}

void alerts_restart(struct work *work)
{
    size_t cursor = 0;
    struct alert_record *record = NULL;
    while ((record = map_each(work->engine->keys, &cursor, NULL)) != NULL) {
        if (!record->is_firing && !record->is_flapping)
            record->due_at = MSEC_NEVER;
        else if (!record->is_insisting && record->due_at < work->now.steady_at + EXPIRY_GRACE_MS)
            record->due_at = work->now.steady_at + EXPIRY_GRACE_MS;
        alert_schedule(work->engine, record);
    }
}

void alerts_drop(struct engine *engine, struct incident *incident)
{
    struct alert_record *record = incident->alerts;
    while (record != NULL) {
        struct alert_record *next = record->next;
        struct span key = record_key(record);
        heap_remove(&engine->timers[TIMER_ALERT], &record->timer);
        if (map_find(engine->keys, key) == record)
            (void)map_remove(engine->keys, key);
        alert_record_free(record);
        record = next;
    }
    incident->alerts = NULL;
}
