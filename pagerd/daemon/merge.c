/* SPDX-License-Identifier: MIT */
#include "daemon/merge.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/journal.h"
#include "daemon/keyring.h"
#include "daemon/nodes.h"
#include "daemon/reload.h"
#include "daemon/retell.h"
#include "daemon/turn.h"
#include "daemon/worker.h"
#include "engine/engine.h"
#include "http/door.h"

#define RETRY_MS (1 * SECOND_MS)

/* The journal, sorted into calls; in the worker. */
struct sorting {
    struct retell_threads *threads;
    char **entries; /* copies */
    size_t entry_count;
    struct text *letters;
    size_t letter_count;
};

struct merge {
    struct daemon *daemon;
    bool is_own;             /* it was stepped by this node itself: it goes when that is on disk */
    struct sorting *sorting; /* NULL: nothing is to be handed in, or not begun */
    bool is_sorted;
    size_t next;       /* letter */
    struct call *call; /* under way */
    bool is_answered;
    msec retry_at; /* tick */
};

struct merge *merge_new(struct daemon *daemon)
{
    struct merge *merge = memory_new(1, sizeof(*merge));
    merge->daemon = daemon;
    return merge;
}

static void sorting_free(struct sorting *sorting)
{
    if (sorting == NULL)
        return;
    for (size_t i = 0; i < sorting->entry_count; i++)
        free(sorting->entries[i]);
    retell_threads_free(sorting->threads);
    for (size_t i = 0; i < sorting->letter_count; i++)
        text_clear(&sorting->letters[i]);
    free(sorting->entries);
    free(sorting->letters);
    free(sorting);
}

void merge_free(struct merge *merge)
{
    if (merge == NULL)
        return;
    if (merge->call != NULL)
        door_free(merge->call);
    sorting_free(merge->sorting);
    free(merge);
}

/* ---- sorting, in the worker ---- */

static void threads_add(struct retell_threads *threads, const char *entry)
{
    struct fault fault = {0};
    if (!retell_threads_add(threads, entry, &fault))
        log_error("an entry of the journal cannot be read: %s", fault.text);
}

static void sorting_run(void *item)
{
    struct sorting *sorting = item;
    sorting->threads = retell_threads_new();
    for (size_t i = 0; i < sorting->entry_count; i++)
        threads_add(sorting->threads, sorting->entries[i]);
    sorting->letters = retell_letters(sorting->threads, &sorting->letter_count);
}

static void sorting_done(void *context, void *item UNUSED)
{
    struct merge *merge = context;
    merge->is_sorted = true;
}

static void merge_sort(struct merge *merge, const struct journal *journal)
{
    struct sorting *sorting = memory_new(1, sizeof(*sorting));
    size_t cursor = 0;
    const char *entry;
    sorting->entries = memory_new(journal_count(journal) + 1, sizeof(*sorting->entries));
    while ((entry = journal_each_left(journal, &cursor)) != NULL)
        sorting->entries[sorting->entry_count++] = string_copy(entry);
    merge->sorting = sorting;
    if (!worker_post(merge->daemon->worker, sorting_run, sorting_done, merge, sorting)) {
        sorting_free(sorting);
        merge->sorting = NULL;
    }
}

/* ---- handing in ---- */

static void merge_finished(void *context, struct call *call UNUSED)
{
    struct merge *merge = context;
    merge->is_answered = true;
}

static void merge_send(struct merge *merge)
{
    if (merge->daemon->tick_at < merge->retry_at || !nodes_have_way(merge->daemon->nodes))
        return;
    merge->is_answered = false;
    merge->call =
        door_merge(text_span(&merge->sorting->letters[merge->next]), merge_finished, merge);
    nodes_hand_over(merge->daemon->nodes, merge->call);
}

static void merge_take_answer(struct merge *merge)
{
    unsigned status = door_status(merge->call);
    door_free(merge->call);
    merge->call = NULL;
    if (status == 400)
        log_error("who is on duty cannot read what this node was told without the database");
    if (status == 202 || status == 400)
        merge->next++;
    else
        merge->retry_at = merge->daemon->tick_at + RETRY_MS;
}

static void merge_end(struct merge *merge, struct journal *journal)
{
    log_warning("handed in: %zu entries of the journal, of a time without the database",
                journal_count(journal));
    journal_clear(journal);
    sorting_free(merge->sorting);
    merge->sorting = NULL;
    merge->is_sorted = false;
    merge->next = 0;
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
    if (merge->sorting == NULL)
        merge_sort(merge, journal);
    if (!merge->is_sorted)
        return;
    if (merge->call != NULL && merge->is_answered)
        merge_take_answer(merge);
    if (merge->call == NULL && merge->next == merge->sorting->letter_count)
        merge_end(merge, journal);
    else if (merge->call == NULL)
        merge_send(merge);
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
    turn_step(turns, event, &answer);
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
                                    .has_mirror = away_mode(daemon->away) == AWAY_MIRROR,
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
    const struct retell_listener listener = listener_of(&taking);
    struct retell_threads *threads = retell_threads_new();
    size_t cursor = 0;
    const char *entry;
    while (journal != NULL && (entry = journal_each_left(journal, &cursor)) != NULL)
        threads_add(threads, entry);
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
