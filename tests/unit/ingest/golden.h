/* SPDX-License-Identifier: MIT */
/* golden.h - a request as a file, and what it means as text that a person can review. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

/* The whole file; a test fails when it cannot be read. */
void golden_read(const char *path, struct text *bytes);

/* Parses "name: value" lines, an empty line and a body by that format; appends every field that is
 * not empty, a line each. */
void golden_render(struct arena *arena, const char *format, struct span http, struct text *text);
