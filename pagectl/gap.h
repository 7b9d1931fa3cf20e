/* SPDX-License-Identifier: MIT */
/*
 * gap.h - a stretch in which nobody is on call, in words, with the command that fills it.
 *
 * A gap counts when the team's coverage wants somebody then; one that was declared by an event
 * "nobody" is told, but is nobody's fault.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/time.h"
#include "pagectl/tool.h"

#define GAP_LINES_MAX 20 /* told in words; the rest is counted */

struct gap {
    const char *team; /* cleaned, like all strings here */
    const char *role;
    const char *why;
    msec from;
    msec until; /* 0: not in sight */
    bool is_declared;
};

/* Reads a row of "gaps". `team` is whose it is where the row does not say. */
struct gap gap_read(struct tool *tool, const struct json *row, const char *team);
/* How many of the list are not declared. */
size_t gaps_count(const struct json *list);
/* "Tue 1 Dec 21:00 - Wed 2 Dec 01:00 CET (4 h)". In the arena. */
const char *gap_span(struct tool *tool, const struct gap *gap);
/* "GAP ops secondary  Tue 1 Dec 21:00 - …" and how to fill it; the team's name only if wanted. */
void gap_say(struct tool *tool, const struct gap *gap, bool names_team);
/* Up to GAP_LINES_MAX gaps, then those that are declared. */
void gaps_say(struct tool *tool, const struct json *list, const char *team);
