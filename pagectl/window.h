/* SPDX-License-Identifier: MIT */
/* window.h - the while that --from, --until and --for name: of overrides and silences. */
#pragma once

#include "pagectl/command.h"

struct window {
    msec from;
    msec until;
};

/* Without --from it begins now; --until is the first such time after the beginning. What was typed
 * wrong is said, and its exit code returned. */
int window_read(struct tool *tool, const struct invocation *call, struct window *window);
