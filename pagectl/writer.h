/* SPDX-License-Identifier: MIT */
/*
 * writer.h - rows of cells, written as a table (terminal), as TAB-separated lines (piped) or
 * as the JSON document that they were made of.
 *
 * A table always fits the terminal: the column of the lowest rank is left out first, and only
 * the elastic column is cut. A piped table has every column, whole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "pagectl/tool.h"

#define COLUMNS_MAX 16

struct column {
    const char *title;
    unsigned rank;   /* 0 stays for ever; the highest goes first */
    bool is_right;   /* numbers */
    bool is_elastic; /* cut with "…" when the table is too wide; at most one */
};

struct writer;

/* `columns` is borrowed and ends with a row without a title. `list` names the array of the
 * document that the rows are; NULL when the document itself is the row. */
struct writer *writer_open(struct tool *tool, const struct column *columns, const char *list,
                           const struct json *document);
void writer_hide_titles(struct writer *writer);

/* Cells come in the order of the columns. `shown` is for the table, `plain` for pipes (NULL: the
 * same). Both come from outside and are escaped. */
void writer_cell(struct writer *writer, enum tone tone, const char *shown, const char *plain);
void writer_instant(struct writer *writer, enum tone tone, const char *shown, msec at);

/* Writes everything and frees the writer. */
void writer_close(struct writer *writer);

/* The document, or with --json=a,b only these fields of it (of each element of `list`). */
void document_say(struct tool *tool, const char *list, const struct json *document);

/* What a change was answered: its sentences behind the prefix, or with --json all of it. Returns
 * the code of the request, as it came; another than EXIT_DONE says nothing here. */
int change_say(struct tool *tool, int code, const char *prefix, const struct json *answer);

/* On a terminal, after a list that was cut. */
void more_say(struct tool *tool, const struct json *document);
