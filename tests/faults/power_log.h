/* SPDX-License-Identifier: MIT */
/*
 * power_log.h - what a pagerd did to its disk, in order: a recorded life, or the writes of one
 * opening of the store.
 *
 * Names are relative to the folder above the state directory: "state/pagerd.db". The file, made by
 * power.py: for each operation a byte with its kind, three bytes of nothing, the sizes of name and
 * bytes (32 bits each), offset and time (64 bits each), then name and bytes. Little-endian.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/time.h"

enum op_kind {
    OP_CREATE,   /* an empty file, unless there is one */
    OP_TRUNCATE, /* to the size in `offset` */
    OP_WRITE,
    OP_SYNC,   /* a file, or a folder with its names */
    OP_RENAME, /* to the name in `bytes`, over what is there */
    OP_EXCHANGE,
    OP_UNLINK,
    OP_MKDIR,
    OP_RMDIR,
    OP_FACT, /* nothing to the disk: what somebody was told just then; see power_facts.h */
    OP_COUNT
};

struct op {
    enum op_kind kind;
    const char *name;
    const char *bytes; /* of a WRITE; ended by a NUL that does not count */
    size_t size;
    uint64_t offset;
    msec at; /* wall */
};

/* Names and bytes live in the arena. */
struct op_log {
    struct arena *arena;
    struct op *list;
    size_t count;
    size_t room;
};

void log_init(struct op_log *log);
void log_clear(struct op_log *log);
void log_reset(struct op_log *log); /* empties, keeps the room */

/* Copies name and bytes. */
void log_add(struct op_log *log, const struct op *op);

MUST_USE bool log_load(struct op_log *log, const char *path, struct fault *fault);
