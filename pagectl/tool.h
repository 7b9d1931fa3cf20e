/* SPDX-License-Identifier: MIT */
/*
 * tool.h - one run of pagectl: what was asked for, where it writes, what it knows of the terminal.
 *
 * Everything that a run needs lives in its arena. Output is collected and written at once, so
 * that a screen is never half drawn and a lost reader is noticed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "pagectl/times.h"

/* `pagectl help exit-codes` explains them. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_ABSENT = 3,
    EXIT_DENIED = 4,
    EXIT_UNREACHED = 5,
    EXIT_CONFLICT = 6,
    EXIT_FOUND = 7,
    EXIT_DATA = 65,  /* sysexits.h, for an MTA: send the mail back */
    EXIT_LATER = 75, /* and: keep it and come again */
    EXIT_INTERRUPTED = 130
};

/* Colour carries these meanings only, and a word always says the same. */
enum tone { TONE_PLAIN, TONE_CRITICAL, TONE_WARNING, TONE_GOOD, TONE_MUTED, TONE_COUNT };

enum color_use { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct tool {
    struct arena *arena;
    struct text output;
    const char *server; /* --server, or NULL */
    const char *socket; /* --socket, or NULL */
    const char *fields; /* of --json=a,b, or NULL */
    const char *verb;   /* the command's name, for what is not recorded */
    bool is_json;
    bool is_quiet;
    bool is_dry; /* -n: say what would be done */
    bool is_yes;
    bool is_utc;
    bool is_watching;
    bool has_header; /* of a piped table */
    bool has_no_input;
    enum color_use color_use;
    bool is_terminal; /* standard output is one */
    bool is_unicode;
    bool has_color;
    unsigned width; /* columns of the terminal */
    msec now;
    struct zone *zone; /* owned */
};

/* Reads the environment: clock, zone, locale, terminal. Call tool_settle after the options. */
void tool_open(struct tool *tool);
void tool_settle(struct tool *tool);
void tool_close(struct tool *tool);
struct times tool_times(const struct tool *tool);

/* Adds to the output. Strings from outside go through tool_clean first. */
void say(struct tool *tool, const char *format, ...) PRINTF_LIKE(2, 3);
void say_line(struct tool *tool, enum tone tone, const char *line); /* cleaned, with its tone */
/* Each line of a text from outside, cleaned; at most `max` lines, then "…" with the count. */
void say_lines(struct tool *tool, const char *prefix, const char *lines, size_t max);
/* Writes what was collected. False when standard output cannot take it. */
bool tool_flush(struct tool *tool);

/* "pagectl: …" on standard error, after what was collected; returns `code`. */
int tool_fail(struct tool *tool, enum exit_code code, const char *format, ...) PRINTF_LIKE(3, 4);
void tool_hint(struct tool *tool, const char *format, ...) PRINTF_LIKE(2, 3); /* indented */

/* Escaped for a terminal, in the arena. NULL gives "". */
const char *tool_clean(struct tool *tool, const char *string);
/* Escape sequences that begin and end a tone; "" without colour. */
const char *tone_begin(const struct tool *tool, enum tone tone);
const char *tone_end(const struct tool *tool, enum tone tone);
/* The ASCII form outside a UTF-8 locale. */
const char *tool_glyph(const struct tool *tool, const char *unicode, const char *ascii);

/* Whether questions can be asked: a terminal on both sides and no --no-input. */
bool tool_can_ask(const struct tool *tool);
/* Asks on standard error and reads one line; "" at the end of input. Borrowed from the arena. */
const char *tool_ask(struct tool *tool, const char *question);
/* Reads one line of standard input, without echo when it is a terminal. */
const char *tool_read_secret(struct tool *tool, const char *question);
/* True with --yes or after a yes; says why not otherwise. */
bool tool_confirm(struct tool *tool, const char *question);

/* "$variable/pagectl" or "$HOME/fallback/pagectl"; NULL without a home. In the arena. */
const char *tool_folder(struct tool *tool, const char *variable, const char *fallback);
/* Writes a file of mode 0600 as a whole, making its folder. */
MUST_USE bool tool_write_private(const char *folder, const char *name, struct span bytes,
                                 struct fault *fault);
/* Reads at most `max` bytes of a regular file; false when it is larger. */
MUST_USE bool tool_read_file(const char *path, size_t max, struct text *text, struct fault *fault);
