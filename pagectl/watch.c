/* SPDX-License-Identifier: MIT */
#include "pagectl/watch.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SCREEN_CLEAR "\033[H\033[2J"

static void clock_wait(struct tool *tool)
{
    const struct timespec pause = {.tv_sec = WATCH_MS / SECOND_MS};
    struct timespec time;
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_REALTIME, &time);
    tool->now = (msec)time.tv_sec * SECOND_MS + time.tv_nsec / 1000000;
}

int watch_run(struct tool *tool, const struct invocation *call, watch_draw *draw)
{
    if (!option_is(call, "watch"))
        return draw(tool, call);

    CLEANUP(text_clear) struct text last = {0};
    struct arena *whole = tool->arena;
    int code = EXIT_DONE;
    tool->is_watching = true;
    while (code == EXIT_DONE || code == EXIT_UNREACHED || code == EXIT_FOUND) {
        tool->arena = arena_new(); /* one drawing, so that following for days does not grow */
        code = draw(tool, call);
        bool is_changed = !string_is(text_string(&tool->output), text_string(&last));
        if (is_changed && tool->output.size > 0) {
            text_reset(&last);
            text_add_span(&last, text_span(&tool->output));
            CLEANUP(text_clear) struct text screen = {0};
            text_addf(&screen, "%s%s", tool->is_terminal && !tool->is_json ? SCREEN_CLEAR : "",
                      text_string(&last));
            text_reset(&tool->output);
            text_add_span(&tool->output, text_span(&screen));
            if (!tool_flush(tool))
                code = EXIT_FAILED;
        }
        text_reset(&tool->output);
        arena_free(tool->arena);
        clock_wait(tool);
    }
    tool->arena = whole;
    return code;
}
