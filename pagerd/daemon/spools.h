/* SPDX-License-Identifier: MIT */
/*
 * spools.h - what comes back through the spool of a modem: reports of delivery, and what people
 * write to it. Looked for every two seconds, by the courier; what was taken is removed from the
 * spool after it has been committed.
 */
#pragma once

#include "base/time.h"

struct daemon;
struct spools;

struct spools *spools_new(struct daemon *daemon);
void spools_free(struct spools *spools);

void spools_tick(struct spools *spools);
msec spools_next_due(const struct spools *spools);
