/* SPDX-License-Identifier: MIT */
/*
 * libcurl is told everything that it may do: protocols, redirects, time-outs, sizes. It does not
 * clean what it is given (a line end in a header or recipient goes out as it is), so jobs come
 * here only through job_parse, which refuses them.
 */
#include "notify/courier/transfer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/text.h"
#include "notify/courier/leave.h"
#include "notify/courier/message.h"
#include "notify/courier/reach.h"

#define REDIRECTS_MAX 5
#define KEPT_S_MAX 1    /* a gateway's connection idle for a whole second more is not used again */
#define IDLE_S_MAX 5    /* a mail connection idle for longer is not used again */
#define QUIT_S_MAX 2    /* libcurl waits for the answer to QUIT, and the whole lane with it */
#define REPLY_MAX 512   /* RFC 5321: a reply line */
#define KEEP_IDLE_S 60  /* a stream says nothing while nothing happens: is anybody there? */
#define KEEP_EVERY_S 20 /* and again, until the system takes it for dead */
#define DATA_IS_EXPECTED 354 /* SMTP: the message is being sent, or its answer awaited */

struct transfer {
    CURL *easy;
    struct outbox *outbox;
    struct arena *arena;
    struct job job;
    struct curl_slist *headers;
    struct curl_slist *recipients;
    struct text body;   /* of the answer; SMTP: the last refusal */
    bool is_late;       /* its time to leave was over before anything of it had left */
    bool is_begun;      /* a connection was ready for it */
    long sent_before;   /* bytes that were sent by then: to a proxy */
    bool is_lost;       /* all or some of it went into a kept connection that was given up */
    bool is_body_cut;   /* the answer was larger than what is kept */
    struct reach reach; /* where it may lead */
    size_t given_size;  /* SMTP: bytes of the message handed to libcurl */
    char error[CURL_ERROR_SIZE];
};

static size_t body_max(const struct transfer *transfer)
{
    static const size_t sizes[REQUEST_KIND_COUNT] = {
        [REQUEST_HTTP] = RESULT_BODY_MAX,
        [REQUEST_SMTP] = RESULT_BODY_MAX,
        [REQUEST_FETCH] = FETCH_BODY_MAX,
        [REQUEST_STREAM] = STREAM_LINE_MAX,
    };
    return sizes[transfer->job.request.kind];
}

static size_t take_body(char *bytes, size_t one, size_t size, void *context)
{
    struct transfer *transfer = context;
    size_t room = body_max(transfer) - transfer->body.size;
    (void)one;
    text_add_bytes(&transfer->body, bytes, size < room ? size : room);
    if (size <= room)
        return size;
    transfer->is_body_cut = true;
    return CURL_WRITEFUNC_ERROR;
}

static void give_on(struct transfer *transfer, struct span lines)
{
    long reply = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &reply);
    outbox_put(transfer->outbox, transfer->job.id,
               &(struct result){.end = TRANSFER_GOES_ON,
                                .code = (uint32_t)reply,
                                .body = lines,
                                .error = "",
                                .etag = "",
                                .last_modified = ""});
}

static bool stream_is_good(const struct transfer *transfer)
{
    long reply = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &reply);
    return reply >= 200 && reply < 300;
}

/* Whole lines go on at once, also within a piece that is longer than a line may be. The daemon is
 * to be told that it has missed something rather than to be drowned. */
static size_t take_lines(char *bytes, size_t one, size_t size, void *context)
{
    struct transfer *transfer = context;
    const char *end = stream_is_good(transfer) ? memrchr(bytes, '\n', size) : NULL;
    if (end == NULL)
        return take_body(bytes, one, size, context);
    size_t whole = (size_t)(end - bytes) + 1;
    if (outbox_size(transfer->outbox) > OUTBOX_FULL) {
        transfer->is_body_cut = true;
        return CURL_WRITEFUNC_ERROR;
    }
    text_add_bytes(&transfer->body, bytes, whole);
    give_on(transfer, text_span(&transfer->body));
    text_reset(&transfer->body);
    text_add_bytes(&transfer->body, bytes + whole, size - whole);
    return size;
}

/* The empty line behind the head of the answer: from now on nothing is missed. */
static size_t see_head(char *bytes, size_t one, size_t size, void *context)
{
    struct transfer *transfer = context;
    if (size * one == 2 && bytes[0] == '\r' && stream_is_good(transfer))
        give_on(transfer, SPAN(""));
    return one * size;
}

/*
 * Connected, and nothing is asked yet. The connection may have taken its time, but not more: who
 * comes here later was frozen. And who comes here again had sent into a kept connection that broke
 * without an answer: libcurl would say it once more of its own accord (RFC 9110, 9.2.2), but
 * whether a page may have been taken is for the engine to know, which repeats it and marks that.
 */
static int see_connection(void *context, char *peer UNUSED, char *own UNUSED, int peer_port UNUSED,
                          int own_port UNUSED)
{
    struct transfer *transfer = context;
    long sent = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
    bool is_again = transfer->is_begun && transfer->job.request.kind == REQUEST_HTTP;
    transfer->is_lost = is_again && sent > transfer->sent_before;
    if (transfer->is_lost)
        return CURL_PREREQFUNC_ABORT;
    if (!transfer->is_begun)
        transfer->sent_before = sent;
    transfer->is_begun = true;
    transfer->is_late = leave_is_over(&transfer->job, transfer->job.request.connect_ms);
    return transfer->is_late ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static size_t give_message(char *bytes, size_t one, size_t size, void *context)
{
    struct transfer *transfer = context;
    struct span body = transfer->job.request.body;
    size_t left = body.size - transfer->given_size;
    size_t given = size * one < left ? size * one : left;
    if (transfer->given_size == 0 &&
        leave_is_over(&transfer->job, transfer->job.request.total_ms)) {
        transfer->is_late = true;
        return CURL_READFUNC_ABORT; /* without its end the message is none (RFC 5321, 4.1.1.4) */
    }
    if (given > 0)
        memcpy(bytes, body.bytes + transfer->given_size, given);
    transfer->given_size += given;
    return given;
}

/* A refusal is kept for its reason. After it libcurl says QUIT and blocks until that is answered:
 * not for long. */
static size_t see_reply(char *bytes, size_t one, size_t size, void *context)
{
    struct transfer *transfer = context;
    bool is_refusal = size > 0 && (bytes[0] == '4' || bytes[0] == '5');
    if (!is_refusal)
        return one * size;
    (void)curl_easy_setopt(transfer->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)QUIT_S_MAX);
    text_reset(&transfer->body);
    text_add_bytes(&transfer->body, bytes, size < REPLY_MAX ? size : REPLY_MAX);
    return one * size;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    long redirects = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_COUNT, &redirects);
    if (purpose != CURLSOCKTYPE_IPCXN ||
        !reach_allows(&transfer->reach, &address->addr, redirects > 0))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_common(struct transfer *transfer)
{
    const struct request *request = &transfer->job.request;
    CURL *easy = transfer->easy;
    (void)curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    (void)curl_easy_setopt(easy, CURLOPT_URL, request->url);
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_ms);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)request->total_ms);
    (void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    (void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, see_connection);
    (void)curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    if (request->allow != NULL)
        reach_guard(&transfer->reach, request->url, request->allow);
    if (request->ca_file != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, request->ca_file);
    if (request->user != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_USERNAME, request->user);
    if (request->password != NULL)
        (void)curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password);
}

static void header_add(struct transfer *transfer, const char *header)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, header);
    if (longer == NULL)
        memory_out();
    transfer->headers = longer;
}

static void set_http_body(struct transfer *transfer)
{
    const struct request *request = &transfer->job.request;
    CURL *easy = transfer->easy;
    if (request->body.size > 0 || string_is(request->method, "POST")) {
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body.bytes);
    } else {
        (void)curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
    }
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_http(struct transfer *transfer)
{
    const struct request *request = &transfer->job.request;
    CURL *easy = transfer->easy;
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(easy, CURLOPT_USERAGENT, "pagerd/" PAGERD_VERSION);
    (void)curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    for (size_t i = 0; i < request->header_count; i++)
        header_add(transfer, request->headers[i]);
    header_add(transfer, "Expect:");
    set_http_body(transfer);
    if (request->is_probe)
        (void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
}

bool transfer_is_kept(const struct transfer *transfer)
{
    const struct request *request = &transfer->job.request;
    return request->kind == REQUEST_HTTP && !request->is_probe && request->allow != NULL;
}

/* In a storm page after page goes to one gateway, and a connection of its own, with its handshake,
 * costs far more than a page. Only what is guarded, for all of that was let through by one rule. */
static void set_page(struct transfer *transfer)
{
    set_http(transfer);
    if (!transfer_is_kept(transfer))
        return;
    (void)curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, 0L);
    (void)curl_easy_setopt(transfer->easy, CURLOPT_MAXAGE_CONN, (long)KEPT_S_MAX);
}

static void set_fetch(struct transfer *transfer)
{
    const struct request *request = &transfer->job.request;
    CURL *easy = transfer->easy;
    /* Only a question that carries nothing may be asked of somebody else instead. */
    (void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION,
                           string_is(request->method, "GET") ? 1L : 0L);
    (void)curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    (void)curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
    (void)curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)FETCH_BODY_MAX);
    if (request->etag != NULL && request->etag[0] != '\0')
        header_add(transfer, arena_format(transfer->arena, "If-None-Match: %s", request->etag));
    if (request->last_modified != NULL && request->last_modified[0] != '\0')
        header_add(transfer,
                   arena_format(transfer->arena, "If-Modified-Since: %s", request->last_modified));
    set_http(transfer);
}

static void set_stream(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    set_http(transfer);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_lines);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, see_head);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, (long)KEEP_IDLE_S);
    (void)curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, (long)KEEP_EVERY_S);
}

/* What the TLS policies mean to libcurl. Without a login and without an authority of its own, an
 * opportunistic connection may be to a server whose certificate nobody signed (RFC 7435). */
static void set_mail_tls(struct transfer *transfer)
{
    static const long levels[REQUEST_TLS_COUNT] = {
        [REQUEST_TLS_REQUIRED] = CURLUSESSL_ALL,
        [REQUEST_TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
        [REQUEST_TLS_NONE] = CURLUSESSL_NONE,
    };
    const struct request *request = &transfer->job.request;
    (void)curl_easy_setopt(transfer->easy, CURLOPT_USE_SSL, levels[request->tls]);
    if (request->tls != REQUEST_TLS_OPPORTUNISTIC || request->user != NULL ||
        request->ca_file != NULL)
        return;
    (void)curl_easy_setopt(transfer->easy, CURLOPT_SSL_VERIFYPEER, 0L);
    (void)curl_easy_setopt(transfer->easy, CURLOPT_SSL_VERIFYHOST, 0L);
}

static void set_mail(struct transfer *transfer)
{
    const struct request *request = &transfer->job.request;
    CURL *easy = transfer->easy;
    (void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    (void)curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                           (long)(request->total_ms / 1000 + 1));
    (void)curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, (long)IDLE_S_MAX);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, see_reply);
    (void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    set_mail_tls(transfer);
    if (request->is_probe) {
        (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "NOOP");
        return;
    }
    (void)curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_message);
    (void)curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
    (void)curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->body.size);
    (void)curl_easy_setopt(easy, CURLOPT_MAIL_FROM,
                           arena_format(transfer->arena, "<%s>", request->mail_from));
    transfer->recipients =
        curl_slist_append(NULL, arena_format(transfer->arena, "<%s>", request->mail_to));
    (void)curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, transfer->recipients);
}

struct transfer *transfer_new(struct span frame, struct outbox *outbox)
{
    static void (*const setters[REQUEST_KIND_COUNT])(struct transfer *) = {
        [REQUEST_HTTP] = set_page,
        [REQUEST_SMTP] = set_mail,
        [REQUEST_FETCH] = set_fetch,
        [REQUEST_STREAM] = set_stream,
    };
    struct transfer *transfer = memory_new(1, sizeof *transfer);
    struct fault fault;
    transfer->outbox = outbox;
    transfer->arena = arena_new();
    transfer->easy = curl_easy_init();
    if (transfer->easy == NULL || !job_parse(frame, transfer->arena, &transfer->job, &fault)) {
        transfer_free(transfer);
        return NULL;
    }
    set_common(transfer);
    setters[transfer->job.request.kind](transfer);
    (void)curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
    return transfer;
}

void transfer_free(struct transfer *transfer)
{
    if (transfer == NULL)
        return;
    if (transfer->easy != NULL)
        curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->recipients);
    text_clear(&transfer->body);
    arena_free(transfer->arena);
    free(transfer);
}

const struct job *transfer_job(const struct transfer *transfer)
{
    return &transfer->job;
}

CURL *transfer_easy(const struct transfer *transfer)
{
    return transfer->easy;
}

struct transfer *transfer_of(CURL *easy)
{
    char *context = NULL;
    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &context);
    assert(context != NULL);
    return (struct transfer *)(void *)context;
}

/* How libcurl's code is read; by_reply and by_progress need a second look. */
enum reading { READ_AS_IS, READ_BY_REPLY, READ_BY_PROGRESS };

static const struct row {
    CURLcode code;
    enum reading reading;
    enum transfer_end end;
} rows[] = {
    {CURLE_OK, READ_AS_IS, TRANSFER_ANSWERED},
    {CURLE_UNSUPPORTED_PROTOCOL, READ_AS_IS, TRANSFER_INVALID},
    {CURLE_URL_MALFORMAT, READ_AS_IS, TRANSFER_INVALID},
    {CURLE_TOO_MANY_REDIRECTS, READ_AS_IS, TRANSFER_INVALID},
    {CURLE_COULDNT_RESOLVE_PROXY, READ_AS_IS, TRANSFER_UNREACHED},
    {CURLE_COULDNT_RESOLVE_HOST, READ_AS_IS, TRANSFER_UNREACHED},
    {CURLE_COULDNT_CONNECT, READ_AS_IS, TRANSFER_UNREACHED},
    {CURLE_WEIRD_SERVER_REPLY, READ_BY_REPLY, TRANSFER_BROKEN},
    {CURLE_REMOTE_ACCESS_DENIED, READ_BY_REPLY, TRANSFER_BROKEN},
    {CURLE_REMOTE_FILE_NOT_FOUND, READ_BY_REPLY, TRANSFER_BROKEN},
    {CURLE_SEND_ERROR, READ_BY_REPLY, TRANSFER_BROKEN},
    {CURLE_RECV_ERROR, READ_BY_PROGRESS, TRANSFER_BROKEN},
    {CURLE_GOT_NOTHING, READ_BY_PROGRESS, TRANSFER_BROKEN},
    {CURLE_PARTIAL_FILE, READ_BY_PROGRESS, TRANSFER_BROKEN},
    {CURLE_OPERATION_TIMEDOUT, READ_BY_PROGRESS, TRANSFER_BROKEN},
    {CURLE_LOGIN_DENIED, READ_AS_IS, TRANSFER_LOGIN},
    {CURLE_AUTH_ERROR, READ_AS_IS, TRANSFER_LOGIN},
    {CURLE_USE_SSL_FAILED, READ_AS_IS, TRANSFER_UNTRUSTED},
    {CURLE_PEER_FAILED_VERIFICATION, READ_AS_IS, TRANSFER_UNTRUSTED},
    {CURLE_SSL_CACERT_BADFILE, READ_AS_IS, TRANSFER_UNTRUSTED},
    {CURLE_SSL_ISSUER_ERROR, READ_AS_IS, TRANSFER_UNTRUSTED},
    {CURLE_FILESIZE_EXCEEDED, READ_AS_IS, TRANSFER_TOO_LARGE},
    {CURLE_WRITE_ERROR, READ_AS_IS, TRANSFER_TOO_LARGE},
};

/* The other side has, or may have, what makes the page a page. */
static bool may_be_taken(const struct ending *ending)
{
    if (ending->is_mail)
        return ending->reply == DATA_IS_EXPECTED && ending->is_body_out;
    return ending->is_request_out;
}

enum transfer_end transfer_classify(const struct ending *ending)
{
    bool is_refusal = ending->is_mail && ending->reply >= 400;
    /* A login refused for now (454) is not a wrong password. */
    if (ending->code == CURLE_LOGIN_DENIED && is_refusal && ending->reply < 500)
        return TRANSFER_ANSWERED;
    struct row found = {ending->code, READ_BY_PROGRESS, TRANSFER_BROKEN};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == ending->code)
            found = rows[i];
    if (found.reading == READ_AS_IS)
        return found.end;
    if (found.reading == READ_BY_REPLY && is_refusal)
        return TRANSFER_ANSWERED;
    if (may_be_taken(ending))
        return TRANSFER_UNCERTAIN;
    return ending->is_connected ? TRANSFER_BROKEN : TRANSFER_UNREACHED;
}

static const char *header_of(CURL *easy, const char *name)
{
    struct curl_header *header;
    CURLHcode code = curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header);
    return code == CURLHE_OK ? header->value : "";
}

static struct ending ending_of(const struct transfer *transfer, CURLcode code)
{
    long reply = 0;
    long request_size = 0;
    curl_off_t connect_us = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &reply);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &request_size);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    return (struct ending){
        .code = code,
        .is_mail = transfer->job.request.kind == REQUEST_SMTP,
        .reply = reply > 0 ? (uint32_t)reply : 0,
        .is_request_out = request_size > 0,
        .is_body_out = transfer->given_size == transfer->job.request.body.size,
        .is_connected = connect_us > 0,
    };
}

/* Seconds for which the server asks to be left alone, from either form of Retry-After. */
static uint32_t retry_after_s(const struct transfer *transfer)
{
    curl_off_t wait_s = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &wait_s);
    return wait_s <= 0 ? 0 : wait_s < UINT32_MAX ? (uint32_t)wait_s : UINT32_MAX;
}

void transfer_finish(struct transfer *transfer, CURLcode code)
{
    bool is_page =
        transfer->job.request.kind == REQUEST_HTTP || transfer->job.request.kind == REQUEST_SMTP;
    bool is_fetch = transfer->job.request.kind == REQUEST_FETCH;
    struct ending ending = ending_of(transfer, code);
    enum transfer_end end = transfer_classify(&ending);
    /* More of an answer to a page than is read does not undo that it was answered. */
    if (transfer->is_body_cut && is_page)
        end = TRANSFER_ANSWERED;
    curl_off_t total_us = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &total_us);
    const char *error = transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code);
    if (transfer->reach.is_refused) {
        end = TRANSFER_INVALID;
        error = arena_format(transfer->arena,
                             transfer->reach.is_guarded
                                 ? "its name leads to the private address %s, which "
                                   "private-networks does not allow"
                                 : "it redirects to %s, an address of this machine or its link",
                             transfer->reach.refused);
    }
    if (transfer->is_lost)
        error = "the connection, which was kept, broke without an answer";
    if (transfer->is_late) {
        end = TRANSFER_LATE;
        error = LEAVE_TOO_LATE;
    }
    struct result result = {
        .end = end,
        .code = ending.reply,
        .body = text_span(&transfer->body),
        .error = end == TRANSFER_ANSWERED ? "" : error,
        .etag = is_fetch ? header_of(transfer->easy, "ETag") : "",
        .last_modified = is_fetch ? header_of(transfer->easy, "Last-Modified") : "",
        .elapsed_ms = (uint32_t)(total_us / 1000),
        .retry_after_s = retry_after_s(transfer),
    };
    outbox_put(transfer->outbox, transfer->job.id, &result);
}
