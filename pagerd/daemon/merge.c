/* SPDX-License-Identifier: MIT */
#include "daemon/merge.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "config/config.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/handing.h"
#include "daemon/journal.h"
#include "daemon/keyring.h"
#include "daemon/nodes.h"
#include "daemon/reload.h"
#include "daemon/retell.h"
#include "daemon/turn.h"
#include "engine/engine.h"

struct merge {
    struct daemon *daemon;
    bool is_own;             /* it was stepped by this node itself: it goes when that is on disk */
    struct handing *handing; /* NULL: nothing is to be handed in, or not begun */
};

struct merge *merge_new(struct daemon *daemon)
{
    struct merge *merge = memory_new(1, sizeof(*merge));
    merge->daemon = daemon;
    return merge;
}

void merge_free(struct merge *merge)
{
    if (merge == NULL)
        return;
    handing_free(merge->handing);
    free(merge);
}

/* ---- handing in ---- */

static void merge_begin(struct merge *merge, const struct journal *journal)
{
    const struct config *config = reload_config(merge->daemon->reload);
    size_t cursor = 0;
    const char *entry;
    merge->handing = handing_new(merge->daemon, config->node_name);
    while ((entry = journal_each_left(journal, &cursor)) != NULL)
        handing_add(merge->handing, entry);
    if (handing_begin(merge->handing))
        return;
    handing_free(merge->handing);
    merge->handing = NULL;
}

static void merge_end(struct merge *merge, struct journal *journal)
{
    log_warning("handed in: %zu entries of the journal, of a time without the database",
                journal_count(journal));
    journal_clear(journal);
    handing_free(merge->handing);
    merge->handing = NULL;
}

static void merge_end_own(struct merge *merge, struct journal *journal)
{
    if (turns_in_flight(merge->daemon->turns) > 0 || !turns_are_settled(merge->daemon->turns))
        return;
    log_warning("this node is on duty, and has stepped its journal: %zu entries of a time without "
                "the database",
                journal_count(journal));
    journal_clear(journal);
    merge->is_own = false;
}

void merge_tick(struct merge *merge)
{
    struct journal *journal = away_journal(merge->daemon->away);
    size_t cursor = 0;
    if (journal == NULL || away_is_on(merge->daemon->away) || merge->daemon->is_ending ||
        journal_each_left(journal, &cursor) == NULL)
        return;
    if (merge->is_own) {
        merge_end_own(merge, journal);
        return;
    }
    if (merge->handing == NULL)
        merge_begin(merge, journal);
    else if (handing_tick(merge->handing))
        merge_end(merge, journal);
}

/* ---- taking ---- */

/* Whose journal is told to this node's engine. */
struct taking {
    struct daemon *daemon;
    const char *node; /* named in the timeline; NULL: there is nothing to say */
};

static void taking_step(void *context, struct event *event, const struct event_origin *origin)
{
    const struct taking *taking = context;
    struct turns *turns = taking->daemon->turns;
    struct answer answer = {0};
    away_name_next(taking->daemon->away, origin->id);
    turn_step(turns, event, &answer);
    away_name_next(taking->daemon->away, 0);
    if (taking->node != NULL && answer.kind == ANSWER_DONE && answer.incident != 0 &&
        (event->kind != EVENT_TRIGGER || answer.is_new))
        turn_mark(turns, taking->node, answer.incident, origin->at);
}

static void taking_link(void *context, struct token_record *link)
{
    const struct taking *taking = context;
    struct daemon *daemon = taking->daemon;
    keyring_take_token(daemon->keyring, link, daemon->now.steady_at, turn_batch(daemon->turns));
    turn_write_link(daemon->turns, link->hash);
}

static bool taking_is_new(void *context, const struct event_origin *origin)
{
    const struct taking *taking = context;
    return away_see(taking->daemon->away, origin->id);
}

static void taking_lost(void *context UNUSED, const struct event *event,
                        const struct event_origin *origin UNUSED, const struct fault *fault)
{
    if (event == NULL)
        log_error("%s", fault->text);
    else
        log_warning("%s", fault->text);
}

static struct retell_listener listener_of(struct taking *taking)
{
    struct daemon *daemon = taking->daemon;
    return (struct retell_listener){.context = taking,
                                    .engine = daemon->engine,
                                    .has_mirror = nodes_mirror_has_past(daemon->nodes),
                                    .is_new = taking_is_new,
                                    .step = taking_step,
                                    .link = taking_link,
                                    .lost = taking_lost};
}

unsigned merge_take(struct daemon *daemon, const char *node, struct span bytes)
{
    struct taking taking = {daemon, node};
    struct retell_listener listener = listener_of(&taking);
    struct fault fault = {0};
    size_t count = 0;
    listener.has_mirror = false; /* that is another node's */
    if (!turns_are_ready(daemon->turns, &fault))
        return 503;
    if (!retell_events(&listener, bytes, &count, &fault)) {
        log_error("what node %s was told without the database cannot be read: %s", node,
                  fault.text);
        return 400;
    }
    log_info("node %s has handed in %zu events of a time without the database", node, count);
    return 202;
}

void merge_recall(struct daemon *daemon, const char *node, struct span bytes)
{
    struct taking taking = {daemon, NULL};
    struct retell_listener listener = listener_of(&taking);
    struct fault fault = {0};
    listener.has_mirror = false;
    if (!retell_events(&listener, bytes, NULL, &fault))
        log_error("what node %s has told of itself cannot be read: %s", node, fault.text);
}

/* ---- this node's own ---- */

void merge_own(struct merge *merge, struct now then)
{
    struct daemon *daemon = merge->daemon;
    const struct journal *journal = away_journal(daemon->away);
    const struct now now = daemon->now;
    struct taking taking = {daemon, reload_config(daemon->reload)->node_name};
    struct retell_listener listener = listener_of(&taking);
    struct retell_threads *threads = retell_threads_new();
    struct fault fault = {0};
    listener.then_at = then.wall_at;
    listener.now_at = now.wall_at;
    size_t cursor = 0;
    const char *entry;
    while (journal != NULL && (entry = journal_each_left(journal, &cursor)) != NULL)
        if (!retell_threads_add(threads, entry, &fault))
            log_error("an entry of the journal cannot be read: %s", fault.text);
    away_recall(daemon->away, true);
    daemon->now = then;
    retell_own(&listener, threads, true);
    daemon->now = now;
    retell_own(&listener, threads, false);
    away_recall(daemon->away, false);
    if (away_mode(daemon->away) == AWAY_MIRROR)
        nodes_recall(daemon->nodes, then.steady_at);
    merge->is_own = retell_threads_count(threads) > 0 && !away_is_on(daemon->away);
    retell_threads_free(threads);
}
