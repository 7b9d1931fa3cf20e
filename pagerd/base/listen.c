/* SPDX-License-Identifier: MIT */
#include "base/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/span.h"
#include "base/text.h"

#define BACKLOG 4096 /* who finds no place in it is heard again only after seconds */
#define SOCKET_MODE 0660

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

static bool port_parse(const char *text, in_port_t *port)
{
    unsigned long value = 0;
    size_t size = strlen(text);
    if (size == 0 || size > 5 || strspn(text, "0123456789") != size)
        return false;
    value = strtoul(text, NULL, 10);
    *port = htons((uint16_t)value);
    return value <= UINT16_MAX;
}

static bool address_parse(const char *text, union address *address, socklen_t *size,
                          struct fault *fault)
{
    char host[64];
    const char *colon = strrchr(text, ':');
    in_port_t port = 0;
    if (!colon || !port_parse(colon + 1, &port) || (size_t)(colon - text) >= sizeof(host))
        return fault_set(fault, FAULT_INPUT,
                         "cannot listen on \"%s\": it is not like 127.0.0.1:8440", text);

    memset(address, 0, sizeof(*address));
    bool is_bracketed = text[0] == '[' && colon > text + 1 && colon[-1] == ']';
    size_t length = (size_t)(colon - text) - (is_bracketed ? 2 : 0);
    memcpy(host, text + (is_bracketed ? 1 : 0), length);
    host[length] = '\0';
    if (is_bracketed && inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = port;
        *size = sizeof(address->v6);
        return true;
    }
    bool is_any = length == 0 || string_is(host, "*");
    if (!is_bracketed &&
        inet_pton(AF_INET, is_any ? "0.0.0.0" : host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = port;
        *size = sizeof(address->v4);
        return true;
    }
    return fault_set(fault, FAULT_INPUT, "cannot listen on \"%s\": \"%s\" is not an IP address",
                     text, host);
}

static bool address_render(int fd, char became[LISTEN_ADDRESS_SIZE])
{
    union address address;
    socklen_t size = sizeof(address);
    char host[INET6_ADDRSTRLEN];
    if (getsockname(fd, &address.any, &size) != 0)
        return false;
    bool is_v6 = address.any.sa_family == AF_INET6;
    const void *bytes = is_v6 ? (const void *)&address.v6.sin6_addr : &address.v4.sin_addr;
    unsigned port = ntohs(is_v6 ? address.v6.sin6_port : address.v4.sin_port);
    if (!inet_ntop(address.any.sa_family, bytes, host, sizeof(host)))
        return false;
    snprintf(became, LISTEN_ADDRESS_SIZE, is_v6 ? "[%s]:%u" : "%s:%u", host, port);
    return true;
}

static bool listen_fault(int fd, const char *where, struct fault *fault)
{
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return fault_set(fault, FAULT_SYSTEM, "cannot listen on %s", where);
}

bool listen_tcp(const char *text, int *ret_socket, char became[LISTEN_ADDRESS_SIZE],
                struct fault *fault)
{
    union address address;
    socklen_t size = 0;
    int on = 1;
    if (!address_parse(text, &address, &size, fault))
        return false;

    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, &address.any, size) != 0 || listen(fd, BACKLOG) != 0 ||
        !address_render(fd, became))
        return listen_fault(fd, text, fault);

    *ret_socket = fd;
    return true;
}

/* Somebody answers there: another pagerd runs with this socket. */
static bool is_served(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool is_up = connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
                 errno == EAGAIN || errno == EINPROGRESS;
    close(fd);
    return is_up;
}

bool listen_local(const char *path, int *ret_socket, struct fault *fault)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path))
        return fault_set(fault, FAULT_INPUT, "the path of the socket is over %zu bytes: %s",
                         sizeof(address.sun_path) - 1, path);
    strcpy(address.sun_path, path);

    struct stat status;
    if (lstat(path, &status) == 0) {
        if (!S_ISSOCK(status.st_mode))
            return fault_set(fault, FAULT_CONFLICT, "%s is there and is not a socket", path);
        if (is_served(&address))
            return fault_set(fault, FAULT_CONFLICT, "another pagerd listens on %s", path);
        if (unlink(path) != 0)
            return listen_fault(-1, path, fault);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* Nobody can connect before listen(), so that the mode holds from the first moment. */
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        chmod(path, SOCKET_MODE) != 0 || listen(fd, BACKLOG) != 0)
        return listen_fault(fd, path, fault);

    *ret_socket = fd;
    return true;
}
