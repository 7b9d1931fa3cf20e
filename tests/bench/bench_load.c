/* SPDX-License-Identifier: MIT */
/*
 * bench_load.c - sends alerts by HTTP/1.1 over kept connections, and prints as JSON how many were
 * taken and how long the answers took.
 *
 * Without --rate it is a closed loop: each connection sends its next request as soon as it has its
 * answer. With --rate it is an open one: a request is due at its instant whatever became of those
 * before, and its wait counts from then, also while it finds no free connection.
 *
 * One thread, one epoll. It ends when the time or the count is over and all answers are there.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "request.h"
#include "waits.h"

#define SECOND_NS INT64_C(1000000000)
#define DRAIN_NS (20 * SECOND_NS) /* for the last answers */
#define CONNECTIONS_MAX 4096
#define ERRORS_MAX 10000 /* connections lost: then the server is gone */
#define STATUS_MAX 600

struct options {
    int port;
    const char *path;
    const char *alert;
    const char *stamps; /* a file: number and instant of each request, or NULL */
    const char *keys;   /* a file, see request_keys(), or NULL */
    char headers[2048];
    uint32_t connections;
    uint32_t batch;
    uint64_t spread;
    uint64_t first;
    uint64_t count; /* requests; 0: until the time is over */
    double rate;    /* requests a second; 0: closed loop */
    double seconds;
    double warm; /* seconds before the measured ones */
    bool is_repeated;
};

struct connection {
    int socket;
    char *out;
    size_t sent;
    bool is_sending;
    bool is_waiting; /* for its answer */
    int64_t due_at;
    int64_t sent_at;
    char in[8192]; /* of an answer: head, then what can be of the body */
    size_t in_size;
    size_t body_left; /* of a body that is longer */
    bool has_head;
    int status;
    bool is_last; /* the server said that it closes */
};

static struct options options = {.path = "/api/v2/alerts",
                                 .connections = 64,
                                 .batch = 1,
                                 .spread = 1000,
                                 .seconds = 5,
                                 .warm = 1};
static struct request request;
static struct connection *connections;
static struct connection **idle; /* a stack, open loop */
static size_t idle_count;
static int epoll;
static int64_t started_at, warm_at, over_at;
static uint64_t begun, answered, taken, taken_in_time, unsent, errors;
static uint64_t statuses[STATUS_MAX];
static struct waits from_due, from_sent;
static FILE *stamps;

static int64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * SECOND_NS + at.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- connections ---- */

static void connection_open(struct connection *connection)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)options.port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->socket < 0 ||
        connect(connection->socket, (struct sockaddr *)&address, sizeof(address)) != 0)
        fail("connect");
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    connection->in_size = connection->body_left = 0;
    connection->has_head = connection->is_sending = connection->is_waiting = false;
    connection->is_last = false;
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                .data.ptr = connection};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->socket, &event) != 0)
        fail("epoll_ctl");
}

static void connection_write(struct connection *connection)
{
    while (connection->sent < request.size) {
        ssize_t size = send(connection->socket, connection->out + connection->sent,
                            request.size - connection->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size < 0)
            return; /* later, or its end is seen when it is read */
        connection->sent += (size_t)size;
    }
    connection->is_sending = false;
}

static void connection_send(struct connection *connection, int64_t due_at)
{
    uint64_t number = options.first + (options.is_repeated ? 0 : begun * options.batch);
    request_number(&request, connection->out, number);
    begun++;
    connection->sent = 0;
    connection->is_sending = connection->is_waiting = true;
    connection->due_at = due_at;
    connection->sent_at = now_ns();
    if (stamps)
        fprintf(stamps, "%" PRIu64 " %" PRId64 "\n", number, connection->due_at);
    connection_write(connection);
}

static bool is_to_send(int64_t now)
{
    return now < over_at && (options.count == 0 || begun < options.count);
}

/* What comes next on a connection that waits for nothing. */
static void connection_next(struct connection *connection, int64_t now)
{
    if (options.rate > 0)
        idle[idle_count++] = connection;
    else if (is_to_send(now))
        connection_send(connection, now);
}

static void connection_renew(struct connection *connection, int64_t now)
{
    close(connection->socket);
    connection_open(connection);
    connection_next(connection, now);
}

/* ---- answers ---- */

static void answer_count(struct connection *connection, int64_t now)
{
    int status = connection->status;
    bool is_good = status >= 200 && status < 300;
    answered++;
    statuses[status > 0 && status < STATUS_MAX ? status : 0]++;
    taken += is_good;
    taken_in_time += is_good && now >= warm_at && now < over_at;
    if (connection->due_at >= warm_at && connection->due_at < over_at) {
        waits_add(&from_due, now - connection->due_at);
        waits_add(&from_sent, now - connection->sent_at);
    }
}

/* Reads the head, once it is whole. */
static bool head_parse(struct connection *connection)
{
    char *end = memmem(connection->in, connection->in_size, "\r\n\r\n", 4);
    if (!end)
        return false;
    *end = 0;
    connection->has_head = true;
    connection->status = connection->in_size > 12 ? atoi(connection->in + 9) : 0;
    size_t length = 0;
    for (char *line = strstr(connection->in, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, "content-length:", 15) == 0)
            length = strtoull(line + 15, NULL, 10);
        else if (strncasecmp(line, "connection: close", 17) == 0)
            connection->is_last = true;
    }
    size_t have = connection->in_size - (size_t)(end + 4 - connection->in);
    connection->body_left = length > have ? length - have : 0;
    return true;
}

static void connection_lost(struct connection *connection, int64_t now)
{
    bool was_idle = !connection->is_waiting;
    if (was_idle && options.rate > 0) {
        for (size_t i = 0; i < idle_count; i++) {
            if (idle[i] == connection)
                idle[i--] = idle[--idle_count];
        }
    }
    errors += !was_idle;
    if (errors > ERRORS_MAX) {
        fprintf(stderr, "the server ends all connections\n");
        exit(1);
    }
    connection_renew(connection, now);
}

static void connection_read(struct connection *connection)
{
    while (true) {
        char rest[65536];
        bool is_rest = connection->has_head;
        size_t room = sizeof(connection->in) - 1 - connection->in_size;
        ssize_t size =
            recv(connection->socket, is_rest ? rest : connection->in + connection->in_size,
                 is_rest ? sizeof(rest) : room, MSG_DONTWAIT);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        int64_t now = now_ns();
        if (size <= 0) {
            connection_lost(connection, now);
            return;
        }
        if (is_rest) {
            connection->body_left -=
                (size_t)size < connection->body_left ? (size_t)size : connection->body_left;
        } else {
            connection->in_size += (size_t)size;
            connection->in[connection->in_size] = 0;
            if (!head_parse(connection))
                continue;
        }
        if (connection->body_left > 0)
            continue;
        answer_count(connection, now);
        connection->is_waiting = connection->has_head = false;
        connection->in_size = 0;
        if (connection->is_last) {
            connection_renew(connection, now);
            return;
        }
        connection_next(connection, now);
    }
}

/* ---- the loop ---- */

/* Sends what is due; returns when to come again. */
static int64_t due_send(int64_t now)
{
    int64_t next_at = now + SECOND_NS / 10;
    if (options.rate <= 0)
        return next_at;
    while (true) {
        int64_t due_at = started_at + (int64_t)((double)begun / options.rate * 1e9);
        if (due_at >= over_at || (options.count > 0 && begun >= options.count))
            return next_at;
        if (due_at > now)
            return due_at;
        if (idle_count == 0)
            return next_at; /* an answer comes first */
        connection_send(idle[--idle_count], due_at);
    }
}

static bool is_over(int64_t now)
{
    if (is_to_send(now))
        return false;
    if (now > over_at + DRAIN_NS)
        return true;
    for (uint32_t i = 0; i < options.connections; i++) {
        if (connections[i].is_waiting)
            return false;
    }
    return true;
}

static void run(void)
{
    int64_t now = started_at = now_ns();
    warm_at = started_at + (int64_t)(options.warm * 1e9);
    over_at = warm_at + (int64_t)(options.seconds * 1e9);
    for (uint32_t i = 0; i < options.connections; i++)
        connection_next(&connections[i], now);
    while (!is_over(now)) {
        struct epoll_event events[256];
        int64_t wait = due_send(now) - now;
        struct timespec timeout = {.tv_sec = wait / SECOND_NS, .tv_nsec = wait % SECOND_NS};
        int count =
            epoll_pwait2(epoll, events, 256, wait > 0 ? &timeout : &(struct timespec){0}, NULL);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->is_sending)
                connection_write(connection);
            if (events[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
                connection_read(connection);
        }
        now = now_ns();
    }
    if (options.rate > 0) {
        uint64_t due = (uint64_t)((options.warm + options.seconds) * options.rate);
        due = options.count > 0 && options.count < due ? options.count : due;
        unsent = due > begun ? due - begun : 0;
    }
}

/* ---- outside ---- */

static void header_add(const char *header)
{
    size_t used = strlen(options.headers);
    int size = snprintf(options.headers + used, sizeof(options.headers) - used, "%s\r\n", header);
    if (size < 0 || (size_t)size >= sizeof(options.headers) - used) {
        fprintf(stderr, "the headers are too long\n");
        exit(2);
    }
}

static void option_take(char letter, const char *value)
{
    switch (letter) {
    case 'p':
        options.port = atoi(value);
        break;
    case 'u':
        options.path = value;
        break;
    case 'a':
        options.alert = value;
        break;
    case 'h':
        header_add(value);
        break;
    case 'c':
        options.connections = (uint32_t)atoi(value);
        break;
    case 'b':
        options.batch = (uint32_t)atoi(value);
        break;
    case 's':
        options.spread = strtoull(value, NULL, 10);
        break;
    case 'f':
        options.first = strtoull(value, NULL, 10);
        break;
    case 'n':
        options.count = strtoull(value, NULL, 10);
        break;
    case 'r':
        options.rate = atof(value);
        break;
    case 't':
        options.seconds = atof(value);
        break;
    case 'w':
        options.warm = atof(value);
        break;
    case 'm':
        options.stamps = value;
        break;
    case 'k':
        options.keys = value;
        break;
    case 'R':
        options.is_repeated = true;
        break;
    default:
        exit(2);
    }
}

static void options_read(int count, char **words)
{
    static const struct option known[] = {
        {"port", 1, NULL, 'p'},   {"path", 1, NULL, 'u'},        {"alert", 1, NULL, 'a'},
        {"header", 1, NULL, 'h'}, {"connections", 1, NULL, 'c'}, {"batch", 1, NULL, 'b'},
        {"spread", 1, NULL, 's'}, {"first", 1, NULL, 'f'},       {"count", 1, NULL, 'n'},
        {"rate", 1, NULL, 'r'},   {"seconds", 1, NULL, 't'},     {"warm", 1, NULL, 'w'},
        {"stamps", 1, NULL, 'm'}, {"keys", 1, NULL, 'k'},        {"repeated", 0, NULL, 'R'},
        {NULL, 0, NULL, 0}};
    int letter;
    while ((letter = getopt_long(count, words, "", known, NULL)) != -1)
        option_take((char)letter, optarg);
    if (options.port <= 0 || !options.alert || options.batch < 1 || options.spread < 1 ||
        options.connections < 1 || options.connections > CONNECTIONS_MAX) {
        fprintf(stderr,
                "usage: bench_load --port P --alert JSON [--path PATH] [--header LINE]... "
                "[--connections N] [--batch N] [--repeated] [--spread N] [--first N] "
                "[--rate R] [--count N] [--seconds S] [--warm S] [--stamps FILE] [--keys FILE]\n");
        exit(2);
    }
}

static void print(void)
{
    struct rusage used;
    double cpu;
    getrusage(RUSAGE_SELF, &used);
    cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
          (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    waits_sort(&from_due);
    waits_sort(&from_sent);
    double rate = (double)taken_in_time / options.seconds;
    printf("{\"requests\": %" PRIu64 ", \"answered\": %" PRIu64 ", \"taken\": %" PRIu64
           ", \"not_2xx\": %" PRIu64 ", \"errors\": %" PRIu64 ", \"unsent\": %" PRIu64
           ", \"alerts\": %" PRIu64 ", \"seconds\": %.3f, \"rate\": %.1f, \"alert_rate\": %.1f",
           begun, answered, taken, answered - taken, errors, unsent, taken * options.batch,
           (double)(now_ns() - started_at) / 1e9, rate, rate * options.batch);
    printf(", \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"p999_ms\": %.4f, \"max_ms\": %.4f",
           waits_part(&from_due, 0.5), waits_part(&from_due, 0.99), waits_part(&from_due, 0.999),
           waits_part(&from_due, 1));
    printf(", \"sent_p50_ms\": %.4f, \"sent_p99_ms\": %.4f, \"own_cpu_s\": %.3f, \"statuses\": {",
           waits_part(&from_sent, 0.5), waits_part(&from_sent, 0.99), cpu);
    const char *comma = "";
    for (int i = 0; i < STATUS_MAX; i++) {
        if (statuses[i] == 0)
            continue;
        printf("%s\"%d\": %" PRIu64, comma, i, statuses[i]);
        comma = ", ";
    }
    printf("}}\n");
}

int main(int argc, char **argv)
{
    options_read(argc, argv);
    prctl(PR_SET_TIMERSLACK, 1UL);
    request_init(&request, options.path, options.headers, options.alert, options.batch,
                 options.spread);
    if (options.keys)
        request_keys(&request, options.keys);
    stamps = options.stamps ? fopen(options.stamps, "we") : NULL;
    if (options.stamps && !stamps)
        fail(options.stamps);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc(options.connections, sizeof(*connections));
    idle = calloc(options.connections, sizeof(struct connection *));
    if (epoll < 0 || !connections || !idle)
        fail("start");
    for (uint32_t i = 0; i < options.connections; i++) {
        connections[i].out = malloc(request.size);
        if (!connections[i].out)
            abort();
        memcpy(connections[i].out, request.bytes, request.size);
        connection_open(&connections[i]);
    }
    run();
    print();
    if (stamps && fclose(stamps) != 0)
        fail(options.stamps);
    for (uint32_t i = 0; i < options.connections; i++)
        free(connections[i].out);
    free(connections);
    free(idle);
    waits_clear(&from_due);
    waits_clear(&from_sent);
    request_clear(&request);
    return 0;
}
