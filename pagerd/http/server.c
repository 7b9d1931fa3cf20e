/* SPDX-License-Identifier: MIT */
#include "http/server.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "http/gate.h"
#include "http/server_parts.h"
#include "http/wire.h"

#define HEADERS_SIZE_MAX (16 * 1024) /* of a connection's buffer: beyond it 431 */
#define IDLE_S 30
#define CLOSE_MS (5 * SECOND_MS) /* for the last answers to leave */

/* How long nothing is to be done unless a descriptor says so. */
static int wait_ms(struct server *server, int longest)
{
    if (server->answerable)
        return 0;
    for (size_t i = 0; i < server->door_count; i++) {
        struct door *door = &server->doors[i];
        MHD_UNSIGNED_LONG_LONG timeout;
        if (MHD_get_timeout(door->daemon, &timeout) != MHD_YES || timeout >= (unsigned)longest)
            continue;
        longest = (int)timeout;
        door->is_ready = door->is_ready || timeout == 0;
    }
    return longest;
}

/* Notes what has come; after a wait in vain each door is looked at. */
static void events_wait(struct server *server, int longest)
{
    struct epoll_event events[2 * DOORS_MAX + 1];
    int count = epoll_wait(server->epoll, events, 2 * DOORS_MAX + 1, wait_ms(server, longest));
    if (count < 0 && errno != EINTR)
        abort();
    for (int i = 0; i < count; i++)
        *(bool *)events[i].data.ptr = true;
    for (size_t i = 0; count <= 0 && i < server->door_count; i++)
        server->doors[i].is_ready = true;
}

/* Returns when to come again, see gate_admit(). */
static int doors_run(struct server *server)
{
    int soonest = LINKS_SWEEP_MS;
    for (size_t i = 0; i < server->door_count; i++) {
        struct door *door = &server->doors[i];
        if (door->socket >= 0 && door->is_rung) {
            int wait = gate_admit(door->socket, door->daemon, &server->links, door->is_local);
            door->is_rung = wait != LINKS_SWEEP_MS;
            door->is_ready = true;
            soonest = wait < soonest ? wait : soonest;
        }
        if (!door->is_ready)
            continue;
        door->is_ready = false;
        (void)MHD_run(door->daemon);
    }
    exchanges_tell(server);
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

/* True when everything begun is answered, or when calls that the owner holds, and then the last
 * answers, have had their time. */
static bool is_over(const struct server *server, msec ending_since)
{
    msec ending_ms = steady_now() - ending_since;
    if (server->held_count > 0)
        return ending_ms > server->close_ms;
    return server->exchange_count == 0 || ending_ms > CLOSE_MS;
}

static void *server_main(void *context)
{
    struct server *server = context;
    int longest = 0;
    msec ending_since = 0;
    while (true) {
        events_wait(server, longest);
        exchanges_resume(server);
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

static bool fd_watch(struct server *server, int fd, uint32_t events, bool *flag,
                     struct fault *fault)
{
    struct epoll_event event = {.events = events, .data.ptr = flag};
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        return fault_set(fault, FAULT_SYSTEM, "epoll");
    return true;
}

static bool door_open(struct server *server, struct door *door, struct fault *fault)
{
    const struct server_options *options = &server->options;
    door->server = server;
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
        flags, 0, NULL, NULL, exchange_handle, door, MHD_OPTION_CONNECTION_LIMIT, limits->max,
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
    return fd_watch(server, info->epoll_fd, EPOLLIN, &door->is_ready, fault) &&
           fd_watch(server, door->socket, EPOLLIN | EPOLLET, &door->is_rung, fault);
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
    is_open = is_open && fd_watch(server, server->wake, EPOLLIN, &server->is_woken, fault) &&
              doors_open(server, fault);
    if (is_open) {
        errno = pthread_create(&server->thread, NULL, server_main, server);
        server->is_started = errno == 0;
        is_open = server->is_started ||
                  fault_set(fault, FAULT_SYSTEM, "cannot start the server's thread");
    }
    if (!is_open) {
        (void)server_close(server, 0);
        return false;
    }
    *ret_server = server;
    return true;
}

size_t server_close(struct server *server, msec wait_ms)
{
    if (!server)
        return 0;
    if (server->is_started) {
        server->close_ms = wait_ms;
        atomic_store(&server->is_ending, true);
        server_wake(server);
        pthread_join(server->thread, NULL);
    }
    doors_quiet(server);
    if (server->socket_path)
        unlink(server->socket_path);
    if (server->held_count > 0)
        return server->held_count;
    for (size_t i = 0; i < server->door_count; i++) {
        if (server->doors[i].daemon)
            MHD_stop_daemon(server->doors[i].daemon);
    }
    exchanges_free(server);
    response_clear(&server->kept);
    if (server->epoll >= 0)
        close(server->epoll);
    if (server->wake >= 0)
        close(server->wake);
    pthread_mutex_destroy(&server->lock);
    identities_free(server->identities);
    free(server->socket_path);
    free(server);
    return 0;
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
                                  .bodies_shed = atomic_load(&server->bodies_shed),
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
