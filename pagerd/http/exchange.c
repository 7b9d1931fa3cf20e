/* SPDX-License-Identifier: MIT */
/* exchange.c - requests on the wire: read, refused or submitted, and answered. */
#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/api.h"
#include "base/text.h"
#include "http/route.h"
#include "http/server_parts.h"
#include "http/share.h"
#include "http/unreadable.h"
#include "http/wire.h"

#define BODIES_SIZE_MAX ((size_t)256 * 1024 * 1024) /* of all requests together */
/* Of strangers while they are on their way: whoever has shown a key finds room, however many of
 * these there are. */
#define STRANGE_SIZE_MAX ((size_t)64 * 1024 * 1024)
#define LARGE_SIZE 2048                        /* of a body: reading costs more than asking */
#define DRAIN_MAX ((uint64_t)4 * API_BODY_MAX) /* of a refused body that is still read away */
#define BODY_MS (120 * SECOND_MS)              /* for a whole body */
#define FILE_MS HOUR_MS                        /* for a backup to be taken away */
#define ANSWERS_MAX 256  /* given in one turn: newcomers shall not wait for all */
#define SUBMITTED_MAX 16 /* before the owner hears of them, though there may be more */
#define SPARE_MAX 64     /* exchanges that are kept for the next requests */

void server_wake(struct server *server)
{
    uint64_t one = 1;
    ssize_t written = write(server->wake, &one, sizeof(one));
    (void)written; /* a full counter wakes as well */
}

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
        server_wake(server);
}

static struct exchange *exchange_take(struct server *server)
{
    struct exchange *exchange = server->spare;
    if (!exchange) {
        exchange = memory_new(1, sizeof(*exchange));
        exchange->call = call_new();
        return exchange;
    }
    server->spare = exchange->next;
    server->spare_count--;
    *exchange = (struct exchange){.call = exchange->call};
    return exchange;
}

static void exchange_free(struct exchange *exchange)
{
    call_free(exchange->call);
    free(exchange);
}

static void exchange_give_back(struct server *server, struct exchange *exchange)
{
    if (server->spare_count == SPARE_MAX) {
        exchange_free(exchange);
        return;
    }
    call_reset(exchange->call);
    exchange->next = server->spare;
    server->spare = exchange;
    server->spare_count++;
}

static struct exchange *exchange_new(struct door *door, struct MHD_Connection *connection,
                                     const char *path, const char *method)
{
    struct server *server = door->server;
    struct exchange *exchange = exchange_take(server);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange->server = server;
    exchange->door = door;
    exchange->connection = connection;
    exchange->link = info ? info->socket_context : NULL;
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

/* ---- bodies of strangers ---- */

/* A key that stands in the body, or a link in the path, may be anything so far. */
static bool is_stranger(const struct call *call)
{
    return !share_is_known(call) && call->caller.kind != CALLER_LOCAL && !call->peer.is_local;
}

static void strange_begin(struct exchange *exchange)
{
    struct server *server = exchange->server;
    if (!server->strange)
        server->strange_last = &server->strange;
    exchange->is_strange = true;
    exchange->younger = NULL;
    exchange->place = server->strange_last;
    *exchange->place = exchange;
    server->strange_last = &exchange->younger;
}

/* Its body is whole, or is read no more. */
static void strange_end(struct exchange *exchange)
{
    struct server *server = exchange->server;
    if (!exchange->is_strange)
        return;
    exchange->is_strange = false;
    server->strange_size -= exchange->call->body.size;
    *exchange->place = exchange->younger;
    if (exchange->younger)
        exchange->younger->place = exchange->place;
    else
        server->strange_last = exchange->place;
}

/* What it has sent is not kept, and what comes is read away. */
static void body_drop(struct exchange *exchange)
{
    struct call *call = exchange->call;
    strange_end(exchange);
    exchange->server->bodies_size -= call->body.size;
    text_clear(&call->body);
    exchange->is_refused = true;
}

/* Makes room for so much more of this body. Who began first has had the most time to end: it is
 * told when it has said the rest. */
static void strange_make_room(struct exchange *exchange, size_t size)
{
    struct server *server = exchange->server;
    if (!is_stranger(exchange->call))
        return;
    if (!exchange->is_strange)
        strange_begin(exchange);
    while (exchange->is_strange && server->strange_size + size > STRANGE_SIZE_MAX) {
        struct exchange *oldest = server->strange;
        body_drop(oldest);
        atomic_fetch_add(&server->bodies_shed, 1);
        call_fail_unavailable(oldest->call, "too much is being sent by who has shown no key");
    }
}

void exchange_completed(void *context, struct MHD_Connection *connection, void **slot,
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
    strange_end(exchange);
    server->bodies_size -= exchange->call->body.size;
    server->exchange_count--;
    exchange_give_back(server, exchange);
    *slot = NULL;
}

static enum MHD_Result exchange_answer(struct exchange *exchange)
{
    struct call *call = exchange->call;
    msec deadline_at = steady_now() + (call->has_file ? FILE_MS : BODY_MS);
    bool is_last = exchange->link && link_answered(exchange->link, deadline_at);
    exchange->is_answered = true;
    struct MHD_Response *shared = is_last ? NULL : response_share(&exchange->server->kept, call);
    if (shared)
        return MHD_queue_response(exchange->connection, call->status, shared);

    struct MHD_Response *response = response_make(call);
    if (is_last)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(exchange->connection, call->status, response);
    MHD_destroy_response(response);
    return result;
}

static size_t body_max(const struct call *call)
{
    return call->caller.body_max > 0 ? call->caller.body_max : API_BODY_MAX;
}

void exchanges_tell(struct server *server)
{
    if (server->submitted_count > 0 && server->options.submitted)
        server->options.submitted(server->options.context);
    server->submitted_count = 0;
}

/* The owner wakes for many calls at once: to wake costs both threads more than a call does. */
static bool call_submit(struct server *server, struct call *call, struct fault *why_not)
{
    if (!server->options.submit(server->options.context, call, why_not))
        return false;
    if (++server->submitted_count == SUBMITTED_MAX)
        exchanges_tell(server);
    return true;
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
    if (!call_submit(server, report, NULL))
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
    uint64_t size = wire_content_length(exchange->connection);
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
    if (!exchange->is_refused && exchange->received > body_max(call)) {
        body_drop(exchange);
        refuse_size(exchange);
    }
    if (!exchange->is_refused)
        strange_make_room(exchange, *size);
    if (!exchange->is_refused && server->bodies_size + *size > BODIES_SIZE_MAX) {
        body_drop(exchange);
        call_fail_unavailable(call, "too much is being sent at once");
    }
    if (exchange->is_refused && exchange->received > DRAIN_MAX)
        return MHD_NO;
    if (!exchange->is_refused) {
        server->bodies_size += *size;
        if (exchange->is_strange)
            server->strange_size += *size;
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
    strange_end(exchange);
    if (exchange->is_refused || !call_parse(call, server->identities))
        return exchange_answer(exchange);
    if (exchange->link)
        exchange->link->deadline_at = MSEC_NEVER;
    exchange->is_held = true;
    server->held_count++;
    MHD_suspend_connection(exchange->connection);
    struct fault fault = {0};
    if (call_submit(server, call, &fault))
        return MHD_YES;

    call_fail_unavailable(call, fault.text);
    call_finish(call);
    return MHD_YES;
}

enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *path,
                                const char *method, const char *version, const char *bytes,
                                size_t *size, void **slot)
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
    server->is_woken = false;
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
void exchanges_resume(struct server *server)
{
    if (server->is_woken)
        finished_collect(server);
    for (int i = 0; i < ANSWERS_MAX && server->answerable; i++) {
        struct exchange *exchange = server->answerable;
        server->answerable = exchange->next;
        exchange->is_held = false;
        server->held_count--;
        exchange->door->is_ready = true;
        MHD_resume_connection(exchange->connection);
    }
    if (!server->answerable)
        server->answerable_end = &server->answerable;
}

void exchanges_free(struct server *server)
{
    while (server->spare) {
        struct exchange *exchange = server->spare;
        server->spare = exchange->next;
        exchange_free(exchange);
    }
}
