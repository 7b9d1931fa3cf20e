/* SPDX-License-Identifier: MIT */
/* help.h - what the command table says, as help, manual page and completion. */
#pragma once

#include "base/text.h"
#include "pagectl/command.h"

#define HELP_LINES_MAX 24

/* Examples first, at most HELP_LINES_MAX lines. */
void help_render(struct text *text, const struct command *command);
/* All commands, in groups. */
void help_render_all(struct text *text);
/* A topic such as "exit-codes"; NULL when there is none. */
const char *help_topic(const char *name);
/* pagectl(1) as scdoc source. */
void help_render_manual(struct text *text);
/* Whether a command takes incident numbers, for completion. */
bool help_takes_incident(const struct command *command);
