/* SPDX-License-Identifier: MIT */
/*
 * archive.h - the file of a backup: a first line, frames one after the other, and what all of it
 * hashes to.
 *
 * First line "pagerd backup 1\n". A frame is its kind (one byte), the size of what it holds (four
 * bytes, little end first) and that. The last frame holds the SHA-256 of all bytes before it;
 * nothing follows. What the frames mean is store/backup.h's: whoever only wants to know whether a
 * file is whole needs no store.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/span.h"

#define ARCHIVE_FRAME_SIZE_MAX (64 * 1024 * 1024) /* bytes that one frame holds */
#define ARCHIVE_NAME "pagerd backup "
#define ARCHIVE_VERSION "1"

enum archive_frame {
    ARCHIVE_HEAD = 'H',    /* JSON: when, by which pagerd; the first */
    ARCHIVE_TABLE = 'T',   /* JSON: a table and its columns, before its rows */
    ARCHIVE_ROW = 'R',     /* of the table that came last */
    ARCHIVE_COUNTER = 'C', /* a name and its value */
    ARCHIVE_FILE = 'F',    /* a file of the state directory: its name, a zero byte, what is in it */
    ARCHIVE_END = 'E'      /* the hash */
};

struct archive_writer;

/* Writes to `file`, which stays the caller's. The name is for faults and borrowed. */
struct archive_writer *archive_writer_new(int file, const char *name);
void archive_writer_free(struct archive_writer *writer);
CLEANUP_DEFINE(struct archive_writer *, archive_writer_free)

MUST_USE bool archive_add(struct archive_writer *writer, enum archive_frame kind, struct span bytes,
                          struct fault *fault);
/* Writes the hash, and all of it to disk. Nothing may be added any more. */
MUST_USE bool archive_end(struct archive_writer *writer, struct fault *fault);
/* Bytes added so far. */
uint64_t archive_size(const struct archive_writer *writer);

struct archive_reader;

/* Reads from `file`, which stays the caller's, from where it stands. NULL: it is no backup, or one
 * of a newer pagerd, and the fault says so. The name is borrowed. */
struct archive_reader *archive_reader_new(int file, const char *name, struct fault *fault);
void archive_reader_free(struct archive_reader *reader);
CLEANUP_DEFINE(struct archive_reader *, archive_reader_free)

/* The next frame; its bytes are valid until the next call, and a zero byte follows them.
 * ARCHIVE_END comes once, when the hash is right and nothing follows. False: the file is damaged,
 * or cannot be read. */
MUST_USE bool archive_next(struct archive_reader *reader, enum archive_frame *kind,
                           struct span *bytes, struct fault *fault);

/* What is in a file, as its frames say. */
struct archive_summary {
    uint64_t rows;
    uint64_t files;
    uint64_t size;    /* bytes */
    char made_at[32]; /* RFC 3339, as it was written */
    char version[32]; /* of the pagerd that made it */
};

/* Reads the file at `path` from its beginning to its end, and asks for its hash. */
MUST_USE bool archive_verify(const char *path, struct archive_summary *summary,
                             struct fault *fault);
