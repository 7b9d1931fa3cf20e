/* SPDX-License-Identifier: MIT */
/*
 * backup_files.h - the small files of a state directory that a backup has besides the records: the
 * good copy of each calendar and the book of what was written into it, and the books of feeds.
 *
 * Not among them: the configuration and its good copy (they hold secrets), time zone data, and what
 * is only of one run.
 */
#pragma once

#include "base/archive.h"

/* Adds them as frames. One that cannot be read, or is larger than BACKUP_FILE_SIZE_MAX, is a
 * fault. */
MUST_USE bool files_add(const char *state, struct archive_writer *writer, struct fault *fault);

/* Writes the file of one frame below `state`. A name that is none of those is a fault. */
MUST_USE bool file_put(const char *state, struct span frame, struct fault *fault);
