/* SPDX-License-Identifier: MIT */
/*
 * good.h - the last good copy of each calendar, on disk for ever.
 *
 * Below STATE/calendars/NAME/ lies one file, "good", that holds metadata and the raw bytes
 * together, so that a rename replaces both at once; a crash leaves the old or the new one, never a
 * half. Data is kept, not intervals: it is expanded again as the horizon moves.
 */
#pragma once

#include "base/arena.h"
#include "base/fault.h"
#include "base/time.h"
#include "calendar/calendar.h"

struct good_copy {
    const char *source;        /* path or URL without secrets */
    const char *etag;          /* as the server gave it, or NULL */
    const char *last_modified; /* the same, or NULL */
    msec read_at;
    const struct calendar_file *files;
    size_t file_count;
};

/* `name` is the calendar's name in the configuration; others than [A-Za-z0-9._-] are refused. */
MUST_USE bool good_write(const char *state, const char *name, const struct good_copy *copy,
                         struct fault *fault);

/* Loads into `arena`. When there is none yet, succeeds with *copy NULL. */
MUST_USE bool good_load(struct arena *arena, const char *state, const char *name,
                        const struct good_copy **copy, struct fault *fault);
