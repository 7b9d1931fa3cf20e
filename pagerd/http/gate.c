/* SPDX-License-Identifier: MIT */
#include "http/gate.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "http/link.h"

#define REST_MS 20

/* Errors of one connection, which was gone before it was taken, or of its network: accept(2). */
static bool is_passing(int error)
{
    static const int passing[] = {ECONNABORTED, EINTR,       EPERM,      EPROTO,
                                  ENETDOWN,     ENOPROTOOPT, EHOSTDOWN,  ENONET,
                                  EHOSTUNREACH, EOPNOTSUPP,  ENETUNREACH};
    for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
        if (passing[i] == error)
            return true;
    }
    return false;
}

int gate_admit(int socket, struct MHD_Daemon *daemon, const struct links *links, bool is_local)
{
    assert(socket >= 0);
    assert(daemon);

    unsigned share = links_share(links, is_local);
    for (unsigned taken = 0; taken < share; taken++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof(address);
        int fd = accept4(socket, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return LINKS_SWEEP_MS;
        if (fd < 0 && !is_passing(errno))
            return REST_MS;
        if (fd >= 0)
            (void)MHD_add_connection(daemon, fd, (struct sockaddr *)&address, size);
    }
    return share > 0 ? 0 : REST_MS;
}
