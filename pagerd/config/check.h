/* SPDX-License-Identifier: MIT */
/*
 * check.h - holds the tree against the table of options: keys, types, ranges, references, secrets.
 *
 * Every node that is wrong is reported once and marked `is_bad`; what is built from the tree
 * afterwards takes the default in its place, so that later checks go on without echo.
 */
#pragma once

#include "config/loaded.h"
#include "config/options.h"
#include "config/report.h"

struct check {
    struct config_source *loaded;
    struct report *report;
};

void check_tree(struct check *check);

/* One value against its row; the kind of the node fits the type. In check_value.c. */
void check_value(struct check *check, struct node *node);

/* The same for values that name something else. In check_reference.c. */
void check_reference(struct check *check, struct node *node);

/* Marks the node and reports at its value. */
void check_fail(struct check *check, struct node *node, const char *hint, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* How a value may be shown: itself, or "secret:NAME". */
const char *check_shown(struct check *check, const struct node *node);

/* The driver of this channel is one of a later version. */
bool check_is_later_driver(const struct node *sms);
