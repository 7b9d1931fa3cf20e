/* SPDX-License-Identifier: MIT */
#include "pagectl/window.h"

#include <string.h>

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

    /* The end is the first such instant after the beginning. */
    struct times after = {.zone = tool->zone, .now = window->from};
    bool is_near =
        until != NULL && (strncmp(until, "in ", 3) == 0 || strncmp(until, "now", 3) == 0);
    if (until != NULL &&
        !times_parse(is_near ? &times : &after, until, TIMES_NEXT, &window->until, &fault))
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
