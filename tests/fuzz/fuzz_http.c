/* SPDX-License-Identifier: MIT */
/*
 * fuzz_http.c - whole requests through routes, identities, forms and the pages, but for the wire.
 *
 * An input is up to eight requests, one after the other: a line of method, path with its query and
 * headers, and a body up to a line of "---". What must hold: every call is answered; JSON answers
 * can be read; nothing of a request becomes markup or a header; a stranger, or a wrong key, changes
 * nothing; the engine keeps its invariants.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <microhttpd.h>

#include "bench.h"
#include "fuzz.h"
#include "http/response.h"
#include "http/route.h"
#include "input.h"

#define REQUESTS_MAX 8
#define BODY_END "\n---\n"
#define LINK_NUMBER "4712"

static void call_finished(void *context, struct call *call)
{
    (void)context;
    (void)call;
}

/* As wire.c takes it off the library; the escapes of the path are still there. */
static void path_take(struct call *call, const char *path)
{
    struct span rest = span_of(path);
    call->path = arena_copy_span(call->arena, span_cut(&rest, '?'));
    while (rest.size > 0 && call->query_count < CALL_QUERY_MAX) {
        struct span value = span_cut(&rest, '&');
        struct span name = span_cut(&value, '=');
        struct pair *pair = &call->query[call->query_count++];
        pair->name = arena_copy_span(call->arena, name);
        pair->value = value.bytes ? arena_copy_span(call->arena, value) : "";
    }
}

static const char *header_take(struct input *input, struct arena *arena)
{
    const char *value = input_string(input, '\n', arena);
    return value[0] == '-' && value[1] == '\0' ? NULL : value;
}

/* The library lets no control but blanks through in a header. */
static const char *header_clean(char *value)
{
    for (char *at = value; at && *at; at++)
        *at = (unsigned char)*at < ' ' ? ' ' : *at;
    return value;
}

static enum method method_take(uint8_t byte)
{
    return byte == 'P'   ? METHOD_POST
           : byte == 'H' ? METHOD_HEAD
           : byte == 'U' ? METHOD_PUT
           : byte == 'D' ? METHOD_DELETE
           : byte == 'O' ? METHOD_OPTIONS
           : byte == 'X' ? METHOD_OTHER
                         : METHOD_GET;
}

static void body_take(struct call *call, struct input *input)
{
    const char *end = memmem(input->rest.bytes, input->rest.size, BODY_END, strlen(BODY_END));
    size_t size = end ? (size_t)(end - input->rest.bytes) : input->rest.size;
    size_t used = end ? size + strlen(BODY_END) : size;
    text_add_bytes(&call->body, input->rest.bytes, size);
    input->rest = (struct span){input->rest.bytes + used, input->rest.size - used};
}

static struct call *call_take(struct bench *bench, struct input *input)
{
    struct call *call = call_new();
    struct arena *arena = call->arena;
    call->finish = call_finished;
    call->guard = &bench->guard;
    call->arrived_at = bench->now.steady_at;
    call->method = method_take(input_byte(input));
    call->peer.is_local = input_byte(input) == 'L';
    call->peer.uid = 1001; /* ann's account */
    (void)snprintf(call->peer.address, sizeof call->peer.address, "192.0.2.1");
    path_take(call, input_string(input, '\n', arena));
    call->authorization = header_clean((char *)header_take(input, arena));
    call->origin = header_clean((char *)header_take(input, arena));
    call->fetch_site = header_clean((char *)header_take(input, arena));
    call->host = header_clean((char *)header_take(input, arena));
    call->if_none_match = header_clean((char *)header_take(input, arena));
    body_take(call, input);
    return call;
}

/* A page holds the tags of this program and no other. */
static void page_check(const char *page)
{
    static const char *const tags[] = {
        "!doctype", "a",     "b",     "body",  "button", "code",  "div",  "form",
        "h1",       "h2",    "html",  "input", "label",  "main",  "meta", "p",
        "span",     "style", "table", "td",    "th",     "title", "tr",
    };
    for (const char *at = page; (at = strchr(at, '<')) != NULL; at++) {
        const char *name = at + 1 + (at[1] == '/');
        size_t size = strcspn(name, " >");
        bool is_ours = false;
        for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
            is_ours = is_ours || (strlen(tags[i]) == size && strncmp(name, tags[i], size) == 0);
        if (!is_ours)
            output_fail("tag", at);
    }
}

static void answer_check(struct call *call)
{
    assert(call->status >= 200 && call->status < 600);
    assert(call->content_type != NULL);
    const char *answer = text_string(&call->answer);
    if (string_is(call->content_type, "application/json")) {
        const struct json *json = NULL;
        struct fault fault = {0};
        if (!json_parse(call->arena, text_span(&call->answer), &json, &fault))
            output_fail(fault.text, answer);
    } else if (strncmp(call->content_type, "text/html", 9) == 0) {
        output_check("page", answer, SIZE_MAX);
        page_check(answer);
    }
    if (call->location != NULL)
        output_check_line("location", call->location, SIZE_MAX);
    MHD_destroy_response(response_make(call)); /* aborts at a header that cannot be one */
}

/* By a link that asks for a number nobody acts without it, nor when it was given up. */
static void link_check(const struct bench *bench, const struct call *call, size_t before,
                       bool was_void)
{
    bool is_deed = bench->step_count > before && bench->last.kind != EVENT_LINK &&
                   bench->last.via && strncmp(bench->last.via, "link ", 5) == 0;
    if (!is_deed || bench->link.number == 0)
        return;
    assert(!was_void);
    assert(span_is(span_trim(span_of(call_field(call, "n"))), LINK_NUMBER));
}

static void request_run(struct bench *bench, struct input *input)
{
    CLEANUP(call_free) struct call *call = call_take(bench, input);
    struct fault fault = {0};
    size_t before = bench->step_count;
    size_t keys = bench->key_count;
    bool was_void = bench->link.is_void;
    if (call_route(call) && call_identify(call, bench->identities) &&
        call_parse(call, bench->identities))
        (void)call_run(call, &bench->house);
    bool is_ping = strstr(call->path, "ping/") != NULL; /* nobody's, by any method: its protocol */
    bool is_link = strncmp(call->path, "/a/", 3) == 0 || strncmp(call->path, "//", 2) == 0;
    if (call->caller.kind == CALLER_NOBODY && !is_link && !is_ping && call->route &&
        !call->route->is_page)
        assert(bench->step_count == before && bench->key_count == keys);
    if (call->method != METHOD_POST && call->method != METHOD_PUT &&
        call->method != METHOD_DELETE && !is_ping)
        assert(bench->step_count == before && bench->key_count == keys);
    link_check(bench, call, before, was_void);
    answer_check(call);
    if (!engine_check(bench->engine, bench->now, &fault))
        output_fail("engine", fault.text);
}

/* A heartbeat whose secret the corpus knows. */
static void heartbeat_make(struct bench *bench)
{
    struct heartbeat wanted = {.name = (char *)(uintptr_t) "known",
                               .team = (char *)(uintptr_t) "ops",
                               .every_ms = MINUTE_MS,
                               .grace_ms = MINUTE_MS,
                               .uuid = "00000000-0000-4000-9000-000000000000"};
    struct event event = {.kind = EVENT_HEARTBEAT_ADD, .actor = "ann", .heartbeat = &wanted};
    struct answer answer;
    hash_text(SPAN("k7qm9xtz2fwhk7qm9xtz"), wanted.hash);
    bench->house.step(bench->house.context, &event, &answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct bench *bench = bench_new();
    struct input input = input_of(bytes, size);
    bench->letters[bench->letter_count++] =
        (struct inbox_letter){1, 1, "sms", NULL, "<fuzz>disk full", bench->now.wall_at};
    (void)bench_alert(bench, "disk-7", "<fuzz>disk \"full\" & more");
    heartbeat_make(bench);
    if (input.rest.size > 0 && input.rest.bytes[0] == '#') { /* the link of a mail */
        (void)input_byte(&input);
        bench->link.number = 4712;
    }
    for (size_t i = 0; input.rest.size > 0 && i < REQUESTS_MAX; i++) {
        request_run(bench, &input);
        bench_wait(bench, MINUTE_MS);
    }
    output_check_effects(bench->effects);
    bench_free(bench);
    return 0;
}
