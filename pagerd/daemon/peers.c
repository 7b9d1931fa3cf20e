/* SPDX-License-Identifier: MIT */
#include "daemon/peers.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "daemon/peers_parts.h"

#define LOOK_MS (5 * SECOND_MS) /* between two questions for the addresses of a host */
#define POLLED_MAX (2 + PEERS_LINKS_MAX + PEERS_CALLED_MAX)

msec peers_now(void)
{
    struct timespec now;
    int failed = clock_gettime(CLOCK_BOOTTIME, &now);
    assert(failed == 0);
    return (msec)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

void peers_wake(struct peers *peers)
{
    uint64_t one = 1;
    ssize_t written = write(peers->wake, &one, sizeof(one));
    (void)written; /* a full counter wakes as well */
}

/* ---- calling ---- */

static void called_look(struct peers *peers, struct called *called)
{
    struct lookup_address found[LOOKUP_ADDRESSES_MAX];
    struct fault fault = {0};
    if (called->lookup == NULL && peers->turn_at - called->looked_at >= LOOK_MS) {
        called->looked_at = peers->turn_at;
        called->lookup = lookup_new(&called->host);
    }
    if (called->lookup == NULL || !lookup_is_done(called->lookup))
        return;
    size_t count = lookup_addresses(called->lookup, found, &fault);
    lookup_free(called->lookup);
    called->lookup = NULL;
    if (count > 0) {
        memcpy(called->found, found, sizeof(found));
        called->found_count = count;
    } else if (called->found_count == 0) {
        called_blame(called, &peers->lock, fault.text);
    }
}

/* One step on the way to a link, where there is none. */
static void called_tick(struct peers *peers, struct called *called)
{
    struct fault fault = {0};
    if (called->link != NULL || called->is_self || peers->turn_at < called->call_at)
        return;
    called_look(peers, called);
    if (called->found_count == 0)
        return;
    called->link = link_call(peers, called, &fault);
    if (called->link == NULL) {
        called_blame(called, &peers->lock, fault.text);
        called->call_at = peers->turn_at + PEERS_CALL_MS;
    }
}

/* ---- what others have for this thread ---- */

static struct order *orders_take(struct peers *peers)
{
    pthread_mutex_lock(&peers->lock);
    struct order *first = peers->queue;
    peers->queue = NULL;
    peers->queue_last = &peers->queue;
    for (const struct order *order = first; order != NULL; order = order->next)
        peers->queue_size -= order->bytes.size;
    pthread_mutex_unlock(&peers->lock);
    return first;
}

/* A call that nobody waits for any more is not made, and no copy. */
static bool order_is_wanted(struct peers *peers, const struct order *order, const struct link *link)
{
    struct span key = {(const char *)&order->id, sizeof(order->id)};
    if (order->kind != WIRE_CALL && order->kind != WIRE_COPY)
        return link != NULL;
    pthread_mutex_lock(&peers->lock);
    struct asking *asking = map_find(peers->asking, key);
    bool is_wanted = asking != NULL;
    if (is_wanted && link != NULL)
        asking->link = link->number;
    else
        free(map_remove(peers->asking, key));
    pthread_mutex_unlock(&peers->lock);
    if (is_wanted && link == NULL)
        peers->options.failed(peers->options.context, order->id,
                              "the link to the node that is in charge is gone: nothing was done");
    return is_wanted && link != NULL;
}

static void orders_run(struct peers *peers)
{
    struct order *order = orders_take(peers);
    while (order != NULL) {
        struct order *next = order->next;
        struct link *link = link_find(peers, order->node);
        if (order_is_wanted(peers, order, link)) {
            const struct wire_frame frame = {
                .kind = order->kind, .id = order->id, .bytes = text_span(&order->bytes)};
            link_add(peers, link, &frame);
        }
        text_clear(&order->bytes);
        free(order);
        order = next;
    }
    for (struct link *link = peers->first; link != NULL; link = link->next)
        if (link->is_up && !link->is_over)
            link_flush(peers, link);
}

/* ---- the thread ---- */

struct polled {
    struct pollfd fds[POLLED_MAX];
    struct link *links[POLLED_MAX];
    nfds_t count;
};

static void polled_add(struct polled *polled, int fd, short events, struct link *link)
{
    assert(polled->count < POLLED_MAX);
    polled->links[polled->count] = link;
    polled->fds[polled->count++] = (struct pollfd){.fd = fd, .events = events};
}

/* The first two are the wake and the listener. */
static void peers_wait(struct peers *peers, struct polled *polled)
{
    msec now = peers_now();
    msec wait_ms = peers->beaten_at + PEERS_BEAT_MS - now;
    polled->count = 0;
    polled_add(polled, peers->wake, POLLIN, NULL);
    polled_add(polled, peers->listener, now < peers->rests_until_at ? 0 : POLLIN, NULL);
    for (struct link *link = peers->first; link != NULL; link = link->next)
        polled_add(polled, link->fd, link_events(link), link);
    if (poll(polled->fds, polled->count, wait_ms > 0 ? (int)wait_ms : 0) < 0)
        for (nfds_t i = 0; i < polled->count; i++)
            polled->fds[i].revents = 0;
}

/* Whatever was in the sockets meanwhile is of another time: all prove themselves again. */
static void peers_thaw(struct peers *peers, msec gap_ms)
{
    if (peers->first != NULL)
        log_warning("this process stood still for %lld ms: the links to other nodes begin anew",
                    (long long)gap_ms);
    for (struct link *link = peers->first; link != NULL; link = link->next)
        link_end(peers, link, NULL);
    book_forget(peers);
}

/* Returns whether the thread is to go on. */
static bool peers_look(struct peers *peers)
{
    uint64_t count;
    if (read(peers->wake, &count, sizeof(count)) < 0)
        count = 0;
    pthread_mutex_lock(&peers->lock);
    bool is_ending = peers->is_ending;
    bool has_news = peers->has_news;
    peers->has_news = false;
    pthread_mutex_unlock(&peers->lock);
    if (has_news || peers->turn_at - peers->beaten_at >= PEERS_BEAT_MS) {
        peers->beaten_at = peers->turn_at;
        peers_beat(peers);
    }
    return !is_ending;
}

static bool peers_turn(struct peers *peers)
{
    struct polled polled;
    peers_wait(peers, &polled);
    msec now = peers_now();
    msec gap_ms = now - peers->turn_at;
    peers->turn_at = now;
    if (gap_ms > PEERS_GONE_MS)
        peers_thaw(peers, gap_ms);
    for (nfds_t i = 2; i < polled.count; i++)
        link_run(peers, polled.links[i], polled.fds[i].revents);
    if ((polled.fds[1].revents & POLLIN) != 0)
        peers_accept(peers);
    for (size_t i = 0; i < peers->called_count; i++)
        called_tick(peers, &peers->called[i]);
    orders_run(peers);
    bool goes_on = peers_look(peers);
    peers_sweep(peers);
    book_look(peers, now);
    return goes_on;
}

static void *peers_main(void *context)
{
    struct peers *peers = context;
    while (peers_turn(peers))
        ;
    return NULL;
}

/* ---- the face ---- */

static void peers_free(struct peers *peers)
{
    size_t cursor = 0;
    struct asking *asking;
    for (struct link *link = peers->first; link != NULL; link = link->next)
        link->is_over = true;
    while ((asking = map_each(peers->asking, &cursor, NULL)) != NULL)
        free(asking);
    map_free(peers->asking);
    peers->asking = map_new();
    peers_sweep(peers);
    map_free(peers->asking);
    for (size_t i = 0; i < peers->called_count; i++)
        lookup_free(peers->called[i].lookup);
    struct order *order = orders_take(peers);
    while (order != NULL) {
        struct order *next = order->next;
        text_clear(&order->bytes);
        free(order);
        order = next;
    }
    if (peers->listener >= 0)
        close(peers->listener);
    if (peers->wake >= 0)
        close(peers->wake);
    pthread_mutex_destroy(&peers->lock);
    free(peers->name);
    free(peers->version);
    free(peers->secret);
    free(peers);
}

static bool peers_fill(struct peers *peers, struct fault *fault)
{
    char became[LISTEN_ADDRESS_SIZE];
    assert(peers->options.called_count <= PEERS_CALLED_MAX);
    for (size_t i = 0; i < peers->options.called_count; i++) {
        struct called *called = &peers->called[i];
        const char *address = peers->options.called[i];
        if (!host_parse(address, &called->host, fault))
            return false;
        snprintf(called->address, sizeof(called->address), "%s", address);
        called->looked_at = peers->turn_at - LOOK_MS;
        called->since_at = peers->turn_at;
        peers->called_count++;
    }
    peers->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (peers->wake < 0)
        return fault_set(fault, FAULT_SYSTEM, "no descriptor for the links to other nodes");
    return listen_tcp(peers->options.listen, &peers->listener, became, fault) ||
           fault_prefix(fault, "node.listen");
}

bool peers_open(const struct peers_options *options, struct peers **made, struct fault *fault)
{
    struct peers *peers = memory_new(1, sizeof(*peers));
    peers->options = *options;
    peers->name = string_copy(options->name);
    peers->version = string_copy(options->version);
    peers->secret = string_copy_span(options->secret);
    peers->asking = map_new();
    peers->queue_last = &peers->queue;
    peers->wake = -1;
    peers->listener = -1;
    peers->turn_at = peers_now();
    random_bytes(peers->instance, sizeof(peers->instance));
    pthread_mutex_init(&peers->lock, NULL);
    bool is_good = peers_fill(peers, fault);
    peers->options.listen = NULL;
    peers->options.called = NULL;
    if (is_good && pthread_create(&peers->thread, NULL, peers_main, peers) != 0)
        is_good = fault_set(fault, FAULT_SYSTEM, "cannot start the thread of the links");
    if (!is_good) {
        peers_free(peers);
        return false;
    }
    *made = peers;
    return true;
}

void peers_close(struct peers *peers)
{
    if (peers == NULL)
        return;
    pthread_mutex_lock(&peers->lock);
    peers->is_ending = true;
    pthread_mutex_unlock(&peers->lock);
    peers_wake(peers);
    pthread_join(peers->thread, NULL);
    peers_free(peers);
}

void peers_tell(struct peers *peers, const struct wire_beat *beat)
{
    pthread_mutex_lock(&peers->lock);
    const struct wire_beat *told = &peers->told;
    bool has_news = told->is_on_duty != beat->is_on_duty ||
                    told->sees_database != beat->sees_database || told->acts != beat->acts;
    peers->told = *beat;
    peers->has_news = peers->has_news || has_news;
    pthread_mutex_unlock(&peers->lock);
    if (has_news)
        peers_wake(peers);
}
