/* SPDX-License-Identifier: MIT */
#include "daemon/nodes.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/version.h"
#include "config/config.h"
#include "daemon/answered.h"
#include "daemon/away.h"
#include "daemon/clock.h"
#include "daemon/daemon.h"
#include "daemon/handing.h"
#include "daemon/inbox.h"
#include "daemon/journal.h"
#include "daemon/keyring.h"
#include "daemon/merge.h"
#include "daemon/metric.h"
#include "daemon/nodes_parts.h"
#include "daemon/nodes_watch.h"
#include "daemon/paged.h"
#include "daemon/peers.h"
#include "daemon/post.h"
#include "daemon/recent.h"
#include "daemon/reload.h"
#include "daemon/rotas.h"
#include "daemon/service.h"
#include "daemon/turn.h"
#include "daemon/tzdata.h"
#include "daemon/worker.h"
#include "http/auth.h"
#include "http/door.h"
#include "http/house.h"
#include "http/server.h"
#include "store/feed_tail.h"
#include "store/mirror.h"
#include "store/relay.h"
#include "store/store.h"

#define STAND_BY_STEP_MS 100
#define HELD_STEP_MS 50  /* between two looks whether this node is still on duty */
#define LINK_STEP_MS 500 /* between two looks at what beats are to say */

static void beat_tell(struct nodes *nodes, bool is_there)
{
    const struct away *away = nodes->daemon->away;
    bool acts = away_is_on(away);
    struct wire_beat beat = {.is_on_duty = nodes->is_serving,
                             .sees_database = is_there && !acts,
                             .acts = acts,
                             .takes_again = true};
    struct journal_mark mark;
    if (away_journal(away) != NULL) {
        journal_mark(away_journal(away), &mark);
        memcpy(beat.journal, mark.id, sizeof(beat.journal));
        beat.kept_from = mark.first;
    }
    peers_tell(nodes->peers, &beat);
}

/* What this node is, for the others; and who of them is not there, for people. */
static void links_tick(struct nodes *nodes)
{
    struct relay_state state;
    bool acts = away_is_on(nodes->daemon->away);
    if (nodes->peers == NULL || nodes->daemon->tick_at - nodes->told_at < LINK_STEP_MS)
        return;
    nodes->told_at = nodes->daemon->tick_at;
    nodes->has_listeners = peers_have_any(nodes->peers);
    relay_state(nodes->relay, &state);
    beat_tell(nodes, state.is_there);
    nodes_watch_tick(nodes->watch, nodes->daemon, nodes->peers, nodes->is_serving || acts);
}

bool nodes_know_keys(const struct nodes *nodes)
{
    struct relay_state state;
    if (nodes == NULL || (!nodes->daemon->is_standing_by && !nodes->acts))
        return true;
    relay_state(nodes->relay, &state);
    return nodes->has_keys && state.is_there;
}

/* One that was made while this node does not see the database is not known here. */
static void keys_tick(struct nodes *nodes)
{
    bool knows_keys = nodes_know_keys(nodes);
    if (knows_keys == nodes->knows_keys)
        return;
    nodes->knows_keys = knows_keys;
    identities_set_partial(server_identities(nodes->daemon->server), !knows_keys);
}

/* A failover to a standby that had not all. */
static void tail_tick(struct nodes *nodes)
{
    const struct feed_tail_counts told = nodes->forgotten;
    feed_tail_count(nodes->tail, &nodes->forgotten);
    if (nodes->forgotten.written_again != told.written_again)
        log_error("the database had forgotten %" PRIu64
                  " transactions that were answered, and has them again: its standby is behind",
                  nodes->forgotten.written_again - told.written_again);
    if (nodes->forgotten.given_up != told.given_up)
        log_error("the database has forgotten %" PRIu64
                  " transactions that were answered, and they cannot be written again",
                  nodes->forgotten.given_up - told.given_up);
}

msec nodes_next_due(const struct nodes *nodes)
{
    if (nodes == NULL)
        return MSEC_NEVER;
    msec due_at = nodes_calls_due(nodes);
    if (nodes->held_count > 0)
        return HELD_STEP_MS;
    if (nodes->peers != NULL && nodes->told_at + LINK_STEP_MS < due_at)
        due_at = nodes->told_at + LINK_STEP_MS;
    if (nodes_copies_due(nodes) < due_at)
        due_at = nodes_copies_due(nodes);
    if (due_at == MSEC_NEVER)
        return MSEC_NEVER;
    return due_at > nodes->daemon->tick_at ? due_at - nodes->daemon->tick_at : 0;
}

void nodes_tick(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    nodes_look(nodes);
    links_tick(nodes);
    keys_tick(nodes);
    tail_tick(nodes);
    nodes_recent_tick(nodes);
    nodes_spare_tick(nodes);
    nodes_calls_tick(nodes);
    nodes_held_tick(nodes);
    if (nodes->peers != NULL)
        peers_ring(nodes->peers); /* the turn's own calls and answers */
}

void nodes_serve(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    nodes->daemon->house->has_nodes = true;
    nodes->is_serving = !nodes->acts;
    recent_clear(nodes->recent);
    if (nodes->is_serving)
        relay_serve(nodes->relay);
    nodes->told_at = 0; /* the others are told at once */
}

/* ---- keys ---- */

static void nodes_take_keys(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    if (!nodes->is_serving) {
        nodes->has_keys = true;
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

static void attempt_close(void *item)
{
    struct attempt *attempt = item;
    store_close(attempt->store);
}

static void attempt_closed(void *context UNUSED, void *item UNUSED)
{
}

/* This node goes on from its mirror by now. It yields, and then tries again. */
static void attempt_drop(struct nodes *nodes, struct attempt *attempt)
{
    attempt->is_good = false;
    nodes->has_held = true;
    if (!worker_post(nodes->daemon->worker, attempt_close, attempt_closed, nodes, attempt))
        store_close(attempt->store);
}

static void attempt_done(void *context, void *item)
{
    struct nodes *nodes = context;
    struct attempt *attempt = item;
    attempt->is_under_way = false;
    if (nodes->acts && attempt->is_good)
        attempt_drop(nodes, attempt);
}

/* In the worker: it waits for the database, and for the silence of who is on duty. */
static void attempt_run(void *item)
{
    struct attempt *attempt = item;
    const struct store_limits limits = {.folder = attempt->folder,
                                        .password = attempt->password,
                                        .has_nodes = true,
                                        .tail = attempt->tail};
    attempt->is_good = store_open(attempt->url, &limits, &attempt->store, &attempt->fault);
}

/* The configuration may change while it runs. */
void nodes_try(struct nodes *nodes)
{
    const struct daemon *daemon = nodes->daemon;
    const struct config *config = reload_config(daemon->reload);
    struct attempt *attempt = &nodes->attempt;
    attempt_clear(attempt);
    attempt->url = string_copy(config->store);
    attempt->password = string_copy(config->store_password);
    attempt->folder = string_copy(daemon->state);
    attempt->tail = nodes->tail;
    attempt->is_under_way = worker_post(daemon->worker, attempt_run, attempt_done, nodes, attempt);
}

/* Somebody else is on duty, the database is away, or it is a newer pagerd's: all pass, the last by
 * an upgrade of this node, which goes on handing calls over until then. */
static bool fault_may_pass(const struct fault *fault)
{
    return fault->kind == FAULT_DENIED || fault->kind == FAULT_PEER ||
           fault->kind == FAULT_CONFLICT;
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
    away_retry(daemon->away);
    merge_tick(daemon->merge);
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
    nodes->opened_at = daemon->tick_at;
    while (!daemon->is_ending && !attempt->is_good) {
        if (!nodes_leave_it(nodes))
            nodes_try(nodes);
        do
            stand_by_turn(nodes);
        while (attempt->is_under_way && !nodes_may_act(nodes));
        if (attempt->is_good)
            break;
        if (!daemon->is_ending && nodes_may_act(nodes))
            return nodes_open_mirror(nodes, fault);
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

static void nodes_recall_key(void *context, const struct key_record *key)
{
    keyring_restore_key(context, key);
}

static bool links_open(struct nodes *nodes, const struct config *config, struct fault *fault)
{
    const struct peers_options options = {.name = config->node_name,
                                          .version = program_version(),
                                          .secret = span_of(config->node_secret),
                                          .listen = config->node_listen,
                                          .called = config->node_peers,
                                          .called_count = config->node_peer_count,
                                          .context = nodes,
                                          .asked = nodes_peers_asked,
                                          .answered = nodes_relay_answered,
                                          .failed = nodes_peers_failed,
                                          .told = nodes_peers_told,
                                          .copied = nodes_peers_copied};
    if (config->node_listen == NULL)
        return true;
    nodes->watch = nodes_watch_new();
    if (!peers_open(&options, &nodes->peers, fault))
        return false;
    beat_tell(nodes, false); /* reading calendars may take a while: others know it meanwhile */
    nodes_open_spare(nodes);
    return true;
}

bool nodes_open(struct daemon *daemon, struct nodes **made, struct fault *fault)
{
    const struct config *config = reload_config(daemon->reload);
    if (config->node_name == NULL)
        return true;
    struct nodes *nodes = memory_new(1, sizeof(*nodes));
    nodes->daemon = daemon;
    nodes->waiting = map_new();
    nodes->running = map_new();
    nodes->answered = answered_new();
    nodes->recent = recent_new();
    nodes->copying = map_new();
    nodes->tail = feed_tail_new();
    const struct relay_options options = {.url = config->store,
                                          .state = daemon->state,
                                          .password = config->store_password,
                                          .node = config->node_name,
                                          .version = program_version(),
                                          .secret = span_of(config->node_secret),
                                          .context = nodes,
                                          .answered = nodes_relay_answered,
                                          .asked = nodes_relay_asked,
                                          .keys = relay_keys};
    const struct mirror_options mirrored = {.url = config->store,
                                            .password = config->store_password,
                                            .state = daemon->state,
                                            .tail = nodes->tail};
    *made = nodes;
    away_open(daemon->away);
    nodes->has_keys = mirror_each_key(daemon->state, daemon->keyring, nodes_recall_key) > 0;
    return relay_open(&options, &nodes->relay, fault) &&
           mirror_open(&mirrored, &nodes->mirror, fault) && links_open(nodes, config, fault);
}

void nodes_close(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    spare_close(nodes->spare); /* what is on its way to the disk is answered by the links */
    nodes->spare = NULL;
    peers_close(nodes->peers);
    nodes->peers = NULL;
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

void nodes_follow_clock(const struct nodes *nodes, struct clock *clock)
{
    struct relay_state state;
    if (nodes == NULL || nodes->relay == NULL)
        return;
    relay_state(nodes->relay, &state);
    if (state.is_there)
        clock_follow(clock, state.clock_ahead_ms);
}

bool nodes_have_way(const struct nodes *nodes)
{
    char charge[WIRE_NAME_SIZE];
    return nodes_relay_is_of_use(nodes) ||
           (nodes->peers != NULL && peers_find_charge(nodes->peers, charge) != CHARGE_NONE);
}

bool nodes_are_ready(const struct nodes *nodes, struct fault *why_not)
{
    struct relay_state state;
    relay_state(nodes->relay, &state);
    if (!nodes->has_keys)
        return fault_set(why_not, FAULT_PEER, "the keys are not known yet%s%.400s",
                         state.problem[0] != '\0' ? ": " : "", state.problem);
    return nodes_have_way(nodes) ||
           fault_set(why_not, FAULT_PEER, "%.400s",
                     state.is_there ? "no node is on duty" : state.problem);
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
    metric_head(text, "calls_handed_over_total", "counter",
                "Calls handed to the node on duty, by the link to it or through the database.");
    metric_labelled(text, "calls_handed_over_total", &(struct metric_label){"way", "link"}, 1,
                    (int64_t)nodes->by_link);
    metric_labelled(text, "calls_handed_over_total", &(struct metric_label){"way", "database"}, 1,
                    (int64_t)nodes->by_database);
    metric(text, "mirror_behind_ms", "gauge",
           "How long ago this node's mirror had all that was committed; -1: there is none.",
           mirror_behind_ms(nodes->mirror));
    metric(text, "transactions_written_again_total", "counter",
           "Transactions that a failover had forgotten, and this node has written again.",
           nodes->forgotten.written_again);
    metric(text, "transactions_forgotten_total", "counter",
           "Transactions that a failover has forgotten, and nobody can write again.",
           nodes->forgotten.given_up);
    if (nodes->peers != NULL)
        nodes_watch_metrics(nodes->peers, text);
    nodes_spare_metrics(nodes, text);
    metric(text, "pages_left_before_total", "counter",
           "Pages that did not leave, for another node had sent them without the database.",
           paged_count(nodes->daemon->paged));
    away_metrics(nodes->daemon->away, text);
    merge_metrics(nodes->daemon->merge, text);
}

void nodes_free(struct nodes *nodes)
{
    if (nodes == NULL)
        return;
    nodes_close(nodes);
    attempt_clear(&nodes->attempt);
    assert(map_count(nodes->waiting) == 0);
    map_free(nodes->waiting);
    nodes_running_free(nodes);
    nodes_watch_free(nodes->watch);
    answered_free(nodes->answered);
    recent_free(nodes->recent);
    nodes_copies_free(nodes);
    handing_free(nodes->handing);
    feed_tail_free(nodes->tail);
    free(nodes->held);
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
        away_show(nodes->daemon->away, writer);
    }
    if (nodes != NULL && nodes->peers != NULL)
        nodes_watch_show(nodes->peers, writer);
    json_end_object(writer);
}
