/* SPDX-License-Identifier: MIT */
/*
 * fuzz_peers.c - what comes over a link between nodes, sealed and opened.
 *
 * Whoever has not the secret proves nothing and is not waited for behind 512 bytes, however the
 * bytes are cut; a frame that is read is the same when it is written and read again.
 */
#include <assert.h>
#include <string.h>

#include "daemon/peers_wire.h"
#include "fuzz.h"
#include "input.h"

static void frame_check(struct span bytes)
{
    CLEANUP(text_clear) struct text again = {0};
    struct wire_frame frame;
    struct wire_frame back;
    struct fault fault = {0};
    if (!wire_parse(bytes, &frame, &fault)) {
        assert(fault.kind == FAULT_INPUT && fault.text[0] != '\0');
        return;
    }
    if (frame.kind == WIRE_KIND_COUNT)
        return;
    if (frame.kind == WIRE_HELLO) {
        output_check_line("name", frame.hello.name, sizeof(frame.hello.name) - 1);
        output_check_line("version", frame.hello.version, sizeof(frame.hello.version) - 1);
        assert(frame.hello.name[0] != '\0');
    }
    wire_render(&frame, &again);
    bool is_again = wire_parse(text_span(&again), &back, &fault);
    assert(is_again && back.kind == frame.kind && back.id == frame.id);
    assert(memcmp(&back.hello, &frame.hello, sizeof(back.hello)) == 0);
    assert(back.beat.is_on_duty == frame.beat.is_on_duty && back.beat.acts == frame.beat.acts &&
           back.beat.sees_database == frame.beat.sees_database &&
           back.beat.count == frame.beat.count);
    assert(back.bytes.size == frame.bytes.size &&
           (back.bytes.size == 0 ||
            memcmp(back.bytes.bytes, frame.bytes.bytes, back.bytes.size) == 0));
}

/* How much of the bytes is taken, and how it ends. */
static enum wire_step stream_run(struct span bytes, bool is_caller)
{
    static const unsigned char nonce[WIRE_NONCE_SIZE] = "a nonce of 16 b";
    CLEANUP(text_clear) struct text plain = {0};
    struct wire wire;
    struct wire_frame frame;
    struct fault fault = {0};
    enum wire_step step;
    wire_init(&wire, SPAN("a secret that is not in the seeds"), is_caller, nonce);
    while ((step = wire_take(&wire, &bytes, &plain, &frame, &fault)) == WIRE_TAKEN)
        ;
    assert(!wire.is_proven);
    assert(step == WIRE_BROKEN || bytes.size < WIRE_GREETING_MAX + 4);
    return step;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = input_of(bytes, size);
    struct span whole = input.rest;
    frame_check(whole);
    enum wire_step step = stream_run(whole, true);
    assert(stream_run(whole, false) == step);
    for (size_t cut = 0; cut < whole.size && cut < 64; cut++) {
        enum wire_step early = stream_run((struct span){whole.bytes, cut}, false);
        assert(early == WIRE_WAITS || step == WIRE_BROKEN);
    }
    return 0;
}
