/* SPDX-License-Identifier: MIT */
#include "daemon/merge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/map.h"
#include "base/text.h"
#include "config/config.h"
#include "daemon/away.h"
#include "daemon/daemon.h"
#include "daemon/event_form.h"
#include "daemon/journal.h"
#include "daemon/nodes.h"
#include "daemon/reload.h"
#include "daemon/turn.h"
#include "daemon/worker.h"
#include "engine/engine.h"
#include "http/door.h"

#define LETTER_EVENTS 500 /* of one call */
#define LETTER_SIZE (256 * 1024)
#define RETRY_MS (1 * SECOND_MS)

/* What was said about one alert, in order; more than a call takes goes on in another one. */
struct thread {
    struct text events;
    size_t count;
    size_t last_at;      /* where its last event begins */
    bool is_trigger;     /* the last one says the alert, */
    bool is_repeated;    /* and so does the one before */
    struct thread *rest; /* the newest part of it; NULL: this one */
    bool is_applied;
};

/* The journal, sorted into calls; in the worker. */
struct sorting {
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

static const struct json *events_parse(struct arena *arena, struct span events, struct fault *fault)
{
    CLEANUP(text_clear) struct text array = {0};
    const struct json *json = NULL;
    text_add_char(&array, '[');
    text_add_span(&array, events);
    text_add_char(&array, ']');
    return json_parse(arena, text_span(&array), &json, fault) ? json : NULL;
}

/* "" for what is about no alert. */
static void thread_name(const struct json *event, struct text *name)
{
    const struct json *about = json_find(event, "incident");
    if (about == NULL)
        about = json_find(event, "alert");
    const char *key = json_string(about, "dedup_key");
    if (key == NULL || key[0] == '\0')
        key = json_string(about, "uuid");
    if (about == NULL || key == NULL)
        return;
    text_add(name, json_string(about, "integration"));
    text_add_char(name, '\0');
    text_add(name, key);
}

/* The part of the thread of that name that the next event goes to. */
static struct thread *thread_open(struct map *threads, struct text *name)
{
    struct thread *first = map_find(threads, text_span(name));
    struct thread *thread = first != NULL && first->rest != NULL ? first->rest : first;
    if (thread != NULL && thread->events.size < LETTER_SIZE && thread->count < LETTER_EVENTS)
        return thread;
    thread = memory_new(1, sizeof(*thread));
    if (first != NULL) {
        first->rest = thread;
        text_addf(name, "%c%zu", '\0', map_count(threads)); /* later than all that are there */
    }
    map_put(threads, text_span(name), thread);
    return thread;
}

/* Of an alert that was said again and again the first and the last are kept. */
static void thread_add(struct map *threads, const struct json *event)
{
    CLEANUP(text_clear) struct text name = {0};
    bool is_trigger = string_is(json_string(event, "kind"), "trigger");
    thread_name(event, &name);
    struct thread *thread = thread_open(threads, &name);
    bool is_again = is_trigger && thread->count > 0 && thread->is_trigger;
    if (is_again && thread->is_repeated)
        thread->events.size = thread->last_at;
    else
        thread->count++;
    thread->is_repeated = is_again;
    thread->is_trigger = is_trigger;
    thread->last_at = thread->events.size;
    if (thread->events.size > 0)
        text_add_char(&thread->events, ',');
    json_render(&thread->events, event);
}

static struct text *letter_new(struct sorting *sorting)
{
    sorting->letters =
        memory_grow(sorting->letters, sorting->letter_count + 1, sizeof(*sorting->letters));
    sorting->letters[sorting->letter_count] = (struct text){0};
    return &sorting->letters[sorting->letter_count++];
}

/* Parts of threads are never divided. */
static void letters_fill(struct sorting *sorting, struct map *threads)
{
    struct thread *thread;
    struct text *letter = NULL;
    size_t cursor = 0;
    size_t count = 0;
    while ((thread = map_each(threads, &cursor, NULL)) != NULL) {
        bool is_full = letter != NULL && (count + thread->count > LETTER_EVENTS ||
                                          letter->size + thread->events.size > LETTER_SIZE);
        if (letter == NULL || is_full) {
            letter = letter_new(sorting);
            count = 0;
        }
        if (count > 0)
            text_add_char(letter, ',');
        text_add_span(letter, text_span(&thread->events));
        count += thread->count;
        text_clear(&thread->events);
        free(thread);
    }
}

static void threads_take(struct map *threads, const char *entry)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct fault fault = {0};
    const struct json *events = events_parse(arena, span_of(entry), &fault);
    if (events == NULL)
        log_error("an entry of the journal cannot be read: %s", fault.text);
    const struct json *event = events == NULL ? NULL : events->first;
    for (; event != NULL; event = event->next)
        thread_add(threads, event);
}

static void sorting_run(void *item)
{
    struct sorting *sorting = item;
    struct map *threads = map_new();
    for (size_t i = 0; i < sorting->entry_count; i++)
        threads_take(threads, sorting->entries[i]);
    letters_fill(sorting, threads);
    map_free(threads);
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

/* The incident as this node knows it; 0: it is not open here. */
static uint64_t subject_find(const struct engine *engine, const struct event_origin *origin)
{
    const struct incident *incident = view_incident(engine, origin->number);
    if (incident != NULL && string_is(incident->uuid, origin->uuid))
        return incident->number;
    if (origin->integration == NULL || origin->dedup_key == NULL)
        return 0;
    incident = view_open_by_key(engine, origin->integration, origin->dedup_key);
    return incident == NULL ? 0 : incident->number;
}

static void event_apply(struct daemon *daemon, const char *node, struct event *event,
                        const struct event_origin *origin)
{
    struct answer answer = {0};
    if (origin->number != 0) {
        event->incident = subject_find(daemon->engine, origin);
        if (event->incident == 0) {
            log_warning("what %s did without the database comes too late: the incident is over",
                        event->actor);
            return;
        }
    }
    turn_step(daemon->turns, event, &answer);
    if (answer.kind == ANSWER_DONE && answer.incident != 0 &&
        (event->kind != EVENT_TRIGGER || answer.is_new))
        turn_mark(daemon->turns, node, answer.incident, origin->at);
}

static void events_apply(struct daemon *daemon, const char *node, const struct json *events,
                         bool is_recalling)
{
    for (const struct json *json = events->first; json != NULL; json = json->next) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        struct event event;
        struct event_origin origin;
        struct fault fault = {0};
        if (!event_form_read(json, arena, &event, &origin, &fault))
            log_error("%s", fault.text);
        else if (!is_recalling || !origin.is_in_mirror)
            event_apply(daemon, node, &event, &origin);
    }
}

unsigned merge_take(struct daemon *daemon, const char *node, struct span bytes)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct fault fault = {0};
    if (!turns_are_ready(daemon->turns, &fault))
        return 503;
    const struct json *events = events_parse(arena, bytes, &fault);
    if (events == NULL) {
        log_error("what node %s was told without the database cannot be read: %s", node,
                  fault.text);
        return 400;
    }
    log_info("node %s hands in %zu events of a time without the database", node, events->count);
    events_apply(daemon, node, events, false);
    return 202;
}

/* ---- this node's own ---- */

/* Is its first event about an incident that is open here? */
static bool thread_is_known(const struct engine *engine, const struct json *events)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct event event;
    struct event_origin origin;
    struct fault fault = {0};
    if (events->first == NULL || !event_form_read(events->first, arena, &event, &origin, &fault))
        return false;
    if (event.alert != NULL)
        return view_open_by_key(engine, event.alert->integration, event.alert->dedup_key) != NULL;
    return subject_find(engine, &origin) != 0;
}

static void threads_apply(struct daemon *daemon, struct map *threads, bool is_known)
{
    struct thread *thread;
    size_t cursor = 0;
    while ((thread = map_each(threads, &cursor, NULL)) != NULL) {
        CLEANUP(arena_free) struct arena *arena = arena_new();
        struct fault fault = {0};
        const struct json *events = events_parse(arena, text_span(&thread->events), &fault);
        if (events == NULL || thread->is_applied ||
            thread_is_known(daemon->engine, events) != is_known)
            continue;
        thread->is_applied = true;
        events_apply(daemon, reload_config(daemon->reload)->node_name, events,
                     away_mode(daemon->away) == AWAY_MIRROR);
    }
}

static void threads_free(struct map *threads)
{
    struct thread *thread;
    size_t cursor = 0;
    while ((thread = map_each(threads, &cursor, NULL)) != NULL) {
        text_clear(&thread->events);
        free(thread);
    }
    map_free(threads);
}

void merge_own(struct merge *merge, struct now then)
{
    struct daemon *daemon = merge->daemon;
    const struct journal *journal = away_journal(daemon->away);
    const struct now now = daemon->now;
    struct map *threads = map_new();
    size_t cursor = 0;
    const char *entry;
    while (journal != NULL && (entry = journal_each_left(journal, &cursor)) != NULL)
        threads_take(threads, entry);
    away_recall(daemon->away, true);
    daemon->now = then;
    threads_apply(daemon, threads, true);
    daemon->now = now;
    threads_apply(daemon, threads, false);
    away_recall(daemon->away, false);
    merge->is_own = map_count(threads) > 0 && !away_is_on(daemon->away);
    threads_free(threads);
}
