/* SPDX-License-Identifier: MIT */
/*
 * sqlite_copier.h - a thread that copies SQLite's log into the database while commits go on.
 *
 * A connection of its own: SQLite lets one copy while another writes to the log. What was
 * committed since it began is left for the next time; the log starts again at its beginning only
 * when there is no such rest, which the commit thread copies itself, for it is short then.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "store/backend.h"

struct copier;

/* Opens the database and starts the thread, which waits to be asked. NULL: that cannot be done. */
struct copier *copier_new(const char *path, struct fault *fault);

/* Ends what is under way first. */
void copier_free(struct copier *copier);

/* Has what is in the log copied, and returns at once. Not while it is busy. */
void copier_start(struct copier *copier);

/* Waits until it is not busy. */
void copier_wait(struct copier *copier);

/* What became of it. True: it is busy; else `end` and `fault` are those of the last copy, once, and
 * `pages` is how many of the log were in the database after it. */
bool copier_is_busy(struct copier *copier, enum commit_end *end, int *pages, struct fault *fault);
