/* SPDX-License-Identifier: MIT */
#include "daemon/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/text.h"

struct worker_item {
    worker_job *job;
    inbox_run *done;
    void *context;
    void *item;
    struct worker_item *next;
};

struct worker {
    struct inbox *inbox;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t is_waiting;
    struct worker_item *first;
    struct worker_item **last;
    size_t count;
    bool is_ending;
};

static struct worker_item *worker_take(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    while (worker->first == NULL && !worker->is_ending)
        pthread_cond_wait(&worker->is_waiting, &worker->lock);
    struct worker_item *item = worker->is_ending ? NULL : worker->first;
    if (item != NULL) {
        worker->first = item->next;
        worker->count--;
        if (worker->first == NULL)
            worker->last = &worker->first;
    }
    pthread_mutex_unlock(&worker->lock);
    return item;
}

static void *worker_run(void *argument)
{
    struct worker *worker = argument;
    struct worker_item *item;
    while ((item = worker_take(worker)) != NULL) {
        item->job(item->item);
        inbox_post(worker->inbox, item->done, item->context, item->item);
        free(item);
    }
    return NULL;
}

struct worker *worker_new(struct inbox *inbox)
{
    struct worker *worker = memory_new(1, sizeof(*worker));
    worker->inbox = inbox;
    worker->last = &worker->first;
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->is_waiting, NULL);
    int failed = pthread_create(&worker->thread, NULL, worker_run, worker);
    if (failed != 0)
        memory_out(); /* a thread needs some */
    return worker;
}

void worker_free(struct worker *worker)
{
    if (worker == NULL)
        return;
    pthread_mutex_lock(&worker->lock);
    worker->is_ending = true;
    pthread_cond_signal(&worker->is_waiting);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    while (worker->first != NULL) {
        struct worker_item *item = worker->first;
        worker->first = item->next;
        free(item);
    }
    pthread_cond_destroy(&worker->is_waiting);
    pthread_mutex_destroy(&worker->lock);
    free(worker);
}

bool worker_post(struct worker *worker, worker_job *job, inbox_run *done, void *context, void *item)
{
    pthread_mutex_lock(&worker->lock);
    bool has_room = worker->count < WORKER_JOBS_MAX;
    if (has_room) {
        struct worker_item *made = memory_new(1, sizeof(*made));
        *made = (struct worker_item){.job = job, .done = done, .context = context, .item = item};
        *worker->last = made;
        worker->last = &made->next;
        worker->count++;
        pthread_cond_signal(&worker->is_waiting);
    }
    pthread_mutex_unlock(&worker->lock);
    return has_room;
}
