/* SPDX-License-Identifier: MIT */
/*
 * child.h - starts this same binary in another role, at the end of a socket.
 *
 * The socket is the child's standard input and output; its standard error stays ours. All other
 * descriptors close by themselves, all signals are as at birth.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"

struct child {
    pid_t pid; /* 0: none */
    int fd;    /* our end, non-blocking, close-on-exec; the owner closes it */
};

/* `role` is an option of options.h such as "--courier". */
MUST_USE bool child_start(const char *role, struct child *child, struct fault *fault);

/* Kills and waits for it, closes the socket; no-op when there is none. */
void child_end(struct child *child);
