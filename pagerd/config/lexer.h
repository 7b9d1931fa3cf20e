/* SPDX-License-Identifier: MIT */
/*
 * lexer.h - reads the marks, names and values of a file, and refuses what libconfig 1.5 would
 * silently read wrong: a number that does not fit, a comment that is never closed, and the like.
 *
 * It follows @include itself, so that every byte is read once and every error has its own place.
 * What it can mend (5m becomes "5m") it mends after the error was reported, so that the rest of
 * the file is checked in the same go; what it cannot makes it `is_broken`, and it stays at the end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "config/report.h"
#include "config/source.h"

#define LEXER_INCLUDES_MAX 10

enum token_kind { TOKEN_NAME, TOKEN_STRING, TOKEN_INTEGER, TOKEN_FLOAT, TOKEN_BOOL };

struct token {
    enum token_kind kind;
    struct place at;
    size_t offset;    /* of the token in its file */
    size_t size;      /* bytes there, for masking */
    const char *text; /* as libconfig may read it */
    bool is_mended;   /* it was wrong, and that was reported */
};

struct lexer_file {
    const struct source_file *file;
    size_t position;
    size_t line;      /* of `line_from`, counted on as places are asked for */
    size_t line_from; /* offset of its first byte */
};

struct lexer {
    struct source *source;
    struct report *report;
    struct lexer_file stack[LEXER_INCLUDES_MAX + 1];
    size_t depth; /* of the stack; 0 at the end */
    bool is_broken;
};

/* Starts at the beginning of `file`; a byte order mark is skipped with a warning. */
void lexer_open(struct lexer *lexer, struct source *source, struct report *report,
                const struct source_file *file);

/* Skips blanks, comments, includes and the ends of included files; returns the next byte, or 0
 * at the end and when broken. */
char lexer_look(struct lexer *lexer);

/* The place of the next byte, after lexer_look(); at the end that of the last one. */
struct place lexer_place(struct lexer *lexer);

/* Moves over the one byte that lexer_look() returned. */
void lexer_skip(struct lexer *lexer);

/* Reads a name; lexer_look() must have returned something other than 0. */
struct token lexer_name(struct lexer *lexer);

/* Reads a value that is not a group, array or list: strings that follow each other are one value
 * where `is_joining`, as libconfig has it, else an error. */
struct token lexer_value(struct lexer *lexer, bool is_joining);
