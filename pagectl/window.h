/* SPDX-License-Identifier: MIT */
/* window.h - the while that --from, --until and --for name: of overrides and silences. */
#pragma once

#include "pagectl/command.h"

struct window {
    msec from;
    msec until;
};

/* The end of what begins at `from`: the first such instant after it; "in 2h", "tomorrow 20:00"
 * count from now. */
MUST_USE bool window_until(struct tool *tool, const char *until, msec from, msec *at,
                           struct fault *fault);

/* Without --from it begins now; --until is the first such time after the beginning. What was typed
 * wrong is said, and its exit code returned. */
int window_read(struct tool *tool, const struct invocation *call, struct window *window);
