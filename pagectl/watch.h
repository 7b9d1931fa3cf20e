/* SPDX-License-Identifier: MIT */
/* watch.h - -w: draws again every two seconds, and writes only when something has changed. */
#pragma once

#include "pagectl/command.h"

#define WATCH_MS (2 * SECOND_MS)

/* One row for the options of a command that can be followed. */
#define WATCH_OPTION                    \
    {                                   \
        "watch", 'w', NULL, "follow it" \
    }

typedef int watch_draw(struct tool *tool, const struct invocation *call);

/* Draws once, or with -w until interrupted. An error ends it, except that pagerd is away. */
int watch_run(struct tool *tool, const struct invocation *call, watch_draw *draw);
