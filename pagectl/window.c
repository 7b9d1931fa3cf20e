/* SPDX-License-Identifier: MIT */
#include "pagectl/window.h"

#include <string.h>

bool window_until(struct tool *tool, const char *until, msec from, msec *at, struct fault *fault)
{
    static const char *const near[] = {"in ", "now", "today", "tomorrow"};
    struct times times = {.zone = tool->zone, .now = from};
    for (size_t i = 0; i < sizeof near / sizeof near[0]; i++) {
        if (strncmp(until, near[i], strlen(near[i])) == 0)
            times = tool_times(tool);
    }
    return times_parse(&times, until, TIMES_NEXT, at, fault);
}

int window_read(struct tool *tool, const struct invocation *call, struct window *window)
{
    struct fault fault = {0};
    struct times times = tool_times(tool);
    const char *from = option_get(call, "from"), *until = option_get(call, "until");
    const char *length = option_get(call, "for");
    char when[TIMES_TEXT_SIZE];
    msec length_ms = 0;
    if ((until != NULL) == (length != NULL))
        return tool_fail(tool, EXIT_USAGE, "say either --until TIME or --for 4h.");
    window->from = tool->now;
    if (from != NULL && !times_parse(&times, from, TIMES_NEXT, &window->from, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));

    if (until != NULL && !window_until(tool, until, window->from, &window->until, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (length != NULL && !duration_parse(length, &length_ms, &fault))
        return tool_fail(tool, EXIT_USAGE, "%s.", tool_clean(tool, fault.text));
    if (length != NULL)
        window->until = window->from + length_ms;
    if (window->until <= window->from)
        return tool_fail(tool, EXIT_USAGE, "it would end %s, before it begins.",
                         times_full(&times, window->until, when));
    return EXIT_DONE;
}
