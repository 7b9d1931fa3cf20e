/* SPDX-License-Identifier: MIT */
/*
 * nodes_spare.c - what is told while the database is away is on two machines, where two are linked;
 * nodes_parts.h
 *
 * Who goes on without the database gives each entry of its journal to one peer, and waits for its
 * word for COPY_MS at most. The peer keeps it (spare.h) until the first one says that it does not
 * need it any more. If that one does not come back, or comes back without its journal, the peer
 * hands its copies in as if they were its own. What was handed in by both is stepped once (once.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/handing.h"
#include "daemon/inbox.h"
#include "daemon/journal.h"
#include "daemon/metric.h"
#include "daemon/nodes_parts.h"
#include "daemon/peers.h"
#include "daemon/retell.h"
#include "daemon/spare.h"

#define COPY_MS 200 /* for the peer's word */
#define REOPEN_MS (10 * SECOND_MS)
#define LOOK_MS 250

/* A turn of this node that waits for its copy. */
struct copying {
    uint64_t id;
    msec until_at; /* tick */
    inbox_run *done;
    void *context;
    void *item;
};

/* A copy of another node that is on its way to the disk. */
struct keeping {
    struct nodes *nodes;
    uint64_t id;
    char node[WIRE_NAME_SIZE];
};

static struct span id_key(const uint64_t *id)
{
    return (struct span){(const char *)id, sizeof(*id)};
}

/* ---- the node that is told ---- */

bool nodes_copy(struct nodes *nodes, struct span entry, inbox_run *done, void *context, void *item)
{
    CLEANUP(text_clear) struct text bytes = {0};
    struct journal_mark mark;
    if (nodes == NULL || nodes->peers == NULL || nodes->daemon->is_ending)
        return false;
    journal_mark(away_journal(nodes->daemon->away), &mark);
    text_addf(&bytes, "%s %" PRIu64 " ", mark.id, mark.last);
    text_add_span(&bytes, entry);
    uint64_t id = nodes_new_id();
    if (!peers_copy(nodes->peers, id, text_span(&bytes))) {
        nodes->uncopied++;
        return false;
    }
    struct copying *copying = memory_new(1, sizeof(*copying));
    *copying = (struct copying){.id = id,
                                .until_at = nodes->daemon->tick_at + COPY_MS,
                                .done = done,
                                .context = context,
                                .item = item};
    map_put(nodes->copying, id_key(&copying->id), copying);
    return true;
}

bool nodes_copy_end(struct nodes *nodes, uint64_t id, bool is_kept)
{
    struct copying *copying = map_remove(nodes->copying, id_key(&id));
    if (copying == NULL)
        return false;
    if (is_kept)
        nodes->copied++;
    else
        nodes->uncopied++;
    copying->done(copying->context, copying->item);
    free(copying);
    return true;
}

/* All wait equally long, so that the oldest is due first. */
static const struct copying *copying_first(const struct nodes *nodes)
{
    size_t cursor = 0;
    return map_each(nodes->copying, &cursor, NULL);
}

msec nodes_copies_due(const struct nodes *nodes)
{
    const struct copying *copying = copying_first(nodes);
    return copying != NULL ? copying->until_at : MSEC_NEVER;
}

static void copies_tick(struct nodes *nodes)
{
    const struct copying *copying;
    while ((copying = copying_first(nodes)) != NULL &&
           copying->until_at <= nodes->daemon->tick_at) {
        peers_forget(nodes->peers, copying->id);
        (void)nodes_copy_end(nodes, copying->id, false);
    }
}

void nodes_copies_free(struct nodes *nodes)
{
    size_t cursor = 0;
    struct copying *copying;
    while ((copying = map_each(nodes->copying, &cursor, NULL)) != NULL)
        free(copying);
    map_free(nodes->copying);
}

/* ---- the node that keeps the copy ---- */

void nodes_open_spare(struct nodes *nodes)
{
    struct fault fault = {0};
    nodes->spare_opened_at = nodes->daemon->tick_at;
    if (nodes->peers != NULL && !spare_open(nodes->daemon->state, &nodes->spare, &fault))
        log_error("%s", fault.text);
}

/* On the commit thread of the store of copies. */
static void copy_kept(void *context, struct batch *failed, const struct fault *fault)
{
    struct keeping *keeping = context;
    struct peers *peers = keeping->nodes->peers;
    if (fault == NULL)
        peers_answer(peers, keeping->node, keeping->id, SPAN(""));
    else
        peers_refuse(peers, keeping->node, keeping->id, fault->text);
    peers_ring(peers);
    batch_free(failed);
    free(keeping);
}

static bool copy_keep(struct nodes *nodes, const struct parcel *parcel, struct fault *fault)
{
    CLEANUP(text_clear) struct text value = {0};
    struct spare_copy copy;
    if (nodes->spare == NULL)
        return fault_set(fault, FAULT_SYSTEM, "that node has no place for copies");
    text_addf(&value, "%s ", parcel->node);
    text_add_span(&value, text_span(&parcel->bytes));
    if (!spare_parse(text_string(&value), &copy))
        return fault_set(fault, FAULT_INPUT, "a copy cannot be read");
    struct keeping *keeping = memory_new(1, sizeof(*keeping));
    *keeping = (struct keeping){.nodes = nodes, .id = parcel->id};
    snprintf(keeping->node, sizeof(keeping->node), "%s", parcel->node);
    if (spare_add(nodes->spare, &copy, copy_kept, keeping, fault))
        return true;
    free(keeping);
    return false;
}

static void nodes_copied(void *context, void *item)
{
    struct nodes *nodes = context;
    struct parcel *parcel = item;
    struct fault fault = {0};
    if (!copy_keep(nodes, parcel, &fault))
        peers_refuse(nodes->peers, parcel->node, parcel->id, fault.text);
    parcel_free(parcel);
}

void nodes_peers_copied(void *context, uint64_t id, const char *node, struct span copy)
{
    struct nodes *nodes = context;
    inbox_post(nodes->daemon->inbox, nodes_copied, nodes, parcel_new(id, node, copy));
}

/* ---- does it come back? ---- */

static const struct peer_state *peer_of(const struct peers_state *state, const char *node)
{
    for (size_t i = 0; i < state->count; i++)
        if (string_is(state->list[i].name, node))
            return &state->list[i];
    return NULL;
}

static bool journal_is_lost(const struct nodes *nodes, const struct peer_state *peer,
                            const struct spare_copy *copy)
{
    const char *journal = peer != NULL && peer->is_there ? peer->journal : NULL;
    return spare_is_lost(copy, journal, peer != NULL ? peer->since_ms : MSEC_NEVER,
                         nodes->daemon->tick_at - nodes->spare_opened_at);
}

static void drop_needless(struct nodes *nodes, const struct peers_state *state)
{
    for (size_t i = 0; i < state->count; i++) {
        const struct peer_state *peer = &state->list[i];
        if (peer->is_there && peer->journal[0] != '\0')
            spare_drop(nodes->spare, peer->name, peer->journal, peer->kept_from);
    }
}

static const struct spare_copy *lost_find(const struct nodes *nodes,
                                          const struct peers_state *state)
{
    const struct spare_copy *copy;
    size_t cursor = 0;
    while ((copy = spare_each(nodes->spare, &cursor)) != NULL)
        if (journal_is_lost(nodes, peer_of(state, copy->node), copy))
            return copy;
    return NULL;
}

static void handing_start(struct nodes *nodes, const struct spare_copy *lost)
{
    const struct spare_copy *copy;
    size_t cursor = 0;
    nodes->handed = *lost;
    nodes->handed.events = NULL;
    nodes->handing = handing_new(nodes->daemon, lost->node);
    while ((copy = spare_each(nodes->spare, &cursor)) != NULL) {
        if (!string_is(copy->node, lost->node) || !string_is(copy->journal, lost->journal))
            continue;
        handing_add(nodes->handing, copy->events);
        if (copy->serial > nodes->handed.serial)
            nodes->handed.serial = copy->serial;
    }
    log_warning("node %s does not come back with what it was told without the database: its copies "
                "here are handed in",
                lost->node);
    if (handing_begin(nodes->handing))
        return;
    handing_free(nodes->handing);
    nodes->handing = NULL;
}

const char *nodes_read_lost(const struct nodes *nodes, struct retell_threads *threads)
{
    const struct spare_copy *copy;
    const char *lost = NULL;
    struct peers_state state;
    size_t cursor = 0;
    if (nodes->spare == NULL)
        return NULL;
    peers_state(nodes->peers, &state);
    while ((copy = spare_each(nodes->spare, &cursor)) != NULL) {
        const struct peer_state *peer = peer_of(&state, copy->node);
        struct fault fault = {0};
        bool is_lost = lost != NULL ? string_is(copy->node, lost) : peer == NULL || !peer->is_there;
        if (!is_lost)
            continue;
        lost = copy->node;
        if (!retell_threads_add(threads, copy->events, &fault))
            log_error("a copy of what node %s was told cannot be read: %s", lost, fault.text);
    }
    return lost;
}

static void handing_end(struct nodes *nodes)
{
    const struct spare_copy *handed = &nodes->handed;
    log_warning("handed in: what node %s was told without the database", handed->node);
    spare_drop(nodes->spare, handed->node, handed->journal, handed->serial + 1);
    handing_free(nodes->handing);
    nodes->handing = NULL;
}

static void spare_look(struct nodes *nodes)
{
    struct peers_state state;
    peers_state(nodes->peers, &state);
    drop_needless(nodes, &state);
    const struct spare_copy *lost = lost_find(nodes, &state);
    if (lost != NULL)
        handing_start(nodes, lost);
}

void nodes_spare_tick(struct nodes *nodes)
{
    msec now = nodes->daemon->tick_at;
    copies_tick(nodes);
    if (nodes->peers == NULL || nodes->daemon->is_ending)
        return;
    if (nodes->spare == NULL && now - nodes->spare_opened_at >= REOPEN_MS)
        nodes_open_spare(nodes);
    if (nodes->handing != NULL && handing_tick(nodes->handing))
        handing_end(nodes);
    if (nodes->spare == NULL || nodes->handing != NULL || spare_count(nodes->spare) == 0 ||
        now - nodes->spare_looked_at < LOOK_MS)
        return;
    nodes->spare_looked_at = now;
    spare_look(nodes);
}

void nodes_spare_metrics(const struct nodes *nodes, struct text *text)
{
    if (nodes->peers == NULL)
        return;
    metric(text, "journal_copied_total", "counter",
           "Entries of the journal that another node has on its disk, too.", nodes->copied);
    metric(text, "journal_uncopied_total", "counter",
           "Entries of the journal that were answered with no other node having them.",
           nodes->uncopied);
    metric(text, "spare_copies", "gauge",
           "What other nodes were told without the database, and this one has a copy of.",
           nodes->spare == NULL ? 0 : spare_count(nodes->spare));
}
