/* SPDX-License-Identifier: MIT */
#include "daemon/nodes.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/daemon.h"
#include "daemon/inbox.h"
#include "daemon/keyring.h"
#include "daemon/metric.h"
#include "daemon/post.h"
#include "daemon/reload.h"
#include "daemon/rotas.h"
#include "daemon/service.h"
#include "daemon/turn.h"
#include "daemon/tzdata.h"
#include "daemon/worker.h"
#include "http/call.h"
#include "http/door.h"
#include "http/server.h"
#include "http/ship.h"
#include "store/mirror.h"
#include "store/relay.h"
#include "store/store.h"

#define ANSWER_MS (8 * SECOND_MS) /* monitoring waits 10 s: a takeover fits in */
#define STAND_BY_STEP_MS 100

/* A call of this node's own server that somebody else runs. */
struct waiting {
    uint64_t id;
    struct call *call;
    msec until_at; /* tick */
};

/* A call of any node that this one runs. */
struct running {
    struct nodes *nodes;
    struct call *call;
    bool is_answered; /* in the batch of the turn that has what it did */
};

/* A try to be on duty, in the worker. */
struct attempt {
    char *url;
    char *password;
    char *folder;
    struct store *store;
    struct fault fault;
    bool is_under_way;
    bool is_good;
};

struct nodes {
    struct daemon *daemon;
    struct relay *relay;
    struct mirror *mirror;
    struct map *waiting; /* id -> struct waiting */
    struct map *running; /* id -> struct running */
    bool is_serving;
    struct attempt attempt;
};

/* What comes from the relay's thread, for the loop. */
struct parcel {
    uint64_t id;
    char *node;
    struct text bytes;
    struct arena *arena;
    struct key_record *keys;
    size_t key_count;
};

static struct parcel *parcel_new(uint64_t id, const char *node, struct span bytes)
{
    struct parcel *parcel = memory_new(1, sizeof(*parcel));
    parcel->id = id;
    parcel->node = string_copy(node);
    text_add_span(&parcel->bytes, bytes);
    return parcel;
}

static void parcel_free(struct parcel *parcel)
{
    free(parcel->node);
    text_clear(&parcel->bytes);
    arena_free(parcel->arena);
    free(parcel);
}

static struct span id_key(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

/* ---- calls of this node ---- */

static void waiting_end(struct nodes *nodes, struct waiting *waiting)
{
    map_remove(nodes->waiting, id_key(&waiting->id));
    call_finish(waiting->call);
    free(waiting);
}

static void nodes_answered(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct waiting *waiting = map_find(nodes->waiting, id_key(&parcel->id));
    struct fault fault = {0};
    if (waiting != NULL) {
        if (!ship_answer(waiting->call, text_span(&parcel->bytes), &fault))
            call_fail_unavailable(waiting->call, fault.text);
        waiting_end(nodes, waiting);
    }
    parcel_free(parcel);
}

static void relay_answered(void *context, uint64_t id, struct span answer)
{
    struct nodes *nodes = context;
    inbox_post(nodes->daemon->inbox, nodes_answered, nodes, parcel_new(id, NULL, answer));
}

static uint64_t id_new(void)
{
    uint64_t id = 0;
    while (id == 0) {
        random_bytes(&id, sizeof(id));
        id >>= 1; /* databases count with a sign */
    }
    return id;
}

void nodes_hand_over(struct nodes *nodes, struct call *call)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct fault fault = {0};
    uint64_t id = id_new();
    ship_add_call(&bytes, call);
    if (!relay_send(nodes->relay, id, text_span(&bytes), &fault)) {
        call_fail_unavailable(call, fault.text);
        call_finish(call);
        return;
    }
    struct waiting *waiting = memory_new(1, sizeof(*waiting));
    *waiting =
        (struct waiting){.id = id, .call = call, .until_at = nodes->daemon->tick_at + ANSWER_MS};
    map_put(nodes->waiting, id_key(&waiting->id), waiting);
}

/* All wait equally long, so that the oldest is due first. */
static struct waiting *waiting_first(const struct nodes *nodes)
{
    size_t cursor = 0;
    return map_each(nodes->waiting, &cursor, NULL);
}

msec nodes_next_due(const struct nodes *nodes)
{
    if (nodes == NULL)
        return MSEC_NEVER;
    const struct waiting *waiting = waiting_first(nodes);
    if (waiting == NULL)
        return MSEC_NEVER;
    msec wait_ms = waiting->until_at - nodes->daemon->tick_at;
    return wait_ms > 0 ? wait_ms : 0;
}

void nodes_tick(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    struct waiting *waiting;
    while ((waiting = waiting_first(nodes)) != NULL &&
           waiting->until_at <= nodes->daemon->tick_at) {
        relay_forget(nodes->relay, waiting->id);
        call_fail_unavailable(waiting->call, "no node that is on duty has answered in time");
        waiting_end(nodes, waiting);
    }
}

void nodes_give_up(struct nodes *nodes, const struct fault *why)
{
    if (nodes == NULL)
        return;
    struct waiting *waiting;
    while ((waiting = waiting_first(nodes)) != NULL) {
        relay_forget(nodes->relay, waiting->id);
        call_fail_unavailable(waiting->call, why->text);
        waiting_end(nodes, waiting);
    }
}

/* ---- calls of all, for who is on duty ---- */

static void answer_add(struct nodes *nodes, const struct call *call)
{
    CLEANUP(text_clear) struct text answer = {0};
    CLEANUP(text_clear) struct text sealed = {0};
    ship_add_answer(&answer, call);
    relay_seal(nodes->relay, text_span(&answer), &sealed);
    batch_add_answer(turn_batch(nodes->daemon->turns), call_shipped(call), text_string(&sealed));
}

void nodes_add_answer(struct nodes *nodes, struct call *call)
{
    uint64_t id = call_shipped(call);
    if (id == 0)
        return;
    struct running *running = map_find(nodes->running, id_key(&id));
    assert(running != NULL);
    running->is_answered = true;
    answer_add(nodes, call);
}

/* What was not run to its end when this node ends: somebody else does it. */
static void running_free(struct nodes *nodes)
{
    size_t cursor = 0;
    struct running *running = NULL;
    while ((running = map_each(nodes->running, &cursor, NULL)) != NULL) {
        door_free(running->call);
        free(running);
    }
    map_free(nodes->running);
}

/* What was only read is answered by itself. What a commit has not kept has no answer, either. */
static void running_end(void *context, void *item)
{
    struct nodes *nodes = context;
    struct running *running = item;
    uint64_t id = call_shipped(running->call);
    if (!running->is_answered)
        answer_add(nodes, running->call);
    map_remove(nodes->running, id_key(&id));
    door_free(running->call);
    free(running);
}

static void running_finished(void *context, struct call *call)
{
    struct running *running = context;
    (void)call;
    inbox_post(running->nodes->daemon->inbox, running_end, running->nodes, running);
}

static void nodes_asked(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct fault fault = {0};
    const struct ship_from from = {parcel->node, parcel->id};
    struct call *call = ship_call(text_span(&parcel->bytes), &from,
                                  server_identities(nodes->daemon->server), &fault);
    parcel_free(parcel);
    if (call == NULL) {
        log_error("%s", fault.text);
        return;
    }
    struct running *running = memory_new(1, sizeof(*running));
    *running = (struct running){.nodes = nodes, .call = call};
    uint64_t id = call_shipped(call);
    map_put(nodes->running, id_key(&id), running);
    call_on_finish(call, running_finished, running);
    if (call_is_answered(call))
        call_finish(call);
    else
        turn_call(nodes->daemon->turns, call);
}

static void relay_asked(void *context, uint64_t id, const char *node, struct span call)
{
    struct nodes *nodes = context;
    inbox_post(nodes->daemon->inbox, nodes_asked, nodes, parcel_new(id, node, call));
}

void nodes_serve(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    nodes->is_serving = true;
    nodes->daemon->house->has_nodes = true;
    relay_serve(nodes->relay);
}

/* ---- keys ---- */

static void nodes_take_keys(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    if (!nodes->is_serving) {
        keyring_forget_keys(nodes->daemon->keyring);
        for (size_t i = 0; i < parcel->key_count; i++)
            keyring_restore_key(nodes->daemon->keyring, &parcel->keys[i]);
        reload_identify(nodes->daemon->reload);
    }
    parcel_free(parcel);
}

static void relay_keys(void *context, const struct key_record *keys, size_t count)
{
    struct nodes *nodes = context;
    struct parcel *parcel = parcel_new(0, NULL, (struct span){0});
    parcel->arena = arena_new();
    parcel->keys = arena_take(parcel->arena, (count + 1) * sizeof(*keys));
    parcel->key_count = count;
    for (size_t i = 0; i < count; i++) {
        parcel->keys[i] = keys[i];
        parcel->keys[i].name = arena_copy(parcel->arena, keys[i].name);
        parcel->keys[i].team = arena_copy(parcel->arena, keys[i].team);
        parcel->keys[i].user = arena_copy(parcel->arena, keys[i].user);
    }
    inbox_post(nodes->daemon->inbox, nodes_take_keys, nodes, parcel);
}

/* ---- standing by ---- */

static void attempt_clear(struct attempt *attempt)
{
    free(attempt->url);
    free(attempt->password);
    free(attempt->folder);
    *attempt = (struct attempt){.url = NULL};
}

static void attempt_done(void *context UNUSED, void *item)
{
    struct attempt *attempt = item;
    attempt->is_under_way = false;
}

/* In the worker: it waits for the database, and for the silence of who is on duty. */
static void attempt_run(void *item)
{
    struct attempt *attempt = item;
    const struct store_limits limits = {
        .folder = attempt->folder, .password = attempt->password, .has_nodes = true};
    attempt->is_good = store_open(attempt->url, &limits, &attempt->store, &attempt->fault);
}

/* The configuration may change while it runs. */
static void attempt_begin(struct nodes *nodes)
{
    const struct daemon *daemon = nodes->daemon;
    const struct config *config = reload_config(daemon->reload);
    struct attempt *attempt = &nodes->attempt;
    attempt_clear(attempt);
    attempt->url = string_copy(config->store);
    attempt->password = string_copy(config->store_password);
    attempt->folder = string_copy(daemon->state);
    attempt->is_under_way = worker_post(daemon->worker, attempt_run, attempt_done, nodes, attempt);
}

/* Somebody else is on duty, or the database is away: both pass. */
static bool fault_may_pass(const struct fault *fault)
{
    return fault->kind == FAULT_DENIED || fault->kind == FAULT_PEER;
}

static void stand_by_turn(struct nodes *nodes)
{
    struct daemon *daemon = nodes->daemon;
    loop_wait(daemon->loop, STAND_BY_STEP_MS);
    daemon_read_clock(daemon);
    loop_run(daemon->loop);
    rotas_tick(daemon->rotas);
    tzdata_tick(daemon->tzdata);
    post_tick(daemon->post);
    nodes_tick(nodes);
    turns_discard(daemon->turns);
    service_watchdog();
}

/* Said once for each of the reasons, and again when it changes. */
static void say_why(const struct fault *fault, enum fault_kind *said)
{
    if (fault->kind != *said)
        log_info("standing by: %s", fault->text);
    *said = fault->kind;
}

bool nodes_stand_by(struct nodes *nodes, struct fault *fault)
{
    struct daemon *daemon = nodes->daemon;
    struct attempt *attempt = &nodes->attempt;
    enum fault_kind said = FAULT_NONE;
    while (!daemon->is_ending && !attempt->is_good) {
        attempt_begin(nodes);
        do
            stand_by_turn(nodes);
        while (attempt->is_under_way);
        if (attempt->is_good)
            break;
        if (attempt->fault.kind != FAULT_NONE && !fault_may_pass(&attempt->fault)) {
            *fault = attempt->fault;
            return false;
        }
        say_why(&attempt->fault, &said);
    }
    daemon->store = attempt->store;
    if (daemon->is_ending)
        return fault_set(fault, FAULT_PEER, "ending while another node is on duty");
    log_warning("on duty now");
    return true;
}

/* ---- the face ---- */

bool nodes_open(struct daemon *daemon, struct nodes **made, struct fault *fault)
{
    const struct config *config = reload_config(daemon->reload);
    if (config->node_name == NULL)
        return true;
    struct nodes *nodes = memory_new(1, sizeof(*nodes));
    nodes->daemon = daemon;
    nodes->waiting = map_new();
    nodes->running = map_new();
    const struct relay_options options = {.url = config->store,
                                          .password = config->store_password,
                                          .node = config->node_name,
                                          .version = PAGERD_VERSION,
                                          .secret = span_of(config->node_secret),
                                          .context = nodes,
                                          .answered = relay_answered,
                                          .asked = relay_asked,
                                          .keys = relay_keys};
    const struct mirror_options mirrored = {
        .url = config->store, .password = config->store_password, .state = daemon->state};
    *made = nodes;
    return relay_open(&options, &nodes->relay, fault) &&
           mirror_open(&mirrored, &nodes->mirror, fault);
}

void nodes_close(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    relay_close(nodes->relay);
    nodes->relay = NULL;
    mirror_close(nodes->mirror);
    nodes->mirror = NULL;
}

msec nodes_clock_ahead(const struct nodes *nodes)
{
    if (nodes == NULL)
        return 0;
    struct relay_state state;
    relay_state(nodes->relay, &state);
    return state.clock_ahead_ms;
}

bool nodes_are_ready(const struct nodes *nodes, struct fault *why_not)
{
    struct relay_state state;
    relay_state(nodes->relay, &state);
    if (!state.is_there)
        return fault_set(why_not, FAULT_PEER, "%.400s", state.problem);
    return state.has_duty || fault_set(why_not, FAULT_PEER, "no node is on duty");
}

void nodes_metrics(const struct nodes *nodes, struct text *text)
{
    struct relay_state state;
    if (nodes == NULL)
        return;
    relay_state(nodes->relay, &state);
    metric(text, "on_duty", "gauge", "This node is on duty.", nodes->is_serving);
    metric(text, "nodes", "gauge", "Nodes that are there.", state.nodes);
    metric(text, "database_there", "gauge", "The database answers.", state.is_there);
    metric(text, "durable_copies", "gauge",
           "Machines that have what is answered on disk; 0: not known.", state.copies);
    metric(text, "calls_handed_over", "gauge", "Calls that wait for the node on duty.",
           map_count(nodes->waiting));
    metric(text, "mirror_behind_ms", "gauge",
           "How long ago this node's mirror had all that was committed; -1: there is none.",
           mirror_behind_ms(nodes->mirror));
}

void nodes_free(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    nodes_close(nodes);
    attempt_clear(&nodes->attempt);
    assert(map_count(nodes->waiting) == 0);
    map_free(nodes->waiting);
    running_free(nodes);
    free(nodes);
}

void nodes_show(const struct nodes *nodes, struct json_writer *writer)
{
    json_begin_object(writer, NULL);
    json_put_bool(writer, "is_alone", nodes == NULL);
    if (nodes != NULL) {
        json_put_bool(writer, "is_on_duty", nodes->is_serving);
        relay_show(nodes->relay, writer);
        mirror_show(nodes->mirror, writer);
    }
    json_end_object(writer);
}
