/* SPDX-License-Identifier: MIT */
/*
 * move.h - the roles that move everything a pagerd knows while none runs on it: from store to store
 * (pagerd --copy), and out of a backup into an empty state directory (pagerd --restore).
 *
 * Both can be killed at any point, and go on when they are begun again; pagerd does not start on
 * what was not finished.
 */
#pragma once

#include "daemon/options.h"

#define RESTORED_META "restored"

/* Both return the exit status: 0 done, 1 not; what happened is on standard output or error. */
int move_copy(const struct options *options);
int move_restore(const struct options *options);
