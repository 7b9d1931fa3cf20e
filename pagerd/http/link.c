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

static void link_end(struct link *link)
{
    shutdown(link->socket, SHUT_RDWR);
    link->deadline_at = MSEC_NEVER;
}

/* Makes room for `newest`, which is the first of the list. What is with the inbox stays. */
static void links_make_room(struct links *links, const struct link *newest)
{
    struct link *oldest = NULL;
    struct link *oldest_of_one = NULL;
    size_t count_of_one = 0;
    if (newest->peer.is_local || links->count <= LINKS_MANY_OF_ONE)
        return;
    for (struct link *link = newest->next; link; link = link->next) {
        bool is_same = string_is(link->peer.address, newest->peer.address);
        count_of_one += is_same;
        if (link->peer.is_local || link->deadline_at == MSEC_NEVER)
            continue;
        oldest = link;
        oldest_of_one = is_same ? link : oldest_of_one;
    }
    if (count_of_one >= LINKS_MANY_OF_ONE && oldest_of_one)
        link_end(oldest_of_one);
    else if (links->count > LINKS_MANY && oldest)
        link_end(oldest);
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
        links->count++;
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
    links->count--;
    free(link);
    *slot = NULL;
}

void links_sweep(struct links *links, msec now)
{
    if (now - links->swept_at < LINKS_SWEEP_MS)
        return;
    links->swept_at = now;
    for (struct link *link = links->first; link; link = link->next) {
        if (link->deadline_at <= now)
            link_end(link);
    }
}
