/* SPDX-License-Identifier: MIT */
/*
 * command.h - the table of commands: what each is called, takes and does.
 *
 * Parser, -h, manual page, completion and "did you mean" are all made from these rows, so that
 * they cannot differ. A name may be two words ("key add"); the longer name is looked for first.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "pagectl/tool.h"

#define WORDS_MAX 512  /* words of one command line after its name */
#define VALUES_MAX 256 /* options given on one command line */

/* One option. `value` names its value, NULL for a flag, "[…]" for one given only with "=". */
struct option {
    const char *name;
    char letter; /* 0: none */
    const char *value;
    const char *text; /* NULL: an accepted name that help does not show */
};

struct invocation;

struct command {
    const char *name;
    const char *aliases; /* separated by spaces, or NULL */
    const char *summary;
    const char *arguments;        /* as help shows them */
    const struct option *options; /* ends with a row without a name; NULL: none */
    const char *examples;         /* lines */
    size_t words_min;
    size_t words_max;
    bool is_hidden;
    enum exit_code usage_code; /* for a wrong command line; 0: EXIT_USAGE */
    int (*run)(struct tool *tool, const struct invocation *call);
};

/* What was typed for one command. Words and values are those of argv. */
struct invocation {
    const struct command *command;
    const char *words[WORDS_MAX];
    size_t word_count;
    struct {
        const char *name;
        const char *value; /* "" for a flag */
    } values[VALUES_MAX];
    size_t value_count;
    bool wants_help;
};

extern const struct command *const commands[];
extern const size_t command_count;
extern const struct option global_options[];

/*
 * The command that the first words name; *used says how many. NULL: none, and `fault` says so
 * with the nearest name. No words at all name the command "".
 */
const struct command *command_find(const char *const *words, size_t count, size_t *used,
                                   struct fault *fault);

/* Reads argv (without argv[0]). Global options set `tool` wherever they stand. */
MUST_USE bool command_parse(struct tool *tool, int count, char *const *arguments,
                            struct invocation *call, struct fault *fault);

const char *option_get(const struct invocation *call, const char *name); /* the last; or NULL */
bool option_is(const struct invocation *call, const char *name);
/* Walks the values of an option that may be repeated; start with *cursor = 0. */
const char *option_each(const struct invocation *call, const char *name, size_t *cursor);
