/* SPDX-License-Identifier: MIT */
/*
 * tracer_calls.h - the system calls that tracer knows, and the errors that it can give.
 */
#pragma once

#include <stddef.h>

#define NONE (-1) /* no argument of that sort */

/* A call may be of several classes. */
enum class { CLASS_FILE = 1, CLASS_OPEN = 2, CLASS_NETWORK = 4, CLASS_LOCK = 8, CLASS_ALL = 16 };

/* Which arguments hold the descriptor (or the folder of the path), the path, the count to halve. */
struct call_row {
    long number;
    const char *name;
    int classes;
    int fd;
    int path;
    int count;
};

extern const struct call_row call_rows[];
extern const size_t call_row_count;

/* NULL: one without a row. */
const struct call_row *call_row_find(long number);

/* The number of an error's name ("EIO"); 0: unknown. */
int errno_find(const char *name, size_t size);
