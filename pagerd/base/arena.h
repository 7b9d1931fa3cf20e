/* SPDX-License-Identifier: MIT */
/* arena.h - memory with one lifetime: taken in pieces, given back all at once. */
#pragma once

#include <stddef.h>

#include "base/fault.h"
#include "base/span.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
CLEANUP_DEFINE(struct arena *, arena_free)
void arena_reset(struct arena *arena); /* all pieces are void; the first block is kept */

/* Zeroed, aligned for any type; valid until reset or free. */
void *arena_take(struct arena *arena, size_t size);
char *arena_copy(struct arena *arena, const char *string); /* NULL gives NULL */
char *arena_copy_span(struct arena *arena, struct span span);
char *arena_format(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
size_t arena_size(const struct arena *arena); /* bytes handed out */
