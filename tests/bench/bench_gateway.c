/* SPDX-License-Identifier: MIT */
/*
 * bench_gateway.c - where pages arrive: notes which alert came when, and says 200. An alert is
 * known by "host-" and eight digits in what is sent.
 *
 * bench_gateway PORT FILE        a server; a line "NUMBER NANOSECONDS" for each request, at once
 * bench_gateway --note FILE TEXT a command; one such line, for the moment in which it was started
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define IN_SIZE 65536
#define MARK "host-"
#define DIGITS 8
#define ANSWER "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

struct visitor {
    int socket;
    size_t size;
    char in[IN_SIZE + 1];
};

static int file;

static int64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

/* The first number in the text, or UINT64_MAX. */
static uint64_t number_find(const char *text)
{
    for (const char *at = strstr(text, MARK); at; at = strstr(at + 1, MARK)) {
        const char *digits = at + strlen(MARK);
        if (strspn(digits, "0123456789") == DIGITS)
            return strtoull(digits, NULL, 10);
    }
    return UINT64_MAX;
}

static void note(const char *text, int64_t at)
{
    char line[64];
    uint64_t number = number_find(text);
    int size = number == UINT64_MAX
                   ? snprintf(line, sizeof(line), "none %" PRId64 "\n", at)
                   : snprintf(line, sizeof(line), "%" PRIu64 " %" PRId64 "\n", number, at);
    if (write(file, line, (size_t)size) != size)
        abort();
}

/* How long the first request in the buffer is, or 0 while it is not whole. */
static size_t request_size(struct visitor *visitor)
{
    visitor->in[visitor->size] = 0;
    char *end = memmem(visitor->in, visitor->size, "\r\n\r\n", 4);
    if (!end)
        return 0;
    size_t head = (size_t)(end + 4 - visitor->in), body = 0;
    for (char *line = strstr(visitor->in, "\r\n"); line < end; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, "content-length:", 15) == 0)
            body = strtoull(line + 15, NULL, 10);
    }
    return head + body <= visitor->size ? head + body : 0;
}

static void visitor_end(struct visitor *visitor)
{
    close(visitor->socket);
    free(visitor);
}

/* Reads what is there; false when the visitor is gone. */
static bool visitor_read(struct visitor *visitor)
{
    ssize_t got =
        recv(visitor->socket, visitor->in + visitor->size, IN_SIZE - visitor->size, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (got <= 0)
        return false;
    int64_t at = now_ns();
    visitor->size += (size_t)got;
    for (size_t size = request_size(visitor); size > 0; size = request_size(visitor)) {
        char after = visitor->in[size];
        visitor->in[size] = 0;
        note(visitor->in, at);
        visitor->in[size] = after;
        if (send(visitor->socket, ANSWER, strlen(ANSWER), MSG_NOSIGNAL) < 0)
            return false;
        visitor->size -= size;
        memmove(visitor->in, visitor->in + size, visitor->size);
    }
    return visitor->size < IN_SIZE;
}

static int listen_at(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (door < 0 || bind(door, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(door, 4096) != 0) {
        perror("listen");
        exit(1);
    }
    return door;
}

static void visitor_admit(int epoll, int door)
{
    int one = 1;
    int guest = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    if (guest < 0)
        return;
    setsockopt(guest, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    struct visitor *visitor = malloc(sizeof(*visitor));
    if (!visitor)
        abort();
    visitor->socket = guest;
    visitor->size = 0;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = visitor};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, guest, &event) != 0)
        abort();
}

static void serve(int port)
{
    int door = listen_at(port);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event first = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, door, &first) != 0)
        abort();
    while (true) {
        struct epoll_event events[256];
        int count = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            struct visitor *visitor = events[i].data.ptr;
            if (!visitor)
                visitor_admit(epoll, door);
            else if (!visitor_read(visitor))
                visitor_end(visitor);
        }
    }
}

int main(int argc, char **argv)
{
    int64_t at = now_ns();
    bool is_note = argc == 4 && strcmp(argv[1], "--note") == 0;
    if (argc != 3 && !is_note) {
        fprintf(stderr, "usage: bench_gateway PORT FILE, or bench_gateway --note FILE TEXT\n");
        return 2;
    }
    file = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        perror(argv[2]);
        return 1;
    }
    if (is_note)
        note(argv[3], at);
    else
        serve(atoi(argv[1]));
    return 0;
}
