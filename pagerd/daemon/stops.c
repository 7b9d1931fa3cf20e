/* SPDX-License-Identifier: MIT */
#include "daemon/stops.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/reload.h"
#include "daemon/stop_form.h"
#include "daemon/turn.h"
#include "engine/engine.h"
#include "engine/sentence.h"
#include "store/batch.h"

struct stops {
    struct map *at; /* "CHANNEL ADDRESS" -> struct stop, oldest first */
};

struct stop {
    msec at;      /* wall */
    bool is_over; /* START was said then: an older STOP that comes later changes nothing. Not stored
                   */
};

struct stops *stops_new(void)
{
    struct stops *stops = memory_new(1, sizeof(*stops));
    stops->at = map_new();
    return stops;
}

void stops_free(struct stops *stops)
{
    if (stops == NULL)
        return;
    size_t cursor = 0;
    struct stop *stop;
    while ((stop = map_each(stops->at, &cursor, NULL)) != NULL)
        free(stop);
    map_free(stops->at);
    free(stops);
}

static void stops_put(struct stops *stops, struct span key, msec at, bool is_over)
{
    size_t cursor = 0;
    struct span oldest;
    if (map_count(stops->at) >= STOPS_MAX && map_each(stops->at, &cursor, &oldest) != NULL)
        free(map_remove(stops->at, oldest));
    free(map_remove(stops->at, key));
    struct stop *stop = memory_new(1, sizeof(*stop));
    stop->at = at;
    stop->is_over = is_over;
    map_put(stops->at, key, stop);
}

/* "AT CHANNEL ADDRESS" in each line. */
void stops_restore(struct stops *stops, const char *value)
{
    struct span rest = span_of(value);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        struct span at = span_cut(&line, ' ');
        if (at.size > 0 && line.size > 0)
            stops_put(stops, line, strtoll(at.bytes, NULL, 10), false);
    }
}

static void stops_save(struct daemon *daemon)
{
    CLEANUP(text_clear) struct text text = {0};
    size_t cursor = 0;
    struct span key;
    const struct stop *stop;
    while ((stop = map_each(daemon->stops->at, &cursor, &key)) != NULL)
        if (!stop->is_over)
            text_addf(&text, "%" PRId64 " %.*s\n", (int64_t)stop->at, (int)key.size, key.bytes);
    struct meta_record record = {.name = STOPS_META, .value = text_string(&text)};
    batch_save_meta(turn_batch(daemon->turns), &record, NEED_NONE);
}

static void key_add(struct text *key, const char *channel, const char *address)
{
    text_addf(key, "%s %s", channel, address);
}

/* The managers of all teams that the person is of; without one, the admins. */
static void stops_tell(struct daemon *daemon, const struct user *user, const char *text)
{
    const struct policy *policy = view_policy(daemon->engine);
    bool is_told = false;
    for (size_t i = 0; i < policy->team_count; i++) {
        const struct team *team = &policy->teams[i];
        bool is_member = false;
        for (size_t j = 0; j < team->member_count; j++)
            is_member = is_member || string_is(team->members[j], user->id);
        if (is_member)
            daemon_tell(daemon, team->id, text);
        is_told = is_told || is_member;
    }
    if (!is_told)
        daemon_tell(daemon, NULL, text);
}

static struct stop *stop_find(const struct stops *stops, const char *channel, const char *address)
{
    CLEANUP(text_clear) struct text key = {0};
    key_add(&key, channel, address);
    return map_find(stops->at, text_span(&key));
}

static void stops_say(struct daemon *daemon, const struct stop_item *item)
{
    CLEANUP(text_clear) struct text text = {0};
    const struct user *user = policy_find_user(view_policy(daemon->engine), item->user);
    sentence_say(&text, reload_language(daemon->reload),
                 item->is_stop ? SENTENCE_STOPPED : SENTENCE_STARTED,
                 saying_text("who", item->user), saying_text("channel", item->channel));
    if (item->is_stop)
        log_warning("stopped user=%s channel=%s", item->user, item->channel);
    else
        log_info("started again user=%s channel=%s", item->user, item->channel);
    if (user != NULL)
        stops_tell(daemon, user, text_string(&text));
}

void stops_take(struct daemon *daemon, const struct stop_item *item)
{
    CLEANUP(text_clear) struct text key = {0};
    const struct stop *stop = stop_find(daemon->stops, item->channel, item->address);
    bool was_stopped = stop != NULL && !stop->is_over;
    if (stop != NULL && (stop->at > item->at || was_stopped == item->is_stop))
        return;
    key_add(&key, item->channel, item->address);
    stops_put(daemon->stops, text_span(&key), item->at, !item->is_stop);
    turn_write_stop(daemon->turns, item);
    if (was_stopped == item->is_stop)
        return; /* START of who is not known to have said STOP */
    stops_save(daemon);
    stops_say(daemon, item);
}

/* A clock that was set back makes no word older than the one before. */
static void stops_hear(struct daemon *daemon, const struct user *user, const char *channel,
                       const char *address, bool is_stop)
{
    const struct stop *stop = stop_find(daemon->stops, channel, address);
    msec now_at = daemon->now.wall_at;
    stops_take(daemon,
               &(struct stop_item){.user = user->id,
                                   .channel = channel,
                                   .address = address,
                                   .at = stop != NULL && stop->at > now_at ? stop->at : now_at,
                                   .is_stop = is_stop});
}

void stops_add(struct daemon *daemon, const struct user *user, const char *channel,
               const char *address)
{
    stops_hear(daemon, user, channel, address, true);
}

void stops_remove(struct daemon *daemon, const struct user *user, const char *channel,
                  const char *address)
{
    stops_hear(daemon, user, channel, address, false);
}

bool stops_has(const struct stops *stops, const char *channel, const char *address)
{
    const struct stop *stop = stop_find(stops, channel, address);
    return stop != NULL && !stop->is_over;
}

const char *stops_objection(const struct daemon *daemon, const struct page *page)
{
    if (!view_page_is_wanted(daemon->engine, page))
        return "it was overtaken before it left";
    bool is_stopped = stops_has(daemon->stops, page->channel, page->address);
    return is_stopped ? "this number has said STOP, and not yet START" : NULL;
}

void stops_problems(const struct daemon *daemon, struct json_writer *writer)
{
    const struct policy *policy = view_policy(daemon->engine);
    for (size_t i = 0; policy != NULL && i < policy->user_count; i++) {
        const struct user *user = &policy->users[i];
        for (size_t j = 0; j < user->contact_count; j++) {
            const struct contact *contact = &user->contacts[j];
            if (!stops_has(daemon->stops, contact->channel, contact->address))
                continue;
            CLEANUP(text_clear) struct text text = {0};
            text_addf(&text, "%s has written STOP: pages by %s go by the next method until START",
                      user->id, contact->channel);
            json_put_string(writer, NULL, text_string(&text));
        }
    }
}
