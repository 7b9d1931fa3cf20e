/* SPDX-License-Identifier: MIT */
/*
 * fieldmap.h - which parts of somebody's JSON are the fields of an alert, as a person wrote it
 * down.
 *
 * A line is "FIELD=SOURCE | SOURCE ...": the first source that has something to say counts. A
 * source is a JSON Pointer (RFC 6901), "^" and a pointer from the top of the body (where "items"
 * makes other pointers begin at one item), or plain words. "resolve" and "skip" are conditions:
 * "resolve=/state:ok,closed" holds when the value is one of the words, "resolve=/is_over" when it
 * is neither empty nor false, 0 or no.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/json.h"

#define FIELDMAP_LINES_MAX 96
#define FIELDMAP_SOURCES_MAX 8 /* of one line */
#define FIELDMAP_WORDS_MAX 32  /* of one condition */

struct fieldmap_source {
    const char *pointer; /* NULL: the words count */
    const char *words;
    bool is_from_top;
};

struct fieldmap_line {
    const char *field; /* "summary", "label.host" ... */
    struct fieldmap_source sources[FIELDMAP_SOURCES_MAX];
    size_t source_count;
    const char *words[FIELDMAP_WORDS_MAX]; /* of a condition; none: any value that says yes */
    size_t word_count;
};

struct fieldmap {
    struct fieldmap_line *lines;
    size_t line_count;
};

/* The fault names the line. Without a line for "summary" or for "items" twice it is one, too. */
MUST_USE bool fieldmap_parse(struct arena *arena, const char *const *lines, size_t count,
                             struct fieldmap *mapping, struct fault *fault);

/* NULL when there is no such line. */
const struct fieldmap_line *fieldmap_find(const struct fieldmap *mapping, const char *field);

/* What the line says of an item: text of a string, number or bool, else compact JSON; NULL when no
 * source says anything. `line` may be NULL. */
const char *fieldmap_text(struct arena *arena, const struct fieldmap_line *line,
                          const struct json *top, const struct json *item);

/* Whether the condition holds; false for a line that is NULL. */
bool fieldmap_holds(struct arena *arena, const struct fieldmap_line *line, const struct json *top,
                    const struct json *item);
