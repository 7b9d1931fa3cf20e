/* SPDX-License-Identifier: MIT */
/*
 * runner.h - runs commands of this machine for the channel exec.
 *
 * Each has a process group of its own, the text on its input, nothing of ours but that and the
 * environment it is given, and total_ms of the request; then the whole group is killed. What it
 * leaves behind in its group is killed when it ends. Threads of its own: a command that hangs costs
 * one of RUNNER_MAX places for commands and nothing else.
 */
#pragma once

#include <stdint.h>

#include "base/span.h"
#include "notify/courier/outbox.h"

#define RUNNER_MAX 8           /* at once */
#define RUNNER_OUTPUT_MAX 4096 /* bytes of what it prints that are kept */
#define RUNNER_FILE_SIZE_MAX (64 * 1024 * 1024)
#define RUNNER_FILES_MAX 256

struct runner;

/* Lives as long as the process. */
struct runner *runner_new(struct outbox *outbox);
/* Takes a copy of the frame, which is a whole, checked job of REQUEST_EXEC. It gets its result
 * through the outbox: answered, with the exit status as its code (126 and 127: it cannot be run, as
 * a shell says it), or uncertain, when it was killed. */
void runner_put(struct runner *runner, uint64_t id, struct span frame);
