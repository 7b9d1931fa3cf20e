/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/backend.h"

#define GROUP_SIZE_MAX (8 * 1024 * 1024) /* bytes that go into one transaction */
#define IDLE_MS 100                      /* without work for so long: time for house work */

struct question {
    struct query query; /* strings in the result's arena */
    struct result *result;
    store_answer *answer;
    void *context;
    struct question *next;
};

struct store {
    const struct store_backend *backend;
    void *disk;
    struct store_limits limits;
    pthread_mutex_t lock; /* for all below */
    bool is_started;
    bool is_closing;
    pthread_t committer;
    pthread_t reader;
    pthread_cond_t has_batch;
    pthread_cond_t has_question;
    bool is_committer_waiting;
    struct batch *first_batch;
    struct batch **last_batch;
    struct question *first_question;
    struct question **last_question;
    struct store_health health;
    struct fault broken; /* why, once health.is_broken */
};

const struct store_backend *const store_backends[] = {&store_sqlite, &store_postgres, &store_memory,
                                                      NULL};

static msec clock_read(clockid_t clock)
{
    struct timespec at;

    clock_gettime(clock, &at);
    return (msec)at.tv_sec * SECOND_MS + at.tv_nsec / 1000000;
}

static void health_blame(struct store *store, enum commit_end end, const struct fault *fault)
{
    struct store_health *health = &store->health;

    if (end == COMMIT_DONE) {
        health->is_full = false;
        health->is_away = false;
        health->problem[0] = '\0';
        return;
    }
    if (end == COMMIT_BROKEN) {
        health->is_broken = true;
        health->is_replaced = fault->kind == FAULT_DENIED;
        store->broken = *fault;
    }
    health->is_full = fault->kind == FAULT_LIMIT;
    health->is_away = fault->kind == FAULT_PEER;
    memcpy(health->problem, fault->text, sizeof(health->problem));
}

/* Cuts off the front of the queue what fits into one transaction; at least one batch. */
static struct batch *queue_take(struct store *store)
{
    struct batch *first = store->first_batch;
    struct batch *last = first;
    size_t size = batch_size(first);

    while (last->next && size + batch_size(last->next) <= GROUP_SIZE_MAX) {
        last = last->next;
        size += batch_size(last);
    }
    store->first_batch = last->next;
    if (store->first_batch == NULL)
        store->last_batch = &store->first_batch;
    last->next = NULL;
    return first;
}

/* Waits for work. NULL: there has been none for IDLE_MS or, once `is_idle`, for as long as the
 * backend rests, or the store closes. */
static struct batch *queue_wait(struct store *store, bool is_idle)
{
    struct batch *first = NULL;
    struct timespec until;
    int rest_ms = is_idle ? store->backend->rest_ms : IDLE_MS;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += rest_ms % 1000 * 1000000L;
    until.tv_sec += rest_ms / 1000 + until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;

    pthread_mutex_lock(&store->lock);
    store->is_committer_waiting = true;
    while (store->first_batch == NULL && !store->is_closing) {
        if (rest_ms == 0)
            pthread_cond_wait(&store->has_batch, &store->lock);
        else if (pthread_cond_timedwait(&store->has_batch, &store->lock, &until) == ETIMEDOUT)
            break;
    }
    store->is_committer_waiting = false;
    if (store->first_batch)
        first = queue_take(store);
    pthread_mutex_unlock(&store->lock);
    return first;
}

static void group_count(struct store *store, struct batch *first, enum commit_end end)
{
    struct store_health *health = &store->health;

    for (struct batch *batch = first; batch; batch = batch->next) {
        health->queue_count--;
        health->queue_size -= batch_size(batch);
        if (end != COMMIT_DONE)
            continue;
        if (batch->fault.kind != FAULT_NONE) {
            health->conflicts++;
            continue;
        }
        health->batches++;
        health->rows += batch->count;
    }
}

/* A batch that failed goes back to its sender, who may free it at once: its fault is copied. */
static void batch_answer(struct batch *batch, const struct fault *group_fault)
{
    struct fault fault = batch->fault;

    batch->next = NULL;
    if (group_fault)
        fault = *group_fault;
    if (fault.kind != FAULT_NONE && batch->done) {
        batch->done(batch->context, batch, &fault);
        return;
    }
    if (batch->done)
        batch->done(batch->context, NULL, NULL);
    batch_free(batch);
}

static void group_answer(struct batch *first, enum commit_end end, const struct fault *fault)
{
    while (first) {
        struct batch *batch = first;
        first = batch->next;
        batch_answer(batch, end == COMMIT_DONE ? NULL : fault);
    }
}

static void group_commit(struct store *store, struct batch *first)
{
    struct fault fault = {.kind = FAULT_NONE};
    enum commit_end end = COMMIT_BROKEN;
    msec started_at = clock_read(CLOCK_MONOTONIC);

    /* Only this thread breaks the store, so that it may look without the lock. */
    if (store->health.is_broken)
        fault = store->broken;
    else
        end = store->backend->commit(store->disk, first, &fault);
    msec took_ms = clock_read(CLOCK_MONOTONIC) - started_at;

    pthread_mutex_lock(&store->lock);
    struct store_health *health = &store->health;
    if (!health->is_broken)
        health_blame(store, end, &fault);
    group_count(store, first, end);
    health->answers++;
    if (end == COMMIT_DONE) {
        health->commits++;
        health->last_commit_at = clock_read(CLOCK_REALTIME);
        health->last_commit_ms = took_ms;
        if (took_ms > health->worst_commit_ms)
            health->worst_commit_ms = took_ms;
    }
    pthread_mutex_unlock(&store->lock);
    group_answer(first, end, &fault);
}

static void committer_rest(struct store *store, bool is_idle)
{
    struct fault fault;

    if (store->health.is_broken)
        return;
    enum commit_end end = store->backend->rest(store->disk, is_idle, &fault);
    if (end == COMMIT_DONE && !store->health.is_away)
        return;
    pthread_mutex_lock(&store->lock);
    health_blame(store, end, &fault);
    pthread_mutex_unlock(&store->lock);
}

static void *committer_run(void *argument)
{
    struct store *store = argument;
    bool is_idle = false;

    for (;;) {
        struct batch *first = queue_wait(store, is_idle);
        if (first) {
            group_commit(store, first);
            committer_rest(store, false);
            is_idle = false;
            continue;
        }
        pthread_mutex_lock(&store->lock);
        bool is_closing = store->is_closing && store->first_batch == NULL;
        pthread_mutex_unlock(&store->lock);
        if (is_closing)
            return NULL;
        committer_rest(store, true);
        is_idle = true;
    }
}

static struct question *question_wait(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    while (store->first_question == NULL && !store->is_closing)
        pthread_cond_wait(&store->has_question, &store->lock);
    struct question *question = store->first_question;
    if (question) {
        store->first_question = question->next;
        if (store->first_question == NULL)
            store->last_question = &store->first_question;
        store->health.read_count--;
    }
    pthread_mutex_unlock(&store->lock);
    return question;
}

static void *reader_run(void *argument)
{
    struct store *store = argument;
    struct question *question;

    while ((question = question_wait(store))) {
        struct result *result = question->result;
        struct fault fault = {.kind = FAULT_NONE};
        if (!store->backend->read(store->disk, &question->query, result, &fault))
            result->fault = fault;
        question->answer(question->context, result);
        free(question);
    }
    return NULL;
}

/* Called with the lock held. Threads start with the first work, for store_load comes before; where
 * the backend has to be called again and again, they start at once, and it loads beside that. */
static bool start_threads(struct store *store, struct fault *fault)
{
    if (store->is_started)
        return true;

    errno = pthread_create(&store->committer, NULL, committer_run, store);
    if (errno)
        return fault_set(fault, FAULT_SYSTEM, "cannot start the commit thread");

    errno = pthread_create(&store->reader, NULL, reader_run, store);
    if (errno) {
        int error = errno;
        store->is_closing = true;
        pthread_cond_signal(&store->has_batch);
        pthread_mutex_unlock(&store->lock);
        pthread_join(store->committer, NULL);
        pthread_mutex_lock(&store->lock);
        store->is_closing = false;
        errno = error;
        return fault_set(fault, FAULT_SYSTEM, "cannot start the reader thread");
    }
    store->is_started = true;
    return true;
}

static const struct store_backend *find_backend(const char *url, const char **place)
{
    const char *colon = strchr(url, ':');

    if (colon == NULL)
        return NULL;
    *place = colon + 1;
    for (size_t i = 0; store_backends[i]; i++)
        if (span_is((struct span){url, (size_t)(colon - url)}, store_backends[i]->scheme))
            return store_backends[i];
    return NULL;
}

static struct store_limits limits_complete(const struct store_limits *limits)
{
    struct store_limits full = limits ? *limits : (struct store_limits){0};

    full.queue_batches_max =
        full.queue_batches_max ? full.queue_batches_max : STORE_QUEUE_BATCHES_MAX;
    full.queue_size_max = full.queue_size_max ? full.queue_size_max : STORE_QUEUE_SIZE_MAX;
    full.reads_max = full.reads_max ? full.reads_max : STORE_READS_MAX;
    return full;
}

static bool refuse_url(const char *url, struct fault *fault)
{
    return fault_set(fault, FAULT_INPUT,
                     "'%.*s:...' names no store: write sqlite:DIRECTORY or "
                     "postgres:CONNECTION STRING",
                     (int)strcspn(url, ":"), url);
}

bool store_check(const char *url, const struct store_limits *limits, struct text *said,
                 struct fault *fault)
{
    const char *place;
    const struct store_backend *backend = find_backend(url, &place);

    return backend ? backend->check(place, limits, said, fault) : refuse_url(url, fault);
}

bool store_open(const char *url, const struct store_limits *limits, struct store **result,
                struct fault *fault)
{
    const char *place;
    const struct store_backend *backend = find_backend(url, &place);
    struct store_limits full = limits_complete(limits);
    void *disk;
    pthread_condattr_t attributes;

    if (backend == NULL)
        return refuse_url(url, fault);
    if (!backend->open(place, &full, &disk, fault))
        return false;

    struct store *store = memory_new(1, sizeof(*store));
    store->backend = backend;
    store->disk = disk;
    store->limits = full;
    store->last_batch = &store->first_batch;
    store->last_question = &store->first_question;
    pthread_mutex_init(&store->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&store->has_batch, &attributes);
    pthread_cond_init(&store->has_question, &attributes);
    pthread_condattr_destroy(&attributes);
    if (backend->rest_ms > 0) {
        pthread_mutex_lock(&store->lock);
        bool is_started = start_threads(store, fault);
        pthread_mutex_unlock(&store->lock);
        if (!is_started) {
            store_close(store);
            return false;
        }
    }
    *result = store;
    return true;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;

    pthread_mutex_lock(&store->lock);
    store->is_closing = true;
    pthread_cond_signal(&store->has_batch);
    pthread_cond_signal(&store->has_question);
    pthread_mutex_unlock(&store->lock);
    if (store->is_started) {
        pthread_join(store->committer, NULL);
        pthread_join(store->reader, NULL);
    }
    store->backend->close(store->disk);
    pthread_cond_destroy(&store->has_batch);
    pthread_cond_destroy(&store->has_question);
    pthread_mutex_destroy(&store->lock);
    free(store);
}

bool store_load(struct store *store, msec now, const struct store_loader *loader,
                struct store_maxima *maxima, struct fault *fault)
{
    assert(!store->is_started || store->backend->rest_ms > 0);
    return store->backend->load(store->disk, now, loader, maxima, fault);
}

static bool queue_put(struct store *store, struct batch *batch, struct fault *fault)
{
    struct store_health *health = &store->health;

    assert(!store->is_closing);
    if (health->is_broken) {
        if (fault)
            *fault = store->broken;
        return fault_prefix(fault, "the store is broken");
    }
    if (health->queue_count >= store->limits.queue_batches_max)
        return fault_set(fault, FAULT_LIMIT, "%zu batches are waiting for the disk",
                         health->queue_count);
    if (health->queue_size + batch_size(batch) > store->limits.queue_size_max)
        return fault_set(fault, FAULT_LIMIT, "%zu bytes are waiting for the disk",
                         health->queue_size);
    if (!start_threads(store, fault))
        return false;

    *store->last_batch = batch;
    store->last_batch = &batch->next;
    health->queue_count++;
    health->queue_size += batch_size(batch);
    if (store->is_committer_waiting)
        pthread_cond_signal(&store->has_batch);
    return true;
}

bool store_submit(struct store *store, struct batch *batch, store_done *done, void *context,
                  struct fault *fault)
{
    batch->done = done;
    batch->context = context;
    batch->next = NULL;
    batch->fault.kind = FAULT_NONE;   /* it may have failed before */
    batch->fault = (struct fault){0}; /* it may have failed before */
    pthread_mutex_lock(&store->lock);
    bool is_queued = queue_put(store, batch, fault);
    pthread_mutex_unlock(&store->lock);
    return is_queued;
}

static struct question *question_new(const struct query *query, store_answer *answer, void *context)
{
    struct question *question = memory_new(1, sizeof(*question));
    struct result *result = memory_new(1, sizeof(*result));
    struct arena *arena = arena_new();
    struct query *copy = &question->query;

    result->arena = arena;
    question->result = result;
    question->answer = answer;
    question->context = context;
    *copy = *query;
    copy->team = arena_copy(arena, query->team);
    copy->user = arena_copy(arena, query->user);
    copy->integration = arena_copy(arena, query->integration);
    copy->dedup_key = arena_copy(arena, query->dedup_key);
    copy->event = arena_copy(arena, query->event);
    if (copy->limit == 0 || copy->limit > STORE_RESULT_MAX)
        copy->limit = STORE_RESULT_MAX;
    return question;
}

static bool question_put(struct store *store, struct question *question, struct fault *fault)
{
    assert(!store->is_closing);
    if (store->health.read_count >= store->limits.reads_max)
        return fault_set(fault, FAULT_LIMIT, "%zu questions to the store are waiting",
                         store->health.read_count);
    if (!start_threads(store, fault))
        return false;

    *store->last_question = question;
    store->last_question = &question->next;
    store->health.read_count++;
    pthread_cond_signal(&store->has_question);
    return true;
}

bool store_read(struct store *store, const struct query *query, store_answer *answer, void *context,
                struct fault *fault)
{
    assert(query->kind < QUERY_COUNT);
    struct question *question = question_new(query, answer, context);

    pthread_mutex_lock(&store->lock);
    bool is_queued = question_put(store, question, fault);
    pthread_mutex_unlock(&store->lock);
    if (!is_queued) {
        result_free(question->result);
        free(question);
    }
    return is_queued;
}

bool store_dump(struct store *store, const struct store_taker *taker, struct fault *fault)
{
    return store->backend->dump(store->disk, taker, fault);
}

void result_free(struct result *result)
{
    if (result == NULL)
        return;
    arena_free(result->arena);
    free(result);
}

void *result_add(struct arena *arena, void **items, size_t *count, size_t *room, size_t size)
{
    if (*count == *room) {
        size_t more = *room ? *room * 2 : 16;
        char *larger = arena_take(arena, more * size);
        if (*count > 0)
            memcpy(larger, *items, *count * size);
        *items = larger;
        *room = more;
    }
    return (char *)*items + (*count)++ * size;
}

uint64_t store_answers(struct store *store)
{
    pthread_mutex_lock(&store->lock);
    uint64_t answers = store->health.answers;
    pthread_mutex_unlock(&store->lock);
    return answers;
}

void store_health(struct store *store, struct store_health *health)
{
    pthread_mutex_lock(&store->lock);
    *health = store->health;
    pthread_mutex_unlock(&store->lock);
    store->backend->measure(store->disk, &health->file_size, &health->log_size);
    store->backend->warn(store->disk, health->warning);
    store->backend->tenure(store->disk, &health->confirmed_ms, &health->is_taken_over);
}
