/* SPDX-License-Identifier: MIT */
#include "store/relay.h"

#include <assert.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/seal.h"
#include "store/relay_parts.h"

#define BUSY_MS 10     /* between two looks while somebody waits for an answer */
#define SERVE_MS 20    /* between two looks for calls, of who is on duty */
#define IDLE_MS 250    /* between two looks otherwise */
#define AROUND_MS 5000 /* between two looks at the other servers */
#define AWAY_MS 500    /* between two tries to connect */
#define SWEEP_MS MINUTE_MS
#define KEYS_MS SECOND_MS /* between two looks at the keys, of who stands by */

static void relay_wake(struct relay *relay)
{
    uint64_t one = 1;
    ssize_t written = write(relay->wake, &one, sizeof(one));
    (void)written; /* a full counter wakes as well */
}

struct span relay_key(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

void relay_free_sent(struct sent *sent)
{
    free(sent->call);
    free(sent);
}

bool relay_ask(struct relay *relay, const char *sql, const char *const *values, int count,
               PGresult **answer, struct fault *fault)
{
    struct postgres_link *link = &relay->link;
    PGresult *result = NULL;
    PGresult *more = NULL;
    if (PQsendQueryParams(link->connection, sql, count, NULL, values, NULL, NULL, 0) == 0) {
        link->is_lost = true;
        return fault_set(fault, FAULT_PEER, "the database takes no statements");
    }
    if (!postgres_next(link, POSTGRES_STATEMENT_MS, &result, fault))
        return false;
    ExecStatusType status = PQresultStatus(result);
    bool is_good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK ||
                   postgres_blame(link, result, "handing calls over", fault);
    if (!postgres_next(link, POSTGRES_STATEMENT_MS, &more, is_good ? fault : NULL))
        is_good = false;
    PQclear(more);
    if (is_good && answer)
        *answer = result;
    else
        PQclear(result);
    return is_good;
}

/* ---- the thread ---- */

/* The disk is the first member: what connects belongs to this relay. */
static bool admit(struct postgres *disk, struct postgres_link *link,
                  const struct postgres_hello *hello, struct fault *fault)
{
    struct relay *relay = (struct relay *)disk;
    const char *host = PQhost(link->connection);
    if (!postgres_settle(link, fault) || !relay_ask_schema(relay, link, fault))
        return false;
    memcpy(disk->system, hello->system, sizeof(disk->system));
    disk->timeline = hello->timeline;
    pthread_mutex_lock(&relay->lock);
    relay->state.timeline = hello->timeline;
    snprintf(relay->state.host, sizeof(relay->state.host), "%s", host ? host : "");
    pthread_mutex_unlock(&relay->lock);
    return true;
}

static void blame(struct relay *relay, const struct fault *fault)
{
    bool is_there = fault->kind == FAULT_NONE;
    pthread_mutex_lock(&relay->lock);
    relay->state.is_there = is_there;
    memcpy(relay->state.problem, fault->text, sizeof(relay->state.problem));
    pthread_mutex_unlock(&relay->lock);
}

/* Is another server the primary by now? The one that is connected would not say so. */
static void look_around(struct relay *relay)
{
    if (relay->link.connection == NULL || postgres_now() - relay->looked_at < AROUND_MS)
        return;
    postgres_look(&relay->disk);
    postgres_spread(&relay->disk, relay->folder);
    relay->looked_at = postgres_now();
    relay->link.is_lost |= relay->disk.timeline > relay->state.timeline;
}

static bool connect_again(struct relay *relay, struct fault *fault)
{
    look_around(relay);
    if (relay->link.connection != NULL && relay->link.is_lost)
        postgres_drop(&relay->link);
    if (relay->link.connection != NULL)
        return true;
    if (postgres_now() < relay->connect_at)
        return fault_set(fault, FAULT_PEER, "%s", relay->state.problem);
    postgres_recall(&relay->disk, relay->folder);
    bool is_good = postgres_race(&relay->disk, NULL, admit, &relay->link, fault);
    relay->connect_at = postgres_now() + AWAY_MS;
    return is_good;
}

/* What is to be done in one look. */
struct look {
    bool is_ending;
    bool is_serving;
    bool is_waiting; /* somebody waits for an answer */
};

static struct look look(struct relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    struct look made = {.is_ending = relay->is_ending,
                        .is_serving = relay->is_serving,
                        .is_waiting = map_count(relay->sent) > 0};
    pthread_mutex_unlock(&relay->lock);
    return made;
}

static bool relay_turn(struct relay *relay, struct look look, struct fault *fault)
{
    msec now = postgres_now();
    return connect_again(relay, fault) && relay_send_calls(relay, fault) &&
           relay_withdraw_calls(relay, fault) &&
           (!look.is_serving || relay_take_calls(relay, fault)) &&
           (look.is_serving || now - relay->keys_read_at < KEYS_MS ||
            relay_read_keys(relay, fault)) &&
           (!look.is_waiting || relay_take_answers(relay, fault)) &&
           (now - relay->beaten_at < RELAY_BEAT_MS || relay_beat(relay, look.is_serving, fault)) &&
           (!look.is_serving || now - relay->swept_at < SWEEP_MS || relay_sweep(relay, fault));
}

static void *relay_main(void *context)
{
    struct relay *relay = context;
    struct look made = look(relay);
    while (!made.is_ending) {
        struct fault fault = {0};
        uint64_t count;
        bool is_good = relay_turn(relay, made, &fault);
        blame(relay, &fault);
        made = look(relay);
        int wait_ms = !is_good          ? AWAY_MS
                      : made.is_waiting ? BUSY_MS
                      : made.is_serving ? SERVE_MS
                                        : IDLE_MS;
        struct pollfd polled = {.fd = relay->wake, .events = POLLIN};
        if (poll(&polled, 1, wait_ms) > 0 && read(relay->wake, &count, sizeof(count)) < 0)
            count = 0;
        made = look(relay);
    }
    return NULL;
}

/* ---- the face ---- */

static void relay_free(struct relay *relay)
{
    size_t cursor = 0;
    struct sent *sent = NULL;
    while ((sent = map_each(relay->sent, &cursor, NULL)) != NULL)
        relay_free_sent(sent);
    map_free(relay->sent);
    postgres_drop(&relay->link);
    postgres_place_free(relay->disk.place);
    pthread_mutex_destroy(&relay->disk.where_lock);
    pthread_mutex_destroy(&relay->lock);
    text_clear(&relay->nodes);
    if (relay->wake >= 0)
        close(relay->wake);
    free(relay->taken);
    free(relay->withdrawn);
    free(relay->node);
    free(relay->folder);
    free(relay->version);
    free(relay->secret);
    free(relay);
}

bool relay_open(const struct relay_options *options, struct relay **made, struct fault *fault)
{
    static const char scheme[] = "postgres:";
    assert(span_has_prefix(span_of(options->url), scheme));
    struct relay *relay = memory_new(1, sizeof(*relay));
    relay->options = *options;
    relay->node = string_copy(options->node);
    relay->folder = string_copy(options->state);
    relay->version = string_format("%s/%" PRId64, options->version, postgres_schema_known());
    relay->secret = string_copy_span(options->secret);
    relay->sent = map_new();
    relay->last = &relay->first;
    relay->taken = memory_new(RELAY_TAKEN_MAX, sizeof(*relay->taken));
    relay->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&relay->lock, NULL);
    pthread_mutex_init(&relay->disk.where_lock, NULL);
    if (!postgres_place_parse(options->url + strlen(scheme), options->password, &relay->disk.place,
                              fault)) {
        relay_free(relay);
        return false;
    }
    if (relay->wake < 0 || pthread_create(&relay->thread, NULL, relay_main, relay) != 0) {
        relay_free(relay);
        return fault_set(fault, FAULT_SYSTEM, "cannot start the thread of the nodes");
    }
    *made = relay;
    return true;
}

void relay_close(struct relay *relay)
{
    if (relay == NULL)
        return;
    pthread_mutex_lock(&relay->lock);
    relay->is_ending = true;
    pthread_mutex_unlock(&relay->lock);
    relay_wake(relay);
    pthread_join(relay->thread, NULL);
    relay_free(relay);
}

bool relay_send(struct relay *relay, uint64_t id, struct span call, struct fault *fault)
{
    CLEANUP(text_clear) struct text sealed = {0};
    seal_add(&sealed, span_of(relay->secret), call);
    pthread_mutex_lock(&relay->lock);
    bool has_room = map_count(relay->sent) < RELAY_CALLS_MAX;
    if (has_room) {
        struct sent *sent = memory_new(1, sizeof(*sent));
        sent->id = id;
        sent->call = text_take(&sealed);
        map_put(relay->sent, relay_key(&sent->id), sent);
        *relay->last = sent;
        relay->last = &sent->next;
    }
    pthread_mutex_unlock(&relay->lock);
    relay_wake(relay);
    return has_room || fault_set(fault, FAULT_LIMIT, "too many calls wait for who is on duty");
}

/* With the lock; `sent` may be NULL. False: it may be in the database. */
static bool take_back(struct relay *relay, struct sent *sent)
{
    if (sent == NULL || sent->call == NULL || sent->is_tried)
        return false;
    struct sent **place = &relay->first;
    while (*place != sent)
        place = &(*place)->next;
    *place = sent->next;
    if (sent->next == NULL)
        relay->last = place;
    map_remove(relay->sent, relay_key(&sent->id));
    relay_free_sent(sent);
    return true;
}

bool relay_take_back(struct relay *relay, uint64_t id)
{
    pthread_mutex_lock(&relay->lock);
    bool is_there = take_back(relay, map_find(relay->sent, relay_key(&id)));
    pthread_mutex_unlock(&relay->lock);
    return is_there;
}

void relay_withdraw(struct relay *relay, struct sent *sent)
{
    relay->withdrawn =
        memory_grow(relay->withdrawn, relay->withdrawn_count + 1, sizeof(*relay->withdrawn));
    relay->withdrawn[relay->withdrawn_count++] = sent->id;
    map_remove(relay->sent, relay_key(&sent->id));
    relay_free_sent(sent);
}

/* What may be on its way is the thread's: it withdraws that instead of trying it again. */
void relay_forget(struct relay *relay, uint64_t id)
{
    pthread_mutex_lock(&relay->lock);
    struct sent *sent = map_find(relay->sent, relay_key(&id));
    if (sent != NULL && !take_back(relay, sent)) {
        if (sent->call != NULL)
            sent->is_forgotten = true;
        else
            relay_withdraw(relay, sent);
    }
    pthread_mutex_unlock(&relay->lock);
}

void relay_serve(struct relay *relay)
{
    pthread_mutex_lock(&relay->lock);
    relay->is_serving = true;
    pthread_mutex_unlock(&relay->lock);
    relay_wake(relay);
}

void relay_state(struct relay *relay, struct relay_state *state)
{
    pthread_mutex_lock(&relay->lock);
    *state = relay->state;
    pthread_mutex_unlock(&relay->lock);
}

void relay_seal(const struct relay *relay, struct span answer, struct text *sealed)
{
    seal_add(sealed, span_of(relay->secret), answer);
}

void relay_show(struct relay *relay, struct json_writer *writer)
{
    struct relay_state state;
    relay_state(relay, &state);
    pthread_mutex_lock(&relay->lock);
    json_put_raw(writer, "nodes", relay->nodes.size > 0 ? text_string(&relay->nodes) : "[]");
    pthread_mutex_unlock(&relay->lock);
    json_begin_object(writer, "database");
    json_put_bool(writer, "is_there", state.is_there);
    json_put_string(writer, "problem", state.problem);
    json_put_string(writer, "host", state.host);
    json_put_integer(writer, "timeline", state.timeline);
    json_put_integer(writer, "schema", state.schema);
    json_put_integer(writer, "min_writer", state.min_writer);
    json_put_integer(writer, "copies", state.copies);
    json_put_integer(writer, "clock_ahead_ms", state.clock_ahead_ms);
    json_end_object(writer);
}
