/* SPDX-License-Identifier: MIT */
/*
 * serve.c - the real server before the bench's house, for clients that test the wire.
 *
 * Prints its TCP address and ends when its standard input does. A turn takes what has come in,
 * runs it, waits like a disk, and answers. Options: the Unix socket's path, milliseconds of the
 * disk (-1: it never answers), the name of a scene to show on the ack page, and for TLS the files
 * of certificate and key.
 */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "bench.h"
#include "http/server.h"

#define INBOX_MAX 100000

/* Calls from the server's thread; it says when they may be seen. */
struct desk {
    pthread_mutex_t lock;
    struct call **calls;
    size_t count;
    size_t seen_count;
};

static bool desk_submit(void *context, struct call *call, struct fault *why_not)
{
    struct desk *desk = context;
    pthread_mutex_lock(&desk->lock);
    bool has_room = desk->count < INBOX_MAX;
    if (has_room)
        desk->calls[desk->count++] = call;
    pthread_mutex_unlock(&desk->lock);
    return has_room || fault_set(why_not, FAULT_LIMIT, "the desk is full");
}

static void desk_ring(void *context)
{
    struct desk *desk = context;
    pthread_mutex_lock(&desk->lock);
    desk->seen_count = desk->count;
    pthread_mutex_unlock(&desk->lock);
}

static size_t desk_take(struct desk *desk, struct call **calls)
{
    pthread_mutex_lock(&desk->lock);
    size_t count = desk->seen_count;
    memcpy(calls, desk->calls, count * sizeof(struct call *));
    desk->count -= count;
    desk->seen_count = 0;
    memmove(desk->calls, desk->calls + count, desk->count * sizeof(struct call *));
    pthread_mutex_unlock(&desk->lock);
    return count;
}

static void desk_turn(struct desk *desk, struct call **calls, struct bench *bench, int disk_ms)
{
    size_t count = disk_ms >= 0 ? desk_take(desk, calls) : 0;
    size_t waiting = 0;
    for (size_t i = 0; i < count; i++) {
        if (call_run(calls[i], &bench->house) == CALL_AFTER_COMMIT)
            calls[waiting++] = calls[i];
        else
            call_finish(calls[i]);
    }
    if (waiting > 0)
        usleep((useconds_t)disk_ms * 1000);
    for (size_t i = 0; i < waiting; i++)
        call_finish(calls[i]);
}

static void scene_set(struct bench *bench, const char *scene)
{
    struct event event = {.kind = EVENT_ACKNOWLEDGE,
                          .actor = "ann",
                          .via = "link sms",
                          .incident = 1,
                          .target = {.kind = TARGET_COUNT}};
    struct answer answer = {0};
    bench->house.has_inbox = true;
    bench_alert(bench, "db1-var", "db1: disk /var 96% full");
    bench_wait(bench, 2 * MINUTE_MS);
    if (string_is(scene, "open"))
        return;
    if (string_is(scene, "other"))
        event.actor = "cat";
    if (string_is(scene, "snoozed")) {
        event.kind = EVENT_SNOOZE;
        event.for_ms = HOUR_MS;
    }
    if (string_is(scene, "closed"))
        event.kind = EVENT_RESOLVE;
    bench->house.step(bench, &event, &answer);
}

/* What has been handed over is run to the end, for the server waits for it. */
struct ending {
    struct server *server;
    msec wait_ms;
    size_t left;
    atomic_bool is_over;
};

static void *ending_run(void *context)
{
    struct ending *ending = context;
    ending->left = server_close(ending->server, ending->wait_ms);
    atomic_store(&ending->is_over, true);
    return NULL;
}

static bool has_input(void)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    char byte;
    return poll(&input, 1, 1) == 0 || read(0, &byte, 1) > 0;
}

static char *file_text(const char *path)
{
    struct text text = {0};
    char buffer[4096];
    FILE *file = fopen(path, "rbe");
    assert_non_null(file);
    size_t size;
    while ((size = fread(buffer, 1, sizeof(buffer), file)) > 0)
        text_add_bytes(&text, buffer, size);
    fclose(file);
    return text_take(&text);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    char *certificate = argc == 6 ? file_text(argv[4]) : NULL;
    char *key = argc == 6 ? file_text(argv[5]) : NULL;
    struct bench *bench = bench_new();
    struct desk desk = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct call **calls = memory_new(INBOX_MAX, sizeof(struct call *));
    desk.calls = memory_new(INBOX_MAX, sizeof(struct call *));
    struct server_options options = {
        .listen = {"127.0.0.1:0"},
        .listen_count = 1,
        .socket_path = argv[1],
        .certificate_pem = certificate,
        .key_pem = key,
        .submit = desk_submit,
        .submitted = desk_ring,
        .context = &desk,
    };
    struct server *server = NULL;
    struct fault fault = {0};
    if (!server_open(&options, &server, &fault)) {
        fprintf(stderr, "%s\n", fault.text);
        return 1;
    }
    const struct credential *keys[BENCH_KEYS_MAX];
    static const char *const admins[] = {"ann"};
    for (size_t i = 0; i < bench->key_count; i++)
        keys[i] = &bench->keys[i];
    server_set_identities(server, keys, bench->key_count, NULL, 0, admins, 1);
    scene_set(bench, argv[3]);
    printf("%s\n", server_address(server, 0));
    fflush(stdout);
    while (has_input())
        desk_turn(&desk, calls, bench, atoi(argv[2]));
    struct ending ending = {.server = server, .wait_ms = atoi(argv[2]) >= 0 ? HOUR_MS : SECOND_MS};
    pthread_t closer;
    assert_int_equal(pthread_create(&closer, NULL, ending_run, &ending), 0);
    while (!atomic_load(&ending.is_over)) {
        desk_turn(&desk, calls, bench, atoi(argv[2]));
        usleep(1000);
    }
    pthread_join(closer, NULL);
    printf("%zu left behind\n", ending.left);
    bench_free(bench);
    free(certificate);
    free(key);
    free(calls);
    free(desk.calls);
    return 0;
}
