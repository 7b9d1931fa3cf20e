/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/api.h"
#include "base/listen.h"
#include "base/text.h"
#include "http/auth.h"
#include "http/gate.h"
#include "http/link.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "http/share.h"
#include "http/unreadable.h"
#include "http/wire.h"

#define DOORS_MAX (SERVER_LISTEN_MAX + 1)
#define HEADERS_SIZE_MAX (16 * 1024)                /* of a connection's buffer: beyond it 431 */
#define BODIES_SIZE_MAX ((size_t)256 * 1024 * 1024) /* of all requests together */
#define LARGE_SIZE 2048                             /* of a body: reading costs more than asking */
#define DRAIN_MAX ((uint64_t)4 * API_BODY_MAX)      /* of a refused body that is still read away */
#define IDLE_S 30
#define BODY_MS (120 * SECOND_MS) /* for a whole body */
#define FILE_MS HOUR_MS           /* for a backup to be taken away */
#define CLOSE_MS (5 * SECOND_MS)  /* for the last answers to leave */
#define ANSWERS_MAX 256           /* given in one turn: newcomers shall not wait for all */

/* One listening socket with its daemon of the HTTP library. */
struct door {
    struct MHD_Daemon *daemon;
    int socket; /* -1: does not listen any more */
    bool is_local;
    char address[LISTEN_ADDRESS_SIZE];
};

struct server {
    struct server_options options;
    struct door doors[DOORS_MAX];
    size_t door_count;
    struct identities *identities;
    struct guard guard;
    int epoll;
    int wake; /* eventfd: calls are finished, or it is time to end */
    pthread_t thread;
    bool is_started;
    atomic_bool is_ending;
    char *socket_path;

    /* The server's thread only. */
    struct links links;
    size_t exchange_count; /* requests begun and not yet completed */
    size_t held_count;     /* of these: with the inbox */
    size_t bodies_size;
    struct exchange *answerable; /* finished, the first one first */
    struct exchange **answerable_end;

    pthread_mutex_t lock;      /* of finished calls, pushed by any thread */
    struct exchange *finished; /* the last one first */
};

/* One request on the wire: the call, and what the library needs to know about it. */
struct exchange {
    struct call *call;
    struct server *server;
    struct link *link;
    struct MHD_Connection *connection;
    uint64_t received;
    bool is_refused;  /* answered before its body was read: the rest is read away */
    bool is_held;     /* with the inbox */
    bool is_answered; /* given to the library */
    struct exchange *next;
};

static void wake(struct server *server)
{
    uint64_t one = 1;
    ssize_t written = write(server->wake, &one, sizeof(one));
    (void)written; /* a full counter wakes as well */
}

/* ---- requests ---- */

static void exchange_finished(void *context, struct call *call)
{
    struct exchange *exchange = context;
    struct server *server = exchange->server;
    (void)call;
    pthread_mutex_lock(&server->lock);
    bool was_empty = server->finished == NULL;
    exchange->next = server->finished;
    server->finished = exchange;
    pthread_mutex_unlock(&server->lock);
    if (was_empty)
        wake(server);
}

static struct exchange *exchange_new(struct server *server, struct MHD_Connection *connection,
                                     const char *path, const char *method)
{
    struct exchange *exchange = memory_new(1, sizeof(*exchange));
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange->server = server;
    exchange->connection = connection;
    exchange->link = info ? info->socket_context : NULL;
    exchange->call = call_new();
    struct call *call = exchange->call;
    call->finish = exchange_finished;
    call->context = exchange;
    call->guard = &server->guard;
    call->arrived_at = steady_now();
    wire_read(call, connection, path, method);
    if (exchange->link) {
        call->peer = exchange->link->peer;
        exchange->link->deadline_at = call->arrived_at + BODY_MS;
    }
    server->exchange_count++;
    return exchange;
}

static void exchange_completed(void *context, struct MHD_Connection *connection, void **slot,
                               enum MHD_RequestTerminationCode why)
{
    struct server *server = context;
    struct exchange *exchange = *slot;
    (void)connection;
    (void)why;
    if (!exchange)
        return;
    assert(!exchange->is_held);
    if (exchange->link)
        exchange->link->deadline_at = steady_now() + LINK_HEADERS_MS;
    server->bodies_size -= exchange->call->body.size;
    server->exchange_count--;
    call_free(exchange->call);
    free(exchange);
    *slot = NULL;
}

static enum MHD_Result exchange_answer(struct exchange *exchange)
{
    struct call *call = exchange->call;
    unsigned status = call->status;
    struct MHD_Response *response = response_make(call);
    msec deadline_at = steady_now() + (call->has_file ? FILE_MS : BODY_MS);
    if (exchange->link && link_answered(exchange->link, deadline_at))
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(exchange->connection, status, response);
    MHD_destroy_response(response);
    exchange->is_answered = true;
    return result;
}

static uint64_t content_length(struct MHD_Connection *connection)
{
    const char *text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    return text ? strtoull(text, NULL, 10) : 0;
}

static size_t body_max(const struct call *call)
{
    return call->caller.body_max > 0 ? call->caller.body_max : API_BODY_MAX;
}

static void report_finished(void *context, struct call *call)
{
    (void)context;
    call_free(call);
}

/* What is refused for its size is told to the source's team, too: a call of its own, for the one
 * that is refused may be answered and gone at any time. */
static void report_refused(struct server *server, const struct call *refused)
{
    if (!refused->route || refused->route->body != BODY_ALERTS || !unreadable_is_kept(refused))
        return;
    struct call *report = call_new();
    struct arena *arena = report->arena;
    report->method = refused->method;
    report->path = arena_copy(arena, refused->path);
    report->route = refused->route;
    report->parts[0] = arena_copy(arena, refused->parts[0]);
    report->caller = refused->caller;
    report->caller.key = arena_copy(arena, refused->caller.key);
    report->caller.team = arena_copy(arena, refused->caller.team);
    report->unreadable =
        arena_format(arena, "The body was over %zu KiB.", body_max(refused) / 1024);
    report->unreadable_status = 413;
    report->finish = report_finished;
    if (!server->options.submit(server->options.context, report, NULL))
        call_free(report);
}

static void refuse_size(struct exchange *exchange)
{
    struct call *call = exchange->call;
    exchange->is_refused = true;
    call_answer_errorf(call, 413, "too_large",
                       "The body is over %zu KiB, the limit of this key (integrations.NAME.body); "
                       "nothing of it was recorded.",
                       body_max(call) / 1024);
    report_refused(exchange->server, call);
}

static bool has_expectation(struct MHD_Connection *connection)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Expect") != NULL;
}

/* Where its body ends is not known: nothing further of this connection can be read. */
static enum MHD_Result refuse_ambiguous(struct exchange *exchange)
{
    struct call *call = exchange->call;
    exchange->is_refused = true;
    call_answer_error(call, 400, "invalid",
                      "The request says more than once how long its body is (Content-Length, "
                      "Transfer-Encoding).");
    return exchange_answer(exchange);
}

/* In a flood of alerts most of the work is not done: what is large is refused before it is read. */
static bool has_room(const struct server *server, struct call *call, uint64_t size)
{
    struct fault fault = {0};
    if (size < LARGE_SIZE || !server->options.has_room || !share_is_known(call) ||
        share_class(call) != SHARE_SOURCES ||
        server->options.has_room(server->options.context, call, (size_t)size, &fault))
        return true;
    call_fail_unavailable(call, fault.text);
    return false;
}

/* The headers are there: whatever can be refused now is, so that its body is not kept. */
static enum MHD_Result exchange_begin(struct exchange *exchange)
{
    struct server *server = exchange->server;
    struct call *call = exchange->call;
    uint64_t size = content_length(exchange->connection);
    if (wire_is_ambiguous(exchange->connection))
        return refuse_ambiguous(exchange);
    if (call->status != 0 || !call_route(call) || !call_identify(call, server->identities))
        exchange->is_refused = true;
    else if (size > body_max(call))
        refuse_size(exchange);
    else if (server->bodies_size + size > BODIES_SIZE_MAX) {
        exchange->is_refused = true;
        call_fail_unavailable(call, "too much is being sent at once");
    } else
        exchange->is_refused = !has_room(server, call, size);
    if (!exchange->is_refused &&
        (call->route->body == BODY_ALERTS || call->route->body == BODY_CALLBACK))
        wire_read_headers(call, exchange->connection);
    /* A client that waits for permission, or sends far too much, is answered at once and loses its
     * connection; another one may be deaf until it has said everything. */
    bool is_now =
        exchange->is_refused && (has_expectation(exchange->connection) || size > DRAIN_MAX);
    return is_now ? exchange_answer(exchange) : MHD_YES;
}

static enum MHD_Result exchange_receive(struct exchange *exchange, const char *bytes, size_t *size)
{
    struct server *server = exchange->server;
    struct call *call = exchange->call;
    exchange->received += *size;
    if (!exchange->is_refused && exchange->received > body_max(call))
        refuse_size(exchange);
    if (!exchange->is_refused && server->bodies_size + *size > BODIES_SIZE_MAX) {
        exchange->is_refused = true;
        call_fail_unavailable(call, "too much is being sent at once");
    }
    if (exchange->is_refused && exchange->received > DRAIN_MAX)
        return MHD_NO;
    if (!exchange->is_refused) {
        server->bodies_size += *size;
        text_add_bytes(&call->body, bytes, *size);
    }
    *size = 0;
    return MHD_YES;
}

/* The request is whole: it goes to the inbox, and the connection sleeps meanwhile. */
static enum MHD_Result exchange_submit(struct exchange *exchange)
{
    struct server *server = exchange->server;
    struct call *call = exchange->call;
    if (exchange->is_refused || !call_parse(call, server->identities))
        return exchange_answer(exchange);
    if (exchange->link)
        exchange->link->deadline_at = MSEC_NEVER;
    exchange->is_held = true;
    server->held_count++;
    MHD_suspend_connection(exchange->connection);
    struct fault fault = {0};
    if (server->options.submit(server->options.context, call, &fault))
        return MHD_YES;

    call_fail_unavailable(call, fault.text);
    call_finish(call);
    return MHD_YES;
}

static enum MHD_Result request_handle(void *context, struct MHD_Connection *connection,
                                      const char *path, const char *method, const char *version,
                                      const char *bytes, size_t *size, void **slot)
{
    (void)version;
    struct exchange *exchange = *slot;
    if (!exchange) {
        exchange = exchange_new(context, connection, path, method);
        *slot = exchange;
        return exchange_begin(exchange);
    }
    if (*size > 0)
        return exchange_receive(exchange, bytes, size);
    if (exchange->is_answered)
        return MHD_YES;
    if (exchange->call->status != 0 && !exchange->is_refused)
        return exchange_answer(exchange);
    return exchange_submit(exchange);
}

/* What is finished, in its order, behind what was and has not had its turn yet. */
static void finished_collect(struct server *server)
{
    uint64_t count;
    ssize_t got = read(server->wake, &count, sizeof(count));
    (void)got;
    pthread_mutex_lock(&server->lock);
    struct exchange *newest = server->finished;
    server->finished = NULL;
    pthread_mutex_unlock(&server->lock);
    struct exchange *first = NULL;
    while (newest) {
        struct exchange *before = newest->next;
        newest->next = first;
        first = newest;
        newest = before;
    }
    *server->answerable_end = first;
    while (*server->answerable_end)
        server->answerable_end = &(*server->answerable_end)->next;
}

/* Connections are resumed by the server's thread alone: the library is not asked to be more
 * careful than it is. */
static void calls_take(struct server *server)
{
    finished_collect(server);
    for (int i = 0; i < ANSWERS_MAX && server->answerable; i++) {
        struct exchange *exchange = server->answerable;
        server->answerable = exchange->next;
        exchange->is_held = false;
        server->held_count--;
        MHD_resume_connection(exchange->connection);
    }
    if (!server->answerable)
        server->answerable_end = &server->answerable;
}

/* ---- the thread ---- */

static int wait_ms(const struct server *server, int longest)
{
    if (server->answerable)
        return 0;
    for (size_t i = 0; i < server->door_count; i++) {
        MHD_UNSIGNED_LONG_LONG timeout;
        if (MHD_get_timeout(server->doors[i].daemon, &timeout) == MHD_YES &&
            timeout < (unsigned)longest)
            longest = (int)timeout;
    }
    return longest;
}

/* Returns when to come again, see gate_admit(). */
static int doors_run(struct server *server)
{
    int soonest = LINKS_SWEEP_MS;
    for (size_t i = 0; i < server->door_count; i++) {
        struct door *door = &server->doors[i];
        if (door->socket >= 0) {
            int wait = gate_admit(door->socket, door->daemon, &server->links, door->is_local);
            soonest = wait < soonest ? wait : soonest;
        }
        (void)MHD_run(door->daemon);
    }
    return soonest;
}

static void doors_quiet(struct server *server)
{
    for (size_t i = 0; i < server->door_count; i++) {
        struct door *door = &server->doors[i];
        if (door->socket >= 0)
            close(door->socket);
        door->socket = -1;
    }
}

/* True when everything begun is answered, or when the last answers have had their time. Calls that
 * the owner holds are waited for as long as it takes. */
static bool is_over(const struct server *server, msec ending_since)
{
    if (server->held_count > 0)
        return false;
    return server->exchange_count == 0 || steady_now() - ending_since > CLOSE_MS;
}

static void *server_main(void *context)
{
    struct server *server = context;
    int longest = 0;
    msec ending_since = 0;
    while (true) {
        struct epoll_event events[DOORS_MAX + 1];
        int count = epoll_wait(server->epoll, events, DOORS_MAX + 1, wait_ms(server, longest));
        if (count < 0 && errno != EINTR)
            abort();
        calls_take(server);
        longest = doors_run(server);
        links_sweep(&server->links, steady_now());
        if (!atomic_load(&server->is_ending))
            continue;
        if (!ending_since)
            ending_since = steady_now();
        doors_quiet(server);
        if (is_over(server, ending_since))
            return NULL;
    }
}

/* ---- opening and closing ---- */

static bool fd_watch(struct server *server, int fd, uint32_t events, struct fault *fault)
{
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        return fault_set(fault, FAULT_SYSTEM, "epoll");
    return true;
}

static bool door_open(struct server *server, struct door *door, struct fault *fault)
{
    const struct server_options *options = &server->options;
    bool has_tls = options->certificate_pem && !door->is_local;
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
                     (has_tls ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)options->certificate_pem},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)options->key_pem},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    const struct links_limits *limits = &server->links.limits[door->is_local];
    door->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, request_handle, server, MHD_OPTION_CONNECTION_LIMIT, limits->max,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, door->is_local ? 0 : limits->max_of_one,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEADERS_SIZE_MAX, MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, links_changed, &server->links, MHD_OPTION_UNESCAPE_CALLBACK,
        wire_keep_escapes, NULL, MHD_OPTION_ARRAY, has_tls ? tls : none, MHD_OPTION_END);
    if (!door->daemon)
        return fault_set(fault, FAULT_PEER, "cannot serve on %s%s", door->address,
                         has_tls ? ": is the certificate with its key in order?" : "");
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(door->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    /* A visitor rings once: whoever cannot be let in yet does not keep this thread awake. */
    return fd_watch(server, info->epoll_fd, EPOLLIN, fault) &&
           fd_watch(server, door->socket, EPOLLIN | EPOLLET, fault);
}

static bool doors_open(struct server *server, struct fault *fault)
{
    const struct server_options *options = &server->options;
    for (size_t i = 0; i < options->listen_count; i++) {
        struct door *door = &server->doors[server->door_count];
        if (!listen_tcp(options->listen[i], &door->socket, door->address, fault))
            return false;
        server->door_count++;
        if (!door_open(server, door, fault))
            return false;
    }
    if (!options->socket_path)
        return true;
    struct door *door = &server->doors[server->door_count];
    snprintf(door->address, sizeof(door->address), "%s", options->socket_path);
    if (!listen_local(options->socket_path, &door->socket, fault))
        return false;
    server->socket_path = string_copy(options->socket_path);
    server->door_count++;
    door->is_local = true;
    return door_open(server, door, fault);
}

bool server_open(const struct server_options *options, struct server **ret_server,
                 struct fault *fault)
{
    assert(options->submit);
    assert(options->listen_count <= SERVER_LISTEN_MAX);

    struct server *server = memory_new(1, sizeof(*server));
    struct rlimit files = {.rlim_cur = 0};
    (void)getrlimit(RLIMIT_NOFILE, &files);
    server->options = *options;
    server->answerable_end = &server->answerable;
    links_init(&server->links, files.rlim_cur);
    server->identities = identities_new();
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    server->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&server->lock, NULL);
    bool is_open = server->epoll >= 0 && server->wake >= 0
                       ? true
                       : fault_set(fault, FAULT_SYSTEM, "cannot make the server's descriptors");
    is_open =
        is_open && fd_watch(server, server->wake, EPOLLIN, fault) && doors_open(server, fault);
    if (is_open) {
        errno = pthread_create(&server->thread, NULL, server_main, server);
        server->is_started = errno == 0;
        is_open = server->is_started ||
                  fault_set(fault, FAULT_SYSTEM, "cannot start the server's thread");
    }
    if (!is_open) {
        server_close(server);
        return false;
    }
    *ret_server = server;
    return true;
}

void server_close(struct server *server)
{
    if (!server)
        return;
    if (server->is_started) {
        atomic_store(&server->is_ending, true);
        wake(server);
        pthread_join(server->thread, NULL);
    }
    doors_quiet(server);
    for (size_t i = 0; i < server->door_count; i++) {
        if (server->doors[i].daemon)
            MHD_stop_daemon(server->doors[i].daemon);
    }
    if (server->socket_path)
        unlink(server->socket_path);
    if (server->epoll >= 0)
        close(server->epoll);
    if (server->wake >= 0)
        close(server->wake);
    pthread_mutex_destroy(&server->lock);
    identities_free(server->identities);
    free(server->socket_path);
    free(server);
}

const char *server_address(const struct server *server, size_t i)
{
    assert(i < server->options.listen_count);
    return server->doors[i].address;
}

struct identities *server_identities(const struct server *server)
{
    return server->identities;
}

struct server_counts server_counts(const struct server *server)
{
    return (struct server_counts){.shed = atomic_load(&server->links.shed),
                                  .expired = atomic_load(&server->links.expired),
                                  .without_signature = atomic_load(&server->guard.unsigned_count)};
}

void server_set_setups(struct server *server, const struct source_setup *setups, size_t count)
{
    identities_set_setups(server->identities, setups, count);
}

void server_set_identities(struct server *server, const struct credential *const *credentials,
                           size_t credential_count, const struct local_account *accounts,
                           size_t account_count, const char *const *admins, size_t admin_count)
{
    identities_set(server->identities, credentials, credential_count, accounts, account_count,
                   admins, admin_count, (uint32_t)getuid());
}
