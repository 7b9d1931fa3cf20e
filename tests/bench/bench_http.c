/* SPDX-License-Identifier: MIT */
/*
 * bench_http.c - what the HTTP library can do at best: a bare server, driven as pagerd drives its
 * own (one thread, external epoll). It keeps the body of each request, looks at nothing, and
 * answers 202 at once, from the library's callback.
 *
 * bench_http PORT, until SIGTERM.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <microhttpd.h>

#define MEMORY_SIZE ((size_t)16 * 1024) /* of a connection, as pagerd has it */
#define EMPTY "{\"status\":\"success\"}"

/* One request. */
struct exchange {
    char *body;
    size_t size;
};

static enum MHD_Result answer(struct MHD_Connection *connection)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(EMPTY), (void *)EMPTY, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, 202, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *bytes,
                              size_t *size, void **slot)
{
    (void)context, (void)path, (void)method, (void)version;
    struct exchange *exchange = *slot;
    if (!exchange) {
        *slot = calloc(1, sizeof(*exchange));
        return *slot ? MHD_YES : MHD_NO;
    }
    if (*size == 0)
        return answer(connection);
    exchange->body = realloc(exchange->body, exchange->size + *size);
    if (!exchange->body)
        abort();
    memcpy(exchange->body + exchange->size, bytes, *size);
    exchange->size += *size;
    *size = 0;
    return MHD_YES;
}

static void completed(void *context, struct MHD_Connection *connection, void **slot,
                      enum MHD_RequestTerminationCode why)
{
    (void)context, (void)connection, (void)why;
    struct exchange *exchange = *slot;
    if (exchange)
        free(exchange->body);
    free(exchange);
    *slot = NULL;
}

int main(int argc, char **argv)
{
    struct MHD_Daemon *daemon =
        argc == 2 ? MHD_start_daemon(MHD_USE_EPOLL, (uint16_t)atoi(argv[1]), NULL, NULL, handle,
                                     NULL, MHD_OPTION_CONNECTION_LIMIT, 4096U,
                                     MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_SIZE,
                                     MHD_OPTION_NOTIFY_COMPLETED, completed, NULL, MHD_OPTION_END)
                  : NULL;
    if (!daemon) {
        fprintf(stderr, "usage: bench_http PORT, which must be free\n");
        return 2;
    }
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    int own = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, own, &event) != 0)
        return 1;
    while (true) {
        MHD_UNSIGNED_LONG_LONG timeout;
        int wait = 1000;
        if (MHD_get_timeout(daemon, &timeout) == MHD_YES && timeout < 1000)
            wait = (int)timeout;
        (void)epoll_wait(epoll, &event, 1, wait);
        (void)MHD_run(daemon);
    }
}
