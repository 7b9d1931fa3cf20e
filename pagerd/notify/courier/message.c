/* SPDX-License-Identifier: MIT */
#include "notify/courier/message.h"

#include <assert.h>
#include <string.h>

#define FRAME_HEAD 4
#define FRAME_MIN (FRAME_HEAD + 1)
#define NO_STRING UINT32_MAX
#define TOTAL_MS_MAX 300000
#define NOT_AFTER_MAX (INT64_MAX / 2) /* something may be added to it */

/* Bytes still to be read; `is_bad` sticks, so that a whole message is read before it is judged. */
struct reader {
    struct span rest;
    struct arena *arena;
    bool is_bad;
};

static void add_number(struct text *text, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        text_add_char(text, (char)(number >> (8 * i) & 0xFF));
}

static void add_bytes(struct text *text, struct span span)
{
    add_number(text, span.size, 4);
    text_add_span(text, span);
}

static void add_string(struct text *text, const char *string)
{
    if (string == NULL)
        add_number(text, NO_STRING, 4);
    else
        add_bytes(text, span_of(string));
}

static uint64_t read_number(struct reader *reader, size_t size)
{
    if (reader->rest.size < size) {
        reader->is_bad = true;
        reader->rest.size = 0;
        return 0;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)(unsigned char)reader->rest.bytes[i] << (8 * i);
    reader->rest.bytes += size;
    reader->rest.size -= size;
    return number;
}

static struct span read_bytes(struct reader *reader, bool *is_absent)
{
    uint64_t size = read_number(reader, 4);
    *is_absent = size == NO_STRING;
    if (reader->is_bad || *is_absent)
        return (struct span){"", 0};
    if (size > reader->rest.size) {
        reader->is_bad = true;
        return (struct span){"", 0};
    }
    struct span bytes = {reader->rest.bytes, (size_t)size};
    reader->rest.bytes += size;
    reader->rest.size -= (size_t)size;
    return bytes;
}

static const char *read_string(struct reader *reader)
{
    bool is_absent;
    struct span bytes = read_bytes(reader, &is_absent);
    if (memchr(bytes.bytes, '\0', bytes.size) != NULL)
        reader->is_bad = true;
    return is_absent || reader->is_bad ? NULL : arena_copy_span(reader->arena, bytes);
}

static struct span read_body(struct reader *reader)
{
    bool is_absent;
    struct span bytes = read_bytes(reader, &is_absent);
    char *copy = arena_take(reader->arena, bytes.size + 1);
    memcpy(copy, bytes.bytes, bytes.size);
    return (struct span){copy, bytes.size};
}

/* The size is known when the frame is: it is put in front at the end. */
static size_t begin_frame(struct text *text, enum frame_kind kind)
{
    size_t start = text->size;
    add_number(text, 0, FRAME_HEAD);
    text_add_char(text, (char)kind);
    return start;
}

static void end_frame(struct text *text, size_t start)
{
    size_t size = text->size - start - FRAME_HEAD;
    for (size_t i = 0; i < FRAME_HEAD; i++)
        text->bytes[start + i] = (char)(size >> (8 * i) & 0xFF);
}

static bool is_line(const char *string, size_t size_max)
{
    size_t size = strlen(string);
    if (size >= size_max)
        return false;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)string[i] < ' ' || string[i] == 0x7F)
            return false;
    return true;
}

static bool is_address(const char *string)
{
    return is_line(string, REQUEST_ADDRESS_SIZE) && strpbrk(string, "<> ") == NULL &&
           string[0] != '\0';
}

static bool is_token(const char *string, size_t size_max)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789-_";
    size_t size = strlen(string);
    return size > 0 && size < size_max && strspn(string, letters) == size;
}

/* All strings of a request that go onto a wire as one line. */
static bool lines_check(const struct request *request, struct fault *fault)
{
    const struct {
        const char *name;
        const char *value;
        size_t size_max;
    } lines[] = {
        {"url", request->url, REQUEST_URL_SIZE},
        {"user", request->user, REQUEST_SECRET_SIZE},
        {"password", request->password, REQUEST_SECRET_SIZE},
        {"certificate file", request->ca_file, REQUEST_URL_SIZE},
        {"etag", request->etag, REQUEST_HEADER_SIZE},
        {"list of networks", request->allow, REQUEST_ALLOW_SIZE},
        {"date", request->last_modified, REQUEST_HEADER_SIZE},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (lines[i].value != NULL && !is_line(lines[i].value, lines[i].size_max))
            return fault_set(fault, FAULT_INPUT, "the %s is too long or has a control in it",
                             lines[i].name);
    for (size_t i = 0; i < request->header_count; i++)
        if (request->headers[i] == NULL || strchr(request->headers[i], ':') == NULL ||
            !is_line(request->headers[i], REQUEST_HEADER_SIZE))
            return fault_set(fault, FAULT_INPUT, "header %zu cannot be sent", i + 1);
    return true;
}

bool job_check(const struct job *job, struct fault *fault)
{
    const struct request *request = &job->request;
    if (job->not_after < 0 || job->not_after > NOT_AFTER_MAX)
        return fault_set(fault, FAULT_INPUT, "the job has no usable time to leave");
    if (job->channel == NULL || !is_token(job->channel, COURIER_CHANNEL_SIZE))
        return fault_set(fault, FAULT_INPUT, "the job has no channel");
    if (request->kind <= REQUEST_NONE || request->kind >= REQUEST_KIND_COUNT)
        return fault_set(fault, FAULT_INPUT, "the job is of no kind that is transferred");
    if (request->tls >= REQUEST_TLS_COUNT || request->header_count > REQUEST_HEADERS_MAX)
        return fault_set(fault, FAULT_INPUT, "the job has too many headers or no tls policy");
    uint32_t total_ms_max = request->kind == REQUEST_STREAM ? STREAM_TOTAL_MS : TOTAL_MS_MAX;
    if (request->connect_ms == 0 || request->total_ms == 0 || request->total_ms > total_ms_max ||
        request->connect_ms > TOTAL_MS_MAX)
        return fault_set(fault, FAULT_INPUT, "the job has no usable time-outs");
    if (request->body.size > REQUEST_BODY_MAX)
        return fault_set(fault, FAULT_INPUT, "the body is larger than %d bytes", REQUEST_BODY_MAX);
    if (request->url == NULL || request->url[0] == '\0')
        return fault_set(fault, FAULT_INPUT, "the job has no url");
    if (request->kind != REQUEST_SMTP &&
        (request->method == NULL || !is_token(request->method, 32)))
        return fault_set(fault, FAULT_INPUT, "the job has no method");
    if (request->kind == REQUEST_SMTP && !request->is_probe &&
        (request->mail_from == NULL || request->mail_to == NULL ||
         !is_address(request->mail_from) || !is_address(request->mail_to)))
        return fault_set(fault, FAULT_INPUT, "a mail address cannot be used");
    return lines_check(request, fault);
}

void job_render(struct text *text, const struct job *job)
{
    const struct request *request = &job->request;
    size_t start = begin_frame(text, FRAME_JOB);
    add_number(text, job->id, 8);
    add_number(text, (uint64_t)job->not_after, 8);
    add_string(text, job->channel);
    add_number(text, request->kind, 1);
    add_number(text, request->tls, 1);
    add_number(text, request->connect_ms, 4);
    add_number(text, request->total_ms, 4);
    add_string(text, request->url);
    add_string(text, request->method);
    add_number(text, request->header_count, 4);
    for (size_t i = 0; i < request->header_count; i++)
        add_string(text, request->headers[i]);
    add_bytes(text, request->body);
    add_string(text, request->user);
    add_string(text, request->password);
    add_string(text, request->mail_from);
    add_string(text, request->mail_to);
    add_string(text, request->ca_file);
    add_number(text, request->is_probe, 1);
    add_string(text, request->allow);
    add_string(text, request->etag);
    add_string(text, request->last_modified);
    end_frame(text, start);
    assert(text->size - start <= JOB_FRAME_MAX);
}

bool job_parse(struct span frame, struct arena *arena, struct job *job, struct fault *fault)
{
    struct reader reader = {frame, arena, false};
    struct job read = {0};
    struct request *request = &read.request;
    (void)read_number(&reader, FRAME_HEAD);
    bool is_job = read_number(&reader, 1) == FRAME_JOB;
    read.id = read_number(&reader, 8);
    read.not_after = (msec)read_number(&reader, 8);
    read.channel = read_string(&reader);
    request->kind = (enum request_kind)read_number(&reader, 1);
    request->tls = (enum request_tls)read_number(&reader, 1);
    request->connect_ms = (uint32_t)read_number(&reader, 4);
    request->total_ms = (uint32_t)read_number(&reader, 4);
    request->url = read_string(&reader);
    request->method = read_string(&reader);
    request->header_count = (size_t)read_number(&reader, 4);
    if (!is_job || request->header_count > REQUEST_HEADERS_MAX)
        return fault_set(fault, FAULT_PEER, "a job cannot be read");
    for (size_t i = 0; i < request->header_count; i++)
        request->headers[i] = read_string(&reader);
    request->body = read_body(&reader);
    request->user = read_string(&reader);
    request->password = read_string(&reader);
    request->mail_from = read_string(&reader);
    request->mail_to = read_string(&reader);
    request->ca_file = read_string(&reader);
    request->is_probe = read_number(&reader, 1) != 0;
    request->allow = read_string(&reader);
    request->etag = read_string(&reader);
    request->last_modified = read_string(&reader);
    if (reader.is_bad || reader.rest.size > 0)
        return fault_set(fault, FAULT_PEER, "a job cannot be read");
    if (!job_check(&read, fault))
        return false;
    *job = read;
    return true;
}

static void add_cut(struct text *text, const char *string, size_t size_max)
{
    struct span span = span_of(string);
    if (span.size >= size_max)
        span.size = size_max - 1;
    add_bytes(text, span);
}

void result_render(struct text *text, uint64_t id, const struct result *result)
{
    assert(result->end < TRANSFER_COUNT);
    assert(result->body.size <= FETCH_BODY_MAX);
    size_t start = begin_frame(text, FRAME_RESULT);
    add_number(text, id, 8);
    add_number(text, result->end, 1);
    add_number(text, result->code, 4);
    add_number(text, result->elapsed_ms, 4);
    add_number(text, result->retry_after_s, 4);
    add_cut(text, result->error, RESULT_ERROR_SIZE);
    add_cut(text, result->etag, REQUEST_HEADER_SIZE);
    add_cut(text, result->last_modified, REQUEST_HEADER_SIZE);
    add_bytes(text, result->body);
    end_frame(text, start);
    assert(text->size - start <= RESULT_FRAME_MAX);
}

bool result_parse(struct span frame, struct arena *arena, uint64_t *id, struct result *result,
                  struct fault *fault)
{
    struct reader reader = {frame, arena, false};
    (void)read_number(&reader, FRAME_HEAD);
    bool is_result = read_number(&reader, 1) == FRAME_RESULT;
    uint64_t read_id = read_number(&reader, 8);
    struct result read = {
        .end = (enum transfer_end)read_number(&reader, 1),
        .code = (uint32_t)read_number(&reader, 4),
        .elapsed_ms = (uint32_t)read_number(&reader, 4),
        .retry_after_s = (uint32_t)read_number(&reader, 4),
    };
    read.error = read_string(&reader);
    read.etag = read_string(&reader);
    read.last_modified = read_string(&reader);
    if (!is_result || reader.is_bad || read.end >= TRANSFER_COUNT || read.error == NULL ||
        read.etag == NULL || read.last_modified == NULL)
        return fault_set(fault, FAULT_PEER, "a result cannot be read");
    read.body = read_body(&reader);
    if (reader.is_bad || reader.rest.size > 0)
        return fault_set(fault, FAULT_PEER, "a result cannot be read");
    *id = read_id;
    *result = read;
    return true;
}

void life_render(struct text *text)
{
    size_t start = begin_frame(text, FRAME_LIFE);
    end_frame(text, start);
}

bool life_is(struct span frame)
{
    return frame.size == FRAME_MIN && frame.bytes[FRAME_HEAD] == FRAME_LIFE;
}

bool frame_find(struct span bytes, size_t max, size_t *size, struct fault *fault)
{
    *size = 0;
    if (bytes.size < FRAME_HEAD)
        return true;
    struct reader reader = {bytes, NULL, false};
    uint64_t inner = read_number(&reader, FRAME_HEAD);
    if (inner < FRAME_MIN - FRAME_HEAD || inner + FRAME_HEAD > max)
        return fault_set(fault, FAULT_PEER, "a message has an impossible size");
    if (bytes.size >= inner + FRAME_HEAD)
        *size = (size_t)inner + FRAME_HEAD;
    return true;
}
