/* SPDX-License-Identifier: MIT */
/*
 * source.h - the files of a configuration: their bytes, their lines, and places in them.
 *
 * Every file is read once; what is checked, shown, hashed and kept is the same bytes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/span.h"
#include "config/config.h"

/* A stretch of a line that must not be shown: a secret written in the file. */
struct source_mask {
    size_t offset;
    size_t size;
    struct source_mask *next;
};

struct source_file {
    const char *name;     /* absolute: what reports show and what is opened */
    const char *relative; /* as the main file's folder sees it, such as "conf.d/10-db.cfg" */
    struct span bytes;
    bool is_public; /* everybody on the machine can read it */
    size_t order;   /* 0 is the main file; reports are sorted by it */
    struct source_mask *masks;
};

/* Where something stands. `line` 0: the file as a whole; `column` 0: no caret is drawn. Columns
 * count bytes from 1. */
struct place {
    const struct source_file *file;
    size_t line;
    size_t column;
};

/*
 * All files of one configuration. `folder` is where they are read; `home` is the folder of the
 * original main file, beside which secrets and relative paths are looked for. They differ only
 * for a good copy.
 */
struct source {
    struct arena *arena;
    const char *folder;
    const char *home;
    bool is_copy; /* the folder is a good copy: names are those of source_copy_name() */
    struct source_file *files[CONFIG_FILES_MAX];
    size_t file_count;
};

/* Reads `name` (absolute, or relative to the folder) as the next file. */
MUST_USE bool source_read(struct source *source, const char *name, struct source_file **file,
                          struct fault *fault);

/* Names of conf.d/?*.cfg in order of bytes, relative to the folder; no such folder gives none.
 * The list ends with NULL. */
MUST_USE bool source_list(struct source *source, const char ***names, struct fault *fault);

/* Where a file of that name stands in a good copy: names that lead out of the folder stay in. */
const char *source_copy_name(struct arena *arena, const char *name);

/* The bytes of a line without its end; `line` counts from 1. */
struct span source_line(const struct source_file *file, size_t line);

/* Says that a stretch of a file must not be shown. */
void source_mask(struct source *source, const struct source_file *file, size_t offset, size_t size);

/* `path` if absolute, else below `home`. */
const char *source_absolute(const struct source *source, const char *path);

/* A file of the disk as it is, at most `max` bytes, with a NUL behind it. `is_public` may be
 * NULL. */
MUST_USE bool file_read(struct arena *arena, const char *path, size_t max, struct span *bytes,
                        bool *is_public, struct fault *fault);
