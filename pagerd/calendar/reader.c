/* SPDX-License-Identifier: MIT */
#include "calendar/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/json.h"
#include "calendar/dav.h"
#include "calendar/message.h"

#define REQUEST_JSON_MAX (8 * 1024 * 1024) /* names of CALENDAR_FILES_MAX files */

/* What the child may use at most; the hard limit, too, so that it cannot be raised again. */
static const struct {
    int resource;
    rlim_t limit;
    const char *name;
} limits[] = {
    {RLIMIT_CPU, READER_CPU_S, "CPU time"},      {RLIMIT_AS, READER_MEMORY_SIZE, "memory"},
    {RLIMIT_STACK, 8UL * 1024 * 1024, "stack"},  {RLIMIT_NOFILE, 16, "descriptors"},
    {RLIMIT_FSIZE, READER_RESULT_MAX, "output"}, {RLIMIT_CORE, 0, "core files"},
};

/* The address sanitizer reserves terabytes of address space, so the limit would kill it at once. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

bool reader_limits_apply(struct fault *fault)
{
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        if (IS_SANITIZED && limits[i].resource == RLIMIT_AS)
            continue;
        struct rlimit limit;
        if (getrlimit((__rlimit_resource_t)limits[i].resource, &limit) != 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read the limit of %s", limits[i].name);
        if (limit.rlim_max == RLIM_INFINITY || limit.rlim_max > limits[i].limit)
            limit.rlim_max = limits[i].limit;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit((__rlimit_resource_t)limits[i].resource, &limit) != 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot limit %s", limits[i].name);
    }
    return true;
}

bool reader_request_render(struct text *text, const struct calendar_request *request,
                           struct fault *fault)
{
    size_t total = 0;
    for (size_t i = 0; i < request->file_count; i++)
        total += request->files[i].bytes.size;
    if (total > CALENDAR_BYTES_MAX)
        return fault_set(fault, FAULT_LIMIT, "'%s' is larger than 16 MiB", request->files[0].name);
    if (request->file_count > CALENDAR_FILES_MAX)
        return fault_set(fault, FAULT_LIMIT, "more than %d files", CALENDAR_FILES_MAX);
    size_t from = message_begin(text);
    struct json_writer writer = {.text = text};
    json_begin_object(&writer, NULL);
    json_put_string(&writer, "zone", request->zone_name);
    json_put_bool(&writer, "forced", request->is_zone_forced);
    json_put_string(&writer, "tzdir", request->tzdir);
    json_put_integer(&writer, "from", request->from_at);
    json_put_integer(&writer, "until", request->until_at);
    json_put_integer(&writer, "now", request->now_at);
    json_put_bool(&writer, "exact_told", request->is_exact_told);
    json_put_bool(&writer, "floating_told", request->is_floating_told);
    json_begin_array(&writer, "files");
    for (size_t i = 0; i < request->file_count; i++) {
        json_begin_object(&writer, NULL);
        json_put_string(&writer, "name", request->files[i].name);
        json_put_integer(&writer, "size", (int64_t)request->files[i].bytes.size);
        json_end_object(&writer);
    }
    json_end_array(&writer);
    json_end_object(&writer);
    message_end(text, from);
    for (size_t i = 0; i < request->file_count; i++)
        text_add_span(text, request->files[i].bytes);
    return true;
}

static bool request_parse(struct arena *arena, struct span bytes, struct calendar_request *request,
                          struct fault *fault)
{
    const struct json *json;
    if (!message_take(arena, &bytes, REQUEST_JSON_MAX, &json, fault))
        return false;
    const struct json *files = json_find(json, "files");
    if (files == NULL || files->kind != JSON_ARRAY || files->count > CALENDAR_FILES_MAX)
        return fault_set(fault, FAULT_PEER, "the request names no files");
    struct calendar_file *list = arena_take(arena, (files->count + 1) * sizeof *list);
    *request = (struct calendar_request){
        .files = list,
        .zone_name = json_string(json, "zone"),
        .is_zone_forced = json_bool(json, "forced", false),
        .tzdir = json_string(json, "tzdir"),
        .from_at = json_integer(json, "from", 0),
        .until_at = json_integer(json, "until", 0),
        .now_at = json_integer(json, "now", 0),
        .is_exact_told = json_bool(json, "exact_told", false),
        .is_floating_told = json_bool(json, "floating_told", false),
    };
    for (const struct json *at = files->first; at != NULL; at = at->next) {
        int64_t size = json_integer(at, "size", -1);
        const char *name = json_string(at, "name");
        if (name == NULL || size < 0 || (uint64_t)size > bytes.size)
            return fault_set(fault, FAULT_PEER, "the request is cut off");
        list[request->file_count++] = (struct calendar_file){name, {bytes.bytes, (size_t)size}};
        bytes = (struct span){bytes.bytes + size, bytes.size - (size_t)size};
    }
    if (request->from_at >= request->until_at)
        return fault_set(fault, FAULT_PEER, "the window of the request is empty");
    return true;
}

static bool input_read(struct text *bytes, struct fault *fault)
{
    for (;;) {
        char piece[65536];
        ssize_t size = read(STDIN_FILENO, piece, sizeof piece);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return fault_set(fault, FAULT_SYSTEM, "cannot read the request");
        if (size == 0)
            return true;
        if (bytes->size + (size_t)size > CALENDAR_BYTES_MAX + REQUEST_JSON_MAX)
            return fault_set(fault, FAULT_LIMIT, "the request is too long");
        text_add_bytes(bytes, piece, (size_t)size);
    }
}

static bool output_write(struct span bytes)
{
    while (bytes.size > 0) {
        ssize_t size = write(STDOUT_FILENO, bytes.bytes, bytes.size);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return false;
        bytes = (struct span){bytes.bytes + size, bytes.size - (size_t)size};
    }
    return true;
}

int reader_main(void)
{
    struct fault fault = {0};
    CLEANUP(text_clear) struct text input = {0};
    CLEANUP(text_clear) struct text output = {0};
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(shift_list_free) struct shift_list *list = NULL;
    struct calendar_request request;
    if (!reader_limits_apply(&fault) || !input_read(&input, &fault))
        return 1;
    if (dav_request_is(text_span(&input))) {
        dav_request_answer(text_span(&input), &output);
        return output_write(text_span(&output)) ? 0 : 1;
    }
    if (!request_parse(arena, text_span(&input), &request, &fault))
        return 1;
    if (!calendar_expand(&request, &list, &fault)) {
        struct shift_list empty = {
            .from_at = request.from_at, .until_at = request.until_at, .problem = fault.text};
        reader_result_render(&output, &empty);
    } else {
        reader_result_render(&output, list);
    }
    return output_write(text_span(&output)) ? 0 : 1;
}
