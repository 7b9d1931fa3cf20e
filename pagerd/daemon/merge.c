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
#include "daemon/metric.h"
#include "daemon/nodes.h"
#include "daemon/paged.h"
#include "daemon/reload.h"
#include "daemon/retell.h"
#include "daemon/stops.h"
#include "daemon/turn.h"
#include "engine/engine.h"

struct merge {
    struct daemon *daemon;
    bool is_own;             /* it was stepped by this node itself: it goes when that is on disk */
    struct handing *handing; /* NULL: nothing is to be handed in, or not begun */
    uint64_t refused;        /* calls of other nodes */
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

void merge_metrics(const struct merge *merge, struct text *text)
{
    metric(text, "journal_held", "gauge",
           "What of this node's journal is kept, for who is on duty does not know it.",
           merge->handing != NULL ? handing_held(merge->handing) : 0);
    metric(text, "journal_refused_total", "counter",
           "Calls of other nodes with what their journals have that were not known here.",
           merge->refused);
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
    const char *node;   /* named in the timeline; NULL: there is nothing to say */
    bool is_told_again; /* what is about no incident that is known is told once more */
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

static void taking_paged(void *context, const struct paged_item *item)
{
    const struct taking *taking = context;
    paged_add(taking->daemon->paged, item, taking->daemon->tick_at);
}

static void taking_stop(void *context, const struct stop_item *item)
{
    const struct taking *taking = context;
    stops_take(taking->daemon, item);
}

static bool taking_is_new(void *context, const struct event_origin *origin)
{
    const struct taking *taking = context;
    return away_see(taking->daemon->away, origin->id);
}

static void taking_lost(void *context, const struct event *event, const struct event_origin *origin,
                        const struct fault *fault)
{
    const struct taking *taking = context;
    if (event == NULL)
        log_error("%s", fault->text);
    else if (taking->is_told_again)
        away_forget(taking->daemon->away, origin->id);
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
                                    .paged = taking_paged,
                                    .stop = taking_stop,
                                    .lost = taking_lost};
}

unsigned merge_take(struct daemon *daemon, const char *node, struct span bytes)
{
    struct taking taking = {.daemon = daemon, .node = node};
    struct retell_listener listener = listener_of(&taking);
    struct fault fault = {0};
    size_t count = 0;
    listener.has_mirror = false; /* that is another node's */
    if (!turns_are_ready(daemon->turns, &fault))
        return 503;
    if (!retell_is_known(bytes, &fault) || !retell_events(&listener, bytes, &count, &fault)) {
        log_error(
            "what node %s was told without the database is not known here, and stays there: %s",
            node, fault.text);
        daemon->merge->refused++;
        return 422;
    }
    log_info("node %s has handed in %zu events of a time without the database", node, count);
    return 202;
}

void merge_recall(struct daemon *daemon, const char *node, struct span bytes)
{
    struct taking taking = {.daemon = daemon};
    struct retell_listener listener = listener_of(&taking);
    struct fault fault = {0};
    listener.has_mirror = false;
    if (!retell_events(&listener, bytes, NULL, &fault))
        log_error("what node %s has told of itself cannot be read: %s", node, fault.text);
}

/* ---- this node's own ---- */

/* What is told at a start, to an engine that is as it was then. */
struct telling {
    struct taking taking;
    struct retell_threads *threads;
    bool is_written; /* it is in this node's own journal */
};

static struct telling telling_new(struct daemon *daemon, const char *node, bool is_written)
{
    return (struct telling){.taking = {.daemon = daemon, .node = node},
                            .threads = retell_threads_new(),
                            .is_written = is_written};
}

static void telling_run(struct telling *telling, struct now then, struct now now, bool is_known)
{
    struct daemon *daemon = telling->taking.daemon;
    struct retell_listener listener = listener_of(&telling->taking);
    listener.has_mirror = listener.has_mirror && telling->is_written;
    listener.then_at = then.wall_at;
    listener.now_at = now.wall_at;
    daemon->now = is_known ? then : now;
    away_recall(daemon->away, telling->is_written);
    retell_own(&listener, telling->threads, is_known);
    away_recall(daemon->away, false);
    daemon->now = now;
}

static void threads_add_own(struct retell_threads *threads, const struct journal *journal)
{
    struct fault fault = {0};
    size_t cursor = 0;
    const char *entry;
    while (journal != NULL && (entry = journal_each_left(journal, &cursor)) != NULL)
        if (!retell_threads_add(threads, entry, &fault))
            log_error("an entry of the journal cannot be read: %s", fault.text);
}

/* What copies say may be about an incident of the last moment, that is known by now. */
static void copies_tell_again(struct daemon *daemon, struct now now)
{
    struct telling again = telling_new(daemon, NULL, false);
    again.taking.node = nodes_read_lost(daemon->nodes, again.threads);
    telling_run(&again, now, now, true);
    retell_threads_free(again.threads);
}

void merge_own(struct merge *merge, struct now then)
{
    struct daemon *daemon = merge->daemon;
    const struct now now = daemon->now;
    bool acts = away_mode(daemon->away) == AWAY_MIRROR;
    struct telling own = telling_new(daemon, reload_config(daemon->reload)->node_name, true);
    struct telling copied = telling_new(daemon, NULL, false);
    copied.taking.is_told_again = true;
    threads_add_own(own.threads, away_journal(daemon->away));
    if (acts)
        copied.taking.node = nodes_read_lost(daemon->nodes, copied.threads);
    telling_run(&own, then, now, true);
    telling_run(&copied, then, now, true);
    telling_run(&own, then, now, false);
    telling_run(&copied, then, now, false);
    if (acts) {
        nodes_recall(daemon->nodes, then.steady_at);
        copies_tell_again(daemon, now);
    }
    merge->is_own = retell_threads_count(own.threads) > 0 && !away_is_on(daemon->away);
    retell_threads_free(own.threads);
    retell_threads_free(copied.threads);
}
