/* SPDX-License-Identifier: MIT */
#include "notify/courier/lane.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "notify/courier/courier.h"
#include "notify/courier/leave.h"
#include "notify/courier/transfer.h"

#define WAIT_MS_MAX 1000
#define KEPT_WAITS \
    3 /* of that length without a job, before connections that were kept are closed */
#define FULL_WAIT_MS 50 /* how soon to look again whether the outbox has drained */

/* A job that waits for a slot. */
struct work {
    struct work *next;
    uint64_t id;
    struct text frame;
};

struct lane {
    char channel[COURIER_CHANNEL_SIZE];
    struct outbox *outbox;
    CURLM *multi;        /* changed by the thread alone, under the mutex */
    size_t active_count; /* the thread's own, as these two */
    bool has_kept;       /* connections may be open that nobody uses */
    unsigned idle_waits; /* since the last job */
    pthread_mutex_t mutex;
    struct work *first; /* these three under the mutex */
    struct work *last;
    size_t waiting_count;
};

const char *lane_channel(const struct lane *lane)
{
    return lane->channel;
}

void lane_put(struct lane *lane, uint64_t id, struct span frame)
{
    struct work *work = memory_new(1, sizeof *work);
    work->id = id;
    text_add_span(&work->frame, frame);
    (void)pthread_mutex_lock(&lane->mutex);
    bool is_full = lane->waiting_count >= COURIER_JOBS_MAX;
    if (!is_full) {
        if (lane->last != NULL)
            lane->last->next = work;
        else
            lane->first = work;
        lane->last = work;
        lane->waiting_count++;
        (void)curl_multi_wakeup(lane->multi);
    }
    (void)pthread_mutex_unlock(&lane->mutex);
    if (!is_full)
        return;
    text_clear(&work->frame);
    free(work);
    outbox_put_failure(lane->outbox, id, TRANSFER_BROKEN, "too many jobs wait in this channel");
}

static struct work *work_take(struct lane *lane)
{
    (void)pthread_mutex_lock(&lane->mutex);
    struct work *work = lane->first;
    if (work != NULL) {
        lane->first = work->next;
        lane->waiting_count--;
    }
    if (lane->first == NULL)
        lane->last = NULL;
    (void)pthread_mutex_unlock(&lane->mutex);
    return work;
}

static void work_start(struct lane *lane, struct work *work)
{
    struct transfer *transfer = transfer_new(text_span(&work->frame), lane->outbox);
    if (transfer != NULL && leave_refuse(transfer_job(transfer), lane->outbox)) {
        transfer_free(transfer);
    } else if (transfer != NULL &&
               curl_multi_add_handle(lane->multi, transfer_easy(transfer)) == CURLM_OK) {
        lane->active_count++;
    } else {
        transfer_free(transfer);
        outbox_put_failure(lane->outbox, work->id, TRANSFER_BROKEN,
                           "the transfer could not be set up");
    }
    explicit_bzero(work->frame.bytes, work->frame.size);
    text_clear(&work->frame);
    free(work);
}

/* False when the daemon does not take results: then nothing new is started. */
static bool start_waiting(struct lane *lane)
{
    while (lane->active_count < COURIER_TRANSFERS_MAX) {
        if (outbox_size(lane->outbox) > OUTBOX_FULL)
            return false;
        struct work *work = work_take(lane);
        if (work == NULL)
            return true;
        work_start(lane, work);
    }
    return true;
}

static void finish_ended(struct lane *lane)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(lane->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        CURL *easy = message->easy_handle;
        struct transfer *transfer = transfer_of(easy);
        lane->has_kept = lane->has_kept || transfer_is_kept(transfer);
        transfer_finish(transfer, code);
        (void)curl_multi_remove_handle(lane->multi, easy);
        transfer_free(transfer);
        lane->active_count--;
    }
}

/* NULL: there is no memory for it. */
static CURLM *multi_new(void)
{
    CURLM *multi = curl_multi_init();
    if (multi == NULL)
        return NULL;
    /* Room for all, so that none is ever closed politely (with a wait) to make room. */
    (void)curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)COURIER_TRANSFERS_MAX * 2);
    /* One page at a time on each, or all that shared it would be of unknown outcome with it. */
    (void)curl_multi_setopt(multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return multi;
}

/* libcurl looks at connections that nobody uses only when there is a job again. */
static void close_kept(struct lane *lane)
{
    CURLM *multi = multi_new();
    CURLM *unused = multi;
    if (multi == NULL)
        return;
    (void)pthread_mutex_lock(&lane->mutex);
    if (lane->first == NULL) { /* or it was woken for one, by the old one */
        unused = lane->multi;
        lane->multi = multi;
        lane->has_kept = false;
    }
    (void)pthread_mutex_unlock(&lane->mutex);
    (void)curl_multi_cleanup(unused);
}

static void *lane_run(void *context)
{
    struct lane *lane = context;
    for (;;) {
        bool is_open = start_waiting(lane);
        int running;
        CURLMcode code = curl_multi_perform(lane->multi, &running);
        assert(code == CURLM_OK);
        size_t before = lane->active_count;
        finish_ended(lane);
        if (lane->active_count < before)
            continue; /* slots are free: look at what waits */
        lane->idle_waits = lane->active_count == 0 ? lane->idle_waits + 1 : 0;
        if (lane->has_kept && lane->idle_waits > KEPT_WAITS)
            close_kept(lane);
        (void)curl_multi_poll(lane->multi, NULL, 0, is_open ? WAIT_MS_MAX : FULL_WAIT_MS, NULL);
    }
}

struct lane *lane_new(const char *channel, struct outbox *outbox)
{
    struct lane *lane = memory_new(1, sizeof *lane);
    assert(strlen(channel) < sizeof lane->channel);
    strcpy(lane->channel, channel);
    lane->outbox = outbox;
    lane->multi = multi_new();
    if (lane->multi == NULL)
        memory_out();
    int failed = pthread_mutex_init(&lane->mutex, NULL);
    assert(failed == 0);
    pthread_t thread;
    if (pthread_create(&thread, NULL, lane_run, lane) == 0) {
        (void)pthread_detach(thread);
        return lane;
    }
    (void)curl_multi_cleanup(lane->multi);
    free(lane);
    return NULL;
}
