/* SPDX-License-Identifier: MIT */
/*
 * unfold.h - bytes of a file to content lines (RFC 5545 3.1) that know their physical line.
 *
 * Bytes are joined before they are decoded, because a fold may lie inside a UTF-8 sequence. UTF-16
 * with a byte order mark and Windows-1252 are read too, with W-ENCODING.
 */
#pragma once

#include "base/span.h"
#include "calendar/notes.h"

#define CONTENT_LINE_MAX (64 * 1024)
#define CONTENT_LINES_MAX 1000000

struct content_line {
    uint32_t line;    /* first physical line, from 1 */
    bool is_cut;      /* was longer than CONTENT_LINE_MAX */
    struct span span; /* terminated by a NUL, in the arena */
};

struct unfolded {
    struct content_line *lines; /* heap */
    size_t count;
    bool is_cut; /* CONTENT_LINES_MAX was met */
};

void unfold(struct arena *arena, struct span bytes, struct notes *notes, struct unfolded *unfolded);
void unfolded_clear(struct unfolded *unfolded);
static inline UNUSED void unfolded_clear_cleanup(struct unfolded *unfolded)
{
    unfolded_clear(unfolded);
}
