/* SPDX-License-Identifier: MIT */
/*
 * backup.h - a store and the small files beside it, as one file (base/archive.h), and back.
 *
 * Each table comes with the names of its columns, so that a pagerd whose tables have got more of
 * them since reads it, too: what is missing is 0, nothing, or an empty list. A column that this
 * pagerd does not know is of a newer one, and the file is refused.
 */
#pragma once

#include "base/archive.h"
#include "store/store.h"

#define BACKUP_FILE_SIZE_MAX (32 * 1024 * 1024) /* of a file beside the store; larger: left out */

/* What is told while it is written, at every row: how many rows there are so far, and how many
 * bytes. May wait, so that it does not slow down others. False ends it, with the fault. */
typedef bool backup_pace(void *context, uint64_t rows, uint64_t size, struct fault *fault);

/* Writes all to `file`, which stays the caller's, as of one moment; `now` is wall. `state` is the
 * state directory, of which the copies of calendars and the books of what was written and fed go
 * with it. */
MUST_USE bool backup_write(struct store *store, const char *state, msec now, int file,
                           backup_pace *pace, void *context, struct fault *fault);

/* Reads the file at `path`. What it gives has not been proved to be whole before the end: read it
 * once without taking anything (backup_walk with a taker that forgets). `made_at` (may be NULL):
 * wall, when it was written. */
MUST_USE bool backup_walk(const char *path, const struct store_taker *taker, msec *made_at,
                          struct fault *fault);

/* Writes the files that lie in the backup below `state`, each as a whole. */
MUST_USE bool backup_put_files(const char *path, const char *state, struct fault *fault);
