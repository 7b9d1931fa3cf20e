/* SPDX-License-Identifier: MIT */
/*
 * input.h - cuts an input of a fuzzer into pieces, and says what must hold of any output.
 *
 * The same bytes always give the same pieces; when they run out, pieces are empty and bytes are 0.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/span.h"
#include "engine/effect.h"

struct input {
    struct span rest;
};

struct input input_of(const uint8_t *bytes, size_t size);
uint8_t input_byte(struct input *input);
uint64_t input_number(struct input *input, size_t size); /* of that many bytes */
/* The bytes up to the next `separator` as a string; what follows a NUL is dropped. */
const char *input_string(struct input *input, char separator, struct arena *arena);
/* The same for all that is left. */
const char *input_rest(struct input *input, struct arena *arena);

/* Ends the process with the name and the bytes, for an assertion alone does not show them. */
void output_fail(const char *name, const char *string);
/* Valid UTF-8 of at most `max` bytes, not NULL. */
void output_check(const char *name, const char *string, size_t max);
/* The same, and no control that could begin another line, header or escape sequence. */
void output_check_line(const char *name, const char *string, size_t max);
/* Whatever the engine wants saved: whole records of valid UTF-8 within their limits. */
void output_check_effects(const struct effects *effects);
