/* SPDX-License-Identifier: MIT */
/*
 * outline.h - the structure of one file: which setting stands where.
 *
 * Made from the lexer's tokens. Beside the nodes it writes the text that libconfig then reads,
 * which has the same settings in the same order: nothing in it is misread silently any more.
 */
#pragma once

#include "base/text.h"
#include "config/tree.h"

/* Reads `file` below `root`, and appends the text. Returns false when the end was not reached;
 * what is wrong is then in the report. */
MUST_USE bool outline_read(struct tree *tree, const struct source_file *file, struct node *root,
                           struct text *text);

/* Says that `node` is defined twice. */
void outline_report_twice(struct tree *tree, const struct node *node, const struct node *first);
