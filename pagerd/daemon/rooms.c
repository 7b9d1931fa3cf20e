/* SPDX-License-Identifier: MIT */
#include "daemon/rooms.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/metric.h"
#include "daemon/reload.h"
#include "daemon/room_item.h"
#include "daemon/turn.h"
#include "engine/canary.h"
#include "engine/engine.h"

struct rooms *rooms_new(struct daemon *daemon)
{
    struct rooms *rooms = memory_new(1, sizeof(*rooms));
    rooms->daemon = daemon;
    rooms->rooms = map_new();
    rooms->stories = map_new();
    return rooms;
}

static void item_free(struct room_item *item)
{
    free(item->reference);
    free(item->thread);
    free(item);
}

static void room_free(struct room *room)
{
    free(room->key);
    free(room->team);
    free(room);
}

void rooms_free(struct rooms *rooms)
{
    if (rooms == NULL)
        return;
    size_t cursor = 0;
    struct room_item *item;
    while ((item = map_each(rooms->stories, &cursor, NULL)) != NULL) {
        while (item != NULL) {
            struct room_item *next = item->next;
            item_free(item);
            item = next;
        }
    }
    map_free(rooms->stories);
    cursor = 0;
    struct room *room;
    while ((room = map_each(rooms->rooms, &cursor, NULL)) != NULL)
        room_free(room);
    map_free(rooms->rooms);
    free(rooms->since);
    for (size_t i = 0; i < rooms->whisper_count; i++) {
        free(rooms->whispers[i].service);
        free(rooms->whispers[i].room);
        free(rooms->whispers[i].to);
        free(rooms->whispers[i].text);
    }
    free(rooms);
}

static struct span number_span(const uint64_t *number)
{
    return (struct span){(const char *)number, sizeof(*number)};
}

/* NULL: the service is none of this version. */
static struct room *room_get(struct rooms *rooms, const char *key)
{
    struct room *room = map_find(rooms->rooms, span_of(key));
    if (room != NULL)
        return room;
    CLEANUP(text_clear) struct text service = {0};
    const char *colon = strchr(key, ':');
    if (colon == NULL)
        return NULL;
    text_add_bytes(&service, key, (size_t)(colon - key));
    const struct chat *chat = chat_find(text_string(&service));
    if (chat == NULL)
        return NULL;
    room = memory_new(1, sizeof(*room));
    room->key = string_copy(key);
    room->name = room->key + (colon - key) + 1;
    room->chat = chat;
    room->team = string_copy("");
    map_put(rooms->rooms, span_of(room->key), room);
    return room;
}

struct room_item *room_item_find(const struct rooms *rooms, uint64_t number, const char *key)
{
    struct room_item *item = map_find(rooms->stories, number_span(&number));
    while (item != NULL && !string_is(item->room->key, key))
        item = item->next;
    return item;
}

/* NULL when there is no room for it. */
struct room_item *room_item_get(struct rooms *rooms, uint64_t number, const char *key)
{
    struct room_item *item = room_item_find(rooms, number, key);
    if (item != NULL)
        return item;
    struct room *room = room_get(rooms, key);
    if (room == NULL)
        return NULL;
    if (rooms->item_count >= ROOMS_ITEMS_MAX) {
        if (rooms->passed_up++ == 0)
            log_error("chat rooms show no more than %d incidents at a time", ROOMS_ITEMS_MAX);
        return NULL;
    }
    item = memory_new(1, sizeof(*item));
    *item = (struct room_item){.number = number,
                               .room = room,
                               .reference = string_copy(""),
                               .thread = string_copy(""),
                               .next = map_find(rooms->stories, number_span(&number))};
    map_put(rooms->stories, number_span(&item->number), item);
    rooms->item_count++;
    rooms->is_dirty = true;
    return item;
}

/* What of an incident is shown goes with it out of memory. */
static void story_forget(struct rooms *rooms, uint64_t number)
{
    struct room_item *item = map_remove(rooms->stories, number_span(&number));
    while (item != NULL) {
        struct room_item *next = item->next;
        assert(!item->is_queued && !item->is_asking);
        item_free(item);
        rooms->item_count--;
        item = next;
    }
    rooms->is_dirty = true;
}

static void queue_put(struct room_queue *queue, struct room_item *item)
{
    item->next_queued = NULL;
    if (queue->last != NULL)
        queue->last->next_queued = item;
    else
        queue->first = item;
    queue->last = item;
}

static struct room_item *queue_take(struct room_queue *queue)
{
    struct room_item *item = queue->first;
    if (item == NULL)
        return NULL;
    queue->first = item->next_queued;
    if (queue->first == NULL)
        queue->last = NULL;
    item->is_queued = false;
    return item;
}

void room_queue_item(struct room_item *item)
{
    if (item->is_queued)
        return;
    item->is_queued = true;
    queue_put(item->shown == 0 ? &item->room->fresh : &item->room->changed, item);
}

bool rooms_concern(const struct rooms *rooms, const struct incident *incident)
{
    if (!rooms->has_rooms && map_count(rooms->stories) == 0)
        return false;
    const struct config_team *team =
        config_find_team(reload_config(rooms->daemon->reload), incident->team);
    return (team != NULL && team->room_count > 0) ||
           map_find(rooms->stories, number_span(&incident->number)) != NULL;
}

/* The rooms of its team are to show it, unless it is over or pages nobody. A canary tests how one
 * person is reached: to everybody else it would be one more incident. */
static void incident_look(struct rooms *rooms, const struct incident *incident)
{
    const struct config_team *team =
        config_find_team(reload_config(rooms->daemon->reload), incident->team);
    bool is_over = incident->state == INCIDENT_RESOLVED || incident->state == INCIDENT_SUPPRESSED;
    for (size_t i = 0; team != NULL && !is_over && !canary_is(incident) && i < team->room_count;
         i++) {
        CLEANUP(text_clear) struct text key = {0};
        text_addf(&key, "%s:%s", team->rooms[i].service, team->rooms[i].name);
        (void)room_item_get(rooms, incident->number, text_string(&key));
    }
    for (struct room_item *item = map_find(rooms->stories, number_span(&incident->number));
         item != NULL; item = item->next)
        room_queue_item(item);
}

static bool has_rooms(const struct config *config)
{
    for (size_t i = 0; i < config->policy->team_count; i++)
        if (config->teams[i].room_count > 0)
            return true;
    return false;
}

void rooms_open(struct rooms *rooms)
{
    uint64_t number = 0;
    size_t cursor = 0;
    const struct incident *incident;
    struct room *room;
    rooms->is_open = true;
    rooms->has_rooms = has_rooms(reload_config(rooms->daemon->reload));
    rooms->has_talk = rooms_talk(rooms);
    while ((room = map_each(rooms->rooms, &cursor, NULL)) != NULL) {
        room->wait_until = 0; /* somebody may have mended it */
        room->failures = 0;
    }
    rooms->read_at = 0;
    if (!rooms->has_rooms && map_count(rooms->stories) == 0)
        return;
    while ((incident = view_each_incident(rooms->daemon->engine, &number)) != NULL)
        incident_look(rooms, incident);
}

void rooms_stir(struct rooms *rooms, uint64_t number)
{
    const struct incident *incident = view_incident(rooms->daemon->engine, number);
    if (incident != NULL)
        incident_look(rooms, incident);
    for (size_t i = 0; i < rooms->whisper_count; i++)
        if (rooms->whispers[i].number == number)
            rooms->whispers[i].number = 0;
}

/* Sends one thing if there is one to send; a room waits its turn after that. */
static void room_step(struct rooms *rooms, struct room *room)
{
    while (!room->is_asking && room->wait_until <= rooms->daemon->tick_at) {
        struct room_item *item = queue_take(&room->fresh);
        if (item == NULL)
            item = queue_take(&room->changed);
        if (item == NULL || room_send(rooms, room, item))
            return;
    }
}

static void rooms_sweep(struct rooms *rooms)
{
    size_t cursor = 0;
    const struct room_item *item;
    while ((item = map_each(rooms->stories, &cursor, NULL)) != NULL) {
        bool is_busy = false;
        for (const struct room_item *each = item; each != NULL; each = each->next)
            is_busy = is_busy || each->is_asking || each->is_queued;
        if (!is_busy && view_incident(rooms->daemon->engine, item->number) == NULL)
            story_forget(rooms, item->number);
    }
}

void rooms_tick(struct rooms *rooms)
{
    msec now = rooms->daemon->tick_at;
    struct fault fault = {0};
    size_t cursor = 0;
    struct room *room;
    if (!rooms->is_open)
        return;
    while ((room = map_each(rooms->rooms, &cursor, NULL)) != NULL)
        room_step(rooms, room);
    rooms_read(rooms);
    rooms_whisper_send(rooms);
    bool is_due = rooms->saved_at == 0 || now - rooms->saved_at >= ROOMS_SAVE_MS;
    if (rooms->is_dirty && is_due && turns_are_ready(rooms->daemon->turns, &fault)) {
        rooms_sweep(rooms);
        rooms_save(rooms);
    }
}

void rooms_close(struct rooms *rooms)
{
    struct fault fault = {0};
    if (rooms->is_open && rooms->is_dirty && turns_are_ready(rooms->daemon->turns, &fault))
        rooms_save(rooms);
}

static bool room_has_work(const struct room *room)
{
    return !room->is_asking && (room->fresh.first != NULL || room->changed.first != NULL);
}

msec rooms_next_due(const struct rooms *rooms)
{
    msec due_at = MSEC_NEVER;
    size_t cursor = 0;
    const struct room *room;
    if (!rooms->is_open)
        return MSEC_NEVER;
    while ((room = map_each(rooms->rooms, &cursor, NULL)) != NULL)
        if (room_has_work(room) && room->wait_until < due_at)
            due_at = room->wait_until;
    if (rooms_read_due(rooms) < due_at)
        due_at = rooms_read_due(rooms);
    if (rooms->is_dirty && rooms->saved_at + ROOMS_SAVE_MS < due_at)
        due_at = rooms->saved_at + ROOMS_SAVE_MS;
    if (rooms->whisper_count > 0 && rooms->daemon->tick_at + ROOMS_SAVE_MS < due_at)
        due_at = rooms->daemon->tick_at + ROOMS_SAVE_MS;
    if (due_at == MSEC_NEVER)
        return MSEC_NEVER;
    msec wait_ms = due_at - rooms->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

void rooms_problems(const struct rooms *rooms, struct json_writer *writer)
{
    size_t cursor = 0;
    const struct room *room;
    while ((room = map_each(rooms->rooms, &cursor, NULL)) != NULL) {
        if (room->problem[0] == '\0')
            continue;
        char *text = string_format("the room %s cannot be told: %s", room->key, room->problem);
        json_put_string(writer, NULL, text);
        free(text);
    }
}

static void put_counts(const struct rooms *rooms, struct text *text, const char *name,
                       const char *help, bool is_refused)
{
    size_t cursor = 0;
    const struct room *room;
    metric_head(text, name, "counter", help);
    while ((room = map_each(rooms->rooms, &cursor, NULL)) != NULL)
        metric_labelled(text, name, &(struct metric_label){"room", room->key}, 1,
                        (int64_t)(is_refused ? room->refused_count : room->told_count));
}

void rooms_metrics(const struct rooms *rooms, struct text *text)
{
    size_t cursor = 0;
    int64_t waiting = 0;
    const struct room_item *item;
    while ((item = map_each(rooms->stories, &cursor, NULL)) != NULL)
        for (; item != NULL; item = item->next)
            waiting += item->is_queued || item->is_asking;
    metric_head(text, "rooms_waiting", "gauge", "Messages of chat rooms that are to be told.");
    metric_labelled(text, "rooms_waiting", NULL, 0, waiting);
    metric_head(text, "rooms_passed_up_total", "counter",
                "How often there were too many incidents for chat rooms to show; since start.");
    metric_labelled(text, "rooms_passed_up_total", NULL, 0, (int64_t)rooms->passed_up);
    put_counts(rooms, text, "rooms_told_total", "Messages posted and edited, since start.", false);
    put_counts(rooms, text, "rooms_refused_total",
               "What a chat service would not take, since start.", true);
    metric_head(text, "rooms_presses_total", "counter",
                "Presses and commands in chat rooms, by whether they did something, since start.");
    for (int i = 0; i < 2; i++)
        metric_labelled(text, "rooms_presses_total",
                        &(struct metric_label){"done", i == 0 ? "no" : "yes"}, 1,
                        (int64_t)rooms->presses[i]);
}
