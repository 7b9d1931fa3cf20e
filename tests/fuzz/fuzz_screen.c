/* SPDX-License-Identifier: MIT */
/*
 * fuzz_screen.c - pagectl reading answers of a daemon that is not well, or not pagerd.
 *
 * The first byte chooses the command, the second how it writes and the status; the rest is the body
 * of every answer. The linker gives pagectl our client_exchange() and write(): what it writes is
 * looked at. It has to be valid UTF-8 without any control, escape sequence or bidi mark but the
 * tones of tool.c and chart.c, and every command ends with one of its exit codes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "input.h"
#include "pagectl/client.h"
#include "pagectl/command.h"

#define NOW_AT INT64_C(1795312800000)

bool __wrap_client_exchange(const struct place *place, const struct exchange *exchange,
                            struct reply *reply, struct fault *fault);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
ssize_t __real_write(int file, const void *bytes, size_t size);

static const char *const lines[] = {
    "",
    "incidents",
    "incidents --all",
    "show 412",
    "show 412 --log",
    "ack 412",
    "ack",
    "resolve 412 note",
    "snooze 412 2h",
    "oncall",
    "oncall --at 2026-11-28T09:00:00Z",
    "schedule",
    "schedule ops --from 2026-11-22T00:00:00Z",
    "override list",
    "recovery",
    "key list",
    "calendar list",
    "calendar check",
    "config show",
    "config check",
    "config reload",
    "config explain url",
    "check",
    "override ops bob --from 2026-11-28T09:00:00Z --until 2026-11-28T21:00:00Z",
    "escalate 412",
    "reassign 412 bob",
    "note 412 text",
    "key add prom --team ops",
};

#define LINE_COUNT (sizeof lines / sizeof *lines)

static struct {
    struct span body;
    long status;
    bool is_running;
    struct text written;
} stage;

/* Everything that pagectl asks has the same answer. */
bool __wrap_client_exchange(const struct place *place, const struct exchange *exchange,
                            struct reply *reply, struct fault *fault)
{
    (void)place;
    (void)fault;
    assert(exchange->path[0] == '/');
    *reply = (struct reply){.status = stage.status, .now_at = NOW_AT};
    text_add_span(&reply->body, stage.body);
    return true;
}

ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    if (!stage.is_running || file > STDERR_FILENO)
        return __real_write(file, bytes, size);
    text_add_bytes(&stage.written, bytes, size);
    return (ssize_t)size;
}

/* The size of one of the sequences of tool.c and chart.c at the start; 0 when it is none. */
static size_t tone_size(struct span at)
{
    static const char *const tones[] = {"\033[1;31m", "\033[33m", "\033[32m",
                                        "\033[2m",    "\033[0m",  "\033[36m",
                                        "\033[94m",   "\033[35m", "\033[38;5;208m"};
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
        if (span_has_prefix(at, tones[i]))
            return strlen(tones[i]);
    return 0;
}

static void written_check(bool has_color)
{
    const char *string = text_string(&stage.written);
    assert(strlen(string) == stage.written.size);
    output_check("output", string, SIZE_MAX);
    for (struct span rest = text_span(&stage.written); rest.size > 0;) {
        size_t tone = has_color ? tone_size(rest) : 0;
        rest = (struct span){rest.bytes + tone, rest.size - tone};
        if (tone > 0)
            continue;
        uint32_t code = utf8_next(&rest);
        bool is_control = (code < ' ' && code != '\n' && code != '\t') || code == 0x7f ||
                          (code >= 0x80 && code < 0xa0);
        bool is_turning = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
        if (is_control || is_turning)
            output_fail("output", string);
    }
}

static void tool_make(struct tool *tool, uint8_t style)
{
    static const unsigned widths[] = {80, 20, 132, 40};
    *tool = (struct tool){.arena = arena_new(),
                          .now = NOW_AT,
                          .zone = zone_fixed("CET", 3600),
                          .is_terminal = style & 1,
                          .is_unicode = style & 2,
                          .has_color = style & 4,
                          .is_json = style & 8,
                          .width = widths[style >> 4 & 3],
                          .server = "https://p.example.org",
                          .has_no_input = true};
}

static int command_line_run(struct tool *tool, const char *line)
{
    static struct invocation call;
    char *words[16];
    int count = 0;
    struct fault fault = {0};
    struct span rest = span_of(line);
    while (rest.size > 0 && count < 16)
        words[count++] = arena_copy_span(tool->arena, span_cut(&rest, ' '));
    call = (struct invocation){0};
    bool is_parsed = command_parse(tool, count, words, &call, &fault);
    if (!is_parsed)
        output_fail(fault.text, line);
    tool->verb = call.command->name;
    int code = call.command->run(tool, &call);
    (void)tool_flush(tool);
    return code;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const long statuses[] = {200, 200, 200, 202, 404, 409, 410, 500};
    struct input input = input_of(bytes, size);
    struct tool tool;
    uint8_t command = input_byte(&input);
    uint8_t style = input_byte(&input);
    stage.status = statuses[input_byte(&input) % 8];
    stage.body = input.rest;
    text_reset(&stage.written);
    (void)setenv("HOME", "/nonexistent", 1);
    tool_make(&tool, style);
    stage.is_running = true;
    int code = command_line_run(&tool, lines[command % LINE_COUNT]);
    stage.is_running = false;
    assert(code >= EXIT_DONE && code <= EXIT_FOUND);
    written_check(tool.has_color);
    tool_close(&tool);
    return 0;
}
