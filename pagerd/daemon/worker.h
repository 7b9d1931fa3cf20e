/* SPDX-License-Identifier: MIT */
/*
 * worker.h - one thread for the loop's slow disk work: reading calendars and configuration,
 * writing good copies. A job runs there, then its `done` runs on the loop's thread.
 */
#pragma once

#include <stdbool.h>

#include "base/fault.h"
#include "daemon/inbox.h"

#define WORKER_JOBS_MAX 4096

struct worker;

typedef void worker_job(void *item);

struct worker *worker_new(struct inbox *inbox);
/* Finishes the job under way, drops the others, ends the thread. */
void worker_free(struct worker *worker);

/* False when WORKER_JOBS_MAX are waiting; then neither function is called. */
MUST_USE bool worker_post(struct worker *worker, worker_job *job, inbox_run *done, void *context,
                          void *item);
