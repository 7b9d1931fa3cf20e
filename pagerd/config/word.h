/* SPDX-License-Identifier: MIT */
/*
 * word.h - what an unquoted word of a configuration is, and what should have been written.
 *
 * Pure. libconfig 1.5 knows numbers and true/false without quotes; all else is either an error one
 * line late or a wrong value without one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

struct word {
    int kind;         /* enum token_kind of the (mended) text */
    size_t size;      /* bytes it takes of the file, at least 1 */
    const char *text; /* as libconfig may read it; mended when `what` is set */
    const char *what; /* NULL when it is right */
    const char *hint;
};

/* The unquoted value at the start of `rest`, which begins with no blank, mark or quote. */
struct word word_read(struct arena *arena, struct span rest);

/* A letter, then letters, digits, - and _; not true or false. */
bool word_is_name(struct span word);
