/* SPDX-License-Identifier: MIT */
#include "store/mirror.h"

#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "store/feed.h"
#include "store/mirror_parts.h"
#include "store/place.h"

#define AWAY_MS 500 /* between two tries to connect, or to do what has failed */

static void mirror_wake(struct mirror *mirror)
{
    uint64_t one = 1;
    ssize_t written = write(mirror->wake, &one, sizeof(one));
    (void)written; /* a full counter wakes as well */
}

bool mirror_copy_is_over(struct mirror *mirror)
{
    pthread_mutex_lock(&mirror->lock);
    bool is_over = mirror->is_ending || mirror->is_copy_over;
    pthread_mutex_unlock(&mirror->lock);
    return is_over;
}

bool mirror_is_paused(struct mirror *mirror)
{
    pthread_mutex_lock(&mirror->using);
    bool is_paused = mirror->is_paused;
    pthread_mutex_unlock(&mirror->using);
    return is_paused;
}

/* ---- the thread ---- */

/* The disk is the first member. It only reads, and may be slow about it. */
static bool admit(struct postgres *disk, struct postgres_link *link,
                  const struct postgres_hello *hello, struct fault *fault)
{
    if (!postgres_settle(link, fault) ||
        !postgres_ask(link,
                      "SET idle_in_transaction_session_timeout = 0; SET tcp_user_timeout = 0; "
                      "SET default_transaction_read_only = on",
                      POSTGRES_STATEMENT_MS, NULL, "setting up the session", fault))
        return false;
    memcpy(disk->system, hello->system, sizeof(disk->system));
    disk->timeline = hello->timeline;
    return true;
}

static void tell_socket(struct mirror *mirror, int socket)
{
    pthread_mutex_lock(&mirror->lock);
    mirror->socket = socket;
    pthread_mutex_unlock(&mirror->lock);
}

static void disconnect(struct mirror *mirror)
{
    tell_socket(mirror, -1);
    postgres_drop(&mirror->link);
    mirror->has_feed = false;
}

/* What is connected goes on answering when another server is the primary; the relay looks for that.
 */
static void leave_the_past(struct mirror *mirror)
{
    uint32_t timeline = mirror->disk.timeline;
    if (mirror->link.connection == NULL ||
        postgres_now() - mirror->disk.recalled_at < POSTGRES_BEAT_MS)
        return;
    mirror->disk.recalled_at = postgres_now();
    postgres_recall(&mirror->disk, mirror->state);
    mirror->link.is_lost |= mirror->disk.timeline > timeline;
}

static bool connect_again(struct mirror *mirror, struct fault *fault)
{
    leave_the_past(mirror);
    if (mirror->link.connection != NULL && mirror->link.is_lost)
        disconnect(mirror);
    if (mirror->link.connection != NULL)
        return true;
    postgres_recall(&mirror->disk, mirror->state);
    if (!postgres_race(&mirror->disk, NULL, admit, &mirror->link, fault))
        return false;
    tell_socket(mirror, PQsocket(mirror->link.connection));
    return true;
}

static bool is_ending(struct mirror *mirror)
{
    pthread_mutex_lock(&mirror->lock);
    bool is_ending = mirror->is_ending;
    pthread_mutex_unlock(&mirror->lock);
    return is_ending;
}

/* How long there is nothing to do. */
static int mirror_turn(struct mirror *mirror)
{
    struct fault fault = {.kind = FAULT_NONE};

    if (mirror_is_paused(mirror))
        return AWAY_MS;
    bool is_good = connect_again(mirror, &fault) && mirror_follow(mirror, &fault);
    pthread_mutex_lock(&mirror->lock);
    memcpy(mirror->told.problem, fault.text, sizeof(mirror->told.problem));
    pthread_mutex_unlock(&mirror->lock);
    return !is_good ? AWAY_MS : mirror->is_behind ? 0 : MIRROR_LOOK_MS;
}

static void *mirror_main(void *context)
{
    struct mirror *mirror = context;

    while (!is_ending(mirror)) {
        struct pollfd polled = {.fd = mirror->wake, .events = POLLIN};
        uint64_t count;
        int wait_ms = mirror_turn(mirror);
        if (poll(&polled, 1, wait_ms) > 0 && read(mirror->wake, &count, sizeof(count)) < 0)
            count = 0;
    }
    return NULL;
}

/* ---- the face ---- */

static void mirror_free(struct mirror *mirror)
{
    store_close(mirror->store);
    postgres_drop(&mirror->link);
    postgres_place_free(mirror->disk.place);
    pthread_mutex_destroy(&mirror->disk.where_lock);
    pthread_mutex_destroy(&mirror->using);
    pthread_mutex_destroy(&mirror->lock);
    if (mirror->wake >= 0)
        close(mirror->wake);
    free(mirror->folder);
    free(mirror->state);
    free(mirror);
}

/* A primary of the past is not followed, though it may answer first after a restart. */
static void recall_place(struct mirror *mirror)
{
    mirror->told.is_whole = mirror_is_whole(mirror->state, &mirror->told.position);
    if (!mirror->told.is_whole || !mirror_read_place(mirror->state, &mirror->place))
        return;
    memcpy(mirror->disk.system, mirror->place.system, sizeof(mirror->disk.system));
    mirror->disk.timeline = mirror->place.timeline;
}

bool mirror_open(const struct mirror_options *options, struct mirror **made, struct fault *fault)
{
    static const char scheme[] = "postgres:";

    assert(span_has_prefix(span_of(options->url), scheme));
    struct mirror *mirror = memory_new(1, sizeof(*mirror));
    mirror->state = string_copy(options->state);
    mirror->folder = string_format("%s/%s", options->state, MIRROR_FOLDER);
    mirror->format = feed_format();
    mirror->disk.tail = options->tail;
    mirror->socket = -1;
    mirror->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&mirror->disk.where_lock, NULL);
    pthread_mutex_init(&mirror->using, NULL);
    pthread_mutex_init(&mirror->lock, NULL);
    if (!place_make(mirror->state, fault) ||
        !postgres_place_parse(options->url + strlen(scheme), options->password, &mirror->disk.place,
                              fault)) {
        mirror_free(mirror);
        return false;
    }
    recall_place(mirror);
    if (mirror->wake < 0 || pthread_create(&mirror->thread, NULL, mirror_main, mirror) != 0) {
        mirror_free(mirror);
        return fault_set(fault, FAULT_SYSTEM, "cannot start the thread of the mirror");
    }
    *made = mirror;
    return true;
}

void mirror_close(struct mirror *mirror)
{
    if (mirror == NULL)
        return;
    pthread_mutex_lock(&mirror->lock);
    mirror->is_ending = true;
    if (mirror->socket >= 0)
        shutdown(mirror->socket, SHUT_RDWR);
    pthread_mutex_unlock(&mirror->lock);
    mirror_wake(mirror);
    pthread_join(mirror->thread, NULL);
    mirror_free(mirror);
}

static void tell_paused(struct mirror *mirror, bool is_paused)
{
    pthread_mutex_lock(&mirror->lock);
    mirror->is_copy_over = is_paused;
    mirror->told.is_paused = is_paused;
    pthread_mutex_unlock(&mirror->lock);
}

void mirror_pause(struct mirror *mirror)
{
    tell_paused(mirror, true);
    pthread_mutex_lock(&mirror->using);
    mirror->is_paused = true;
    store_close(mirror->store);
    mirror->store = NULL;
    pthread_mutex_unlock(&mirror->using);
}

void mirror_resume(struct mirror *mirror)
{
    tell_paused(mirror, false);
    pthread_mutex_lock(&mirror->using);
    mirror->is_paused = false;
    pthread_mutex_unlock(&mirror->using);
    mirror_wake(mirror);
}

void mirror_state(struct mirror *mirror, struct mirror_state *state)
{
    pthread_mutex_lock(&mirror->lock);
    *state = mirror->told;
    pthread_mutex_unlock(&mirror->lock);
}

msec mirror_behind_ms(struct mirror *mirror)
{
    struct mirror_state state;

    mirror_state(mirror, &state);
    return state.is_whole && state.seen_at > 0 ? postgres_now() - state.seen_at : -1;
}

void mirror_show(struct mirror *mirror, struct json_writer *writer)
{
    struct mirror_state state;

    mirror_state(mirror, &state);
    json_begin_object(writer, "mirror");
    json_put_bool(writer, "is_whole", state.is_whole);
    json_put_bool(writer, "is_copying", state.is_copying);
    json_put_bool(writer, "is_paused", state.is_paused);
    json_put_integer(writer, "position", (int64_t)state.position);
    json_put_integer(writer, "copies", (int64_t)state.copies);
    json_put_integer(writer, "behind_ms", mirror_behind_ms(mirror));
    json_put_string(writer, "problem", state.problem);
    json_end_object(writer);
}
