/* SPDX-License-Identifier: MIT */
/*
 * spooler.h - the thread that lays messages into the spools of modems and looks what became of
 * them.
 *
 * A thread of its own, because a folder may hang like any server (a network's disk).
 */
#pragma once

#include <stdint.h>

#include "base/span.h"
#include "notify/courier/outbox.h"

struct spooler;

/* Starts the thread; NULL when that fails. It lives as long as the process. */
struct spooler *spooler_new(struct outbox *outbox);
/* Takes a copy of the frame, which is a whole, checked job of REQUEST_SPOOL. It gets its result
 * through the outbox. */
void spooler_put(struct spooler *spooler, uint64_t id, struct span frame);
