/* SPDX-License-Identifier: MIT */
/*
 * fuzz_courier.c - the messages between the daemon and the courier, as either may be sent them.
 *
 * The first byte chooses the side and the size of the chunks. Frames are found the same however
 * the bytes are cut; a job that is taken keeps every rule of job_check() and is the same when it is
 * written and read again, and so is a result; the daemon's end takes from a courier that talks
 * nonsense as many results as come before the nonsense, and no more.
 */
#include <assert.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzz.h"
#include "input.h"
#include "notify/courier/message.h"

static bool text_is(const char *left, const char *right)
{
    return string_is(left, right);
}

static bool span_same(struct span left, struct span right)
{
    return left.size == right.size && memcmp(left.bytes, right.bytes, left.size) == 0;
}

static void job_round(struct arena *arena, struct span frame)
{
    CLEANUP(text_clear) struct text text = {0};
    struct job job = {0};
    struct job back = {0};
    struct fault fault = {0};
    size_t size = 0;
    if (!job_parse(frame, arena, &job, &fault)) {
        assert(fault.text[0] != '\0');
        return;
    }
    bool is_good = job_check(&job, &fault);
    assert(is_good);
    job_render(&text, &job);
    is_good = frame_find(text_span(&text), JOB_FRAME_MAX, &size, &fault) && size == text.size &&
              job_parse(text_span(&text), arena, &back, &fault);
    assert(is_good);
    assert(back.id == job.id && text_is(back.channel, job.channel));
    assert(text_is(back.request.url, job.request.url));
    assert(span_same(back.request.body, job.request.body));
    assert(text_is(back.request.password, job.request.password));
}

static void result_round(struct arena *arena, struct span frame)
{
    CLEANUP(text_clear) struct text text = {0};
    struct result result = {0};
    struct result back = {0};
    struct fault fault = {0};
    uint64_t id = 0;
    uint64_t back_id = 0;
    if (!result_parse(frame, arena, &id, &result, &fault)) {
        assert(fault.text[0] != '\0');
        return;
    }
    assert(result.end < TRANSFER_COUNT && result.error && result.etag && result.last_modified);
    if (result.body.size > FETCH_BODY_MAX)
        return;
    result_render(&text, id, &result);
    bool is_back = result_parse(text_span(&text), arena, &back_id, &back, &fault);
    assert(is_back && back_id == id && back.end == result.end && back.code == result.code);
    assert(span_same(back.body, result.body));
    assert(strncmp(back.error, result.error, RESULT_ERROR_SIZE - 1) == 0);
}

/* Whole frames of a stream, given to `take`; the number of them. */
static size_t frames_walk(struct span rest, size_t max, struct arena *arena,
                          void (*take)(struct arena *arena, struct span frame))
{
    size_t count = 0;
    size_t size = 0;
    struct fault fault = {0};
    while (frame_find(rest, max, &size, &fault) && size > 0) {
        assert(size <= rest.size && size <= max);
        take(arena, (struct span){rest.bytes, size});
        rest = (struct span){rest.bytes + size, rest.size - size};
        count++;
    }
    return count;
}

struct taken {
    size_t count;
    uint64_t hash;
};

static void result_count(void *context, uint64_t id, const struct result *result)
{
    struct taken *taken = context;
    taken->count++;
    taken->hash = taken->hash * 31 + id + result->code + result->body.size;
}

/* The daemon's end of a line on which those bytes come in pieces of `chunk`. */
static struct taken link_run(struct span bytes, size_t chunk, bool *is_sane)
{
    struct taken taken = {0};
    struct fault fault = {0};
    int ends[2];
    int made = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
    assert(made == 0);
    CLEANUP(courier_link_free) struct courier_link *link = courier_link_new(ends[0]);
    *is_sane = true;
    while (bytes.size > 0 && *is_sane) {
        size_t part = bytes.size < chunk ? bytes.size : chunk;
        ssize_t sent = send(ends[1], bytes.bytes, part, MSG_NOSIGNAL);
        assert(sent == (ssize_t)part);
        bytes = (struct span){bytes.bytes + part, bytes.size - part};
        *is_sane = courier_link_receive(link, result_count, &taken, &fault);
    }
    (void)close(ends[1]);
    return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct input input = input_of(bytes, size);
    uint8_t choice = input_byte(&input);
    if (choice % 2 == 0) {
        (void)frames_walk(input.rest, JOB_FRAME_MAX, arena, job_round);
        return 0;
    }
    (void)frames_walk(input.rest, RESULT_FRAME_MAX, arena, result_round);
    bool is_sane = false;
    bool is_sane_in_pieces = false;
    struct taken whole = link_run(input.rest, 8192, &is_sane);
    struct taken pieces = link_run(input.rest, 1 + choice / 2, &is_sane_in_pieces);
    assert(whole.count == pieces.count && whole.hash == pieces.hash);
    assert(is_sane == is_sane_in_pieces);
    return 0;
}
