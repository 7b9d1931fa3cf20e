/* SPDX-License-Identifier: MIT */
/* rooms_send.c - tells one room one thing, and what comes of it. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/callbacks.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/room_item.h"
#include "daemon/turn.h"
#include "engine/engine.h"

#define WHISPER_WAIT_MS (30 * SECOND_MS) /* for a commit; then it is not said at all */

/* One thing that is being told. */
struct flight {
    struct rooms *rooms;
    struct room *room;
    struct room_item *item; /* stays, while it is asking */
    enum chat_errand errand;
    uint64_t shown; /* versions of what is being told */
    uint64_t news;
};

static void room_well(struct room *room)
{
    if (room->problem[0] != '\0')
        log_info("room is told again room=%s", room->key);
    room->problem[0] = '\0';
    room->failing_at = 0;
    room->told_at = 0;
    room->failures = 0;
}

/* One that has been told of another room of that service need not hear the same of this one. */
static bool was_told(const struct rooms *rooms, const struct room *room)
{
    msec now = rooms->daemon->tick_at;
    size_t cursor = 0;
    const struct room *other;
    while ((other = map_each(rooms->rooms, &cursor, NULL)) != NULL)
        if (other->chat == room->chat && other->told_at != 0 && now - other->told_at < HOUR_MS &&
            string_is(other->team, room->team) && strcmp(other->problem, room->problem) == 0)
            return true;
    return false;
}

static void room_fail(struct rooms *rooms, struct room *room, const char *why, bool is_final)
{
    msec now = rooms->daemon->tick_at;
    if (strcmp(room->problem, why) != 0)
        log_warning("room not told room=%s: %s", room->key, why);
    snprintf(room->problem, sizeof(room->problem), "%s", why);
    if (room->failing_at == 0)
        room->failing_at = now;
    bool is_long = now - room->failing_at >= ROOMS_TELL_MS;
    bool is_quiet = room->told_at != 0 && now - room->told_at < HOUR_MS;
    if (is_quiet || !(is_final || is_long) || was_told(rooms, room))
        return;
    room->told_at = now;
    char *said = string_format("WARN pagerd: the chat room %s cannot be told: %s. People are paged "
                               "all the same",
                               room->key, why);
    daemon_tell(rooms->daemon, room->team, said);
    free(said);
}

static void string_take(char **string, const char *value)
{
    free(*string);
    *string = string_copy(value);
}

static void flight_done(struct flight *flight, const struct chat_verdict *verdict)
{
    struct room_item *item = flight->item;
    flight->room->told_count++;
    item->sequence++;
    room_well(flight->room);
    switch (flight->errand) {
    case CHAT_POST:
        string_take(&item->reference, verdict->reference);
        string_take(&item->thread, "");
        item->shown = flight->shown;
        item->noted = flight->news; /* the message itself has it */
        break;
    case CHAT_EDIT:
        item->shown = flight->shown;
        break;
    case CHAT_THREAD:
        string_take(&item->thread, verdict->reference);
        break;
    case CHAT_NOTE:
        item->noted = flight->news;
        break;
    case CHAT_WHISPER:
    case CHAT_ERRAND_COUNT:
        break;
    }
}

/* It is not there any more: people delete messages. */
static void flight_gone(struct flight *flight)
{
    struct room_item *item = flight->item;
    if (flight->errand == CHAT_NOTE || flight->errand == CHAT_THREAD) {
        item->noted = flight->news;
        return;
    }
    if (item->anew++ >= ROOMS_ANEW_MAX) {
        item->unfit = flight->shown;
        return;
    }
    string_take(&item->reference, "");
    string_take(&item->thread, "");
    item->shown = 0;
}

static void flight_unfit(struct flight *flight, const char *why)
{
    flight->room->refused_count++;
    log_warning("message of a room not taken room=%s incident=%" PRIu64 ": %s", flight->room->key,
                flight->item->number, why);
    flight->item->unfit = flight->shown;
    flight->item->noted = flight->news;
}

static void room_wait(const struct rooms *rooms, struct room *room, msec wait_ms)
{
    room->wait_until = rooms->daemon->tick_at + wait_ms;
}

static void flight_later(struct flight *flight, const struct chat_verdict *verdict)
{
    struct room *room = flight->room;
    bool is_final = verdict->outcome == CHAT_REFUSED;
    msec wait_ms = ROOMS_RETRY_MS << (room->failures < 8 ? room->failures : 8);
    room->failures++;
    if (wait_ms > ROOMS_RETRY_MAX_MS || is_final)
        wait_ms = ROOMS_RETRY_MAX_MS;
    if (verdict->retry_after_ms > 0)
        wait_ms = verdict->retry_after_ms < HOUR_MS ? verdict->retry_after_ms : HOUR_MS;
    room_wait(flight->rooms, room, wait_ms);
    /* To be told to slow down is the ordinary way of things. */
    if (verdict->retry_after_ms == 0)
        room_fail(flight->rooms, room, verdict->error, is_final);
}

static void flight_end(void *context, const struct result *result)
{
    struct flight *flight = context;
    struct rooms *rooms = flight->rooms;
    struct channel_settings settings;
    struct chat_verdict verdict;
    (void)channel_configured(reload_config(rooms->daemon->reload), flight->room->chat->name, false,
                             &settings);
    chat_judge(flight->room->chat, flight->errand, result, &settings, &verdict);
    flight->room->is_asking = false;
    flight->item->is_asking = false;
    room_wait(rooms, flight->room, flight->room->chat->gap_ms);
    switch (verdict.outcome) {
    case CHAT_DONE:
        flight_done(flight, &verdict);
        break;
    case CHAT_GONE:
        flight_gone(flight);
        break;
    case CHAT_MARKUP:
        if (flight->item->is_plain)
            flight_unfit(flight, verdict.error);
        flight->item->is_plain = true;
        break;
    case CHAT_UNFIT:
        flight_unfit(flight, verdict.error);
        break;
    case CHAT_LATER:
    case CHAT_REFUSED:
    case CHAT_OUTCOME_COUNT:
        flight_later(flight, &verdict);
        break;
    }
    rooms->is_dirty = true;
    room_queue_item(flight->item); /* there may be more to tell of it */
    free(flight);
}

/* What is next; false: all is as it should be. */
static bool errand_find(const struct room_item *item, const struct room_view *view,
                        enum chat_errand *errand)
{
    const struct chat *chat = item->room->chat;
    bool is_shown = item->shown != 0 && (!chat->can_edit || item->reference[0] != '\0');
    if (item->unfit == view->shown)
        return false;
    if (!is_shown && view->post.mood == CHAT_HELD)
        return false;
    *errand = is_shown && chat->can_edit ? CHAT_EDIT : CHAT_POST;
    if (!is_shown || item->shown != view->shown)
        return true;
    *errand = chat->makes_thread && item->thread[0] == '\0' ? CHAT_THREAD : CHAT_NOTE;
    return chat->has_notes && item->noted != view->news;
}

bool room_send(struct rooms *rooms, struct room *room, struct room_item *item)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const struct config *config = reload_config(rooms->daemon->reload);
    const struct incident *incident = view_incident(rooms->daemon->engine, item->number);
    struct channel_settings settings;
    struct room_view view = {0};
    struct request request = {0};
    struct fault fault = {0};
    enum chat_errand errand;
    if (incident == NULL || channel_configured(config, room->chat->name, false, &settings) == NULL)
        return false;
    room_view_make(rooms, room, incident, arena, &view);
    if (!errand_find(item, &view, &errand))
        return false;
    const char *url = config_room_url(config, room->chat->name, room->name);
    if (url != NULL)
        settings.url = url;
    struct chat_post *post = &view.post;
    post->room = room->name;
    post->reference = item->reference;
    post->thread = item->thread;
    post->text = view.note;
    post->is_plain = item->is_plain;
    post->callback = callback_address(config, room->chat->name, false, 0, 0, arena);
    post->nonce =
        arena_format(arena, "%" PRIu64 ".%" PRIu64 ".%d%08" PRIx32, item->number, item->sequence,
                     (int)errand, (uint32_t)(errand == CHAT_NOTE ? view.news : view.shown));
    string_take(&room->team, incident->team);
    if (!room->chat->render(errand, post, &settings, arena, &request, &fault)) {
        room_wait(rooms, room, ROOMS_RETRY_MAX_MS);
        room_fail(rooms, room, fault.text, true);
        room_queue_item(item);
        return true;
    }
    struct flight *flight = memory_new(1, sizeof(*flight));
    *flight = (struct flight){rooms, room, item, errand, view.shown, view.news};
    room->is_asking = true;
    item->is_asking = true;
    post_carry(rooms->daemon->post, room->chat->name, &request, flight_end, flight);
    return true;
}

void rooms_whisper(struct rooms *rooms, uint64_t number, const char *service, const char *room,
                   const char *to, const char *text)
{
    if (rooms->whisper_count == ROOMS_WHISPERS_MAX) {
        log_warning("answer to a press dropped: %d wait already", ROOMS_WHISPERS_MAX);
        return;
    }
    rooms->whispers[rooms->whisper_count++] = (struct room_whisper){
        .number = number,
        .made_at = rooms->daemon->tick_at,
        .service = string_copy(service),
        .room = string_copy(room),
        .to = string_copy(to),
        .text = string_copy(text),
    };
}

/* What is not heard does no harm: the message in the room shows what is so. */
static void whisper_end(void *context, const struct result *result)
{
    const struct chat *chat = context;
    struct channel_settings settings = {0};
    struct chat_verdict verdict;
    chat_judge(chat, CHAT_WHISPER, result, &settings, &verdict);
    if (verdict.outcome != CHAT_DONE)
        log_info("answer to a press not taken service=%s: %s", chat->name, verdict.error);
}

static void whisper_carry(struct rooms *rooms, const struct room_whisper *whisper)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct channel_settings settings;
    struct request request = {0};
    struct fault fault = {0};
    const struct channel *channel = channel_configured(reload_config(rooms->daemon->reload),
                                                       whisper->service, false, &settings);
    struct chat_post post = {.room = whisper->room,
                             .to = whisper->to,
                             .text = whisper->text,
                             .reference = "",
                             .thread = "",
                             .nonce = arena_format(arena, "w.%" PRId64 ".%" PRIu64,
                                                   rooms->daemon->now.wall_at, rooms->whispered++)};
    if (channel == NULL || channel->chat == NULL ||
        !channel->chat->render(CHAT_WHISPER, &post, &settings, arena, &request, &fault))
        return;
    post_carry(rooms->daemon->post, whisper->service, &request, whisper_end, (void *)channel->chat);
}

void rooms_whisper_send(struct rooms *rooms)
{
    size_t kept = 0;
    bool is_settled = turns_are_settled(rooms->daemon->turns);
    for (size_t i = 0; i < rooms->whisper_count; i++) {
        struct room_whisper *whisper = &rooms->whispers[i];
        bool is_old = rooms->daemon->tick_at - whisper->made_at > WHISPER_WAIT_MS;
        if (whisper->number != 0 && !is_settled && !is_old) {
            rooms->whispers[kept++] = *whisper;
            continue;
        }
        if (whisper->number == 0 || is_settled)
            whisper_carry(rooms, whisper);
        free(whisper->service);
        free(whisper->room);
        free(whisper->to);
        free(whisper->text);
    }
    rooms->whisper_count = kept;
}
