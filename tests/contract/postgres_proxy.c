/* SPDX-License-Identifier: MIT */
#include "contract/postgres_proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/text.h"

#define HOLD_MS 1600 /* longer than the store waits for an answer */
#define LIVES_MAX 1024

struct postgres_proxy {
    pthread_mutex_t lock; /* for what is armed */
    atomic_bool is_frozen;
    enum cut cut;
    size_t bytes;
    int listener;
    char server[108];
    char path[108];
    pthread_t thread;
    pthread_t lives[LIVES_MAX];
    size_t life_count;
};

struct life {
    struct postgres_proxy *proxy;
    int client;
    int server;
};

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, path, strlen(path) + 1);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool pass_on(int to, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(to, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Takes what is armed, when it concerns these bytes. */
static enum cut take_cut(struct postgres_proxy *proxy, bool is_up, const char *bytes, size_t size)
{
    bool is_commit = is_up && memmem(bytes, size, "COMMIT", 6) != NULL;
    bool is_rollback = is_up && memmem(bytes, size, "ROLLBACK", 8) != NULL;

    pthread_mutex_lock(&proxy->lock);
    enum cut cut = proxy->cut;
    bool counts = is_up ? cut == CUT_UP || cut == HOLD_UP : cut == CUT_DOWN;
    bool waits = cut == CUT_BEFORE_COMMIT || cut == CUT_AFTER_COMMIT || cut == HOLD_COMMIT;
    bool is_due = counts ? proxy->bytes <= size
                         : (waits && is_commit) || (cut == CUT_ROLLBACK && is_rollback);
    if (is_due)
        proxy->cut = CUT_NONE;
    else if (counts)
        proxy->bytes -= size;
    pthread_mutex_unlock(&proxy->lock);
    return is_due ? cut : CUT_NONE;
}

/* True: goes on. */
static bool pass(struct life *life, bool is_up)
{
    char bytes[16384];
    int from = is_up ? life->client : life->server;
    int to = is_up ? life->server : life->client;
    ssize_t size = recv(from, bytes, sizeof(bytes), 0);

    if (size <= 0)
        return false;
    switch (take_cut(life->proxy, is_up, bytes, (size_t)size)) {
    case CUT_BEFORE_COMMIT:
    case CUT_ROLLBACK:
    case CUT_UP:
    case CUT_DOWN:
        return false;
    case CUT_AFTER_COMMIT:
        pass_on(to, bytes, (size_t)size);
        poll(NULL, 0, 20);
        return false;
    case HOLD_UP:
    case HOLD_COMMIT:
        poll(NULL, 0, HOLD_MS);
        break;
    case CUT_NONE:
    case CUT_COUNT:
        break;
    }
    return pass_on(to, bytes, (size_t)size);
}

static void *life_run(void *argument)
{
    struct life *life = argument;
    bool goes_on = life->server >= 0;

    while (goes_on) {
        struct pollfd polled[] = {{.fd = life->client, .events = POLLIN},
                                  {.fd = life->server, .events = POLLIN}};
        if (atomic_load(&life->proxy->is_frozen)) {
            poll(NULL, 0, 10);
            continue;
        }
        if (poll(polled, 2, -1) < 0 && errno != EINTR)
            break;
        if (atomic_load(&life->proxy->is_frozen))
            continue;
        if (polled[1].revents != 0)
            goes_on = pass(life, false);
        if (goes_on && polled[0].revents != 0)
            goes_on = pass(life, true);
    }
    close(life->client);
    if (life->server >= 0)
        close(life->server);
    free(life);
    return NULL;
}

static void *proxy_run(void *argument)
{
    struct postgres_proxy *proxy = argument;

    for (;;) {
        int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
        if (client < 0 || proxy->life_count == LIVES_MAX)
            return NULL;
        struct life *life = memory_new(1, sizeof(*life));
        *life = (struct life){proxy, client, connect_to(proxy->server)};
        pthread_create(&proxy->lives[proxy->life_count++], NULL, life_run, life);
    }
}

struct postgres_proxy *postgres_proxy_new(const char *folder, const char *server)
{
    struct postgres_proxy *proxy = memory_new(1, sizeof(*proxy));
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    pthread_mutex_init(&proxy->lock, NULL);
    snprintf(proxy->server, sizeof(proxy->server), "%.80s/.s.PGSQL.5432", server);
    snprintf(proxy->path, sizeof(proxy->path), "%.80s/.s.PGSQL.5432", folder);
    memcpy(address.sun_path, proxy->path, sizeof(proxy->path));
    proxy->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(proxy->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(proxy->listener, 16) != 0)
        abort();
    pthread_create(&proxy->thread, NULL, proxy_run, proxy);
    return proxy;
}

void postgres_proxy_free(struct postgres_proxy *proxy)
{
    shutdown(proxy->listener, SHUT_RDWR);
    pthread_join(proxy->thread, NULL);
    for (size_t i = 0; i < proxy->life_count; i++)
        pthread_join(proxy->lives[i], NULL);
    close(proxy->listener);
    unlink(proxy->path);
    pthread_mutex_destroy(&proxy->lock);
    free(proxy);
}

void postgres_proxy_arm(struct postgres_proxy *proxy, enum cut cut, size_t bytes)
{
    pthread_mutex_lock(&proxy->lock);
    proxy->cut = cut;
    proxy->bytes = bytes;
    pthread_mutex_unlock(&proxy->lock);
}

void postgres_proxy_freeze(struct postgres_proxy *proxy, bool is_frozen)
{
    atomic_store(&proxy->is_frozen, is_frozen);
}
