/* SPDX-License-Identifier: MIT */
/*
 * memory.h - hooks of the memory backend for tests: faults, a held disk, a fresh start.
 *
 * They act on the store of that name ("memory:NAME"), open or not; the name must not be empty.
 */
#pragma once

#include <stddef.h>

enum memory_fault {
    MEMORY_FULL,   /* as a full disk: fails, and may succeed next time */
    MEMORY_BROKEN, /* as a failed fsync: fails for good */
    MEMORY_FAULT_COUNT
};

/* The next `count` commits fail so. */
void memory_fail(const char *name, enum memory_fault what, size_t count);

/* Commits that begin from now on wait until memory_release: a disk that hangs. */
void memory_hold(const char *name);
void memory_release(const char *name);

/* Every commit takes that long. */
void memory_delay(const char *name, unsigned delay_ms);

/* Drops what a closed store of that name held, as a new disk would, and its hooks. */
void memory_forget(const char *name);
