/* SPDX-License-Identifier: MIT */
#include "mail/receiver.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/listen.h"
#include "mail/visit.h"

#define DOORS_MAX (RECEIVER_LISTEN_MAX + 1)
#define EVENTS_MAX 64
#define SWEEP_MS SECOND_MS
#define ACCEPTS_MAX 32           /* of one turn */
#define REST_MS 100              /* when no descriptor is left */
#define CLOSE_MS (2 * SECOND_MS) /* for the last words to leave */

struct door {
    int fd;
    bool is_local;
    char address[LISTEN_ADDRESS_SIZE];
};

struct receiver {
    struct receiver_options options;
    char *host;
    char *socket_path;
    struct door doors[DOORS_MAX];
    size_t door_count;
    int epoll;
    int wake; /* eventfd: mails are given back, or it is time to end */
    pthread_t thread;
    bool is_started;
    atomic_bool is_ending;

    /* The thread's only. */
    struct visit *first; /* the newest */
    size_t visit_count;
    size_t waiting_count;
    size_t size;     /* of all mails being sent */
    bool is_resting; /* no descriptor was left: the doors are not looked at */
    msec swept_at;

    pthread_mutex_t lock; /* of the mails that were given back */
    struct delivery *finished;

    atomic_ullong mails[SMTP_VERDICT_COUNT];
    atomic_ullong refused;
    atomic_ullong connections;
    atomic_ullong shed;
    atomic_ullong expired;
};

static msec steady_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (msec)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

static void wake(struct receiver *receiver)
{
    uint64_t one = 1;
    ssize_t written = write(receiver->wake, &one, sizeof(one));
    (void)written; /* a full counter wakes as well */
}

void delivery_finish(struct delivery *delivery, enum smtp_verdict verdict)
{
    struct receiver *receiver = delivery->receiver;
    assert(verdict < SMTP_VERDICT_COUNT);
    atomic_fetch_add(&receiver->mails[verdict], 1);
    delivery->verdict = verdict;
    pthread_mutex_lock(&receiver->lock);
    delivery->next = receiver->finished;
    receiver->finished = delivery;
    /* Under the lock: the receiver must not end between the two. */
    wake(receiver);
    pthread_mutex_unlock(&receiver->lock);
}

/* ---- visits ---- */

static struct visit *visit_of(struct delivery *delivery)
{
    return (struct visit *)((char *)delivery - offsetof(struct visit, delivery));
}

/* Counts what it keeps; one that sends when there is no room left is let go. */
static void visit_weigh(struct receiver *receiver, struct visit *visit)
{
    size_t size = visit_size(visit);
    receiver->size = receiver->size - visit->counted_size + size;
    visit->counted_size = size;
    if (receiver->size <= RECEIVER_SIZE_MAX || visit->state != VISIT_TALKING ||
        !smtp_is_in_mail(visit->smtp))
        return;
    atomic_fetch_add(&receiver->shed, 1);
    visit_end(visit, "is sent too many mails at once", steady_now());
    visit->state = VISIT_GONE;
}

/* After each run: epoll is told what it waits for, and who is gone is let go. */
static void visit_settle(struct receiver *receiver, struct visit *visit, bool was_waiting)
{
    atomic_fetch_add(&receiver->refused, visit->refused_count);
    visit->refused_count = 0;
    receiver->waiting_count += visit->state == VISIT_WAITING;
    receiver->waiting_count -= was_waiting;
    visit_weigh(receiver, visit);
    if (visit->state == VISIT_GONE) {
        receiver->size -= visit->counted_size;
        if (visit->previous != NULL)
            visit->previous->next = visit->next;
        else
            receiver->first = visit->next;
        if (visit->next != NULL)
            visit->next->previous = visit->previous;
        receiver->visit_count--;
        visit_free(visit);
        return;
    }
    uint32_t events = visit_events(visit);
    struct epoll_event event = {.events = events, .data.ptr = visit};
    if (events == visit->events)
        return;
    /* A closed end is told by epoll all the time, asked or not: who waits is taken out. */
    int how = visit->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    visit->events = events;
    (void)epoll_ctl(receiver->epoll, how, visit->fd, &event);
}

static void visit_let_go(struct receiver *receiver, struct visit *visit, const char *why)
{
    visit_end(visit, why, steady_now());
    visit_settle(receiver, visit, visit->state == VISIT_WAITING);
}

/* The oldest that is not with the owner makes room, first of the same address. */
static void visits_make_room(struct receiver *receiver, const struct visit *newest)
{
    struct visit *oldest = NULL;
    struct visit *oldest_of_one = NULL;
    size_t count_of_one = 0;
    for (struct visit *visit = receiver->first; visit != NULL; visit = visit->next) {
        bool is_same = string_is(visit->peer.address, newest->peer.address);
        count_of_one += is_same;
        if (visit == newest || visit->state != VISIT_TALKING)
            continue;
        oldest = visit;
        oldest_of_one = is_same ? visit : oldest_of_one;
    }
    if (count_of_one > RECEIVER_CONNECTIONS_OF_ONE_MAX && oldest_of_one != NULL)
        oldest = oldest_of_one;
    else if (receiver->visit_count <= RECEIVER_CONNECTIONS_MAX)
        return;
    if (oldest == NULL)
        return;
    atomic_fetch_add(&receiver->shed, 1);
    visit_let_go(receiver, oldest, "has too many connections; try again");
}

static void visits_sweep(struct receiver *receiver, msec now)
{
    struct visit *next;
    receiver->swept_at = now;
    for (struct visit *visit = receiver->first; visit != NULL; visit = next) {
        next = visit->next;
        if (visit->deadline_at > now)
            continue;
        atomic_fetch_add(&receiver->expired, 1);
        if (visit->state == VISIT_LEAVING)
            visit->state = VISIT_GONE;
        visit_let_go(receiver, visit, "has waited long enough");
    }
}

/* ---- coming in ---- */

static void peer_identify(struct mail_peer *peer, int fd, bool is_local)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } address = {0};
    socklen_t size = sizeof(address);
    *peer = (struct mail_peer){.is_local = is_local};
    snprintf(peer->address, sizeof(peer->address), "local");
    if (is_local || getpeername(fd, &address.any, &size) != 0)
        return;
    const void *bytes = address.any.sa_family == AF_INET6 ? (const void *)&address.v6.sin6_addr
                                                          : &address.v4.sin_addr;
    (void)inet_ntop(address.any.sa_family, bytes, peer->address, sizeof(peer->address));
}

static void visit_begin(struct receiver *receiver, int fd, bool is_local)
{
    struct mail_peer peer;
    peer_identify(&peer, fd, is_local);
    struct visit *visit = visit_new(fd, &peer, &receiver->options, receiver, steady_now());
    atomic_fetch_add(&receiver->connections, 1);
    visit->next = receiver->first;
    if (visit->next != NULL)
        visit->next->previous = visit;
    receiver->first = visit;
    receiver->visit_count++;
    visits_make_room(receiver, visit);
    visit_settle(receiver, visit, false);
}

static void doors_watch(struct receiver *receiver, bool is_watched)
{
    receiver->is_resting = !is_watched;
    for (size_t i = 0; i < receiver->door_count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &receiver->doors[i]};
        (void)epoll_ctl(receiver->epoll, is_watched ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                        receiver->doors[i].fd, &event);
    }
}

static void door_run(struct receiver *receiver, const struct door *door)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd = accept4(door->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if ((errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) &&
                !receiver->is_resting)
                doors_watch(receiver, false);
            return;
        }
        visit_begin(receiver, fd, door->is_local);
    }
}

/* ---- the thread ---- */

static void finished_take(struct receiver *receiver)
{
    uint64_t count;
    ssize_t got = read(receiver->wake, &count, sizeof(count));
    (void)got;
    pthread_mutex_lock(&receiver->lock);
    struct delivery *delivery = receiver->finished;
    receiver->finished = NULL;
    pthread_mutex_unlock(&receiver->lock);
    while (delivery != NULL) {
        struct delivery *next = delivery->next;
        struct visit *visit = visit_of(delivery);
        visit_answered(visit, steady_now());
        visit_settle(receiver, visit, true);
        delivery = next;
    }
}

static bool is_door(const struct receiver *receiver, const void *pointer)
{
    const struct door *door = pointer;
    return door >= receiver->doors && door < receiver->doors + DOORS_MAX;
}

/* Visits first: accepting may let one go that is still in the list of events. */
static void events_run(struct receiver *receiver, const struct epoll_event *events, int count)
{
    for (int i = 0; i < count; i++) {
        void *pointer = events[i].data.ptr;
        if (pointer == receiver || is_door(receiver, pointer))
            continue;
        struct visit *visit = pointer;
        bool was_waiting = visit->state == VISIT_WAITING;
        visit_run(visit, events[i].events, steady_now());
        visit_settle(receiver, visit, was_waiting);
    }
    for (int i = 0; i < count; i++) {
        if (is_door(receiver, events[i].data.ptr) && !atomic_load(&receiver->is_ending))
            door_run(receiver, events[i].data.ptr);
    }
}

/* Everybody is told to come again; who is with the owner is waited for. */
static bool receiver_is_over(struct receiver *receiver, msec *until_at)
{
    struct visit *next;
    if (*until_at == 0) {
        *until_at = steady_now() + CLOSE_MS;
        if (!receiver->is_resting)
            doors_watch(receiver, false);
    }
    for (struct visit *visit = receiver->first; visit != NULL; visit = next) {
        next = visit->next;
        visit_let_go(receiver, visit, "is closing");
    }
    return receiver->waiting_count == 0 && (receiver->visit_count == 0 || steady_now() > *until_at);
}

static void *receiver_main(void *context)
{
    struct receiver *receiver = context;
    msec until_at = 0;
    for (;;) {
        struct epoll_event events[EVENTS_MAX];
        int wait_ms = receiver->is_resting || until_at != 0 ? REST_MS : (int)SWEEP_MS;
        int count = epoll_wait(receiver->epoll, events, EVENTS_MAX, wait_ms);
        if (count < 0 && errno != EINTR)
            abort();
        events_run(receiver, events, count);
        finished_take(receiver);
        msec now = steady_now();
        if (now - receiver->swept_at >= SWEEP_MS)
            visits_sweep(receiver, now);
        if (atomic_load(&receiver->is_ending)) {
            if (receiver_is_over(receiver, &until_at))
                return NULL;
        } else if (receiver->is_resting) {
            doors_watch(receiver, true);
        }
    }
}

/* ---- opening and closing ---- */

static bool doors_open(struct receiver *receiver, struct fault *fault)
{
    const struct receiver_options *options = &receiver->options;
    for (size_t i = 0; i < options->listen_count; i++) {
        struct door *door = &receiver->doors[i];
        if (!listen_tcp(options->listen[i], &door->fd, door->address, fault))
            return false;
        receiver->door_count++;
    }
    if (options->socket_path == NULL)
        return true;
    struct door *door = &receiver->doors[receiver->door_count];
    if (!listen_local(options->socket_path, &door->fd, fault))
        return false;
    door->is_local = true;
    receiver->socket_path = string_copy(options->socket_path);
    receiver->door_count++;
    return true;
}

bool receiver_open(const struct receiver_options *options, struct receiver **ret_receiver,
                   struct fault *fault)
{
    assert(options->recipient && options->submit);
    assert(options->listen_count <= RECEIVER_LISTEN_MAX);
    struct receiver *receiver = memory_new(1, sizeof(*receiver));
    receiver->options = *options;
    receiver->host = string_copy(options->host);
    receiver->options.host = receiver->host;
    receiver->epoll = epoll_create1(EPOLL_CLOEXEC);
    receiver->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&receiver->lock, NULL);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = receiver};
    bool is_open = receiver->epoll >= 0 && receiver->wake >= 0 &&
                           epoll_ctl(receiver->epoll, EPOLL_CTL_ADD, receiver->wake, &event) == 0
                       ? doors_open(receiver, fault)
                       : fault_set(fault, FAULT_SYSTEM, "cannot make the mail descriptors");
    if (is_open) {
        doors_watch(receiver, true);
        errno = pthread_create(&receiver->thread, NULL, receiver_main, receiver);
        receiver->is_started = errno == 0;
        is_open = receiver->is_started ||
                  fault_set(fault, FAULT_SYSTEM, "cannot start the thread for mail");
    }
    if (!is_open) {
        receiver_close(receiver);
        return false;
    }
    *ret_receiver = receiver;
    return true;
}

void receiver_close(struct receiver *receiver)
{
    if (receiver == NULL)
        return;
    if (receiver->is_started) {
        atomic_store(&receiver->is_ending, true);
        wake(receiver);
        pthread_join(receiver->thread, NULL);
    }
    while (receiver->first != NULL) {
        struct visit *visit = receiver->first;
        receiver->first = visit->next;
        visit_free(visit);
    }
    for (size_t i = 0; i < receiver->door_count; i++)
        close(receiver->doors[i].fd);
    if (receiver->socket_path != NULL)
        unlink(receiver->socket_path);
    if (receiver->epoll >= 0)
        close(receiver->epoll);
    if (receiver->wake >= 0)
        close(receiver->wake);
    /* Whoever finished the last mail may still hold it. */
    pthread_mutex_lock(&receiver->lock);
    pthread_mutex_unlock(&receiver->lock);
    pthread_mutex_destroy(&receiver->lock);
    free(receiver->socket_path);
    free(receiver->host);
    free(receiver);
}

const char *receiver_address(const struct receiver *receiver, size_t i)
{
    assert(i < receiver->options.listen_count);
    return receiver->doors[i].address;
}

struct receiver_counts receiver_counts(const struct receiver *receiver)
{
    struct receiver_counts counts = {.refused = atomic_load(&receiver->refused),
                                     .connections = atomic_load(&receiver->connections),
                                     .shed = atomic_load(&receiver->shed),
                                     .expired = atomic_load(&receiver->expired)};
    for (int i = 0; i < SMTP_VERDICT_COUNT; i++)
        counts.mails[i] = atomic_load(&receiver->mails[i]);
    return counts;
}
