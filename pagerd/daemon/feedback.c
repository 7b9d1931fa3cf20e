/* SPDX-License-Identifier: MIT */
#include "daemon/feedback.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/feedback_item.h"
#include "daemon/metric.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "store/batch.h"

struct feedbacks *feedbacks_new(struct daemon *daemon)
{
    struct feedbacks *feedbacks = memory_new(1, sizeof(*feedbacks));
    feedbacks->daemon = daemon;
    feedbacks->items = map_new();
    feedbacks->due_at = MSEC_NEVER;
    return feedbacks;
}

static void item_free(struct feedback_item *item)
{
    free(item->told_by);
    free(item);
}

void feedbacks_free(struct feedbacks *feedbacks)
{
    if (feedbacks == NULL)
        return;
    size_t cursor = 0;
    struct feedback_item *item;
    while ((item = map_each(feedbacks->items, &cursor, NULL)) != NULL)
        item_free(item);
    map_free(feedbacks->items);
    for (size_t i = 0; i < feedbacks->place_count; i++) {
        free(feedbacks->places[i]->name);
        free(feedbacks->places[i]);
    }
    free(feedbacks->places);
    free(feedbacks);
}

bool feedback_item_name(struct feedback_item *item, const char *by, msec now)
{
    item->told_at = now;
    if (string_is(item->told_by, by))
        return false;
    free(item->told_by);
    item->told_by = string_copy(by);
    return true;
}

static struct span id_span(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

struct feedback_item *feedback_item_find(const struct feedbacks *feedbacks, uint64_t alert)
{
    return map_find(feedbacks->items, id_span(&alert));
}

/* NULL when there is no room. */
static struct feedback_item *item_get(struct feedbacks *feedbacks, uint64_t number, uint64_t alert)
{
    struct feedback_item *item = feedback_item_find(feedbacks, alert);
    if (item != NULL)
        return item;
    if (map_count(feedbacks->items) >= FEEDBACK_ITEMS_MAX) {
        if (feedbacks->passed_up++ == 0)
            log_error("sources are told of no more than %d alerts at a time", FEEDBACK_ITEMS_MAX);
        return NULL;
    }
    item = memory_new(1, sizeof(*item));
    item->alert = alert;
    item->number = number;
    item->told_by = string_copy("");
    map_put(feedbacks->items, id_span(&item->alert), item);
    feedbacks->is_dirty = true;
    return item;
}

const struct alert_record *feedback_record(const struct incident *incident, uint64_t alert)
{
    const struct alert_record *record = incident != NULL ? incident->alerts : NULL;
    while (record != NULL && record->id != alert)
        record = record->next;
    return record;
}

/* The latest one of that key in an incident; NULL: none. */
static const struct alert_record *record_by_key(const struct incident *incident,
                                                const char *integration, const char *dedup_key)
{
    const struct alert_record *found = NULL;
    for (const struct alert_record *record = incident->alerts; record != NULL;
         record = record->next)
        if (string_is(record->dedup_key, dedup_key) && string_is(record->integration, integration))
            found = record;
    return found;
}

struct feedback_place *feedback_place_get(struct feedbacks *feedbacks, const char *name)
{
    for (size_t i = 0; i < feedbacks->place_count; i++)
        if (string_is(feedbacks->places[i]->name, name))
            return feedbacks->places[i];
    struct feedback_place *place = memory_new(1, sizeof(*place));
    place->name = string_copy(name);
    feedbacks->places =
        memory_grow(feedbacks->places, feedbacks->place_count + 1, sizeof(*feedbacks->places));
    feedbacks->places[feedbacks->place_count++] = place;
    return place;
}

/* "412.9a@bob 420.17 431.20c": acknowledged there by Bob, not yet, its resolve commented. */
void feedbacks_restore(struct feedbacks *feedbacks, const char *value)
{
    const char *at = value;
    while (*at != '\0') {
        char *end = NULL;
        uint64_t number = strtoull(at, &end, 10);
        uint64_t alert = *end == '.' ? strtoull(end + 1, &end, 10) : 0;
        struct feedback_item *item =
            number > 0 && alert > 0 ? item_get(feedbacks, number, alert) : NULL;
        size_t marks = strcspn(end, "@ ");
        const char *by = end + marks + (end[marks] == '@');
        size_t size = strcspn(by, " ");
        if (item != NULL) {
            item->is_told = memchr(end, 'a', marks) != NULL;
            item->is_commented = memchr(end, 'c', marks) != NULL;
            free(item->told_by);
            item->told_by = string_format("%.*s", (int)size, by);
        }
        at = by + size + strspn(by + size, " ");
    }
    feedbacks->is_dirty = false;
}

static void book_save(struct feedbacks *feedbacks)
{
    CLEANUP(text_clear) struct text text = {0};
    size_t cursor = 0;
    const struct feedback_item *item;
    while ((item = map_each(feedbacks->items, &cursor, NULL)) != NULL)
        text_addf(&text, "%s%" PRIu64 ".%" PRIu64 "%s%s%s%s", text.size > 0 ? " " : "",
                  item->number, item->alert, item->is_told ? "a" : "",
                  item->is_commented ? "c" : "", item->told_by[0] != '\0' ? "@" : "",
                  item->told_by);
    struct meta_record record = {.name = FEEDBACK_META, .value = text_string(&text)};
    batch_save_meta(turn_batch(feedbacks->daemon->turns), &record, NEED_NONE);
    feedbacks->is_dirty = false;
    feedbacks->saved_at = feedbacks->daemon->tick_at;
}

/* Is there a way back to where an alert came from? */
static bool alert_concerns(const struct feedbacks *feedbacks, const char *name,
                           const char *dedup_key)
{
    if (!feedbacks->has_ways)
        return false;
    const struct config *config = reload_config(feedbacks->daemon->reload);
    const struct config_integration *integration = config_find_integration(config, name);
    if (integration == NULL)
        return false;
    /* What else comes by that key is of no object there. */
    if (integration->icinga.url != NULL)
        return span_has_prefix(span_of(dedup_key), "icinga2/");
    return integration->command_file != NULL && span_has_prefix(span_of(dedup_key), "nagios/");
}

static bool record_concerns(const struct feedbacks *feedbacks, const struct alert_record *record)
{
    return alert_concerns(feedbacks, record->integration, record->dedup_key);
}

bool feedbacks_concern(const struct feedbacks *feedbacks, const struct incident *incident)
{
    size_t count = 0;
    if (!feedbacks->has_ways)
        return false;
    for (const struct alert_record *record = incident->alerts;
         record != NULL && count < FEEDBACK_MEMBERS_MAX; record = record->next, count++)
        if (record_concerns(feedbacks, record))
            return true;
    return false;
}

/* Somebody has it. */
static bool is_taken(const struct incident *incident)
{
    return incident->state == INCIDENT_ACKNOWLEDGED || incident->state == INCIDENT_SNOOZED;
}

const char *feedback_actor(const struct incident *incident)
{
    if (incident->state == INCIDENT_RESOLVED)
        return incident->handling->resolved_by;
    if (incident->state == INCIDENT_SNOOZED && incident->handling->snoozed_by[0] != '\0')
        return incident->handling->snoozed_by;
    return incident->handling->acknowledged_by;
}

static bool is_called_over(const struct incident *incident)
{
    return incident->state == INCIDENT_RESOLVED && incident->handling->resolved_by[0] != '\0';
}

/* Its source may be to be told of each alert that fires in it. */
static void incident_look(struct feedbacks *feedbacks, const struct incident *incident)
{
    size_t count = 0;
    for (const struct alert_record *record = incident->alerts; record != NULL;
         record = record->next) {
        if (!record->is_firing || !record_concerns(feedbacks, record))
            continue;
        if (count++ == FEEDBACK_MEMBERS_MAX) {
            feedbacks->passed_up++;
            return;
        }
        if (item_get(feedbacks, incident->number, record->id) != NULL)
            feedbacks->is_stirred = true;
    }
}

static bool config_has_ways(const struct config *config)
{
    for (size_t i = 0; i < config->integration_count; i++) {
        const struct config_integration *integration = &config->integrations[i];
        if (integration->icinga.url != NULL || integration->command_file != NULL)
            return true;
    }
    return false;
}

void feedbacks_open(struct feedbacks *feedbacks)
{
    const struct engine *engine = feedbacks->daemon->engine;
    uint64_t cursor = 0;
    const struct incident *incident;
    feedbacks->is_open = true;
    feedbacks->is_stirred = true;
    feedbacks->has_ways = config_has_ways(reload_config(feedbacks->daemon->reload));
    if (!feedbacks->has_ways)
        return;
    while ((incident = view_each_incident(engine, &cursor)) != NULL)
        if (is_taken(incident) && feedbacks_concern(feedbacks, incident))
            incident_look(feedbacks, incident);
}

void feedbacks_stir(struct feedbacks *feedbacks, uint64_t number)
{
    const struct incident *incident = view_incident(feedbacks->daemon->engine, number);
    if (map_count(feedbacks->items) > 0)
        feedbacks->is_stirred = true;
    if (incident != NULL && (is_taken(incident) || is_called_over(incident)))
        incident_look(feedbacks, incident);
}

void feedbacks_heard(struct feedbacks *feedbacks, const struct event *event,
                     const struct answer *answer)
{
    const struct alert *alert = event->alert;
    if (alert == NULL || alert->dedup_key == NULL || answer->incident == 0 ||
        !alert_concerns(feedbacks, alert->integration, alert->dedup_key))
        return;
    const struct incident *incident = view_incident(feedbacks->daemon->engine, answer->incident);
    if (incident == NULL)
        return;
    const struct alert_record *record =
        record_by_key(incident, alert->integration, alert->dedup_key);
    struct feedback_item *item = record != NULL ? feedback_item_find(feedbacks, record->id) : NULL;
    if (event->kind == EVENT_ACKNOWLEDGE && record != NULL) {
        item = item_get(feedbacks, incident->number, record->id);
        if (item != NULL) {
            item->is_told = true;
            (void)feedback_item_name(item, event->actor, feedbacks->daemon->tick_at);
        }
    } else if (event->kind == EVENT_TRIGGER && item != NULL) {
        /* What speaks is not acknowledged there, as a rule: then it is told again. Where nobody has
         * it here any more its end is told, for what speaks may have waited in a spool. */
        if (is_taken(incident)) {
            item->is_doubted = item->is_asking;
            item->is_told = false;
            item->told_at = feedbacks->daemon->tick_at;
        }
    } else {
        return;
    }
    feedbacks->is_dirty = true;
    feedbacks->is_stirred = true;
}

static struct feedback_item *item_by_key(const struct feedbacks *feedbacks, uint64_t number,
                                         const char *dedup_key, uint64_t *alert)
{
    const struct incident *incident = view_incident(feedbacks->daemon->engine, number);
    const struct alert_record *record = incident != NULL ? incident->alerts : NULL;
    *alert = 0;
    for (; record != NULL; record = record->next)
        if (string_is(record->dedup_key, dedup_key))
            *alert = record->id;
    return *alert != 0 ? feedback_item_find(feedbacks, *alert) : NULL;
}

void feedbacks_know(struct feedbacks *feedbacks, uint64_t number, const char *dedup_key,
                    bool is_acked, const char *by, msec asked_at)
{
    uint64_t alert = 0;
    struct feedback_item *item = item_by_key(feedbacks, number, dedup_key, &alert);
    if (item == NULL && alert != 0 && is_acked)
        item = item_get(feedbacks, number, alert);
    if (item == NULL || item->is_asking || item->told_at > asked_at)
        return;
    bool is_news = item->is_told != is_acked;
    item->is_told = is_acked;
    if (is_news || by != NULL)
        is_news |= feedback_item_name(item, by != NULL ? by : "", feedbacks->daemon->tick_at);
    if (!is_news)
        return;
    feedbacks->is_dirty = true;
    feedbacks->is_stirred = true;
}

bool feedbacks_believe(const struct feedbacks *feedbacks, uint64_t number, const char *dedup_key,
                       msec before_at)
{
    uint64_t alert = 0;
    const struct feedback_item *item = item_by_key(feedbacks, number, dedup_key, &alert);
    return item != NULL && item->is_told && !item->is_asking && item->told_by[0] != '\0' &&
           item->told_at < before_at;
}

enum errand { ERRAND_NONE, ERRAND_TELL, ERRAND_FORGET };

/* Somebody has taken it over from who has acknowledged it there. */
static bool is_in_other_name(const struct feedback_item *item, const struct incident *incident)
{
    const char *actor = feedback_actor(incident);
    return item->is_told && item->told_by[0] != '\0' && actor[0] != '\0' &&
           !string_is(item->told_by, actor);
}

static enum errand item_decide(const struct feedbacks *feedbacks, const struct feedback_item *item,
                               enum feedback_action *action)
{
    const struct incident *incident = view_incident(feedbacks->daemon->engine, item->number);
    const struct alert_record *record = feedback_record(incident, item->alert);
    /* With the problem its ack ends there, too. */
    if (record == NULL || !record->is_firing || !record_concerns(feedbacks, record))
        return ERRAND_FORGET;
    if (incident->state == INCIDENT_RESOLVED) {
        *action = FEEDBACK_COMMENT;
        if (!is_called_over(incident))
            return ERRAND_FORGET;
        return item->is_commented ? ERRAND_NONE : ERRAND_TELL;
    }
    bool is_wanted = is_taken(incident);
    *action = is_wanted ? FEEDBACK_ACKNOWLEDGE : FEEDBACK_UNACKNOWLEDGE;
    if (is_wanted && is_in_other_name(item, incident)) {
        *action = FEEDBACK_UNACKNOWLEDGE; /* Icinga takes no ack of what has one; ours comes next */
        return ERRAND_TELL;
    }
    if (is_wanted != item->is_told)
        return ERRAND_TELL;
    return is_wanted ? ERRAND_NONE : ERRAND_FORGET;
}

/* The item may be gone afterwards. */
static void item_step(struct feedbacks *feedbacks, struct feedback_item *item)
{
    enum feedback_action action = FEEDBACK_COMMENT;
    if (item->is_asking)
        return;
    enum errand errand = item_decide(feedbacks, item, &action);
    if (errand == ERRAND_FORGET) {
        feedbacks->is_dirty = true;
        item_free(map_remove(feedbacks->items, id_span(&item->alert)));
        return;
    }
    if (errand == ERRAND_NONE)
        return;
    if (item->retry_at > feedbacks->daemon->tick_at) {
        if (item->retry_at < feedbacks->due_at)
            feedbacks->due_at = item->retry_at;
        return;
    }
    feedback_send(feedbacks, item, action);
}

void feedbacks_tick(struct feedbacks *feedbacks)
{
    msec now = feedbacks->daemon->tick_at;
    struct fault fault = {0};
    if (!feedbacks->is_open)
        return;
    if (feedbacks->is_stirred || feedbacks->due_at <= now) {
        /* The list by itself: an item may go on the way. */
        size_t count = 0;
        size_t cursor = 0;
        struct feedback_item *item;
        struct feedback_item **list = memory_new(map_count(feedbacks->items) + 1, sizeof(*list));
        while ((item = map_each(feedbacks->items, &cursor, NULL)) != NULL)
            list[count++] = item;
        feedbacks->is_stirred = false;
        feedbacks->due_at = MSEC_NEVER;
        for (size_t i = 0; i < count; i++)
            item_step(feedbacks, list[i]);
        free(list);
    }
    bool is_due = feedbacks->saved_at == 0 || now - feedbacks->saved_at >= FEEDBACK_SAVE_MS;
    if (feedbacks->is_dirty && is_due && turns_are_ready(feedbacks->daemon->turns, &fault))
        book_save(feedbacks);
}

void feedbacks_close(struct feedbacks *feedbacks)
{
    struct fault fault = {0};
    if (feedbacks->is_open && feedbacks->is_dirty &&
        turns_are_ready(feedbacks->daemon->turns, &fault))
        book_save(feedbacks);
}

msec feedbacks_next_due(const struct feedbacks *feedbacks)
{
    if (!feedbacks->is_open)
        return MSEC_NEVER;
    msec due_at = feedbacks->is_stirred ? feedbacks->daemon->tick_at : feedbacks->due_at;
    if (feedbacks->is_dirty && feedbacks->saved_at + FEEDBACK_SAVE_MS < due_at)
        due_at = feedbacks->saved_at + FEEDBACK_SAVE_MS;
    if (due_at == MSEC_NEVER)
        return MSEC_NEVER;
    msec wait_ms = due_at - feedbacks->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

void feedbacks_problems(const struct feedbacks *feedbacks, struct json_writer *writer)
{
    for (size_t i = 0; i < feedbacks->place_count; i++) {
        const struct feedback_place *place = feedbacks->places[i];
        if (place->problem[0] == '\0')
            continue;
        char *text =
            string_format("\"%s\" cannot be told of acks: %s", place->name, place->problem);
        json_put_string(writer, NULL, text);
        free(text);
    }
}

static size_t waiting_count(const struct feedbacks *feedbacks)
{
    size_t count = 0;
    size_t cursor = 0;
    enum feedback_action action = FEEDBACK_COMMENT;
    const struct feedback_item *item;
    while ((item = map_each(feedbacks->items, &cursor, NULL)) != NULL)
        count += item_decide(feedbacks, item, &action) == ERRAND_TELL;
    return count;
}

void feedbacks_metrics(const struct feedbacks *feedbacks, struct text *text)
{
    metric_head(text, "feedback_waiting", "gauge",
                "Alerts of which their source is still to be told.");
    metric_labelled(text, "feedback_waiting", NULL, 0, (int64_t)waiting_count(feedbacks));
    metric_head(
        text, "feedback_passed_up_total", "counter",
        "How often there were too many alerts for their source to be told of all; since start.");
    metric_labelled(text, "feedback_passed_up_total", NULL, 0, (int64_t)feedbacks->passed_up);
    metric_head(text, "feedback_told_total", "counter",
                "Acks set or removed at their source, and comments, since start.");
    for (size_t i = 0; i < feedbacks->place_count; i++)
        metric_labelled(text, "feedback_told_total",
                        &(struct metric_label){"integration", feedbacks->places[i]->name}, 1,
                        (int64_t)feedbacks->places[i]->told_count);
    metric_head(text, "feedback_refused_total", "counter",
                "What a source will not be told, since start.");
    for (size_t i = 0; i < feedbacks->place_count; i++)
        metric_labelled(text, "feedback_refused_total",
                        &(struct metric_label){"integration", feedbacks->places[i]->name}, 1,
                        (int64_t)feedbacks->places[i]->refused_count);
}
