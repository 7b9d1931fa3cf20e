/* SPDX-License-Identifier: MIT */
/* Links between nodes, by real sockets of this machine: how many there may be, and what is known of
 * who is there. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/peers.h"
#include "daemon/peers_wire.h"

#define SECRET SPAN("a secret of these nodes")
#define WAIT_MS 20000

/* What the peers were told by their links. */
struct heard {
    pthread_mutex_t lock;
    size_t calls;
};

static void count_call(void *context, uint64_t id, const char *node, struct span call)
{
    struct heard *heard = context;
    (void)id;
    (void)node;
    (void)call;
    pthread_mutex_lock(&heard->lock);
    heard->calls++;
    pthread_mutex_unlock(&heard->lock);
}

static size_t calls_heard(struct heard *heard)
{
    pthread_mutex_lock(&heard->lock);
    size_t calls = heard->calls;
    pthread_mutex_unlock(&heard->lock);
    return calls;
}

/* A socket with a port of its own; who connects is refused until it listens. */
static int socket_bound(char address[32])
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(own);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &size), 0);
    snprintf(address, 32, "127.0.0.1:%u", (unsigned)ntohs(own.sin_port));
    return fd;
}

static int socket_connected(const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    to.sin_port = htons((uint16_t)strtoul(strchr(address, ':') + 1, NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static void say(int fd, struct wire *wire, const struct wire_frame *frame)
{
    CLEANUP(text_clear) struct text bytes = {0};
    wire_add(wire, frame, &bytes);
    assert_int_equal(send(fd, bytes.bytes, bytes.size, MSG_NOSIGNAL), (ssize_t)bytes.size);
}

static void hear_greeting(int fd, struct wire *wire)
{
    CLEANUP(text_clear) struct text in = {0};
    CLEANUP(text_clear) struct text plain = {0};
    struct wire_frame frame;
    struct fault fault = {0};
    enum wire_step step = WIRE_WAITS;
    while (step == WIRE_WAITS) {
        char byte;
        assert_int_equal(recv(fd, &byte, 1, 0), 1);
        text_add_char(&in, byte);
        struct span rest = text_span(&in);
        step = wire_take(wire, &rest, &plain, &frame, &fault);
    }
    assert_int_equal(step, WIRE_TAKEN);
    assert_int_equal(frame.kind, WIRE_HELLO);
}

/* A link of node "b" that has proved itself, and been heard; beat may be NULL. */
static int link_up(const char *address, unsigned char nonce_byte, const struct wire_beat *beat,
                   struct heard *heard)
{
    unsigned char nonce[WIRE_NONCE_SIZE];
    struct wire wire;
    struct wire_frame hello = {.kind = WIRE_HELLO, .hello = {.name = "b", .version = "0.1.0"}};
    const struct wire_frame call = {.kind = WIRE_CALL, .id = 1, .bytes = SPAN("a call")};
    size_t before = calls_heard(heard);
    int fd = socket_connected(address);
    memset(nonce, nonce_byte, sizeof(nonce));
    wire_init(&wire, SECRET, true, nonce);
    say(fd, &wire, &hello);
    hear_greeting(fd, &wire);
    if (beat != NULL)
        say(fd, &wire, &(struct wire_frame){.kind = WIRE_BEAT, .beat = *beat});
    say(fd, &wire, &call);
    for (int waited_ms = 0; calls_heard(heard) == before; waited_ms += 5) {
        assert_true(waited_ms < WAIT_MS);
        poll(NULL, 0, 5);
    }
    return fd;
}

/* As many as may come in are in, and the node still calls whom it is to call. */
static void a_node_with_all_links_that_may_come_in_calls_others(void **state)
{
    char own[32];
    char other[32];
    const char *called[] = {other};
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const struct peers_options options = {.name = "a",
                                          .version = "0.1.0",
                                          .secret = SECRET,
                                          .listen = own,
                                          .called = called,
                                          .called_count = 1,
                                          .context = &heard,
                                          .asked = count_call};
    struct peers *peers = NULL;
    struct fault fault = {0};
    int fds[PEERS_LINKS_MAX];
    (void)state;
    close(socket_bound(own));
    int listener = socket_bound(other);
    if (!peers_open(&options, &peers, &fault))
        fail_msg("%s", fault.text);
    for (unsigned i = 0; i < PEERS_LINKS_MAX; i++)
        fds[i] = link_up(own, (unsigned char)(i + 1), NULL, &heard);
    assert_int_equal(listen(listener, 16), 0);
    for (int i = 0; i < 2; i++) { /* and again, when that link is lost */
        struct pollfd polled = {.fd = listener, .events = POLLIN};
        assert_int_equal(poll(&polled, 1, WAIT_MS), 1);
        close(accept(listener, NULL, NULL));
    }
    peers_close(peers);
    for (unsigned i = 0; i < PEERS_LINKS_MAX; i++)
        close(fds[i]);
    close(listener);
}

/* One of a former version does not say so, and would come to grief over it. */
static void only_who_says_so_is_asked_again(void **state)
{
    char own[32];
    char name[WIRE_NAME_SIZE];
    struct heard heard = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const struct peers_options options = {.name = "a",
                                          .version = "0.1.0",
                                          .secret = SECRET,
                                          .listen = own,
                                          .context = &heard,
                                          .asked = count_call};
    struct wire_beat beat = {.is_on_duty = true, .sees_database = true, .count = 1};
    struct peers *peers = NULL;
    struct fault fault = {0};
    (void)state;
    close(socket_bound(own));
    if (!peers_open(&options, &peers, &fault))
        fail_msg("%s", fault.text);
    assert_false(peers_takes_again(peers, "b"));
    int former = link_up(own, 1, &beat, &heard);
    assert_int_equal(peers_find_charge(peers, name), CHARGE_DUTY);
    assert_string_equal(name, "b");
    assert_false(peers_takes_again(peers, "b"));
    beat.takes_again = true;
    beat.count = 2;
    int upgraded = link_up(own, 2, &beat, &heard);
    assert_true(peers_takes_again(peers, "b"));
    assert_false(peers_takes_again(peers, "c"));
    peers_close(peers);
    close(former);
    close(upgraded);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_says_so_is_asked_again),
        cmocka_unit_test(a_node_with_all_links_that_may_come_in_calls_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
