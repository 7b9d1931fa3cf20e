/* SPDX-License-Identifier: MIT */
/*
 * script.h - what one simulated life consists of: lines of set-up, then clauses of the language of
 * stories, each with its instant.
 *
 * Actors write a script while they live it; from then on it can be run again without them and
 * without chance, be cut down, and be told as a story.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/time.h"

#define SCRIPT_LINES_MAX 128
#define SCRIPT_CLAUSES_MAX 2048
#define SCRIPT_TEXT_MAX 1024

struct clause {
    msec at; /* steady */
    const char *text;
};

struct script {
    const char *lines[SCRIPT_LINES_MAX];
    size_t line_count;
    struct clause clauses[SCRIPT_CLAUSES_MAX]; /* in order of time */
    size_t clause_count;
    msec quiet_at; /* nothing is done any more */
    msec end_at;
};

/* Texts are copied into `arena`. */
void script_add_line(struct script *script, struct arena *arena, const char *line);
void script_add_clause(struct script *script, struct arena *arena, msec at, const char *text);

/* One piece to a line, for another process: what is written before it dies can be read. */
void script_write_line(FILE *file, const char *line);
void script_write_clause(FILE *file, msec at, const char *text);
void script_write_end(FILE *file, msec quiet_at, msec end_at);
void script_read(FILE *file, struct script *script, struct arena *arena);
