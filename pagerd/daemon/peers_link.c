/* SPDX-License-Identifier: MIT */
/* peers_link.c - one connection between two nodes, from its first byte to its last; peers_parts.h
 */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "daemon/peers_parts.h"

#define READ_SIZE 65536
#define READS_MAX 16 /* of one link in one turn, so that the others have theirs */
#define ACCEPTS_MAX 32
#define REST_MS 100
#define BLAME_MS MINUTE_MS   /* between two lines about strangers */
#define USER_TIMEOUT_MS 2000 /* for bytes that nobody confirms (tcp(7)) */

static void socket_settle(int fd)
{
    int on = 1;
    unsigned timeout_ms = USER_TIMEOUT_MS;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof(timeout_ms));
}

static void address_render(const struct sockaddr_storage *address, char text[LISTEN_ADDRESS_SIZE])
{
    char host[INET6_ADDRSTRLEN] = "?";
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    bool is_v6 = address->ss_family == AF_INET6;
    memcpy(&v4, address, sizeof(v4));
    memcpy(&v6, address, sizeof(v6));
    const void *bytes = is_v6 ? (const void *)&v6.sin6_addr : &v4.sin_addr;
    (void)inet_ntop(address->ss_family, bytes, host, sizeof(host));
    snprintf(text, LISTEN_ADDRESS_SIZE, is_v6 ? "[%s]:%u" : "%s:%u", host,
             (unsigned)ntohs(is_v6 ? v6.sin6_port : v4.sin_port));
}

static struct link *link_new(struct peers *peers, int fd, struct called *called,
                             const struct sockaddr_storage *address)
{
    unsigned char nonce[WIRE_NONCE_SIZE];
    struct link *link = memory_new(1, sizeof(*link));
    link->number = ++peers->last_link;
    link->fd = fd;
    link->called = called;
    link->began_at = peers->turn_at;
    link->heard_at = peers->turn_at;
    address_render(address, link->address);
    random_bytes(nonce, sizeof(nonce));
    wire_init(&link->wire, span_of(peers->secret), called != NULL, nonce);
    link->next = peers->first;
    peers->first = link;
    peers->link_count++;
    socket_settle(fd);
    return link;
}

static void link_greet(struct peers *peers, struct link *link)
{
    struct wire_frame frame = {.kind = WIRE_HELLO};
    snprintf(frame.hello.name, sizeof(frame.hello.name), "%s", peers->name);
    snprintf(frame.hello.version, sizeof(frame.hello.version), "%s", peers->version);
    memcpy(frame.hello.instance, peers->instance, sizeof(frame.hello.instance));
    link_add(peers, link, &frame);
}

static void link_beat(struct peers *peers, struct link *link)
{
    pthread_mutex_lock(&peers->lock);
    struct wire_frame frame = {.kind = WIRE_BEAT, .beat = peers->told};
    pthread_mutex_unlock(&peers->lock);
    frame.beat.count = ++peers->beat_count;
    link_add(peers, link, &frame);
}

struct link *link_call(struct peers *peers, struct called *called, struct fault *fault)
{
    const struct lookup_address *to = &called->found[called->next++ % called->found_count];
    struct sockaddr_storage address = to->address;
    int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        fault_set(fault, FAULT_SYSTEM, "there is no socket");
        return NULL;
    }
    bool is_there = connect(fd, (const struct sockaddr *)&address, to->size) == 0;
    if (!is_there && errno != EINPROGRESS) {
        fault_set(fault, FAULT_SYSTEM, "cannot connect");
        close(fd);
        return NULL;
    }
    struct link *link = link_new(peers, fd, called, &address);
    link->is_connecting = true;
    return link;
}

/* The oldest of those who have not proved anything makes room. */
static void strangers_make_room(struct peers *peers)
{
    struct link *oldest = NULL;
    size_t count = 0;
    for (struct link *link = peers->first; link != NULL; link = link->next) {
        if (link->called != NULL || link->is_up || link->is_over)
            continue;
        count++;
        oldest = link;
    }
    if (count > PEERS_STRANGERS_MAX)
        link_end(peers, oldest, "too many call at once");
}

void peers_accept(struct peers *peers)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
        socklen_t size = sizeof(address);
        int fd = accept4(peers->listener, (struct sockaddr *)&address, &size,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
                peers->rests_until_at = peers->turn_at + REST_MS;
            return;
        }
        struct link *link = link_new(peers, fd, NULL, &address);
        strangers_make_room(peers);
        if (peers->link_count > PEERS_LINKS_MAX)
            link_end(peers, link, "too many are linked");
        peers_sweep(peers);
    }
}

short link_events(const struct link *link)
{
    if (link->is_connecting)
        return POLLOUT;
    return link->out.size > link->out_at ? POLLIN | POLLOUT : POLLIN;
}

void link_add(struct peers *peers, struct link *link, const struct wire_frame *frame)
{
    size_t before = link->out.size;
    if (link->is_over)
        return;
    wire_add(&link->wire, frame, &link->out);
    pthread_mutex_lock(&peers->lock);
    peers->queue_size += link->out.size - before;
    pthread_mutex_unlock(&peers->lock);
}

/* Strangers are many and of no interest: one line a minute is enough. This node itself is none. */
static void stranger_blame(struct peers *peers, const struct link *link, const char *why)
{
    if (memcmp(link->hello.instance, peers->instance, WIRE_NONCE_SIZE) == 0)
        return;
    peers->strangers_blamed++;
    if (peers->blamed_at != 0 && peers->turn_at - peers->blamed_at < BLAME_MS)
        return;
    log_warning("who called from %s is no node of ours: %s (%u since the last such line; "
                "node.secret is the same on all nodes)",
                link->address, why, peers->strangers_blamed);
    peers->blamed_at = peers->turn_at;
    peers->strangers_blamed = 0;
}

void called_blame(struct called *called, pthread_mutex_t *lock, const char *why)
{
    char problem[PEERS_PROBLEM_SIZE];
    snprintf(problem, sizeof(problem), "%s", why);
    pthread_mutex_lock(lock);
    bool is_news = !string_is(called->problem, problem);
    memcpy(called->problem, problem, sizeof(problem));
    pthread_mutex_unlock(lock);
    if (is_news)
        log_warning("no link to %s: %s", called->address, problem);
}

void link_end(struct peers *peers, struct link *link, const char *why)
{
    if (link->is_over)
        return;
    link->is_over = true;
    if (why != NULL && link->called != NULL)
        called_blame(link->called, &peers->lock, why);
    else if (why != NULL && !link->is_up)
        stranger_blame(peers, link, why);
}

void peers_sweep(struct peers *peers)
{
    struct link **place = &peers->first;
    while (*place != NULL) {
        struct link *link = *place;
        if (!link->is_over) {
            place = &link->next;
            continue;
        }
        *place = link->next;
        peers->link_count--;
        if (link->called != NULL) {
            link->called->link = NULL;
            link->called->call_at = peers->turn_at + PEERS_CALL_MS;
        }
        book_leave(peers, link);
        pthread_mutex_lock(&peers->lock);
        peers->queue_size -= link->out.size;
        pthread_mutex_unlock(&peers->lock);
        close(link->fd);
        text_clear(&link->in);
        text_clear(&link->out);
        free(link);
    }
}

/* ---- bytes ---- */

/* What is sent makes room for what is not, when that is the smaller part. */
static void out_shift(struct peers *peers, struct link *link)
{
    size_t left = link->out.size - link->out_at;
    if (link->out_at == 0 || link->out_at < left)
        return;
    memmove(link->out.bytes, link->out.bytes + link->out_at, left);
    link->out.bytes[left] = '\0';
    link->out.size = left;
    pthread_mutex_lock(&peers->lock);
    peers->queue_size -= link->out_at;
    pthread_mutex_unlock(&peers->lock);
    link->out_at = 0;
}

void link_flush(struct peers *peers, struct link *link)
{
    while (link->out_at < link->out.size) {
        ssize_t sent = send(link->fd, link->out.bytes + link->out_at, link->out.size - link->out_at,
                            MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (sent <= 0) {
            link_end(peers, link, strerror(errno));
            return;
        }
        link->out_at += (size_t)sent;
    }
    out_shift(peers, link);
}

static void link_prove(struct peers *peers, struct link *link)
{
    const char *why = NULL;
    if (!book_greet(peers, link, &why)) {
        link_end(peers, link, why);
        return;
    }
    link->is_up = true;
    log_info("linked with node %s %s %s, version %s", link->hello.name,
             link->called != NULL ? "at" : "from", link->address, link->hello.version);
}

static void link_take(struct peers *peers, struct link *link, const struct wire_frame *frame)
{
    link->heard_at = peers->turn_at;
    if (frame->kind == WIRE_HELLO) {
        link->hello = frame->hello;
        if (link->called == NULL)
            link_greet(peers, link);
        link_beat(peers, link);
        return;
    }
    if (!link->is_up)
        link_prove(peers, link);
    if (!link->is_over)
        book_take(peers, link, frame);
}

/* Takes all whole frames that have come. */
static void link_parse(struct peers *peers, struct link *link)
{
    CLEANUP(text_clear) struct text plain = {0};
    struct span rest = text_span(&link->in);
    struct wire_frame frame;
    struct fault fault = {0};
    while (!link->is_over) {
        enum wire_step step = wire_take(&link->wire, &rest, &plain, &frame, &fault);
        if (step == WIRE_BROKEN)
            link_end(peers, link, fault.text);
        if (step != WIRE_TAKEN)
            break;
        link_take(peers, link, &frame);
    }
    if (rest.size > 0 && rest.bytes != link->in.bytes)
        memmove(link->in.bytes, rest.bytes, rest.size);
    if (link->in.bytes != NULL)
        link->in.bytes[rest.size] = '\0';
    link->in.size = rest.size;
}

static void link_read(struct peers *peers, struct link *link)
{
    static const char closed[] = "the other end has closed the connection";
    static const char refused[] =
        "the other end does not take this node for one of its own: node.secret is the same on all";
    char bytes[READ_SIZE];
    for (int i = 0; i < READS_MAX && !link->is_over; i++) {
        ssize_t got = recv(link->fd, bytes, sizeof(bytes), 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            link_end(peers, link,
                     got < 0                  ? strerror(errno)
                     : link->wire.has_greeted ? closed
                                              : refused);
            return;
        }
        text_add_bytes(&link->in, bytes, (size_t)got);
        link_parse(peers, link);
    }
}

static void link_connected(struct peers *peers, struct link *link)
{
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(link->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error != 0) {
        link_end(peers, link, strerror(error));
        return;
    }
    link->is_connecting = false;
    link_greet(peers, link);
}

void link_run(struct peers *peers, struct link *link, short events)
{
    if (link->is_over)
        return;
    if (link->is_connecting && events != 0)
        link_connected(peers, link);
    else if ((events & (POLLIN | POLLHUP | POLLERR)) != 0)
        link_read(peers, link);
    if (!link->is_over && !link->is_connecting)
        link_flush(peers, link);
    msec now = peers->turn_at;
    if (!link->is_up && now - link->began_at > PEERS_GREET_MS)
        link_end(peers, link,
                 link->is_connecting ? "nobody answers there" : "it says nothing for too long");
    else if (now - link->heard_at > PEERS_LEFT_MS)
        link_end(peers, link, "it has fallen silent");
}

void peers_beat(struct peers *peers)
{
    for (struct link *link = peers->first; link != NULL; link = link->next) {
        if (!link->is_up || link->is_over)
            continue;
        link_beat(peers, link);
        link_flush(peers, link);
    }
}
