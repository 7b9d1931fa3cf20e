/* SPDX-License-Identifier: MIT */
#include "http/wire.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "base/text.h"
#include "http/request.h"

static enum method method_parse(const char *name)
{
    static const char *const names[METHOD_OTHER] = {
        [METHOD_GET] = "GET", [METHOD_HEAD] = "HEAD",     [METHOD_POST] = "POST",
        [METHOD_PUT] = "PUT", [METHOD_DELETE] = "DELETE", [METHOD_OPTIONS] = "OPTIONS",
    };
    for (size_t i = 0; i < METHOD_OTHER; i++) {
        if (string_is(names[i], name))
            return (enum method)i;
    }
    return METHOD_OTHER;
}

static const char *argument_decode(struct arena *arena, const char *text)
{
    CLEANUP(text_clear) struct text decoded = {0};
    text_add_decoded(&decoded, span_of(text), false); /* the library has seen to "+" */
    return arena_copy_span(arena, text_span(&decoded));
}

static enum MHD_Result query_take(void *context, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    struct call *call = context;
    (void)kind;
    if (call->query_count == CALL_QUERY_MAX) {
        call_answer_errorf(call, 400, "invalid", "At most %d arguments are taken.", CALL_QUERY_MAX);
        return MHD_NO;
    }
    struct pair *pair = &call->query[call->query_count++];
    pair->name = argument_decode(call->arena, name);
    pair->value = argument_decode(call->arena, value);
    return MHD_YES;
}

/* Those that a format of alerts may ask for; what proves who sends is none of them. */
static enum MHD_Result header_take(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct call *call = context;
    (void)kind;
    if (call->header_count == CALL_HEADERS_MAX)
        return MHD_NO;
    if (string_same(name, "Authorization") || string_same(name, "Cookie"))
        return MHD_YES;
    struct ingest_header *header = &call->headers[call->header_count++];
    char *lower = arena_copy(call->arena, name);
    for (char *at = lower; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    header->name = lower;
    header->value = arena_copy(call->arena, value ? value : "");
    return MHD_YES;
}

static const char *header_find(struct call *call, struct MHD_Connection *connection,
                               const char *name)
{
    return arena_copy(call->arena, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

size_t wire_keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

void wire_read(struct call *call, struct MHD_Connection *connection, const char *path,
               const char *method)
{
    call->method = method_parse(method);
    call->path = arena_copy(call->arena, path);
    call->authorization = header_find(call, connection, "Authorization");
    call->origin = header_find(call, connection, "Origin");
    call->fetch_site = header_find(call, connection, "Sec-Fetch-Site");
    call->host = header_find(call, connection, "Host");
    call->if_none_match = header_find(call, connection, "If-None-Match");
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, query_take, call);
}

void wire_read_headers(struct call *call, struct MHD_Connection *connection)
{
    MHD_get_connection_values(connection, MHD_HEADER_KIND, header_take, call);
}

/* How often a header of that name came, however its letters are. */
struct header_count {
    size_t lengths;
    size_t encodings;
};

static enum MHD_Result header_count(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    struct header_count *count = context;
    (void)kind;
    (void)value;
    count->lengths += string_same(name, "Content-Length");
    count->encodings += string_same(name, "Transfer-Encoding");
    return MHD_YES;
}

uint64_t wire_content_length(struct MHD_Connection *connection)
{
    const char *text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
    return text ? strtoull(text, NULL, 10) : 0;
}

bool wire_is_ambiguous(struct MHD_Connection *connection)
{
    struct header_count count = {0};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, header_count, &count);
    return count.lengths + count.encodings > 1;
}
