/* SPDX-License-Identifier: MIT */
/* wait.c - one batch, committed while the caller waits. */
#include <pthread.h>

#include "store/backend.h"

/* Waits for one commit. */
struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t has_ended;
    bool is_over;
    struct batch *failed;
    struct fault fault;
};

static void commit_done(void *context, struct batch *failed, const struct fault *fault)
{
    struct waiting *waiting = context;
    pthread_mutex_lock(&waiting->lock);
    waiting->is_over = true;
    waiting->failed = failed;
    if (fault != NULL)
        waiting->fault = *fault;
    pthread_cond_signal(&waiting->has_ended);
    pthread_mutex_unlock(&waiting->lock);
}

bool batch_commit(struct store *store, struct batch *batch, struct fault *fault)
{
    struct waiting waiting = {.lock = PTHREAD_MUTEX_INITIALIZER,
                              .has_ended = PTHREAD_COND_INITIALIZER};
    if (!store_submit(store, batch, commit_done, &waiting, fault)) {
        batch_free(batch);
        return false;
    }
    pthread_mutex_lock(&waiting.lock);
    while (!waiting.is_over)
        pthread_cond_wait(&waiting.has_ended, &waiting.lock);
    pthread_mutex_unlock(&waiting.lock);
    if (waiting.failed != NULL && fault != NULL)
        *fault = waiting.fault;
    batch_free(waiting.failed);
    return waiting.failed == NULL;
}
