/* SPDX-License-Identifier: MIT */
/*
 * dead_man.h - pagerd's own heartbeat, to a dead man's switch outside of it.
 *
 * Whoever watches that switch hears of a pagerd that is dead, cut off, or wrong: the address is
 * fetched only as long as alerts can be taken durably and the last round of the audit found
 * nothing. One that cannot be reached DEAD_MAN_MISSES times is told to the admins, for then nobody
 * would hear of pagerd's death.
 */
#pragma once

#include "base/text.h"
#include "base/time.h"

#define DEAD_MAN_MISSES 5

struct daemon;
struct dead_man;

struct dead_man *dead_man_new(struct daemon *daemon);
void dead_man_free(struct dead_man *dead_man);

/* Fetches the address when it is due; once a turn, after the audit. */
void dead_man_tick(struct dead_man *dead_man);
msec dead_man_next_due(const struct dead_man *dead_man);
void dead_man_metrics(const struct dead_man *dead_man, struct text *text);
