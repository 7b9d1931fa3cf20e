/* SPDX-License-Identifier: MIT */
/*
 * fuzz_wire.c - bytes on a connection of the real HTTP server, over its Unix socket.
 *
 * The first byte says how the bytes are cut. What must hold: the server answers or closes, always;
 * an answer begins as one; what it hands on is the same, however the bytes were cut; and it is
 * still there for the next caller.
 */
#include <assert.h>
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/id.h"
#include "fuzz.h"
#include "http/request.h"
#include "http/server.h"
#include "input.h"

#define WAIT_MS 60000
#define SOURCE "pgk_prompromprompromprompromprom"

static struct {
    struct server *server;
    char folder[64];
    char path[96];
    atomic_uint_fast64_t handed; /* a hash of all calls of one connection */
    atomic_uint count;
} stage;

static void hash_add(uint64_t *hash, struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        *hash = (*hash ^ (unsigned char)bytes.bytes[i]) * UINT64_C(0x100000001b3);
    *hash = (*hash ^ 0xff) * UINT64_C(0x100000001b3);
}

/* What reached the daemon: on the server's thread, and answered there. */
static bool call_submit(void *context, struct call *call, struct fault *why_not)
{
    (void)context;
    (void)why_not;
    uint64_t hash = atomic_load(&stage.handed);
    hash_add(&hash, span_of(call->path));
    hash_add(&hash, text_span(&call->body));
    for (size_t i = 0; i < call->query_count; i++) {
        hash_add(&hash, span_of(call->query[i].name));
        hash_add(&hash, span_of(call->query[i].value));
    }
    hash_add(&hash, (struct span){(const char *)&call->caller.kind, sizeof call->caller.kind});
    atomic_store(&stage.handed, hash);
    atomic_fetch_add(&stage.count, 1);
    call_answer_error(call, 418, "fuzz", "Nothing is recorded here.");
    call_finish(call);
    return true;
}

static void stage_end(void)
{
    size_t left = server_close(stage.server, HOUR_MS);
    assert(left == 0);
    (void)rmdir(stage.folder);
}

static void stage_begin(void)
{
    struct server_options options = {.submit = call_submit};
    struct credential credential = {.name = "prom", .team = "ops"};
    const struct credential *list = &credential;
    struct fault fault = {0};
    if (stage.server != NULL)
        return;
    (void)snprintf(stage.folder, sizeof stage.folder, "/tmp/pagerd-wire-XXXXXX");
    char *made = mkdtemp(stage.folder);
    assert(made != NULL);
    (void)snprintf(stage.path, sizeof stage.path, "%s/s", stage.folder);
    options.socket_path = stage.path;
    bool is_open = server_open(&options, &stage.server, &fault);
    if (!is_open)
        output_fail("server", fault.text);
    hash_text(SPAN(SOURCE), credential.hash);
    server_set_identities(stage.server, &list, 1, NULL, 0, NULL, 0);
    (void)atexit(stage_end);
}

static int line_open(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int line = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", stage.path);
    int connected = connect(line, (const struct sockaddr *)&address, sizeof address);
    assert(line >= 0 && connected == 0);
    return line;
}

/* False when the server has closed before it was told everything, as it may. */
static bool line_send(int line, struct span bytes, size_t chunk)
{
    while (bytes.size > 0) {
        size_t part = bytes.size < chunk ? bytes.size : chunk;
        ssize_t sent = send(line, bytes.bytes, part, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes = (struct span){bytes.bytes + sent, bytes.size - (size_t)sent};
    }
    return true;
}

/* Until the server has read all of it, or has closed: so that the end is seen as news of its own.
 */
static void line_drain(int line)
{
    for (int left = 1; left > 0;) {
        struct pollfd poll_line = {.fd = line, .events = POLLHUP};
        if (poll(&poll_line, 1, 0) > 0 && (poll_line.revents & (POLLHUP | POLLERR)) != 0)
            return;
        int asked = ioctl(line, SIOCOUTQ, &left);
        assert(asked == 0);
        if (left > 0)
            (void)sched_yield();
    }
}

/* All that the server says until it closes. */
static void line_receive(int line, struct text *answer)
{
    char bytes[4096];
    for (;;) {
        struct pollfd poll_line = {.fd = line, .events = POLLIN};
        int ready = poll(&poll_line, 1, WAIT_MS);
        if (ready == 0)
            output_fail("server", "neither answers nor closes");
        ssize_t got = recv(line, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        text_add_bytes(answer, bytes, (size_t)got);
    }
}

/* One connection: what was handed on by it. */
static uint64_t line_run(struct span bytes, size_t chunk)
{
    CLEANUP(text_clear) struct text answer = {0};
    atomic_store(&stage.handed, UINT64_C(0xcbf29ce484222325));
    int line = line_open();
    if (line_send(line, bytes, chunk))
        line_drain(line);
    (void)shutdown(line, SHUT_WR);
    line_receive(line, &answer);
    (void)close(line);
    if (answer.size > 0 && !span_has_prefix(text_span(&answer), "HTTP/1."))
        output_fail("answer", text_string(&answer));
    return atomic_load(&stage.handed);
}

/*
 * Of a chunked request that stops within its trailer libmicrohttpd 0.9.75 now and then takes the
 * end of the line for the end of the request. Its body is whole then (RFC 9112, section 8): handed
 * on or not, both are right.
 */
static bool stops_in_trailer(struct span bytes)
{
    bool is_chunked = memmem(bytes.bytes, bytes.size, "hunked", 6) != NULL;
    const char *last = memmem(bytes.bytes, bytes.size, "\r\n0", 3);
    bool is_ended = bytes.size >= 4 && memcmp(bytes.bytes + bytes.size - 4, "\r\n\r\n", 4) == 0;
    return is_chunked && last != NULL && !is_ended;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = input_of(bytes, size);
    size_t chunk = 1 + input_byte(&input);
    stage_begin();
    uint64_t whole = line_run(input.rest, SIZE_MAX);
    uint64_t pieces = line_run(input.rest, chunk);
    if (whole != pieces && !stops_in_trailer(input.rest))
        output_fail("pieces", "what is handed on depends on how the bytes were cut");
    return 0;
}
