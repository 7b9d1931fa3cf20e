/* SPDX-License-Identifier: MIT */
/*
 * power_files.h - the files beside the database: each is the old version or the new one, never a
 * half, and what was put on disk a while ago is still there.
 *
 * A version comes into force by a rename: of a file (a calendar's good copy, the book of a feed) or
 * of a whole folder (the good copy of the configuration). Names that end in ".new" are not in force
 * and may be anything; so may the count of lives that ended badly, which is not synced.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "faults/power_disk.h"
#include "faults/power_log.h"

struct version;

struct versions {
    struct version *list;
    size_t count;
};

/* Walks the whole log once. */
void versions_gather(struct versions *versions, const struct op_log *log);
void versions_clear(struct versions *versions);

/* False: something in the image, cut at `position` of the log, is a half or too old. */
MUST_USE bool versions_check(const struct versions *versions, const struct op_log *log,
                             size_t position, const struct image *image, struct fault *fault);
