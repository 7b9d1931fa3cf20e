/* SPDX-License-Identifier: MIT */
/* reason.h - a "why" on a terminal: whole, a clause to a line, broken where it reads well. */
#pragma once

#include "base/span.h"
#include "pagectl/tool.h"

/* The clause that `rest` begins with; they have "; " between them, which inside of quotes is text.
 * Moves `rest` on. */
struct span reason_cut(struct span *rest);

/* How many bytes of `text` go on a line of `width` columns: all, or up to behind a comma, or up to
 * a blank. A piece without blanks is left whole. */
size_t reason_fit(struct span text, size_t width);

/* "ops primary: …" on one line if that fits, else indented below the name. */
void reason_say(struct tool *tool, const char *name, const char *why);
