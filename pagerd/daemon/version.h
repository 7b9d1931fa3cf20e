/* SPDX-License-Identifier: MIT */
/*
 * version.h - the raw bytes of one version of a calendar, shared by the loop and the worker.
 *
 * Immutable once made. Counted: the loop's thread alone takes and drops.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/id.h"
#include "base/text.h"
#include "base/time.h"
#include "calendar/calendar.h"

struct version {
    struct arena *arena; /* has everything below */
    struct calendar_file *files;
    size_t file_count;
    char hash[HASH_TEXT_SIZE];
    const char *etag;
    const char *last_modified;
    msec read_at; /* wall */
    unsigned uses;
};

struct version *version_new(void); /* one use, no files yet */
struct version *version_take(struct version *version);
void version_drop(struct version *version); /* NULL allowed */

/* Reads the files at `path` (a file or a folder). For the worker. */
MUST_USE bool version_read(struct version *version, const char *path, struct fault *fault);

/* These files, copied. */
void version_set(struct version *version, const struct calendar_file *files, size_t file_count);

/* Says by sizes, times and numbers of the files whether anything may have changed: appends a
 * signature, or fails when the path cannot be looked at. For the worker. */
MUST_USE bool version_sign(const char *path, struct text *signature, struct fault *fault);
