/* SPDX-License-Identifier: MIT */
/* rooms_press.c - what people press and write in a room. */
#include <inttypes.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/letters.h"
#include "daemon/reload.h"
#include "daemon/replies.h"
#include "daemon/room_item.h"
#include "engine/engine.h"
#include "http/house.h"
#include "http/ui/sight.h"
#include "notify/room_words.h"

#define COMMAND_MAX 200 /* bytes of a command that are read */

/* The same bytes once more are the same press once more: what signs it says when or which. */
static bool was_seen(struct rooms *rooms, const char *service, const struct callback *callback)
{
    CLEANUP(text_clear) struct text text = {0};
    unsigned char hash[HASH_SIZE];
    uint64_t mark;
    text_addf(&text, "%s\n", service);
    text_add_span(&text, callback->body);
    hash_bytes(text_span(&text), hash);
    memcpy(&mark, hash, sizeof(mark));
    size_t count = rooms->seen_count < ROOMS_SEEN_MAX ? rooms->seen_count : ROOMS_SEEN_MAX;
    for (size_t i = 0; i < count; i++)
        if (rooms->seen[i] == mark)
            return true;
    rooms->seen[rooms->seen_count++ % ROOMS_SEEN_MAX] = mark;
    return false;
}

static bool is_shown_in(const struct rooms *rooms, uint64_t number, const char *key)
{
    const struct room_item *item = room_item_find(rooms, number, key);
    return item != NULL && (item->shown != 0 || item->is_asking);
}

/* A message may be pressed before its service has said where it is. */
static bool is_current(const struct room_item *item, const char *reference)
{
    bool is_being_posted = item->is_asking && item->reference[0] == '\0';
    return is_being_posted || (item->reference[0] != '\0' && string_is(item->reference, reference));
}

/* Gives an ack back: who acked, and for a while, for then others have gone to sleep because of it.
 */
static enum room_words press_undo(struct daemon *daemon, const struct reply_in *in)
{
    const struct incident *incident = view_incident(daemon->engine, in->incident);
    struct answer answer = {0};
    if (incident == NULL || incident->state != INCIDENT_ACKNOWLEDGED)
        return ROOM_NOT_ACKED;
    if (!string_is(incident->handling->acknowledged_by, in->user))
        return ROOM_NOT_YOURS;
    if (daemon->now.wall_at - incident->handling->acknowledged_at > SIGHT_UNDO_MS)
        return ROOM_TOO_LATE;
    const struct event event = {.kind = EVENT_UNACKNOWLEDGE,
                                .actor = in->user,
                                .via = in->via,
                                .incident = in->incident,
                                .target = {.kind = TARGET_COUNT}};
    daemon->house->step(daemon->house->context, &event, &answer);
    return answer.kind == ANSWER_DONE ? ROOM_UNDONE : ROOM_NOT_KEPT;
}

/* What is meant, or why nothing is. */
static enum room_words press_aim(const struct rooms *rooms, const struct news *news,
                                 const char *key, struct reply_in *in)
{
    if (news->kind == NEWS_BUTTON) {
        const struct room_item *item = room_item_find(rooms, news->incident, key);
        if (item == NULL || !is_current(item, news->reference))
            return ROOM_OLD_MESSAGE;
        in->verb = reply_verb_parse(span_of(news->action));
        in->incident = news->incident;
        bool is_ours = in->verb != REPLY_UNKNOWN || string_is(news->action, "undo");
        return is_ours ? ROOM_FINE : ROOM_OLD_BUTTON;
    }
    in->text = span_of(news->text != NULL ? news->text : "");
    struct reply reply = in->text.size <= COMMAND_MAX ? reply_parse(in->text) : (struct reply){0};
    if (reply.verb == REPLY_UNKNOWN || reply.verb > REPLY_SNOOZE)
        return ROOM_HOW;
    if (reply.incident == 0)
        return ROOM_WHICH;
    if (!is_shown_in(rooms, reply.incident, key))
        return ROOM_NOT_SHOWN;
    in->verb = reply.verb;
    in->incident = reply.incident;
    return ROOM_FINE;
}

static const char *press_words(const struct daemon *daemon, const struct channel *channel,
                               const struct news *news, const struct reply_in *in,
                               enum room_words words, struct arena *arena)
{
    const struct incident *incident = view_incident(daemon->engine, in->incident);
    struct letter letter = {.words = reload_words(daemon->reload), .incident = in->incident};
    if (words == ROOM_NOT_YOURS)
        letter.actor =
            letter_name(view_policy(daemon->engine), incident->handling->acknowledged_by, arena);
    if (words == ROOM_STRANGER)
        letter.remark = arena_format(arena, "%s = \"%s\"", channel->channel, news->from);
    return room_words_say(words, &letter, arena);
}

/* To whom the service gives the answer by itself has it in its own; else it is sent. */
static void press_answer(struct rooms *rooms, const struct channel *channel,
                         const struct news *news, uint64_t number, const char *text,
                         struct text *answer)
{
    bool is_sent =
        channel->chat->has_whisper && (news->kind == NEWS_BUTTON || channel->respond == NULL);
    if (is_sent && text[0] != '\0' && news->room != NULL)
        rooms_whisper(rooms, number, channel->channel, news->room, news->from, text);
    else
        text_add(answer, text);
}

bool rooms_take(struct rooms *rooms, const struct channel *channel, const struct callback *callback,
                const struct news *news, struct text *answer)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(text_clear) struct text said = {0};
    struct daemon *daemon = rooms->daemon;
    struct reply_in in = {.channel = channel->channel, .via = channel->channel};
    struct reply_out out = {0};
    if (news->from == NULL || news->from[0] == '\0' || was_seen(rooms, channel->channel, callback))
        return true;
    in.user = config_find_handle(reload_config(daemon->reload), channel->channel, news->from);
    const char *key = arena_format(arena, "%s:%s", channel->channel, news->room ? news->room : "");
    enum room_words words = in.user == NULL ? ROOM_STRANGER : press_aim(rooms, news, key, &in);
    if (words == ROOM_FINE && in.verb == REPLY_UNKNOWN)
        words = press_undo(daemon, &in);
    else if (words == ROOM_FINE)
        replies_take(daemon, &in, &said, &out);
    out.is_done = out.is_done || words == ROOM_UNDONE;
    text_add(&said, press_words(daemon, channel, news, &in, words, arena));
    rooms->presses[out.is_done]++;
    log_info("press taken room=%s user=%s incident=%" PRIu64 " done=%d", key,
             in.user != NULL ? in.user : "-", in.incident, out.is_done);
    press_answer(rooms, channel, news, out.is_done ? in.incident : 0, text_string(&said), answer);
    return !retort_is_lost(out.said.kind);
}
