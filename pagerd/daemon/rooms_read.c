/* SPDX-License-Identifier: MIT */
/*
 * rooms_read.c - reads what is written in rooms of Matrix, which calls nobody: one question is
 * always with its server, which holds it until there is something to say.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/channels.h"
#include "daemon/daemon.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/room_item.h"
#include "notify/chat_matrix.h"

#define SERVICE "matrix"
#define LANE "matrix-sync" /* of the courier: a question that is held must not hold up messages */

bool rooms_talk(const struct rooms *rooms)
{
    const struct config *config = reload_config(rooms->daemon->reload);
    bool has_people = false;
    if (config_find_channel(config, SERVICE, false) == NULL)
        return false;
    for (size_t i = 0; i < config->handle_count; i++)
        has_people = has_people || string_is(config->handles[i].service, SERVICE);
    return has_people;
}

static void command_take(struct rooms *rooms, const struct channel *channel,
                         const struct matrix_command *command)
{
    CLEANUP(text_clear) struct text answer = {0};
    struct callback callback = {.what = "reply",
                                .method = "GET",
                                .url = "",
                                .body = span_of(command->event),
                                .now_at = rooms->daemon->now.wall_at};
    struct news news = {
        .kind = NEWS_COMMAND, .from = command->from, .room = command->room, .text = command->text};
    (void)rooms_take(rooms, channel, &callback, &news, &answer);
}

static void read_failed(struct rooms *rooms, const char *why)
{
    msec wait_ms = ROOMS_RETRY_MS << (rooms->read_failures < 8 ? rooms->read_failures : 8);
    if (wait_ms > ROOMS_RETRY_MAX_MS)
        wait_ms = ROOMS_RETRY_MAX_MS;
    if (rooms->read_failures++ == 0)
        log_warning("rooms of %s cannot be read: %s", SERVICE, why);
    rooms->read_at = rooms->daemon->tick_at + wait_ms;
}

/* The commands count with the turn that also keeps how far the talk is read. */
static void answer_read(struct rooms *rooms, const struct result *result)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct matrix_command commands[MATRIX_COMMANDS_MAX];
    size_t count = 0;
    const char *since = NULL;
    struct fault fault = {0};
    if (!matrix_sync_read(result->body, rooms->daemon->now.wall_at, arena, &since, commands, &count,
                          &fault)) {
        read_failed(rooms, fault.text);
        return;
    }
    struct channel_settings settings;
    const struct channel *channel =
        channel_configured(reload_config(rooms->daemon->reload), SERVICE, false, &settings);
    for (size_t i = 0; channel != NULL && rooms->since != NULL && i < count; i++)
        command_take(rooms, channel, &commands[i]);
    bool is_news = !string_is(rooms->since, since);
    free(rooms->since);
    rooms->since = string_copy(since);
    rooms->is_dirty = rooms->is_dirty || is_news;
    rooms->read_failures = 0;
    rooms->read_at = rooms->daemon->tick_at;
}

static void read_end(void *context, const struct result *result)
{
    struct rooms *rooms = context;
    rooms->is_reading = false;
    if (result->end != TRANSFER_ANSWERED) {
        read_failed(rooms, result->error);
    } else if (result->code != 200) {
        char *why = string_format("its server answered %u", (unsigned)result->code);
        read_failed(rooms, why);
        free(why);
        /* What it has forgotten is begun anew; what was written meanwhile is not heard. */
        if (result->code == 400) {
            free(rooms->since);
            rooms->since = NULL;
        }
        if (result->retry_after_s > 0)
            rooms->read_at = rooms->daemon->tick_at + result->retry_after_s * SECOND_MS;
    } else {
        answer_read(rooms, result);
    }
}

msec rooms_read_due(const struct rooms *rooms)
{
    return rooms->is_reading || !rooms->has_talk ? MSEC_NEVER : rooms->read_at;
}

void rooms_read(struct rooms *rooms)
{
    CLEANUP(arena_free) struct arena *arena = NULL;
    struct channel_settings settings;
    struct request request = {0};
    struct fault fault = {0};
    if (rooms_read_due(rooms) > rooms->daemon->tick_at)
        return;
    arena = arena_new();
    (void)channel_configured(reload_config(rooms->daemon->reload), SERVICE, false, &settings);
    if (!matrix_sync_render(rooms->since, &settings, arena, &request, &fault)) {
        read_failed(rooms, fault.text);
        return;
    }
    rooms->is_reading = true;
    post_carry(rooms->daemon->post, LANE, &request, read_end, rooms);
}
