/* SPDX-License-Identifier: MIT */
#include "http/link.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/text.h"

static void peer_name(const struct sockaddr *address, struct peer *peer)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
        inet_ntop(AF_INET, &v4->sin_addr, peer->address, sizeof(peer->address));
    } else if (address->sa_family == AF_INET6) {
        /* Whoever has one IPv6 address has its whole /64. */
        struct in6_addr network = ((const struct sockaddr_in6 *)address)->sin6_addr;
        memset(network.s6_addr + 8, 0, 8);
        inet_ntop(AF_INET6, &network, peer->address, sizeof(peer->address));
    }
}

static void peer_identify(struct peer *peer, int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    struct ucred credentials;
    socklen_t credentials_size = sizeof(credentials);
    if (getsockname(fd, (struct sockaddr *)&address, &size) == 0 && address.ss_family == AF_UNIX &&
        getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &credentials_size) == 0) {
        peer->is_local = true;
        peer->uid = credentials.uid;
        snprintf(peer->address, sizeof(peer->address), "uid %u", credentials.uid);
        return;
    }
    size = sizeof(address);
    if (getpeername(fd, (struct sockaddr *)&address, &size) == 0)
        peer_name((struct sockaddr *)&address, peer);
}

msec steady_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (msec)now.tv_sec * SECOND_MS + now.tv_nsec / 1000000;
}

/* Reset when it closes: what a client does not read must not stay with the kernel instead. */
static void link_end(struct link *link)
{
    struct linger none = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(link->socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    shutdown(link->socket, SHUT_RDWR);
    link->deadline_at = MSEC_NEVER;
}

/* A quarter of `max` is kept free: what is told to end has not ended yet. */
static struct links_limits limits_of(rlim_t max, bool is_local)
{
    unsigned most = max < SERVER_CONNECTIONS_MAX ? (unsigned)max : SERVER_CONNECTIONS_MAX;
    most = most < 8 ? 8 : most;
    unsigned of_one = is_local ? most : most / 2;
    return (struct links_limits){.share = most < 16 ? 1 : most / 16,
                                 .max = most,
                                 .max_of_one = of_one,
                                 .many = most / 4 * 3,
                                 .many_of_one = of_one / 4 * 3};
}

void links_init(struct links *links, rlim_t file_max)
{
    rlim_t kept = file_max / 4 < LINKS_FILES_KEPT ? file_max / 4 : LINKS_FILES_KEPT;
    rlim_t local = (file_max - kept) / 8;
    links->limits[false] = limits_of(file_max - kept - local, false);
    links->limits[true] = limits_of(local, true);
}

unsigned links_share(const struct links *links, bool is_local)
{
    const struct links_limits *limits = &links->limits[is_local];
    size_t count = links->count[is_local];
    size_t room = count < limits->max ? limits->max - count : 0;
    return room < limits->share ? (unsigned)room : limits->share;
}

/* Who makes room for `newest`, which is the first of the list; NULL: there is enough. The oldest,
 * whatever it does: those that wait for their client may all be as new as this one. */
static struct link *link_choose(const struct links *links, const struct link *newest)
{
    bool is_local = newest->peer.is_local;
    const struct links_limits *limits = &links->limits[is_local];
    struct link *oldest = NULL;
    struct link *oldest_of_one = NULL;
    size_t count = 1;
    size_t count_of_one = 1;
    for (struct link *link = newest->next; link; link = link->next) {
        if (link->peer.is_local != is_local || link->is_leaving)
            continue;
        bool is_same = string_is(link->peer.address, newest->peer.address);
        oldest = link;
        oldest_of_one = is_same ? link : oldest_of_one;
        count++;
        count_of_one += is_same;
    }
    if (count_of_one > limits->many_of_one)
        return oldest_of_one;
    return count > limits->many ? oldest : NULL;
}

static void link_shed(struct links *links, struct link *link)
{
    if (!link->is_shed)
        atomic_fetch_add(&links->shed, 1);
    link->is_shed = true;
    link->is_leaving = true;
    if (link->deadline_at != MSEC_NEVER)
        link_end(link);
}

/* Two for one at most, for a client that does not take its last answer is shed a second time. */
static void links_make_room(struct links *links, const struct link *newest)
{
    bool is_local = newest->peer.is_local;
    if (links->count[is_local] <= links->limits[is_local].many_of_one)
        return;
    for (int i = 0; i < 2; i++) {
        struct link *link = link_choose(links, newest);
        if (!link)
            return;
        link_shed(links, link);
    }
}

bool link_answered(struct link *link, msec deadline_at)
{
    link->deadline_at = deadline_at;
    link->is_leaving = false;
    return link->is_shed;
}

void links_changed(void *context, struct MHD_Connection *connection, void **slot,
                   enum MHD_ConnectionNotificationCode code)
{
    struct links *links = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        struct link *link = memory_new(1, sizeof(*link));
        link->socket = info->connect_fd;
        link->deadline_at = steady_now() + LINK_HEADERS_MS;
        peer_identify(&link->peer, link->socket);
        link->next = links->first;
        if (link->next)
            link->next->previous = link;
        links->first = link;
        links->count[link->peer.is_local]++;
        *slot = link;
        links_make_room(links, link);
        return;
    }
    struct link *link = *slot;
    if (!link)
        return;
    if (link->previous)
        link->previous->next = link->next;
    else
        links->first = link->next;
    if (link->next)
        link->next->previous = link->previous;
    links->count[link->peer.is_local]--;
    free(link);
    *slot = NULL;
}

void links_sweep(struct links *links, msec now)
{
    if (now - links->swept_at < LINKS_SWEEP_MS)
        return;
    links->swept_at = now;
    for (struct link *link = links->first; link; link = link->next) {
        if (link->deadline_at > now)
            continue;
        atomic_fetch_add(&links->expired, 1);
        link_end(link);
    }
}
