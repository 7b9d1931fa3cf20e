/* SPDX-License-Identifier: MIT */
#include "pagectl/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/api.h"

CLEANUP_DEFINE(CURL *, curl_easy_cleanup)
CLEANUP_DEFINE(struct curl_slist *, curl_slist_free_all)

static bool url_is_plain(const char *url)
{
    for (const char *byte = url; *byte != '\0'; byte++) {
        if (*byte <= ' ' || *byte == 0x7f)
            return false;
    }
    return strchr(url, '@') == NULL; /* a password in a URL is seen by everybody */
}

bool place_parse(struct arena *arena, const char *text, struct place *place, struct fault *fault)
{
    struct sockaddr_un address;
    if (strncmp(text, "unix:", 5) == 0)
        text += 5;
    if (text[0] == '/' || text[0] == '.') {
        if (strlen(text) >= sizeof(address.sun_path))
            return fault_set(fault, FAULT_INPUT, "the path of a socket has at most %zu bytes",
                             sizeof(address.sun_path) - 1);
        *place = (struct place){.url = "http://localhost", .socket = arena_copy(arena, text)};
        return true;
    }

    const char *scheme = strstr(text, "://") != NULL ? "" : "http://";
    bool is_web =
        scheme[0] != '\0' || strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
    if (!is_web || text[0] == '\0' || !url_is_plain(text))
        return fault_set(fault, FAULT_INPUT,
                         "\"%.100s\" is neither https://HOST[:PORT] nor the path of a socket",
                         text);
    char *url = arena_format(arena, "%s%s", scheme, text);
    for (size_t size = strlen(url); size > 0 && url[size - 1] == '/'; size--)
        url[size - 1] = '\0';
    *place = (struct place){.url = url};
    return true;
}

const char *place_name(struct arena *arena, const struct place *place)
{
    return place->socket != NULL ? arena_format(arena, "the socket %s", place->socket) : place->url;
}

static size_t body_take(char *bytes, size_t size, size_t count, void *context)
{
    struct text *body = context;
    if (body->size + size * count > API_BODY_MAX)
        return 0; /* curl ends the transfer with an error */
    text_add_bytes(body, bytes, size * count);
    return size * count;
}

/* One line of the answer's head; only pagerd's clock is looked at. */
static size_t header_take(char *bytes, size_t size, size_t count, void *context)
{
    struct reply *reply = context;
    struct span line = {bytes, size * count};
    struct span name = span_cut(&line, ':');
    char value[INSTANT_TEXT_SIZE];
    struct span text = span_trim(line);
    if (name.size != strlen(API_NOW_HEADER) || text.size >= sizeof(value) ||
        strncasecmp(name.bytes, API_NOW_HEADER, name.size) != 0)
        return size * count;
    memcpy(value, text.bytes, text.size);
    value[text.size] = '\0';
    msec now_at = 0;
    if (instant_parse(value, &now_at, NULL))
        reply->now_at = now_at;
    return size * count;
}

/* PAGECTL_DEBUG=1: the exchange without its headers, which hold the token. */
static void debug_show(const char *mark, const char *line, const char *body)
{
    const char *debug = getenv("PAGECTL_DEBUG");
    CLEANUP(text_clear) struct text clean = {0};
    if (debug == NULL || !string_is(debug, "1"))
        return;
    text_add_terminal(&clean, body != NULL ? body : "");
    fprintf(stderr, "%s %s %s\n", mark, line, text_string(&clean));
}

static bool headers_make(const struct place *place, const struct exchange *exchange,
                         struct curl_slist **headers)
{
    CLEANUP(text_clear) struct text line = {0};
    struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json");
    text_addf(&line, "Content-Type: %s",
              exchange->content_type != NULL ? exchange->content_type : "application/json");
    list = curl_slist_append(list, text_string(&line));
    list = curl_slist_append(list, "Expect:");
    if (place->token != NULL) {
        text_reset(&line);
        text_addf(&line, "Authorization: Bearer %s", place->token);
        list = curl_slist_append(list, text_string(&line));
    }
    *headers = list;
    return list != NULL;
}

static void handle_prepare(CURL *curl, const struct place *place, const struct exchange *exchange)
{
    msec connect_ms = exchange->connect_ms > 0 ? exchange->connect_ms : CLIENT_CONNECT_MS;
    msec total_ms = exchange->total_ms > 0 ? exchange->total_ms : CLIENT_TOTAL_MS;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "pagectl/" PAGERD_VERSION);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* do not wait for a dead DNS server */
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)total_ms);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, body_take);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, exchange->method);
    if (place->socket != NULL)
        curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, place->socket);
    if (place->socket != NULL)
        curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* http_proxy must not take a socket away */
    if (exchange->body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, exchange->body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(exchange->body));
    }
}

/* pagerd cannot have seen a request of which no byte has left. */
static enum loss loss_of(CURL *curl, CURLcode code)
{
    curl_off_t sent = 0;
    long size = 0;
    switch ((int)code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return LOSS_UNSENT;
    }
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &size);
    curl_easy_getinfo(curl, CURLINFO_SIZE_UPLOAD_T, &sent);
    return size == 0 && sent == 0 ? LOSS_UNSENT : LOSS_UNKNOWN;
}

static bool loss_explain(CURL *curl, CURLcode code, const struct exchange *exchange,
                         const char *detail, struct fault *fault)
{
    long error = 0;
    msec total_ms = exchange->total_ms > 0 ? exchange->total_ms : CLIENT_TOTAL_MS;
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &error);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return fault_set(fault, FAULT_PEER, "no answer in %lld s",
                         (long long)((total_ms + SECOND_MS - 1) / SECOND_MS));
    if (code == CURLE_COULDNT_CONNECT && error != 0)
        return fault_set(fault, FAULT_PEER, "%s", strerror((int)error));
    if (code == CURLE_WRITE_ERROR)
        return fault_set(fault, FAULT_LIMIT, "the answer is larger than 8 MiB");
    return fault_set(fault, FAULT_PEER, "%s",
                     detail[0] != '\0' ? detail : curl_easy_strerror(code));
}

/* Where the bytes of an answer go. */
struct sink {
    CURL *curl;
    int file;
    struct text *body; /* of an answer that is no file */
    int error;         /* errno of the file */
};

static size_t file_take(char *bytes, size_t size, size_t count, void *context)
{
    struct sink *sink = context;
    long status = 0;
    size_t left = size * count;
    curl_easy_getinfo(sink->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return body_take(bytes, size, count, sink->body);
    while (left > 0) {
        ssize_t written = write(sink->file, bytes, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            sink->error = errno;
            return 0;
        }
        bytes += written;
        left -= (size_t)written;
    }
    return size * count;
}

bool client_download(const struct place *place, const char *path, int file, struct reply *reply,
                     struct fault *fault)
{
    const struct exchange exchange = {.method = "GET", .path = path};
    CLEANUP(text_clear) struct text url = {0};
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(curl_slist_free_all) struct curl_slist *headers = NULL;
    CLEANUP(curl_easy_cleanup) CURL *curl = curl_easy_init();
    struct sink sink = {.curl = curl, .file = file, .body = &body};
    char detail[CURL_ERROR_SIZE] = "";
    reply->loss = LOSS_UNKNOWN;
    if (curl == NULL || !headers_make(place, &exchange, &headers))
        return fault_set(fault, FAULT_LIMIT, "no memory for a request");

    text_addf(&url, "%s%s", place->url, path);
    handle_prepare(curl, place, &exchange);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 0L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)(CLIENT_IDLE_MS / SECOND_MS));
    curl_easy_setopt(curl, CURLOPT_URL, text_string(&url));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, file_take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    CURLcode code = curl_easy_perform(curl);
    errno = sink.error;
    if (sink.error != 0)
        return fault_set(fault, FAULT_SYSTEM, "cannot write the file");
    if (code != CURLE_OK)
        return loss_explain(curl, code, &exchange, detail, fault);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
    reply->loss = LOSS_NONE;
    reply->body = body;
    body = (struct text){0};
    return true;
}

bool client_exchange(const struct place *place, const struct exchange *exchange,
                     struct reply *reply, struct fault *fault)
{
    CLEANUP(text_clear) struct text url = {0};
    CLEANUP(text_clear) struct text body = {0};
    CLEANUP(curl_slist_free_all) struct curl_slist *headers = NULL;
    CLEANUP(curl_easy_cleanup) CURL *curl = curl_easy_init();
    char detail[CURL_ERROR_SIZE] = "";
    reply->loss = LOSS_UNSENT;
    if (curl == NULL || !headers_make(place, exchange, &headers))
        return fault_set(fault, FAULT_LIMIT, "no memory for a request");

    text_addf(&url, "%s%s", place->url, exchange->path);
    handle_prepare(curl, place, exchange);
    curl_easy_setopt(curl, CURLOPT_URL, text_string(&url));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, header_take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, reply);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    debug_show(">", exchange->path, exchange->body);

    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        reply->loss = loss_of(curl, code);
        debug_show("<", curl_easy_strerror(code), detail);
        return loss_explain(curl, code, exchange, detail, fault);
    }
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
    debug_show("<", exchange->path, text_string(&body));
    reply->loss = LOSS_NONE;
    reply->body = body;
    body = (struct text){0};
    return true;
}
